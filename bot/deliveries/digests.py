"""The morning's digest: prepared in a lane of its own, then posted in the store's channel, and edited when it reads otherwise.

The picture goes first and belongs to no message: one that was uploaded twice, because an answer was lost, is seen once. The
message is looked for by its mark before it is posted again.
"""

from dataclasses import replace
from datetime import timedelta

import structlog

from bot.customers.finding import kept as customer_kept
from bot.deliveries.office import Office
from bot.desk.recording import DIGEST_LANE, edit_lane, post_lane
from bot.digests.making import make, picture
from bot.errors import Refused, Unauthorised, Unavailable
from bot.messages.digest import digest
from bot.messages.parts import Message
from bot.rules.customer_views import masked_customer
from bot.rules.deliveries import NOTHING_TO_DO, Delivery, Outcome, State
from bot.rules.digests import LATE_AFTER, WORTH_POSTING, Digest
from bot.rules.stores import Store
from bot.rules.telling import may_name
from bot.slack import Mark, Slack
from bot.store import Tx, channels, deliveries, digests, not_sent
from bot.store.digests import NO_PICTURE, KeptDigest

log = structlog.get_logger("orderahead.deliveries")

LOOK_AGAIN = timedelta(seconds=3)
PICTURE_PATIENCE = timedelta(minutes=1)
"""How long Slack may look at a picture before the digest goes without."""
MOST_UPLOADS = 3
DRAWN = Outcome(State.DONE, payload={}, lane=DIGEST_LANE, band="")
"""The next wish begins where it is prepared."""


async def run_digest(office: Office, delivery: Delivery) -> Outcome:
    now, key = office.desk.now(), delivery.subject
    with not_sent():
        async with office.database.read() as tx:
            kept = await digests.get(tx, key)
    store = office.desk.stores.get(delivery.store_key)
    if kept is None or store is None:
        return NOTHING_TO_DO
    slack = office.slack(store.workspace)
    if delivery.state is State.UNKNOWN and not kept.ts:
        try:
            found = await slack.find(store.channel, _mark(key), since=delivery.created_at)
        except Refused as problem:
            if problem.code != "missing_scope":
                raise
            return await _posted(office, delivery, store, "")  # told once too little rather than twice
        if found is not None:
            return await _posted(office, delivery, store, found.ts)
    if kept.state == digests.POSTED and not kept.ts:
        return NOTHING_TO_DO  # where it stands nobody could tell us
    if not kept.ts and now - kept.due.due_at >= WORTH_POSTING:
        return await _missed(office, delivery)
    if kept.made is None or not kept.picture_id:
        if delivery.lane != DIGEST_LANE:
            return _hop(office, DIGEST_LANE)
        await _prepare(office, slack, store, kept, delivery)
        lane = edit_lane(store) if kept.ts else post_lane(store)
        return _hop(office, lane, band=store.key if kept.ts else "")
    if delivery.lane == DIGEST_LANE:  # it was prepared, and its process died
        lane = edit_lane(store) if kept.ts else post_lane(store)
        return _hop(office, lane, band=store.key if kept.ts else "")
    try:
        return await _say(office, slack, store, delivery, kept)
    except Refused as problem:
        if problem.code != "invalid_blocks" or kept.picture_id == NO_PICTURE:
            raise
        return await _picture_refused(office, kept)


def _mark(key: str) -> Mark:
    return Mark(key, "digest")


def _hop(office: Office, lane: str, *, band: str = "") -> Outcome:
    """On in another lane. What was in doubt has been looked for."""
    return Outcome(State.DUE, office.desk.now(), counted=False, called=False, lane=lane, band=band)


async def _prepare(office: Office, slack: Slack, store: Store, kept: KeptDigest, delivery: Delivery) -> None:
    """Its figures, then its picture, each written down when it is there."""
    made = kept.made
    if made is None:
        with not_sent():
            async with office.database.read() as tx:
                telling = await digests.telling(tx, store.key) or office.desk.telling
            made, named = await make(office.desk, store, kept.due, telling, may_name=await names_allowed(office, store))
            async with office.database.write() as tx:
                await digests.set_made(tx, kept.key, made, named)
    if not kept.picture_id:
        picture_id = await _uploaded(slack, made, delivery.attempts)
        with not_sent():
            async with office.database.write() as tx:
                await digests.set_picture(tx, kept.key, picture_id, office.desk.now())


