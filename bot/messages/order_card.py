"""The card: the one message of an order. Its state is readable at a glance by colour, emoji and word."""

from collections.abc import Sequence

from bot.messages.parts import (
    Block,
    Message,
    actions,
    at_day_and_time,
    at_time,
    button,
    clipped,
    context,
    counted,
    ended,
    fields,
    fitting,
    how_long,
    money,
    plain,
    quantity,
    section,
)
from bot.messages.words import KINDS, LATE, RED, SOURCES, alarm_of, clock_words, look_of, reason_words
from bot.rules.cancelling import is_cancellable
from bot.rules.lateness import Clock
from bot.rules.order_values import CancelRequest, Item, Kind, Order, Placing, Source
from bot.rules.orders import Column, Status, column_of, is_open, known_status
from bot.rules.stores import Store, StoreState

CARD_BUTTONS = "order_actions"
"""The block that tells a card's buttons from those of other messages about the same order."""
MOST_ITEMS = 20
MOST_LINES = 2
LONGEST_LINE = 200
ITEMS_WEIGHT = 2400
"""Bytes: with everything else at its longest, a card and its history stay below Slack's budget (slack.md 3.1)."""


def order_card(order: Order, store: Store, *, rest: StoreState | None = None, lines: Sequence[str] = ()) -> Message:
    """The card of an order as it is now. `rest` says that its store is paused or removed: then nothing can be pressed. `lines`
    are what automations say to staff, mrkdwn that can't mention."""
    look = look_of(order)
    body = [
        section(_items(order)),
        fields(*_facts(order)),
        *_note(order),
        *_lines(lines),
        *_warnings(order),
        *(_rests(rest) if rest and is_open(order) else _buttons(order)),
        context(" · ".join(_footer(order, store, rest))),
    ]
    colour = RED if alarm_of(order) else look.colour
    return Message(
        text=headline_text(order),
        blocks=[section(_headline(order))],
        attachments=[{"color": colour, "fallback": headline_text(order), "blocks": body}],
    )


def headline_text(order: Order) -> str:
    """One line for notifications: no mark-up, nothing that the card does not show."""
    alarm = alarm_of(order)
    words = alarm[1] if alarm else ""
    if alarm is LATE:
        words += f": {clock_words(order, Clock(order.late))}"
    parts = [
        order.short_id,
        look_of(order).word,
        words,
        plain(order.shopper, 60),
        *([counted(len(order.items), "item")] if order.items else []),
        KINDS[order.kind],
    ]
    return " · ".join(part for part in parts if part)


def _headline(order: Order) -> str:
    look, alarm = look_of(order), alarm_of(order)
    state = ":hourglass_flowing_sand: *Sending to Flowhub*" if _is_sending(order) else f"{look.emoji} *{look.word}*"
    if order.reopened_at is not None and is_open(order):
        state += " (re-opened)"
    if alarm is not None:
        state += f"   {alarm[0]} *{alarm[1]}*"
    return f"*{order.short_id}*   {state}   {plain(order.shopper, 60)}  ·  {KINDS[order.kind]}"


def _is_sending(order: Order) -> bool:
    return order.placing is Placing.WAITING and known_status(order.status) is Status.NEW


def _items(order: Order) -> str:
    if not order.items:
        return "_The items are in Cashier › Order Ahead._"
    lines = [_item(item, missing=_is_to_add(order, item)) for item in order.items[:MOST_ITEMS]]
    shown = lines[: fitting(lines, ITEMS_WEIGHT)]
    if (more := len(order.items) - len(shown)) > 0:
        where = "Cashier" if order.placing in {Placing.IN_POS, Placing.FOUND_BY_HAND} else SOURCES[order.source]
        shown.append(f"_and {more} more: the whole list is in {where}_")
    return "\n".join(shown)


def _is_to_add(order: Order, item: Item) -> bool:
    """Whether staff still have to add it by hand: when the order is ready, it is in the bag."""
    return not item.matched and is_open(order) and order.ready_at is None


