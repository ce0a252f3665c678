"""The states a card can be in, each with an order that is in it."""

from decimal import Decimal

from bot.rules.order_values import Item, Order, Placing
from tests.named_orders import FLOWER, JONAH, NOON, NORA, WALT, cancel_asked, claimed, minutes, now_in


def _with(order: Order, **changes: object) -> Order:
    return order.model_copy(update=changes)


_NEW = _with(JONAH, placing=Placing.WAITING)
_MANY = tuple(Item(name=f"Pre-Roll number {number}", quantity=Decimal(1)) for number in range(1, 31))

STATES: dict[str, Order] = {
    "sending to Flowhub": _NEW,
    "Flowhub can't be reached yet": _with(_NEW, placing_problem="Flowhub can't be reached."),
    "did it arrive": _with(JONAH, placing=Placing.UNSURE, placing_problem="Flowhub did not answer."),
    "refused by Flowhub": _with(JONAH, placing=Placing.REFUSED, placing_problem="Flowhub said no: no such product"),
    "entered by hand": claimed(_with(JONAH, placing=Placing.FOUND_BY_HAND)),
    "new": JONAH,
    "new and claimed": claimed(JONAH),
    "new and late": _with(JONAH, late="seen"),
    "in progress": claimed(now_in("started")),
    "in progress and late": _with(claimed(now_in("started")), late="ready"),
    "ready": claimed(now_in("ready")),
    "ready and left": _with(now_in("ready"), late="picked_up"),
    "picked up": _with(claimed(now_in("sold")), total_cents=2916, total_is_final=True),
    "picked up, seen by nobody": now_in("sold"),
    "delivery for later, with a deal and an unknown item": NORA,
    "delivery ready": now_in("ready", NORA),
    "delivery waiting for a driver, late": _with(now_in("inQueue", NORA), late="picked_up"),
    "delivery on the road": now_in("inTransit", NORA),
    "delivered": now_in("delivered", NORA),
    "delivery failed": now_in("unableToComplete", NORA),
    "ID check failed": now_in("unableToVerify", NORA),
    "cancel asked": cancel_asked(claimed(now_in("started"))),
    "cancel asked before it was in Flowhub": cancel_asked(_NEW),
    "cancelled": cancel_asked(now_in("deleted"), proved_at=NOON + minutes(11)),
    "cancelled before it was in Flowhub": cancel_asked(
        _with(now_in("deleted"), placing=Placing.WAITING), proved_at=NOON + minutes(9)
    ),
    "cancelled in Cashier": now_in("deleted"),
    "cancelled too late": cancel_asked(now_in("sold"), too_late_at=NOON + minutes(11)),
    "cancel asked, then the delivery failed": cancel_asked(now_in("unableToComplete", NORA)),
    "re-opened": _with(now_in("started"), reopened_at=NOON + minutes(40)),
    "re-opened after its cancel": cancel_asked(
        _with(now_in("ready"), reopened_at=NOON + minutes(40)), proved_at=NOON + minutes(11)
    ),
    "gone from Flowhub": _with(now_in("ready"), vanished_at=NOON + minutes(60)),
    "a status that nobody documented": now_in("awaitingBudtender"),
    "from another system": WALT,
    "from another system, claimed and late": _with(claimed(WALT), late="started"),
    "from another system, paid": _with(now_in("sold", WALT), items=(FLOWER,), total_cents=4800, total_is_final=True),
    "thirty items": _with(JONAH, items=_MANY),
    "a name with marks": _with(JONAH, shopper="Tom & Jerry <3 *B.*", note="_Please_ call <!channel> & `ring`"),
}
