"""Who a segment would have, before it is saved: today as the rule says, and over the past from sales."""

from datetime import timedelta

import pytest

from bot.rules.segments.catalogue import LAPSED, REPEAT, STARTERS
from bot.rules.segments.days import Asof
from bot.rules.segments.facts import reachable_by_email, reachable_by_sms
from bot.rules.segments.holding import holds
from bot.rules.segments.trees import AllOf, Condition, Not
from bot.rules.segments.trees import Operator as Op
from bot.segments import previewing
from bot.segments.places import zones_of
from bot.segments.previewing import preview
from tests.customers.shop_floor import ACCOUNT
from tests.segments.counted import Counted

TREES = [
    *(one.tree for one in STARTERS),
    AllOf((Condition("consents_sms", Op.IS, True), Not(Condition("fh_points", Op.LESS_THAN, 10)))),
    Condition("fh_products", Op.ANY_CONTAINS, "gummies"),
]


async def test_today_it_is_what_the_rule_says_of_everybody(counted: Counted) -> None:
    await counted.floor.run()
    everybody = await counted.facts()
    zone = zones_of(counted.desk, ACCOUNT)[0].name
    sizes = await counted.sizes()
    for tree in TREES:
        found = await preview(counted.desk, ACCOUNT, tree)
        there = [one for one in everybody if holds(tree, one, Asof(counted.desk.now(), zone))]
        assert (found.size, found.spent_cents) == (len(there), sum(one.total_spent_cents for one in there))
        assert found.by_sms == sum(map(reachable_by_sms, there))
        assert found.by_email == sum(map(reachable_by_email, there))
        assert found.sizes[-1] == found.size  # worked out from sales, one by one
        assert len(found.sizes) == 11
        assert found.estimated_from == 0
        assert len(found.sample) == min(5, len(there))
        if tree in [one.tree for one in STARTERS]:
            name = next(one.name for one in STARTERS if one.tree == tree)
            assert (name, found.size) in found.overlaps or not found.size
    ended = await preview(counted.desk, ACCOUNT, STARTERS[2].tree, key=REPEAT)
    assert STARTERS[2].name not in dict(ended.overlaps)
    assert sizes[LAPSED] == (await preview(counted.desk, ACCOUNT, STARTERS[0].tree)).size


async def test_over_the_past_it_is_what_it_would_have_been_then(sqlite_counted: Counted) -> None:
    """In nobody's book is a first order that was not yet made."""
    counted = sqlite_counted
    await counted.floor.run()
    found = await preview(counted.desk, ACCOUNT, Condition("first_order_date", Op.IS_KNOWN, True))
    then = counted.desk.now() - timedelta(days=90)
    bought = [one for one in await counted.facts() if one.first_order_at is not None]
    since = {fh_id: created for fh_id, (created,) in (await counted.floor.rows("customers", "created_at")).items()}
    assert list(found.sizes) == sorted(found.sizes)
    assert found.sizes[0] == sum(
        one.first_order_at is not None and one.first_order_at <= then and str(since[one.fh_id]) <= str(then)[:26]
        for one in bought
    )


async def test_of_many_customers_some_tell_how_it_goes(
    sqlite_counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sqlite_counted.floor.run()
    monkeypatch.setattr(previewing, "SAMPLE", 30)
    found = await preview(sqlite_counted.desk, ACCOUNT, Condition("fh_total_orders", Op.AT_LEAST, 1))
    assert found.estimated_from == 30
    assert found.sizes[-1] in range(round(found.size * 0.7), round(found.size * 1.3) + 1)
