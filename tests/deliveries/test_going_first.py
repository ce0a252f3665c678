"""While a card is on its way, what can wait does so for a moment: its store's other calls, and those of every other store."""

import asyncio

import pytest

from bot import giving_way
from bot.giving_way import give_way, going_first
from bot.rules.deliveries import DONE, Delivery, Kind, Outcome, Wanted
from sync.patience import one_by_one
from tests.deliveries.post_round import Round, card, now

AGES = 60.0


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who gives way does so until the card is out, however slow this machine is."""
    monkeypatch.setattr(giving_way, "LONGEST_SECONDS", AGES)


class Held:
    """What is said to Slack, under way until it may end."""

    def __init__(self, post_round: Round) -> None:
        self.under_way, self.may_end = asyncio.Event(), asyncio.Event()
        post_round.react = self._react

    async def _react(self, delivery: Delivery) -> Outcome:
        if delivery.kind in {Kind.CARD, Kind.HISTORY}:
            self.under_way.set()
            await self.may_end.wait()
        return DONE


def question(subject: str) -> Wanted:
    return Wanted(Kind.ASK_STATUS, subject, "flowhub:downtown", now())


def order(subject: str) -> Wanted:
    return Wanted(Kind.TAKE_IN, subject, "intake:uptown", now())


def made(post_round: Round) -> list[str]:
    return [one.subject for one in post_round.made]


@pytest.mark.usefixtures("patient")
async def test_what_can_wait_begins_when_the_card_is_out_and_another_order_at_once(post_round: Round) -> None:
    held = Held(post_round)
    await post_round.start()
    await post_round.want(card("a card"))
    await held.under_way.wait()
    await post_round.want(question("what became of it?"))
    await post_round.want(order("the next order"))
    await post_round.until(lambda: "the next order" in made(post_round))
    assert made(post_round) == ["a card", "the next order"]
    held.may_end.set()
    await post_round.until(lambda: made(post_round) == ["a card", "the next order", "what became of it?"])


async def test_a_card_that_takes_long_holds_up_nobody(post_round: Round) -> None:
    held = Held(post_round)
    await post_round.start()
    await post_round.want(card("a card"))
    await held.under_way.wait()
    await post_round.want(question("what became of it?"))
    await post_round.until(lambda: made(post_round) == ["a card", "what became of it?"])
    assert not held.may_end.is_set()
    held.may_end.set()


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize(
    "follows", [card("it", where="edit", band="downtown"), Wanted(Kind.HISTORY, "it", "post:C1", now())]
)
async def test_nobody_waits_for_an_edit_or_a_line_of_history(post_round: Round, follows: Wanted) -> None:
    held = Held(post_round)
    await post_round.start()
    await post_round.want(follows)
    await held.under_way.wait()
    await post_round.want(question("what became of it?"))
    await post_round.until(lambda: made(post_round) == ["it", "what became of it?"])
    held.may_end.set()


@pytest.mark.usefixtures("patient")
async def test_a_routine_question_waits_until_nothing_goes_first() -> None:
    asked: list[str] = []

    async def ask(question: str) -> None:
        asked.append(question)

    with going_first():
        with going_first():
            asking = asyncio.create_task(one_by_one(["is it started?"], ask, period=1))
        await _turns()
        assert asked == []
    await asking
    assert asked == ["is it started?"]


async def test_who_goes_first_for_long_is_waited_for_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    with going_first():
        monkeypatch.setattr(giving_way, "LONGEST_SECONDS", 0.0)  # its time is over
        await give_way()
        monkeypatch.setattr(giving_way, "LONGEST_SECONDS", AGES)
        waiting = asyncio.create_task(give_way())
        await _turns()
        assert not waiting.done()
        monkeypatch.setattr(giving_way, "LONGEST_SECONDS", 0.0)
        with going_first():
            pass  # it is over, and of the other one nothing more is expected
        await waiting


async def _turns() -> None:
    for _ in range(10):
        await asyncio.sleep(0)
