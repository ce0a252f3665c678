"""Changing a store's credentials: the new pair is proved beside the old one, then takes its place in one commit.

Calls under way end with the pair they began with. What the old one failed at waits with its reason, and goes on at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.activation.proving import prove_account, prove_order_ahead
from bot.desk import Desk
from bot.desk.recording import note_deed
from bot.errors import Refused
from bot.rules.audit import Deed
from bot.rules.checklist import Why
from bot.rules.connecting import Field, Flaw, Pair, account_flaws, order_ahead_flaws
from bot.rules.permissions import Person
from bot.rules.stores import Credentials, Origin, Store
from bot.store import rows_of_a_store, stores
from bot.store.stores import Known


@dataclass(frozen=True)
class Rotated:
    """Flaws, and then nothing was changed; or the names of the stores that have the new account pair, and whether the
    Order Ahead pair is new."""

    flaws: Mapping[Field, Flaw]
    account_of: tuple[str, ...] = ()
    order_ahead: bool = False


async def must_be_from_slack(desk: Desk, store: Store, what: str = "the new credentials") -> None:
    """Raises Refused for a store of the settings file: `what` belongs there."""
    async with desk.database.read() as tx:
        known = await stores.one(tx, store.key)
    if known is None or known.origin is Origin.SETTINGS:
        raise Refused(f"{store.name} is set up in the settings file: put {what} there and start the bot anew.")


async def rotate(desk: Desk, store: Store, person: Person, account: Pair, order_ahead: Pair) -> Rotated:
    """An empty pair stays as it is. An account's pair is that of all its stores. Raises Refused, see `must_be_from_slack`."""
    await must_be_from_slack(desk, store)
    async with desk.database.read() as tx:
        everywhere = await stores.known(tx)
    mine = next(one for one in everywhere if one.store.key == store.key)
    present = mine.credentials or Credentials()
    flaws = _half(account, Field.CLIENT_ID, Field.KEY)
    flaws |= _half(order_ahead, Field.ORDER_AHEAD_CLIENT_ID, Field.ORDER_AHEAD_TOKEN)
    if not account.id and not order_ahead.id and not flaws:
        flaws = {Field.ORDER_AHEAD_CLIENT_ID: Flaw(why=Why.MISSING), Field.CLIENT_ID: Flaw(why=Why.MISSING)}
    group = _of_account(everywhere, mine)
    if account.id and not flaws:
        flaws |= await _account_flaws(desk, account, present, group)
    if order_ahead.id and not flaws:
        known_account = account if account.id else Pair(id=present.flowhub_client_id, secret=present.flowhub_key)
        why = await prove_order_ahead(desk.flowhubs, order_ahead, known_account)
        flaws |= order_ahead_flaws(why, order_ahead, _pairs_of_others(everywhere, mine))
    if flaws:
        return Rotated(flaws)
    return await _switch(desk, store, person, account, order_ahead)


def _half(pair: Pair, first: Field, second: Field) -> dict[Field, Flaw]:
    """One of the two alone is no pair."""
    if bool(pair.id) == bool(pair.secret):
        return {}
    return {second if pair.id else first: Flaw(why=Why.MISSING)}


def _of_account(everywhere: Sequence[Known], mine: Known) -> list[Known]:
    same = (mine.store.workspace, mine.store.account)
    return [
        one for one in everywhere if (one.store.workspace, one.store.account) == same and one.credentials is not None
    ]


def _pairs_of_others(everywhere: Sequence[Known], mine: Known) -> dict[str, str]:
    ours = [
        one for one in everywhere if one.store.workspace == mine.store.workspace and one.store.key != mine.store.key
    ]
    return {one.credentials.order_ahead_client_id: one.store.name for one in ours if one.credentials is not None}


async def _account_flaws(desk: Desk, pair: Pair, present: Credentials, group: list[Known]) -> dict[Field, Flaw]:
    """A pair of another account would leave the stores without their locations."""
    proof = await prove_account(desk.flowhubs, pair)
    flaws = account_flaws(proof.why, pair, {present.flowhub_client_id: group[0].store.name})
    if flaws:
        return flaws
    places = {place.location_id for place in proof.places}
    lost = [one.store.name for one in group if one.store.location_id not in places]
    if lost:
        return {Field.CLIENT_ID: Flaw(why=Why.NOT_AMONG, detail=", ".join(lost))}
    settled = [one.store.name for one in group if one.origin is Origin.SETTINGS]
    return {Field.CLIENT_ID: Flaw(why=Why.OTHER_STORE, detail=", ".join(settled))} if settled else {}


async def _switch(desk: Desk, store: Store, person: Person, account: Pair, order_ahead: Pair) -> Rotated:
    now = desk.now()
    names: list[str] = []
    async with desk.database.write() as tx:
        everywhere = await stores.known(tx)
        mine = next(one for one in everywhere if one.store.key == store.key)
        group = _of_account(everywhere, mine) if account.id else [mine]
        for one in group:
            changed: dict[str, str] = {}
            if account.id:
                changed |= {"flowhub_client_id": account.id, "flowhub_key": account.secret}
                names.append(one.store.name)
            if order_ahead.id and one is mine:
                changed |= {"order_ahead_client_id": order_ahead.id, "order_ahead_token": order_ahead.secret}
            credentials = (one.credentials or Credentials()).model_copy(update=changed)
            await stores.set_credentials(tx, one.store.key, credentials)
            await rows_of_a_store.hurry_at_flowhub(tx, one.store.key, now=now)
        await note_deed(tx, store, person, Deed.ROTATE, store.key, now=now)
    await desk.load_stores()
    for one in group:
        desk.on_new_credentials(one.store.key)
    return Rotated({}, tuple(names), bool(order_ahead.id))
