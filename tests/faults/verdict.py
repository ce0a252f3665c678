"""What the stand-ins' own records say after a day on which the bot died again and again."""

from collections import Counter

from bot.messages.words import look_of_status
from bot.rules.order_values import Order, Placing, Source
from bot.sandbox import Sandbox
from bot.sandbox.flowhub import PosOrder
from tests.faults.record import cards_by_order, mark_of


def verdict(sandbox: Sandbox, orders: list[Order]) -> list[str]:
    """Sentences about what was lost or happened twice outside of Slack; what stands in Slack is `record.what_is_wrong`."""
    return [*lost(sandbox, orders), *wrong_in_flowhub(sandbox, orders), *cancelled_twice(sandbox)]


def lost(sandbox: Sandbox, orders: list[Order]) -> list[str]:
    """Orders that we answered for and that are not on the desk, or twice."""
    heard = {order.order_id for order in sandbox.webshop.orders if order.status == 200}
    heard |= {one.body["orderId"] for one in sandbox.leafly.webhooks.attempts if one.accepted and "orderId" in one.body}
    there = Counter(order.source_id for order in orders if order.source is not Source.FLOWHUB)
    return [f"{one} was accepted and is there {there[one]} times" for one in heard if there[one] != 1]


def wrong_in_flowhub(sandbox: Sandbox, orders: list[Order]) -> list[str]:
    """Creates that were made twice, or neither made nor asked about; cards that don't show what Flowhub shows."""
    cards = cards_by_order(sandbox.slack)
    created: dict[str, list[PosOrder]] = {}
    for in_pos in sandbox.flowhub.orders:
        created.setdefault(in_pos.body["customer"]["externalId"], []).append(in_pos)
    wrong = []
    for order in orders:
        found, card = created.get(order.key, []), cards[order.key][0]
        if len(found) > 1:
            wrong.append(f"{order.short_id} was created {len(found)} times")
        if not found and order.placing is not Placing.UNSURE and order.cancel is None:
            wrong.append(f"{order.short_id} is {order.placing} and not in Flowhub")
        if order.placing is Placing.IN_POS and look_of_status(found[0].status).word not in card.text:
            wrong.append(f"{order.short_id} is {found[0].status} and its card says “{card.text}”")
    if sandbox.flowhub.created_count != sum(map(len, created.values())):
        wrong.append("creates were counted that belong to no order")
    return wrong


def cancelled_twice(sandbox: Sandbox) -> list[str]:
    """Leafly took a cancel more than once, or the web shop was told the same of an order by two different messages."""
    wrong = []
    for order in sandbox.leafly.orders:
        if (times := [told.status for told in order.told].count("canceled")) > 1:
            wrong.append(f"Leafly took the cancel of {order.order_id} {times} times")
    told = Counter((hook.order_id, str(sorted(hook.body["data"].items(), key=str))) for hook in sandbox.webshop.told)
    return wrong + [
        f"the web shop was told the same of {one} {times} times" for (one, _), times in told.items() if times > 1
    ]


def digests_missing_or_doubled(sandbox: Sandbox) -> list[str]:
    """Each store must have the one of its morning, and where midnight goes by meanwhile may have the next one's, too."""
    wrong = []
    for store, channel in sandbox.channels.items():
        marks = [mark_of(one) for one in sandbox.slack.all_messages() if one.channel == channel and not one.deleted]
        there = Counter(key for key, part in marks if part == "digest")
        if not there or any(count > 1 for count in there.values()):
            wrong.append(f"{store} has these digests: {dict(there)}")
    return wrong


def cancels(sandbox: Sandbox) -> int:
    """How many orders the other sides were told to cancel."""
    at_leafly = [order for order in sandbox.leafly.orders if any(told.status == "canceled" for told in order.told)]
    at_the_shop = {hook.order_id for hook in sandbox.webshop.told if hook.body["data"]["cancel"] is not None}
    return len(at_leafly) + len(at_the_shop)
