"""`POST /orders`: the signed intake for a shop's own web shop (Standard Webhooks)."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from standardwebhooks import Webhook, WebhookVerificationError

from bot.desk.arriving import order_sent
from bot.rules.order_values import Address, Contact, Fee, Incoming, Kind, OrderedItem, Source, utc
from handlers.front import Front
from handlers.requests import Turned, as_json, read_plain_body, unreadable_field, without_control, wrong_field

MOST_CENTS = 10**9


def _in_living_memory(moment: datetime) -> datetime:
    if not 2000 <= moment.year < 2100:
        raise ValueError("is not a time of this century")
    return moment


Words = Annotated[str, BeforeValidator(without_control), StringConstraints(strip_whitespace=True, max_length=1000)]
Name = Annotated[str, BeforeValidator(without_control), StringConstraints(strip_whitespace=True, max_length=200)]
Moment = Annotated[AwareDatetime, AfterValidator(_in_living_memory)]
Cents = Annotated[int, Field(ge=0, le=MOST_CENTS)]


class _Payload(BaseModel):
    """Numbers are taken for words, and null for a field that was left out: web shops differ in both."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, data: Any) -> Any:
        if not isinstance(data, dict) or None not in data.values():
            return data
        return {name: value for name, value in data.items() if value is not None}


class CustomerPayload(_Payload):
    """Who ordered. Flowhub asks for a phone number or a medical id on every order."""

    first_name: Name = ""
    last_name: Name = ""
    phone: Name = ""
    email: Name = ""
    birth_date: str = Field("", pattern=r"^(\d{4}-\d{2}-\d{2})?$")
    customer_type: Literal["", "rec", "med"] = ""
    medical_id: Name = ""
    medical_id_expires: str = Field("", pattern=r"^(\d{4}-\d{2}-\d{2})?$")


Quantity = Annotated[
    Decimal,
    Field(ge=Decimal("0.001"), le=10_000),
    # A number in words is taken too, but what the document promises is what every client can make.
    WithJsonSchema({"type": "number", "minimum": 0.001, "maximum": 10_000}),
]


class ItemPayload(_Payload):
    """One line. Name it by Flowhub's product id, variant id or SKU; without a match staff add it by hand."""

    name: Name = Field(min_length=1)
    quantity: Quantity
    product_id: Name | None = None
    variant_id: Name | None = None
    sku: Name | None = None
    unit_price_cents: Cents | None = None
    discount_note: Name | None = None


class AddressPayload(_Payload):
    street1: Name
    street2: Name | None = None
    city: Name
    state: Name
    zip: Name


class FeePayload(_Payload):
    name: Name
    amount_cents: int = Field(ge=-MOST_CENTS, le=MOST_CENTS)


class OrderPayload(_Payload):
    """An order from a web shop. `order_id` is the shop's own: sending the same one again changes nothing."""

    order_id: str = Field(pattern=r"^[!-~]+( [!-~]+)*$", max_length=100)
    placed_at: Moment
    type: Kind = Kind.PICKUP
    customer: CustomerPayload
    items: list[ItemPayload] = Field(min_length=1, max_length=200)
    address: AddressPayload | None = None
    fees: list[FeePayload] = Field(default_factory=list, max_length=20)
    note: Words | None = None
    total_cents: Cents | None = None
    requested_from: Moment | None = None
    requested_until: Moment | None = None

    def as_incoming(self) -> Incoming:
        return Incoming(
            source=Source.STOREFRONT,
            source_id=self.order_id,
            kind=self.type,
            placed_at=utc(self.placed_at),
            contact=Contact(
                **self.customer.model_dump(),
                address=Address.model_validate(_without_none(self.address)) if self.address else None,
            ),
            items=tuple(
                OrderedItem(
                    name=item.name,
                    quantity=item.quantity,
                    product_id=item.product_id or "",
                    variant_id=item.variant_id or "",
                    sku=item.sku or "",
                    unit_price_cents=item.unit_price_cents,
                    deal=item.discount_note or "",
                )
                for item in self.items
            ),
            fees=tuple(Fee(name=fee.name, amount_cents=fee.amount_cents) for fee in self.fees),
            note=self.note or "",
            total_cents=self.total_cents,
            requested_from=_utc(self.requested_from),
            requested_until=_utc(self.requested_until),
        )


