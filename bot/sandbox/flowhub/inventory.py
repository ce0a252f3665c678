"""/v0: where the shops are and what lies on their shelves, under every spelling that is documented."""

from collections.abc import Iterator
from dataclasses import dataclass

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.sandbox.flowhub import paging
from bot.sandbox.flowhub.doors import Doors
from bot.sandbox.flowhub.pos import JsonObject, Pos
from bot.sandbox.shop import Product, Store


@dataclass(frozen=True)
class View:
    """One way to list the shelves."""

    nonzero: bool = False
    by_rooms: bool = False
    analytics: bool = False


# The word in the path, lower and upper case as found; "old" ones are called by clients and left out of the 2026 spec.
ORG_VIEWS = {
    "inventory": View(),
    "inventoryNonZero": View(nonzero=True),
    "inventoryByRoomsNonZero": View(nonzero=True, by_rooms=True),
    "inventoryByRooms": View(by_rooms=True),
    "inventoryAnalytics": View(analytics=True),
    "InventoryAnalytics": View(analytics=True),
    "inventoryAnalyticsByRooms": View(analytics=True, by_rooms=True),
    "InventoryAnalyticsByRooms": View(analytics=True, by_rooms=True),
}
STORE_VIEWS = ORG_VIEWS | {
    "Analytics": View(analytics=True),
    "AnalyticsByRooms": View(analytics=True, by_rooms=True),
}


def routes(pos: Pos, doors: Doors) -> list[web.RouteDef]:
    shelves = Inventory(pos)
    return [
        web.get("/v0/clientsLocations", doors.with_keys(shelves.locations)),
        web.get("/v0/locations/{location_id}/clientsLocations", doors.with_keys(shelves.locations)),
        *(web.get(f"/v0/{word}", doors.with_keys(shelves.listing(view))) for word, view in ORG_VIEWS.items()),
        *(
            web.get(f"/v0/locations/{{location_id}}/{word}", doors.with_keys(shelves.listing(view)))
            for word, view in STORE_VIEWS.items()
        ),
    ]


