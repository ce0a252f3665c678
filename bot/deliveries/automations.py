"""What automations have to say: a post in the store's channel, and a signed webhook to the owner's own tool.

Both are made from what was recorded as it is when they are sent: whoever was forgotten meanwhile is not told of, and a post
that is there already is rewritten.
"""

from html import unescape

import structlog

from bot.automations.firing import facts_of_kept
from bot.deliveries.office import Office
from bot.errors import Refused, Unavailable
from bot.messages import automations as words
from bot.messages.parts import BREAK
from bot.rules.automations import webhook_body
from bot.rules.deliveries import DONE, NOTHING_TO_DO, WEBHOOK_WAITS, Delivery, Outcome, State
from bot.slack import Mark
from bot.store import automations, customers, firings, not_sent
from bot.store.firings import Firing

log = structlog.get_logger("orderahead.deliveries")

TOOL = "The marketing tool"


async def run_automation_post(office: Office, delivery: Delivery) -> Outcome:
    """Post it once; after its customer was forgotten, say so where it is."""
    with not_sent():
        async with office.database.read() as tx:
            one = await firings.get(tx, str(delivery.payload["firing"]))
            found = await automations.by_id(tx, one.automation_id) if one is not None else None
    store = office.desk.any_store(delivery.store_key)
    if one is None or found is None or store is None:
        return NOTHING_TO_DO
    slack, mark = office.slack(store.workspace), Mark(one.key, "automation")
    message = words.post(found[0].automation.name, one.text) if one.text else words.forgotten_post()
    where, ts = one.channel or store.channel, one.ts
    if not ts and delivery.state is State.UNKNOWN:
        try:
            there = await slack.find(where, mark, since=delivery.created_at)
        except Refused as problem:
            if problem.code != "missing_scope":
                raise
            return NOTHING_TO_DO  # said once too little rather than twice
        ts = there.ts if there is not None else ""
    if ts and not one.text:
        try:
            await slack.update(where, ts, message, mark)
        except Refused as problem:
            if problem.code != "message_not_found":
                raise
    elif not ts and one.text:
        ts = await slack.post(where, message, mark)
    if ts == one.ts:
        return DONE if ts else NOTHING_TO_DO
    return await _posted(office, one, where, ts)


async def _posted(office: Office, one: Firing, channel: str, ts: str) -> Outcome:
    async with office.database.write() as tx:
        await firings.posted(tx, one.key, channel, ts)
    return DONE


async def run_automation_webhook(office: Office, delivery: Delivery) -> Outcome:
    """Told for three days; what the customer agrees to is that of the moment of the call."""
    now = office.desk.now()
    async with office.database.read() as tx:
        one = await firings.get(tx, str(delivery.payload["firing"]))
        found = await automations.by_id(tx, one.automation_id) if one is not None and one.text else None
        people = await customers.find(tx, one.account, fh_id=one.fh_id) if one is not None and one.fh_id else []
    if one is None or found is None or not people or not found[0].automation.url or not found[1]:
        return NOTHING_TO_DO
    kept, secret = found
    text = unescape(one.text).replace(BREAK, "")
    body = webhook_body(kept.automation.key, one.happened, one.at, facts_of_kept(people[0]), text, asof=now)
    try:
        await office.desk.webhooks.send(
            kept.automation.url, secret, message_id=f"msg_{one.key}", at=now, body=body, whose=TOOL
        )
    except Refused as problem:
        log.error("a marketing tool could not be told", automation=kept.automation.key, why=problem.sentence)
        return Outcome(State.PARKED, problem=problem.sentence)
    except Unavailable as problem:
        if delivery.attempts < len(WEBHOOK_WAITS):
            raise
        log.error("a marketing tool could not be told", automation=kept.automation.key, why=problem.sentence)
        return Outcome(State.PARKED, problem=f"{problem.sentence} It was tried for three days.")
    return DONE
