"""The history of an order in plain words: who, when, through what."""

from collections.abc import Sequence
from typing import Any

from bot.messages.parts import Message, at_day_and_time, chunks, context, counted, ended, fitting, plain
from bot.messages.words import CLOCKS, SOURCES, THROUGH, look_of_status, reason_words
from bot.rules.history import Event, Happened
from bot.rules.lateness import Clock
from bot.rules.order_values import Source


def history_reply(events: Sequence[Event]) -> Message:
    """One reply in the card's thread for everything that happened since the last one; the oldest lines give way."""
    lines = _newest(events, most=7000)
    return Message(text="\n".join(lines), blocks=[context(*chunks(lines, 1900))])


def history_text(events: Sequence[Event]) -> str:
    """The whole history for `/orders show`; the oldest lines give way."""
    return "\n".join(_newest(events, most=2000))


def _newest(events: Sequence[Event], *, most: int) -> list[str]:
    """The lines that fit into `most` bytes, the oldest first, and how many there were before."""
    newest_first = [history_line(event) for event in reversed(events)]
    kept = max(1, fitting(newest_first, most))
    dropped = len(newest_first) - kept
    older = [f"_and before that {counted(dropped, 'line')} more_"] if dropped > 0 else []
    return older + newest_first[:kept][::-1]


def history_line(event: Event) -> str:
    return f"{at_day_and_time(event.at)}  {_sentence(event)}"


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
            return f":warning: Flowhub did not take it: {_why(detail)}"
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
            if detail.get("never_sent"):
                return ":x: Cancelled: it was never put into Flowhub."
            return ":x: Flowhub shows it as cancelled."
        case Happened.CANCEL_TOO_LATE:
            return ":warning: Too late to cancel: it left the store before."
        case Happened.ACKNOWLEDGED:
            return "Acknowledged to Leafly."
        case Happened.LEAFLY_TOLD:
            return f"Leafly was told: {plain(str(detail.get('status', '')), 40)}."
        case Happened.LEAFLY_REFUSED:
            return f":warning: Leafly would not hear it: {_why(detail)}"
        case Happened.STOREFRONT_TOLD:
            return f"The web shop was told: {_shop_words(detail)}."
        case Happened.STOREFRONT_NOT_TOLD:
            return f":warning: The web shop could not be told: {_why(detail)}"
        case Happened.LATE:
            return f":alarm_clock: Late: {CLOCKS[Clock(detail['clock'])]}."


def _why(detail: dict[str, Any]) -> str:
    return ended(plain(str(detail.get("why", "")), 200))


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
