"""Who is in which segment: kept true by small steps, on both databases, and every run adds up."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.rules.profiles import Profile
from bot.rules.segments.catalogue import Segment, archived, edited, made, paused, resumed, starters
from bot.rules.segments.facts import Facts
from bot.rules.segments.trees import Condition
from bot.rules.segments.trees import Operator as Op
from bot.store import Database, segments
from bot.store.customers import profile
from bot.store.segment_members import facts_of_row
from bot.store.segment_sql import WITH_PROFILES, customers, profiles
from tests.store.segment_shop import ACCOUNT, OWN, START, Shop, person
from tests.store.test_segment_sql import customer_row, profile_row


@pytest.fixture
async def shop(database: Database) -> Shop:
    opened = Shop(database)
    await opened.open(60, random.Random(4))  # noqa: S311
    return opened


@pytest.mark.parametrize("own", [OWN, archived(OWN)], ids=["of records", "of sales alone"])
async def test_small_steps_keep_everybody_where_the_rule_says(shop: Shop, own: Segment) -> None:
    """Hours and days pass, over the day of 25 hours; people buy, change, and vanish. A stranger is nobody's member."""
    chance = random.Random(11)  # noqa: S311
    async with shop.database.write() as tx:
        await segments.put(tx, ACCOUNT, own, now=shop.now)
        stranger = profile_row(ACCOUNT, Facts(fh_id="stranger", total_orders=9, total_spent_cents=900_00))
        await tx.connection.execute(profiles.insert(), [stranger])
    await shop.check()
    for _ in range(40):
        shop.now += timedelta(minutes=chance.choice([30, 60, 300, 1_440, 4_000]))
        changed = chance.sample(sorted(shop.people), chance.choice([0, 0, 1, 3]))
        for fh_id in changed:
            if chance.random() < 0.1:
                await shop.vanish(fh_id)
            else:
                await shop.change(person(chance, fh_id, shop.now))
        await shop.refresh([*changed, "stranger"])
        await shop.check()
    async with shop.database.read() as tx:
        before = [await segments.member_ids(tx, ACCOUNT, one.segment) for one in await segments.all_of(tx, ACCOUNT)]
    await shop.recount()
    await shop.check()
    async with shop.database.read() as tx:
        known = await segments.all_of(tx, ACCOUNT)
        assert [await segments.member_ids(tx, ACCOUNT, one.segment) for one in known] == before
        last = {
            one.segment.key: (await segments.runs_of(tx, ACCOUNT, one.segment.key, since=shop.now))[-1]
            for one in known
            if one.segment.bit is not None
        }
        assert all((one.entered, one.left) == (0, 0) for one in last.values()), "a full count finds nothing to mend"


async def test_movements_say_who_when_and_why(database: Database) -> None:
    shop = Shop(database)
    await shop.open(0, random.Random(1))  # noqa: S311
    lapsing = Facts(fh_id="jonah", last_order_at=START - timedelta(days=59), first_order_at=START, total_orders=3)
    await shop.add(lapsing)
    await shop.refresh(["jonah"])
    shop.now += timedelta(days=1)
    await shop.refresh([])
    shop.now += timedelta(days=1)
    await shop.change(lapsing._replace(last_order_at=shop.now - timedelta(days=1), total_orders=4))
    await shop.refresh(["jonah"])
    await shop.check()
    shop.now += timedelta(hours=1)
    await shop.vanish("jonah")
    await shop.refresh(["jonah"])
    async with database.read() as tx:
        lapsed = await segments.moves_of(tx, ACCOUNT, "lapsed_60", since=START)
        repeat = await segments.moves_of(tx, ACCOUNT, "more_than_once", since=START)
    assert [(one.entered, one.why) for one in lapsed] == [(True, "last order 60 days ago"), (False, "bought yesterday")]
    assert [(one.entered, one.why) for one in repeat] == [(True, "ordered 3 times"), (False, "no longer in Flowhub")]
    assert [one.at for one in lapsed] == [START + timedelta(days=1), START + timedelta(days=2)]


async def test_whoever_vanished_enters_nothing_at_midnight(shop: Shop) -> None:
    await shop.add(Facts(fh_id="jonah", last_order_at=START - timedelta(days=59), first_order_at=START, total_orders=3))
    await shop.refresh(["jonah"])
    await shop.vanish("jonah")
    await shop.refresh(["jonah"])
    shop.now += timedelta(days=2)
    await shop.refresh([])
    await shop.check()


async def test_after_a_long_rest_everybody_is_where_the_rule_says(shop: Shop) -> None:
    shop.now += timedelta(days=45, hours=5)
    await shop.refresh([])
    await shop.check()
    async with shop.database.read() as tx:
        assert len(await segments.moves_of(tx, ACCOUNT, "lapsed_60", since=START)) > 1


async def test_an_edited_segment_is_counted_anew_and_nobody_is_said_to_have_moved(shop: Shop) -> None:
    changed = edited(OWN, OWN.name, Condition("fh_isloyal", Op.IS, True), starters())
    async with shop.database.write() as tx:
        shop.now += timedelta(hours=1)
        await segments.put(tx, ACCOUNT, changed, now=shop.now)
        kept = {one.segment.key: one for one in await segments.all_of(tx, ACCOUNT)}
        assert kept["own"].counted_at is None
        assert kept["own"].made_by == "U0THEO"
    await shop.recount()
    await shop.check()
    async with shop.database.read() as tx:
        assert await segments.moves_of(tx, ACCOUNT, "own", since=START) == []


