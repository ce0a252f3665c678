"""/v1/orders as a reader meets it."""

import pytest

from .running import GUMMIES, SHOP, flowhub_running

DOWNTOWN = f"/v1/orders/findByLocationId/{SHOP.store('downtown').import_id}"
MONTHS = {"created_after": "2026-07-01", "created_before": "2026-11-20"}


async def test_a_sale_row_has_dollars_taxes_in_pennies_and_a_total_that_adds_up() -> None:
    async with flowhub_running() as flowhub:
        order_id = await flowhub.new_order(fees=[{"name": "Bag fee", "amount": 10}])
        flowhub.stand_in.operator.sell(order_id, by="Imani Cole", discount_cents=400)
        row = (await flowhub.sales())["orders"][-1]
        # 44.00 less 4.00, 15 % and 3.5 % of 40.00, and a bag for ten cents.
        assert row["totals"] == {
            "finalTotal": 47.5,
            "subTotal": 44.0,
            "totalDiscounts": 4.0,
            "totalFees": 0.1,
            "totalTaxes": 7.4,
        }
        line = row["itemsInCart"][0]
        assert (line["unitPrice"], line["totalPrice"], line["totalDiscounts"]) == (22.0, 44.0, 4.0)
        assert [tax["thisTaxInPennies"] for tax in line["tax"]] == [600, 140]
        assert (row["orderStatus"], row["orderType"], row["budtender"]) == ("sold", "pickup", "Imani Cole")
        assert (row["createdAt"], row["completedOn"]) == ("2026-11-20T19:00:00.000Z", "2026-11-20T19:00:00.000Z")
        assert (row["customerType"], row["integratorId"], row["voided"]) == ("recCustomer", "", False)


async def test_medical_sales_bear_less_tax() -> None:
    async with flowhub_running() as flowhub:
        flowhub.stand_in.operator.walk_in_sale("downtown", [("RSO Syringe", 1)], shopper="tessa")
        row = (await flowhub.sales())["orders"][-1]
        assert (row["customerType"], row["totals"]["totalTaxes"]) == ("medCustomer", 1.4)


async def test_cents_pascal_case_and_underscored_ids_by_switch() -> None:
    switches = {"orders_in_cents": True, "totals_in_pascal_case": True, "underscore_ids": True}
    async with flowhub_running(**switches) as flowhub:
        flowhub.stand_in.operator.sell(await flowhub.new_order())
        row = (await flowhub.sales())["orders"][-1]
        assert row["totals"]["SubTotal"] == 4400
        assert "id" not in row
        assert row["itemsInCart"][0]["_id"]


async def test_the_order_ahead_id_is_on_the_sale_only_by_switch() -> None:
    async with flowhub_running() as flowhub:
        order_id = await flowhub.new_order()
        flowhub.stand_in.operator.sell(order_id)
        row = (await flowhub.sales())["orders"][-1]
        assert order_id not in (row["id"], row["orderId"])
        flowhub.switches.sale_keeps_order_id = True
        order_id = await flowhub.new_order()
        flowhub.stand_in.operator.sell(order_id)
        row = (await flowhub.sales())["orders"][-1]
        assert (row["orderId"], row["id"] != order_id) == (order_id, True)


@pytest.mark.parametrize(
    ("switches", "ours", "theirs"),
    [
        ({"integrator_id": "partner"}, "Order Ahead", "Budfinder"),
        ({"integrator_id": "client_id"}, SHOP.store("downtown").order_ahead_client_id, "Budfinder"),
        ({}, "", ""),
    ],
)
async def test_a_sale_may_name_the_partner(switches: dict[str, str], ours: str, theirs: str) -> None:
    async with flowhub_running(**switches) as flowhub:
        operator = flowhub.stand_in.operator
        operator.sell(await flowhub.new_order())
        operator.sell(operator.foreign_order("downtown", "walt", [("Ginger Mints", 1)], partner="Budfinder").order_id)
        rows = (await flowhub.sales())["orders"]
        assert [row["integratorId"] for row in rows[-2:]] == [ours, theirs]


