"""When a failed delivery is tried again, and when it is given up."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.deliveries import LONGEST_WAIT_SECONDS, REPEATABLE, WEBHOOK_WAITS, WEBHOOKS, Kind, try_again_at
from tests.named_orders import NOON

OTHERS = [kind for kind in Kind if kind not in WEBHOOKS]
DRAWS = st.floats(0, 1, exclude_max=True)


def wait(kind: Kind, attempts: int, draw: float, retry_after: float | None = None) -> float:
    at = try_again_at(kind, attempts, NOON, draw=lambda: draw, retry_after=retry_after)
    assert at is not None
    return (at - NOON).total_seconds()


def test_webhooks_follow_the_schedule_of_standard_webhooks() -> None:
    """https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md"""
    hours = 3600.0
    named = [5, 5 * 60, 30 * 60, 2 * hours, 5 * hours, 10 * hours, 14 * hours, 20 * hours, 24 * hours]
    assert [one.total_seconds() for one in WEBHOOK_WAITS] == named
    for kind in WEBHOOKS:
        assert [wait(kind, attempt, 0) for attempt in range(1, 10)] == named


@pytest.mark.parametrize("draw", [0.0, 0.5, 0.999])
def test_webhooks_are_tried_for_more_than_three_days_and_then_given_up(draw: float) -> None:
    waits = [wait(Kind.WEBHOOK, attempt, draw) for attempt in range(1, len(WEBHOOK_WAITS) + 1)]
    assert timedelta(days=3) < timedelta(seconds=sum(waits)) < timedelta(days=4)
    assert try_again_at(Kind.WEBHOOK, len(WEBHOOK_WAITS) + 1, NOON, draw=lambda: draw) is None


@given(attempt=st.integers(1, 9), draw=DRAWS)
def test_a_webhooks_jitter_is_small_and_only_lengthens_the_wait(attempt: int, draw: float) -> None:
    named = WEBHOOK_WAITS[attempt - 1].total_seconds()
    assert named <= wait(Kind.WEBHOOK, attempt, draw) <= 1.1 * named


@given(kind=st.sampled_from(OTHERS), attempts=st.integers(1, 1_000_000), draw=DRAWS)
def test_everything_else_waits_a_random_part_of_a_growing_ceiling_and_is_never_given_up(
    kind: Kind, attempts: int, draw: float
) -> None:
    ceiling = min(LONGEST_WAIT_SECONDS, 2.0 ** min(attempts, 10))
    assert wait(kind, attempts, draw) == pytest.approx(max(0.05, ceiling * draw), abs=1e-5)


@pytest.mark.parametrize("kind", OTHERS)
def test_full_jitter_spreads_the_tries_over_the_whole_wait(kind: Kind) -> None:
    spread = [wait(kind, 5, number / 100) for number in range(100)]
    assert min(spread) < 1
    assert max(spread) > 30
    assert spread == sorted(spread)


@given(kind=st.sampled_from(list(Kind)), attempts=st.integers(1, 9), draw=DRAWS, asked=st.floats(0, 3600))
def test_the_other_side_is_never_asked_sooner_than_it_wished(
    kind: Kind, attempts: int, draw: float, asked: float
) -> None:
    assert wait(kind, attempts, draw, retry_after=asked) >= asked - 1e-6


def test_only_what_nobody_would_see_twice_is_repeated_blindly() -> None:
    messages = {
        Kind.CARD,
        Kind.HISTORY,
        Kind.ESCALATE,
        Kind.NAG,
        Kind.NOTICE,
        Kind.SYNC,
        Kind.RUSH,
        Kind.DIGEST,
        Kind.SUMMARY,
        Kind.MOVED,
        Kind.AUTOMATION_POST,
    }
    assert set(Kind) - REPEATABLE == messages | {Kind.PLACE}
