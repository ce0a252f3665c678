"""What the runners of deliveries work with: the desk, and the workspaces."""

from dataclasses import dataclass

from bot.desk import Desk
from bot.slack import Slack
from bot.store import Database
from bot.workspaces import Workspaces


@dataclass(frozen=True)
class Office:
    desk: Desk
    workspaces: Workspaces

    @property
    def database(self) -> Database:
        return self.desk.database

    def slack(self, workspace: str) -> Slack:
        """The workspace's client: a store's is `office.slack(store.workspace)`. Raises Refused where we are not installed."""
        return self.workspaces.slack(workspace)
