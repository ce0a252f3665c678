"""Routine questions are spread over their period, and no store's come in a row."""

import asyncio
from itertools import pairwise

import pytest

from sync.patience import in_turn, one_by_one


def test_the_stores_take_turns() -> None:
    assert in_turn([["a1", "a2", "a3"], [], ["c1"], ["d1", "d2"]]) == ["a1", "c1", "d1", "a2", "d2", "a3"]


async def test_questions_are_not_asked_all_at_once() -> None:
    asked: list[float] = []

    async def ask(_question: int) -> None:
        asked.append(asyncio.get_running_loop().time())

    await one_by_one(range(5), ask, period=0.25)
    gaps = [later - earlier for earlier, later in pairwise(asked)]
    assert len(gaps) == 4
    assert min(gaps) > 0.03


async def test_a_question_does_not_wait_for_the_answer_to_the_one_before() -> None:
    all_asked = asyncio.Event()
    asked: list[int] = []

    async def ask(question: int) -> None:
        asked.append(question)
        if question == 2:
            all_asked.set()
        await all_asked.wait()

    async with asyncio.timeout(5):
        await one_by_one(range(3), ask, period=0.01)
    assert asked == [0, 1, 2]


async def test_what_can_not_be_asked_is_told_and_leaves_nothing_under_way() -> None:
    ended: list[int] = []

    async def ask(question: int) -> None:
        if question == 0:
            raise LookupError
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(question)

    with pytest.raises(LookupError):
        await one_by_one(range(3), ask, period=0.01)
    await asyncio.sleep(0)
    assert sorted(ended) == [1, 2]
