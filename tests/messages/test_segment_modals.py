"""The modals in which a segment is built are such that Slack takes them, whatever stands in them."""

import pytest

from bot.messages.segment_building import condition_modal, segment_modal, segment_saved
from bot.messages.segment_members import (
    file_message,
    file_modal,
    file_sent,
    members,
    segment_done,
    segments_help,
    several_accounts,
    which_segment,
)
from bot.messages.segments import Preview, segment_list, segment_shown, sparkline
from bot.rules.customer_views import Shown
from bot.rules.digests import SegmentFigures
from bot.rules.segments.building import Draft, Group, How, Leaf, group_of
from bot.rules.segments.catalogue import State, starters
from bot.rules.segments.fields import SEGMENT_FIELDS
from bot.rules.segments.trees import Condition
from bot.rules.segments.trees import Operator as Op
from tests.messages.reading import mentions, what_slack_would_refuse, what_slack_would_refuse_to_open
from tests.messages.test_digest_and_segments import CONDITIONS

NASTY = "<!channel> *bold* &lt;" + "🌿" * 60
WHOLE = Group(
    How.NONE, (*(Leaf(one, is_not=True) for one in CONDITIONS), Group(How.ANY, (Leaf(CONDITIONS[0]), Group())))
)
PREVIEW = Preview(3, 2, 1, 4_50, (NASTY,) * 9, ((NASTY, 2),) * 60, (0, 5, 3), 2_000)


def draft(group: Group = WHOLE, **values: object) -> Draft:
    return Draft("T1", "U1", "green mesa", name=NASTY[:60], group=group).changed(**values)


@pytest.mark.parametrize("preview", [PREVIEW, "A sentence."])
@pytest.mark.parametrize("path", [(), (len(CONDITIONS),), (len(CONDITIONS), 1)])
def test_slack_takes_the_segments_modal(preview: Preview | str, path: tuple[int, ...]) -> None:
    view = segment_modal(draft(path=path), "name C1", preview=preview, stores={"loc-1": NASTY}, names_may_be_shown=True)
    assert what_slack_would_refuse_to_open(view) == []
    assert "<!channel>" not in str([block.get("text") for block in view["blocks"]])
    assert what_slack_would_refuse_to_open(segment_saved(NASTY)) == []


@pytest.mark.parametrize("field", SEGMENT_FIELDS)
def test_slack_takes_the_modal_for_a_condition_on_each_field(field: str) -> None:
    stores = [(NASTY, "loc-1")] if field == "home_store" else []
    assert what_slack_would_refuse_to_open(condition_modal(field, "name C1", stores=stores, wrong=NASTY)) == []


@pytest.mark.parametrize("condition", CONDITIONS, ids=str)
def test_slack_takes_the_modal_that_changes_a_condition(condition: Condition) -> None:
    view = condition_modal(condition.field, "name C1", present=condition, stores=[("Downtown", "loc-1")])
    assert what_slack_would_refuse_to_open(view) == []
    (operator, *_) = view["blocks"]
    assert operator["element"]["initial_option"]["value"] == condition.operator.value


def test_slack_takes_what_segments_says() -> None:
    figures = [SegmentFigures(f"k{number}", NASTY, 1_000, 5, 3, 2, 1, 99) for number in range(60)]
    refs = {one.key: f"green%20mesa/{one.key}" for one in figures}
    shown = Shown("a/b", "b", "a", NASTY, "j…@…", "…71", "CO", True, 3, True, False, ())
    segment = starters()[0]
    said = [
        segment_list(figures, {"k1": State.PAUSED}, as_of=None, refs=refs, here={"k0": figures[0]}, store_name=NASTY),
        segment_shown(segment, figures[0], as_of=None, ref="a/b", by_store=[(NASTY, figures[0])] * 9),
        members(NASTY, 700, [shown] * 15, "a/b"),
        members(NASTY, 0, [], "a/b"),
        segments_help(),
        which_segment([NASTY] * 60, "show"),
        which_segment([], "show"),
        several_accounts([NASTY] * 20),
        file_message(NASTY, 5, 2),
        *(segment_done(NASTY, what) for what in ("pause", "resume", "copy", "archive")),
    ]
    for message in said:
        assert what_slack_would_refuse(message) == []
        assert mentions(message) == []
    for view in (file_modal(NASTY, "a/b C1", error="Why?"), file_sent(3, 0), file_sent(3, 4)):
        assert what_slack_would_refuse_to_open(view) == []


def test_an_empty_segment_asks_for_a_condition_and_one_of_a_condition_is_a_group_of_it() -> None:
    view = segment_modal(draft(Group()), "name C1", preview="Add one.")
    assert not [block for block in view["blocks"] if block.get("accessory")]
    assert group_of(Condition("fh_points", Op.EQUALS, 1)).parts == (Leaf(Condition("fh_points", Op.EQUALS, 1)),)


def test_a_line_of_bars_goes_from_nobody_to_the_most() -> None:
    assert sparkline((0, 1, 4, 8)) == "▁▁▄█"
    assert sparkline((0, 0)) == "▁▁"
