"""An automation fires once for each customer and occasion, within its cap, and a dry run does nothing."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refused
from bot.rules.automations import (
    READY_MADE,
    RECOGNITION,
    WELCOME,
    WIN_BACK,
    Action,
    Automation,
    Decision,
    Happened,
    Happening,
    Measure,
    Trigger,
    birthday_in_week,
    changes,
    check,
    decide,
    occasion_key,
    switched,
    webhook_body,
)
from bot.rules.segments.facts import Facts

AT = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
FRIDAY = date(2026, 11, 20)


def on(automation: Automation, **more: object) -> Automation:
    return replace(switched(automation, is_on=True), **more)  # type: ignore[arg-type]


def reached(before: int, after: int, measure: Measure = Measure.ORDERS) -> Happening:
    return Happening(Happened.REACHED, "c1", AT, FRIDAY, measure=measure, before=before, after=after)


def entered(segment: str, day: date = FRIDAY) -> Happening:
    return Happening(Happened.ENTERED, "c1", AT, day, segment_keys=frozenset({segment}))


def ordered(*segments: str, order_key: str = "o1") -> Happening:
    return Happening(Happened.ORDER_RECEIVED, "c1", AT, FRIDAY, segment_keys=frozenset(segments), order_key=order_key)


def decision(automation: Automation, happening: Happening, *, done: bool = False, today: int = 0) -> Decision:
    return decide(automation, happening, done_before=done, fired_today=today)


@pytest.mark.parametrize(
    ("automation", "happening", "expected"),
    [
        (WELCOME, reached(0, 1), Decision.OFF),
        (on(WELCOME), reached(0, 1), Decision.FIRE),
        (on(WELCOME), reached(0, 7), Decision.FIRE),
        (on(WELCOME), reached(1, 2), Decision.OTHER),
        (on(WELCOME), reached(0, 1, Measure.POINTS), Decision.OTHER),
        (on(WELCOME, dry_run=True), reached(0, 1), Decision.REHEARSE),
        (on(WIN_BACK), entered("lapsed_60"), Decision.FIRE),
        (on(WIN_BACK), entered("new_30"), Decision.OTHER),
        (on(RECOGNITION), ordered("more_than_once", "spent_100"), Decision.FIRE),
        (on(RECOGNITION), ordered("new_30"), Decision.OTHER),
        (on(RECOGNITION), ordered("more_than_once", order_key=""), Decision.NO_CARD),
    ],
)
def test_what_is_decided(automation: Automation, happening: Happening, expected: Decision) -> None:
    assert decision(automation, happening) is expected


def test_a_cap_and_a_record_of_the_same_occasion_stop_it() -> None:
    assert decision(on(WELCOME, daily_cap=3), reached(0, 1), today=2) is Decision.FIRE
    assert decision(on(WELCOME, daily_cap=3), reached(0, 1), today=3) is Decision.CAPPED
    assert decision(on(WELCOME), reached(0, 1), done=True) is Decision.DONE_BEFORE


@given(numbers=st.lists(st.integers(0, 20), min_size=2, max_size=30), threshold=st.integers(1, 20))
def test_a_threshold_is_reached_once_in_a_life(numbers: list[int], threshold: int) -> None:
    """Whatever refunds and late voids do to the number."""
    automation = on(WELCOME, trigger=Trigger(Happened.REACHED, measure=Measure.ORDERS, threshold=threshold))
    records: set[str] = set()
    fired = 0
    for before, after in pairwise(numbers):
        key = occasion_key(automation, reached(before, after))
        if decision(automation, reached(before, after), done=key in records) is Decision.FIRE:
            records.add(key)
            fired += 1
    assert fired == any(before < threshold <= after for before, after in pairwise(numbers))


def test_keys_tell_occasions_apart() -> None:
    birthday = Happening(Happened.BIRTHDAY_WEEK, "c1", AT, FRIDAY, birthday=date(2026, 11, 18))
    weekly = on(RECOGNITION, trigger=Trigger(Happened.BIRTHDAY_WEEK))
    keys = [
        occasion_key(WIN_BACK, entered("lapsed_60")),
        occasion_key(WIN_BACK, entered("lapsed_60", date(2027, 3, 1))),
        occasion_key(replace(WIN_BACK, dry_run=True), entered("lapsed_60")),
        occasion_key(WELCOME, reached(0, 1)),
        occasion_key(RECOGNITION, ordered("more_than_once")),
        occasion_key(RECOGNITION, ordered("more_than_once", order_key="o2")),
        occasion_key(weekly, birthday),
        occasion_key(weekly, replace(birthday, birthday=date(2027, 11, 18))),
    ]
    assert len(set(keys)) == len(keys)
    assert "11-18" not in keys[6]
    assert occasion_key(WELCOME, reached(0, 1)) == occasion_key(WELCOME, reached(0, 5))


@pytest.mark.parametrize(
    ("born", "day", "birthday"),
    [
        ("1991-11-18", FRIDAY, date(2026, 11, 18)),
        ("1991-11-22", FRIDAY, date(2026, 11, 22)),
        ("1991-11-23", FRIDAY, None),
        ("1991-11-15", FRIDAY, None),
        ("1992-02-29", date(2027, 2, 28), date(2027, 2, 28)),
        ("1992-02-29", date(2028, 2, 28), date(2028, 2, 29)),
        ("1991-01-01", date(2026, 12, 30), date(2027, 1, 1)),
        ("1991-12-31", date(2027, 1, 2), date(2026, 12, 31)),
        ("2026-11-19", FRIDAY, None),
        ("", FRIDAY, None),
        ("someday", FRIDAY, None),
    ],
)
def test_a_birthday_week(born: str, day: date, birthday: date | None) -> None:
    assert birthday_in_week(born, day) == birthday


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (replace(WELCOME, name=" "), "needs a name"),
        (replace(WELCOME, trigger=Trigger(Happened.ENTERED)), "Choose the segment"),
        (replace(WELCOME, trigger=Trigger(Happened.REACHED)), "Choose what is counted"),
        (replace(WELCOME, daily_cap=0), "from 1 to 1,000"),
        (replace(WELCOME, action=Action.WEBHOOK, url="http://example.com"), "begins with https"),
        (replace(WELCOME, action=Action.CARD_LINE), "needs an order"),
    ],
)
def test_what_can_not_be_switched_on(wrong: Automation, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        check(wrong)


def test_the_ready_made_ones_need_nothing_but_a_click() -> None:
    for automation in READY_MADE:
        check(automation)
    assert [one.key for one in READY_MADE] == ["welcome", "win_back", "recognition"]
    assert not any(one.is_on for one in READY_MADE)


def test_only_what_went_up_can_reach_anything() -> None:
    before = Facts(total_orders=2, total_spent_cents=50_00, points=10)
    after = Facts(total_orders=3, total_spent_cents=40_00, points=10)
    assert changes(before, after) == {Measure.ORDERS: (2, 3)}


def test_the_owners_tool_is_told_an_id_and_consents_and_no_contact() -> None:
    facts = Facts(fh_id="c1", consents_sms=True, city="Denver", postal_code="80202")
    body = webhook_body("win_back", Happened.ENTERED, AT, facts, "A line.", asof=AT)
    assert body["customer"] == {"fh_id": "c1"}
    assert body["consents"] == {"sms": True, "email": False, "as_of": "2026-11-20T19:00:00+00:00"}
    assert body["at"] == "2026-11-20T19:00:00+00:00"
    assert "Denver" not in str(body)
    assert "80202" not in str(body)
