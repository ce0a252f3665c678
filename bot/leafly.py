"""Edge: the marketplace. Leafly's Order API (apis.md 7.2), for a bot that is the store's order integrator.

Payloads stay inside; what comes out is a `LeaflyOrder` of our own words.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from urllib.parse import quote

import httpx
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot import calls
from bot.errors import Refused, Unauthorised, Unreadable
from bot.rules.order_values import Address, Contact, Fee, Incoming, Kind, OrderedItem, Source, utc
from bot.tokens import Token, authorised

SIGNATURE_HEADER = "X-Leafly-Signature"
REQUESTS_PER_SECOND = 10
"""Leafly publishes no number; this is ours."""


@dataclass(frozen=True)
class LeaflyOrder:
    """An order at Leafly: its present status there, and what we take in."""

    status: str
    incoming: Incoming


class _Payload(BaseModel):
    """Null means the same as a field that was left out."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True, coerce_numbers_to_str=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, data: Any) -> Any:
        return {name: value for name, value in data.items() if value is not None} if isinstance(data, dict) else data


class EventPayload(_Payload):
    """A webhook: it carries no order, only its id (apis.md 7.2)."""

    event_type: str = Field(alias="eventType", max_length=60)
    order_id: int | Annotated[str, Field(pattern=r"^[!-~]{1,100}$")] | None = Field(None, alias="orderId")
    key: str = Field("", alias="orderIntegrationKey", max_length=200)
    acknowledge_by: AwareDatetime | None = Field(None, alias="acknowledgeBy")
    status: str = Field("", max_length=60)
    cancel_reason: str = Field("", alias="cancelReason", max_length=200)


def signed_by_leafly(body: bytes, signature: str, key: str) -> bool:
    """Lowercase hex HMAC-SHA-256 of the raw body, no timestamp (apis.md 7.2); in constant time."""
    expected = hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
    return bool(key) and hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))


class Leafly:
    def __init__(self, client: httpx.AsyncClient, *, url: str, auth_url: str, client_id: str, secret: str) -> None:
        self._client = client
        self._url = url
        self._limiter = calls.pace(REQUESTS_PER_SECOND)
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
        self._token = Token(client, self._limiter, f"{auth_url}/token", what="Leafly's sign-in", form=form)

    async def sign_in(self) -> None:
        """Raises Unauthorised when the client id or secret is wrong."""
        await self._token.get()

    async def knows(self, store_key: str) -> bool:
        """Whether a shop has this key: Leafly knows no order by this name in any shop, and no shop without a key (403)."""
        try:
            await calls.until_deadline(lambda: self._call("GET", store_key, "0", ""), what="Leafly")
        except Unauthorised as problem:
            if problem.status != 403:
                raise
            return False
        except Refused as problem:
            if problem.status != 404:
                raise
        return True

    async def order(self, store_key: str, order_id: str) -> LeaflyOrder:
        """Readable while it lives and a day longer; Refused with status 404 after that."""
        answer = await calls.until_deadline(lambda: self._call("GET", store_key, order_id, ""), what="Leafly")
        return _order(answer)

    async def acknowledge(self, store_key: str, order_id: str) -> None:
        await self._call("POST", store_key, order_id, "/acknowledge")

    async def set_status(self, store_key: str, order_id: str, status: str, reason_code: str = "") -> None:
        body = {"status": status} | ({"cancelationReasonCode": reason_code} if reason_code else {})
        await self._call("POST", store_key, order_id, "/status", body)

    async def _call(self, method: str, store_key: str, order_id: str, path: str, body: Any = None) -> Any:
        url = f"{self._url}/{quote(store_key, safe='')}/orders/{quote(order_id, safe='')}{path}"
        return await authorised(self._token, self._client, self._limiter, method, url, what="Leafly", body=body)


class _CartItemPayload(_Payload):
    name: str = "Something without a name"
    integratorVariantId: str = ""  # noqa: N815
    quantity: Decimal = Decimal(1)
    packagePrice: int | None = None  # noqa: N815
    dealTitle: str = ""  # noqa: N815
    savingsCents: int | None = None  # noqa: N815


