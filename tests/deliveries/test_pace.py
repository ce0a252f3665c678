"""Slack's budgets, with a clock that the test turns."""

from collections.abc import Callable

import pytest

from bot.deliveries.pace import EDITS_PER_WORKSPACE, POSTS_PER_CHANNEL, NoPace, Pace


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def made_within(pace: Pace, clock: Clock, seconds: float) -> list[float]:
    """The moments of all calls that somebody makes who has always something to say."""
    moments, until = [], clock() + seconds
    while clock() < until:
        if (wait := pace.wait()) > 0:
            clock.seconds += wait
            continue
        pace.spend()
        moments.append(clock())
    return moments


@pytest.mark.parametrize(("calls", "seconds"), [POSTS_PER_CHANNEL, EDITS_PER_WORKSPACE, (3, 10.0), (7, 2.0)])
def test_no_window_ever_holds_more_than_its_budget(calls: int, seconds: float) -> None:
    clock = Clock()
    moments = made_within(Pace(calls, seconds, now=clock), clock, seconds * 5)
    for moment in moments:
        assert sum(moment <= other < moment + seconds for other in moments) <= calls
    assert len(moments) >= calls * 4


def test_half_of_the_edits_may_go_at_once_and_the_rest_is_spread() -> None:
    clock = Clock()
    calls, seconds = EDITS_PER_WORKSPACE
    moments = made_within(Pace(calls, seconds, now=clock), clock, seconds)
    at_once = sum(moment == moments[0] for moment in moments)
    gaps = [later - earlier for earlier, later in zip(moments[at_once:], moments[at_once + 1 :], strict=False)]
    assert at_once == calls // 2 + 1
    assert max(gaps) <= 2 * seconds / calls


def test_an_edit_late_in_a_rush_waits_a_moment_and_not_the_whole_minute() -> None:
    clock = Clock()
    pace = Pace(*EDITS_PER_WORKSPACE, now=clock)
    made_within(pace, clock, 20)
    assert pace.wait() <= 2.5


@pytest.mark.parametrize("make", [lambda clock: Pace(1, 1.0, now=clock), lambda _clock: NoPace()])
def test_who_is_asked_to_wait_waits(make: Callable[[Clock], Pace]) -> None:
    pace = make(Clock())
    assert pace.wait() == 0
    pace.pause(30)
    assert 29 < pace.wait() <= 30
