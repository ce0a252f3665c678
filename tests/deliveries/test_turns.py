"""Channels of one workspace take turns to post: never more than the budget in any minute, in the order in which they came."""

import pytest

from bot.deliveries.turns import AT_WORK_SECONDS, SECONDS_A_POST, AllTurns, Turns
from bot.rules.rush import Haste


class Clock:
    now = 1000.0


def run(turns: Turns, clock: Clock, lanes: dict[str, int], *, pressing: bool = True) -> list[tuple[float, str]]:
    """Each lane posts so often, coming back when it was told to: when each post was made."""
    made: list[tuple[float, str]] = []
    comes = dict.fromkeys(lanes, clock.now)
    left = dict(lanes)
    while any(left.values()):
        lane = min((name for name in left if left[name]), key=lambda name: comes[name])
        clock.now = max(clock.now, comes[lane])
        if (wait := turns.wait(lane, pressing=pressing)) > 0:
            comes[lane] = clock.now + wait
            continue
        made.append((clock.now, lane))
        left[lane] -= 1
    return made


def test_no_minute_holds_more_than_the_budget() -> None:
    clock = Clock()
    made = run(Turns(280, 60.0, now=lambda: clock.now), clock, {f"post:C{number}": 40 for number in range(20)})
    assert max(sum(at <= one < at + 60 for one, _ in made) for at, _ in made) <= 280
    assert made[-1][0] - 1000 < 800 / 280 * 60 + 60, "no turn is lost"


def test_a_few_go_at_once() -> None:
    clock = Clock()
    made = run(Turns(280, 60.0, now=lambda: clock.now), clock, {f"post:C{number}": 1 for number in range(50)})
    assert made[-1][0] == 1000


def test_a_channel_with_much_to_say_has_no_more_turns_than_the_others() -> None:
    clock = Clock()
    made = run(Turns(10, 60.0, now=lambda: clock.now), clock, {"post:busy": 30, "post:one": 5, "post:two": 5})
    first = [lane for _, lane in made[:18]]
    assert first.count("post:busy") <= 8


def test_what_can_wait_lets_the_others_go_first() -> None:
    clock = Clock()
    turns = Turns(10, 60.0, now=lambda: clock.now)
    run(turns, clock, {"post:busy": 4})
    assert turns.wait("post:quiet", pressing=False) > 0
    clock.now += 60
    assert turns.wait("post:quiet", pressing=False) == 0


def test_whoever_comes_now_waits_as_long_as_the_line_is() -> None:
    clock = Clock()
    turns = Turns(10, 60.0, now=lambda: clock.now)
    assert turns.seconds_in_line == 0
    for number in range(6):
        turns.wait(f"post:C{number}", pressing=True)
    assert turns.seconds_in_line > 10


def all_post(turns: AllTurns, haste: Haste) -> list[float]:
    """How long each of 500 channels in 50 workspaces has to wait."""
    return [turns.wait(f"T{number % 50}", f"post:C{number}", haste) for number in range(500)]


def test_where_many_channels_post_at_once_the_process_is_what_they_wait_for() -> None:
    clock = Clock()
    turns = AllTurns(now=lambda: clock.now)
    assert turns.seconds_a_round("T0", "post:C0") == 0
    assert set(all_post(turns, Haste.PRESSING)) == {0}
    assert turns.seconds_a_round("T0", "post:C0") == pytest.approx(500 * SECONDS_A_POST)
    clock.now += AT_WORK_SECONDS + 1
    assert turns.seconds_a_round("T0", "post:C0") == 0


@pytest.mark.parametrize("haste", Haste)
@pytest.mark.parametrize("beside", Haste)
def test_what_can_be_seen_nowhere_goes_first(haste: Haste, beside: Haste) -> None:
    clock = Clock()
    turns = AllTurns(now=lambda: clock.now)
    all_post(turns, beside)
    clock.now += 1
    assert (all_post(turns, haste)[0] > 0) is (beside < haste)
    clock.now += AT_WORK_SECONDS + 60
    assert set(all_post(turns, haste)) == {0}


@pytest.mark.parametrize(("due_for", "seconds"), [(60, 12), (12, 12), (11, 0), (0, 0)])
def test_a_round_is_as_long_as_whoever_was_waiting_all_the_time_had_to_wait(due_for: float, seconds: float) -> None:
    clock = Clock()
    turns = AllTurns(now=lambda: clock.now)
    turns.wait("T0", "post:C0", Haste.PRESSING)
    clock.now += 12
    turns.wait("T0", "post:C0", Haste.PRESSING, due_for=due_for)
    assert turns.seconds_a_round("T0", "post:C0") == pytest.approx(max(seconds, SECONDS_A_POST))


def test_a_channel_whose_orders_can_be_seen_is_no_longer_among_those_that_are_waited_for() -> None:
    turns = AllTurns(now=lambda: Clock.now)
    all_post(turns, Haste.PRESSING)
    waited = turns.seconds_a_round("T0", "post:C0")
    turns.wait("T0", "post:C0", Haste.PRESSING)
    assert turns.seconds_a_round("T0", "post:C0") == pytest.approx(waited), "however often one posts"
    assert all_post(turns, Haste.SHOWN)[0] > 0
    assert set(all_post(turns, Haste.SHOWN)) == {0}, "all have said that they have nothing more pressing"


def test_a_few_channels_keep_nobody_waiting() -> None:
    turns = AllTurns(now=lambda: Clock.now)
    assert [turns.wait("T0", f"post:C{number}", Haste.PRESSING) for number in range(20)] == [0] * 20
    assert turns.wait("T1", "post:other", Haste.LATER) == 0
