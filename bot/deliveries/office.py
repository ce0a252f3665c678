"""What the runners of deliveries work with: the desk, and the workspaces."""

from dataclasses import dataclass, field

from bot.deliveries.pace import kind_of
from bot.deliveries.turns import AllTurns
from bot.desk import Desk
from bot.errors import OrderAheadError
from bot.rules.deliveries import Delivery
from bot.rules.rush import Haste, haste_of
from bot.slack import Slack
from bot.store import Database
from bot.workspaces import Workspaces


@dataclass(frozen=True)
class Office:
    desk: Desk
    workspaces: Workspaces
    turns: AllTurns = field(default_factory=AllTurns)
    shown: set[str] = field(default_factory=set)
    """The lanes of channels whose living message stands, as far as this process has drawn it."""

    @property
    def database(self) -> Database:
        return self.desk.database

    def slack(self, workspace: str) -> Slack:
        """The workspace's client: a store's is `office.slack(store.workspace)`. Raises Refused where we are not installed."""
        return self.workspaces.slack(workspace)

    def seconds_until_turn(self, lane: str, delivery: Delivery) -> float:
        """How long a lane leaves its workspace alone: while Slack is down there, and while other channels have their turn."""
        kind = kind_of(lane)
        if kind not in {"post", "edit"}:
            return 0.0
        store = self.desk.any_store(delivery.store_key or str(delivery.payload.get("store", "")))
        workspace = store.workspace if store is not None else ""
        try:
            outage = self.slack(workspace).outage
            left, is_try = outage.seconds_left(), outage.lasts
        except OrderAheadError:
            left, is_try = 0.0, False  # Not installed there, or no store's: its runner knows what to say of it.
        if left > 0 or kind == "edit":
            return left
        haste = haste_of(delivery, message_stands=lane in self.shown)
        if is_try:  # It says nothing about how fast things go.
            return self.turns.of(workspace).wait(lane, pressing=haste < Haste.LATER)
        due_for = (self.desk.now() - delivery.due_at).total_seconds()
        return self.turns.wait(workspace, lane, haste, due_for=due_for)
