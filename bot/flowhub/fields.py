"""The fields of one record, as customers and sales have them: texts, flags and times out of whatever was written there."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from bot.errors import Unreadable
from bot.flowhub import values

LONGEST_TEXT = 500


def odd(raw: bytes, what: str) -> Mapping[str, Any]:
    try:
        record = json.loads(raw, parse_constant=lambda _name: None)
    except (ValueError, RecursionError):
        raise Unreadable(f"{what} that is no JSON") from None
    if not isinstance(record, Mapping):
        raise Unreadable(f"{what} that is not an object")
    return record


def flag(record: Mapping[str, Any], name: str) -> bool | None:
    value = record.get(name)
    if isinstance(value, bool | None):
        return value
    known = {"true": True, "1": True, "false": False, "0": False, "": None}
    if str(value).lower() not in known:
        raise Unreadable(f"{name} is neither true nor false")
    return known[str(value).lower()]


def reader_of(raw: bytes) -> Callable[[str | None], str]:
    """How the texts of this record are read: nearly all have nothing in them that must be looked for letter by letter."""
    # A byte is found by its number ten times as fast as by a text of one.
    is_plain = raw.isascii() and ord("\\") not in raw and 0x7F not in raw
    return _plain if is_plain else words


def _plain(value: str | None) -> str:
    return value.strip()[:LONGEST_TEXT] if value else ""


def words(value: str | None) -> str:
    """As `values.text` has it: trimmed, at most 500 characters, without what no database can hold."""
    if not value:
        return ""
    if len(value) <= LONGEST_TEXT and value.isascii() and value.isprintable():
        return value.strip()
    return values.text({"": value}, "")


def moment(value: str | None, name: str) -> datetime | None:
    if not value:
        return None
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        raise Unreadable(f"{name} is not a time") from None
    return parsed if parsed.tzinfo is UTC else values.moment({name: value}, name)
