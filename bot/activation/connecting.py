"""Connecting a store from Slack: prove the account's pair, prove everything else, save, and tell the channel.

Between the steps what was typed rests sealed in the database under a name that only the modal knows.
"""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from pydantic import ValidationError

from bot.activation.checking import channel_line, checklist
from bot.activation.proving import prove_account, prove_leafly, prove_order_ahead
from bot.deliveries import Office
from bot.deliveries.safety import look
from bot.desk import Desk
from bot.desk.recording import card, notice
from bot.errors import OrderAheadError, Refused
from bot.rules.audit import Deed
from bot.rules.checklist import Line, Why
from bot.rules.connecting import (
    Draft,
    Field,
    Flaw,
    Pair,
    Wishes,
    account_flaws,
    hours_flaws,
    order_ahead_flaws,
    store_key,
    store_of,
)
from bot.rules.stores import Credentials, Origin, Store, StoreState
from bot.store import Tx, audit, deliveries, drafts, orders, stores
from bot.store.stores import Known

DRAFT_KEPT = timedelta(minutes=30)


async def remember(desk: Desk, draft: Draft, name: str = "") -> str:
    """Keep what is known so far; returns the name it rests under."""
    name = name or secrets.token_urlsafe(18)
    async with desk.database.write() as tx:
        await drafts.keep(tx, name, draft.model_dump_json(), until=desk.now() + DRAFT_KEPT)
    return name


async def recall(desk: Desk, name: str, workspace: str, user_id: str) -> Draft:
    """Raises Refused when its time is over, or it is somebody else's."""
    async with desk.database.read() as tx:
        text = await drafts.get(tx, name, now=desk.now())
    try:
        draft = Draft.model_validate_json(text) if text else None
    except ValidationError:  # of another modal
        draft = None
    if draft is None or (draft.workspace, draft.user_id) != (workspace, user_id):
        raise Refused(
            "That took longer than half an hour, so what was typed is gone. Please begin again: /flowhub connect."
        )
    return draft


def known_accounts(desk: Desk, workspace: str) -> dict[str, list[Store]]:
    """The accounts whose pair is here, with their stores; paused ones count."""
    found: dict[str, list[Store]] = {}
    resting = [rest.store for rest in desk.resting.values() if rest.state is StoreState.PAUSED]
    for store in [*desk.stores_in(workspace), *resting]:
        if store.workspace == workspace and desk.credentials_at_rest(store.key) is not None:
            found.setdefault(store.account, []).append(store)
    return found


def account_pair(desk: Desk, draft: Draft) -> Pair:
    """The pair that was proved in the first step, or the one of the known account. Raises Refused when that is gone."""
    if not draft.account:
        return draft.pair
    for store in known_accounts(desk, draft.workspace).get(draft.account, []):
        known = desk.credentials_at_rest(store.key)
        if known is not None:
            return Pair(id=known.flowhub_client_id, secret=known.flowhub_key)
    raise Refused("This account is no longer connected. Please begin again: /flowhub connect.")


async def prove_pair(desk: Desk, draft: Draft) -> tuple[Draft, dict[Field, Flaw]]:
    """The first step: the draft with its account's locations, or what is wrong with the pair."""
    proof = await prove_account(desk.flowhubs, account_pair(desk, draft))
    known = {
        pair.flowhub_client_id: store.name
        for stores_of in known_accounts(desk, draft.workspace).values()
        for store in stores_of
        if (pair := desk.credentials_at_rest(store.key)) is not None
    }
    flaws = account_flaws(proof.why, draft.pair, known)
    if not flaws and not proof.places:
        flaws = {Field.CLIENT_ID: Flaw(why=Why.EMPTY)}
    return draft.model_copy(update={"places": proof.places}), flaws


@dataclass(frozen=True)
class Tried:
    """How the second step went: flaws and the draft with what was proved all the same, or the store and its checklist."""

    draft: Draft
    flaws: Mapping[Field, Flaw]
    store: Store | None = None
    lines: Sequence[Line] = ()


