"""What a segment may ask about a customer: every field that is not sensitive, its kind, and what can be asked of it."""

from dataclasses import dataclass
from enum import StrEnum

from bot.rules.customers import FIELDS, DataClass
from bot.rules.segments.trees import Operator as Op


class Kind(StrEnum):
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    YES_NO = "yes_no"
    CONSENT = "consent"
    KNOWN = "known"
    """Whether there is one; which one rests sealed."""
    TEXT = "text"
    LIST = "list"
    GROUPS = "groups"
    AREA = "area"
    STORE = "store"


@dataclass(frozen=True)
class Field:
    """`label` is what people call it; `fact` is the attribute of `Facts` that holds it."""

    name: str
    kind: Kind
    label: str
    fact: str
    data_class: DataClass


_NUMBERS = (Op.MORE_THAN, Op.AT_LEAST, Op.LESS_THAN, Op.AT_MOST, Op.EQUALS, Op.BETWEEN)
_LISTS = (Op.INCLUDE_ANY, Op.INCLUDE_ALL, Op.INCLUDE_NONE, Op.ANY_CONTAINS)

OPERATORS: dict[Kind, tuple[Op, ...]] = {
    Kind.NUMBER: _NUMBERS,
    Kind.MONEY: _NUMBERS,
    Kind.DATE: (
        Op.IN_PAST_DAYS,
        Op.NOT_IN_PAST_DAYS,
        Op.DAYS_AGO_BETWEEN,
        Op.BEFORE,
        Op.SINCE,
        Op.ON,
        Op.BETWEEN_DAYS,
        Op.IS_KNOWN,
    ),
    Kind.YES_NO: (Op.IS,),
    Kind.CONSENT: (Op.IS,),
    Kind.KNOWN: (Op.IS_KNOWN,),
    Kind.TEXT: (Op.IS_ONE_OF, Op.IS_NONE_OF, Op.CONTAINS, Op.STARTS_WITH),
    Kind.LIST: _LISTS,
    Kind.GROUPS: _LISTS,
    Kind.AREA: (Op.IN_AREAS, Op.NEAR),
    Kind.STORE: (Op.IS_ONE_OF, Op.IS_NONE_OF),
}

_ASKED: dict[str, tuple[Kind, str, str]] = {
    "fh_last_orderdate": (Kind.DATE, "Last order", "last_order_at"),
    "first_order_date": (Kind.DATE, "First order", "first_order_at"),
    "fh_total_orders": (Kind.NUMBER, "Orders", "total_orders"),
    "fh_total_spent": (Kind.MONEY, "Total spent", "total_spent_cents"),
    "fh_products": (Kind.LIST, "Products bought", "products"),
    "fh_categories": (Kind.LIST, "Categories bought", "categories"),
    "fh_isloyal": (Kind.YES_NO, "Loyalty member", "is_loyal"),
    "fh_points": (Kind.NUMBER, "Loyalty points", "points"),
    "groups": (Kind.GROUPS, "Groups", "groups"),
    "consents_sms": (Kind.CONSENT, "Agreed to texts", "consents_sms"),
    "consents_email": (Kind.CONSENT, "Agreed to e-mail", "consents_email"),
    "mobile": (Kind.KNOWN, "Mobile number", "has_mobile"),
    "email": (Kind.KNOWN, "E-mail address", "has_email"),
    "home_store": (Kind.STORE, "Home store", "home_store_id"),
    "postal_code": (Kind.AREA, "Postal code", "postal_code"),
    "city": (Kind.TEXT, "City", "city"),
    "state": (Kind.TEXT, "State", "state"),
    "fh_last_ordertype": (Kind.TEXT, "Last order's type", "last_order_type"),
    "fh_last_orderstatus": (Kind.TEXT, "Last order's status", "last_order_status"),
    "fh_last_budtender": (Kind.TEXT, "Last budtender", "last_budtender"),
    "fh_id": (Kind.TEXT, "Flowhub id", "fh_id"),
}
"""In the order in which a person meets them: what is asked most stands first."""

NOT_ASKED = {
    "first_name": "rests sealed: it tells who somebody is, and no database can look into it",
    "last_name": "rests sealed, as the first name",
    "address": "rests sealed; the postal code's area is what a segment can ask for",
    "latitude": "is the postal code's: that one can be asked for what is near",
    "longitude": "is the postal code's, as the latitude",
}
"""Fields that are not sensitive and still can't be asked for, each with its reason."""

SEGMENT_FIELDS: dict[str, Field] = {
    name: Field(name, kind, label, fact, FIELDS[name][0])
    for name, (kind, label, fact) in _ASKED.items()
    if FIELDS[name][0] is not DataClass.SENSITIVE
}
"""By token name."""
