"""The one loop that empties the queue.

Every lane has its own few workers, which sleep until they are woken by a commit or by the clock: no lane waits for
another, and nothing polls. What a delivery does is its runner's business; the courier leases, calls, and writes down how
it ended.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.deliveries.lane import Choice, Lane, where
from bot.deliveries.leased import Leased
from bot.deliveries.pace import kind_of, most_at_once
from bot.errors import Closed, OrderAheadError, Refused, Unauthorised, Unavailable
from bot.metrics import MADE
from bot.rules import deliveries as rules
from bot.rules.deliveries import REPEATABLE, Delivery, Kind, Outcome, State, try_again_at, waits
from bot.store import Database, Tx, deliveries, leases

log = structlog.get_logger("orderahead.deliveries")

LEASE = timedelta(seconds=20)
"""After it another process may look what became of the delivery. While a call lasts, the sweep renews its lease. With the
sweep that finds it and the moment before one looks, what a dead process had begun is taken over within half a minute."""
SWEEP_SECONDS = 3.0
UNAUTHORISED_WAIT = timedelta(seconds=60)
CLOSED_WAIT = timedelta(seconds=60)
"""How long a lane's band is left alone after a place said that it can't be written to."""
MOST_SURPRISES = 8
"""After that many unexpected errors a delivery is parked: it is our mistake, and a loop would only repeat it."""

Runner = Callable[[Delivery], Awaitable[Outcome]]


class Courier:
    def __init__(
        self,
        database: Database,
        runners: Mapping[Kind, Runner],
        *,
        now: Callable[[], datetime],
        alone: bool,
        until_turn: Callable[[str, Delivery], float] = lambda _lane, _delivery: 0.0,
    ) -> None:
        """`alone` says that no other process works this database, so that every lease found at start is a dead one's.
        `until_turn` says how many seconds a lane waits before it begins a delivery, because others have their turn."""
        self._database = database
        self._runners = runners
        self._now = now
        self._alone = alone
        self._until_turn = until_turn
        self._lanes: dict[str, Lane] = {}
        self._gates: dict[str, asyncio.Semaphore] = {}
        self._closed: dict[tuple[str, str], tuple[datetime, str]] = {}
        self.is_closing = False
        self._sweeper: asyncio.Task[None] | None = None
        self._chores: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        async with self._database.write() as tx:
            lapsed_before = None if self._alone else self._now()
            dead = await leases.recover(tx, lapsed_before=lapsed_before, look_at=self._now() + rules.LOOK_AFTER)
        if dead:
            log.warning("deliveries were under way when the program stopped", count=dead)
        self._database.on_wake, self._database.take_along = self.wake, self._take_along
        self._sweeper = asyncio.create_task(self._sweep(), name="courier sweep")
        await self._wake_all()

    def wake(self, lane: str, at: datetime) -> None:
        """Work the lane at that moment; called after each commit that wrote to it."""
        if self.is_closing:
            return
        self._lane(lane).wake((at - self._now()).total_seconds())

    def _lane(self, name: str) -> Lane:
        if name not in self._lanes:
            self._lanes[name] = Lane(name, self, self._gate_of(name))
        return self._lanes[name]

    def lift(self, lane: str) -> None:
        """The reason why a lane was left alone is gone: new credentials have come."""
        if lane in self._lanes and not self.is_closing:
            self._lanes[lane].lift()

    def _gate_of(self, lane: str) -> asyncio.Semaphore:
        kind = kind_of(lane)
        if kind not in self._gates:
            self._gates[kind] = asyncio.Semaphore(most_at_once(kind))
        return self._gates[kind]

    async def close(self, *, grace_seconds: float = 6.0) -> None:
        """Begin nothing new, and give what is under way a moment to end; a lease that is not given back by then lapses."""
        end = time.monotonic() + grace_seconds
        self.is_closing = True
        if self._sweeper:
            self._sweeper.cancel()
        tasks = [task for lane in self._lanes.values() for task in lane.stop()]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=grace_seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        if self._chores:
            await asyncio.wait(self._chores, timeout=max(0.0, end - time.monotonic()))
        if self._sweeper:
            await asyncio.gather(self._sweeper, return_exceptions=True)

    async def _take_along(self, tx: Tx) -> Leased:
        """Lease, with the commit that makes them due, the calls that idle lanes can make at once."""
        leased = Leased(self, self._now() + LEASE)
        closed = {lane for lane, _band in self._closed}
        for name in list(tx.wakes):
            if tx.wakes[name] <= self._now() and name not in closed and not self.is_closing:
                try:
                    await leased.lease_in(tx, self._lane(name), self._now())
                except BaseException:
                    leased.drop()
                    raise
        return leased

    def give_back(self, lane: Lane, delivery: Delivery, until: datetime) -> None:
        task = asyncio.create_task(self._given_back(lane, delivery, until), name="a lease is given back")
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)

    async def _given_back(self, lane: Lane, delivery: Delivery, until: datetime) -> None:
        """Nobody else knows that the call was not made."""
        try:
            await self._database.outlast(lambda tx: leases.give_back(tx, delivery, until=until))
        except (SQLAlchemyError, OSError):
            log.warning("the database is not answering", lane=lane.name)
        finally:
            lane.busy.discard(delivery.id)
            lane.let_go()

    async def _sweep(self) -> None:
        """Renew the leases of calls that last. And a safety net: what another process left, and what a wake-up missed
        while the database was down."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                async with self._database.write() as tx:
                    busy = [number for lane in self._lanes.values() for number in lane.busy]
                    await leases.renew(tx, busy, until=self._now() + LEASE)
                    await leases.recover(tx, lapsed_before=self._now(), look_at=self._now() + rules.LOOK_AFTER)
                await self._wake_all(due_by=self._now())
            except (SQLAlchemyError, OSError):
                log.warning("the database is not answering")
            except Exception as surprise:  # the safety net must hold whatever happens
                log.error("the sweep failed unexpectedly", error=type(surprise).__name__, at=where(surprise))

    async def _wake_all(self, *, due_by: datetime | None = None) -> None:
        async with self._database.read() as tx:
            lanes = await deliveries.lanes_waiting(tx, due_by=due_by)
        now = self._now()
        for lane in lanes:
            self.wake(lane, now)

    async def choose(self, lane: Lane) -> Choice:
        """The lane's next delivery, or when to look again."""
        async with self._database.read() as tx:
            now = self._now()
            band = None
            if lane.is_shared:
                bands = await deliveries.bands_due(tx, lane.name, now)
                band = lane.fair_band(bands)
            chosen, more = await deliveries.next_due(tx, lane.name, now, busy=lane.busy, band=band)
            if chosen is not None:
                return Choice(chosen, more=more or lane.is_shared)
            return Choice(None, look_again=await deliveries.next_time(tx, lane.name, busy=lane.busy))

    async def put_off(self, delivery: Delivery) -> bool:
        """Whether its place is closed; then all that waits for the same place is put off, with one write and no call."""
        known = self._closed.get((delivery.lane, delivery.band))
        if known is None or known[0] <= self._now():
            return False
        async with self._database.write() as tx:
            await deliveries.put_off(tx, delivery.lane, delivery.band, until=known[0], problem=known[1])
        return True

    def until_turn(self, lane: Lane, delivery: Delivery) -> float:
        return self._until_turn(lane.name, delivery)

    async def lease(self, delivery: Delivery) -> Delivery | None:
        """Only what must not be made twice is leased; the rest is guarded by what it changes."""
        if delivery.kind in REPEATABLE:
            return delivery
        until = self._now() + LEASE
        try:
            async with self._database.write(first=True) as tx:
                return await leases.lease(tx, delivery, until=until)
        except (SQLAlchemyError, OSError):
            # The lease may be there all the same, and nobody else knows that the call was not made.
            await self._database.outlast(lambda tx: leases.give_back(tx, delivery, until=until))
            raise

    async def make(self, delivery: Delivery) -> Outcome:
        """Call, then write down how it ended."""
        outcome = await self._attempt(delivery)
        MADE.labels(delivery.kind.value, outcome.state.value).inc()
        if outcome.state is State.DONE and outcome.called:
            self._closed.pop((delivery.lane, delivery.band), None)
        if outcome.written:
            return outcome

        async def write_down(tx: Tx) -> Outcome:
            return await deliveries.finish(tx, delivery, outcome, now=self._now())

        return await self._database.outlast(write_down)

    async def _attempt(self, delivery: Delivery) -> Outcome:
        try:
            return await self._runners[delivery.kind](delivery)
        except Unavailable as problem:
            return self._again(delivery, problem)
        except Unauthorised as problem:
            kind, store = delivery.kind.value, delivery.store_key
            log.error("credentials do not work", kind=kind, store=store, why=problem.sentence)
            waiting = waits(delivery, self._now() + UNAUTHORISED_WAIT, problem.sentence)
            # The others in this lane use the same credentials: one call a minute finds out whether they work again.
            return replace(waiting, called=True, pause_seconds=UNAUTHORISED_WAIT.total_seconds())
        except Closed as problem:
            until = self._now() + CLOSED_WAIT
            self._closed[delivery.lane, delivery.band] = (until, problem.sentence)
            log.warning("closed", kind=delivery.kind.value, store=delivery.store_key, why=problem.sentence)
            return replace(waits(delivery, until, problem.sentence), called=True)
        except OrderAheadError as problem:
            code = problem.code if isinstance(problem, Refused) else ""
            log.error("delivery parked", kind=delivery.kind.value, why=problem.sentence, code=code)
            return Outcome(State.PARKED, problem=problem.sentence)
        except (SQLAlchemyError, OSError):
            raise
        except Exception as surprise:  # a mistake of ours must not stop the lane; its words may hold personal data
            log.error(
                "delivery failed unexpectedly",
                kind=delivery.kind.value,
                error=type(surprise).__name__,
                at=where(surprise),
            )
            if delivery.attempts >= MOST_SURPRISES:
                return Outcome(State.PARKED, problem=type(surprise).__name__)
            # No other side failed: neither its budget nor the lane's patience is used up.
            return replace(self._again(delivery, Unavailable(type(surprise).__name__)), called=False)

    def _again(self, delivery: Delivery, problem: Unavailable) -> Outcome:
        waits_only = problem.retry_after is not None and not problem.may_have_arrived
        due_at = try_again_at(
            delivery.kind,
            delivery.attempts + 1,
            self._now(),
            draw=random.random,
            retry_after=problem.retry_after,
        )
        if due_at is None:
            return Outcome(State.PARKED, problem=problem.sentence)
        look_first = problem.may_have_arrived and delivery.kind not in REPEATABLE
        state = State.UNKNOWN if look_first or delivery.state is State.UNKNOWN else State.DUE
        if look_first:
            due_at = max(due_at, self._now() + rules.LOOK_AFTER)
        return Outcome(
            state, due_at, problem.sentence, counted=not waits_only, pause_seconds=problem.retry_after or 0.0
        )