class _AddressPayload(_Payload):
    address1: str = ""
    address2: str = ""
    city: str = ""
    state: str = ""
    postalCode: str = ""  # noqa: N815
    deliveryInstructions: str = ""  # noqa: N815


class _OrderPayload(_Payload):
    id: str
    status: str
    createdAt: datetime  # noqa: N815
    firstName: str = ""  # noqa: N815
    lastName: str = ""  # noqa: N815
    emailAddress: str = ""  # noqa: N815
    phoneNumber: str = ""  # noqa: N815
    dateOfBirth: str = ""  # noqa: N815
    fulfillmentMechanism: str = "pickup"  # noqa: N815
    medicalCardNumber: str = ""  # noqa: N815
    medicalCardExpiration: str = ""  # noqa: N815
    total: int | None = None
    deliveryFee: int | None = None  # noqa: N815
    deliveryAddress: _AddressPayload | None = None  # noqa: N815
    startOfScheduledWindow: datetime | None = None  # noqa: N815
    endOfScheduledWindow: datetime | None = None  # noqa: N815
    thirdPartyFacilitatorData: dict[str, Any] | None = None  # noqa: N815
    cartItems: list[_CartItemPayload] = Field(default_factory=list)  # noqa: N815


def _order(answer: Any) -> LeaflyOrder:
    try:
        payload = _OrderPayload.model_validate(answer)
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise Unreadable(f"Leafly's order can't be read: {field or 'the whole'} {first['msg'].lower()}.") from None
    medical = bool(payload.medicalCardNumber)
    address = payload.deliveryAddress
    contact = Contact(
        first_name=payload.firstName,
        last_name=payload.lastName,
        phone=payload.phoneNumber or _proxy_phone(payload),
        email=payload.emailAddress,
        birth_date=payload.dateOfBirth[:10],
        customer_type="med" if medical else "rec",
        medical_id=payload.medicalCardNumber,
        medical_id_expires=payload.medicalCardExpiration[:10],
        address=Address(
            street1=address.address1,
            street2=address.address2,
            city=address.city,
            state=address.state,
            zip=address.postalCode,
        )
        if address
        else None,
    )
    incoming = Incoming(
        source=Source.LEAFLY,
        source_id=payload.id,
        kind=Kind.DELIVERY if payload.fulfillmentMechanism.lower() == "delivery" else Kind.PICKUP,
        placed_at=utc(payload.createdAt),
        contact=contact,
        items=tuple(_item(item) for item in payload.cartItems),
        fees=(Fee(name="Delivery fee", amount_cents=payload.deliveryFee),) if payload.deliveryFee else (),
        note=address.deliveryInstructions[:1000] if address else "",
        total_cents=payload.total,
        requested_from=utc(payload.startOfScheduledWindow) if payload.startOfScheduledWindow else None,
        requested_until=utc(payload.endOfScheduledWindow) if payload.endOfScheduledWindow else None,
    )
    return LeaflyOrder(status=payload.status, incoming=incoming)


def _proxy_phone(payload: _OrderPayload) -> str:
    """A courier's marketplace hides the shopper's own number behind one that it forwards."""
    couriers = (payload.thirdPartyFacilitatorData or {}).values()
    return next(
        (str(one["proxyPhoneNumber"]) for one in couriers if isinstance(one, dict) and "proxyPhoneNumber" in one), ""
    )


def _item(item: _CartItemPayload) -> OrderedItem:
    """A deal does not change Flowhub's price, so it travels as words. The price is the one before the deal."""
    deal = item.dealTitle.strip()
    if item.savingsCents and item.savingsCents > 0:
        deal = f"{deal or 'Leafly deal'} (−${item.savingsCents / 100:,.2f})"
    return OrderedItem(
        name=item.name[:200],
        quantity=item.quantity,
        variant_id=item.integratorVariantId,
        unit_price_cents=item.packagePrice,
        deal=deal[:200],
    )


def event_of(body: bytes) -> EventPayload:
    """Raises Unreadable naming the field."""
    try:
        return EventPayload.model_validate(json.loads(body, parse_constant=_no_number))
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_input=False)[0]
        raise Unreadable(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from None
    except (ValueError, RecursionError):
        raise Unreadable("body: not JSON") from None


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
