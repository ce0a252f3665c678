"""Flowhub's edge against the stand-in: what is read, paged, paced and created."""

import asyncio
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from bot import calls
from bot.errors import Refused, Unauthorised, Unavailable
from bot.flowhub import FlowhubAccount, Flowhubs
from bot.rules.stores import Credentials
from bot.sandbox import Sandbox
from bot.sandbox.wire import Fault
from tests.edges.other_side import other_side, saying

TODAY = datetime.now(UTC).date()
DAY = timedelta(days=1)
ORDER: dict[str, Any] = {
    "externalCreatedAt": "2026-11-20T18:04:11Z",
    "customer": {"firstName": "Jane", "phone": "+13035550142", "externalId": "our-key"},
    "orderItems": [],
    "orderType": "pickup",
}


def parking() -> tuple[list[tuple[str, Any]], Any]:
    parked: list[tuple[str, Any]] = []
    return parked, lambda why, record: parked.append((why, record))


async def test_the_locations_of_the_account_are_read_with_both_their_ids(
    flowhubs: Flowhubs, credentials: Credentials
) -> None:
    parked, park = parking()
    locations = {location.name: location for location in await flowhubs.account(credentials).locations(park)}
    assert locations["Uptown"].import_id == "hK3vWq9TzRb7mXc2D"
    assert locations["Uptown"].location_id != locations["Uptown"].import_id
    assert locations["Downtown"].time_zone == "US/Mountain"
    assert not parked


@pytest.mark.parametrize("numeric", [True, False])
async def test_inventory_keeps_the_type_of_product_ids(
    sandbox: Sandbox, flowhubs: Flowhubs, credentials: Credentials, numeric: bool
) -> None:
    sandbox.flowhub.switches.numeric_product_ids = numeric
    _, park = parking()
    store = sandbox.shop.store("downtown")
    products = await flowhubs.account(credentials).inventory(store.location_id, park)
    assert products
    assert {type(product.product_id) for product in products} == {int if numeric else str}
    assert all(product.quantity > 0 for product in products)


@pytest.mark.parametrize("switch", ["", "totals_in_pascal_case", "underscore_ids", "sale_keeps_order_id"])
async def test_a_sale_is_read_in_each_of_its_spellings(
    sandbox: Sandbox, flowhubs: Flowhubs, credentials: Credentials, switch: str
) -> None:
    if switch:
        setattr(sandbox.flowhub.switches, switch, True)
    sold = sandbox.flowhub.operator.walk_in_sale("downtown", [("Yuzu Seltzer", 2)], shopper="luis")
    _, park = parking()
    store = sandbox.shop.store("downtown")
    sales = await flowhubs.account(credentials).sales(store.import_id, TODAY - DAY, TODAY + DAY, park)
    found = next(sale for sale in sales if sold.sale_id in sale.ids)
    assert found.total_cents == 1659  # 14 dollars and the taxes of 18.5 %
    assert found.status == "sold"
    assert found.lines[0].name.startswith("Yuzu Seltzer")


async def test_an_older_location_is_found_by_its_import_id(
    sandbox: Sandbox, flowhubs: Flowhubs, credentials: Credentials
) -> None:
    sandbox.flowhub.operator.walk_in_sale("uptown", [("Yuzu Seltzer", 2)])
    _, park = parking()
    account = flowhubs.account(credentials)
    sales = await account.sales("hK3vWq9TzRb7mXc2D", TODAY - DAY, TODAY + DAY, park)
    assert sales
    with pytest.raises(Refused, match="not found"):
        await account.sales(sandbox.shop.store("uptown").location_id, TODAY, TODAY, park)


async def test_pages_smaller_than_asked_for_are_read_to_their_end(
    sandbox: Sandbox, flowhubs: Flowhubs, credentials: Credentials
) -> None:
    """How large a page may be is not documented (A15)."""
    sandbox.flowhub.switches.max_page_size = 4
    for _ in range(9):
        sandbox.flowhub.operator.walk_in_sale("downtown", [("Yuzu Seltzer", 1)])
    _, park = parking()
    store = sandbox.shop.store("downtown")
    sales = await flowhubs.account(credentials).sales(store.import_id, TODAY - DAY, TODAY + DAY, park)
    assert len({sale.ids for sale in sales}) == len(sales) >= 9


