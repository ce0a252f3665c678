"""The history of an order in plain words: who, when, through what."""

from collections.abc import Sequence
from typing import Any

from bot.messages.parts import Message, at_time, context, plain
from bot.messages.words import CLOCKS, SOURCES, THROUGH, look_of_status, reason_words
from bot.rules.history import Event, Happened
from bot.rules.lateness import Clock
from bot.rules.order_values import Order, Source


def history_reply(events: Sequence[Event]) -> Message:
    """One reply in the card's thread for everything that happened since the last one."""
    lines = [history_line(event) for event in events]
    return Message(text="\n".join(lines), blocks=[context(*_chunks(lines))] if lines else [])


def _chunks(lines: Sequence[str]) -> list[str]:
    """Lines as at most ten elements of at most 2,000 characters; the oldest give way."""
    chunks: list[str] = []
    for line in lines:
        if chunks and len(chunks[-1]) + len(line) < 1900:
            chunks[-1] += f"\n{line}"
        else:
            chunks.append(line)
    return chunks[-4:]


def history_line(event: Event) -> str:
    return f"{at_time(event.at)}  {_sentence(event)}"


def _sentence(event: Event) -> str:
    who = plain(event.who, 60) or "Somebody"
    through = THROUGH.get(event.through, "")
    detail = event.detail
    match event.kind:
        case Happened.ORDER_RECEIVED:
            return f"Received from {SOURCES[Source(detail['source'])]}."
        case Happened.PLACED:
            return "Put into Flowhub: it is in Cashier › Order Ahead now."
        case Happened.PLACING_UNSURE:
            return ":question: Sent to Flowhub, but the answer was lost. Somebody must look."
        case Happened.PLACING_REFUSED:
            return f":warning: Flowhub did not take it: {plain(str(detail.get('why', '')), 200)}"
        case Happened.FOUND_BY_HAND:
            return f"{who} says it is in Cashier."
        case Happened.SENT_AGAIN:
            return f"{who} had it sent to Flowhub again."
        case Happened.STATUS_CHANGED:
            return _status_sentence(event, through)
        case Happened.VANISHED:
            return ":grey_question: Flowhub no longer shows this order."
        case Happened.CLAIMED:
            before = plain(str(detail.get("from") or ""), 60)
            return (
                f":raising_hand: {who} took it over from {before}." if before else f":raising_hand: {who} claimed it."
            )
        case Happened.RELEASED:
            return f"{who} released it."
        case Happened.CONTACT_REVEALED:
            return f":eyes: {who} looked at the contact details ({plain(str(detail.get('why', '')), 100)})."
        case Happened.CANCEL_ASKED:
            place = f" {through}" if through else ""
            return f":octagonal_sign: {who} asked to cancel it{place}: {reason_words(str(detail.get('why', '')))}."
        case Happened.CANCEL_PROVED:
            return ":x: Flowhub shows it as cancelled: proved."
        case Happened.CANCEL_TOO_LATE:
            return ":warning: Too late to cancel: it was handed over before."
        case Happened.ACKNOWLEDGED:
            return "Acknowledged to Leafly."
        case Happened.LEAFLY_TOLD:
            return f"Leafly was told: {plain(str(detail.get('status', '')), 40)}."
        case Happened.LEAFLY_REFUSED:
            return f":warning: Leafly would not hear it: {plain(str(detail.get('why', '')), 200)}"
        case Happened.STOREFRONT_TOLD:
            return f"The web shop was told: {_shop_words(detail)}."
        case Happened.STOREFRONT_NOT_TOLD:
            return f":warning: The web shop could not be told: {plain(str(detail.get('why', '')), 200)}"
        case Happened.LATE:
            return f":alarm_clock: Late: {CLOCKS[Clock(detail['clock'])]}."


def _shop_words(detail: dict[str, Any]) -> str:
    if detail.get("cancel"):
        return "a cancel is asked"
    return look_of_status(str(detail.get("status", ""))).word.lower()


def _status_sentence(event: Event, through: str) -> str:
    before, after = look_of_status(str(event.detail["from"])), look_of_status(str(event.detail["to"]))
    how = f" ({through})" if through else ""
    match event.detail.get("move"):
        case "reopened":
            return f":arrows_counterclockwise: Re-opened: {before.word} → {after.emoji} *{after.word}*{how}."
        case "back":
            return f":leftwards_arrow_with_hook: Moved back: {before.word} → {after.emoji} *{after.word}*{how}."
        case "unclear":
            return f"{after.emoji} Flowhub says {after.word}, which we don't know{how}."
        case _:
            return f"{after.emoji} {before.word} → *{after.word}*{how}."


def history_text(order: Order, events: Sequence[Event]) -> str:
    """The whole history for `/orders show`; the oldest lines give way when it grows too long."""
    lines = [history_line(event) for event in events]
    dropped = 0
    while len("\n".join(lines)) > 2600 and len(lines) > 1:
        lines.pop(0)
        dropped += 1
    return "\n".join([f"_{dropped} earlier lines are in the thread of {order.short_id}_", *lines] if dropped else lines)
