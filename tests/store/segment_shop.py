"""An account with customers and segments, in a database and as values, to compare the two."""

import random
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import update

from bot.messages.segment_words import words_why
from bot.rules.segments.catalogue import Segment, made, starters
from bot.rules.segments.days import Asof
from bot.rules.segments.facts import Facts
from bot.rules.segments.holding import holds
from bot.rules.segments.moving import together
from bot.rules.segments.trees import AnyOf, Condition, Not
from bot.rules.segments.trees import Operator as Op
from bot.store import Database, Tx, segments
from bot.store.segment_members import Recount, Zone, end_recount, recount, refresh
from bot.store.segment_sql import customers, profiles
from tests.rules.segments.generated import some_facts
from tests.store.test_segment_sql import customer_row, profile_row

ACCOUNT = "green mesa"
START = datetime(2026, 10, 30, 18, 0, tzinfo=UTC)
ZONES = [Zone("America/Denver", ("loc-1",)), Zone("America/New_York", ("loc-2",))]
OWN = made(
    "own",
    "Edibles or lapsing",
    AnyOf(
        (
            Condition("fh_last_orderdate", Op.DAYS_AGO_BETWEEN, (53, 59)),
            Not(Condition("fh_points", Op.LESS_THAN, 9_999)),
        )
    ),
    starters(),
)


def zone_of(facts: Facts) -> str:
    return "America/New_York" if facts.home_store_id == "loc-2" else "America/Denver"


def person(chance: random.Random, fh_id: str, now: datetime) -> Facts:
    home = chance.choice(["loc-1", "loc-2", "loc-9", ""])
    return some_facts(chance, Asof(now, "America/Denver"), fh_id)._replace(home_store_id=home)


class Shop:
    """Customers in a database, and the same ones as values."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.people: dict[str, Facts] = {}
        self.now = self.before = START
        self.runs: dict[str, list[object]] = {}

    async def open(self, number: int, chance: random.Random) -> None:
        self.people = {f"c{one:03d}": person(chance, f"c{one:03d}", self.now) for one in range(number)}
        await self.add(*list(self.people.values()))
        async with self.database.write() as tx:
            await segments.begin(tx, ACCOUNT, self.now)
            await segments.put(tx, ACCOUNT, OWN, now=self.now, made_by="U0THEO")
        await self.recount()

    async def add(self, *people: Facts) -> None:
        async with self.database.write() as tx:
            for facts in people:
                self.people[facts.fh_id] = facts
                await tx.connection.execute(customers.insert().values(**customer_row(ACCOUNT, facts)))
                await tx.connection.execute(profiles.insert().values(**profile_row(ACCOUNT, facts)))

    async def change(self, facts: Facts) -> None:
        self.people[facts.fh_id] = facts
        async with self.database.write() as tx:
            for table, row in ((customers, customer_row(ACCOUNT, facts)), (profiles, profile_row(ACCOUNT, facts))):
                mine = (table.c.account == ACCOUNT, table.c.fh_id == facts.fh_id)
                await tx.connection.execute(update(table).where(*mine).values(**row))

    async def vanish(self, fh_id: str) -> None:
        del self.people[fh_id]
        async with self.database.write() as tx:
            await tx.connection.execute(
                update(customers).where(customers.c.fh_id == fh_id).values(vanished_at=self.now)
            )

    async def refresh(self, changed: list[str]) -> None:
        async def step(tx: Tx) -> None:
            known = await segments.all_of(tx, ACCOUNT)
            times = {"before": self.before, "now": self.now}
            await refresh(tx, ACCOUNT, known, ZONES, **times, changed=changed, why=self._why, most=2)

        await self.database.aside.write(step)
        self.before = self.now

    def _why(self, segment: Segment, asof: Asof) -> Callable[[Facts | None], str]:
        return words_why(self.before, segment, asof)

    async def recount(self) -> None:
        so_far = Recount()
        async with self.database.write() as tx:
            known = await segments.all_of(tx, ACCOUNT)

        async def step(tx: Tx) -> Recount:
            return await recount(tx, ACCOUNT, known, ZONES, so_far, now=self.now, most=7)

        while not so_far.ended:
            so_far = await self.database.aside.write(step)
        async with self.database.write() as tx:
            await end_recount(tx, ACCOUNT, known, so_far, now=self.now)

    async def check(self) -> None:
        """The database says what the rule says of everybody, sizes are true, and the runs of each segment add up."""
        async with self.database.read() as tx:
            for kept in await segments.all_of(tx, ACCOUNT):
                ids = await segments.member_ids(tx, ACCOUNT, kept.segment)
                if kept.segment.bit is not None:
                    tree = kept.segment.tree
                    expected = {
                        fh_id
                        for fh_id, facts in self.people.items()
                        if holds(tree, facts, Asof(self.now, zone_of(facts)))
                    }
                    assert (kept.segment.key, set(ids)) == (kept.segment.key, expected)
                assert kept.size == len(ids)
                ran = await segments.runs_of(tx, ACCOUNT, kept.segment.key, since=START)
                assert all(one.adds_up for one in ran)
                if kept.segment.bit is not None:
                    assert together(ran).size == len(ids)