class Inventory:
    def __init__(self, pos: Pos) -> None:
        self._pos = pos

    async def locations(self, request: web.Request) -> web.Response:
        return _envelope([self._location(store) for store in self._asked(request)])

    def listing(self, view: View) -> Handler:
        async def answer(request: web.Request) -> web.Response:
            if view.by_rooms and not self._pos.switches.by_rooms_allowed:
                body = {"error": ["Forbidden"], "message": "Not allowed", "status": 403}
                return web.json_response(body, status=403)
            hidden_too = view.analytics and request.query.get("includesNotForSaleQuantity", "").lower() == "true"
            # A `locationId` in the query is ignored, as by the real one.
            rows = [
                row
                for store in self._asked(request)
                for product in self._pos.shop.shelf(store.key)
                for row in self._rows(store, product, view, hidden_too=hidden_too)
            ]
            return _envelope(rows)

        return answer

    def _asked(self, request: web.Request) -> list[Store]:
        everywhere = [*self._pos.shop.stores, *self._pos.shop.other_locations]
        if "location_id" not in request.match_info:
            return everywhere
        found = [store for store in everywhere if store.location_id == request.match_info["location_id"]]
        if not found and not self._pos.switches.unknown_location_is_empty:
            raise paging.not_found("Location not found")
        return found

    def _rows(self, store: Store, product: Product, view: View, *, hidden_too: bool) -> Iterator[JsonObject]:
        """The room that is for sale, and with `hidden_too` the one that is not."""
        quantity = self._pos.stock[product.product_id]
        if quantity > 0 or not view.nonzero:
            yield self._row(store, product, quantity, view, room=("room-001", "Main Floor"), for_sale=True)
        if hidden_too and product.back_stock > 0:
            yield self._row(store, product, product.back_stock, view, room=("room-002", "Vault"), for_sale=False)

    def _row(
        self, store: Store, product: Product, quantity: float, view: View, *, room: tuple[str, str], for_sale: bool
    ) -> JsonObject:
        weight = product.grams > 0
        unit = {"unit": "grams", "multiplier": 1} if weight else {"unit": "each", "multiplier": None}
        row: JsonObject = {
            "brand": product.brand,
            "cannabinoidInformation": _cannabinoids(product),
            "category": product.category,
            "clientId": self._pos.shop.client_id,
            "costInMinorUnits": product.price_cents // 2,
            "createdAt": "2026-07-15T08:30:00.000000Z",
            "currencyCode": "USD",
            "customCategoryName": None,
            "effects": [],
            "expirationDate": "2030-10-10" if product.category == "Edibles" else None,
            "inventoryUnitOfMeasure": unit["unit"],
            "inventoryUnitOfMeasureToGramsMultiplier": unit["multiplier"],
            "invoiceNumber": f"INV-{product.number}",
            "isMixAndMatch": None,
            "isSoldByWeight": bool(product.tiers),
            "isStackable": None,
            "locationId": store.location_id,
            "locationName": store.name,
            "manifestId": None,
            "nutrients": None,
            "parentProductId": product.parent_id,
            "parentProductName": product.parent_name,
            "postTaxPriceInPennies": product.price_cents,
            "preTaxPriceInPennies": product.price_cents,
            "priceInMinorUnits": None if product.tiers else product.price_cents,
            "priceProfileName": "Default",
            "productDescription": "",
            "productId": self._pos.shown_id(product),
            "productName": product.name,
            "productPictureURL": None,
            "productUnitOfMeasure": unit["unit"],
            "productUnitOfMeasureToGramsMultiplier": unit["multiplier"],
            "productUpdatedAt": "2026-11-02T21:17:26.138999Z",
            "productWeight": product.grams or None,
            "purchaseCategory": product.purchase_category,
            "quantity": int(quantity) if quantity == int(quantity) else quantity,
            "regulatoryId": f"1A4000000000{product.number:012}",
            "sku": product.sku,
            "speciesName": product.species,
            "strainName": product.strain or None,
            "supplierName": product.brand,
            "tags": [],
            "terpenes": [],
            "type": None,
            "variantId": product.variant_id,
            "variantName": product.variant_name,
            "weightTierInformation": _tiers(product),
        }
        if view.by_rooms:
            row |= {"roomId": room[0], "roomName": room[1], "upc": None}
        if view.analytics:
            row |= {"forSale": for_sale, "supplierLicense": "LIC-2026-001"}
        return row

    def _location(self, store: Store) -> JsonObject:
        return {
            "address": {
                "city": store.city,
                "country": "",
                "county": None,
                "state": "Colorado",
                "streetAddress1": store.street,
                "streetAddress2": None,
                "zip": store.zip_code,
            },
            "clientId": self._pos.shop.client_id,
            "clientName": self._pos.shop.name,
            "email": "hello@greenmesa.example.com",
            "hoursOfOperation": None,
            "importId": store.import_id,
            "licenseType": list(store.licences),
            "locationId": store.location_id,
            "locationLogoURL": None,
            "locationName": store.name,
            "phoneNumber": store.phone,
            "timeZone": store.time_zone,
            "website": "www.greenmesa.example.com",
        }


def _cannabinoids(product: Product) -> list[JsonObject]:
    if product.milligrams:
        # The multiplier is a text, and wrong by direction: 0.001 is meant.
        amount, unit, multiplier = product.milligrams, "mg", "1000"
    elif product.thc:
        amount, unit, multiplier = product.thc, "%", None
    else:
        return []
    return [
        {
            "name": "thc",
            "lowerRange": amount,
            "upperRange": amount,
            "unitOfMeasure": unit,
            "unitOfMeasureToGramsMultiplier": multiplier,
        }
    ]


def _tiers(product: Product) -> list[JsonObject] | None:
    if not product.tiers:
        return None
    return [
        {
            "name": tier.name,
            "gramAmount": tier.grams,
            "preTaxPriceInPennies": tier.price_cents,
            "postTaxPriceInPennies": round(tier.price_cents * 1.185),
            "pricePerUnitInMinorUnits": round(tier.price_cents / tier.grams),
        }
        for tier in product.tiers
    ]


def _envelope(rows: list[JsonObject]) -> web.Response:
    return web.json_response({"status": 200, "data": rows})