async def test_open_orders_are_shown_only_by_switch_and_have_no_payment() -> None:
    async with flowhub_running() as flowhub:
        before = (await flowhub.sales())["total"]
        foreign = flowhub.stand_in.operator.foreign_order("downtown", "walt", [("Ginger Mints", 2)])
        mine = await flowhub.new_order()
        assert (await flowhub.sales())["total"] == before
        flowhub.switches.open_orders_visible = True
        flowhub.switches.order_ahead_sale_type = "order-ahead"
        rows = (await flowhub.sales())["orders"][-2:]
        assert [row["orderStatus"] for row in rows] == ["pending", "pending"]
        assert [row["orderType"] for row in rows] == ["order-ahead", "order-ahead"]
        assert rows[0] | {"completedOn": None, "payments": []} == rows[0]
        flowhub.stand_in.operator.delete(foreign.order_id)
        assert (await flowhub.sales())["orders"][-2]["orderStatus"] == "cancelled"
        # Sold, the same row is a sale.
        flowhub.switches.open_order_status = "own"
        assert (await flowhub.sales())["orders"][-1]["orderStatus"] == "new"
        flowhub.stand_in.operator.sell(mine)
        sold = {row["id"]: row["orderStatus"] for row in (await flowhub.sales())["orders"]}
        assert sold[rows[1]["id"]] == "sold"


async def test_a_sale_may_take_a_while_to_show() -> None:
    async with flowhub_running(sale_visible_after_seconds=90) as flowhub:
        before = (await flowhub.sales())["total"]
        flowhub.stand_in.operator.sell(await flowhub.new_order())
        assert (await flowhub.sales())["total"] == before
        flowhub.clock.pass_by(seconds=90)
        assert (await flowhub.sales())["total"] == before + 1


async def test_a_void_changes_the_old_row_and_gives_the_goods_back() -> None:
    async with flowhub_running() as flowhub:
        sale = flowhub.stand_in.operator.sell(await flowhub.new_order())
        flowhub.clock.pass_by(hours=30)
        flowhub.stand_in.operator.void(sale.sale_id)
        rows = (await flowhub.sales(created_after="2026-11-20", created_before="2026-11-20"))["orders"]
        assert (rows[-1]["orderStatus"], rows[-1]["voided"]) == ("sold", True)
        assert flowhub.stand_in.pos.stock[GUMMIES.product_id] == GUMMIES.quantity


async def test_by_switch_a_void_moves_the_row_to_another_day() -> None:
    async with flowhub_running(void_changes_created_at=True) as flowhub:
        sale = flowhub.stand_in.operator.sell(await flowhub.new_order())
        flowhub.clock.pass_by(hours=24)
        flowhub.stand_in.operator.void(sale.sale_id)
        assert [row["id"] for row in (await flowhub.sales())["orders"]] == [sale.sale_id]


@pytest.mark.parametrize(("negative", "total"), [(True, -44.0), (False, 44.0)])
async def test_a_refund_is_a_row_that_points_at_the_first_sale(negative: bool, total: float) -> None:
    async with flowhub_running(refunds_are_negative=negative) as flowhub:
        sale = flowhub.stand_in.operator.sell(await flowhub.new_order())
        flowhub.clock.pass_by(minutes=5)
        flowhub.stand_in.operator.refund(sale.sale_id)
        row = (await flowhub.sales())["orders"][-1]
        assert (row["originalSaleId"], row["totals"]["subTotal"]) == (sale.sale_id, total)


async def test_the_budtender_may_be_missing() -> None:
    async with flowhub_running(budtender_given=False) as flowhub:
        flowhub.stand_in.operator.sell(await flowhub.new_order())
        assert "budtenderId" not in (await flowhub.sales())["orders"][-1]


# Asking --------------------------------------------------------------------------------------------------------------


async def test_a_timestamp_for_a_date_is_a_404_that_says_the_format() -> None:
    async with flowhub_running() as flowhub:
        response = await flowhub.read(DOWNTOWN, created_after="2026-11-20T00:00:00Z")
        assert response.status_code == 404
        assert response.text.endswith("must be in format yyyy-mm-dd")


