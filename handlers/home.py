"""The App Home: opening it, and turning its pages. Its orders' buttons are the cards' own."""

from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.errors import OrderAheadError
from handlers.front import Front
from handlers.requests import is_number

log = structlog.get_logger("orderahead.handlers")


def register(app: AsyncApp, front: Front) -> None:
    async def opened(event: dict[str, Any], body: dict[str, Any]) -> None:
        if event.get("tab", "home") == "home":
            await _show(front, front.workspace_of(body), str(event["user"]), page=0)

    async def acknowledge(ack: AsyncAck) -> None:
        await ack()

    async def turned(body: dict[str, Any]) -> None:
        press = front.press(body)
        await _show(front, press.workspace, press.user_id, page=int(press.value) if is_number(press.value) else 0)

    app.event("app_home_opened")(opened)
    app.action("board_earlier")(ack=acknowledge, lazy=[turned])
    app.action("board_more")(ack=acknowledge, lazy=[turned])


async def _show(front: Front, workspace: str, user_id: str, *, page: int) -> None:
    """Nobody can be told when this fails: the person sees the board as it was, and the next refresh tries again."""
    try:
        await front.boards.open(workspace, user_id, page=page)
    except OrderAheadError as problem:
        log.warning("a board could not be shown", why=problem.sentence)
