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
    # A number without its area code is possible too, but only for somebody who stands there.
    if phonenumbers.is_possible_number_with_reason(parsed) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
