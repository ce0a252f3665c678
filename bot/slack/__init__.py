"""Edge: the workspace. Calls to Slack's Web API, and what its errors ask for."""

from bot.slack.client import METADATA_EVENT, Found, Mark, Slack
from bot.slack.line import TIMEOUT_SECONDS
from bot.slack.scopes import NEEDED_SCOPES, OPTIONAL_SCOPES

__all__ = ["METADATA_EVENT", "NEEDED_SCOPES", "OPTIONAL_SCOPES", "TIMEOUT_SECONDS", "Found", "Mark", "Slack"]
