"""The checklist of a store: every line asked for live, all at once, each with its own patience."""

import asyncio
from collections.abc import Awaitable

from bot.activation.proving import prove_leafly, why_of
from bot.deliveries import Office
from bot.desk import Desk
from bot.desk.recording import note_deed
from bot.errors import OrderAheadError, Refused, Unauthorised, Unavailable
from bot.rules.audit import Deed
from bot.rules.checklist import STORE_CHECKS, Check, Line, Why, line, stock_line
from bot.rules.permissions import Person
from bot.rules.stores import Credentials, Store
from bot.store import channels, stores

PATIENCE_SECONDS = 12.0
"""For one line: a checklist that takes longer than that is one that nobody waits for."""


async def checklist(office: Office, store: Store, credentials: Credentials) -> list[Line]:
    """All lines, in the order in which a person would mend them."""
    desk = office.desk
    checks: dict[Check, Awaitable[Line]] = {
        Check.ACCOUNT: _account(desk, store, credentials),
        Check.ORDER_AHEAD: _order_ahead(desk, credentials),
        Check.STOCK: _stock(desk, store, credentials),
        Check.POSTBACK: postback_line(desk),
        Check.CHANNEL: channel_line(office, store),
        Check.CHANNEL_SAFE: _channel_safe(office, store),
        Check.LEAFLY: _leafly(desk, store),
        Check.ENABLED: _enabled(desk, store),
    }
    found = await asyncio.gather(*(_in_time(check, checks[check]) for check in STORE_CHECKS))
    return [line(one.check, one.why, one.detail, store.name) for one in found]


async def say_enabled(desk: Desk, store: Store, person: Person) -> None:
    """A person looked in Flowhub, where no API does: Order Ahead is enabled."""
    now = desk.now()
    async with desk.database.write() as tx:
        await stores.set_enabled(tx, store.key, now)
        await note_deed(tx, store, person, Deed.SAY_ENABLED, store.key, now=now)


async def _in_time(check: Check, asked: Awaitable[Line]) -> Line:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await asked
    except TimeoutError:
        return line(check, Why.SILENT)
    except OrderAheadError as problem:
        return line(check, why_of(problem))


async def _account(desk: Desk, store: Store, credentials: Credentials) -> Line:
    found = await desk.flowhubs.account(credentials).locations(lambda _why, _record: None)
    ours = next((location for location in found if location.location_id == store.location_id), None)
    if ours is None:
        return line(Check.ACCOUNT, Why.NOT_AMONG, ", ".join(location.name for location in found[:10]))
    if store.import_id and store.import_id not in {ours.import_id, ours.location_id}:
        return line(Check.ACCOUNT, Why.WRONG_IMPORT, ours.import_id)
    return line(Check.ACCOUNT, Why.WORKS, ours.name)


async def _order_ahead(desk: Desk, credentials: Credentials) -> Line:
    """Asked anew and not from memory: a token that was issued an hour ago says nothing about the pair now."""
    pair = credentials.order_ahead_client_id, credentials.order_ahead_token
    await desk.flowhubs.trial_order_ahead(*pair).sign_in()
    return line(Check.ORDER_AHEAD)


async def _stock(desk: Desk, store: Store, credentials: Credentials) -> Line:
    products = await desk.flowhubs.account(credentials).inventory(store.location_id, lambda _why, _record: None)
    return stock_line(sum(product.quantity > 0 for product in products))


async def postback_line(desk: Desk) -> Line:
    """Seen from this machine, which is not the world: what it can't reach, Flowhub may."""
    if not desk.public_url:
        return line(Check.POSTBACK, Why.POLLING)
    try:
        status = await desk.reach.status(f"{desk.public_url}/livez")
    except Unavailable:
        return line(Check.POSTBACK, Why.NOT_FROM_HERE, desk.public_url)
    return line(Check.POSTBACK, Why.WORKS if status == 200 else Why.NOT_FROM_HERE, desk.public_url)


async def channel_line(office: Office, store: Store) -> Line:
    """Slack shows whether the bot is in a channel; that it may post shows when it does."""
    detail = store.channel
    try:
        await office.slack(store.workspace).about_channel(store.channel)
    except Refused as problem:
        why = {"not_in_channel": Why.OUTSIDE, "is_archived": Why.ARCHIVED, "missing_scope": Why.UNTOLD}
        return line(Check.CHANNEL, why.get(problem.code, Why.ABSENT), detail)
    except Unauthorised:
        return line(Check.CHANNEL, Why.UNTOLD, detail)
    closed = store.key in office.desk.closed_since
    return line(Check.CHANNEL, Why.CLOSED if closed else Why.WORKS, detail)


async def _channel_safe(office: Office, store: Store) -> Line:
    """Slack is asked anew, and nobody is told: that is what the watch on the channels is for."""
    async with office.database.read() as tx:
        known = await channels.standing(tx, store.workspace, store.channel)
    try:
        seen = await office.slack(store.workspace).exposure(store.channel)
    except (Refused, Unauthorised):
        return line(Check.CHANNEL_SAFE, Why.UNTOLD, store.channel)
    is_safe = seen.is_covered_by(known.signed)
    return line(Check.CHANNEL_SAFE, Why.WORKS if is_safe else Why.UNSAFE, store.channel)


async def _leafly(desk: Desk, store: Store) -> Line:
    return line(Check.LEAFLY, await prove_leafly(desk.leafly, store.leafly_key))


async def _enabled(desk: Desk, store: Store) -> Line:
    async with desk.database.read() as tx:
        known = await stores.one(tx, store.key)
    said = known is not None and known.enabled_at is not None
    return line(Check.ENABLED, Why.SAID_SO if said else Why.ASKED)
