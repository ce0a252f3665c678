"""What somebody types into the modal of an automation becomes one, or a sentence under each field that is wrong."""

from dataclasses import replace

import pytest

from bot.rules.automation_form import Field, Typed, read, typed_of
from bot.rules.automations import READY_MADE, WIN_BACK, Action, Happened, Measure, Trigger

FINE = Typed(
    name="Old friends",
    happened="order_received",
    segment="spent_100",
    action="card_line",
    template="Hello",
    cap="20",
    state="dry",
)
SEGMENTS, STORES = ["spent_100", "lapsed_60", "more_than_once"], ["downtown"]

WRONG: list[tuple[dict[str, str], set[Field]]] = [
    ({"name": ""}, {Field.NAME}),
    ({"name": "x" * 61}, {Field.NAME}),
    ({"name": "wELCOME"}, {Field.NAME}),
    ({"happened": "never"}, {Field.HAPPENED}),
    ({"action": ""}, {Field.ACTION}),
    ({"segment": "gone"}, {Field.SEGMENT}),
    ({"happened": "entered", "segment": "", "action": "channel_post"}, {Field.SEGMENT}),
    ({"happened": "entered"}, {Field.ACTION}),
    ({"happened": "reached", "action": "channel_post"}, {Field.MEASURE, Field.THRESHOLD}),
    ({"happened": "reached", "action": "channel_post", "measure": "orders", "threshold": "2.5"}, {Field.THRESHOLD}),
    ({"happened": "reached", "action": "channel_post", "measure": "spent", "threshold": "9e9"}, {Field.THRESHOLD}),
    ({"happened": "reached", "action": "channel_post", "measure": "points", "threshold": "0"}, {Field.THRESHOLD}),
    ({"cap": "1.5"}, {Field.CAP}),
    ({"cap": "1,001"}, {Field.CAP}),
    ({"action": "webhook", "url": "http://plain.example"}, {Field.URL}),
    ({"action": "channel_post", "post_at": "elsewhere"}, {Field.POST_AT}),
    ({"template": " \n"}, {Field.TEMPLATE}),
]


@pytest.mark.parametrize(("more", "fields"), WRONG)
def test_each_mistake_stands_under_its_field(more: dict[str, str], fields: set[Field]) -> None:
    made, wrong = read(replace(FINE, **more), "own", segments=SEGMENTS, stores=STORES, names=["Welcome"])
    assert made is None
    assert set(wrong) == fields


def test_what_is_right_becomes_an_automation() -> None:
    made, wrong = read(FINE, "own", segments=SEGMENTS, stores=STORES)
    assert not wrong
    assert made is not None
    assert (made.is_on, made.dry_run, made.daily_cap, made.action) == (True, True, 20, Action.CARD_LINE)
    assert made.trigger == Trigger(Happened.ORDER_RECEIVED, "spent_100")
    spent = replace(FINE, happened="reached", action="channel_post", measure="spent", threshold="$1,200.50")
    made, wrong = read(spent, "own", segments=SEGMENTS, stores=STORES)
    assert made is not None
    assert made.trigger == Trigger(Happened.REACHED, measure=Measure.SPENT, threshold=120_050)


@pytest.mark.parametrize("one", [*READY_MADE, replace(WIN_BACK, daily_cap=7, post_at="downtown", is_on=True)])
def test_a_form_that_is_sent_as_it_was_opened_changes_nothing(one) -> None:  # type: ignore[no-untyped-def]
    made, wrong = read(typed_of(one), one.key, segments=SEGMENTS, stores=STORES)
    assert (made, wrong) == (one, {})


def test_letters_that_nobody_can_see_are_left_out() -> None:
    made, _ = read(replace(FINE, template="a\x00\u202eb\nc\ud800"), "own", segments=SEGMENTS, stores=STORES)
    assert made is not None
    assert made.template == "ab\nc"
