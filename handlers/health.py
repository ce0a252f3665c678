"""What an operator asks: is it alive, can it work, and what are the numbers."""

from datetime import timedelta

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from bot.store import deliveries, history, orders
from handlers.front import Front

STUCK_AFTER = timedelta(minutes=5)


def routes(front: Front) -> APIRouter:
    router = APIRouter(tags=["Operations"])

    @router.get("/livez", summary="Is the process alive")
    async def alive() -> Response:
        return JSONResponse({"alive": True})

    @router.get("/readyz", summary="Can it do its work")
    async def ready() -> Response:
        try:
            async with front.desk.database.read() as tx:
                oldest = await deliveries.oldest_due(tx)
                waiting = await deliveries.counts(tx)
                numbers = {
                    "open_orders": await orders.count_open(tx),
                    "parked_records": sum((await history.parked_counts(tx)).values()),
                    "deliveries": {f"{kind} {state}": count for (kind, state), count in sorted(waiting.items())},
                }
        except (SQLAlchemyError, OSError):
            return JSONResponse({"ready": False, "why": "the database is not answering"}, status_code=503)
        if oldest is not None and front.desk.now() - oldest > STUCK_AFTER:
            return JSONResponse({"ready": False, "why": "deliveries are stuck", **numbers}, status_code=503)
        return JSONResponse({"ready": True, **numbers})

    @router.get("/metrics", summary="Numbers for Prometheus", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router
