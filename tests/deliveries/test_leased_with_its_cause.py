"""A post is leased in the transaction that made it due: one commit less before it, and nothing lost or made twice by that."""

import asyncio

import pytest

from bot.rules.deliveries import DONE, Delivery, Outcome, State
from bot.store import deliveries
from tests.deliveries.post_round import Round, card


async def test_the_commit_that_makes_a_post_due_also_says_that_it_is_under_way(post_round: Round) -> None:
    may_end = asyncio.Event()

    async def react(_delivery: Delivery) -> Outcome:
        await may_end.wait()
        return DONE

    post_round.react = react
    await post_round.start()
    await post_round.want(card("one"))
    assert (await post_round.find("one")).state is State.SENDING
    may_end.set()
    await post_round.until_state("one", State.DONE)
    assert len(post_round.made) == 1


async def test_a_busy_lane_leases_when_its_turn_comes(post_round: Round) -> None:
    under_way, may_end = asyncio.Event(), asyncio.Event()

    async def react(_delivery: Delivery) -> Outcome:
        under_way.set()
        await may_end.wait()
        return DONE

    post_round.react = react
    await post_round.start()
    await post_round.want(card("one"))
    await under_way.wait()
    await post_round.want(card("two"))
    assert (await post_round.find("two")).state is State.DUE
    may_end.set()
    await post_round.until(lambda: [one.subject for one in post_round.made] == ["one", "two"])


async def test_a_transaction_that_fails_leaves_its_lane_free(post_round: Round) -> None:
    async def fail() -> None:
        async with post_round.database.write() as tx:
            await deliveries.want(tx, card("never"))
            raise LookupError

    await post_round.start()
    with pytest.raises(LookupError):
        await fail()
    await post_round.want(card("one"))
    await post_round.until(lambda: [one.subject for one in post_round.made] == ["one"])


@pytest.mark.parametrize("moment", range(1, 16))
async def test_who_is_cancelled_while_committing_loses_no_post(post_round: Round, moment: int) -> None:
    """The lease may be in the database while nobody makes the call: it is given back, and not only when it lapses."""
    await post_round.start()
    writing = asyncio.create_task(post_round.want(card("one")))
    for _ in range(moment):
        await asyncio.sleep(0)
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    await post_round.want(card("two"))
    await post_round.until(lambda: "two" in {one.subject for one in post_round.made})
    async with post_round.database.read() as tx:
        is_there = await deliveries.find(tx, card("one").kind, "one")
    if is_there is not None:
        await post_round.until_state("one", State.DONE)
    assert len(post_round.made) == len({one.subject for one in post_round.made})
