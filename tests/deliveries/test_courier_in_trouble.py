"""What the courier does when a call goes wrong, when its process dies, and when the database is gone."""

import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from bot.deliveries import courier
from bot.errors import Closed, Refused, Unauthorised, Unavailable
from bot.rules.deliveries import DONE, Delivery, Kind, Outcome, State, Wanted
from bot.store import Database, deliveries, leases
from bot.store.schema import upgrade
from bot.vault import Vault, new_key
from tests.deliveries.post_round import Round, card, now, refusing


class TestWhatGoesWrong:
    async def test_a_lost_answer_is_looked_for_and_a_refused_connection_is_not(self, post_round: Round) -> None:
        await post_round.start()
        post_round.react = refusing(Unavailable("Slack did not answer."), times=1)
        await post_round.want(card("lost"))
        await post_round.until_state("lost", State.DONE)
        post_round.react = refusing(Unavailable("Slack can't be reached.", may_have_arrived=False), times=1)
        await post_round.want(card("refused"))
        await post_round.until_state("refused", State.DONE)
        states = [(delivery.subject, delivery.state.value) for delivery in post_round.made]
        assert states == [("lost", "due"), ("lost", "unknown"), ("refused", "due"), ("refused", "due")]

    @pytest.mark.parametrize(
        "problem",
        [
            Unauthorised("Slack does not accept the bot's token."),
            Closed("Slack said no.", code="is_archived"),
            Unavailable("Slack can't be reached.", may_have_arrived=False),
            LookupError("a mistake of ours"),
        ],
        ids=lambda problem: type(problem).__name__,
    )
    async def test_a_doubt_outlives_whatever_comes_between(
        self, post_round: Round, monkeypatch: pytest.MonkeyPatch, problem: Exception
    ) -> None:
        monkeypatch.setattr(courier, "UNAUTHORISED_WAIT", timedelta(seconds=0.05))
        monkeypatch.setattr(courier, "CLOSED_WAIT", timedelta(seconds=0.05))
        await post_round.start()
        reactions = iter([Unavailable("Slack did not answer."), problem])

        async def react(_delivery: Delivery) -> Outcome:
            for next_problem in reactions:
                raise next_problem
            return DONE

        post_round.react = react
        await post_round.want(card("one"))
        await post_round.until_state("one", State.DONE)
        assert [delivery.state.value for delivery in post_round.made] == ["due", "unknown", "unknown"]

    async def test_a_mistake_of_ours_is_given_up_after_some_tries_and_the_lane_goes_on(self, post_round: Round) -> None:
        async def mistaken(delivery: Delivery) -> Outcome:
            if delivery.subject == "odd":
                raise LookupError("its words may hold personal data")
            return DONE

        post_round.react = mistaken
        await post_round.start()
        await post_round.want(card("odd"))
        parked = await post_round.until_state("odd", State.PARKED)
        assert parked.attempts == courier.MOST_SURPRISES + 1
        await post_round.want(card("even"))
        await post_round.until_state("even", State.DONE)

    async def test_what_is_refused_is_parked_and_the_next_wish_is_another_try(self, post_round: Round) -> None:
        post_round.react = refusing(Refused("Slack said no: invalid blocks.", code="invalid_blocks"), times=1)
        await post_round.start()
        await post_round.want(card("one"), card("two"))
        await post_round.until_state("one", State.PARKED)
        await post_round.until_state("two", State.DONE)
        await post_round.want(card("one"))
        await post_round.until_state("one", State.DONE)

    async def test_a_closed_place_costs_one_call_for_all_that_waits_for_it(
        self, post_round: Round, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(courier, "CLOSED_WAIT", timedelta(minutes=1))
        closed = True

        async def react(delivery: Delivery) -> Outcome:
            if closed and delivery.band == "downtown":
                raise Closed("Slack said no: is archived.", code="is_archived")
            return DONE

        post_round.react = react
        await post_round.want(*(card(f"shut {number}", where="edit", band="downtown") for number in range(10)))
        await post_round.want(*(card(f"open {number}", where="edit", band="uptown") for number in range(10)))
        await post_round.start()
        for number in range(10):
            await post_round.until_state(f"open {number}", State.DONE)
        asked = [delivery for delivery in post_round.made if delivery.band == "downtown"]
        assert len(asked) == 1
        closed = False
        post_round.later += timedelta(minutes=1)
        post_round.wake("edit")
        for number in range(10):
            await post_round.until_state(f"shut {number}", State.DONE)

    async def test_credentials_that_do_not_work_cost_one_call_for_the_whole_lane(
        self, post_round: Round, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(courier, "UNAUTHORISED_WAIT", timedelta(seconds=0.4))
        post_round.react = refusing(Unauthorised("Slack does not accept the bot's token."), times=1)
        await post_round.want(*(card(f"number {number}") for number in range(10)))
        await post_round.start()
        await post_round.until(lambda: len(post_round.made) == 1)
        refused_at = now()
        await post_round.until(lambda: len(post_round.made) == 11)
        assert now() - refused_at >= timedelta(seconds=0.3)


class TestLeases:
    """Two couriers on one database."""

    @pytest.fixture(autouse=True)
    def _quick(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(courier, "LEASE", timedelta(seconds=0.4))
        monkeypatch.setattr(courier, "SWEEP_SECONDS", 0.1)

    async def test_a_call_that_lasts_longer_than_a_lease_is_not_made_by_the_other_one(self, post_round: Round) -> None:
        may_end = asyncio.Event()

        async def slow(delivery: Delivery) -> Outcome:
            if delivery.subject == "slow":
                await may_end.wait()
            return DONE

        post_round.react = slow
        for _ in range(2):
            await post_round.start(alone=False)
        await post_round.want(card("slow"))
        await post_round.until(lambda: len(post_round.made) == 1)
        later = Wanted(Kind.CARD, "after three leases", "post:C2", now() + timedelta(seconds=1.2))
        await post_round.want(later)
        await post_round.until_state("after three leases", State.DONE)
        assert [delivery.subject for delivery in post_round.made] == ["slow", "after three leases"]
        may_end.set()
        await post_round.until_state("slow", State.DONE)

    async def test_what_a_dead_one_had_begun_is_looked_at_by_the_other(self, post_round: Round) -> None:
        await post_round.want(card("orphan"))
        async with post_round.database.write() as tx:
            orphan = await deliveries.find(tx, Kind.CARD, "orphan")
            assert orphan is not None
            assert await leases.lease(tx, orphan, until=now() + timedelta(seconds=0.3))
        await post_round.start(alone=False)
        await post_round.until(lambda: len(post_round.made) == 1)
        assert post_round.made[0].state is State.UNKNOWN

    async def test_each_is_made_by_one_of_them(self, post_round: Round) -> None:
        await post_round.want(*(card(f"number {number}", where=f"post:C{number % 3}") for number in range(40)))
        await asyncio.gather(*(post_round.start(alone=False) for _ in range(3)))
        for number in range(40):
            await post_round.until_state(f"number {number}", State.DONE)
        assert len(post_round.made) == 40


async def test_how_a_call_ended_is_written_down_when_the_database_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The call was made: whatever the database does, it must not be made again."""
    monkeypatch.setattr("bot.store.sqlite.BUSY_SECONDS", 0.05)
    database = Database(f"sqlite:///{tmp_path}/orders.db", Vault([new_key()]))
    await upgrade(database)
    post_round = Round(database)
    other = sqlite3.connect(tmp_path / "orders.db", isolation_level=None)

    async def lock(_delivery: Delivery) -> Outcome:
        other.execute("BEGIN EXCLUSIVE")
        return DONE

    post_round.react = lock
    await post_round.start()
    await post_round.want(card("one"))
    await post_round.until(lambda: len(post_round.made) == 1)
    with pytest.raises(Exception, match="locked"):
        await post_round.want(card("two"))
    other.execute("ROLLBACK")
    other.close()
    await post_round.until_state("one", State.DONE)
    assert len(post_round.made) == 1
    await post_round.close()
    await database.close()


async def test_while_nobody_answers_a_lane_does_not_bring_everything_into_doubt(
    post_round: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is in doubt must be looked for afterwards, and Slack lets one look fifty times a minute."""
    monkeypatch.setattr("bot.deliveries.pace.POSTS_PER_CHANNEL", (1, 0.001))
    monkeypatch.setattr("bot.deliveries.lane.DOUBT_SECONDS", 0.2)
    post_round.react = refusing(Unavailable("Slack did not answer."), times=1000)
    await post_round.want(*[card(f"card {number}") for number in range(20)])
    loop = asyncio.get_running_loop()
    began = loop.time()
    await post_round.start()
    await post_round.until(lambda: len(post_round.made) >= 3)
    assert loop.time() - began >= 0.2 + 0.4
