"""What a digest counts is what the till's own books say, on both databases."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot.rules.digests import LAPSED_AFTER, flow_trees
from bot.rules.segments.days import Asof
from bot.sandbox.flowhub.sale_rows import sale_row
from bot.sandbox.shop import Sale
from bot.segments.places import ids_of
from bot.store.digest_figures import Counted, count
from tests.customers.shop_floor import ACCOUNT, ShopFloor

DENVER = ZoneInfo("America/Denver")


async def counted(floor: ShopFloor, month: list[date]) -> Counted:
    store = floor.desk.stores["downtown"]
    beside = floor.desk.database.aside
    return await beside.read(
        lambda tx: count(
            tx,
            ACCOUNT,
            ids_of(store),
            month=month,
            told=month,
            trees=flow_trees(len(month)),
            asof=Asof(datetime.now(UTC), "America/Denver"),
            most_named=3,
        )
    )


def day_of(sale: Sale) -> date:
    assert sale.completed_at is not None
    return sale.completed_at.astimezone(DENVER).date()


def cents(floor: ShopFloor, sale: Sale) -> int:
    totals = {name.lower(): value for name, value in sale_row(floor.pos, sale)["totals"].items()}
    return round(float(totals["finaltotal"]) * 100)


async def test_sales_by_day_and_who_came_back_are_those_of_the_books(floor: ShopFloor) -> None:
    today = datetime.now(DENVER).date()
    month = [today - timedelta(days=back) for back in range(30, 0, -1)]
    lapsed = floor.a_sale().customer
    assert lapsed is not None
    mine = [sale for sale in floor.sales if sale.customer is lapsed]
    downtown = floor.sandbox.shop.store("downtown")
    old, back = mine[0], mine[-1]
    floor.pos.books.sales[:] = [sale for sale in floor.sales if sale.customer is not lapsed or sale in (old, back)]
    for sale, ago in ((old, 70), (back, 2)):
        sale.store, sale.voided, sale.order_type = downtown, False, "Order-Ahead"
        sale.created_at = datetime.now(UTC) - timedelta(days=ago)
        sale.completed_at = sale.created_at + timedelta(minutes=5)
    floor.pos.books.sales.sort(key=lambda sale: sale.created_at)
    await floor.run()
    found = await counted(floor, month)
    bought = [sale for sale in floor.sales if sale.completed_at and not sale.voided and not sale.original_sale_id]
    here = [sale for sale in bought if sale.store is downtown and day_of(sale) in month]
    assert {day: one.sales for day, one in found.days.items()} == Counter(map(day_of, here))
    assert sum(one.cents for one in found.days.values()) == sum(cents(floor, sale) for sale in here)
    ahead = [sale for sale in here if sale.order_type != "in-store"]
    assert sum(one.ahead for one in found.days.values()) == len(ahead)
    assert sum(one.ahead_cents for one in found.days.values()) == sum(cents(floor, sale) for sale in ahead)
    assert found.won_back == await won_back(floor, bought, month) >= 1
    assert len(found.about_to_lapse) == min(3, found.flow["about_to_lapse"])


async def won_back(floor: ShopFloor, bought: list[Sale], month: list[date]) -> int:
    """Those at home here who bought on a day on which their last order was so long ago; once for each such day."""
    homes = await floor.rows("profiles", "home_store_id")
    here = {fh_id for fh_id, (home,) in homes.items() if home in ids_of(floor.desk.stores["downtown"])}
    number = 0
    for fh_id in here:
        days = sorted({day_of(sale) for sale in bought if sale.customer and sale.customer.customer_id == fh_id})
        pairs = pairwise(days)
        number += sum((later - earlier).days >= LAPSED_AFTER and later in month for earlier, later in pairs)
    return number
