"""The living message of a rush, read as people do; and that Slack takes it, however many orders there are."""

import pytest

from bot.messages.parts import Message
from bot.messages.rush import catch_up, caught_up
from bot.rules.order_values import Order
from bot.rules.orders import Status
from bot.rules.rush import CatchUp, Rush, grouped
from tests.messages.reading import as_read, what_slack_would_refuse, what_slack_would_refuse_to_edit
from tests.named_orders import DOWNTOWN, JONAH, NOON, NORA, claimed, minutes

RUSH = Rush(since=NOON, finished=9, cancelled=3)


def seen(*orders: Order, rush: Rush = RUSH) -> CatchUp:
    return CatchUp((DOWNTOWN,), grouped(orders), rush, 24, NOON + minutes(12))


def many(number: int, **changed: object) -> list[Order]:
    return [JONAH.model_copy(update={"key": f"order-{at}", "short_id": f"A{at:04}", **changed}) for at in range(number)]


def test_it_shows_each_open_order_as_it_is() -> None:
    late = JONAH.model_copy(update={"late": "seen"})
    ready = claimed(NORA).model_copy(update={"status": Status.READY.value})
    read = as_read(catch_up(seen(late, ready), calls=True))
    assert "text: Catching up: 2 open orders at Green Mesa Downtown: 1 new, 1 ready; 1 late" in read
    assert "<!subteam^S0CREW> *2 open orders" in read
    assert ":large_blue_circle: *New* (1)\n    *A07*  Jonah R. · Pickup · 1 item   :alarm_clock: *Late*" in read
    assert ":large_green_circle: *Ready* (1)\n    *H12*  Nora B. · Delivery · 3 items" in read
    assert "12 orders were over before a card could be posted: 9 picked up or delivered and 3 cancelled." in read
    assert "24 cards to go." in read


def test_an_edit_calls_nobody() -> None:
    assert "subteam" not in as_read(catch_up(seen(JONAH.model_copy(update={"late": "seen"}))))


def test_its_last_words() -> None:
    read = as_read(caught_up(seen()))
    assert "All caught up at" in read
    assert "Cards were behind for 12 min." in read
    assert "9 picked up or delivered and 3 cancelled" in read
    assert "over before" not in as_read(caught_up(seen(rush=Rush(since=NOON))))


def shown(message: Message) -> int:
    return as_read(message).count("*A0") + as_read(message).count("*A1")


@pytest.mark.parametrize(("number", "listed"), [(1, 1), (90, 90), (300, 300), (500, 500)])
def test_every_order_is_there_while_slack_has_room(number: int, listed: int) -> None:
    message = catch_up(seen(*many(number)))
    assert not what_slack_would_refuse(message)
    assert not what_slack_would_refuse_to_edit(message)
    assert shown(message) == listed


def test_what_has_no_room_is_counted_in_each_column() -> None:
    new = many(1500, shopper="🌿" * 60, late="seen")
    ready = [order.model_copy(update={"status": Status.READY.value}) for order in many(900)]
    message = catch_up(seen(*new, *ready))
    assert not what_slack_would_refuse(message)
    read = as_read(message)
    assert read.count(" more_") == 2
    assert "(1,500)" in read
    assert "(900)" in read
