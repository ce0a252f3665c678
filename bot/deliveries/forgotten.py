"""The receipt of somebody who was forgotten: told when Slack has taken or refused every edit of a card."""

from datetime import timedelta

from bot.deliveries.office import Office
from bot.messages.customers import forgotten_receipt
from bot.messages.parts import Message
from bot.rules.deliveries import Delivery, Outcome, State, waits
from bot.rules.forgetting import Receipt, Rewriting
from bot.store import forgetting

LOOK_AGAIN = timedelta(seconds=2)
LONGEST = timedelta(minutes=10)
"""After that, cards that wait are told as not rewritten: their deliveries go on trying."""
SETTLED = {State.DONE, State.PARKED, State.HELD}


async def receipt(office: Office, delivery: Delivery) -> Message | Outcome:
    cards, now = [str(key) for key in delivery.payload["cards"]], office.desk.now()
    async with office.database.read() as tx:
        found = await forgetting.cards(tx, cards)
        others = await forgetting.other_messages(tx, [str(key) for key in delivery.payload.get("others", ())])
    found += others
    open_ones = [one for one in found if one.state not in SETTLED]
    if open_ones and now - delivery.created_at < LONGEST:
        return waits(delivery, now + LOOK_AGAIN)
    failed = [one for one in found if one.state is not State.DONE]
    others_done = sum(one.state is State.DONE for one in others)
    refused = tuple((one.channel, one.short_id, one.problem or "Slack has not taken it yet.") for one in failed)
    return forgotten_receipt(
        Receipt.from_json(delivery.payload["receipt"]),
        Rewriting(len(found) - len(failed) - others_done, refused, others_done),
    )
