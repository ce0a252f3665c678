"""A lane of the queue: its workers, its pace, and whose turn it is. What a delivery does, the courier knows."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.deliveries.pace import gives_way, kind_of, pace_of, workers_of
from bot.giving_way import give_way, its_turn
from bot.rules.deliveries import Delivery, Kind, Outcome, State

log = structlog.get_logger("orderahead.deliveries")

DATABASE_WAIT_SECONDS = 1.0
AFTER_A_SURPRISE_SECONDS = 5.0
DOUBT_SECONDS = 1.0
LONGEST_DOUBT_SECONDS = 60.0
"""A lane whose call fell in doubt waits, longer with each one after another: while the other side is down, whatever follows
would fall in doubt as well, and each of them would have to be looked for afterwards."""
SHORTEST_TIMER_SECONDS = 0.001
LONGEST_TIMER_SECONDS = 3600.0


@dataclass(frozen=True)
class Choice:
    """`more` says that others are due as well, `look_again` when the next one will be."""

    delivery: Delivery | None
    more: bool = False
    look_again: datetime | None = None


class Maker(Protocol):
    """Who chooses a lane's deliveries and makes them: the courier."""

    def wake(self, lane: str, at: datetime) -> None: ...
    async def choose(self, lane: "Lane") -> Choice: ...
    async def put_off(self, delivery: Delivery) -> bool: ...
    def until_turn(self, lane: "Lane", delivery: Delivery) -> float: ...
    async def lease(self, delivery: Delivery) -> Delivery | None: ...
    async def make(self, delivery: Delivery) -> Outcome: ...


class Lane:
    """A lane's workers, its pace, and whose turn it is."""

    def __init__(self, name: str, courier: Maker, gate: asyncio.Semaphore) -> None:
        """`gate` lets through as many as may be under way in all lanes of this kind."""
        self.name = name
        self.is_shared = kind_of(name) == "edit"
        self.busy: set[int] = set()
        self._gives_way = gives_way(name)
        self._courier = courier
        self._gate = gate
        self._pace = pace_of(name)
        self._served: Counter[str] = Counter()
        self._workers: set[asyncio.Task[None]] = set()
        self._most_workers = workers_of(name)
        self._timer: asyncio.Handle | None = None
        self._timer_at = 0.0
        self._woken = False
        self._is_reserved = False
        """Its next call is being leased by a transaction that is not committed yet."""
        self._knows_what_comes = False
        """A timer is set for whatever is not due yet: nothing is missed by a worker that ends without another look."""
        self._stopped = False
        self._doubts = 0
        """How many calls in a row fell in doubt."""

    def wake(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        if seconds > 0:
            at = loop.time() + min(max(seconds, SHORTEST_TIMER_SECONDS), LONGEST_TIMER_SECONDS)
            # A timer that has run out and not rung yet is the earlier one: putting it off would lose its call.
            if self._timer is not None and self._timer_at <= at:
                return
            if self._timer is not None:
                self._timer.cancel()
            self._timer, self._timer_at = loop.call_at(at, self._ring), at
            return
        self._woken = True
        if not self._stopped and not self._is_reserved and len(self._workers) < self._most_workers:
            self._employ()

    def _employ(self, leased: Delivery | None = None) -> None:
        worker = asyncio.create_task(self._work(leased), name=f"lane {self.name}")
        self._workers.add(worker)

    def reserve(self) -> bool:
        """Begin nothing until `begin` or `let_go`. False when something is under way, or when no call may be made now."""
        if self._stopped or self._workers or self._is_reserved or self._pace.wait() > 0:
            return False
        self._is_reserved = True
        return True

    def begin(self, leased: Delivery) -> None:
        """Make the call for which the lane was reserved."""
        self._is_reserved = False
        self._employ(leased)

    def let_go(self) -> None:
        self._is_reserved = False
        self.wake(0.0)

    def lift(self) -> None:
        """Go on now, whatever the other side asked for before."""
        self._pace.lift()
        self.wake(0.0)

    def _ring(self) -> None:
        self._timer = None
        self._knows_what_comes = False
        self.wake(0.0)

    def stop(self) -> list[asyncio.Task[None]]:
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()
        return list(self._workers)

    def fair_band(self, waiting: Sequence[str]) -> str | None:
        """Whoever was served least lately; among equals whoever waits longest, who comes first in `waiting`."""
        return min(waiting, key=lambda name: self._served[name], default=None)

    def _count(self, band: str) -> None:
        self._served[band] += 1
        if self._served.total() > 50:
            for name in list(self._served):
                self._served[name] //= 2

    async def _work(self, leased: Delivery | None) -> None:
        """Make what is leased already, then deliveries until none is due; then leave a wake-up call for the next one.

        A worker strikes itself off before it ends: whoever wakes the lane a moment later must find it missing.
        """
        try:
            if leased is not None:
                async with self._gate, its_turn(first=leased.kind is Kind.CARD):
                    await self._make(leased)
            while not self._stopped:
                self._woken = False
                if (wait := self._pace.wait()) > 0:
                    self.wake(wait)
                    return
                async with self._gate, its_turn(first=not self._gives_way):
                    if self._stopped or not await self._one():
                        return
        except (SQLAlchemyError, OSError) as problem:
            log.warning(
                "the database is not answering", lane=self.name, error=type(problem).__name__, at=where(problem)
            )
            self.wake(DATABASE_WAIT_SECONDS)
        except Exception as surprise:  # a mistake of ours must not leave the lane asleep
            log.error("lane failed unexpectedly", lane=self.name, error=type(surprise).__name__, at=where(surprise))
            self.wake(AFTER_A_SURPRISE_SECONDS)
        finally:
            worker = asyncio.current_task()
            if worker is not None:
                self._workers.discard(worker)

    async def _one(self) -> bool:
        """Choose, lease and make one delivery; False when there is nothing to do now."""
        choice = await self._courier.choose(self)
        delivery = choice.delivery
        if delivery is None:
            if self._woken:
                return True
            self._knows_what_comes = True
            if choice.look_again is not None:
                self._courier.wake(self.name, choice.look_again)
            return False
        if delivery.id in self.busy or await self._courier.put_off(delivery):
            return True
        if (wait := self._courier.until_turn(self, delivery)) > 0:
            self._knows_what_comes = True
            self.wake(wait)
            return False
        self.busy.add(delivery.id)
        try:
            leased = await self._courier.lease(delivery)
            if leased is None:
                return True
            if self._most_workers > 1 and choice.more:
                self.wake(0.0)
            if self._gives_way:
                await give_way()  # again: leasing waited for the disk
            await self._make(leased)
        finally:
            self.busy.discard(delivery.id)
        return choice.more or self._woken or not self._knows_what_comes

    async def _make(self, delivery: Delivery) -> None:
        """One that is leased, or need not be."""
        try:
            outcome = await self._courier.make(delivery)
            if outcome.called:
                self._pace.spend()
                self._count(delivery.band)
            if outcome.pause_seconds:
                self._pace.pause(outcome.pause_seconds)
            self._mind_doubts(outcome)
        finally:
            self.busy.discard(delivery.id)

    def _mind_doubts(self, outcome: Outcome) -> None:
        if not outcome.called:
            return
        if outcome.state is State.UNKNOWN:
            self._pace.pause(min(DOUBT_SECONDS * 2**self._doubts, LONGEST_DOUBT_SECONDS))
            self._doubts = min(self._doubts + 1, 10)
        elif outcome.state is State.DONE:
            self._doubts = 0


def where(surprise: BaseException) -> str:
    """The file and line where something went wrong: all of an unexpected error that may be logged."""
    trace = surprise.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else ""