async def test_a_count_finds_whoever_never_bought_or_vanished_and_passes_over_strangers(shop: Shop) -> None:
    """A segment that asks of sales alone is counted by the profiles, which these have none of, or one that counts no more."""
    shop.now += timedelta(hours=1)
    never = Facts(fh_id="never", is_loyal=True)
    loyal = edited(OWN, OWN.name, Condition("fh_isloyal", Op.IS, True), starters())
    async with shop.database.write() as tx:
        await tx.connection.execute(customers.insert(), [customer_row(ACCOUNT, never)])
        await tx.connection.execute(profiles.insert(), [profile_row(ACCOUNT, Facts(fh_id="stranger", total_orders=9))])
        await segments.put(tx, ACCOUNT, loyal, now=shop.now)
    shop.people["never"] = never
    await shop.recount()
    await shop.check()
    often = Condition("fh_total_orders", Op.MORE_THAN, 1)
    async with shop.database.write() as tx:
        assert "never" in await segments.member_ids(tx, ACCOUNT, loyal)
        assert await profile(tx, ACCOUNT, "never") == Profile(), "a member has a profile, of nothing"
        gone = (await segments.member_ids(tx, ACCOUNT, starters()[2]))[0]
        await segments.put(tx, ACCOUNT, edited(OWN, OWN.name, often, starters()), now=shop.now)
    await shop.vanish(gone)
    await shop.recount()
    await shop.check()


async def test_segments_of_sales_and_others_can_be_counted_at_once(shop: Shop) -> None:
    """Each is a question of its own, and what one finds of somebody is kept beside what the other does."""
    shop.now += timedelta(hours=1)
    often, loyal = Condition("fh_total_orders", Op.MORE_THAN, 0), Condition("fh_isloyal", Op.IS, True)
    async with shop.database.write() as tx:
        for segment, tree in ((OWN, loyal), (starters()[2], often)):
            await segments.put(tx, ACCOUNT, edited(segment, segment.name, tree, starters()), now=shop.now)
    await shop.recount()
    await shop.check()


async def test_a_paused_segment_keeps_its_members_and_is_counted_when_it_goes_on(shop: Shop) -> None:
    async with shop.database.write() as tx:
        await segments.put(tx, ACCOUNT, paused(OWN), now=shop.now)
        before = await segments.member_ids(tx, ACCOUNT, OWN)
    shop.now += timedelta(days=3)
    chance = random.Random(5)  # noqa: S311
    for fh_id in list(shop.people)[:20]:
        await shop.change(person(chance, fh_id, shop.now))
    await shop.refresh(list(shop.people)[:20])
    async with shop.database.write() as tx:
        assert await segments.member_ids(tx, ACCOUNT, OWN) == before != []
        await segments.put(tx, ACCOUNT, resumed(paused(OWN)), now=shop.now)
    await shop.recount()
    await shop.check()


async def test_who_gets_the_bit_of_an_archived_segment_begins_with_nobody(shop: Shop) -> None:
    async with shop.database.write() as tx:
        assert await segments.member_ids(tx, ACCOUNT, OWN) != []
        await segments.put(tx, ACCOUNT, archived(OWN), now=shop.now)
        heir = made("heir", "Nobody", Condition("fh_id", Op.IS_ONE_OF, ("nobody",)), [*starters(), archived(OWN)])
        assert heir.bit == OWN.bit
        await segments.put(tx, ACCOUNT, heir, now=shop.now)
        assert await segments.member_ids(tx, ACCOUNT, heir) == []
        assert {one.segment.key: one.size for one in await segments.all_of(tx, ACCOUNT)}["own"] == 0
    await shop.recount()
    await shop.check()


async def test_the_starters_are_there_once_and_an_account_that_archived_them_gets_none_back(database: Database) -> None:
    async with database.write() as tx:
        await segments.begin(tx, ACCOUNT, START)
        await segments.begin(tx, ACCOUNT, START)
        assert [one.segment.key for one in await segments.all_of(tx, ACCOUNT)] == [
            "new_30", "lapsed_60", "more_than_once", "spent_100",
        ]  # fmt: skip
        for segment in starters():
            await segments.put(tx, ACCOUNT, archived(segment), now=START)
        await segments.begin(tx, ACCOUNT, START)
        assert all(one.segment.bit is None for one in await segments.all_of(tx, ACCOUNT))
        assert await segments.all_of(tx, "another") == []


async def test_facts_come_out_of_rows_as_they_went_in(shop: Shop) -> None:
    async with shop.database.read() as tx:
        query = select(customers, *(one for one in profiles.c if one.name not in ("account", "fh_id"))).select_from(
            WITH_PROFILES
        )
        found = {row["fh_id"]: facts_of_row(row) for row in (await tx.connection.execute(query)).mappings()}
    assert found == shop.people
    assert replace(OWN) == OWN
