"""Order Ahead as an integrator meets it: creating, reading, changing."""

from typing import Any

import pytest

from .running import ADDRESS, GUMMIES, ORDER, SHATTER, SHOP, flowhub_running

MEDICAL = {"firstName": "Tessa", "medRecOrBoth": "med", "medId": "CO-1", "medExp": "2031-05-31"}


# Creating ------------------------------------------------------------------------------------------------------------


async def test_a_created_order_is_new_and_answers_with_three_fields() -> None:
    async with flowhub_running() as flowhub:
        response = await flowhub.create()
        assert response.status_code == 200
        answer = response.json()
        assert answer == {"customerExternalId": "shopper-1", "orderId": answer["orderId"], "status": "new"}
        assert (await flowhub.status(answer["orderId"])).json() == answer


async def test_a_repeated_create_makes_a_second_order() -> None:
    async with flowhub_running() as flowhub:
        first, second = await flowhub.new_order(), await flowhub.new_order()
        assert first != second
        assert flowhub.stand_in.created_count == 2


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"without": "externalCreatedAt"}, "externalCreatedAt is required"),
        ({"without": "customer"}, "customer is required"),
        ({"without": "orderItems"}, "orderItems is required"),
        ({"orderItems": []}, "orderItems must be a non-empty array"),
        ({"externalCreatedAt": "2026-11-20"}, "externalCreatedAt must be a date-time"),
        ({"externalCreatedAt": "2026-11-20T18:04:11"}, "externalCreatedAt must be a date-time"),
        ({"orderType": "drive-thru"}, "orderType must be one of delivery, pickup, kiosk"),
        ({"customer": {"phone": "(303) 555-0101"}}, "customer.phone must be in E.164 format"),
        ({"customer": {"firstName": "Maya"}}, "customer.phone or customer.medId is required"),
        ({"customer": MEDICAL | {"medExp": None}}, "customer.medExp is required with customer.medId"),
        (
            {"customer": {"phone": "+13035550101", "medRecOrBoth": "med"}},
            "customer.medId is required for a medical customer",
        ),
        ({"customer": {"phone": "+13035550101", "birthDate": "5/5/1990"}}, "customer.birthDate must be a date"),
        ({"loyaltyPointsInPennies": 500}, "customerId is required to redeem loyaltyPointsInPennies"),
        ({"address": {"street1": "2210 Marion Street", "city": "Denver", "zip": "80205"}}, "address.state is required"),
        ({"postbackUrl": "bot.example.com"}, "postbackUrl must be a URL"),
        ({"fees": [{"name": "Bag", "amount": "10"}]}, "fees[0].amount must be a number"),
        ({"cartDiscountNote": 10}, "cartDiscountNote must be a string"),
        ({"customernote": "hello"}, "customernote is not a known field"),
        (
            {"orderItems": [{"productId": GUMMIES.product_id, "quantityPurchased": 0}]},
            "orderItems[0].quantityPurchased must be a number above 0",
        ),
        (
            {"orderItems": [{"productId": GUMMIES.product_id, "quantityPurchased": True}]},
            "orderItems[0].quantityPurchased must be a number above 0",
        ),
        ({"orderItems": [{"quantityPurchased": 1}]}, "orderItems[0].productId is required"),
        (
            {"orderItems": [{"productId": "nobody-knows", "quantityPurchased": 1}]},
            "orderItems[0].productId is not a product of this location",
        ),
    ],
)
async def test_a_create_that_breaks_a_rule_is_refused_with_that_rule(changes: dict[str, Any], error: str) -> None:
    async with flowhub_running() as flowhub:
        response = await flowhub.create(**changes)
        assert (response.status_code, response.json()) == (422, {"errors": [error]})
        assert flowhub.stand_in.created_count == 0


async def test_a_full_delivery_order_with_loyalty_is_taken() -> None:
    async with flowhub_running() as flowhub:
        response = await flowhub.create(
            orderType="delivery",
            address=ADDRESS | {"street2": "Apt 4"},
            customer=MEDICAL,
            customerId="a7bbef36-7aed-4346-84f6-236f06214099",
            loyaltyPointsInPennies=1000,
            cartDiscountNote="",
            customerNote="Ring twice",
            requestedFulfillmentTimeStart="2026-11-20T19:00:00Z",
            requestedFulfillmentTimeEnd="2026-11-20T19:30:00.000Z",
            fees=[{"name": "Bag fee", "amount": 10}],
        )
        assert response.status_code == 200


