"""The message that tells how a sync goes: drawn as things are when it is sent, so that edits coalesce like a card's."""

from bot.customers.telling import TOLD
from bot.deliveries.office import Office
from bot.desk.recording import edit_lane
from bot.errors import Refused
from bot.messages import sync as words
from bot.messages.parts import Message
from bot.rules.deliveries import NOTHING_TO_DO, Delivery, Outcome, State
from bot.rules.stores import Store
from bot.rules.sync_telling import Underway
from bot.slack import Mark
from bot.store import not_sent, sync_runs


async def run_sync(office: Office, delivery: Delivery) -> Outcome:
    store = office.desk.any_store(str(delivery.payload.get("store", "")))
    if store is None:
        return NOTHING_TO_DO
    with not_sent():
        message = await _drawn(office, store)
    if message is None:
        return NOTHING_TO_DO
    slack, mark, ts = office.slack(store.workspace), Mark(delivery.subject, "sync"), str(delivery.payload.get("ts", ""))
    if not ts and delivery.state is State.UNKNOWN:
        try:
            found = await slack.find(store.channel, mark, since=delivery.created_at)
        except Refused as problem:
            if problem.code != "missing_scope":
                raise
            return NOTHING_TO_DO  # told once too little rather than twice
        ts = found.ts if found is not None else ""
    if ts:
        try:
            await slack.update(store.channel, ts, message, mark)
        except Refused as problem:
            if problem.code != "message_not_found":
                raise
            return NOTHING_TO_DO  # somebody deleted it, and does not want to be told
    else:
        ts = await slack.post(store.channel, message, mark)
    payload = {**delivery.payload, "ts": ts}
    return Outcome(State.DONE, payload=payload, lane=edit_lane(store), band=store.key)


async def _drawn(office: Office, store: Store) -> Message | None:
    async with office.database.read() as tx:
        told = (await sync_runs.positions(tx, store.account)).get(TOLD)
        known = await sync_runs.account(tx, store.account)
    if not told:
        return None
    one = Underway.from_json(told)
    if not one.has_ended or known.report is None:
        return words.progress(one)
    return words.ended(known.report, store.account)
