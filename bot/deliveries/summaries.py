"""The day's summary of segments, drawn as it is when it is sent; and the lines in its thread."""

from datetime import timedelta

from bot.deliveries.office import Office
from bot.desk.recording import edit_lane
from bot.errors import Refused
from bot.messages.parts import Message
from bot.messages.segments import rollup_summary, segment_summary, worth_a_look
from bot.rules.deliveries import DONE, NOTHING_TO_DO, Delivery, Outcome, State, waits
from bot.rules.summaries import Summary
from bot.slack import Mark
from bot.store import Tx, deliveries, not_sent, summaries
from bot.store.summaries import KeptSummary

WAIT_FOR_SUMMARY = timedelta(seconds=20)
NOWHERE = "-"
"""In place of the ts of a message that may be there, where we may not look."""
ITS_DAY = timedelta(hours=24)


async def run_summary(office: Office, delivery: Delivery) -> Outcome:
    """Post it, or edit the one that is there."""
    kept = await _kept(office, delivery.subject)
    if kept is None or kept.ts == NOWHERE or (not kept.ts and office.desk.now() - delivery.created_at > ITS_DAY):
        return NOTHING_TO_DO
    slack, mark, ts = office.slack(kept.workspace), Mark(kept.key, "summary"), kept.ts
    if not ts and delivery.state is State.UNKNOWN:
        try:
            found = await slack.find(kept.channel, mark, since=delivery.created_at)
        except Refused as problem:
            if problem.code != "missing_scope":
                raise
            return await _stands(office, delivery, kept, NOWHERE)  # told once too little rather than twice
        ts = found.ts if found is not None else ""
    message = _drawn(kept.made)
    if ts:
        try:
            await slack.update(kept.channel, ts, message, mark)
        except Refused as problem:
            if problem.code != "message_not_found":
                raise
            return NOTHING_TO_DO  # somebody deleted it
    else:
        ts = await slack.post(kept.channel, message, mark)
    return await _stands(office, delivery, kept, ts)


def _drawn(made: Summary) -> Message:
    if made.stores:
        return rollup_summary(made)
    return segment_summary(made.name, made.figures, as_of=made.as_of, problem=made.problem, is_daily=made.is_daily)


async def _stands(office: Office, delivery: Delivery, kept: KeptSummary, ts: str) -> Outcome:
    store = office.desk.any_store(delivery.store_key)
    lane = edit_lane(store) if store is not None else f"edit:{kept.workspace}" if kept.workspace else "edit"

    async def write(tx: Tx) -> Outcome:
        await summaries.set_ts(tx, kept.key, ts)
        done = Outcome(State.DONE, lane=lane, band=delivery.store_key)
        return await deliveries.finish(tx, delivery, done, now=office.desk.now())

    return await office.database.outlast(write)


async def run_moved(office: Office, delivery: Delivery) -> Outcome:
    """A line in the thread: so many moved. At most once; where we may not look, rather not at all."""
    kept, now = await _kept(office, str(delivery.payload["summary"])), office.desk.now()
    if kept is None or kept.ts == NOWHERE or now - delivery.created_at > ITS_DAY:
        return NOTHING_TO_DO
    if not kept.ts:
        return waits(delivery, now + WAIT_FOR_SUMMARY)
    slack, mark, told = office.slack(kept.workspace), Mark(delivery.subject, "moved"), delivery.payload
    try:
        if delivery.state is State.UNKNOWN:
            found = await slack.find(kept.channel, mark, since=delivery.created_at, thread_ts=kept.ts)
            if found is not None:
                return DONE
        line = worth_a_look(told["name"], told["entered"], told["left"], told["size"], told["why"])
        await slack.post(kept.channel, line, mark, thread_ts=kept.ts)
    except Refused as problem:
        if problem.code not in {"missing_scope", "thread_not_found"}:
            raise
        return NOTHING_TO_DO
    return DONE


async def _kept(office: Office, key: str) -> KeptSummary | None:
    with not_sent():
        async with office.database.read() as tx:
            return await summaries.get(tx, key)