async def test_an_order_goes_to_the_store_of_its_token_whose_products_it_must_name() -> None:
    async with flowhub_running() as flowhub:
        assert (await flowhub.create(store="uptown")).status_code == 422
        theirs = SHOP.in_stock("uptown", "Huckleberry Gummies").product_id
        response = await flowhub.create(store="uptown", orderItems=[{"productId": theirs, "quantityPurchased": 1}])
        assert flowhub.stand_in.orders[0].store.key == "uptown"
        # And another store's token does not see it.
        assert (await flowhub.status(response.json()["orderId"], store="downtown")).status_code == 404


async def test_numeric_product_ids_by_switch() -> None:
    async with flowhub_running(numeric_product_ids=True) as flowhub:
        rows = (await flowhub.read("/v0/inventoryNonZero")).json()["data"]
        assert all(isinstance(row["productId"], int) for row in rows)
        assert (await flowhub.create()).status_code == 422
        for product_id in (GUMMIES.number, str(GUMMIES.number)):
            item = {"productId": product_id, "quantityPurchased": 1}
            assert (await flowhub.create(orderItems=[item])).status_code == 200


@pytest.mark.parametrize(
    ("manner", "status", "kept"), [("accepted", 200, "old"), ("refused", 422, None), ("swapped", 200, "new")]
)
async def test_a_sold_out_batch_is_accepted_refused_or_swapped(manner: str, status: int, kept: str | None) -> None:
    old, new = SHOP.batches("downtown", "Huckleberry Gummies")
    async with flowhub_running(sold_out_products=manner) as flowhub:
        response = await flowhub.create(orderItems=[{"productId": old.product_id, "quantityPurchased": 1}])
        assert response.status_code == status
        items = [item["productId"] for order in flowhub.stand_in.orders for item in order.body["orderItems"]]
        assert items == ({"old": [old.product_id], "new": [new.product_id]}[kept] if kept else [])


@pytest.mark.parametrize(
    ("switch", "error"),
    [
        ({"order_ahead_enabled": False}, "Order Ahead is not enabled for this location"),
        ({"shop_is_open": False}, "This location is closed"),
        ({"refuse_more_than_in_stock": True}, "orderItems[0].quantityPurchased is more than there is"),
    ],
)
async def test_what_else_may_make_a_create_fail(switch: dict[str, bool], error: str) -> None:
    async with flowhub_running(**switch) as flowhub:
        response = await flowhub.create(orderItems=[{"productId": GUMMIES.product_id, "quantityPurchased": 1000}])
        assert (response.status_code, response.json()) == (422, {"errors": [error]})


async def test_duplicates_are_refused_only_by_switch() -> None:
    async with flowhub_running(refuse_duplicates=True) as flowhub:
        await flowhub.new_order()
        assert (await flowhub.create()).json() == {"errors": ["This order was already submitted"]}


async def test_less_strict_and_differently_spoken_by_switch() -> None:
    lenient = {
        "require_phone_or_medical_id": False,
        "refuse_unknown_fields": False,
        "refuse_unknown_products": False,
        "create_status_code": 201,
        "refusal_status_code": 400,
    }
    async with flowhub_running(**lenient) as flowhub:
        unknown = [{"productId": 17, "quantityPurchased": 1}]
        assert (await flowhub.create(customer={}, surprise=1, orderItems=unknown)).status_code == 201
        assert (await flowhub.create(without="customer")).status_code == 400


async def test_a_body_that_is_no_json_is_refused() -> None:
    async with flowhub_running() as flowhub:
        headers = await flowhub.bearer()
        response = await flowhub.http.post(f"{flowhub.url}/order-ahead/v0/create", headers=headers, content=b"{")
        assert response.status_code == 400


# Reading and changing ------------------------------------------------------------------------------------------------


async def test_nothing_lists_cancels_or_deletes_an_order() -> None:
    async with flowhub_running() as flowhub:
        order_id, headers = await flowhub.new_order(), await flowhub.bearer()
        for method, path in (
            ("GET", "/order-ahead/v0/orders"),
            ("DELETE", f"/orders/{order_id}"),
            ("POST", f"/order-ahead/v0/cancel/{order_id}"),
            ("PATCH", f"/order-ahead/v0/orders/{order_id}"),
        ):
            response = await flowhub.http.request(method, flowhub.url + path, headers=headers)
            assert response.status_code in (404, 405), path