async def test_pages_begin_at_one_and_together_hold_every_row_once() -> None:
    async with flowhub_running() as flowhub:
        total = (await flowhub.sales(**MONTHS, page_size=1))["total"]
        assert total > 400
        seen: list[str] = []
        for page in range(1, total // 150 + 2):
            seen += [row["id"] for row in (await flowhub.sales(**MONTHS, page=page, page_size=150))["orders"]]
        assert len(seen) == len(set(seen)) == total
        assert (await flowhub.sales(**MONTHS, page=99))["orders"] == []
        assert (await flowhub.read(DOWNTOWN, page=0)).status_code == 422


async def test_rows_come_in_the_order_that_is_asked_for() -> None:
    async with flowhub_running() as flowhub:
        times = [row["createdAt"] for row in (await flowhub.sales(**MONTHS, order_by="desc"))["orders"]]
        assert times == sorted(times, reverse=True)
        flowhub.switches.order_by_completion = True
        times = [row["completedOn"] for row in (await flowhub.sales(**MONTHS, order_by="asc"))["orders"]]
        assert times == sorted(times)
        assert (await flowhub.read(DOWNTOWN, order_by="upwards")).status_code == 422


@pytest.mark.parametrize(
    ("page_size", "after", "status"),
    [(2001, "2026-11-01", 500), (2001, "2026-11-14", 200), (2000, "2026-07-01", 200)],
)
async def test_big_pages_over_long_ranges_break(page_size: int, after: str, status: int) -> None:
    async with flowhub_running() as flowhub:
        asked: dict[str, str | int] = {"created_after": after, "created_before": "2026-11-20", "page_size": page_size}
        assert (await flowhub.read(DOWNTOWN, **asked)).status_code == status
        flowhub.switches.big_pages_fail = False
        assert (await flowhub.read(DOWNTOWN, **asked)).status_code == 200


async def test_both_date_bounds_are_inclusive_days_of_the_shop_or_of_utc() -> None:
    async with flowhub_running() as flowhub:
        flowhub.clock.pass_by(hours=-9)
        # 03:00 on the 20th in UTC, 20:00 on the 19th in Denver.
        flowhub.clock.pass_by(hours=-7)
        sale = flowhub.stand_in.operator.walk_in_sale("downtown", [("Yuzu Seltzer", 1)])

        async def found(day: str) -> bool:
            rows = (await flowhub.sales(created_after=day, created_before=day))["orders"]
            return sale.sale_id in [row["id"] for row in rows]

        assert (await found("2026-11-19"), await found("2026-11-20")) == (True, False)
        flowhub.switches.date_bounds_in_utc = True
        assert (await found("2026-11-19"), await found("2026-11-20")) == (False, True)


async def test_sales_are_asked_for_by_import_id() -> None:
    uptown = SHOP.store("uptown")
    async with flowhub_running() as flowhub:
        path = "/v1/orders/findByLocationId/"
        assert (await flowhub.read(path + uptown.import_id)).json()["total"] > 0
        assert (await flowhub.read(path + uptown.location_id)).status_code == 404
        flowhub.switches.unknown_location_is_empty = True
        assert (await flowhub.read(path + uptown.location_id)).json() == {"total": 0, "orders": []}


async def test_sales_of_a_customer_by_id_and_by_phone() -> None:
    async with flowhub_running() as flowhub:
        customer = (await flowhub.read("/v1/customers/findByPhoneNumber", phone_number="3035550101")).json()["data"]
        by_id = (await flowhub.read(f"/v1/orders/findByCustomerId/{customer['id']}")).json()
        by_phone = (await flowhub.read("/v1/orders/findByPhoneNumber/", phone_number="3035550101")).json()
        assert by_id == by_phone
        assert by_id["total"] > 3
        assert {row["fullName"] for row in by_id["orders"]} == {"Maya Alvarez"}


async def test_the_past_is_the_same_on_every_start() -> None:
    async with flowhub_running() as flowhub, flowhub_running() as again:
        assert await flowhub.sales(**MONTHS) == await again.sales(**MONTHS)


async def test_the_past_is_a_few_months_long() -> None:
    async with flowhub_running() as flowhub:
        books = flowhub.stand_in.pos.books
        assert 1800 <= len(books.sales) <= 2400
        assert 300 <= len(books.customers) <= 400
        assert (flowhub.clock() - books.sales[0].created_at).days in range(110, 121)
        assert all(sale.completed_at and sale.completed_at <= flowhub.clock() for sale in books.sales)


async def test_reads_need_the_keys() -> None:
    async with flowhub_running() as flowhub:
        response = await flowhub.http.get(flowhub.url + DOWNTOWN, headers={"clientId": SHOP.client_id, "key": "no"})
        assert response.json() == {"error": ["Unauthorized"], "message": "Invalid key", "status": 401}


async def test_pages_have_a_default_and_a_largest_size() -> None:
    async with flowhub_running(default_page_size=7, max_page_size=9) as flowhub:
        assert len((await flowhub.read(DOWNTOWN)).json()["orders"]) == 7
        assert len((await flowhub.read(DOWNTOWN, page_size=50)).json()["orders"]) == 9
