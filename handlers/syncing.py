"""`/flowhub sync`, and the answer to a sync that stopped because it would change too much."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.desk.recording import note_deed
from bot.messages import resting
from bot.messages import sync as words
from bot.messages.parts import Message
from bot.rules.audit import Deed
from bot.rules.permissions import Act
from bot.store import sync_runs
from handlers.accounts import Realm, realm_of, realms
from handlers.errors import telling
from handlers.front import Command, Front, Press


def register(app: AsyncApp, front: Front) -> None:
    async def acknowledge(ack: AsyncAck) -> None:
        await ack()

    async def go_on(body: dict[str, Any], respond: AsyncRespond) -> None:
        await _answer(front, front.press(body), respond, is_right=True)

    async def leave(body: dict[str, Any], respond: AsyncRespond) -> None:
        await _answer(front, front.press(body), respond, is_right=False)

    app.action("sync_anyway")(ack=acknowledge, lazy=[go_on])
    app.action("leave_sync")(ack=acknowledge, lazy=[leave])


async def sync_command(front: Front, command: Command) -> Message:
    allowed = await realms(front, command, Act.SYNC)
    if len(allowed) > 1:
        return resting.which_store([realm.store for realm in allowed], "sync")
    (realm,) = allowed
    if await front.syncs.is_under_way(realm.account):
        return words.already(await front.syncs.progress(realm.account))
    await _start(front, realm, Deed.SYNC_NOW)
    return words.started(realm.store.channel)


async def _start(front: Front, realm: Realm, deed: Deed) -> None:
    now = front.desk.now()
    async with front.desk.database.write() as tx:
        if deed is Deed.SYNC_ANYWAY:
            await sync_runs.waive(tx, realm.account, now=now)
        await note_deed(tx, realm.store, realm.person, deed, realm.account, now=now)
    front.syncs.start(realm.account, realm.store)


async def _answer(front: Front, press: Press, respond: AsyncRespond, *, is_right: bool) -> None:
    """The question gives way to who answered it, and how."""

    async def act() -> None:
        realm = await realm_of(front, press, Act.SYNC_ANYWAY, press.value)
        if is_right and not await front.syncs.is_under_way(realm.account):
            await _start(front, realm, Deed.SYNC_ANYWAY)
        said = words.goes_on(press.user_id) if is_right else words.left(press.user_id)
        await respond(text=said.text, blocks=said.blocks, replace_original=True)

    await telling(act(), lambda message: front.tell(press, message))
