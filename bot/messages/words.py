"""What things are called when people read them."""

from dataclasses import dataclass

from bot.messages.parts import plain
from bot.rules.cancelling import Reason, reason_of
from bot.rules.lateness import Clock
from bot.rules.order_values import Kind, Order, Placing, Source
from bot.rules.orders import Column, Status, is_open, known_status


@dataclass(frozen=True)
class Look:
    """How a status looks at a glance: a word, an emoji and a colour all say it."""

    word: str
    emoji: str
    colour: str


BLUE, YELLOW, GREEN, PURPLE, GREY, RED = "#1D9BD1", "#ECB22E", "#2EB67D", "#7C5CD6", "#8D8D8D", "#E01E5A"

LOOKS: dict[Status, Look] = {
    Status.NEW: Look("New", ":large_blue_circle:", BLUE),
    Status.STARTED: Look("In progress", ":large_yellow_circle:", YELLOW),
    Status.READY: Look("Ready", ":large_green_circle:", GREEN),
    Status.IN_QUEUE: Look("Waiting for a driver", ":large_purple_circle:", PURPLE),
    Status.IN_TRANSIT: Look("On the road", ":truck:", PURPLE),
    Status.DELIVERED: Look("Delivered", ":white_check_mark:", GREY),
    Status.UNABLE_TO_COMPLETE: Look("Delivery failed", ":no_entry_sign:", RED),
    Status.UNABLE_TO_VERIFY: Look("ID check failed", ":no_entry_sign:", RED),
    Status.DELETED: Look("Cancelled", ":x:", GREY),
    Status.SOLD: Look("Picked up", ":white_check_mark:", GREY),
}

COLUMNS: dict[Column, tuple[str, str]] = {
    Column.NEW: (":large_blue_circle:", "New"),
    Column.IN_PROGRESS: (":large_yellow_circle:", "In progress"),
    Column.READY: (":large_green_circle:", "Ready"),
    Column.OUT: (":large_purple_circle:", "Out for delivery"),
    Column.UNCLEAR: (":white_circle:", "Unclear"),
}

SOURCES = {Source.LEAFLY: "Leafly", Source.STOREFRONT: "Web shop", Source.FLOWHUB: "Point of sale"}
KINDS = {Kind.PICKUP: "Pickup", Kind.DELIVERY: "Delivery", Kind.KIOSK: "Kiosk"}
THROUGH = {
    "postback": "Flowhub told us",
    "poll": "seen in Flowhub",
    "pos": "seen in the point of sale",
    "slack": "in Slack",
    "leafly": "on Leafly",
    "storefront": "in the web shop",
}

REASONS: dict[Reason, str] = {
    Reason.CUSTOMER: "The customer changed their mind",
    Reason.NOT_PICKED_UP: "Nobody picked it up",
    Reason.OUT_OF_STOCK: "Something is out of stock",
    Reason.NOT_ALLOWED: "We may not sell it to them",
    Reason.POS_PROBLEM: "A problem with the point of sale",
    Reason.DELIVERY: "The delivery can't be made",
    Reason.DUPLICATE: "It was ordered twice",
    Reason.OTHER: "Another reason",
}

CLOCKS: dict[Clock, str] = {
    Clock.SEEN: "nobody has taken it",
    Clock.STARTED: "nobody has started it",
    Clock.READY: "it isn't ready",
    Clock.PICKED_UP: "nobody has picked it up",
}


def look_of(order: Order) -> Look:
    known = known_status(order.status)
    return LOOKS[known] if known else Look(f"Flowhub says “{plain(order.status, 40)}”", ":white_circle:", GREY)


def look_of_status(status: str) -> Look:
    known = known_status(status)
    return LOOKS[known] if known else Look(f"“{plain(status, 40)}”", ":white_circle:", GREY)


LATE = (":alarm_clock:", "Late")


def alarm_of(order: Order) -> tuple[str, str] | None:
    """What a person has to see to, most pressing first: an emoji and a word that stand beside the state's own."""
    if not is_open(order):
        return None
    if order.placing is Placing.UNSURE:
        return ":question:", "Did it arrive?"
    if order.placing is Placing.REFUSED:
        return ":warning:", "Not in Flowhub"
    if order.cancel is not None and order.cancel.is_waiting:
        return ":octagonal_sign:", "Cancel asked"
    if order.vanished_at is not None:
        return ":grey_question:", "Gone from Flowhub"
    return LATE if order.late else None


def clock_words(order: Order, clock: Clock) -> str:
    if clock is Clock.PICKED_UP and order.kind is Kind.DELIVERY:
        return "it hasn't been delivered"
    return CLOCKS[clock]


def reason_words(reason: str) -> str:
    known = reason_of(reason)
    return REASONS[known] if known else plain(reason, 60)
