"""The App Home: a board for each store that a person may see, with the same buttons as the cards."""

from collections.abc import Sequence
from datetime import datetime

from bot.messages.order_card import order_buttons
from bot.messages.parts import (
    Block,
    actions,
    at_time,
    button,
    context,
    counted,
    divider,
    header,
    how_long,
    plain,
    section,
)
from bot.messages.words import COLUMNS, KINDS, alarm_of, clock_words, look_of
from bot.rules.boards import Board, Page, page
from bot.rules.lateness import Clock
from bot.rules.order_values import Order
from bot.rules.orders import Column, column_of

MOST_STORES = 15
"""Boards on one page; an owner of more stores sees the busiest first."""
MOST_BLOCKS = 100


def home(boards: Sequence[Board], now: datetime, *, wanted_page: int = 0) -> Block:
    """The whole Home tab. Its private metadata is the page it shows."""
    orders = [(board, order) for board in boards for order in board.orders]
    shown = page(len(orders), wanted_page)
    on_page = orders[shown.first : shown.last]
    blocks: list[Block] = []
    for board in boards[:MOST_STORES]:
        mine = [order for owner, order in on_page if owner is board]
        if mine or shown.number == 0:
            blocks += [*_head(board), *_rows(board, mine, now), *_customers(board), divider()]
    if not boards:
        blocks = [
            header("No order desk yet"),
            section("Join the channel of a store, and its orders appear here. If there is none, ask your manager."),
        ]
    kept_up = f"As of {at_time(now)}. It stays up to date for a quarter of an hour after you open it."
    foot = [*_paging(shown), context(kept_up)]
    blocks = [*blocks[: MOST_BLOCKS - len(foot)], *foot]
    return {"type": "home", "callback_id": "order_board", "private_metadata": str(shown.number), "blocks": blocks}


def _head(board: Board) -> list[Block]:
    today = board.today
    counts = f"Today: {today.arrived} arrived · {today.finished} finished · {today.cancelled} cancelled"
    return [
        header(f"{board.store.name}: {counted(len(board.orders), 'open order')}"),
        context(counts, _freshness(board)),
    ]


def _freshness(board: Board) -> str:
    if board.down_since is not None:
        return f":warning: Flowhub isn't answering since {at_time(board.down_since)}: this is what was known then"
    if board.read_at is None:
        return ":large_green_circle: Connected, nothing read from Flowhub yet"
    watched = f" · point of sale read {_minute(board.watched_at)}" if board.watched_at else ""
    return f":large_green_circle: Flowhub data as of {_minute(board.read_at)}{watched}"


def _customers(board: Board) -> list[Block]:
    """The last sync, and a line for each segment."""
    found = board.customers
    if found is None:
        return []
    synced = f"Customers synced {_minute(found.synced_at)}: {found.new:,} new, {found.changed:,} changed"
    lines = [f"*{one.size:,}*  {plain(one.name, 60)}" for one in found.segments]
    return [context("\n".join([f":busts_in_silhouette: {synced}", *lines]))]


def _minute(moment: datetime) -> str:
    """To the minute, as it is shown: a board that reads the same need not be published again."""
    return at_time(moment.replace(second=0, microsecond=0))


def _rows(board: Board, orders: Sequence[Order], now: datetime) -> list[Block]:
    """The late ones first, then the columns of Cashier; each order is a line and its buttons."""
    if not board.orders:
        return [section(":sparkles: Nothing to do. New orders appear here by themselves.")]
    blocks: list[Block] = []
    heading = ""
    for order in orders:
        under = _heading(order)
        if under != heading:
            heading = under
            blocks.append(section(f"*{under}*"))
        blocks.append(section(_line(order, now)))
        if made := order_buttons(order):
            blocks.append(actions(f"order_{order.key}", *made))
    return blocks


def _heading(order: Order) -> str:
    if order.late:
        return ":alarm_clock: Late"
    emoji, name = COLUMNS.get(column_of(order), COLUMNS[Column.UNCLEAR])
    return f"{emoji} {name}"


def _line(order: Order, now: datetime) -> str:
    items = [counted(len(order.items), "item")] if order.items else []
    state = [f"{look_of(order).emoji} {look_of(order).word}"] if order.late else []
    parts = [plain(order.shopper, 40), *state, KINDS[order.kind], *items, how_long(now - order.arrived_at)]
    parts.append(f"*{plain(order.claimed_by, 30)}* has it" if order.claimed_by else "nobody has it")
    words = f"*{order.short_id}*  {' · '.join(parts)}"
    if alarm := alarm_of(order):
        why = f": {clock_words(order, Clock(order.late))}" if order.late and alarm[1] == "Late" else ""
        words += f"\n{alarm[0]} *{alarm[1]}*{why}"
    return words


def _paging(shown: Page) -> list[Block]:
    if shown.of == 1:
        return []
    made = []
    if shown.number > 0:
        made.append(button("← Earlier", "board_earlier", str(shown.number - 1)))
    if shown.number + 1 < shown.of:
        made.append(button("More →", "board_more", str(shown.number + 1)))
    return [actions("board_pages", *made), context(f"Page {shown.number + 1} of {shown.of}")]
