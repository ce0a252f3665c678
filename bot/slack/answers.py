"""What Slack's answers and errors ask for."""

from collections.abc import Awaitable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.errors import Closed, Refused, Unauthorised, Unavailable

_AMBIGUOUS = {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
_UNAUTHORISED = {
    "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "no_permission", "org_login_required",
}  # fmt: skip
_CLOSED = {
    "channel_not_found", "not_in_channel", "is_archived", "restricted_action",
    "restricted_action_read_only_channel", "restricted_action_thread_only_channel",
}  # fmt: skip
"""The bot was taken out of a channel (of a private one Slack then says that there is none), or may not write in it."""


async def answered(call: Awaitable[Any]) -> Any:
    """Slack's answer, or the error that names the reaction."""
    try:
        return await call
    except SlackApiError as problem:
        raise _named(problem) from None
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
        raise Unavailable("Slack can't be reached.", may_have_arrived=False) from None
    except (aiohttp.ClientError, SlackClientError, TimeoutError, ConnectionError, ValueError):
        raise Unavailable("Slack did not answer.") from None


def _named(problem: SlackApiError) -> Exception:
    answer: Any = problem.response
    # Where the body could not be read, the library hands over aiohttp's own answer, which calls its status otherwise.
    status = int(getattr(answer, "status_code", None) or getattr(answer, "status", None) or 200)
    data = getattr(answer, "data", answer)
    code = str(data.get("error", "")) if isinstance(data, dict) else ""
    if status == 429 or code in {"ratelimited", "rate_limited"}:
        wait = str((getattr(answer, "headers", None) or {}).get("Retry-After", "1"))
        return Unavailable(
            "Slack is being asked too often.",
            retry_after=float(wait) if wait.isdigit() else 1.0,
            may_have_arrived=False,
        )
    # Slack names what is wrong in every answer of its own; a page without a name is a proxy's or a broken server's.
    if status >= 500 or code in _AMBIGUOUS or not code:
        return Unavailable("Slack has a problem of its own.")
    if code in _UNAUTHORISED:
        return Unauthorised(f"Slack does not accept the bot's token ({code}).", code=code)
    if code in _CLOSED:
        return Closed(f"Slack said no: {code.replace('_', ' ')}.", code=code, status=status)
    return Refused(f"Slack said no: {code.replace('_', ' ')}.", code=code, status=status)
