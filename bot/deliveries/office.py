"""What the runners of deliveries work with: the desk, and the workspace."""

from dataclasses import dataclass

from bot.desk import Desk
from bot.slack import Slack
from bot.store import Database


@dataclass(frozen=True)
class Office:
    desk: Desk
    slack: Slack

    @property
    def database(self) -> Database:
        return self.desk.database