async def test_rows_on_two_pages_count_once_and_bad_ones_are_parked_while_good_ones_land(
    client: httpx.AsyncClient,
) -> None:
    rows = [
        {"id": "one", "createdAt": "2026-11-20T18:40:02Z"},
        {"id": "two"},
        "three",
        {"id": "four", "createdAt": "2026-11-20T18:40:02Z", "totals": {"FinalTotal": "a lot"}},
        {"id": "one", "createdAt": "2026-11-20T18:40:02Z"},
        {"_id": 5, "createdAt": "2026-11-20T18:40:02Z", "totals": {"finalTotal": float("nan")}},
    ]
    async with other_side(saying(json.dumps({"orders": rows}))) as side:
        account = FlowhubAccount(client, calls.pace(15), side.url, "id", "key")
        parked, park = parking()
        sales = await account.sales("store", TODAY, TODAY, park)
    assert [sale.ids for sale in sales] == [("one",), ("5",)]
    assert [why for why, _ in parked] == [
        "a sale without a time of creation",
        "a sale that is not an object",
        "finalTotal is not a number",
    ]


async def test_ids_from_outside_can_not_lead_to_another_path(client: httpx.AsyncClient) -> None:
    async with other_side(saying('{"data": [], "orders": []}')) as side:
        account = FlowhubAccount(client, calls.pace(15), side.url, "id", "key")
        await account.sales("../../v1/customers?x=", date(2026, 11, 20), date(2026, 11, 20), parking()[1])
        assert side.asked == ["/v1/orders/findByLocationId/../../v1/customers?x="]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("html_403", path="/v0/*"), Unauthorised),
        (Fault("error", path="/v0/*", status=401), Unauthorised),
        (Fault("error", path="/v0/*", status=404), Refused),
    ],
)
async def test_what_waiting_does_not_mend_is_said_at_once(
    sandbox: Sandbox, flowhubs: Flowhubs, credentials: Credentials, fault: Fault, error: type[Exception]
) -> None:
    sandbox.flowhub.wire.add(fault)
    with pytest.raises(error):
        await flowhubs.account(credentials).locations(parking()[1])
    assert len(sandbox.flowhub.wire.entries) == 1


@pytest.mark.parametrize("kind", ["rate_limited", "error", "cut_before", "garbage"])
async def test_what_passes_by_itself_is_asked_again(
    sandbox: Sandbox, flowhubs: Flowhubs, credentials: Credentials, kind: Any
) -> None:
    sandbox.flowhub.wire.add(Fault(kind, path="/v0/*"))
    assert await flowhubs.account(credentials).locations(parking()[1])
    assert len(sandbox.flowhub.wire.entries) == 2


async def test_all_stores_of_an_account_together_stay_below_twenty_requests_in_any_second(
    sandbox: Sandbox, flowhubs: Flowhubs, credentials: Credentials
) -> None:
    """A count of what came in at the other side, for every window of a second."""
    came: list[float] = []
    sandbox.flowhub.wire.listeners.append(lambda _entry: came.append(asyncio.get_running_loop().time()))
    account, park = flowhubs.account(credentials), parking()[1]
    other = credentials.model_copy(update={"order_ahead_client_id": "oa-uptown-client-0001"})
    assert flowhubs.account(other) is account
    try:
        await asyncio.gather(*(account.locations(park) for _ in range(40)))
    finally:
        sandbox.flowhub.wire.listeners.clear()
    assert len(came) == 40
    assert max(sum(1 for other in came if moment <= other < moment + 1) for moment in came) < 20


async def test_a_create_is_made_once_whatever_comes_back(
    sandbox: Sandbox, flowhubs: Flowhubs, credentials: Credentials
) -> None:
    """Flowhub has no idempotency key (A6)."""
    body = ORDER | {"orderItems": [{"productId": _seltzer(sandbox), "quantityPurchased": 1}]}
    desk = flowhubs.order_ahead(credentials)
    sandbox.flowhub.wire.add(Fault("cut_after_accept", path="/order-ahead/*"))
    with pytest.raises(Unavailable) as lost:
        await desk.create(body)
    assert lost.value.may_have_arrived
    sandbox.flowhub.wire.add(Fault("rate_limited", path="/order-ahead/*"))
    with pytest.raises(Unavailable) as paced:
        await desk.create(body)
    assert not paced.value.may_have_arrived
    assert sandbox.flowhub.created_count == 1
    placed = await desk.create(body)
    assert (placed.status, placed.customer_external_id) == ("new", "our-key")
    assert (await desk.status(placed.flowhub_id)).status == "new"


async def test_a_refused_create_says_why_in_flowhubs_words(
    sandbox: Sandbox, flowhubs: Flowhubs, credentials: Credentials
) -> None:
    with pytest.raises(Refused, match="orderItems must be a non-empty array"):
        await flowhubs.order_ahead(credentials).create(ORDER)


async def test_an_order_that_flowhub_does_not_know_is_told_apart_by_its_status(
    flowhubs: Flowhubs, credentials: Credentials
) -> None:
    with pytest.raises(Refused) as caught:
        await flowhubs.order_ahead(credentials).status("never-there")
    assert caught.value.status == 404


def _seltzer(sandbox: Sandbox) -> str:
    return sandbox.shop.in_stock("downtown", "Yuzu Seltzer").product_id
