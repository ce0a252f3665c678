"""Readings arrive doubled, late and out of order; what an order is afterwards depends on none of it.

`field.md`, R3. Two properties over far more than 10,000 sequences: the machine mixes readings with what people do, and the
shuffles deliver the same readings in many orders.
"""

import random
from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from bot.rules.order_values import Order
from bot.rules.orders import Move, Reading, Status, is_open, known_status, take_reading
from tests.named_orders import JONAH, NOON, minutes

SPELLINGS = [spelled for status in Status for spelled in (status.value, status.value.lower(), status.value.upper())]
STATUSES = st.sampled_from([*SPELLINGS, "awaitingBudtender", "weighing"])
SHUFFLES_EACH = 40


def canonical(status: str) -> str:
    known = known_status(status)
    return known.value if known else status


def heard(order: Order, reading: Reading) -> Order:
    change = take_reading(order, reading)
    return order if change is None else change.order


@settings(max_examples=300, deadline=None)
@given(statuses=st.lists(STATUSES, min_size=1, max_size=8), seed=st.integers(0, 2**32))
def test_the_final_status_is_that_of_the_reading_asked_for_last(statuses: list[str], seed: int) -> None:
    """300 × 40 sequences: each is a shuffle of the readings, some of them delivered twice or three times."""
    readings = [Reading(status, NOON + minutes(number), "poll") for number, status in enumerate(statuses)]
    shuffle = random.Random(seed)  # noqa: S311  (the seed is Hypothesis's, so that a failure can be repeated)
    for _ in range(SHUFFLES_EACH):
        arriving = readings + shuffle.choices(readings, k=shuffle.randrange(len(readings) + 1))
        shuffle.shuffle(arriving)
        order = JONAH
        for reading in arriving:
            order = heard(order, reading)
        assert order.status == canonical(statuses[-1])
        assert order.status_read_at == readings[-1].began_at
        assert is_open(order) is (order.closed_at is None)


@settings(max_examples=200, deadline=None)
@given(statuses=st.lists(STATUSES, min_size=1, max_size=12))
def test_a_reading_that_is_heard_again_changes_nothing(statuses: list[str]) -> None:
    order = JONAH
    for number, status in enumerate(statuses):
        reading = Reading(status, NOON + minutes(number), "poll")
        order = heard(order, reading)
        assert heard(order, reading) == order


class OrderHeardOf(RuleBasedStateMachine):
    """Flowhub moves, questions are asked, answers come when they come, and somebody claims the order in between."""

    readings = Bundle("readings")

    @initialize()
    def arrives(self) -> None:
        self.order = JONAH
        self.now = NOON
        self.truth = "new"
        self.newest: Reading | None = None

    @rule(status=STATUSES)
    def flowhub_moves(self, status: str) -> None:
        self.truth = status

    @rule(target=readings, through=st.sampled_from(["poll", "postback", "pos"]))
    def a_question_is_asked(self, through: str) -> Reading:
        self.now += minutes(1)
        return Reading(self.truth, self.now, through)

    @rule(target=readings, reading=consumes(readings))
    def its_answer_arrives(self, reading: Reading) -> object:
        """The answer stays in the bundle: it may arrive again."""
        self._hear(reading)
        return reading

    @rule(reading=consumes(readings))
    def its_answer_arrives_for_the_last_time(self, reading: Reading) -> None:
        self._hear(reading)

    @rule()
    def somebody_claims_it(self) -> None:
        self.now += minutes(1)
        self.order = self.order.model_copy(update={"seen_at": self.order.seen_at or self.now})

    def _hear(self, reading: Reading) -> None:
        before = self.order
        change = take_reading(before, reading)
        if change is not None:
            assert (change.move is Move.CONFIRMED) == (change.order.status == before.status)
            self.order = change.order
        if self.newest is None or reading.began_at >= self.newest.began_at:
            self.newest = reading

    @invariant()
    def it_is_what_the_newest_answer_said(self) -> None:
        assert self.order.status == (canonical(self.newest.status) if self.newest else "new")

    @invariant()
    def only_a_closed_order_has_a_time_of_closing(self) -> None:
        assert is_open(self.order) is (self.order.closed_at is None)

    @invariant()
    def clocks_run_in_order(self) -> None:
        order = self.order
        reached: list[datetime | None] = [order.started_at, order.ready_at, order.closed_at]
        known = [at for at in reached if at is not None]
        assert known == sorted(known)
        if is_open(order) and known_status(order.status) is not None:
            assert reached[: len(known)] == known


TestOrderHeardOf = OrderHeardOf.TestCase
TestOrderHeardOf.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
