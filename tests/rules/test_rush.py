"""When one living message takes the place of cards that can't come in time, and when it ends."""

from datetime import timedelta

import pytest

from bot.rules import rush as rules
from bot.rules.deliveries import Delivery, Kind, State
from bot.rules.lateness import Rung
from bot.rules.orders import Column, Status
from bot.rules.rush import Backlog, Haste, Rush
from tests.named_orders import DOWNTOWN, JONAH, NOON, NORA, WALT, minutes

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("posts", "edits", "all_edits", "apart", "is_rush"),
    [
        (0, 0, 0, SECOND, False),
        (30, 0, 0, SECOND, False),
        (31, 0, 0, SECOND, True),
        (4, 0, 0, SECOND, False),
        # A hundred channels of one workspace come back at the same moment: each has its turn every 26 seconds.
        (4, 0, 0, 26 * SECOND, True),
        (2, 0, 0, 26 * SECOND, False),
        # Edits share the workspace's budget, whoever's they are.
        (0, 24, 24, SECOND, False),
        (0, 25, 25, SECOND, True),
        (0, 3, 40, SECOND, True),
        (0, 2, 40, SECOND, False),
        (3, 0, 400, SECOND, False),
    ],
)
def test_a_rush_begins_when_the_budgets_take_too_long(
    posts: int, edits: int, all_edits: int, apart: timedelta, is_rush: bool
) -> None:
    assert rules.is_rush(Backlog(posts, edits, all_edits, apart, SECOND * 60 / 48)) is is_rush


@pytest.mark.parametrize(
    ("kind", "priority", "stands", "haste"),
    [
        (Kind.RUSH, 0, False, Haste.PRESSING),
        (Kind.CARD, 1, False, Haste.PRESSING),
        (Kind.CARD, 1, True, Haste.SHOWN),
        # What only this message says is as pressing as ever.
        (Kind.ESCALATE, 2, True, Haste.PRESSING),
        (Kind.NOTICE, 3, True, Haste.PRESSING),
        (Kind.HISTORY, 4, False, Haste.LATER),
        (Kind.AUTOMATION_POST, 5, True, Haste.LATER),
    ],
)
def test_what_can_be_seen_already_goes_later(kind: Kind, priority: int, stands: bool, haste: Haste) -> None:
    one = Delivery(1, kind, "one", "post:C1", "", "", "", State.DUE, 1, 0, NOON, NOON, {}, "", priority)
    assert rules.haste_of(one, message_stands=stands) is haste


@pytest.mark.parametrize(("boards", "seconds"), [(0, 5), (1, 5), (2, 10), (12, 60), (500, 2500)])
def test_living_messages_share_a_quarter_of_the_edits(boards: int, seconds: int) -> None:
    assert rules.refresh_after(boards) == timedelta(seconds=seconds)


def test_it_is_over_when_nothing_has_waited_for_a_while() -> None:
    rush = Rush(since=NOON).looked(3, NOON)
    assert not rush.is_over(NOON + minutes(9))
    rush = rush.looked(0, NOON + minutes(10))
    assert not rush.is_over(NOON + minutes(10))
    assert rush.looked(0, NOON + minutes(10) + rules.QUIET).is_over(NOON + minutes(10) + rules.QUIET)
    assert not rush.looked(1, NOON + minutes(10) + rules.QUIET).is_over(NOON + minutes(11))


def test_what_was_over_is_summed_up_by_how_it_ended() -> None:
    ended = [JONAH.model_copy(update={"status": status.value}) for status in (Status.SOLD, Status.DELIVERED)]
    rush = Rush(since=NOON).with_over(ended).with_over([NORA.model_copy(update={"status": Status.DELETED.value})])
    assert (rush.finished, rush.cancelled) == (2, 1)


def test_a_channel_whose_message_was_deleted_is_left_alone_for_a_while() -> None:
    deleted = Rush(since=NOON, deleted_at=NOON)
    assert rules.may_begin(None, NOON)
    assert rules.may_begin(Rush(since=NOON, ended_at=NOON), NOON)
    assert not rules.may_begin(deleted, NOON + minutes(14))
    assert rules.may_begin(deleted, NOON + minutes(15))


SILENT = Rush(since=NOON, posted_at=NOON)
CALLED, ENDED = SILENT.model_copy(update={"called": True}), {"ended_at": NOON + minutes(9)}


@pytest.mark.parametrize(
    ("rush", "rung", "due", "is_said"),
    [
        (CALLED, Rung.REPLY, -1, True),
        (CALLED, Rung.MENTION, -1, True),
        (CALLED, Rung.REPLY, 1, True),
        (CALLED, Rung.MENTION, 1, False),
        (SILENT, Rung.MENTION, -1, False),
        # A step that comes by after the end has been said all the same, if it was due before the message came.
        (CALLED.model_copy(update=ENDED), Rung.MENTION, -1, True),
        (CALLED.model_copy(update=ENDED), Rung.MENTION, 1, None),
        (CALLED.model_copy(update=ENDED), Rung.REPLY, 1, None),
        (SILENT.model_copy(update=ENDED), Rung.MENTION, -1, None),
    ],
)
def test_the_message_speaks_for_what_is_late(rush: Rush, rung: Rung, due: float, is_said: bool | None) -> None:
    assert rules.is_said(rush, rung, NOON + minutes(due)) is is_said


def test_what_fell_due_more_than_a_day_ago_calls_nobody() -> None:
    assert rules.is_too_old_to_call(NOON, NOON + timedelta(days=1, seconds=1))
    assert not rules.is_too_old_to_call(NOON, NOON + timedelta(hours=4))


def test_what_became_late_while_nothing_could_be_said_is_late() -> None:
    assert rules.as_late_as_it_is(JONAH, DOWNTOWN, NOON + minutes(4)).late == ""
    assert rules.as_late_as_it_is(JONAH, DOWNTOWN, NOON + minutes(6)).late == "seen"


def test_orders_stand_in_cashiers_columns_late_ones_first_then_the_oldest() -> None:
    older, newer = JONAH, NORA.model_copy(update={"arrived_at": NOON + minutes(1)})
    late = WALT.model_copy(update={"arrived_at": NOON + minutes(2), "late": "seen"})
    ready = JONAH.model_copy(update={"key": "another", "status": Status.READY.value})
    found = rules.grouped([newer, ready, older, late])
    assert [(group.column, group.orders) for group in found] == [
        (Column.NEW, (late, older, newer)),
        (Column.READY, (ready,)),
    ]
