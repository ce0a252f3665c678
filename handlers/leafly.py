"""Leafly's webhooks: signed with the integrator's key, answered at once, worked through afterwards (apis.md 7.2)."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from bot.desk.arriving import order_submitted, order_withdrawn
from bot.errors import Unreadable
from bot.leafly import SIGNATURE_HEADER, event_of, signed_by_leafly
from handlers.front import Front
from handlers.requests import Turned, read_plain_body, wrong_field

ENDED = {"canceled", "expired"}


def routes(front: Front) -> APIRouter:
    router = APIRouter()

    @router.post("/leafly/webhooks", include_in_schema=False)
    async def webhook(request: Request) -> Response:
        body = await read_plain_body(request)
        if not signed_by_leafly(body, request.headers.get(SIGNATURE_HEADER, ""), front.leafly_hmac_key):
            raise Turned(401)
        try:
            event = event_of(body)
        except Unreadable as problem:
            field, _, message = problem.sentence.partition(": ")
            raise wrong_field((field,), message) from None
        store = front.desk.store_of_leafly(event.key)
        if store is None and front.desk.is_paused_at_leafly(event.key):
            raise Turned(503, "The store's order desk is paused.")
        if store is None:
            raise Turned(404, "There is no such store here.")
        if event.event_type in {"order_submit", "order_cancel", "order_status"} and event.order_id is None:
            raise wrong_field(("orderId",), "is missing")
        order_id = str(event.order_id)
        if event.event_type == "order_submit":
            deadline = event.acknowledge_by.isoformat() if event.acknowledge_by else None
            await order_submitted(front.desk, store, order_id, deadline)
        elif event.event_type == "order_cancel" or (event.event_type == "order_status" and event.status in ENDED):
            await order_withdrawn(front.desk, store, order_id, event.cancel_reason or event.status)
        return JSONResponse({})

    return router
