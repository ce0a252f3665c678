"""When a store is told of its customers, in whose names, and what is worth a line of its own."""

from datetime import UTC, datetime, time, timedelta

import pytest

from bot.rules.digests import SegmentFigures
from bot.rules.exposure import SAFE, Exposure, Standing
from bot.rules.segments.days import Asof
from bot.rules.state_profiles import StateProfile
from bot.rules.summaries import may_say, since, worth_a_line
from bot.rules.telling import Often, Quiet, Telling, may_name

NIGHT = Quiet(begins=time(22), ends=time(7))
NOON = datetime(2026, 11, 20, 19, tzinfo=UTC)
"""In Denver."""


@pytest.mark.parametrize(
    ("quiet", "at", "is_quiet"),
    [
        (NIGHT, time(21, 59), False), (NIGHT, time(22), True), (NIGHT, time(3), True), (NIGHT, time(7), False),
        (Quiet(begins=time(1), ends=time(5)), time(0), False), (Quiet(begins=time(1), ends=time(5)), time(4, 59), True),
        (Quiet(begins=time(8), ends=time(8)), time(8), False),
    ],
)  # fmt: skip
def test_quiet_hours_may_go_over_midnight(quiet: Quiet, at: time, is_quiet: bool) -> None:
    assert quiet.holds(at) is is_quiet


@pytest.mark.parametrize(
    ("often", "hour", "is_there", "may"),
    [
        (Often.EACH_SYNC, 3, False, False), (Often.EACH_SYNC, 3, True, True), (Often.EACH_SYNC, 12, False, True),
        (Often.DAILY, 7, False, False), (Often.DAILY, 8, False, True), (Often.DAILY, 12, True, False),
        (Often.NEVER, 12, False, False), (Often.NEVER, 12, True, False),
    ],
)  # fmt: skip
def test_a_summary_calls_nobody_at_night_and_one_a_day_stays_as_it_is(
    often: Often, hour: int, is_there: bool, may: bool
) -> None:
    asof = Asof(NOON + timedelta(hours=hour - 12), "America/Denver")
    assert may_say(Telling(summary=often, quiet=NIGHT), asof, is_there=is_there) is may


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 8), 23), ((2026, 11, 1), 25), ((2026, 11, 20), 24)])
def test_the_changes_of_a_living_one_are_those_of_the_local_day(day: tuple[int, int, int], hours: int) -> None:
    last = Asof(datetime(*day, 23, 59, tzinfo=UTC) + timedelta(hours=6), "America/Denver")
    following = last.start(last.today + timedelta(days=1))
    assert following - since(Telling(), last) == timedelta(hours=hours)


def test_what_is_not_worth_a_line_yet_adds_up() -> None:
    def came(number: int) -> SegmentFigures:
        return SegmentFigures("lapsed", "Lapsed", 40 + number, number, 0, 0, 0, 0)

    assert worth_a_line([came(4)], {}) == []
    ((_, sizes),) = worth_a_line([came(6)], {})
    assert (sizes.before, sizes.entered, sizes.size) == (40, 6, 46)
    assert worth_a_line([came(9)], {"lapsed": (6, 0)}) == []
    ((_, sizes),) = worth_a_line([came(12)], {"lapsed": (6, 0)})
    assert (sizes.before, sizes.entered) == (46, 6)
    assert worth_a_line([came(3)], {"lapsed": (6, 0)}) == []  # somebody who had come was forgotten


@pytest.mark.parametrize(
    ("profiles", "seen", "may"),
    [
        ((StateProfile.NONE,), SAFE, True), ((StateProfile.NONE, StateProfile.WASHINGTON), SAFE, False),
        ((StateProfile.OREGON,), SAFE, False), ((StateProfile.NONE,), Exposure(is_public=True), False),
        ((StateProfile.NONE,), Exposure(guests=frozenset({"U1"})), False),
        ((StateProfile.NONE,), Exposure(is_unseen=True), False),
    ],
)  # fmt: skip
def test_names_stay_where_only_the_stores_people_read_them(
    profiles: tuple[StateProfile, ...], seen: Exposure, may: bool
) -> None:
    """A signature lets orders pass; not this."""
    assert may_name(profiles, Standing(seen=seen, seen_at=NOON, signed=seen)) is may
    assert not may_name(profiles, Standing())
