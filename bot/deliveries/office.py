"""What the runners of deliveries work with: the desk, and the workspaces."""

from dataclasses import dataclass, field

from bot.deliveries.pace import kind_of
from bot.deliveries.turns import AllTurns
from bot.desk import Desk
from bot.errors import OrderAheadError
from bot.rules.deliveries import Delivery
from bot.rules.rush import haste_of
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
            left = self.slack(workspace).outage.seconds_left()
        except OrderAheadError:
            left = 0.0  # Not installed there, or no store's: its runner knows what to say of it.
        if left > 0 or kind == "edit":
            return left
        return self.turns.wait(workspace, lane, haste_of(delivery, message_stands=lane in self.shown))
