"""Trying credentials out, live: whether a pair works, and if not, which pair it really is."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

from bot.errors import OrderAheadError, Refused, Unauthorised, Unavailable
from bot.flowhub import Flowhubs
from bot.leafly import Leafly
from bot.rules.checklist import Why
from bot.rules.connecting import Pair, Place


@dataclass(frozen=True)
class AccountProof:
    why: Why
    places: tuple[Place, ...] = ()


async def prove_account(flowhubs: Flowhubs, pair: Pair) -> AccountProof:
    """Whether the pair reads the account's locations (there is no other cheap check, apis.md 2.6)."""
    places: list[Place] = []
    why = await _tried(_read_places(flowhubs, pair, places))
    if why not in {Why.REFUSED, Why.BLOCKED}:
        return AccountProof(why, tuple(places))
    if await _tried(flowhubs.trial_order_ahead(pair.id, pair.secret).sign_in()) is Why.WORKS:
        return AccountProof(Why.ORDER_AHEAD_PAIR)
    if await _tried(_read_places(flowhubs, pair.turned, [])) is Why.WORKS:
        return AccountProof(Why.WRONG_WAY_ROUND)
    return AccountProof(why)


async def prove_order_ahead(flowhubs: Flowhubs, pair: Pair, account: Pair) -> Why:
    """Whether a token is issued for the pair. `account` is the pair that it is easily taken for."""
    why = await _tried(flowhubs.trial_order_ahead(pair.id, pair.secret).sign_in())
    if why not in {Why.REFUSED, Why.BLOCKED}:
        return why
    if account.id in (pair.id, pair.secret) or account.secret in (pair.id, pair.secret):
        return Why.ACCOUNT_PAIR
    if await _tried(flowhubs.trial_order_ahead(pair.secret, pair.id).sign_in()) is Why.WORKS:
        return Why.WRONG_WAY_ROUND
    if await _tried(_read_places(flowhubs, pair, [])) is Why.WORKS:
        return Why.ACCOUNT_PAIR
    return why


async def prove_leafly(leafly: Leafly | None, key: str) -> Why:
    if not key:
        return Why.NOT_USED
    if leafly is None:
        return Why.NOT_SET_UP
    known: list[bool] = []

    async def ask() -> None:
        known.append(await leafly.knows(key))

    why = await _tried(ask())
    return Why.ABSENT if why is Why.WORKS and not known[0] else why


async def _read_places(flowhubs: Flowhubs, pair: Pair, into: list[Place]) -> None:
    for one in await flowhubs.trial_account(pair.id, pair.secret).locations(_leave_out):
        into.append(Place(location_id=one.location_id, import_id=one.import_id, name=one.name, time_zone=one.time_zone))


def _leave_out(_why: str, _record: Any) -> None:
    """A location that can't be read can't be chosen."""


async def _tried(call: Awaitable[object]) -> Why:
    try:
        await call
    except OrderAheadError as problem:
        return why_of(problem)
    return Why.WORKS


def why_of(problem: OrderAheadError) -> Why:
    """What an error of Flowhub's or Leafly's edge says about the credentials."""
    match problem:
        case Unauthorised(status=403):
            return Why.BLOCKED
        case Unauthorised() | Refused():
            return Why.REFUSED
        case Unavailable():
            return Why.SILENT
        case _:
            return Why.UNREADABLE
