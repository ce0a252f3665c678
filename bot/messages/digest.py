"""The morning's digest: what it says, and what its picture shows in words."""

from collections.abc import Callable, Sequence
from datetime import date

from bot.messages.parts import (
    Block,
    Message,
    at_time,
    chunks,
    context,
    counted,
    divider,
    ended,
    fields,
    fitting,
    how_long,
    money,
    plain,
    section,
)
from bot.messages.segments import change_words, data_as_of
from bot.rules.digests import DayFigures, Digest, Due, Flow, OrderFigures, SegmentFigures, Takings
from bot.rules.lateness import Clock

SEGMENT_BYTES = 4_500
CLOCKS = {
    Clock.SEEN: "taken",
    Clock.STARTED: "started",
    Clock.READY: "ready",
    Clock.PICKED_UP: "picked up",
}


def digest(made: Digest, *, picture_id: str = "", names: Sequence[str] = ()) -> Message:
    """`picture_id` is Slack's id of the uploaded picture; without one the digest is complete in words. `names` are masked, of
    some who are about to lapse."""
    days = days_words(made.due)
    orders = made.orders
    said = [f"{counted(orders.received, 'order')} received", f"{orders.picked_up:,} picked up"]
    if made.total is not None:
        said.append(f"{money(made.total.cents)} in sales")
    blocks: list[Block] = [section(f"*{plain(made.store_name, 60)}: {days}*")]
    if made.due.is_late or made.due.days > 1:
        blocks.append(context(_excuse(made.due)))
    blocks += [
        section(_orders(orders)),
        fields(f"*Order Ahead*\n{_takings(made.order_ahead)}", f"*All sales*\n{_takings(made.total)}"),
        section(_flow(made.flow, made.as_of is not None, names)),
    ]
    if made.segments:
        lines = [_segment(one) for one in made.segments]
        kept = fitting(lines, SEGMENT_BYTES)
        rest = [f"_and {counted(len(lines) - kept, 'segment')} more_"] if kept < len(lines) else []
        blocks += [divider(), *[section(chunk) for chunk in chunks([*lines[:kept], *rest], 2_900)]]
    if picture_id:
        picture = {"type": "image", "slack_file": {"id": picture_id}, "alt_text": month_alt(made.month)}
        blocks.append(picture)
    blocks.append(context(data_as_of(made.as_of, made.problem)))
    return Message(text=f"{plain(made.store_name, 60)}, {days}: {', '.join(said)}.", blocks=blocks)


def days_words(due: Due) -> str:
    """`Friday, Nov 20`, or `Nov 18 to Nov 20`."""
    if due.days == 1:
        return f"{due.last:%A}, {_day(due.last)}"
    return f"{_day(due.first)} to {_day(due.last)}"


def _excuse(due: Due) -> str:
    late = f"This comes late: it was due at {at_time(due.due_at)}." if due.is_late else ""
    several = f"It tells of {due.days} days, because there was none in between." if due.days > 1 else ""
    return " ".join(filter(None, [f":hourglass: {late}" if late else "", several]))


def _orders(orders: OrderFigures) -> str:
    counts = [f"{orders.received:,} received", f"{orders.picked_up:,} picked up", f"{orders.cancelled:,} cancelled"]
    if orders.left_over:
        counts.append(f"*{orders.left_over:,} left over*")
    waits = [f"{CLOCKS[clock]} after {how_long(wait)}" for clock, wait in orders.medians]
    lines = [f"*Orders*\n{' · '.join(counts)}"]
    if waits:
        lines.append(f"Typically {', '.join(waits)}.")
    return "\n".join(lines)


def _takings(takings: Takings | None) -> str:
    if takings is None:
        return "not known"
    return f"{money(takings.cents)} · {counted(takings.orders, 'sale')}"


def _flow(flow: Flow | None, was_read: bool, names: Sequence[str]) -> str:
    if flow is None:
        why = "no sync has read all of it" if was_read else "the first load of customers has not ended"
        return f"*Customers*\nNot known yet: {why}."
    counts = f"{flow.new:,} new · {flow.lapsed:,} lapsed · {flow.won_back:,} won back"
    about = f"*{counted(flow.about_to_lapse, 'customer')}* will lapse within a week unless they come."
    if names:
        more = flow.about_to_lapse - len(names)
        named = ", ".join(plain(name, 40) for name in names) + (f" and {more:,} more" if more > 0 else "")
        about = f"{about.removesuffix('.')}: {ended(named)}"
    return f"*Customers*\n{counts}" + (f"\n{about}" if flow.about_to_lapse else "")


def _segment(one: SegmentFigures) -> str:
    return f"{plain(one.name, 60)}  *{one.size:,}*{change_words(one.entered, one.left)}"


def month_alt(days: Sequence[DayFigures]) -> str:
    """The picture in words, for whoever can't see it: less than 500 letters."""
    if not days:
        return "No day is known yet."
    span = f"{_day(days[0].day)} to {_day(days[-1].day)}"
    sales = _series([(one.day, one.sales_cents) for one in days], "Sales", lambda cents: money(cents).partition(".")[0])
    orders = _series(
        [(one.day, one.order_ahead_orders) for one in days], "Order Ahead orders", lambda number: f"{number:,}"
    )
    return f"Two bar charts, {span}. {sales} {orders}"


def _series(days: Sequence[tuple[date, int | None]], name: str, words: Callable[[int], str]) -> str:
    known = [(day, number) for day, number in days if number is not None]
    if not known:
        return f"{name}: not known."
    total = sum(number for _, number in known)
    best_day, best = max(known, key=lambda pair: pair[1])
    last = f"{words(known[-1][1])} on {_day(known[-1][0])}"
    missing = len(days) - len(known)
    gap = f" {counted(missing, 'day')} not known." if missing else ""
    return f"{name}: {words(total)} in all, most on {_day(best_day)} with {words(best)}, {last}.{gap}"


def _day(day: date) -> str:
    return f"{day:%b} {day.day}"
