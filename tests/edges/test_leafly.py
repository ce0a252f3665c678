"""Leafly's edge: its orders read into our own words, and what may be told it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from bot.errors import Refused, Unauthorised, Unreadable
from bot.leafly import Leafly, event_of, signed_by_leafly
from bot.rules.order_values import Address, Fee, Kind
from bot.sandbox import Sandbox
from bot.sandbox.wire import Fault
from tests.edges.other_side import other_side, saying

SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=3)


@pytest.fixture
def leafly(sandbox: Sandbox, client: httpx.AsyncClient) -> Leafly:
    ours = sandbox.shop.leafly
    sandbox.leafly.webhooks.url = None
    return Leafly(
        client,
        url=f"{sandbox.urls['leafly']}/v1/order_integration",
        auth_url=sandbox.urls["leafly_auth"],
        client_id=ours.client_id,
        secret=ours.client_secret,
    )


def key(sandbox: Sandbox) -> str:
    return sandbox.shop.store("downtown").leafly_key


async def test_a_pickup_order_is_read_with_its_items_prices_and_shopper(sandbox: Sandbox, leafly: Leafly) -> None:
    placed = sandbox.leafly.place_order("downtown", shopper="jonah", items=[("Mesa Sunrise Pre-Roll", 3)])
    order = await leafly.order(key(sandbox), placed.order_id)
    incoming = order.incoming
    assert order.status == "pending"
    assert (incoming.kind, incoming.total_cents) == (Kind.PICKUP, 2700)
    assert (incoming.contact.first_name, incoming.contact.phone) == ("Jonah", "+13035550102")
    assert (incoming.contact.birth_date, incoming.contact.customer_type) == ("1986-09-30", "rec")
    assert [(item.name, int(item.quantity), item.unit_price_cents) for item in incoming.items] == [
        ("Mesa Sunrise Pre-Roll - One Gram", 3, 900)
    ]


async def test_a_delivery_brings_its_address_its_fee_and_what_the_driver_should_know(
    sandbox: Sandbox, leafly: Leafly
) -> None:
    placed = sandbox.leafly.place_order(
        "downtown", shopper="maya", items=[("Ginger Mints", 1)], delivery=True, instructions="Gate code at the desk"
    )
    incoming = (await leafly.order(key(sandbox), placed.order_id)).incoming
    assert incoming.kind is Kind.DELIVERY
    assert incoming.contact.address == Address(
        street1="2210 Marion Street", city="Denver", state="CO", zip=placed.shopper.zip_code
    )
    assert incoming.fees == (Fee(name="Delivery fee", amount_cents=499),)
    assert incoming.note == "Gate code at the desk"


async def test_a_medical_card_travels_with_its_end(sandbox: Sandbox, leafly: Leafly) -> None:
    placed = sandbox.leafly.place_order("downtown", shopper="tessa", items=[("RSO Syringe", 1)])
    contact = (await leafly.order(key(sandbox), placed.order_id)).incoming.contact
    assert (contact.customer_type, contact.medical_id) == ("med", "CO-MED-0106-4471")
    assert contact.medical_id_expires == "2031-05-31"


async def test_a_deal_travels_in_words_beside_the_price_before_it(sandbox: Sandbox, leafly: Leafly) -> None:
    placed = sandbox.leafly.place_order(
        "downtown", shopper="luis", items=[("Dark Chocolate Bar", 2)], deal="Friday sweets", percent_off=25
    )
    (item,) = (await leafly.order(key(sandbox), placed.order_id)).incoming.items
    assert item.deal == "Friday sweets (−$12.00)"
    assert item.unit_price_cents == 2400


async def test_a_scheduled_order_says_when_it_is_wanted(sandbox: Sandbox, leafly: Leafly) -> None:
    window = (SOON, SOON + timedelta(minutes=30))
    placed = sandbox.leafly.place_order("downtown", shopper="luis", items=[("Ginger Mints", 1)], window=window)
    incoming = (await leafly.order(key(sandbox), placed.order_id)).incoming
    assert (incoming.requested_from, incoming.requested_until) == window


async def test_a_courier_services_order_goes_by_the_number_that_reaches_the_shopper(
    sandbox: Sandbox, leafly: Leafly
) -> None:
    placed = sandbox.leafly.place_order("downtown", shopper="luis", items=[("Ginger Mints", 1)], uber_eats=True)
    contact = (await leafly.order(key(sandbox), placed.order_id)).incoming.contact
    assert contact.phone == "+13035550190"
    assert contact.email == ""


async def test_nothing_can_be_told_before_the_acknowledgement_and_nothing_twice(
    sandbox: Sandbox, leafly: Leafly
) -> None:
    placed = sandbox.leafly.place_order("downtown", shopper="luis", items=[("Ginger Mints", 1)])
    with pytest.raises(Refused):
        await leafly.set_status(key(sandbox), placed.order_id, "confirmed")
    await leafly.acknowledge(key(sandbox), placed.order_id)
    await leafly.acknowledge(key(sandbox), placed.order_id)
    await leafly.set_status(key(sandbox), placed.order_id, "ready")
    for again in ("ready", "confirmed", "pending", "no such"):
        with pytest.raises(Refused):
            await leafly.set_status(key(sandbox), placed.order_id, again)
    await leafly.set_status(key(sandbox), placed.order_id, "canceled", "not_picked_up")
    assert [(told.status, told.reason) for told in placed.told] == [("ready", None), ("canceled", "not_picked_up")]


async def test_an_order_that_leafly_does_not_know_any_more_is_told_apart(sandbox: Sandbox, leafly: Leafly) -> None:
    with pytest.raises(Refused) as caught:
        await leafly.order(key(sandbox), "../../other/orders/1")
    assert caught.value.status == 404
    with pytest.raises(Unauthorised):
        await leafly.order("another-shops-key", "1")


async def test_a_token_that_leafly_took_back_is_replaced_once(sandbox: Sandbox, leafly: Leafly) -> None:
    placed = sandbox.leafly.place_order("downtown", shopper="luis", items=[("Ginger Mints", 1)])
    sandbox.leafly.wire.add(Fault("error", path="*/orders/*", status=401))
    leafly._token.clock = iter(range(0, 10_000, 100)).__next__
    assert (await leafly.order(key(sandbox), placed.order_id)).status == "pending"


NO_ORDERS: list[tuple[str, str]] = [
    ("[]", "the whole"),
    ('"order"', "the whole"),
    ("{}", "id"),
    ('{"id": 1, "status": "pending", "createdAt": "soon"}', "createdAt"),
    ('{"id": 1, "status": ["pending"], "createdAt": "2026-11-20T18:04:11Z"}', "status"),
    ('{"id": 1, "status": "pending", "createdAt": "2026-11-20T18:04:11Z", "cartItems": {"a": 1}}', "cartItems"),
    (
        '{"id": 1, "status": "pending", "createdAt": "2026-11-20T18:04:11Z", "cartItems": [{"quantity": "canary"}]}',
        "cartItems.0.quantity",
    ),
]


@pytest.mark.parametrize(("answer", "field"), NO_ORDERS)
async def test_an_order_that_makes_no_sense_names_the_field_and_not_its_value(
    client: httpx.AsyncClient, answer: str, field: str
) -> None:
    async with other_side(saying(answer)) as side:
        leafly = _with_token(client, side.url)
        with pytest.raises(Unreadable) as caught:
            await leafly.order("key", "1")
    assert f"{field} " in caught.value.sentence
    assert "canary" not in caught.value.sentence


async def test_nulls_odd_numbers_and_half_characters_are_taken_as_they_can_be(client: httpx.AsyncClient) -> None:
    answer = """{"id": 17, "status": "pending", "createdAt": "2026-11-20T18:04:11", "firstName": "Zo\\ud83dë", "lastName": null,
    "cartItems": [{"name": null, "integratorVariantId": 26070289, "quantity": 1.5, "packagePrice": null, "dealTitle": null}],
    "deliveryAddress": null, "total": null, "fulfillmentMechanism": null, "deliveryFee": null, "somethingNew": {}}"""
    async with other_side(saying(answer)) as side:
        incoming = (await _with_token(client, side.url).order("key", "17")).incoming
    assert incoming.source_id == "17"
    assert incoming.contact.first_name == "Zo\ufffdë"
    assert incoming.placed_at == datetime(2026, 11, 20, 18, 4, 11, tzinfo=UTC)
    assert [(item.name, item.variant_id) for item in incoming.items] == [("Something without a name", "26070289")]


def _with_token(client: httpx.AsyncClient, url: str) -> Leafly:
    leafly = Leafly(client, url=url, auth_url=url, client_id="id", secret="secret")
    leafly._token._value, leafly._token._good_until = "token", float("inf")
    return leafly


@pytest.mark.parametrize("signature", ["", "no hex", "ключ", "0" * 64, " ", "²"])
def test_a_wrong_signature_is_wrong_in_whatever_form(signature: str) -> None:
    assert not signed_by_leafly(b"{}", signature, "key")


def test_no_key_means_that_nothing_is_signed() -> None:
    import hashlib
    import hmac

    assert not signed_by_leafly(b"{}", hmac.new(b"", b"{}", hashlib.sha256).hexdigest(), "")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"no", "body"),
        (b"\xff", "body"),
        (b"[" * 100_000, "body"),
        (b"{}", "eventType"),
        (b'{"eventType": []}', "eventType"),
        (b'{"eventType": "order_submit", "orderId": NaN}', "body"),
        (b'{"eventType": "order_submit", "orderId": "../../x y"}', "orderId"),
        (b'{"eventType": "order_submit", "acknowledgeBy": "soon"}', "acknowledgeBy"),
        (b'{"eventType": "order_submit", "acknowledgeBy": "2026-11-20T18:19:11"}', "acknowledgeBy"),
    ],
)
def test_an_event_that_makes_no_sense_names_its_field(body: bytes, field: str) -> None:
    with pytest.raises(Unreadable) as caught:
        event_of(body)
    assert caught.value.sentence.startswith(field)


def test_an_event_may_hold_nulls_and_things_we_do_not_know() -> None:
    event: Any = event_of(b'{"eventType": "order_cancel", "orderId": 7, "cancelReason": null, "new": {"a": [1]}}')
    assert (event.order_id, event.cancel_reason) == (7, "")
