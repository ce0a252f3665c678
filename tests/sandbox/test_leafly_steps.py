"""What an integrator may change on a Leafly order: its status and its cart."""

from typing import Any

import pytest

from .running import GUMMIES, SHOP
from .running_leafly import leafly_running


async def test_an_order_moves_forward_to_its_end_and_remembers_it() -> None:
    async with leafly_running() as leafly:
        order = await leafly.accepted()
        for status in ("confirmed", "ready", "picked_up"):
            leafly.clock.pass_by(minutes=1)
            answer = await leafly.tell(order, status)
            assert (answer.status_code, answer.json()["status"]) == (200, status)
        assert [told.status for told in order.told] == ["confirmed", "ready", "picked_up"]
        shown = await leafly.read(order)
        assert (shown["confirmedAt"], shown["pickedUpAt"]) == ("2026-11-20T19:01:00.000Z", "2026-11-20T19:03:00.000Z")
        assert [change["to"] for change in shown["statusChanges"]] == ["confirmed", "ready", "picked_up"]


@pytest.mark.parametrize(
    ("before", "status", "detail"),
    [
        (["confirmed"], "confirmed", "Order is already confirmed"),
        (["ready"], "confirmed", "Order cannot be moved from ready to confirmed"),
        (["picked_up"], "canceled", "Order is already picked_up"),
        (["canceled"], "ready", "Order is already canceled"),
        ([], "pending", "Order status cannot be set to pending"),
        ([], "expired", "Order status cannot be set to expired"),
        ([], "finished", "finished is not a valid status"),
        ([], "out_for_delivery", "A pickup order cannot be out_for_delivery"),
    ],
)
async def test_a_step_that_is_not_forward_is_refused(before: list[str], status: str, detail: str) -> None:
    async with leafly_running() as leafly:
        order = await leafly.accepted()
        for step in before:
            assert (await leafly.tell(order, step)).status_code == 200
        answer = await leafly.tell(order, status)
        assert (answer.status_code, answer.json()) == (
            400,
            {"errors": [{"title": "BadRequestError", "detail": detail}]},
        )


async def test_straight_to_picked_up_is_refused_by_switch() -> None:
    async with leafly_running(refuse_straight_to_picked_up=True) as leafly:
        order = await leafly.accepted()
        assert (await leafly.tell(order, "picked_up")).status_code == 400


async def test_a_delivery_has_two_steps_more() -> None:
    async with leafly_running() as leafly:
        order = await leafly.accepted(delivery=True)
        for status in ("confirmed", "ready", "out_for_delivery", "arrived_at_customer", "picked_up"):
            assert (await leafly.tell(order, status)).status_code == 200


@pytest.mark.parametrize(
    ("reason", "kept"),
    [(None, "dispensary"), ("pos", "pos"), ("customer", "customer"), ("not_picked_up", "not_picked_up")],
)
async def test_a_cancelation_has_a_reason_from_the_list(reason: str | None, kept: str) -> None:
    async with leafly_running() as leafly:
        order = await leafly.accepted()
        answer = await leafly.tell(order, "canceled", reason)
        assert (answer.json()["cancelationReasonCode"], order.told[0].reason) == (kept, reason)


@pytest.mark.parametrize("reason", ["order_api_unacknowledged", "changed_my_mind", "cancelled"])
async def test_any_other_reason_is_a_schema_error(reason: str) -> None:
    async with leafly_running() as leafly:
        order = await leafly.accepted()
        answer = await leafly.tell(order, "canceled", reason)
        assert (answer.status_code, answer.json()["message"]) == (400, "An error occurred during schema validation.")
        assert order.is_live


async def test_an_order_can_be_read_for_a_while_after_its_end_by_switch() -> None:
    async with leafly_running(readable_after_end_seconds=0) as leafly:
        order = await leafly.accepted()
        assert (await leafly.tell(order, "canceled")).status_code == 200
        assert (await leafly.http.get(leafly.path(order))).status_code == 404


async def test_an_order_can_be_read_for_a_day_after_its_end() -> None:
    async with leafly_running(token_lifetime_seconds=10**6) as leafly:
        order = await leafly.accepted()
        await leafly.tell(order, "canceled")
        leafly.clock.pass_by(hours=23)
        assert (await leafly.http.get(leafly.path(order))).status_code == 200
        leafly.clock.pass_by(hours=1)
        assert (await leafly.http.get(leafly.path(order))).status_code == 404


async def test_a_new_cart_replaces_the_old_one() -> None:
    async with leafly_running() as leafly:
        order = await leafly.accepted(items=[("Huckleberry Gummies", 2), ("Yuzu Seltzer", 4)])
        gummies, seltzer = order.cart
        battery = SHOP.in_stock("downtown", "Cirrus Battery")
        body: dict[str, Any] = {
            "cartItems": [
                {"id": gummies.item_id, "integratorVariantId": gummies.variant_id, "quantity": 2, "packagePrice": 2200},
                {"id": None, "integratorVariantId": battery.variant_id, "quantity": 1, "packagePrice": 1400},
            ],
            "taxes": [{"label": "State", "amountCents": 100}],
            "deliveryFee": 0,
        }
        shown = (await leafly.http.post(leafly.path(order, "/cart"), json=body)).json()
        assert [item["name"] for item in shown["cartItems"]] == [GUMMIES.name, battery.name]
        assert shown["cartItems"][0]["id"] == gummies.item_id
        assert shown["total"] == 4400 + 1400 + 100
        # An edit is a substitution: the line gets another id.
        body["cartItems"][0]["quantity"] = 1
        shown = (await leafly.http.post(leafly.path(order, "/cart"), json=body)).json()
        assert shown["cartItems"][0]["id"] != gummies.item_id
        assert seltzer not in order.cart


@pytest.mark.parametrize(
    "changes",
    [
        {"cartItems": []},
        {"cartItems": [{"id": None, "integratorVariantId": "x", "quantity": 0, "packagePrice": 1}]},
        {"cartItems": [{"id": None, "integratorVariantId": "x", "quantity": 1, "packagePrice": 1}] * 2},
        {"cartItems": [{"id": None, "integratorVariantId": "nobody-knows", "quantity": 1, "packagePrice": 1}]},
        {"taxes": None},
        {"taxes": [{"label": "State", "amountCents": 0}]},
        {"deliveryFee": 499},
        {"deliveryFee": -1},
    ],
)
async def test_a_wrong_cart_changes_nothing(changes: dict[str, Any]) -> None:
    async with leafly_running() as leafly:
        order = await leafly.accepted()
        line = {"id": None, "integratorVariantId": GUMMIES.variant_id, "quantity": 1, "packagePrice": 2200}
        body = {"cartItems": [line], "taxes": [], "deliveryFee": 0} | changes
        cart = list(order.cart)
        assert (await leafly.http.post(leafly.path(order, "/cart"), json=body)).status_code == 400
        assert order.cart == cart
