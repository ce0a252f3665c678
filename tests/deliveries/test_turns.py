"""Channels of one workspace take turns to post: never more than the budget in any minute, in the order in which they came."""

import pytest

from bot.deliveries.turns import FORGOTTEN_AFTER_SECONDS, SECONDS_A_POST, AllTurns, Turns


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


def test_where_many_channels_post_at_once_the_process_is_what_they_wait_for() -> None:
    clock = Clock()
    turns = AllTurns(now=lambda: clock.now)
    assert turns.seconds_a_round("T0") == 0
    for number in range(500):
        assert turns.of(f"T{number % 50}").wait(f"post:C{number}", pressing=True) == 0
    assert turns.seconds_a_round("T0") == pytest.approx(500 * SECONDS_A_POST)
    assert turns.wait("T0", "post:C0", pressing=False) > 0, "lines in threads wait for cards, whoever's they are"
    clock.now += FORGOTTEN_AFTER_SECONDS + 1
    assert turns.seconds_a_round("T0") == 0
    for number in range(500):
        assert turns.wait(f"T{number % 50}", f"post:C{number}", pressing=False) == 0
    assert turns.seconds_a_round("T0") == 0, "and no card waits for them"
