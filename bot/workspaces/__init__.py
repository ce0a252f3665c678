"""The Slack workspaces that the bot works in: one client for each, and the tokens of those that installed the app."""

from bot.rules.workspaces import PLAIN
from bot.workspaces.holder import Workspaces
from bot.workspaces.tokens import Tokens

__all__ = ["PLAIN", "Tokens", "Workspaces"]
