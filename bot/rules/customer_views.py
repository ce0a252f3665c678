"""A customer as people in Slack may see one. What is sensitive is no attribute of these values, so no message can show it.

`Shown` is masked, and made for whoever may look customers up; `Details` holds what tells who somebody is, for the one person
who gave a reason.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote

from bot.rules.order_values import masked_name, printable

MOST_NAMES = 12
"""Products and categories that a profile shows; an export has all."""


@dataclass(frozen=True)
class Shown:
    """`ref` names the customer in buttons. Money is cents, times are UTC; `home_store` is a store's name."""

    ref: str
    fh_id: str
    account: str
    name: str
    email: str
    mobile: str
    state: str
    is_loyal: bool
    points: int
    consents_email: bool
    consents_sms: bool
    groups: tuple[str, ...]
    home_store: str = ""
    total_spent_cents: int = 0
    total_orders: int = 0
    first_order_at: datetime | None = None
    last_order_at: datetime | None = None
    last_order_type: str = ""
    last_order_status: str = ""
    last_budtender: str = ""


@dataclass(frozen=True)
class Details:
    """What is shown beside a `Shown`, once. `repr` shows nothing."""

    name: str
    email: str
    mobile: str
    address: str
    products: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "Details(…)"


def ref_of(account: str, fh_id: str) -> str:
    """A name for a customer without blanks."""
    return f"{quote(account, safe='')}/{quote(fh_id, safe='')}"


def account_and_id(ref: str) -> tuple[str, str]:
    account, _, fh_id = ref.partition("/")
    return unquote(account), unquote(fh_id)


def masked_customer(first: str, last: str) -> str:
    """As on a card. A name of one word that is in the last name is a first name here."""
    return masked_name(first, last) if first else masked_name(last, "")


def masked_email(email: str) -> str:
    """The first letter alone: many domains belong to one person."""
    return f"{printable(email)[:1]}…@…" if "@" in email else "…" if email else ""


def masked_mobile(mobile: str) -> str:
    """The last two digits, which is enough to ask "does it end in 71?"."""
    digits = "".join(letter for letter in mobile if letter.isdigit())
    return f"…{digits[-2:]}" if len(digits) > 6 else "…" if mobile else ""
