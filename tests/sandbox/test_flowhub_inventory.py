"""/v0: locations and shelves."""

from typing import Any

import pytest

from .running import GUMMIES, SHOP, Flowhub, flowhub_running

DOWNTOWN = SHOP.store("downtown")


async def rows(flowhub: Flowhub, path: str, **params: str) -> list[dict[str, Any]]:
    answer = (await flowhub.read(path, **params)).json()
    assert (answer.keys(), answer["status"]) == ({"status", "data"}, 200)
    return list(answer["data"])


async def test_locations_have_an_old_style_zone_and_no_order_ahead_flag() -> None:
    async with flowhub_running() as flowhub:
        found = {row["locationName"]: row for row in await rows(flowhub, "/v0/clientsLocations")}
        assert found.keys() == {"Downtown", "Uptown", "Riverside", "Green Mesa Cultivation"}
        uptown = found["Uptown"]
        assert (uptown["timeZone"], uptown["address"]["state"]) == ("US/Mountain", "Colorado")
        assert uptown["importId"] != uptown["locationId"]
        assert found["Downtown"]["importId"] == found["Downtown"]["locationId"]
        assert not any("order" in name.lower() for name in uptown)


async def test_one_location_by_its_id() -> None:
    async with flowhub_running() as flowhub:
        found = await rows(flowhub, f"/v0/locations/{DOWNTOWN.location_id}/clientsLocations")
        assert [row["locationName"] for row in found] == ["Downtown"]


async def test_zero_rows_are_in_the_full_list_only() -> None:
    async with flowhub_running() as flowhub:
        everything = await rows(flowhub, f"/v0/locations/{DOWNTOWN.location_id}/inventory")
        there = await rows(flowhub, f"/v0/locations/{DOWNTOWN.location_id}/inventoryNonZero")
        assert min(row["quantity"] for row in everything) < 0
        assert all(row["quantity"] > 0 for row in there)
        assert {"Juniper Bubble Hash - One Gram"} <= {row["productName"] for row in everything}
        assert "Juniper Bubble Hash - One Gram" not in {row["productName"] for row in there}


async def test_batches_of_one_variant_have_ids_of_their_own() -> None:
    async with flowhub_running() as flowhub:
        found = await rows(flowhub, f"/v0/locations/{DOWNTOWN.location_id}/inventory")
        batches = [row for row in found if row["productName"] == "Mesa Sunrise - Eighth"]
        assert len({row["productId"] for row in batches}) == 2
        assert len({row["sku"] for row in batches}) == 2
        assert len({row["variantId"] for row in batches}) == 1


async def test_the_whole_organisation_comes_at_once_whatever_the_query_says() -> None:
    async with flowhub_running() as flowhub:
        found = await rows(flowhub, "/v0/inventory", locationId=DOWNTOWN.location_id)
        assert {row["locationName"] for row in found} == {"Downtown", "Uptown", "Riverside"}


async def test_prices_are_pennies_and_weight_comes_in_tiers() -> None:
    async with flowhub_running() as flowhub:
        found = {row["productName"]: row for row in await rows(flowhub, "/v0/inventoryNonZero")}
        gummies, haze = found[GUMMIES.name], found["Canyon Haze - By Weight"]
        assert gummies["priceInMinorUnits"] == 2200
        assert gummies["cannabinoidInformation"][0]["unitOfMeasureToGramsMultiplier"] == "1000"
        assert (haze["isSoldByWeight"], haze["priceInMinorUnits"]) == (True, None)
        assert (
            haze["weightTierInformation"][1] | {"gramAmount": 3.5, "preTaxPriceInPennies": 3000}
            == (haze["weightTierInformation"][1])
        )


@pytest.mark.parametrize(
    ("word", "has_rooms", "is_analytics"),
    [
        ("inventoryByRoomsNonZero", True, False),
        ("inventoryByRooms", True, False),
        ("InventoryAnalytics", False, True),
        ("inventoryAnalytics", False, True),
        ("InventoryAnalyticsByRooms", True, True),
        ("inventoryAnalyticsByRooms", True, True),
    ],
)
async def test_every_documented_spelling_works(word: str, has_rooms: bool, is_analytics: bool) -> None:
    async with flowhub_running() as flowhub:
        for path in (f"/v0/{word}", f"/v0/locations/{DOWNTOWN.location_id}/{word}"):
            row = (await rows(flowhub, path))[0]
            assert ("roomId" in row, "forSale" in row) == (has_rooms, is_analytics)


async def test_old_analytics_paths_exist_per_store() -> None:
    async with flowhub_running() as flowhub:
        for word in ("Analytics", "AnalyticsByRooms"):
            assert await rows(flowhub, f"/v0/locations/{DOWNTOWN.location_id}/{word}")
        assert (await flowhub.read("/v0/Analytics")).status_code == 404


async def test_the_vault_shows_in_analytics_when_asked_for() -> None:
    async with flowhub_running() as flowhub:
        path = f"/v0/locations/{DOWNTOWN.location_id}/InventoryAnalyticsByRooms"
        assert {row["forSale"] for row in await rows(flowhub, path)} == {True}
        found = await rows(flowhub, path, includesNotForSaleQuantity="true")
        assert {(row["roomName"], row["forSale"]) for row in found} == {("Main Floor", True), ("Vault", False)}


async def test_a_credential_may_lack_the_right_to_rooms() -> None:
    async with flowhub_running(by_rooms_allowed=False) as flowhub:
        assert (await flowhub.read("/v0/inventoryByRoomsNonZero")).status_code == 403
        assert (await flowhub.read("/v0/inventoryNonZero")).status_code == 200


async def test_an_unknown_location_is_not_found_or_empty() -> None:
    async with flowhub_running() as flowhub:
        assert (await flowhub.read("/v0/locations/nowhere/inventory")).status_code == 404
        flowhub.switches.unknown_location_is_empty = True
        assert await rows(flowhub, "/v0/locations/nowhere/inventory") == []


async def test_a_sale_shows_on_the_shelf() -> None:
    async with flowhub_running() as flowhub:
        flowhub.stand_in.operator.sell(await flowhub.new_order())
        found = await rows(flowhub, f"/v0/locations/{DOWNTOWN.location_id}/inventoryNonZero")
        assert [row["quantity"] for row in found if row["productId"] == GUMMIES.product_id] == [GUMMIES.quantity - 2]
