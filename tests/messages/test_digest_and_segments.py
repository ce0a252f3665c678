"""The digest, the segments' summary and a segment in plain words, exactly; and whatever is in them, Slack takes it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from bot.messages import digest_settings
from bot.messages.digest import digest, month_alt
from bot.messages.parts import Message, modal
from bot.messages.segment_words import condition_words, described, outlined, reason_words
from bot.messages.segments import (
    Preview,
    preview_blocks,
    rollup_summary,
    segment_list,
    segment_shown,
    segment_summary,
    worth_a_look,
)
from bot.rules.digests import DayFigures, Digest, Due, Flow, OrderFigures, SegmentFigures, Takings
from bot.rules.lateness import Clock
from bot.rules.segments.catalogue import STARTERS, State, archived, made, paused, starters
from bot.rules.segments.moving import Because, Reason, Sizes, is_worth_a_look
from bot.rules.segments.trees import AllOf, AnyOf, Condition, Near, Not, Tree
from bot.rules.segments.trees import Operator as Op
from bot.rules.summaries import AtStore, Summary
from bot.rules.telling import Telling
from tests.messages.reading import (
    all_texts,
    as_read,
    mentions,
    mentions_in,
    what_slack_would_refuse,
    what_slack_would_refuse_to_edit,
    what_slack_would_refuse_to_open,
)
from tests.messages.test_every_message import NASTY
from tests.named_orders import DOWNTOWN, NOON, minutes
from tests.rules.segments.generated import TREES

FRIDAY = date(2026, 11, 20)
STORES = {"loc-1": "Green Mesa Downtown"}
FIGURES = (
    SegmentFigures("lapsed_60", "No order in the past 60 days", 1_204, 12, 3, 811, 640, 21_034_50),
    SegmentFigures("new_30", "First order in the past 30 days", 87, 0, 0, 60, 51, 5_120_00),
    SegmentFigures("own", "Edibles *fans*", 0, 0, 1, 0, 0, 0),
)
MONTH = tuple(
    DayFigures(
        FRIDAY - timedelta(days=29 - place), None if place == 7 else place, None if place == 7 else place * 100_00
    )
    for place in range(30)
)
ON_TIME = Due(FRIDAY + timedelta(days=1), FRIDAY, FRIDAY, NOON + minutes(1_200), is_late=False)
DIGEST = Digest(
    store_name="Green Mesa Downtown",
    due=ON_TIME,
    orders=OrderFigures(
        42, 36, 4, 2, ((Clock.SEEN, minutes(2)), (Clock.READY, minutes(14.5)), (Clock.PICKED_UP, minutes(71)))
    ),
    order_ahead=Takings(36, 2_431_20),
    total=Takings(312, 20_118_75),
    flow=Flow(new=9, lapsed=12, won_back=3, about_to_lapse=41),
    segments=FIGURES,
    as_of=NOON,
    month=MONTH,
)
TREE = AllOf(
    (
        AnyOf((Condition("fh_categories", Op.INCLUDE_ANY, ("Edibles", "Tinctures")), STARTERS[3].tree)),
        Not(Condition("consents_sms", Op.IS, False)),
        Not(AllOf((Condition("postal_code", Op.NEAR, Near("80202", 39.75, -105.0, 12.5)), STARTERS[0].tree))),
    )
)
OWN = made("own", "Edibles fans", TREE, starters())

MESSAGES: dict[str, Callable[[], Message]] = {
    "digest": lambda: digest(DIGEST, picture_id="F0PICTURE"),
    "digest: late, of three days": lambda: digest(
        replace(DIGEST, due=replace(ON_TIME, first=date(2026, 11, 18), is_late=True), segments=())
    ),
    "digest: before the first load, while Flowhub is down": lambda: digest(
        replace(
            DIGEST, order_ahead=None, total=None, flow=None, segments=(), as_of=None, problem="Flowhub did not answer"
        )
    ),
    "digest: the last sync failed": lambda: digest(replace(DIGEST, problem="2 pages could not be read")),
    "digest: a day without orders": lambda: digest(
        replace(
            DIGEST,
            orders=OrderFigures(0, 0, 0, 0),
            total=Takings(0, 0),
            order_ahead=Takings(0, 0),
            flow=Flow(0, 0, 0, 0),
        )
    ),
    "digest: naming some": lambda: digest(DIGEST, names=["Jonah R.", "<!channel> *N.*"]),
    "digest: of a day that no sync has read": lambda: digest(replace(DIGEST, order_ahead=None, total=None, flow=None)),
    "digest is wanted": lambda: digest_settings.digest_wanted(DOWNTOWN, is_there=False),
    "digest: help": lambda: digest_settings.digest_help(DOWNTOWN, Telling(weekdays=(0, 4))),
    "digest: which store": lambda: digest_settings.which_store([DOWNTOWN], "now"),
    "summary of all stores": lambda: rollup_summary(
        Summary(
            "Green Mesa Downtown",
            FIGURES,
            NOON,
            stores=(AtStore("Downtown", {"lapsed_60": 1_000}), AtStore("<Uptown>", {"lapsed_60": 204, "new_30": 87})),
        )
    ),
    "summary: once a day": lambda: segment_summary("Green Mesa Downtown", FIGURES, as_of=NOON, is_daily=True),
    "summary": lambda: segment_summary("Green Mesa Downtown", FIGURES, as_of=NOON),
    "summary: nobody moved": lambda: segment_summary("Green Mesa Downtown", FIGURES[1:2], as_of=NOON),
    "summary: nothing yet": lambda: segment_summary("Green Mesa Downtown", (), as_of=None, problem="Flowhub is down"),
    "worth a look": lambda: worth_a_look(
        "No order in the past 60 days", 62, 1, 1_204, {"last order 60 days ago": 62, "bought yesterday": 1}
    ),
    "list": lambda: segment_list(FIGURES, {"own": State.PAUSED}, as_of=NOON),
    "show": lambda: segment_shown(OWN, FIGURES[2], STORES, as_of=NOON),
    "show: paused and not counted": lambda: segment_shown(paused(OWN), None, as_of=None),
    "show: archived": lambda: segment_shown(archived(OWN), None, as_of=NOON),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_the_message_says(name: str, snapshot: SnapshotAssertion) -> None:
    message = MESSAGES[name]()
    assert what_slack_would_refuse(message) == []
    assert what_slack_would_refuse_to_edit(message) == []
    assert as_read(message) == snapshot


def test_a_preview_says(snapshot: SnapshotAssertion) -> None:
    preview = Preview(
        1_204, 811, 640, 21_034_50, ("Jonah R.", "Nora B."), (("Spent more than $100", 300),), (900, 1_300, 1_204)
    )
    with_names = modal("new_segment", "New segment", "Save", preview_blocks(preview, True), private_metadata="")
    without = modal("new_segment", "New segment", "Save", preview_blocks(preview, False), private_metadata="")
    assert what_slack_would_refuse_to_open(with_names) == []
    assert [
        block.get("text", {}).get("text") or block["elements"][0]["text"] for block in with_names["blocks"]
    ] == snapshot
    assert "Jonah" not in str(without)


CONDITIONS = [
    Condition("fh_total_orders", Op.AT_LEAST, 1_000),
    Condition("fh_total_spent", Op.BETWEEN, (50_00, 100_50)),
    Condition("fh_points", Op.EQUALS, 0),
    Condition("fh_last_orderdate", Op.IN_PAST_DAYS, 30),
    Condition("fh_last_orderdate", Op.IN_PAST_DAYS, 1),
    Condition("fh_last_orderdate", Op.NOT_IN_PAST_DAYS, 60),
    Condition("first_order_date", Op.DAYS_AGO_BETWEEN, (53, 59)),
    Condition("first_order_date", Op.BEFORE, date(2026, 1, 31)),
    Condition("first_order_date", Op.SINCE, date(2026, 1, 1)),
    Condition("first_order_date", Op.ON, date(2026, 4, 20)),
    Condition("first_order_date", Op.BETWEEN_DAYS, (date(2026, 4, 1), date(2026, 4, 30))),
    Condition("first_order_date", Op.IS_KNOWN, False),
    Condition("mobile", Op.IS_KNOWN, True),
    Condition("consents_email", Op.IS, True),
    Condition("fh_isloyal", Op.IS, False),
    Condition("city", Op.IS_ONE_OF, ("Denver",)),
    Condition("city", Op.IS_NONE_OF, ("Denver", "Boulder", "Aurora")),
    Condition("fh_last_budtender", Op.CONTAINS, "<!channel>"),
    Condition("state", Op.STARTS_WITH, "C"),
    Condition("fh_products", Op.ANY_CONTAINS, "gummies"),
    Condition("fh_products", Op.INCLUDE_ALL, ("Flower", "Shatter")),
    Condition("groups", Op.INCLUDE_NONE, tuple(f"Group {number}" for number in range(9))),
    Condition("postal_code", Op.IN_AREAS, ("802", "80301")),
    Condition("postal_code", Op.NEAR, Near("80202", 39.75, -105.0, 10)),
    Condition("home_store", Op.IS_ONE_OF, ("loc-1", "loc-9")),
]


def test_conditions_in_plain_words(snapshot: SnapshotAssertion) -> None:
    assert {condition.operator for condition in CONDITIONS} >= set(Op) - {
        Op.MORE_THAN,
        Op.LESS_THAN,
        Op.AT_MOST,
        Op.INCLUDE_ANY,
    }
    assert "\n".join(condition_words(condition, STORES) for condition in CONDITIONS) == snapshot
    assert "\n".join(described(one.tree) for one in STARTERS) == snapshot
    assert described(TREE) == snapshot


FACT = Because.FACT
LAST, FIRST = (
    Condition("fh_last_orderdate", Op.NOT_IN_PAST_DAYS, 60),
    Condition("first_order_date", Op.IN_PAST_DAYS, 30),
)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (Reason(FACT, LAST, True, NOON, 60), "last order 60 days ago"),
        (Reason(FACT, LAST, False, NOON, 1), "bought yesterday"),
        (Reason(FACT, LAST, False, NOON, 0), "bought today"),
        (Reason(FACT, LAST, False, NOON, -1), "bought today"),
        (Reason(FACT, LAST, False, None, None), "no order is left"),
        (Reason(FACT, FIRST, True, NOON, 0), "first order today"),
        (Reason(FACT, FIRST, False, NOON, 30), "first order 30 days ago"),
        (Reason(FACT, FIRST, False, None, None), "no first order is left"),
        (Reason(FACT, Condition("fh_total_orders", Op.MORE_THAN, 1), True, 2), "ordered 2 times"),
        (Reason(FACT, Condition("fh_total_spent", Op.MORE_THAN, 100_00), True, 120_50), "spent $120.50 in all"),
        (Reason(FACT, Condition("fh_points", Op.MORE_THAN, 1), True, 1), "has 1 point"),
        (Reason(FACT, Condition("consents_sms", Op.IS, True), False, False), "does not agree to texts"),
        (Reason(FACT, Condition("consents_email", Op.IS, True), True, True), "agreed to e-mail"),
        (Reason(FACT, Condition("fh_isloyal", Op.IS, True), True, True), "is a loyalty member"),
        (Reason(FACT, Condition("city", Op.IS_ONE_OF, ("Denver",)), False, "Canary"), "no longer: City is Denver"),
        (
            Reason(FACT, Condition("fh_products", Op.ANY_CONTAINS, "gum"), True, ("Canary",)),
            "now: Products bought have one with “gum”",
        ),
        (Reason(Because.VANISHED), "no longer in Flowhub"),
        (Reason(Because.EDITED), "the segment was changed"),
    ],
)
def test_reasons_in_plain_words(reason: Reason, words: str) -> None:
    assert reason_words(reason) == words


def test_the_picture_in_words(snapshot: SnapshotAssertion) -> None:
    assert month_alt(MONTH) == snapshot
    assert month_alt([]) == "No day is known yet."
    assert month_alt([DayFigures(FRIDAY, None, None)]).endswith("Sales: not known. Order Ahead orders: not known.")
    huge = [DayFigures(FRIDAY, 10**12, 10**14)] * 31
    assert len(month_alt(huge)) < 500


@pytest.mark.parametrize(
    ("sizes", "worth"),
    [
        (Sizes(100, 5, 0, 105), False),
        (Sizes(100, 6, 0, 106), True),
        (Sizes(10, 4, 0, 14), False),
        (Sizes(0, 5, 0, 5), True),
        (Sizes(1000, 0, 49, 951), False),
        (Sizes(1000, 0, 50, 950), True),
    ],
)
def test_when_somebody_should_hear_of_it(sizes: Sizes, worth: bool) -> None:
    assert is_worth_a_look(sizes) is worth


WORDS = st.sampled_from(NASTY) | st.text(max_size=200)
COUNTS = st.integers(0, 10**12)


def every_message(words: str, tree: Tree, number: int) -> Iterator[Message]:
    figures = SegmentFigures("k", words, number, number, number, number, number, number)
    segment = replace(OWN, name=words[:60] or "x", tree=tree)
    flow = Flow(number, number, number, number)
    full = replace(
        DIGEST, store_name=words[:60] or "Store", segments=(figures,) * 60, problem=words, flow=flow,
        total=Takings(number, -number), orders=OrderFigures(number, number, number, number, DIGEST.orders.medians),
    )  # fmt: skip
    yield digest(full, picture_id="F0PICTURE")
    yield digest(replace(full, segments=(), flow=None))
    yield digest(full, picture_id="F0PICTURE", names=[words] * 8)
    shown = tuple(AtStore(words, {"k": 3}) for _ in range(40))
    yield rollup_summary(Summary(words, (figures,) * 60, NOON, words, stores=shown))
    store = DOWNTOWN.model_copy(update={"name": words or "Store"})
    yield digest_settings.digest_help(store, Telling())
    yield segment_summary(words[:60] or "Store", (figures,) * 60, as_of=NOON, problem=words)
    yield segment_list((figures,) * 60, {"k": State.PAUSED}, as_of=None)
    yield segment_shown(segment, figures, {words: words}, as_of=NOON)
    yield segment_shown(segment, None, as_of=None)
    yield worth_a_look(words, number, number, number, {"bought yesterday": number})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(words=WORDS, tree=TREES, number=COUNTS)
def test_slack_takes_every_message_and_nobody_is_called(words: str, tree: Tree, number: int) -> None:
    for message in every_message(words, tree, number):
        assert what_slack_would_refuse(message) == []
        assert what_slack_would_refuse_to_edit(message) == []
        assert mentions(message) == []
    preview = Preview(number, number, number, number, (words,) * 9, ((words, number),) * 9, (number,) * 90)
    view = modal("new_segment", "New segment", "Save", preview_blocks(preview, True), private_metadata="")
    assert what_slack_would_refuse_to_open(view) == []
    assert mentions_in(view) == []


def test_the_largest_segment_that_can_be_made_can_be_shown() -> None:
    names = tuple("🌿" * 199 + str(number % 10) for number in range(100))
    tree = AllOf(tuple(Condition("fh_products", Op.INCLUDE_ANY, names) for _ in range(30)))
    message = segment_shown(replace(OWN, tree=tree), FIGURES[0], as_of=NOON)
    assert what_slack_would_refuse(message) == []
    assert any("more" in text for text in all_texts(message))
    many = segment_list(FIGURES * 40, {}, as_of=NOON)
    assert what_slack_would_refuse(many) == []
    assert "_and 47 segments more_" in all_texts(many)
    assert len(outlined(tree)) == 31
