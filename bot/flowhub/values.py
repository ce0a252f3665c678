"""One value of a record, whichever way it was written: tolerant exactly where the real thing is irregular (apis.md 3.2, 3.3).

The process that packs records loads this and nothing of orders.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.errors import Unreadable

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters and halves of characters: no database and no message can hold them."""
ORDERS_ARE_IN_CENTS = False
"""A13: two production users sum `/v1/orders` as decimal dollars, one unofficial client assumes cents."""


def text(record: Mapping[str, Any], *names: str) -> str:
    """The first of these fields that holds a string or a whole number, trimmed, at most 500 characters.

    Raises Unreadable for anything else but null and nothing.
    """
    for name in names:
        value = record.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if not isinstance(value, str | None):
            raise Unreadable(f"{name} is not text")
        if value and (words := _CONTROL.sub(" ", value).strip()):
            return words[:500]
    return ""


def number(record: Mapping[str, Any], *names: str) -> Decimal | None:
    """The first of these fields that is there, as a number; None for null, nothing and NaN (which JSON does not have).

    Raises Unreadable for anything else.
    """
    value = next((record[name] for name in names if record.get(name) not in (None, "")), None)
    if value is None:
        return None
    try:
        if isinstance(value, Decimal):
            amount: Decimal | None = value
        else:
            amount = (
                Decimal(str(value)) if isinstance(value, int | float | str) and not isinstance(value, bool) else None
            )
    except InvalidOperation:
        amount = None
    if amount is not None and amount.is_nan():
        return None
    if amount is None or not amount.is_finite() or abs(amount) >= 10**12:
        raise Unreadable(f"{names[0]} is not a number")
    return amount


def moment(record: Mapping[str, Any], *names: str) -> datetime | None:
    """The first of these fields that is there, an ISO time, as UTC; a time without a zone is UTC (apis.md 3.2).

    Raises Unreadable for anything else.
    """
    for name in names:
        value = record.get(name)
        if value in (None, ""):
            continue
        try:
            parsed = datetime.fromisoformat(value)
            return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
        except (TypeError, ValueError, OverflowError):
            raise Unreadable(f"{name} is not a time") from None
    return None


def sale_cents(record: Mapping[str, Any], *names: str) -> int | None:
    """The one place where the money of `/v1/orders` becomes cents (A13)."""
    amount = number(record, *names)
    if amount is None:
        return None
    return int((amount if ORDERS_ARE_IN_CENTS else amount * 100).to_integral_value())
