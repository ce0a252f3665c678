"""Deliveries in any order of wishes, calls, crashes and answers, with two processes on one queue: no wish is lost, nothing
that must not be made twice is made twice, and the right one goes first."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from bot.deliveries import Courier
from bot.deliveries.courier import LEASE, Runner
from bot.deliveries.lane import Lane
from bot.rules.deliveries import DONE, LOOK_AFTER, REPEATABLE, Delivery, Kind, Outcome, State, Wanted
from bot.store import deliveries, leases
from tests.machines.stored import Stored, of_size

LANES = ("post:C1", "edit")
KINDS = (Kind.CARD, Kind.ASK_STATUS)
"""One whose call must not be repeated, and one whose call may be."""
SUBJECTS = ("a", "b", "c")
BANDS = ("downtown", "uptown")
ENDS = ("done", "again", "in doubt", "held", "parked")
WORKABLE = (State.DUE, State.UNKNOWN)
A_WHILE = st.sampled_from([timedelta(0), timedelta(seconds=3), timedelta(seconds=25), timedelta(minutes=2)])


@dataclass
class Row:
    """What the machine knows of a delivery."""

    wanted: Wanted
    state: State
    wishes: int
    due_at: datetime
    number: int
    leased_until: datetime | None = None
    attempts: int = 0


@dataclass
class Call:
    """A call that a process makes, and until when nobody else may look what became of it."""

    delivery: Delivery
    lease_ends: datetime | None


class Deliveries(Stored):
    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[tuple[Kind, str], Row] = {}
        self.chosen: dict[str, Delivery] = {}
        self.calls: dict[str, Call] = {}
        self.answers: dict[Kind, Runner] = {}
        self.couriers = {
            name: Courier(self.database, self.answers, now=lambda: self.now, alone=False) for name in ("one", "two")
        }
        self.lanes = {
            (name, lane): Lane(lane, courier, asyncio.Semaphore(9))
            for name, courier in self.couriers.items()
            for lane in LANES
        }

    def find(self, kind: Kind, subject: str) -> Delivery | None:
        async def found() -> Delivery | None:
            async with self.database.read() as tx:
                return await deliveries.find(tx, kind, subject)

        return self.do(found())

    @rule(
        kind=st.sampled_from(KINDS),
        subject=st.sampled_from(SUBJECTS),
        later=A_WHILE,
        once=st.booleans(),
        band=st.sampled_from(BANDS),
        priority=st.integers(1, 3),
        lane=st.sampled_from(LANES),
    )
    def somebody_wants(
        self, kind: Kind, subject: str, later: timedelta, once: bool, band: str, priority: int, lane: str
    ) -> None:
        wanted = Wanted(kind, subject, lane, self.now + later, band=band, priority=priority)
        woken: list[str] = []
        self.database.on_wake = lambda lane, _at: woken.append(lane)

        async def want() -> None:
            async with self.database.write() as tx:
                await (deliveries.want_once if once else deliveries.want)(tx, wanted)

        self.do(want())
        assert woken == [lane]
        row = self.rows.get((kind, subject))
        if row is None:
            self.rows[kind, subject] = Row(wanted, State.DUE, 1, wanted.due_at, len(self.rows))
        elif not once:
            row.wishes += 1
            asleep = row.state in (State.DONE, State.PARKED)
            if row.state is State.PARKED:
                row.attempts = 0
            if asleep:
                look_first = row.state is State.PARKED and kind not in REPEATABLE
                row.state = State.UNKNOWN if look_first else State.DUE
            row.due_at = wanted.due_at if asleep else min(row.due_at, wanted.due_at)

    @rule(time=A_WHILE)
    def time_passes(self, time: timedelta) -> None:
        self.pass_time(time)

    @rule(who=st.sampled_from(["one", "two"]), lane=st.sampled_from(LANES), hesitates=st.booleans())
    def a_process_takes_the_next(self, who: str, lane: str, hesitates: bool) -> None:
        if who in self.calls or who in self.chosen:
            return
        courier = self.couriers[who]
        choice = self.do(courier.choose(self.lanes[who, lane]))
        due = self._due(lane)
        assert (choice.delivery is None) is (not due)
        if choice.delivery is None:
            waiting = [row.due_at for row in self.rows.values() if row.wanted.lane == lane and row.state in WORKABLE]
            assert choice.look_again == min(waiting, default=None)
            return
        if lane == "edit":
            due = [row for row in due if row.wanted.band == choice.delivery.band]
        first = min(due, key=lambda row: (row.wanted.priority, row.due_at, row.number))
        assert (choice.delivery.kind, choice.delivery.subject) == (first.wanted.kind, first.wanted.subject)
        self.chosen[who] = choice.delivery
        if not hesitates:
            self.it_is_leased(who)

    @precondition(lambda self: self.chosen)
    @rule(who=st.sampled_from(["one", "two"]))
    def it_is_leased(self, who: str) -> None:
        """As it is now, unless somebody was faster."""
        chosen = self.chosen.pop(who, None)
        if chosen is None:
            return
        row, lease = self.rows[chosen.kind, chosen.subject], self.couriers[who].lease
        leased = self.do(lease(chosen))
        if chosen.kind in REPEATABLE:
            self.calls[who] = Call(chosen, None)
            return
        assert (leased is not None) is (row.state is chosen.state and row.due_at <= chosen.due_at)
        if leased is not None:
            assert (leased.state, leased.wanted, leased.attempts) == (row.state, row.wishes, row.attempts)
            row.state, row.leased_until = State.SENDING, self.now + LEASE
            assert self.do(lease(chosen)) is None, "the slower one gets no lease"
            self.calls[who] = Call(leased, row.leased_until)

    def _due(self, lane: str) -> list[Row]:
        rows = (row for row in self.rows.values() if row.wanted.lane == lane)
        return [row for row in rows if row.state in WORKABLE and row.due_at <= self.now]

    @precondition(lambda self: self.calls)
    @rule(who=st.sampled_from(["one", "two"]), end=st.sampled_from(ENDS), wait=A_WHILE)
    def a_call_ends(self, who: str, end: str, wait: timedelta) -> None:
        call = self.calls.pop(who, None)
        if call is None:
            return
        row, delivery = self.rows[call.delivery.kind, call.delivery.subject], call.delivery
        if delivery.kind not in REPEATABLE and (row.state, row.leased_until) != (State.SENDING, call.lease_ends):
            return  # It lost its lease: a process that is so slow has renewed it, or is gone.
        due_at = self.now + wait
        outcome = {
            "done": DONE,
            "again": Outcome(State.DUE, due_at, "not now"),
            "in doubt": Outcome(State.UNKNOWN, due_at, "lost"),
            "held": Outcome(State.HELD, problem="ask"),
            "parked": Outcome(State.PARKED, problem="no"),
        }[end]
        courier = self.couriers[who]

        async def react(_delivery: Delivery) -> Outcome:
            return outcome

        self.answers[delivery.kind] = react
        assert self.do(courier.make(delivery)).written
        row.leased_until = None
        if outcome.state is State.DONE:
            more = row.wishes > delivery.wanted
            row.state, row.attempts, row.due_at = (State.DUE if more else State.DONE), 0, self.now
        else:
            row.state, row.attempts, row.due_at = outcome.state, row.attempts + 1, outcome.due_at or self.now

    @precondition(lambda self: self.calls)
    @rule(who=st.sampled_from(["one", "two"]))
    def a_process_dies(self, who: str) -> None:
        """Nobody writes anything: its lease must lapse."""
        self.chosen.pop(who, None)
        self.calls.pop(who, None)

    @rule(renewing=st.booleans())
    def the_sweep(self, renewing: bool) -> None:
        """What lives renews its lease; what is dead is looked at a moment later."""
        if renewing:
            ids = [call.delivery.id for call in self.calls.values()]
            for call in self.calls.values():
                row = self.rows[call.delivery.kind, call.delivery.subject]
                if row.state is State.SENDING:
                    row.leased_until = self.now + LEASE
                    call.lease_ends = row.leased_until
        else:
            ids = []

        async def sweep() -> None:
            async with self.database.write() as tx:
                await leases.renew(tx, ids, until=self.now + LEASE)
                await leases.recover(tx, lapsed_before=self.now, look_at=self.now + LOOK_AFTER)

        self.do(sweep())
        for row in self.rows.values():
            if row.state is State.SENDING and row.leased_until is not None and row.leased_until < self.now:
                row.state, row.leased_until, row.due_at = State.UNKNOWN, None, self.now + LOOK_AFTER

    @rule(kind=st.sampled_from(KINDS), subject=st.sampled_from(SUBJECTS))
    def a_person_answers(self, kind: Kind, subject: str) -> None:
        async def release() -> bool:
            async with self.database.write() as tx:
                return await deliveries.release(tx, kind, subject, now=self.now)

        row = self.rows.get((kind, subject))
        waits = row is not None and row.state in (State.HELD, State.PARKED)
        assert self.do(release()) is waits
        if row is not None and waits:
            row.state, row.attempts, row.due_at = State.DUE, 0, self.now

    @rule(lane=st.sampled_from(LANES), band=st.sampled_from(BANDS))
    def a_place_is_closed(self, lane: str, band: str) -> None:
        until = self.now + timedelta(minutes=1)

        async def put_off() -> None:
            async with self.database.write() as tx:
                await deliveries.put_off(tx, lane, band, until=until, problem="closed")

        self.do(put_off())
        for row in self.rows.values():
            if (row.wanted.lane, row.wanted.band) == (lane, band) and row.state in WORKABLE:
                row.due_at = max(row.due_at, until)

    @invariant()
    def the_rows_are_what_they_should_be(self) -> None:
        for (kind, subject), row in self.rows.items():
            found = self.find(kind, subject)
            assert found is not None
            there = (found.state, found.wanted, found.due_at, found.attempts)
            assert there == (row.state, row.wishes, row.due_at, row.attempts), (kind, subject)

    @invariant()
    def what_waits_is_counted(self) -> None:
        async def read() -> tuple[set[str], dict[tuple[str, str], int], datetime | None]:
            async with self.database.read() as tx:
                lanes = set(await deliveries.lanes_waiting(tx))
                return lanes, await deliveries.counts(tx), await deliveries.oldest_due(tx)

        lanes, counts, oldest = self.do(read())
        waiting = [row for row in self.rows.values() if row.state in WORKABLE]
        assert lanes == {row.wanted.lane for row in waiting}
        assert sum(counts.values()) == sum(row.state is not State.DONE for row in self.rows.values())
        assert oldest == min((row.due_at for row in waiting), default=None)

    def teardown(self) -> None:
        """Everything comes to its end: the dead are found, people answer, and each call that is made ends well."""
        self.chosen.clear()
        self.calls.clear()
        self.database.on_wake = lambda _lane, _at: None
        for _ in range(2):
            self.pass_time(timedelta(hours=1))
            self.the_sweep(renewing=False)
            for kind, subject in self.rows:
                self.a_person_answers(kind, subject)
            for lane in LANES:
                self.pass_time(timedelta(hours=1))
                while self._due(lane):
                    self.a_process_takes_the_next("one", lane, hesitates=False)
                    self.a_call_ends("one", "done", timedelta(0))
        assert {row.state for row in self.rows.values()} <= {State.DONE}
        self.the_rows_are_what_they_should_be()
        super().teardown()


def test_deliveries_in_any_order() -> None:
    run_state_machine_as_test(Deliveries, settings=of_size(25, 30))
