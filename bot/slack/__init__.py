"""Edge: the workspace. Calls to Slack's Web API, and what its errors ask for."""

from bot.slack.client import METADATA_EVENT, Found, Mark, Slack
from bot.slack.line import TIMEOUT_SECONDS

__all__ = ["METADATA_EVENT", "TIMEOUT_SECONDS", "Found", "Mark", "Slack"]