async def test_a_change_replaces_the_order_and_needs_the_full_body() -> None:
    async with flowhub_running() as flowhub:
        order_id = await flowhub.new_order()
        half = {"customerNote": "Make it three"}
        assert (await flowhub.patch(order_id, half)).status_code == 422
        answer = await flowhub.patch(order_id, ORDER | half)
        assert (answer.status_code, answer.json()["status"]) == (200, "new")
        assert flowhub.stand_in.orders[0].body["customerNote"] == "Make it three"


async def test_a_change_has_no_status_field() -> None:
    async with flowhub_running() as flowhub:
        order_id = await flowhub.new_order()
        assert (await flowhub.patch(order_id, ORDER | {"status": "deleted"})).json() == {
            "errors": ["status is not a known field"]
        }
        flowhub.switches.patch_can_delete = True
        assert (await flowhub.patch(order_id, {"status": "deleted"})).json()["status"] == "deleted"


async def test_a_change_is_refused_once_the_order_is_too_far() -> None:
    async with flowhub_running(patch_allowed_until="new") as flowhub:
        order_id = await flowhub.new_order()
        flowhub.stand_in.operator.start(order_id)
        assert (await flowhub.patch(order_id, ORDER)).status_code == 422
        flowhub.switches.patch_allowed_until = "always"
        flowhub.stand_in.operator.sell(order_id)
        assert (await flowhub.patch(order_id, ORDER)).status_code == 200


async def test_a_change_merges_starts_or_keeps_the_postback_address_by_switch() -> None:
    switches = {"patch_merges": True, "patch_starts_the_order": True, "patch_changes_postback_url": False}
    async with flowhub_running(**switches, postback="never") as flowhub:
        order_id = await flowhub.new_order(postbackUrl="http://127.0.0.1:9/first")
        answer = await flowhub.patch(order_id, {"postbackUrl": "http://127.0.0.1:9/second"})
        assert answer.json()["status"] == "started"
        assert flowhub.stand_in.orders[0].postback_url == "http://127.0.0.1:9/first"


async def test_an_order_that_nobody_created_is_not_found() -> None:
    async with flowhub_running() as flowhub:
        assert (await flowhub.status("7d3a2c1e-4c0b-4f56-9a55-0e2f7a9f1b10")).status_code == 404


async def test_another_partners_order_is_hidden_unless_switched() -> None:
    async with flowhub_running() as flowhub:
        order = flowhub.stand_in.operator.foreign_order("downtown", "jonah", [("Canyon Haze Shatter", 1)])
        assert (await flowhub.status(order.order_id)).status_code == 404
        flowhub.switches.foreign_orders_readable = True
        assert (await flowhub.status(order.order_id)).json()["status"] == "new"
        assert flowhub.stand_in.created_count == 0


async def test_orders_and_deleted_orders_may_become_unreadable() -> None:
    async with flowhub_running(orders_readable_for_seconds=3600, deleted_orders_vanish=True) as flowhub:
        old, gone = await flowhub.new_order(), await flowhub.new_order()
        flowhub.stand_in.operator.delete(gone)
        assert (await flowhub.status(gone)).status_code == 404
        assert (await flowhub.status(old)).status_code == 200
        flowhub.clock.pass_by(hours=1)
        assert (await flowhub.status(old)).status_code == 404


async def test_weight_is_priced_by_the_largest_tier_reached() -> None:
    async with flowhub_running() as flowhub:
        haze = SHOP.in_stock("downtown", "Canyon Haze")
        order_id = await flowhub.new_order(orderItems=[{"productId": haze.product_id, "quantityPurchased": 7}])
        assert flowhub.stand_in.operator.sell(order_id).lines[0].cents == 5600


async def test_a_reset_makes_the_shop_as_it_was_in_the_morning() -> None:
    async with flowhub_running() as flowhub:
        order_id = await flowhub.new_order(orderItems=[{"productId": SHATTER.product_id, "quantityPurchased": 1}])
        flowhub.stand_in.operator.sell(order_id)
        flowhub.switches.orders_in_cents = True
        headers = await flowhub.bearer()
        await flowhub.stand_in.reset()
        assert flowhub.stand_in.orders == []
        assert flowhub.stand_in.pos.stock[SHATTER.product_id] == SHATTER.quantity
        assert flowhub.switches.orders_in_cents is False
        assert (await flowhub.http.get(f"{flowhub.url}/orderPostback/x", headers=headers)).status_code == 405
        assert (await flowhub.status(order_id)).status_code == 404
