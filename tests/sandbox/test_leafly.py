"""Leafly as its integrator meets it: coming in, reading an order, acknowledging it."""

import hashlib
import hmac

import pytest

from .running import GUMMIES, SHOP
from .running_leafly import CREDENTIALS, DOWNTOWN, GUMMY_ORDER, leafly_running


async def test_the_issuer_takes_json_forms_basic_and_the_bare_address() -> None:
    async with leafly_running() as leafly:
        url = f"{leafly.auth_url}/"
        assert (await leafly.http.post(url, json=CREDENTIALS)).json()["token_type"] == "Bearer"
        basic = (SHOP.leafly.client_id, SHOP.leafly.client_secret)
        assert (await leafly.http.post(url, auth=basic, data={"grant_type": "client_credentials"})).status_code == 200
        refused = await leafly.http.post(url, json=CREDENTIALS | {"client_secret": "wrong"})
        assert (refused.status_code, refused.json()) == (401, {"error": "invalid_client"})
        assert (await leafly.http.post(url, json={})).status_code == 400


async def test_without_a_token_and_with_a_strange_key_the_documented_refusals_come() -> None:
    async with leafly_running() as leafly:
        order = leafly.stand_in.place_order("downtown", **GUMMY_ORDER)
        strange = await leafly.http.get(leafly.path(order, key="somebody-elses"))
        assert (strange.status_code, strange.json()["errors"][0]["detail"]) == (403, "Order API Not Configured")
        other_shop = await leafly.http.get(leafly.path(order, key=SHOP.store("uptown").leafly_key))
        assert other_shop.status_code == 404
        del leafly.http.headers["Authorization"]
        nobody = await leafly.http.get(leafly.path(order))
        assert (nobody.status_code, nobody.json()["errors"][0]["title"]) == (401, "UnauthenticatedError")


async def test_a_token_ends_when_its_time_is_over() -> None:
    async with leafly_running(token_lifetime_seconds=60) as leafly:
        order = leafly.stand_in.place_order("downtown", **GUMMY_ORDER)
        leafly.clock.pass_by(seconds=60)
        assert (await leafly.http.get(leafly.path(order))).status_code == 401


async def test_the_paths_work_with_and_without_the_real_prefix() -> None:
    async with leafly_running() as leafly:
        order = leafly.stand_in.place_order("downtown", **GUMMY_ORDER)
        bare = f"{leafly.url}/{DOWNTOWN.leafly_key}/orders/{order.order_id}"
        assert (await leafly.http.get(bare)).json() == await leafly.read(order)


async def test_the_submit_webhook_says_that_and_nothing_more_and_is_signed() -> None:
    async with leafly_running() as leafly:
        order = leafly.stand_in.place_order("downtown", **GUMMY_ORDER)
        await leafly.stand_in.webhooks.settled()
        assert leafly.bot.got == [
            (
                "POST",
                {
                    "eventType": "order_submit",
                    "eventTime": "2026-11-20T19:00:00.000Z",
                    "orderId": order.order_id,
                    "orderIntegrationKey": DOWNTOWN.leafly_key,
                    "acknowledgeBy": "2026-11-20T19:15:00.000Z",
                },
            )
        ]
        expected = hmac.new(SHOP.leafly.hmac_key.encode(), leafly.bot.raw[0], hashlib.sha256).hexdigest()
        assert leafly.bot.headers[0]["X-Leafly-Signature"] == expected


async def test_the_order_has_prices_in_cents_and_a_deal_that_is_leaflys_own() -> None:
    async with leafly_running() as leafly:
        order = await leafly.read(leafly.stand_in.place_order("downtown", **GUMMY_ORDER, deal="Gummy Friday"))
        assert (order["status"], order["subtotal"], order["totalDiscounts"], order["total"]) == (
            "pending",
            4400,
            440,
            3960,
        )
        item = order["cartItems"][0]
        assert (item["integratorVariantId"], item["quantity"]) == (GUMMIES.variant_id, 2)
        assert (item["packagePrice"], item["discountedPackagePrice"], item["dealTitle"]) == (2200, 1980, "Gummy Friday")
        assert (order["firstName"], order["phoneNumber"], order["timeZone"]) == (
            "Maya",
            "+13035550101",
            "America/Denver",
        )
        assert (order["fulfillmentMechanism"], order["deliveryAddress"], order["medicalStatus"]) == (
            "pickup",
            None,
            "recreational",
        )


