"""Statuses as Flowhub spells them, and what one reading makes of an order."""

from collections.abc import Callable
from datetime import datetime

import pytest

from bot.rules.order_values import Order
from bot.rules.orders import (
    LIFE_CYCLE,
    UNKNOWN,
    Column,
    Move,
    Reading,
    Status,
    column_of,
    is_open,
    known_status,
    stage_of,
    take_reading,
    without_future_reading,
)
from tests.named_orders import JONAH, NOON, minutes

LATER = NOON + minutes(30)


SPELLINGS: dict[str, Callable[[str], str]] = {
    "as documented": str,
    "lower": str.lower,
    "UPPER": str.upper,
    "Title": str.title,
    "snake_case": lambda text: "".join(f"_{c.lower()}" if c.isupper() else c for c in text),
    "Two Words": lambda text: "".join(f" {c}" if c.isupper() else c for c in text).title(),
    "kebab-case": lambda text: "".join(f"-{c.lower()}" if c.isupper() else c for c in text),
    "padded": lambda text: f"  {text}\n",
}


def after(*statuses: str, order: Order = JONAH) -> Order:
    """The order after these statuses were read, one a minute from noon on."""
    for minute, status in enumerate(statuses):
        change = take_reading(order, Reading(status, NOON + minutes(minute), "poll"))
        assert change is not None
        order = change.order
    return order


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
def test_every_status_is_known_however_it_is_spelled(status: Status, spell: Callable[[str], str]) -> None:
    assert known_status(spell(status.value)) is status


@pytest.mark.parametrize(
    "text", ["", "   ", "pending", "readyish", "42", "null", "готово", "новый", "🌿", "r e a d y!?x"]
)
def test_what_nobody_documented_is_no_status(text: str) -> None:
    assert known_status(text) is None
    assert stage_of(text) is UNKNOWN


def test_the_table_has_every_status_once_and_leads_only_to_later_ones() -> None:
    assert list(LIFE_CYCLE) == list(Status)
    order = list(LIFE_CYCLE)
    for status, stage in LIFE_CYCLE.items():
        assert stage.terminal == (stage.column is Column.CLOSED)
        assert all(order.index(following) > order.index(status) for following in stage.leads_to if not stage.terminal)


def test_every_status_can_be_reached_and_every_open_one_can_be_deleted() -> None:
    reached = {following for stage in LIFE_CYCLE.values() for following in stage.leads_to}
    assert reached == set(Status) - {Status.NEW}
    assert all(Status.DELETED in stage.leads_to for stage in LIFE_CYCLE.values() if not stage.terminal)


@pytest.mark.parametrize("status", list(Status))
def test_each_status_makes_an_order_open_or_closed_and_gives_it_a_column(status: Status) -> None:
    order = after(status.value)
    assert order.status == status.value
    assert is_open(order) is (
        status.value not in {"delivered", "unableToComplete", "unableToVerify", "deleted", "sold"}
    )
    assert (column_of(order) is Column.CLOSED) is not is_open(order)


def test_a_known_status_is_kept_in_flowhubs_own_casing() -> None:
    assert after("INTRANSIT").status == "inTransit"


def test_an_unknown_status_is_kept_as_it_came_and_leaves_the_order_open() -> None:
    order = after("started", "  awaitingBudtender  ")
    assert order.status == "awaitingBudtender"
    assert is_open(order)
    assert column_of(order) is Column.UNCLEAR


def test_a_very_long_unknown_status_is_cut() -> None:
    assert len(after("x" * 10_000).status) == 80


MOVES: list[tuple[tuple[str, ...], str, Move]] = [
    ((), "started", Move.FORWARD),
    ((), "ready", Move.FORWARD),
    ((), "sold", Move.FORWARD),
    ((), "new", Move.CONFIRMED),
    (("started",), "READY", Move.FORWARD),
    (("ready",), "Ready", Move.CONFIRMED),
    (("ready",), "started", Move.BACK),
    (("ready",), "new", Move.BACK),
    (("inTransit",), "inQueue", Move.BACK),
    (("inQueue",), "inTransit", Move.FORWARD),
    (("ready",), "inQueue", Move.FORWARD),
    (("inQueue",), "ready", Move.BACK),
    (("delivered",), "sold", Move.FORWARD),
    (("unableToVerify",), "delivered", Move.FORWARD),
    (("sold",), "started", Move.REOPENED),
    (("deleted",), "new", Move.REOPENED),
    (("unableToComplete",), "inTransit", Move.REOPENED),
    (("started",), "weighing", Move.UNCLEAR),
    (("weighing",), "tasting", Move.UNCLEAR),
    (("weighing",), "weighing", Move.CONFIRMED),
    (("weighing",), "new", Move.FORWARD),
    (("sold",), "weighing", Move.UNCLEAR),
]


