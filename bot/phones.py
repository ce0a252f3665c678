"""Phone numbers in E.164, out of whatever somebody typed."""

import re
from functools import lru_cache

import phonenumbers

_PLAIN = re.compile(r"^\(?([2-9]\d\d)\)?[ .-]?([2-9]\d\d)[ .-]?(\d{4})$")
"""A North American number as nearly all profiles have it. Reading it with the library takes fifty times as long."""


def e164(phone: str) -> str | None:
    """None when it is no number that can exist in the form it has; numbers without a country are of the United States."""
    if plain := _PLAIN.match(phone):
        return f"+1{plain[1]}{plain[2]}{plain[3]}"
    return _parsed(phone)


@lru_cache(maxsize=4096)
def _parsed(phone: str) -> str | None:
    try:
        parsed = phonenumbers.parse(phone, "US")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
