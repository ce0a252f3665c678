"""The one customer whom a command means."""

from bot.customers import finding, looking
from bot.messages import customers as words
from bot.messages.parts import Message
from bot.rules.permissions import Act
from bot.store import sync_runs
from bot.store.customers import Kept
from handlers.accounts import Realm, realms
from handlers.front import Command, Front


async def find_one(front: Front, command: Command, text: str, act: Act) -> tuple[Realm, Kept] | Message:
    """The one customer who is meant, or a helpful sentence."""
    allowed = await realms(front, command, act)
    asked = finding.asked_for(text)
    if asked is None:
        return words.not_readable()
    found = [
        (realm, one)
        for realm in allowed
        for one in await looking.look_up(front.desk, realm.account, asked, realm.person, realm.store)
    ]
    if not found:
        return await _nobody(front, allowed)
    if len(found) > 1:
        shown = [finding.shown(one, realm.by_sales_id) for realm, one in found]
        names = [realm.stores[0].name for realm, _ in found] if len(allowed) > 1 else []
        return words.several(shown, list(dict.fromkeys(names)))
    return found[0]


async def _nobody(front: Front, allowed: list[Realm]) -> Message:
    async with front.desk.database.read() as tx:
        known = [await sync_runs.account(tx, realm.account) for realm in allowed]
    if all(one.loaded_at for one in known):
        return words.nobody()
    began = any(one.loaded_at or one.report for one in known)
    return words.still_loading() if began else words.nobody(never_synced=True)
