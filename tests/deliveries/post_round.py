"""A post round for the courier: what it makes is a list, so that one can count, hold up and refuse."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from bot.deliveries import Courier
from bot.rules.deliveries import DONE, Delivery, Kind, Outcome, State, Wanted
from bot.store import Database, deliveries
from tests.faults.waiting import eventually

Reaction = Callable[[Delivery], Awaitable[Outcome]]


def now() -> datetime:
    return datetime.now(UTC)


def card(subject: str, *, where: str = "post:C1", band: str = "") -> Wanted:
    return Wanted(Kind.CARD, subject, where, now(), band=band)


class Round:
    """What was made, in its order. `react` stands for the other side; without it all goes well."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.made: list[Delivery] = []
        self.react: Reaction | None = None
        self.changed = asyncio.Event()
        self.couriers: list[Courier] = []
        self.later = timedelta()
        """How far the couriers' clock is ahead: an hour passes when a test says so."""

    async def start(self, *, alone: bool = True) -> Courier:
        kinds = dict.fromkeys(Kind, self._make)
        started = Courier(self.database, kinds, now=lambda: now() + self.later, alone=alone)
        await started.start()
        self.couriers.append(started)
        return started

    async def want(self, *wanted: Wanted) -> None:
        async with self.database.write() as tx:
            await deliveries.want(tx, *wanted)

    def wake(self, lane: str) -> None:
        """As the clock does when something falls due."""
        for started in self.couriers:
            started.wake(lane, now())

    async def find(self, subject: str) -> Delivery:
        async with self.database.read() as tx:
            found = await deliveries.find(tx, Kind.CARD, subject)
        assert found is not None
        return found

    async def until(self, true: Callable[[], bool]) -> None:
        """Until it holds; looked at whenever something was made."""
        async with asyncio.timeout(10):
            while not true():
                self.changed.clear()
                await self.changed.wait()

    async def until_state(self, subject: str, state: State) -> Delivery:
        """Until the row says so."""
        found = await self.find(subject)

        async def it_does() -> bool:
            nonlocal found
            found = await self.find(subject)
            return found.state is state

        await eventually(it_does, lambda: f"{subject} is {state}; it is {found.state}")
        return found

    async def close(self) -> None:
        for started in self.couriers:
            await started.close(grace_seconds=1)

    async def _make(self, delivery: Delivery) -> Outcome:
        self.made.append(delivery)
        self.changed.set()
        return await self.react(delivery) if self.react else DONE


def refusing(problem: Exception, *, times: int) -> Reaction:
    left = times

    async def react(_delivery: Delivery) -> Outcome:
        nonlocal left
        if left > 0:
            left -= 1
            raise problem
        return DONE

    return react
