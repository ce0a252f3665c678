"""A shop floor, its evaluations, and what they should have come to: told by the rule, of each customer."""

from datetime import UTC, datetime

from sqlalchemy import select

from bot.rules.segments.days import Asof
from bot.rules.segments.facts import Facts
from bot.rules.segments.holding import holds
from bot.rules.segments.moving import together
from bot.segments.places import zones_of
from bot.segments.turns import Evaluations
from bot.store import segments
from bot.store.segment_figures import figures_of
from bot.store.segment_marks import some_changed
from bot.store.segment_members import facts_of_row
from bot.store.segment_sql import WITH_PROFILES, customers, profiles
from bot.store.segments import Kept, Moved
from tests.customers.shop_floor import ACCOUNT, ShopFloor

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class Counted:
    def __init__(self, floor: ShopFloor) -> None:
        self.floor, self.desk = floor, floor.desk
        self.evaluations = Evaluations(floor.desk)

    def at(self, moment: datetime) -> None:
        self.desk.now = lambda: moment

    async def segments(self) -> dict[str, Kept]:
        async with self.desk.database.read() as tx:
            return {one.segment.key: one for one in await segments.all_of(tx, ACCOUNT)}

    async def sizes(self) -> dict[str, int]:
        return {key: one.size for key, one in (await self.segments()).items()}

    async def moves(self, after: int = 0) -> list[Moved]:
        async with self.desk.database.read() as tx:
            return await segments.moves_after(tx, ACCOUNT, after, most=100_000)

    async def facts(self) -> list[Facts]:
        """Of everybody who is there."""
        own = [column for column in profiles.c if column.name in Facts._fields and column.name != "fh_id"]
        async with self.desk.database.read() as tx:
            rows = (await tx.connection.execute(select(customers, *own).select_from(WITH_PROFILES))).mappings()
            return [facts_of_row(row) for row in rows if row["vanished_at"] is None]

    async def expect_true(self) -> None:
        """Members are those of whom the rule says so, in the zone of their home store; runs add up, one begins where the last
        one ended; figures are those of the members; nobody waits to be looked at."""
        zones = zones_of(self.desk, ACCOUNT)
        home = {store_id: zone.name for zone in zones for store_id in zone.store_ids}
        everybody = await self.facts()
        async with self.desk.database.read() as tx:
            assert await some_changed(tx, ACCOUNT, 10) == []
            figures = await figures_of(tx, ACCOUNT)
            for kept in await segments.all_of(tx, ACCOUNT):
                key = kept.segment.key
                ids = await segments.member_ids(tx, ACCOUNT, kept.segment)
                if kept.counted_at is not None and kept.segment.bit is not None:
                    there = [
                        one
                        for one in everybody
                        if holds(
                            kept.segment.tree, one, Asof(kept.counted_at, home.get(one.home_store_id, zones[0].name))
                        )
                    ]
                    assert (key, ids) == (key, sorted(one.fh_id for one in there))
                    spent = sum(one.total_spent_cents for one in there)
                    assert not ids or (figures[key].size, figures[key].spent_cents) == (len(ids), spent)
                assert (key, kept.size) == (key, len(ids))
                ran = await segments.runs_of(tx, ACCOUNT, key, since=LONG_AGO)
                assert all(one.adds_up for one in ran)
                assert kept.segment.bit is None or together(ran).size == kept.size
