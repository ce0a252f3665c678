"""A segment between the steps of its modal: kept for half an hour, sealed, for the one who builds it."""

import secrets
from datetime import timedelta

from bot.desk import Desk
from bot.errors import Refused
from bot.rules.segments.building import Draft, draft_of
from bot.store import drafts

KEPT = timedelta(minutes=30)


async def remember(desk: Desk, draft: Draft, name: str = "") -> str:
    """Returns the name that it rests under."""
    name = name or secrets.token_urlsafe(18)
    async with desk.database.write() as tx:
        await drafts.keep(tx, name, draft.as_json(), until=desk.now() + KEPT)
    return name


async def recall(desk: Desk, name: str, workspace: str, user_id: str) -> Draft:
    """Raises Refused when its time is over, or it is somebody else's."""
    async with desk.database.read() as tx:
        text = await drafts.get(tx, name, now=desk.now())
    draft = draft_of(text) if text else None
    if draft is None or (draft.workspace, draft.user_id) != (workspace, user_id):
        raise Refused(
            "That took longer than half an hour, so what was built is gone. Please begin again: /segments new."
        )
    return draft


async def is_still(desk: Desk, name: str, version: int) -> bool:
    """Whether nothing was changed since then."""
    async with desk.database.read() as tx:
        text = await drafts.get(tx, name, now=desk.now())
    draft = draft_of(text) if text else None
    return draft is not None and draft.version == version


async def drop(desk: Desk, name: str) -> None:
    async with desk.database.write() as tx:
        await drafts.drop(tx, name)
