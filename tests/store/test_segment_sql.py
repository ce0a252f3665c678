"""Both databases and the rule say the same of every customer, whatever a segment asks."""

import json
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.rules.segments.days import Asof
from bot.rules.segments.facts import Facts
from bot.rules.segments.holding import holds
from bot.rules.segments.time_alone import crossings
from bot.rules.segments.trees import AllOf, AnyOf, Condition, Not, Tree
from bot.rules.segments.trees import Operator as Op
from bot.store import Database
from bot.store.segment_sql import WITH_PROFILES, customers, members, profiles, within
from tests.rules.segments.generated import CONDITIONS, NAMES, TREES, some_facts

ACCOUNT = "green mesa"
PEOPLE = 150
TREES_AT_ONCE = 40
ROUNDS = 25
"""An example is a tree and a customer. 40 trees × 25 rounds × 151 customers are 151,000 on each database, of 1,000 trees; a
round trip answers 6,000 of them."""
MOMENTS = [
    Asof(datetime(2026, 11, 21, 19, 0, tzinfo=UTC), "America/Denver"),
    Asof(datetime(2026, 3, 9, 3, 59, 59, tzinfo=UTC), "America/New_York"),
    Asof(datetime(2026, 11, 2, 7, 0, tzinfo=UTC), "America/Denver"),
]


def population(asof: Asof) -> dict[str, Facts]:
    chance = random.Random(f"{asof.now} {asof.zone}")  # noqa: S311
    generated = {f"c{number:03d}": some_facts(chance, asof, f"c{number:03d}") for number in range(PEOPLE)}
    never_bought = Facts(fh_id="never", city="Denver", groups=("VIP",), points=3)
    return generated | {"never": never_bought}


def customer_row(account: str, facts: Facts) -> dict[str, Any]:
    return {
        "account": account, "fh_id": facts.fh_id, "print": b"", "customer_type": "", "is_loyal": facts.is_loyal,
        "points": facts.points, "city": facts.city, "state": facts.state, "postal_code": facts.postal_code,
        "country": "US", "latitude": facts.latitude, "longitude": facts.longitude,
        "consents_email": facts.consents_email, "consents_sms": facts.consents_sms,
        "groups": json.dumps(facts.groups, ensure_ascii=False), "sealed": b"",
        "email_print": b"e" if facts.has_email else None, "mobile_print": b"m" if facts.has_mobile else None,
    }  # fmt: skip


def profile_row(account: str, facts: Facts) -> dict[str, Any]:
    own = {name: getattr(facts, name) for name in profiles.c.keys() if name in Facts._fields}  # noqa: SIM118
    lists = {name: json.dumps(own[name], ensure_ascii=False) for name in ("products", "categories")}
    return own | lists | {"account": account}


async def put(database: Database, account: str, people: dict[str, Facts]) -> None:
    async with database.write() as tx:
        await tx.connection.execute(customers.insert(), [customer_row(account, one) for one in people.values()])
        await tx.connection.execute(
            profiles.insert(), [profile_row(account, one) for one in people.values() if one.fh_id != "never"]
        )


@pytest.fixture
async def asked(database: Database) -> Any:
    """A function that asks the database for the ids for which each of several trees holds."""
    for number, asof in enumerate(MOMENTS):
        await put(database, f"{ACCOUNT} {number}", population(asof))

    async def ask(number: int, trees: list[Tree], asof: Asof) -> list[set[str]]:
        columns = [
            members(tree, asof, is_sqlite=database.is_sqlite).label(f"t{place}") for place, tree in enumerate(trees)
        ]
        query = (
            select(customers.c.fh_id, *columns)
            .select_from(WITH_PROFILES)
            .where(customers.c.account == f"{ACCOUNT} {number}")
        )
        async with database.read() as tx:
            rows = (await tx.connection.execute(query)).all()
        assert all(value in (True, False) for row in rows for value in row[1:]), "NULL is no answer"
        return [{row[0] for row in rows if row[place]} for place in range(1, len(trees) + 1)]

    return ask


@settings(
    max_examples=ROUNDS,
    deadline=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
@given(
    number=st.integers(0, len(MOMENTS) - 1),
    trees=st.lists(TREES | CONDITIONS, min_size=TREES_AT_ONCE, max_size=TREES_AT_ONCE),
)
async def test_both_databases_agree_with_the_rule(asked: Any, number: int, trees: list[Tree]) -> None:
    asof = MOMENTS[number]
    people = population(asof)
    found = await asked(number, trees, asof)
    for tree, ids in zip(trees, found, strict=True):
        assert (tree, ids) == (tree, {fh_id for fh_id, facts in people.items() if holds(tree, facts, asof)})


async def test_nothing_that_is_typed_has_a_meaning_of_its_own(asked: Any) -> None:
    trees: list[Tree] = [
        Condition(field, operator, value)
        for name in [*NAMES, "' OR 1=1 --", ":x", "%s", "\\\\", "{0}"]
        for field, operator, value in (
            ("city", Op.CONTAINS, name),
            ("city", Op.STARTS_WITH, name),
            ("city", Op.IS_ONE_OF, (name,)),
            ("fh_products", Op.INCLUDE_ANY, (name,)),
            ("fh_products", Op.ANY_CONTAINS, name),
        )
    ]
    people = population(MOMENTS[0])
    for tree, ids in zip(trees, await asked(0, trees, MOMENTS[0]), strict=True):
        assert (tree, ids) == (tree, {fh_id for fh_id, one in people.items() if holds(tree, one, MOMENTS[0])})


async def test_whoever_never_bought_has_an_id(asked: Any) -> None:
    assert await asked(0, [Condition("fh_id", Op.STARTS_WITH, "nev")], MOMENTS[0]) == [{"never"}]


async def test_groups_of_nothing_are_everybody_and_nobody(asked: Any) -> None:
    everybody, nobody, again = await asked(0, [AllOf(()), AnyOf(()), Not(AnyOf(()))], MOMENTS[0])
    assert everybody == again == set(population(MOMENTS[0]))
    assert nobody == set()


async def test_those_whom_time_moved_are_found_without_reading_the_others(database: Database, asked: Any) -> None:
    before, after = MOMENTS[0], MOMENTS[0].later(1)
    lapsed = Condition("fh_last_orderdate", Op.NOT_IN_PAST_DAYS, 60)
    was, is_now = (await asked(0, [lapsed], before))[0], (await asked(0, [lapsed], after))[0]
    (crossing,) = crossings(lapsed, before, after)
    async with database.read() as tx:
        query = select(profiles.c.fh_id).where(
            profiles.c.account == f"{ACCOUNT} 0", within(crossing.field, crossing.span)
        )
        assert set((await tx.connection.execute(query)).scalars()) == is_now - was != set()


async def test_the_boundary_is_a_microsecond_wide_on_both_databases(database: Database) -> None:
    asof = MOMENTS[0]
    midnight = asof.start(date(2026, 9, 23))
    people = {
        name: Facts(fh_id=name, last_order_at=at, total_orders=1)
        for name, at in {"in": midnight, "out": midnight - timedelta(microseconds=1)}.items()
    }
    await put(database, "edge", people)
    tree = Condition("fh_last_orderdate", Op.NOT_IN_PAST_DAYS, 60)
    query = (
        select(customers.c.fh_id)
        .select_from(WITH_PROFILES)
        .where(customers.c.account == "edge", members(tree, asof, is_sqlite=database.is_sqlite))
    )
    async with database.read() as tx:
        assert (await tx.connection.execute(query)).scalars().all() == ["out"]
