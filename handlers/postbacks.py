"""Flowhub's postback: the secret is in its address, and its body is only a hint (A1)."""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.desk.arriving import order_hinted
from handlers.front import Front
from handlers.requests import Turned, as_json, read_body, unreadable_field


class PostbackPayload(BaseModel):
    """The assumed body (apis.md 2.5): the three-field order answer. Nothing in it is needed."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    orderId: str | None = None  # noqa: N815
    status: str | None = None
    customerExternalId: str | None = None  # noqa: N815


def routes(front: Front) -> APIRouter:
    router = APIRouter()

    async def postback(request: Request) -> Response:
        body = await read_body(request)
        parameters = request.path_params
        store = front.desk.stores.get(parameters["store_key"]) or front.desk.paused(parameters["store_key"])
        if store is None:
            raise Turned(404, "There is no such store here.")
        order_key = parameters["order_key"]
        if not front.desk.database.vault.signed(f"{store.key}/{order_key}", parameters["signature"]):
            raise Turned(401)
        if store.key not in front.desk.stores:
            return Response(status_code=200)  # paused: when it works again, every open order is asked for
        payload = _hint(body, request.headers.get("content-type", "application/json"))
        hint = {"orderId": payload.orderId[:200]} if payload.orderId else {}
        await order_hinted(front.desk, store, order_key, hint)
        return Response(status_code=200)

    # A plain route: what FastAPI would do for each request takes longer than all the rest, and nothing here needs it.
    router.add_route("/flowhub/postback/{store_key}/{order_key}/{signature}", postback, methods=["POST", "PUT"])
    return router


def _hint(body: bytes, content_type: str) -> PostbackPayload:
    """What the body says, if it is JSON; which form it has is not documented, so others are taken without reading."""
    if not body.strip() or "json" not in content_type:
        return PostbackPayload()
    try:
        return PostbackPayload.model_validate(as_json(body))
    except ValidationError as problem:
        raise unreadable_field(problem) from None
