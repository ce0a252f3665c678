"""An order as staff see it. Values only: nothing here decides anything.

What must not reach Slack is not an attribute of these values: contact details, birth dates, medical ids and the medical
flag travel in `Contact`, which is sealed by the vault and opened only by the verbs that need it.
"""

import unicodedata
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Source(StrEnum):
    LEAFLY = "leafly"
    STOREFRONT = "storefront"
    FLOWHUB = "flowhub"


class Placing(StrEnum):
    """Whether the order is in Flowhub yet."""

    WAITING = "waiting"
    IN_POS = "in_pos"
    UNSURE = "unsure"
    """The create's answer was lost: a person is asked "It's there" or "Send again"."""
    FOUND_BY_HAND = "found_by_hand"
    """A person says it is there; its Flowhub id is not known, so it can't be followed."""
    REFUSED = "refused"


class Kind(StrEnum):
    PICKUP = "pickup"
    DELIVERY = "delivery"
    KIOSK = "kiosk"


class Item(Frozen):
    """A line of the order. Prices are integer cents."""

    name: str
    quantity: Decimal
    unit_price_cents: int | None = None
    deal: str = ""
    matched: bool = True


class Fee(Frozen):
    name: str
    amount_cents: int


class CancelRequest(Frozen):
    """A cancel that somebody asked for and Flowhub has not shown yet. `asked_by_id` is empty when the shopper asked."""

    asked_at: datetime
    asked_by: str
    asked_by_id: str
    reason: str
    proved_at: datetime | None = None
    too_late_at: datetime | None = None

    @property
    def is_waiting(self) -> bool:
        return self.proved_at is None and self.too_late_at is None


class Order(Frozen):
    """An Order Ahead order. `key` is opaque and ours; `short_id` is what people say; `source_id` is the source's own number.

    All times are UTC. `status` is Flowhub's word, as read, in Flowhub's casing when it is a known one.
    """

    key: str
    store_key: str
    source: Source
    source_id: str
    short_id: str
    kind: Kind = Kind.PICKUP
    shopper: str
    items: tuple[Item, ...] = ()
    fees: tuple[Fee, ...] = ()
    note: str = ""
    total_cents: int | None = None
    total_is_final: bool = False
    placed_at: datetime
    requested_from: datetime | None = None
    requested_until: datetime | None = None

    placing: Placing = Placing.WAITING
    placing_problem: str = ""
    flowhub_id: str | None = None
    sale_id: str = ""
    """The row of the point of sale that this order became (A12)."""
    status: str = "new"
    status_read_at: datetime | None = None
    vanished_at: datetime | None = None
    reopened_at: datetime | None = None

    arrived_at: datetime
    seen_at: datetime | None = None
    started_at: datetime | None = None
    ready_at: datetime | None = None
    closed_at: datetime | None = None

    claimed_by: str = ""
    claimed_by_id: str = ""
    claimed_at: datetime | None = None
    cancel: CancelRequest | None = None
    late: str = ""
    """The clock that is running late, in the words of `rules.lateness`; empty when none is."""

    acknowledge_by: datetime | None = None
    acknowledged_at: datetime | None = None
    leafly_told: str = "pending"

    card_channel: str = ""
    card_ts: str = ""


class Address(Frozen):
    street1: str
    street2: str = ""
    city: str
    state: str
    zip: str


class Contact(Frozen):
    """Personal and sensitive data of an order's shopper. Rests sealed; never given to a message function."""

    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    email: str = ""
    birth_date: str = ""
    customer_type: str = ""
    medical_id: str = ""
    medical_id_expires: str = ""
    address: Address | None = None


class OrderedItem(Frozen):
    """A line as its source names it. Any of the three ids may be empty; the price is integer cents."""

    name: str
    quantity: Decimal
    product_id: str = ""
    variant_id: str = ""
    sku: str = ""
    unit_price_cents: int | None = None
    deal: str = ""


class Incoming(Frozen):
    """An order as it came in, contact included: what is put into Flowhub. Rests sealed beside its `Order`."""

    source: Source
    source_id: str
    kind: Kind = Kind.PICKUP
    placed_at: datetime
    contact: Contact
    items: tuple[OrderedItem, ...]
    fees: tuple[Fee, ...] = ()
    note: str = ""
    total_cents: int | None = None
    requested_from: datetime | None = None
    requested_until: datetime | None = None
    acknowledge_by: datetime | None = None


def utc(moment: datetime) -> datetime:
    """The moment in UTC; one without a zone is taken as UTC."""
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


GUEST = "Guest"
LONGEST_FIRST_NAME = 30


def masked_name(first: str, last: str) -> str:
    """First name and initial, which is all of a name that a card shows; "Guest" when there is none.

    Web shops put a whole name, a phone number or an e-mail address into the first name too: of several words only the
    first is shown, the initial is the last one's, and what is no name is not shown at all.
    """
    words, surname = printable(first).split(), printable(last)
    if not surname and len(words) > 1:
        surname = words[-1]
    initial = next((letter.upper()[0] for letter in surname if letter.isalpha()), "") if _is_name(surname) else ""
    given = words[0][:LONGEST_FIRST_NAME] if words and _is_name(words[0]) else ""
    return " ".join(part for part in (given, f"{initial}." if initial else "") if part) or GUEST


def _is_name(word: str) -> bool:
    digits = sum(letter.isdigit() for letter in word)
    return "@" not in word and digits < 4 and (digits == 0 or any(letter.isalpha() for letter in word))


JOINERS = "\u200c\u200d"
"""They hold emoji together, and shape Persian and Indian scripts."""


def printable(text: str) -> str:
    """On one line, without control characters and without the marks that turn the direction of all that follows."""
    line = " ".join(text.split())
    if line.isprintable():  # hardly any text has such characters, and looking at each one takes long
        return line
    kept = (letter for letter in line if letter in JOINERS or unicodedata.category(letter) not in {"Cc", "Cf", "Cs"})
    # What stood between two blanks may be gone, and they are one.
    return " ".join("".join(kept).split()).strip(f" {JOINERS}")
