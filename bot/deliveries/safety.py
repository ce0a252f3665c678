"""Channel safety: orders are not posted where others than the store's own people can read them, until an owner signs off.

What Slack last said of a channel is kept, so that a question to Slack is only asked when something may have changed.
"""

from datetime import timedelta

import structlog

from bot.deliveries.office import Office
from bot.deliveries.people import grants_in, owners_of
from bot.desk.recording import in_private, note_deed, post_lane
from bot.errors import Closed, OrderAheadError, OutOfStep, Refused, Unauthorised, Unavailable
from bot.rules.audit import Deed, without_details
from bot.rules.deliveries import Delivery, Kind, Outcome, Wanted, waits
from bot.rules.exposure import SAFE, Exposure, Standing, after_no_answer
from bot.rules.permissions import Person, Role, who_could
from bot.rules.stores import Store
from bot.store import channels, deliveries, not_sent

log = structlog.get_logger("orderahead.deliveries")

HELD = "The channel is not signed off."
"""The problem of a delivery that waits for an owner: signing off sets those going at once."""
LOOK_AGAIN = timedelta(seconds=60)
ABOUT_ORDERS = frozenset({"left_overnight", "card_in_doubt", "unread_order"})
"""Notices that would tell of an order; that Flowhub is down, everybody may read."""
MOST_TOLD = 3


async def _is_held(office: Office, store: Store, delivery: Delivery) -> bool:
    """Whether this would tell a channel of an order that must not be read there. Cards that are there are still edited:
    a card that shows the wrong state would do more harm than one that is right."""
    if delivery.lane != post_lane(store):
        return False
    if delivery.kind is Kind.NOTICE and delivery.payload.get("about") not in ABOUT_ORDERS:
        return False
    with not_sent():
        standing = await _known(office, store)
    if standing.seen_at is None:
        standing = await look(office, store)
    return not standing.may_post


async def hold(office: Office, store: Store, delivery: Delivery) -> Outcome | None:
    """Let wait what must not be posted; None for what may be.

    That it waits is written in one transaction with another look at what was decided: a signature that comes in between
    finds it either waiting or under way.
    """
    if not await _is_held(office, store, delivery):
        return None
    now = office.desk.now()
    async with office.database.write() as tx:
        if (await channels.standing(tx, store.workspace, store.channel, lock=True)).may_post:
            return None
        return await deliveries.finish(tx, delivery, waits(delivery, now + LOOK_AGAIN, HELD), now=now)


async def _known(office: Office, store: Store) -> Standing:
    async with office.database.read() as tx:
        return await channels.standing(tx, store.workspace, store.channel)


async def look(office: Office, store: Store, *, heard: Exposure = SAFE) -> Standing:
    """Ask Slack who can read the store's channel, note it, and do what follows: tell the owners, or let go what waited.

    Where Slack does not answer, what was last seen counts, and what we `heard`; the next round of the clock looks again.
    What another look has found meanwhile may be newer than our answer: then we look again. Raises what Slack's edge raises
    when nothing was ever seen.
    """
    while True:
        known = await _known(office, store)
        standing = await _found(office, store, known, heard)
        if await _note(office, store, known, standing):
            return standing


async def _found(office: Office, store: Store, known: Standing, heard: Exposure) -> Standing:
    now = office.desk.now()
    try:
        seen = await office.slack(store.workspace).exposure(store.channel)
    except (Refused, Unavailable, Unauthorised) as problem:
        never = isinstance(problem, Refused) and problem.code == "missing_scope"
        standing = after_no_answer(known, now, heard=heard, may_never_look=never)
        if standing.seen_at is None:
            raise _nothing_sent(problem) from None
        log.warning("a channel could not be looked at", store=store.key, why=problem.sentence)
        return standing
    return known.model_copy(update={"seen": seen, "seen_at": now})


