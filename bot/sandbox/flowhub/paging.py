"""Date bounds and pages, as /v1/orders and /v1/customers take them."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.sandbox.flowhub.pos import JsonObject
from bot.sandbox.flowhub.switches import Switches

T = TypeVar("T")


@dataclass(frozen=True)
class Bounds:
    """Days, both inclusive; None is open."""

    after: date | None
    before: date | None

    def hold(self, at: datetime, zone: ZoneInfo) -> bool:
        day = at.astimezone(zone).date()
        return (self.after is None or day >= self.after) and (self.before is None or day <= self.before)

    @property
    def days(self) -> int | None:
        return (self.before - self.after).days + 1 if self.after and self.before else None


@dataclass(frozen=True)
class Page:
    """`asked` is the size before it was cut to the largest one."""

    number: int
    size: int
    newest_first: bool
    asked: int = 0

    def of(self, rows: Sequence[T], switches: Switches, id_of: Callable[[T], str]) -> Sequence[T]:
        """The rows of this page. What a switch makes of it may be a 500."""
        if switches.pages_over_fail is not None and self.asked > switches.pages_over_fail:
            raise broken()
        lost = switches.pages_lose_rows * (self.number - 1)
        begin = (self.number - 1) * self.size
        shown = rows[begin + lost : begin + self.size + lost]
        if switches.unservable_ids and any(id_of(row) in switches.unservable_ids for row in shown):
            raise broken()
        return shown


def zone_of(switches: Switches, time_zone: str) -> ZoneInfo:
    """Two witnesses disagree whether a day is the shop's or UTC's (A14)."""
    return ZoneInfo("UTC") if switches.date_bounds_in_utc else ZoneInfo(time_zone)


def bounds(request: web.Request, what: str) -> Bounds:
    """From `created_after` and `created_before`, or the `updated_…` pair. Anything but a plain day is a 404."""
    return Bounds(_day(request, f"{what}_after"), _day(request, f"{what}_before"))


def page(request: web.Request, switches: Switches, *ranges: Bounds) -> Page:
    """Which page is asked for. Big pages over long ranges are what the real one breaks under, with a 500."""
    number, size = _whole(request, "page", 1), _whole(request, "page_size", switches.default_page_size)
    order = request.query.get("order_by", "asc").lower()
    if order not in ("asc", "desc"):
        raise refused(["order_by must be asc or desc"])
    short = any(asked.days is not None and asked.days <= 7 for asked in ranges)
    if switches.big_pages_fail and size > 2000 and not short:
        raise broken()
    return Page(number, min(size, switches.max_page_size), order == "desc", size)


def broken() -> web.HTTPInternalServerError:
    return web.HTTPInternalServerError(text='{"message":"Internal server error"}', content_type="application/json")


def refused(errors: list[str]) -> web.HTTPUnprocessableEntity:
    return web.HTTPUnprocessableEntity(text=json.dumps({"errors": errors}), content_type="application/json")


def not_found(message: str) -> web.HTTPNotFound:
    answer: JsonObject = {"error": ["Not Found"], "message": message, "status": 404}
    return web.HTTPNotFound(text=json.dumps(answer), content_type="application/json")


def instant(at: datetime | None, *, timespec: str = "milliseconds") -> str | None:
    return at.astimezone(UTC).isoformat(timespec=timespec).replace("+00:00", "Z") if at else None


def _day(request: web.Request, name: str) -> date | None:
    given = request.query.get(name)
    if not given:
        return None
    try:
        if len(given) != len("yyyy-mm-dd"):
            raise ValueError
        return date.fromisoformat(given)
    except ValueError:
        raise web.HTTPNotFound(text=f"{name} must be in format yyyy-mm-dd") from None


def _whole(request: web.Request, name: str, otherwise: int) -> int:
    given = request.query.get(name)
    if given is None:
        return otherwise
    if not given.isdigit() or int(given) < 1:
        raise refused([f"{name} must be a whole number from 1"])
    return int(given)
