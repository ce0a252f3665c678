"""The one living message of a channel whose cards are behind: all its orders at once, and what was over before it had one."""

from bot.messages.calls import mention
from bot.messages.parts import Block, Message, at_time, chunks, context, counted, how_long, plain, section, weight
from bot.messages.words import COLUMNS, KINDS, alarm_of
from bot.rules.order_values import Order
from bot.rules.orders import Column
from bot.rules.rush import CatchUp, Group

LISTED_WEIGHT = 6500
"""Bytes of all lines together, so that with the rest the message stays below Slack's budget (slack.md 3.1)."""
CHUNK_WEIGHT = 2600


def catch_up(seen: CatchUp, *, calls: bool = False) -> Message:
    """While cards are behind. `calls` mentions the group of each store that has something late."""
    names = " and ".join(plain(store.name, 60) for store in seen.stores[:3])
    counts = ", ".join(f"{len(group.orders):,} {_name(group).lower()}" for group in seen.groups)
    text = f"{counted(seen.open, 'open order')} at {names}" + (f": {counts}" if counts else "")
    if seen.late:
        text += f"; {seen.late:,} late"
    called = "".join(dict.fromkeys(mention(store) for store in seen.stores)) if calls and seen.late else ""
    title = (
        f":hourglass_flowing_sand: {called}*{text}*\nTheir cards come more slowly than orders do, because Slack takes only so "
        "many messages. Until they are here, this message shows each open order as it is."
    )
    lines = [block for group in _within_budget(seen) for block in group]
    foot = [*_over(seen), f"As of {at_time(seen.now)}. {counted(seen.waiting, 'card')} to go."]
    return Message(text=f"Catching up: {text}", blocks=[section(title), *lines, context(*foot)])


def caught_up(seen: CatchUp) -> Message:
    """The last thing it says."""
    lasted = how_long(seen.now - seen.rush.since)
    text = f"All caught up at {at_time(seen.now)}: every open order has its card, as it is now."
    lines = [f":white_check_mark: *{text}*", f"Cards were behind for {lasted}.", *_over(seen)]
    return Message(text=text, blocks=[section("\n".join(lines))])


def _over(seen: CatchUp) -> list[str]:
    """Orders that were over before they had a card get none: they are summed up here."""
    rush = seen.rush
    parts = [
        *([f"{rush.finished:,} picked up or delivered"] if rush.finished else []),
        *([f"{rush.cancelled:,} cancelled"] if rush.cancelled else []),
    ]
    number = rush.finished + rush.cancelled
    over = f"{counted(number, 'order')} {'was' if number == 1 else 'were'} over before a card could be posted"
    return [f"{over}: {' and '.join(parts)}. `/orders show` finds them."] if parts else []


def _name(group: Group) -> str:
    return COLUMNS[group.column][1]


def _within_budget(seen: CatchUp) -> list[list[Block]]:
    """Whole lines while they fit, else short ids alone; what does not fit even then is counted."""
    full = [_chunked(group, [_line(order, seen) for order in group.orders], "\n") for group in seen.groups]
    if _weight(full) <= LISTED_WEIGHT:
        return [[section(text) for text in texts] for texts in full]
    left, found = LISTED_WEIGHT, []
    for number, group in enumerate(seen.groups):
        # What a small column does not need is left for the next; none takes all from those that follow.
        share = left // (len(seen.groups) - number)
        short = [_short(order) for order in group.orders]
        most = len(short)
        texts = _chunked(group, short, "  ")
        while most and _weight([texts]) > share:
            most = most * 9 // 10
            texts = _chunked(group, [*short[:most], f"_and {len(short) - most:,} more_"], "  ")
        left -= _weight([texts])
        found.append([section(text) for text in texts])
    return found


def _chunked(group: Group, lines: list[str], between: str) -> list[str]:
    emoji, name = COLUMNS.get(group.column, COLUMNS[Column.UNCLEAR])
    head = f"{emoji} *{name}* ({len(group.orders):,})"
    if between == "\n":
        return chunks([head, *lines], CHUNK_WEIGHT)
    rows = [between.join(lines[at : at + 20]) for at in range(0, len(lines), 20)]
    return chunks([head, *rows], CHUNK_WEIGHT)


def _weight(groups: list[list[str]]) -> int:
    return sum(weight(text) + 70 for texts in groups for text in texts)


def _line(order: Order, seen: CatchUp) -> str:
    parts = [plain(order.shopper, 40), KINDS[order.kind]]
    if order.items:
        parts.append(counted(len(order.items), "item"))
    if order.claimed_by:
        parts.append(f"{plain(order.claimed_by, 30)} has it")
    if len(seen.stores) > 1:
        parts += [plain(store.name, 30) for store in seen.stores if store.key == order.store_key]
    alarm = alarm_of(order)
    return f"*{order.short_id}*  {' · '.join(parts)}" + (f"   {alarm[0]} *{alarm[1]}*" if alarm else "")


def _short(order: Order) -> str:
    alarm = alarm_of(order)
    return f"*{order.short_id}*" + (f" {alarm[0]}" if alarm else "")