def _nothing_sent(problem: Refused | Unavailable | Unauthorised) -> OrderAheadError:
    """A question that failed is no message that may have arrived."""
    if isinstance(problem, Unavailable):
        return Unavailable(problem.sentence, retry_after=problem.retry_after, may_have_arrived=False)
    if isinstance(problem, Refused) and not isinstance(problem, Closed):
        return Unavailable(problem.sentence, may_have_arrived=False)
    return problem


async def _note(office: Office, store: Store, known: Standing, standing: Standing) -> bool:
    """Write down what follows from `known`. False, and nothing is written, when something else stands there by now."""
    now = office.desk.now()
    news = standing.seen.beyond(standing.signed)
    told = await _tellings(office, store) if news.risks else []
    async with office.database.write() as tx:
        stands = await channels.standing(tx, store.workspace, store.channel, lock=True)
        if stands != known and (stands.seen != standing.seen or stands.signed != known.signed):
            return False
        await channels.saw(tx, store.workspace, store.channel, standing.seen, at=standing.seen_at or now)
        is_new = await channels.told(tx, store.workspace, store.channel, news, day=now.date())
        if is_new and news.risks:
            log.warning(
                "a store's channel can be read by others", store=store.key, by=[risk.value for risk in news.risks]
            )
            await deliveries.want_once(tx, *told)
        elif is_new:
            await channels.let_go(tx, post_lane(store), HELD, now=now)
    return True


async def _tellings(office: Office, store: Store) -> list[Wanted]:
    """To those who can sign off, people in the channel first; to the store's managers, who can mend the channel."""
    now = office.desk.now()
    able = await _able(office, store)
    subject = f"exposed:{store.key}:{int(now.timestamp() * 1000)}"
    told = [in_private(store, who, subject, now, about="channel_exposed", may_sign=True) for who in able]
    return told + [
        in_private(store, who, subject, now, about="channel_exposed", may_sign=False, owners=able)
        for who in store.managers
        if who not in able
    ]


async def _able(office: Office, store: Store) -> list[str]:
    """Some who may sign off. Where Slack does not list its people, those who were made owners here."""
    try:
        owners = await owners_of(office, store)
    except OrderAheadError:
        given = await grants_in(office, store.workspace)
        return list(who_could(Role.OWNER, (), given, store.key).people)[:MOST_TOLD]
    try:
        inside = await office.slack(store.workspace).members(store.channel)
    except OrderAheadError:
        inside = frozenset()
    return sorted(owners, key=lambda who: who not in inside)[:MOST_TOLD]


async def exposure_to_sign(office: Office, store: Store) -> Exposure:
    """What an owner has to be asked about, without asking Slack. Raises OutOfStep when there is nothing (any more)."""
    known = await _known(office, store)
    if known.may_post or known.seen_at is None:
        raise OutOfStep("Nothing has to be signed off for this channel: orders are posted there.")
    return known.seen.beyond(known.signed)


async def sign_off(office: Office, store: Store, person: Person, shown: str, why: str) -> Exposure:
    """An owner has read what `shown` is the print of. Raises OutOfStep when it is something else by now."""
    standing = await look(office, store)
    if standing.may_post:
        raise OutOfStep("Nothing has to be signed off for this channel any more: orders are posted there.")
    if standing.seen.beyond(standing.signed).fingerprint != shown:
        raise OutOfStep("Who can read the channel has changed in the meantime. Please open it again and read it anew.")
    now = office.desk.now()
    async with office.database.write() as tx:
        await channels.sign_off(tx, store.workspace, store.channel, standing.seen, who=person.id, at=now)
        await channels.told(tx, store.workspace, store.channel, SAFE, day=now.date())
        await channels.let_go(tx, post_lane(store), HELD, now=now)
        reason = ", ".join([*standing.seen.risks, *filter(None, [without_details(why)])])
        await note_deed(tx, store, person, Deed.SIGN_OFF, store.channel, now=now, reason=reason)
    return standing.seen
