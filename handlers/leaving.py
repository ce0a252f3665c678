"""Slack says that the app was uninstalled in a workspace, or that its tokens were revoked."""

from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp

from bot.desk.leaving import workspace_left
from bot.workspaces import PLAIN
from handlers.front import Front

log = structlog.get_logger("orderahead.handlers")


def register(app: AsyncApp, front: Front) -> None:
    async def uninstalled(body: dict[str, Any]) -> None:
        await _left(front, front.workspace_of(body))

    async def revoked(event: dict[str, Any], body: dict[str, Any]) -> None:
        if (event.get("tokens") or {}).get("bot"):  # people's own tokens are none of ours
            await _left(front, front.workspace_of(body))

    app.event("app_uninstalled")(uninstalled)
    app.event("tokens_revoked")(revoked)


async def _left(front: Front, workspace: str) -> None:
    if workspace == PLAIN:
        log.error("the app was uninstalled: ORDERAHEAD_SLACK_BOT_TOKEN is worth nothing from here on")
        return
    await workspace_left(front.desk, front.office.workspaces, workspace)