def _item(item: Item, *, missing: bool) -> str:
    line = f"{quantity(item.quantity)} × {plain(item.name, 80)}"
    if item.unit_price_cents is not None:
        line += f"  {money(item.unit_price_cents)}" + ("" if item.quantity == 1 else " each")
    if item.deal:
        line += f"\n      :label: {plain(item.deal, 100)}"
    return f":warning: {line}" if missing else line


def _facts(order: Order) -> list[str]:
    facts = [f"*From*\n{SOURCES[order.source]} #{plain(source_number(order.source_id))}"]
    if order.total_cents is not None:
        when = "at the register" if order.total_is_final else "as ordered"
        facts.append(f"*Total*\n{money(order.total_cents)} {when}")
    if order.requested_from is not None:
        until = f" – {at_time(order.requested_until)}" if order.requested_until else ""
        facts.append(f"*Requested for*\n{at_day_and_time(order.requested_from)}{until}")
    if is_open(order):
        facts.append(f"*Who has it*\n{plain(order.claimed_by, 60)}" if order.claimed_by else "*Who has it*\nNobody yet")
    elif order.claimed_by:
        facts.append(f"*Who had it*\n{plain(order.claimed_by, 60)}")
    return facts


def source_number(source_id: str) -> str:
    """The source's own number, as far as one would read it out: the beginning of a long one is enough to find it."""
    return source_id if len(source_id) <= 16 else source_id[:8]


def _note(order: Order) -> list[Block]:
    return [section(f"*Note*\n> {plain(order.note, 300)}")] if order.note.strip() else []


def _lines(lines: Sequence[str]) -> list[Block]:
    shown = [f":star2: {clipped(line, LONGEST_LINE)}" for line in lines[:MOST_LINES]]
    return [section("\n".join(shown))] if shown else []


def _warnings(order: Order) -> list[Block]:
    texts = [*_placing_warning(order), *_cancel_warning(order)]
    if unmatched := [item for item in order.items if _is_to_add(order, item)]:
        names = [plain(item.name, 60) for item in unmatched[:5]]
        shown = names[: fitting(names, 600)] or names[:1]
        more = f" and {len(unmatched) - len(shown)} more" if len(unmatched) > len(shown) else ""
        texts.append(f":warning: *Add by hand:* {', '.join(shown)}{more}. Flowhub has no such product in stock today.")
    if is_open(order) and any(item.deal for item in order.items):
        texts.append(":label: A deal does not change Flowhub's price: give the discount at checkout.")
    if order.late and is_open(order):
        texts.append(f":alarm_clock: *Late:* {clock_words(order, Clock(order.late))}.")
    if order.vanished_at is not None and is_open(order):
        since = at_day_and_time(order.vanished_at)
        texts.append(f":grey_question: Since {since} Flowhub no longer shows this order. Please check in Cashier.")
    return [section("\n".join(texts))] if texts else []


def _rests(rest: StoreState) -> list[Block]:
    if rest is StoreState.PAUSED:
        text = ":double_vertical_bar: *This store is paused.* What Flowhub does with the order shows here when it works again."
    else:
        text = ":electric_plug: *This store was disconnected.* From here on the order is only in Cashier."
    return [section(text)]


def _placing_warning(order: Order) -> list[str]:
    problem = ended(plain(order.placing_problem, 150))
    if not is_open(order):
        return []
    if order.placing is Placing.UNSURE:
        return [
            f":question: *Did it arrive?* The order was sent, but Flowhub's answer was lost. Look for "
            f"*{plain(order.shopper, 60)}* in Cashier › Order Ahead, then press a button here."
        ]
    if order.placing is Placing.REFUSED:
        return [
            f":warning: *Flowhub did not take it.* {problem} Enter it by hand and press It's there, "
            "or press Send again once that is mended."
        ]
    if order.placing is Placing.FOUND_BY_HAND:
        return [":eyes: In Cashier, says a colleague. Its progress can't be followed from here."]
    if order.placing is Placing.WAITING and problem:
        return [f":hourglass_flowing_sand: Not in Flowhub yet: {problem} It is being tried again."]
    return []


