"""The control panel of the stand-ins, as JSON under /control/…: what shoppers, cashiers and bad luck do.

It is for people and tests only; none of it exists in the systems that are imitated.
"""

from collections.abc import Callable, Sequence

from aiohttp import web

from bot.sandbox.control import knobs, orders, panel
from bot.sandbox.control.asked import JsonObject
from bot.sandbox.control.knobs import Knobs
from bot.sandbox.control.panel import Panel
from bot.sandbox.flowhub import FlowhubStandIn
from bot.sandbox.leafly import LeaflyStandIn
from bot.sandbox.webshop import WebShop
from bot.sandbox.wire import Wire

__all__ = ["add_control_routes"]


def add_control_routes(
    app: web.Application,
    *,
    flowhub: FlowhubStandIn,
    leafly: LeaflyStandIn,
    webshop: WebShop,
    wires: Sequence[Wire] = (),
    story: Callable[[], JsonObject] | None = None,
) -> Callable[[], None]:
    """Add the routes to `app`; returns what to call when the world begins anew.

    `wires` are those of further stand-ins, for their faults and their record; `story` says how far a story has come.

    Whatever can't be done is a 422 with {"error": sentence}.
    """
    app.add_routes(orders.routes(flowhub, leafly, webshop))
    named = {wire.to: wire for wire in (flowhub.wire, leafly.wire, webshop.wire, *wires)}
    shown, turned = Panel(flowhub, leafly, webshop, named, story), Knobs(flowhub, leafly, webshop, named)
    app.add_routes(panel.routes(shown))
    app.add_routes(knobs.routes(turned))

    def begin_again() -> None:
        shown.begin_again()
        turned.begin_again()

    return begin_again
