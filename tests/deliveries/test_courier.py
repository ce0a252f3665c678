"""The courier: no wake-up is lost, changes coalesce, and nobody waits for somebody else's trouble."""

import asyncio
from datetime import timedelta

import pytest

from bot.deliveries import pace
from bot.errors import Unavailable
from bot.rules.deliveries import DONE, Delivery, Kind, Outcome, State, Wanted
from bot.store import Database
from tests.deliveries.post_round import Round, card, now, refusing


class TestWaking:
    async def test_no_wake_up_is_lost_in_a_rush(self, post_round: Round) -> None:
        """Wishes come at every moment of a worker's life; nothing but their own wake-up makes them be made."""
        await post_round.start()
        lanes = ("post:C1", "post:C2", "edit", "flowhub:downtown", "leafly:downtown")

        async def asks(where: str) -> None:
            for number in range(25):
                await post_round.want(card(f"{where} {number}", where=where))

        await asyncio.gather(*map(asks, lanes))
        await post_round.until(lambda: len({delivery.subject for delivery in post_round.made}) == 125)

    async def test_what_is_due_later_is_made_then_and_what_is_due_earlier_is_not_held_up(
        self, post_round: Round
    ) -> None:
        """The lane sleeps towards one that is far off when it hears of two that are near, and wakes for each by itself."""
        await post_round.start()
        await post_round.want(Wanted(Kind.NAG, "far off", "post:C1", now() + timedelta(hours=1)))
        soon, sooner = now() + timedelta(seconds=0.3), now() + timedelta(seconds=0.1)
        await post_round.want(
            Wanted(Kind.NAG, "later", "post:C1", soon), Wanted(Kind.NAG, "earlier", "post:C1", sooner)
        )
        await post_round.until(lambda: len(post_round.made) == 1)
        assert now() >= sooner
        await post_round.until(lambda: len(post_round.made) == 2)
        assert now() >= soon
        assert [delivery.subject for delivery in post_round.made] == ["earlier", "later"]

    async def test_what_waits_when_the_program_starts_is_made(self, post_round: Round) -> None:
        await post_round.want(card("one"), card("two", where="edit"))
        await post_round.start()
        await post_round.until(lambda: len(post_round.made) == 2)


class TestCoalescing:
    async def test_many_changes_while_the_budget_is_spent_are_one_edit(
        self, post_round: Round, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pace, "EDITS_PER_WORKSPACE", (1, 0.4))
        await post_round.start()
        await post_round.want(card("one", where="edit"))
        await post_round.until(lambda: len(post_round.made) == 1)
        for _ in range(20):
            await post_round.want(card("one", where="edit"))
        await post_round.until(lambda: len(post_round.made) == 2)
        last = await post_round.until_state("one", State.DONE)
        assert [delivery.wanted for delivery in post_round.made] == [1, last.wanted] == [1, 21]

    async def test_a_change_during_the_edit_is_one_more_edit(self, post_round: Round) -> None:
        under_way, may_end = asyncio.Event(), asyncio.Event()

        async def slow(_delivery: Delivery) -> Outcome:
            under_way.set()
            await may_end.wait()
            return DONE

        post_round.react = slow
        await post_round.start()
        await post_round.want(card("one", where="edit"))
        await under_way.wait()
        for _ in range(5):
            await post_round.want(card("one", where="edit"))
        may_end.set()
        await post_round.until(lambda: len(post_round.made) == 2)
        await post_round.until_state("one", State.DONE)
        assert len(post_round.made) == 2


class TestFairness:
    async def test_a_store_that_floods_does_not_make_another_wait(self, post_round: Round) -> None:
        await post_round.want(*(card(f"busy {number}", where="edit", band="busy") for number in range(60)))
        await post_round.want(*(card(f"quiet {number}", where="edit", band="quiet") for number in range(3)))
        await post_round.start()
        await post_round.until(lambda: len(post_round.made) == 63)
        turns = [number for number, delivery in enumerate(post_round.made) if delivery.band == "quiet"]
        assert turns == [1, 3, 5]

    async def test_a_channel_that_hangs_does_not_hold_up_another(self, post_round: Round) -> None:
        may_end = asyncio.Event()

        async def hangs(delivery: Delivery) -> Outcome:
            if delivery.lane == "post:C1":
                await may_end.wait()
            return DONE

        post_round.react = hangs
        await post_round.start()
        await post_round.want(card("slow"))
        await post_round.until(lambda: len(post_round.made) == 1)
        await post_round.want(card("next in line"), *(card(f"other {number}", where="post:C2") for number in range(5)))
        await post_round.until(lambda: len(post_round.made) == 6)
        assert "next in line" not in {delivery.subject for delivery in post_round.made}
        may_end.set()
        await post_round.until(lambda: len(post_round.made) == 7)

    async def test_who_asks_a_lane_to_wait_makes_all_of_it_wait_and_nothing_else(self, post_round: Round) -> None:
        await post_round.start()
        post_round.react = refusing(Unavailable("Too often.", retry_after=0.4, may_have_arrived=False), times=1)
        began = now()
        await post_round.want(card("one"), card("two"))
        await post_round.until(lambda: len(post_round.made) == 1)
        await post_round.want(card("other", where="post:C2"))
        await post_round.until(lambda: len(post_round.made) == 2)
        assert post_round.made[-1].subject == "other"
        await post_round.until(lambda: len(post_round.made) == 4)
        assert now() - began >= timedelta(seconds=0.4)
        assert (await post_round.find("one")).attempts == 0


async def test_a_stop_lets_what_is_under_way_end_and_begins_nothing(database: Database) -> None:
    post_round = Round(database)
    under_way, may_end = asyncio.Event(), asyncio.Event()

    async def slow(_delivery: Delivery) -> Outcome:
        under_way.set()
        await may_end.wait()
        return DONE

    post_round.react = slow
    await post_round.start()
    await post_round.want(card("one"), card("two"))
    await under_way.wait()
    closing = asyncio.create_task(post_round.close())
    await asyncio.sleep(0)
    may_end.set()
    await closing
    assert (await post_round.find("one")).state is State.DONE
    assert (await post_round.find("two")).state is State.DUE
    assert len(post_round.made) == 1
