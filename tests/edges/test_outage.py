"""While Slack is down one harmless question at a time is asked, and nothing is sent that could fall in doubt."""

import asyncio

import pytest

from bot.errors import Refused, Unavailable
from bot.slack.outage import FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS, Outage


class OtherEnd:
    """`answer` is what the question hears: None when all is well."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.asked = 0
        self.answer: Exception | None = None
        self.outage = Outage(self.ask, now=lambda: self.now)

    async def ask(self) -> None:
        self.asked += 1
        await asyncio.sleep(0)
        if self.answer is not None:
            raise self.answer


@pytest.fixture
def other() -> OtherEnd:
    return OtherEnd()


async def test_nothing_is_asked_while_calls_are_answered(other: OtherEnd) -> None:
    await other.outage.over()
    assert (other.asked, other.outage.seconds_left()) == (0, 0)


async def test_many_who_come_at_once_cost_one_question(other: OtherEnd) -> None:
    other.answer = Unavailable("down")
    other.outage.began()
    heard = await asyncio.gather(*(other.outage.over() for _ in range(50)), return_exceptions=True)
    assert other.asked == 1
    assert all(isinstance(one, Unavailable) and not one.may_have_arrived and one.retry_after for one in heard)


async def test_it_is_asked_less_and_less_often_but_never_rarely(other: OtherEnd) -> None:
    other.answer = Unavailable("down")
    other.outage.began()
    waits = []
    for _ in range(6):
        with pytest.raises(Unavailable) as heard:
            await other.outage.over()
        waits.append(heard.value.retry_after or 0)
        other.now += waits[-1]
    assert waits[0] == FIRST_WAIT_SECONDS
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT_SECONDS


@pytest.mark.parametrize("answer", [None, Refused("no", code="anything")])
async def test_any_answer_says_that_it_is_back(other: OtherEnd, answer: Exception | None) -> None:
    other.outage.began()
    other.answer = answer
    await other.outage.over()
    await other.outage.over()
    assert other.asked == 1


async def test_of_many_lanes_one_tries(other: OtherEnd) -> None:
    other.outage.began()
    assert sorted(other.outage.seconds_left() > 0 for _ in range(10)) == [False] + [True] * 9