async def test_a_medical_delivery_and_an_uber_order_look_different() -> None:
    async with leafly_running() as leafly:
        delivery = leafly.stand_in.place_order(
            "downtown", shopper="tessa", items=[("RSO Syringe", 1)], delivery=True, instructions="Side door"
        )
        order = await leafly.read(delivery)
        assert (order["medicalCardNumber"], order["deliveryFee"]) == ("CO-MED-0106-4471", 499)
        assert order["deliveryAddress"]["address1"] == "625 Ogden Street"
        uber = await leafly.read(leafly.stand_in.place_order("downtown", **GUMMY_ORDER, uber_eats=True))
        assert (uber["marketplace"], uber["phoneNumber"], uber["emailAddress"], uber["lastName"]) == (
            "uberEats",
            None,
            None,
            "A",
        )
        assert uber["thirdPartyFacilitatorData"]["uberEats"]["customerPhoneCode"]


@pytest.mark.parametrize(
    ("manner", "expected"),
    [("variant", GUMMIES.variant_id), ("product", GUMMIES.product_id), ("sku", GUMMIES.sku)],
)
async def test_the_menu_feed_may_have_given_other_ids(manner: str, expected: str) -> None:
    async with leafly_running(variant_ids=manner, numeric_order_ids=True) as leafly:
        order = await leafly.read(leafly.stand_in.place_order("downtown", **GUMMY_ORDER))
        assert (order["cartItems"][0]["integratorVariantId"], order["id"]) == (expected, "100001")


async def test_an_item_that_the_store_does_not_know() -> None:
    async with leafly_running() as leafly:
        placed = leafly.stand_in.place_order("downtown", shopper="jonah", unlisted=[("Mystery Jar", 1500)])
        item = (await leafly.read(placed))["cartItems"][0]
        assert (item["name"], item["packagePrice"]) == ("Mystery Jar", 1500)
        assert item["integratorVariantId"] not in {product.variant_id for product in SHOP.products}


async def test_pictures_are_not_there() -> None:
    async with leafly_running() as leafly:
        order = leafly.stand_in.place_order("downtown", **GUMMY_ORDER)
        for what in ("government_id", "medical_id"):
            url = f"{leafly.url}/v1/order_integration/{DOWNTOWN.leafly_key}/{what}/{order.order_id}"
            assert (await leafly.http.get(url)).status_code == 404


async def test_nothing_can_be_changed_before_the_acknowledgement() -> None:
    async with leafly_running() as leafly:
        order = leafly.stand_in.place_order("downtown", **GUMMY_ORDER)
        assert (await leafly.tell(order, "confirmed")).status_code == 404
        assert [await leafly.acknowledge(order) for _ in range(2)] == [204, 204]
        assert (await leafly.tell(order, "confirmed")).status_code == 200


async def test_an_order_that_nobody_acknowledges_is_canceled() -> None:
    async with leafly_running(acknowledge_within_seconds=0.02) as leafly:
        order = leafly.stand_in.place_order("downtown", **GUMMY_ORDER)
        await leafly.stand_in.until(lambda: order.status == "canceled")
        await leafly.stand_in.webhooks.settled()
        cancel = leafly.bot.got[-1][1]
        assert cancel is not None
        assert (cancel["eventType"], cancel["cancelReason"]) == ("order_cancel", "order_api_unacknowledged")
        assert await leafly.acknowledge(order) == 404


async def test_an_acknowledged_order_stays() -> None:
    async with leafly_running(acknowledge_within_seconds=0.5) as leafly:
        kept = await leafly.accepted()
        lost = leafly.stand_in.place_order("downtown", **GUMMY_ORDER)
        await leafly.stand_in.until(lambda: lost.status == "canceled")
        assert kept.status == "pending"
