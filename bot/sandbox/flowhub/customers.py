"""/v1/customers and /v1/customer: profiles of the whole organisation, in an envelope that depends on the account."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import uuid4

from aiohttp import web

from bot.sandbox.flowhub import paging
from bot.sandbox.flowhub.doors import Doors
from bot.sandbox.flowhub.paging import Page, instant
from bot.sandbox.flowhub.pos import JsonObject, Pos, last_ten_digits
from bot.sandbox.shop import Customer

TYPES = {"recCustomer": "rec", "medCustomer": "med"}


def routes(pos: Pos, doors: Doors) -> list[web.RouteDef]:
    profiles = Customers(pos)
    return [
        web.get("/v1/customers/", doors.with_keys(profiles.page)),
        web.get("/v1/customers", doors.with_keys(profiles.page)),
        # Before the route with an id, which would take the word for one.
        web.get("/v1/customers/findByPhoneNumber", doors.with_keys(profiles.by_phone)),
        web.get("/v1/customers/{customer_id}", doors.with_keys(profiles.read)),
        web.post("/v1/customer", doors.with_keys(profiles.create)),
        web.put("/v1/customer/{customer_id}", doors.with_keys(profiles.replace)),
    ]


class Customers:
    def __init__(self, pos: Pos) -> None:
        self._pos = pos

    async def page(self, request: web.Request) -> web.Response:
        switches = self._pos.switches
        if customer_id := request.query.get("customer_id"):
            return self._one(self._known(customer_id), request)
        created, updated = paging.bounds(request, "created"), paging.bounds(request, "updated")
        asked = paging.page(request, switches, created, updated)
        zone = paging.zone_of(switches, self._pos.shop.stores[0].time_zone)
        until = updated
        if updated.before and not switches.updated_before_is_inclusive:
            until = paging.Bounds(updated.after, date.fromordinal(updated.before.toordinal() - 1))
        found = [
            customer
            for customer in self._pos.customers.values()
            if created.hold(customer.created_at, zone) and until.hold(customer.updated_at, zone)
        ]
        found.sort(key=lambda customer: (customer.created_at, customer.customer_id), reverse=asked.newest_first)
        return self._many([self._shown(customer, request) for customer in self._cut(found, asked)], len(found))

    async def by_phone(self, request: web.Request) -> web.Response:
        digits = last_ten_digits(request.query.get("phone_number", ""))
        customer = self._pos.customer_with_phone(digits) if digits else None
        if customer is None:
            raise paging.not_found("Customer not found")
        return self._one(customer, request)

    async def read(self, request: web.Request) -> web.Response:
        return self._one(self._known(request.match_info["customer_id"]), request)

    async def create(self, request: web.Request) -> web.Response:
        body, now = await self._body(request), self._pos.now()
        customer = Customer(str(uuid4()), now, now, "rec", "", date(1990, 1, 1))
        self._write(customer, body)
        self._pos.customers[customer.customer_id] = customer
        return self._one(customer, request)

    async def replace(self, request: web.Request) -> web.Response:
        customer, body = self._known(request.match_info["customer_id"]), await self._body(request)
        self._write(customer, body)
        customer.updated_at = self._pos.now()
        return self._one(customer, request)

    def _cut(self, found: Sequence[Customer], page: Page) -> Sequence[Customer]:
        """One page; by switch a row turns up on two pages, or the last page comes again for every page after it."""
        rows = page.of(found, self._pos.switches, lambda customer: customer.customer_id)
        if self._pos.switches.repeat_customers:
            step = max(1, page.size - 1)
            rows = found[(page.number - 1) * step : (page.number - 1) * step + page.size]
        if not rows and found and self._pos.switches.last_customer_page_repeats:
            last = (len(found) - 1) // page.size
            return found[last * page.size :]
        return rows

    def _known(self, customer_id: str) -> Customer:
        customer = self._pos.customers.get(customer_id)
        if customer is None:
            raise paging.not_found("Customer not found")
        return customer

    def _shown(self, customer: Customer, request: web.Request) -> JsonObject:
        row: JsonObject = {
            "_id" if self._pos.switches.underscore_ids else "id": customer.customer_id,
            "createdAt": instant(customer.created_at, timespec="microseconds"),
            "updatedAt": instant(customer.updated_at, timespec="microseconds"),
            "type": f"{customer.buyer_type}Customer",
            "name": customer.name,
            "state": customer.state,
            "birthDate": customer.birth_date.isoformat(),
            "isLoyal": customer.is_loyal,
            "loyaltyPoints": customer.points,
            "phone": customer.phone,
            "email": customer.email,
            "streetAddress1": customer.street,
            "streetAddress2": customer.street2,
            "city": customer.city,
            "zip": customer.zip_code,
            "country": "US",
            "consentsToPromotionalEmail": customer.wants_email,
            "consentsToPromotionalSMS": customer.wants_sms,
            "groups": [{"name": name} for name in customer.groups],
        }
        # Only with a store does the API say what the points are worth there.
        if request.query.get("store_id") and customer.is_loyal:
            row["loyaltyPointsInPennies"] = customer.points * 5
        if self._pos.switches.medical_ids_readable:
            row |= {"medId": customer.medical_id, "medIdExpiration": customer.medical_id_expires}
        return row

    def _one(self, customer: Customer, request: web.Request) -> web.Response:
        row, switches = self._shown(customer, request), self._pos.switches
        if switches.bare_customers:
            return web.json_response(row)
        return web.json_response({"customer" if switches.old_customer_envelope else "data": row})

    def _many(self, rows: Sequence[JsonObject], total: int) -> web.Response:
        switches = self._pos.switches
        if switches.bare_customers:
            return web.json_response(rows)
        envelope: JsonObject = {"customers" if switches.old_customer_envelope else "data": rows}
        return web.json_response(envelope | ({"total": total} if switches.customers_carry_total else {}))

    async def _body(self, request: web.Request) -> JsonObject:
        try:
            body = await request.json()
        except ValueError:
            body = None
        if wrong := _complaints(body):
            raise paging.refused(wrong)
        return dict(body)

    def _write(self, customer: Customer, body: JsonObject) -> None:
        customer.buyer_type = "med" if body["type"] == "medCustomer" else "rec"
        customer.name, customer.state = body["name"], body["state"]
        customer.birth_date = date.fromisoformat(body["birthDate"])
        customer.phone, customer.email = body.get("phone") or "", body.get("email") or ""
        customer.street, customer.street2 = body.get("streetAddress1") or "", body.get("streetAddress2") or ""
        customer.city, customer.zip_code = body.get("city") or "", body.get("zip") or ""
        customer.is_loyal, customer.points = bool(body.get("isLoyal")), int(body.get("loyaltyPoints") or 0)
        customer.wants_email = bool(body.get("consentsToPromotionalEmail"))
        customer.wants_sms = bool(body.get("consentsToPromotionalSMS"))
        customer.groups = tuple(str(group.get("groupId")) for group in body.get("groups") or [])
        customer.medical_id, customer.medical_id_expires = body.get("medId"), body.get("medIdExpiration")
        customer.state_id, customer.state_id_expires = body.get("stateId"), body.get("stateIdExpiration")
        self._pos.changes.announce()


def _complaints(body: Any) -> list[str]:
    if not isinstance(body, dict):
        return ["the body must be a JSON object"]
    found = [f"{name} is required" for name in ("birthDate", "name", "state", "type") if not body.get(name)]
    if found:
        return found
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(body["birthDate"])):
        found.append("birthDate must be in format yyyy-mm-dd")
    if not re.fullmatch(r"[A-Z]{2}", str(body["state"])):
        found.append("state must be two letters")
    if body["type"] not in TYPES:
        found.append("type must be one of recCustomer, medCustomer")
    if not isinstance(body.get("groups") or [], list):
        found.append("groups must be an array")
    return found
