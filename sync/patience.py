"""Routine questions are asked one after the other, spread over their period: whoever asks Flowhub because something has
happened must find its pace free."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from itertools import chain, zip_longest
from typing import Any, TypeVar

from bot.giving_way import give_way

T = TypeVar("T")

LONGEST_GAP_SECONDS = 0.1
"""Few questions are asked within moments; many fill their period."""
SHARE_OF_PERIOD = 0.8


async def one_by_one(questions: Sequence[T], ask: Callable[[T], Coroutine[Any, Any, None]], *, period: float) -> None:
    """Begin to ask each question in turn, without waiting for the answer to the one before; return when all are answered.

    `period` is how many seconds there are until they are all asked again.
    """
    gap = min(LONGEST_GAP_SECONDS, SHARE_OF_PERIOD * period / max(1, len(questions)))
    asking: list[asyncio.Task[None]] = []
    try:
        for question in questions:
            if asking:
                await asyncio.sleep(gap)
            await give_way()
            asking.append(asyncio.create_task(ask(question)))
        await asyncio.gather(*asking)
    finally:
        for question_asked in asking:
            question_asked.cancel()


def in_turn(lists: Iterable[Iterable[T]]) -> list[T]:
    """The first of each list, then the second of each, and so on: no store's questions come in a row."""
    nothing = object()
    rounds: Iterable[tuple[Any, ...]] = zip_longest(*lists, fillvalue=nothing)
    return [one for one in chain.from_iterable(rounds) if one is not nothing]
