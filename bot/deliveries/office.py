"""What the runners of deliveries work with: the desk, and the workspaces."""

from dataclasses import dataclass, field

from bot.deliveries.turns import AllTurns, Turns
from bot.desk import Desk
from bot.rules.deliveries import Delivery
from bot.slack import Slack
from bot.store import Database
from bot.workspaces import Workspaces


@dataclass(frozen=True)
class Office:
    desk: Desk
    workspaces: Workspaces
    turns: AllTurns = field(default_factory=AllTurns)

    @property
    def database(self) -> Database:
        return self.desk.database

    def slack(self, workspace: str) -> Slack:
        """The workspace's client: a store's is `office.slack(store.workspace)`. Raises Refused where we are not installed."""
        return self.workspaces.slack(workspace)

    def turns_for(self, delivery: Delivery) -> Turns:
        """The turns of the workspace in which it is posted."""
        store = self.desk.any_store(delivery.store_key or str(delivery.payload.get("store", "")))
        return self.turns.of(store.workspace if store is not None else "")