def _utc(moment: datetime | None) -> datetime | None:
    return utc(moment) if moment is not None else None


def _without_none(payload: BaseModel) -> dict[str, Any]:
    return {name: value for name, value in payload.model_dump().items() if value is not None}


DOCUMENTED: dict[str, Any] = {
    "parameters": [
        {
            "name": "store",
            "in": "query",
            "required": True,
            "schema": {"type": "string"},
            "description": "the store's key",
        },
        {"name": "webhook-id", "in": "header", "required": True, "schema": {"type": "string"}},
        {
            "name": "webhook-timestamp",
            "in": "header",
            "required": True,
            "schema": {"type": "string"},
            "description": "seconds since 1970; five minutes of tolerance",
        },
        {
            "name": "webhook-signature",
            "in": "header",
            "required": True,
            "schema": {"type": "string"},
            "description": "v1,<base64>: see standardwebhooks.com",
        },
    ],
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/OrderPayload"}}},
    },
}


class AcceptedAnswer(BaseModel):
    """The order is durable here; whether Flowhub takes it comes back as a webhook."""

    order_id: str
    accepted: Literal[True] = True


class RefusedAnswer(BaseModel):
    """Why it was not taken. `field` names the first wrong field, and never its value."""

    error: str
    field: str | None = None


ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "Durably accepted, now or before", "model": AcceptedAnswer},
    401: {"description": "The signature is missing, wrong or stale; there is no body"},
    404: {"description": "There is no such store", "model": RefusedAnswer},
    413: {"description": "Larger than 1 MiB", "model": RefusedAnswer},
    415: {"description": "Packed: send the body without content-encoding", "model": RefusedAnswer},
    422: {"description": "A field is wrong; the answer names it", "model": RefusedAnswer},
    503: {"description": "Not now; send it again", "model": RefusedAnswer},
}


def routes(front: Front) -> APIRouter:
    router = APIRouter()

    async def send_order(request: Request) -> Response:
        """Puts an order of your web shop onto the store's order desk and into Flowhub.

        Sign it per the Standard Webhooks specification with the store's secret. Its changes of status come back as signed
        webhooks (`order.status`) to the address that the store configured.
        """
        body = await read_plain_body(request)
        store_key = request.query_params.get("store", "")
        if not store_key:
            raise wrong_field(("store",), "is missing in the query")
        store = front.desk.stores.get(store_key) or front.desk.paused(store_key)
        if store is None:
            raise Turned(404, "There is no such store here.")
        known = front.desk.credentials_at_rest(store.key)
        _check_signature(body, dict(request.headers), known.storefront_secret if known else "")
        if store.key not in front.desk.stores:
            raise Turned(503, "The store's order desk is paused.")
        try:
            payload = OrderPayload.model_validate(as_json(body))
        except ValidationError as problem:
            raise unreadable_field(problem) from None
        await order_sent(front.desk, store, payload.as_incoming())
        return JSONResponse(AcceptedAnswer(order_id=payload.order_id).model_dump())

    # The plain route stands first and takes the requests: FastAPI would do more for each than all the rest does. Its own
    # route behind it is what documents them.
    router.add_route("/orders", send_order, methods=["POST"])
    documented = router.post(
        "/orders", summary="Send an order", openapi_extra=DOCUMENTED, responses=ANSWERS, tags=["Web shop"]
    )
    documented(send_order)
    return router


def _check_signature(body: bytes, headers: dict[str, str], secret: str) -> None:
    """Raises Turned 401 for anything but a good, fresh signature; the library raises ValueErrors for misshapen ones."""
    if not secret:
        raise Turned(401)
    try:
        Webhook(secret).verify(body, headers, json_parse=False)
    except (WebhookVerificationError, ValueError):
        raise Turned(401) from None


def schemas() -> dict[str, Any]:
    """The models that `DOCUMENTED` refers to, for the OpenAPI page."""
    schema = OrderPayload.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs", {}), "OrderPayload": schema}
