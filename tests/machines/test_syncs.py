"""Syncs of one account by several processes that die at any moment: one at a time makes a run, a period has one good run, and
what an account knows of itself only moves forward."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from bot.customers.syncing import LEASE
from bot.rules.customer_sync import Plan, Report, RunKind, RunState, kind_due, period_of
from bot.store import sync_runs
from bot.store.sync_runs import Account
from tests.machines.stored import Stored, of_size
from tests.named_orders import DENVER

ACCOUNT = "green-mesa"
PROCESSES = ("one", "two", "three")
PLAN = Plan()
TIMES = st.sampled_from([timedelta(seconds=20), timedelta(seconds=70), timedelta(minutes=45), timedelta(hours=9)])


@dataclass
class Held:
    """A run as its process knows it. It may have been taken over meanwhile, which the process learns when it renews."""

    number: int
    kind: RunKind
    period: str
    began: datetime


class Syncs(Stored):
    def __init__(self) -> None:
        super().__init__()
        self.runs: dict[str, Held] = {}
        self.owner: str | None = None
        self.leased_until = self.now
        self.made: set[str] = set()
        """Periods that had a run which ended well or was stopped by the guard."""
        self.account = Account(ACCOUNT)
        self.positions: dict[str, int] = {}

        async def add() -> None:
            async with self.database.write() as tx:
                await sync_runs.add_account(tx, ACCOUNT)

        self.do(add())

    def is_held(self) -> bool:
        """`begin` takes over what lapsed before now, to the second."""
        return self.owner is not None and self.leased_until >= self.now

    @rule(who=st.sampled_from(PROCESSES), asked_for=st.booleans())
    def a_process_begins(self, who: str, asked_for: bool) -> None:
        if who in self.runs:
            return
        due = kind_due(
            loaded_at=self.account.loaded_at,
            last_wide_at=self.account.wide_at,
            local_now=DENVER.local(self.now),
            nightly_hour=PLAN.nightly_hour,
        )
        period = f"asked for at {self.now.isoformat()}" if asked_for else period_of(self.now, PLAN.every)

        async def begin() -> int | None:
            async with self.database.write() as tx:
                return await sync_runs.begin(tx, ACCOUNT, period=period, kind=due, now=self.now, until=self.now + LEASE)

        number = self.do(begin())
        assert (number is None) is (self.is_held() or period in self.made)
        if number is not None:
            self.runs[who] = Held(number, due, period, self.now)
            self.owner, self.leased_until = who, self.now + LEASE
        elif not self.is_held():
            self.owner = None

    @precondition(lambda self: self.runs)
    @rule(who=st.sampled_from(PROCESSES))
    def a_process_renews(self, who: str) -> None:
        run = self.runs.get(who)
        if run is None:
            return

        async def renew() -> bool:
            async with self.database.write() as tx:
                return await sync_runs.renew(tx, ACCOUNT, run.number, until=self.now + LEASE)

        is_ours = self.owner == who
        assert self.do(renew()) is is_ours
        if is_ours:
            self.leased_until = self.now + LEASE
        else:
            del self.runs[who]  # it writes nothing more

    @precondition(lambda self: self.runs)
    @rule(who=st.sampled_from(PROCESSES))
    def a_process_notes_how_far_it_is(self, who: str) -> None:
        if self.owner != who or self.runs[who].kind is not RunKind.FIRST:
            return
        place = self.positions.get("customers", 0) + 1

        async def put() -> None:
            async with self.database.write() as tx:
                await sync_runs.put_position(tx, ACCOUNT, "customers", place)

        self.do(put())
        self.positions["customers"] = place

    @precondition(lambda self: self.runs)
    @rule(who=st.sampled_from(PROCESSES), state=st.sampled_from([RunState.DONE, RunState.FAILED, RunState.STOPPED]))
    def a_process_ends(self, who: str, state: RunState) -> None:
        """Also one that was taken over and does not know it: then nothing of the account may change."""
        run = self.runs.pop(who, None)
        if run is None:
            return
        report = Report(ACCOUNT, run.kind, state, run.began)

        async def finish() -> None:
            async with self.database.write() as tx:
                await sync_runs.finish(tx, run.number, report, since=run.began, now=self.now)

        self.do(finish())
        if self.owner != who:
            return
        self.owner = None
        if state is not RunState.FAILED:
            self.made.add(run.period)
        known = self.account
        wide, loaded, good, waived = known.wide_at, known.loaded_at, known.good_at, known.waived_at
        if state is RunState.DONE:
            good, waived = run.began, None
            if run.kind is not RunKind.HOURLY:
                wide = run.began
            if run.kind is RunKind.FIRST:
                loaded = self.now
                self.positions.clear()
        self.account = Account(ACCOUNT, loaded, good, wide, waived, report)

    @precondition(lambda self: self.runs)
    @rule(who=st.sampled_from(PROCESSES))
    def a_process_dies(self, who: str) -> None:
        """Its lease lapses by itself."""
        self.runs.pop(who, None)

    @rule()
    def an_owner_lets_a_stopped_run_go_on(self) -> None:
        async def waive() -> None:
            async with self.database.write() as tx:
                await sync_runs.waive(tx, ACCOUNT, now=self.now)

        self.do(waive())
        known = self.account
        self.account = Account(ACCOUNT, known.loaded_at, known.good_at, known.wide_at, self.now, known.report)

    @rule(time=TIMES)
    def time_passes(self, time: timedelta) -> None:
        self.pass_time(time)

    @invariant()
    def the_account_is_what_its_own_runs_made_of_it(self) -> None:
        async def read() -> tuple[Account, bool, dict[str, int]]:
            async with self.database.read() as tx:
                under_way = await sync_runs.is_under_way(tx, ACCOUNT, now=self.now)
                return await sync_runs.account(tx, ACCOUNT), under_way, await sync_runs.positions(tx, ACCOUNT)

        account, under_way, positions = self.do(read())
        assert account == self.account
        assert under_way is (self.owner is not None and self.leased_until > self.now)
        assert positions == self.positions

    def teardown(self) -> None:
        """Whatever died, the account is free again soon, and the next run is made."""
        self.runs.clear()
        self.pass_time(2 * LEASE + PLAN.every)
        self.a_process_begins("one", asked_for=False)
        assert self.owner == "one"
        self.a_process_ends("one", RunState.DONE)
        self.the_account_is_what_its_own_runs_made_of_it()
        super().teardown()


def test_a_first_load_that_was_taken_over_ends_and_takes_nothing_from_the_one_that_goes_on() -> None:
    account = Syncs()
    account.a_process_begins("one", asked_for=False)
    account.time_passes(timedelta(seconds=70))
    account.a_process_begins("two", asked_for=True)
    account.a_process_notes_how_far_it_is("two")
    account.a_process_ends("one", RunState.DONE)
    account.the_account_is_what_its_own_runs_made_of_it()
    account.teardown()


def test_syncs_in_any_order() -> None:
    run_state_machine_as_test(Syncs, settings=of_size(20, 30))
