"""What an operator asks: is it alive, can it work, and what are the numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from bot import metrics
from bot.store import deliveries, history, orders
from handlers.front import Front

STUCK_AFTER = timedelta(minutes=5)
SILENT_AFTER = timedelta(minutes=1)
"""Some job begins every few seconds."""
NOT_ANSWERING = "the database is not answering"


@dataclass(frozen=True)
class Numbers:
    """What the database knows. `overdue` is how long the oldest delivery that may be made has been due."""

    open_orders: int
    parked: Mapping[str, int]
    waiting: Mapping[tuple[str, str], int]
    overdue: timedelta


def routes(front: Front) -> APIRouter:
    router = APIRouter(tags=["Operations"])

    @router.get("/livez", summary="Is the process alive")
    async def alive() -> Response:
        return JSONResponse({"alive": True})

    @router.get("/readyz", summary="Can it do its work")
    async def ready() -> Response:
        found = await _numbers(front)
        if found is None:
            return JSONResponse({"ready": False, "why": NOT_ANSWERING}, status_code=503)
        said = {
            "open_orders": found.open_orders,
            "parked_records": sum(found.parked.values()),
            "deliveries": {f"{kind} {state}": count for (kind, state), count in sorted(found.waiting.items())},
        }
        if why := _why_not(front, found):
            return JSONResponse({"ready": False, "why": why, **said}, status_code=503)
        return JSONResponse({"ready": True, **said})

    @router.get("/metrics", summary="Numbers for Prometheus", include_in_schema=False)
    async def scraped() -> Response:
        _show(await _numbers(front))
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


def _why_not(front: Front, found: Numbers) -> str:
    ticked_at = front.desk.ticked_at
    if ticked_at is not None and front.desk.now() - ticked_at > SILENT_AFTER:
        return "the clock has stopped"
    return "deliveries are stuck" if found.overdue > STUCK_AFTER else ""


async def _numbers(front: Front) -> Numbers | None:
    """None when the database does not answer."""
    try:
        async with front.desk.database.read() as tx:
            oldest = await deliveries.oldest_due(tx)
            return Numbers(
                open_orders=await orders.count_open(tx),
                parked=await history.parked_counts(tx),
                waiting=await deliveries.counts(tx),
                overdue=max(timedelta(), front.desk.now() - oldest) if oldest else timedelta(),
            )
    except (SQLAlchemyError, OSError):
        return None


def _show(found: Numbers | None) -> None:
    metrics.DATABASE_UP.set(found is not None)
    if found is None:
        return
    metrics.OPEN_ORDERS.set(found.open_orders)
    metrics.OLDEST_DUE.set(found.overdue.total_seconds())
    metrics.WAITING.clear()
    for (kind, state), count in found.waiting.items():
        metrics.WAITING.labels(kind, state).set(count)
    metrics.PARKED.clear()
    for came_from, count in found.parked.items():
        metrics.PARKED.labels(came_from).set(count)