@pytest.mark.parametrize(("before", "status", "move"), MOVES, ids=lambda value: str(value))
def test_a_reading_is_named_by_how_it_moves_the_order(before: tuple[str, ...], status: str, move: Move) -> None:
    order = after(*before)
    change = take_reading(order, Reading(status, LATER, "poll"))
    assert change is not None
    assert change.move is move
    assert change.before == order.status
    assert change.order.status_read_at == LATER


def test_a_late_started_does_not_overwrite_ready() -> None:
    order = after("new", "ready")
    late = Reading("started", NOON + minutes(0.5), "poll")
    assert take_reading(order, late) is None


def test_a_late_started_does_not_overwrite_a_ready_that_was_only_confirmed() -> None:
    """The question behind `started` was asked between the two that found `ready`, and its answer came last."""
    order = after("ready", "ready")
    assert take_reading(order, Reading("started", NOON + minutes(0.5), "poll")) is None


def test_a_reading_that_only_confirms_changes_nothing_but_the_time_of_reading() -> None:
    order = after("ready")
    change = take_reading(order, Reading("READY", LATER, "postback"))
    assert change is not None
    assert change.order == order.model_copy(update={"status_read_at": LATER})


@pytest.mark.parametrize("nothing", ["", "   ", "\n"])
def test_an_empty_status_says_nothing(nothing: str) -> None:
    assert take_reading(after("ready"), Reading(nothing, LATER, "poll")) is None


def test_a_reading_changes_nothing_but_the_status_and_the_clocks() -> None:
    change = take_reading(JONAH, Reading("sold", NOON, "poll"))
    assert change is not None
    moved = {"status", "status_read_at", "seen_at", "started_at", "ready_at", "closed_at"}
    assert change.order.model_dump(exclude=moved) == JONAH.model_dump(exclude=moved)


def clocks(order: Order) -> tuple[float | None, ...]:
    """Minutes past noon at which it was seen, started, ready, closed."""

    def past(at: datetime | None) -> float | None:
        return None if at is None else (at - NOON).total_seconds() / 60

    return past(order.seen_at), past(order.started_at), past(order.ready_at), past(order.closed_at)


CLOCKS: list[tuple[str, tuple[str, ...], tuple[float | None, ...]]] = [
    ("nothing happened", ("new",), (None, None, None, None)),
    ("step by step", ("new", "started", "ready", "sold"), (1, 1, 2, 3)),
    ("started is skipped", ("new", "ready", "sold"), (1, 1, 1, 2)),
    ("all is skipped", ("new", "sold"), (1, 1, 1, 1)),
    ("a delivery", ("started", "ready", "inQueue", "inTransit", "delivered", "sold"), (0, 0, 1, 4)),
    ("deleted while new", ("new", "deleted"), (1, 1, 1, 1)),
    ("back from ready: its clock starts anew", ("started", "ready", "started"), (0, 2, None, None)),
    ("back and ready again", ("started", "ready", "started", "ready"), (0, 2, 3, None)),
    ("back to new", ("started", "new"), (1, None, None, None)),
    ("back to new from ready", ("started", "ready", "new"), (2, None, None, None)),
    ("re-opened as started", ("started", "ready", "sold", "started"), (0, 3, None, None)),
    ("re-opened as ready: it waits from now on", ("started", "ready", "sold", "ready"), (0, 0, 3, None)),
    ("re-opened as new", ("started", "ready", "deleted", "new"), (3, None, None, None)),
    ("re-opened and closed again", ("ready", "sold", "ready", "sold"), (0, 0, 2, 3)),
    ("unclear keeps the clocks", ("started", "ready", "weighing"), (0, 0, 1, None)),
    ("unclear after the end is open again", ("started", "sold", "weighing"), (0, 0, 1, None)),
    ("unclear and on", ("started", "weighing", "ready"), (0, 0, 2, None)),
]


@pytest.mark.parametrize(("statuses", "times"), [row[1:] for row in CLOCKS], ids=[row[0] for row in CLOCKS])
def test_the_four_clocks(statuses: tuple[str, ...], times: tuple[float | None, ...]) -> None:
    assert clocks(after(*statuses)) == times


def test_a_claim_counts_as_seen_and_stays_so() -> None:
    claimed = JONAH.model_copy(update={"seen_at": NOON - minutes(5)})
    assert clocks(after("new", "started", order=claimed))[0] == -5


@pytest.mark.parametrize(
    ("ahead", "believed"), [(-30, False), (0, False), (1, False), (1.1, True), (10, True), (600, True)]
)
def test_a_reading_from_the_future_was_made_before_the_clock_was_set_back(ahead: float, believed: bool) -> None:
    """Ahead in minutes. Otherwise nothing would be learned from Flowhub until the clock comes by again."""
    order = after("ready").model_copy(update={"status_read_at": LATER + minutes(ahead)})
    asked_now = Reading("sold", LATER, "poll")
    change = take_reading(without_future_reading(order, LATER), asked_now)
    assert (change is not None) is (believed or ahead <= 0)