async def connect(office: Office, name: str, draft: Draft, order_ahead: Pair, wishes: Wishes) -> Tried:
    """The second step: everything is proved, and only then anything is saved. Works at once."""
    desk = office.desk
    account = account_pair(desk, draft)
    pair = draft.order_ahead if draft.order_ahead.id else order_ahead
    leafly_key = draft.leafly_key or wishes.leafly_key
    wishes = wishes.model_copy(update={"leafly_key": leafly_key})
    async with desk.database.read() as tx:
        everywhere = await stores.known(tx)
    before = at_location(everywhere, draft.workspace, wishes.location_id)
    trial = store_of(
        draft,
        wishes,
        before.store.key if before else "",
        account=draft.account,
        before=before.store if before else None,
    )
    why_pair, why_leafly, in_channel = await asyncio.gather(
        prove_order_ahead(desk.flowhubs, pair, account),
        prove_leafly(desk.leafly, leafly_key),
        channel_line(office, trial),
    )
    others = [one for one in everywhere if one is not before and one.state is not StoreState.REMOVED]
    ours = [one for one in others if one.store.workspace == draft.workspace]
    pairs = {one.credentials.order_ahead_client_id: one.store.name for one in ours if one.credentials}
    flaws: dict[Field, Flaw] = {**_place_flaws(draft, wishes, before), **order_ahead_flaws(why_pair, pair, pairs)}
    if in_channel.why not in {Why.WORKS, Why.CLOSED}:
        flaws[Field.CHANNEL] = Flaw(why=in_channel.why)
    for one in ours:
        if one.store.channel == wishes.channel:
            flaws[Field.CHANNEL] = Flaw(why=Why.OTHER_STORE, detail=one.store.name)
    if why_leafly not in {Why.WORKS, Why.NOT_USED}:
        flaws[Field.LEAFLY_KEY] = Flaw(why=why_leafly)
    elif leafly_key and any(one.store.leafly_key == leafly_key for one in others):
        flaws[Field.LEAFLY_KEY] = Flaw(why=Why.OTHER_STORE)
    flaws |= hours_flaws(wishes)
    if flaws:
        kept = draft.model_copy(
            update={
                "order_ahead": Pair() if flaws.keys() & _PAIR else pair,
                "leafly_key": "" if Field.LEAFLY_KEY in flaws else leafly_key,
            }
        )
        return Tried(kept, flaws)
    return await _save(office, name, draft, wishes, account, pair)


_PAIR = {Field.ORDER_AHEAD_CLIENT_ID, Field.ORDER_AHEAD_TOKEN}


def at_location(everywhere: Sequence[Known], workspace: str, location_id: str) -> Known | None:
    """The workspace's store at a location, whatever state it is in: its orders and their cards are there still."""
    here = [one for one in everywhere if (one.store.workspace, one.store.location_id) == (workspace, location_id)]
    return min(here, key=lambda one: one.state is StoreState.REMOVED, default=None)


async def store_at(desk: Desk, workspace: str, location_id: str) -> Store | None:
    """The store that connecting this location would change: whoever does it must be allowed to there."""
    async with desk.database.read() as tx:
        present = at_location(await stores.known(tx), workspace, location_id)
    return present.store if present is not None and present.state is not StoreState.REMOVED else None


def _place_flaws(draft: Draft, wishes: Wishes, before: Known | None) -> dict[Field, Flaw]:
    if draft.place(wishes.location_id) is None:
        return {Field.LOCATION: Flaw(why=Why.NOT_AMONG)}
    if before is not None and before.origin is Origin.SETTINGS and before.state is not StoreState.REMOVED:
        return {Field.LOCATION: Flaw(why=Why.OTHER_STORE, detail=before.store.name)}
    return {}


async def _save(office: Office, name: str, draft: Draft, wishes: Wishes, account: Pair, pair: Pair) -> Tried:
    desk, now = office.desk, office.desk.now()
    async with desk.database.write() as tx:
        before = at_location(await stores.known(tx), draft.workspace, wishes.location_id)
        place = draft.place(wishes.location_id)
        key = before.store.key if before else store_key(place.name if place else "", secrets.token_hex(2))
        group = draft.account or (before.store.account if before and before.store.account else secrets.token_hex(8))
        store = store_of(draft, wishes, key, account=group, before=before.store if before else None)
        kept = (before.credentials if before else None) or Credentials()
        credentials = kept.model_copy(
            update={
                "flowhub_client_id": account.id,
                "flowhub_key": account.secret,
                "order_ahead_client_id": pair.id,
                "order_ahead_token": pair.secret,
            }
        )
        await stores.put(tx, store, credentials, now=now, origin=Origin.SLACK)
        await stores.set_state(tx, key, StoreState.ACTIVE, now=now)
        await redraw(tx, store, desk)
        await drafts.drop(tx, name)
        await audit.add(tx, audit.Entry(now, draft.user_id, Deed.CONNECT.value, key, draft.workspace, key))
    await desk.load_stores()
    with suppress(OrderAheadError):  # the next round of the clock looks again
        await look(office, store)
    lines = await checklist(office, store, credentials)
    async with desk.database.write() as tx:
        subject = f"welcome:{key}:{int(now.timestamp() * 1000)}"
        told = [one.as_json() for one in lines]
        await deliveries.want_once(tx, notice(store, subject, now, about="welcome", lines=told))
    return Tried(draft, {}, store, lines)


async def redraw(tx: Tx, store: Store, desk: Desk) -> None:
    """Cards of open orders say whether their store works."""
    now = desk.now()
    waiting = await orders.open_orders(tx, store.key)
    await deliveries.want(tx, *[card(store, order, now) for order in waiting if order.card_ts])