def _cancel_warning(order: Order) -> list[str]:
    cancel = order.cancel
    if cancel is None:
        return []
    asked = (
        f"Cancel asked by {plain(cancel.asked_by, 60)} at {at_time(cancel.asked_at)} ({reason_words(cancel.reason)})"
    )
    if is_open(order):
        return _open_cancel(order, cancel, asked)
    if cancel.too_late_at is not None:
        return [f":warning: *Too late to cancel.* {asked}, but it left the store before."]
    if cancel.proved_at is None:
        return [f":octagonal_sign: {asked}."]
    if order.placing is Placing.WAITING:
        return [f":x: {asked}. It was never put into Flowhub, so there is nothing to remove."]
    return [f":x: {asked}. Proved by Flowhub at {at_time(cancel.proved_at)}."]


def _open_cancel(order: Order, cancel: CancelRequest, asked: str) -> list[str]:
    """An order that was re-opened after its cancel has nothing left to say of it; its thread remembers."""
    if not cancel.is_waiting:
        return []
    if order.placing in {Placing.WAITING, Placing.REFUSED}:
        return [f":octagonal_sign: *{asked}.* It is not in Flowhub, and it is being stopped."]
    return [f":octagonal_sign: *{asked}.* Remove it in Cashier › Order Ahead: only Flowhub can cancel it."]


def _buttons(order: Order) -> list[Block]:
    made = order_buttons(order)
    return [actions(CARD_BUTTONS, *made)] if made else []


def order_buttons(order: Order) -> list[Block]:
    """Only what makes sense in this state; the same on the card and on the board."""
    made: list[Block] = []
    if order.placing in {Placing.UNSURE, Placing.REFUSED} and is_open(order):
        made.append(button("It's there", "its_there", order.key, style="primary"))
        made.append(button("Send again", "send_again", order.key))
    if is_open(order):
        if order.claimed_by:
            made.append(button("Release", "release_order", order.key))
        else:
            style = "" if made or (order.cancel is not None and order.cancel.is_waiting) else "primary"
            made.append(button("Claim", "claim_order", order.key, style=style))
    if order.source is not Source.FLOWHUB and is_open(order):
        made.append(button("Reveal contact", "reveal_contact", order.key))
    if is_cancellable(order):
        made.append(button("Ask to cancel", "ask_to_cancel", order.key))
    return made


def _footer(order: Order, store: Store, rest: StoreState | None = None) -> list[str]:
    parts = [plain(store.name, 60), f"arrived {at_day_and_time(order.arrived_at)}"]
    if is_open(order) and not _is_sending(order) and rest is None:
        parts.append(f"next: {_next_step(order)}")
    elif order.closed_at is not None:
        parts.append(f"closed {at_day_and_time(order.closed_at)} after {how_long(order.closed_at - order.arrived_at)}")
    if order.source is Source.FLOWHUB:
        parts.append("put into the point of sale by another system; shown as far as Flowhub lets us see it")
    return parts


def _next_step(order: Order) -> str:
    """Who acts next: the last thing a card says."""
    if order.placing is Placing.UNSURE:
        return "somebody looks in Cashier"
    if order.placing is Placing.REFUSED:
        return "somebody enters it by hand or sends it again"
    if order.cancel is not None and order.cancel.is_waiting:
        return "remove it in Cashier"
    if order.vanished_at is not None or column_of(order) is Column.UNCLEAR:
        return "somebody looks in Cashier"
    if order.started_at is None:
        return "start it in Cashier" if order.claimed_by else "somebody claims it"
    if order.ready_at is None:
        return "press Notify Customer in Cashier when all is in the cart"
    if order.kind is not Kind.DELIVERY:
        return "the customer comes by"
    return "the driver delivers it" if known_status(order.status) is Status.IN_TRANSIT else "the driver takes it"