async def _uploaded(slack: Slack, made: Digest, attempts: int) -> str:
    """The digest is complete in words: what keeps it from having a picture does not keep it."""
    try:
        content = await picture(made)
    except Exception as surprise:  # whatever is wrong with fonts or files on this machine
        log.error("a digest's picture could not be drawn", error=type(surprise).__name__)
        return NO_PICTURE
    if content is None:
        return NO_PICTURE
    try:
        return await slack.keep_picture(f"month-{made.due.last.isoformat()}.png", content)
    except (Refused, Unauthorised) as problem:
        log.warning("a digest's picture was refused", why=problem.sentence)
        return NO_PICTURE
    except Unavailable as problem:
        if attempts >= MOST_UPLOADS:
            return NO_PICTURE
        # Nobody sees a picture that arrived without its message.
        raise Unavailable(problem.sentence, retry_after=problem.retry_after, may_have_arrived=False) from None


async def _say(office: Office, slack: Slack, store: Store, delivery: Delivery, kept: KeptDigest) -> Outcome:
    with not_sent():
        message = await _drawn(office, store, kept)
    if not kept.ts:
        return await _posted(office, delivery, store, await slack.post(store.channel, message, _mark(kept.key)))
    try:
        await slack.update(kept.channel, kept.ts, message, _mark(kept.key))
    except Refused as problem:
        if problem.code != "message_not_found":
            raise
        if not delivery.payload.get("asked"):
            return NOTHING_TO_DO  # somebody deleted it
        now = office.desk.now()
        async with office.database.write() as tx:
            await digests.set_place(tx, kept.key, "", "")
            again = Outcome(State.DUE, now, lane=post_lane(store), band="", counted=False)
            return await deliveries.finish(tx, delivery, again, now=now)
    return DRAWN


async def _drawn(office: Office, store: Store, kept: KeptDigest) -> Message:
    """As it is now: late if it is, naming only who is still kept, and where that is still allowed."""
    made, now = kept.made, office.desk.now()
    assert made is not None
    if not kept.ts and not made.due.is_late and now - made.due.due_at > LATE_AFTER:
        made = replace(made, due=replace(made.due, is_late=True))
        async with office.database.write() as tx:
            await digests.set_made(tx, kept.key, made, kept.named)
    names: list[str] = []
    if kept.named and await names_allowed(office, store):
        for fh_id in kept.named:
            try:
                personal = (await customer_kept(office.desk, store.account, fh_id)).personal
            except Refused:
                continue
            names.append(masked_customer(personal.first_name, personal.last_name))
    picture_id = "" if kept.picture_id == NO_PICTURE else kept.picture_id
    return digest(made, picture_id=picture_id, names=[name for name in names if name])


async def names_allowed(office: Office, store: Store) -> bool:
    """Whether a digest may name customers in the store's channel, as both are now."""
    async with office.database.read() as tx:
        standing = await channels.standing(tx, store.workspace, store.channel)
    resting = [rest.store for rest in office.desk.resting.values()]
    profiles = [one.state_profile for one in [*office.desk.stores.values(), *resting] if one.account == store.account]
    return may_name(profiles, standing)


async def _posted(office: Office, delivery: Delivery, store: Store, ts: str) -> Outcome:
    async def write(tx: Tx) -> Outcome:
        await digests.set_posted(tx, delivery.subject, store.channel, ts)
        return await deliveries.finish(tx, delivery, DRAWN, now=office.desk.now())

    return await office.database.outlast(write)


async def _missed(office: Office, delivery: Delivery) -> Outcome:
    """Nobody reads yesterday's paper in the evening: the next one tells of these days, too."""
    async with office.database.write() as tx:
        await digests.set_missed(tx, delivery.subject)
        outcome = replace(NOTHING_TO_DO, lane=DIGEST_LANE)
        return await deliveries.finish(tx, delivery, outcome, now=office.desk.now())


async def _picture_refused(office: Office, kept: KeptDigest) -> Outcome:
    """Slack is still looking at it, or does not want it."""
    now = office.desk.now()
    if kept.picture_at is None or now - kept.picture_at >= PICTURE_PATIENCE:
        async with office.database.write() as tx:
            await digests.set_picture(tx, kept.key, NO_PICTURE, None)
        return Outcome(State.DUE, now, counted=False)
    return Outcome(State.DUE, now + LOOK_AGAIN, counted=False)
