"""The small world of the tests of rules and messages: one store, three orders, and the moments of one Friday."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from bot.rules.hours import OpenHours, StoreHours
from bot.rules.order_values import CancelRequest, Item, Kind, Order, Placing, Source
from bot.rules.stores import Store

NINE_TO_NINE = OpenHours(opens=time(9), closes=time(21))
DENVER = StoreHours(zone="America/Denver", days=(NINE_TO_NINE,) * 7)

NOON = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
"""Friday, 12:00 in Denver."""


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


DOWNTOWN = Store(
    key="downtown",
    name="Green Mesa Downtown",
    channel="C0DOWNTOWN",
    location_id="loc-1",
    mention="S0CREW",
    hours=DENVER,
)

PRE_ROLLS = Item(name="Mesa Sunrise Pre-Roll", quantity=Decimal(3), unit_price_cents=900)
SHATTER = Item(name="Live Resin 1g", quantity=Decimal(1), unit_price_cents=4200, deal="2 for $70 (−$14.00)")
FLOWER = Item(name="Afghani Shake", quantity=Decimal("3.5"), matched=False)

JONAH = Order(
    key="order-jonah",
    store_key="downtown",
    source=Source.LEAFLY,
    source_id="88001234",
    short_id="A07",
    shopper="Jonah R.",
    items=(PRE_ROLLS,),
    total_cents=2700,
    placed_at=NOON - minutes(1),
    arrived_at=NOON,
    placing=Placing.IN_POS,
    flowhub_id="7d3a2c1e",
    acknowledge_by=NOON + minutes(15),
)
"""A pickup order from Leafly."""

NORA = Order(
    key="order-nora",
    store_key="downtown",
    source=Source.STOREFRONT,
    source_id="web-2026-11-20-000417",
    short_id="H12",
    kind=Kind.DELIVERY,
    shopper="Nora B.",
    items=(PRE_ROLLS, SHATTER, FLOWER),
    note="Blue door, please knock.",
    total_cents=123_456,
    placed_at=NOON - minutes(1),
    arrived_at=NOON,
    requested_from=NOON + minutes(120),
    requested_until=NOON + minutes(150),
    placing=Placing.IN_POS,
    flowhub_id="9b1d",
)
"""A delivery from the web shop, for later, with a deal and an item that Flowhub does not know."""

WALT = Order(
    key="order-walt",
    store_key="downtown",
    source=Source.FLOWHUB,
    source_id="5521",
    sale_id="5521",
    short_id="M103",
    kind=Kind.KIOSK,
    shopper="Walt K.",
    placed_at=NOON - minutes(1),
    arrived_at=NOON,
    placing=Placing.IN_POS,
)
"""An order that a kiosk put into the point of sale: we only see it."""


def now_in(status: str, order: Order = JONAH) -> Order:
    """The order as it looks in this status, with the clocks of one that came there step by step."""
    reached = {
        "new": 0,
        "started": 1,
        "ready": 2,
        "inQueue": 2,
        "inTransit": 2,
        "delivered": 3,
        "unableToComplete": 3,
        "unableToVerify": 3,
        "deleted": 3,
        "sold": 3,
    }.get(status, 0)
    names = ("seen_at", "started_at"), ("ready_at",), ("closed_at",)
    changed: dict[str, object] = {"status": status}
    for step in range(reached):
        changed |= dict.fromkeys(names[step], NOON + minutes(5 * (step + 1)))
    return order.model_copy(update=changed)


def claimed(order: Order, who: str = "Imani") -> Order:
    return order.model_copy(update={"claimed_by": who, "claimed_by_id": "U0IMANI", "seen_at": order.seen_at or NOON})


def cancel_asked(order: Order, **more: datetime) -> Order:
    request = CancelRequest(
        asked_at=NOON + minutes(8), asked_by="Theo", asked_by_id="U0THEO", reason="out_of_stock", **more
    )
    return order.model_copy(update={"cancel": request})
