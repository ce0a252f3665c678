"""A segment's tree as an expression of SQLAlchemy over customers and profiles: the same answer as `bot.rules.segments.holding`.

No part of it is ever NULL, so that a "not" is the opposite. Texts are compared with A to Z in small and nothing else folded,
which is what both databases can agree on.
"""

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    and_,
    collate,
    column,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy import Text as SqlText
from sqlalchemy import not_ as opposite

from bot.rules.segments.days import Asof, Span, span_of
from bot.rules.segments.fields import SEGMENT_FIELDS, Kind
from bot.rules.segments.holding import MILES_PER_DEGREE, degree_of_longitude, small
from bot.rules.segments.trees import AllOf, AnyOf, Condition, Near, Not, Tree
from bot.rules.segments.trees import Operator as Op
from bot.store.customer_rows import CustomerRow, ProfileRow

Bool = ColumnElement[bool]
customers: Any = CustomerRow.__table__  # type: ignore[attr-defined]
profiles: Any = ProfileRow.__table__  # type: ignore[attr-defined]

WITH_PROFILES = customers.outerjoin(
    profiles, and_(profiles.c.account == customers.c.account, profiles.c.fh_id == customers.c.fh_id)
)
"""What to select from: whoever never bought has no profile."""


def members(tree: Tree, asof: Asof, *, is_sqlite: bool, has_bought: bool = False) -> Bool:
    """True for each row of `WITH_PROFILES` whose customer the tree holds for. The tree must have passed `reading.check`.

    With `has_bought` the rows are profiles, whose numbers are known.
    """
    match tree:
        case AllOf(parts):
            return and_(true(), *(members(part, asof, is_sqlite=is_sqlite, has_bought=has_bought) for part in parts))
        case AnyOf(parts):
            return or_(false(), *(members(part, asof, is_sqlite=is_sqlite, has_bought=has_bought) for part in parts))
        case Not(part):
            return opposite(members(part, asof, is_sqlite=is_sqlite, has_bought=has_bought))
        case Condition():
            return _Asked(tree, is_sqlite, has_bought).answer(asof)


def within(field: str, span: Span) -> Bool:
    """Rows whose date is in the span. Where the date is unknown it is not."""
    at = _column(SEGMENT_FIELDS[field].fact)
    asked = [at >= span.since] if span.since is not None else []
    if span.until is not None:
        asked.append(at < span.until)
    return and_(at.is_not(None), *asked)


def _column(fact: str) -> Any:
    return customers.c[fact] if fact in customers.c else profiles.c[fact]


class _Asked:
    def __init__(self, condition: Condition, is_sqlite: bool, has_bought: bool) -> None:
        self._condition = condition
        self._value: Any = condition.value
        self._is_sqlite = is_sqlite
        self._has_bought = has_bought
        self._field = SEGMENT_FIELDS[condition.field]

    def answer(self, asof: Asof) -> Bool:
        fact = self._field.fact
        match self._field.kind:
            case Kind.DATE if self._condition.operator is Op.IS_KNOWN:
                return _is_known(_column(fact), self._value)
            case Kind.DATE:
                return within(self._condition.field, span_of(self._condition, asof))
            case Kind.KNOWN:
                return _is_known(customers.c[fact.replace("has_", "") + "_print"], self._value)
            case Kind.NUMBER | Kind.MONEY:
                number = _column(fact) if self._has_bought else func.coalesce(_column(fact), 0)
                return _OF_NUMBERS[self._condition.operator](number, self._value)
            case Kind.YES_NO | Kind.CONSENT:
                is_so: Bool = customers.c[fact].is_(self._value)
                return is_so
            case Kind.LIST | Kind.GROUPS:
                return self._of_a_list(_column(fact))
            case Kind.AREA if isinstance(self._value, Near):
                return _is_near(self._value)
            case _:
                return self._of_a_text(func.coalesce(_column(fact), ""))

    def _of_a_text(self, text: Any) -> Bool:
        in_small = self._small(text)
        match self._condition.operator:
            case Op.IS_ONE_OF:
                return self._is_one_of(in_small)
            case Op.IS_NONE_OF:
                return opposite(self._is_one_of(in_small))
            case Op.CONTAINS:
                return self._place(in_small, small(self._value)) > 0
            case Op.STARTS_WITH:
                return self._place(in_small, small(self._value)) == 1
            case _:  # IN_AREAS
                return or_(false(), *(self._place(in_small, small(area)) == 1 for area in self._value))

    def _of_a_list(self, names: Any) -> Bool:
        if self._condition.operator is Op.INCLUDE_ALL:
            return and_(true(), *(self._includes(names, (name,)) for name in self._value))
        if self._condition.operator is Op.ANY_CONTAINS:
            wanted = small(self._value)
            found = self._one_of_the_names(names, lambda name: self._place(self._small(name), wanted) > 0)
            return and_(self._could(names, wanted), found)
        includes = self._includes(names, self._value)
        return opposite(includes) if self._condition.operator is Op.INCLUDE_NONE else includes

    def _includes(self, names: Any, wanted: tuple[str, ...]) -> Bool:
        in_small = [small(one) for one in wanted]
        found = self._one_of_the_names(names, lambda name: self._small(name).in_(in_small))
        return and_(or_(false(), *(self._could(names, one) for one in in_small)), found)

    def _could(self, names: Any, wanted: str) -> Bool:
        """Whether the JSON as a text has the word in it: most have not, and taking JSON apart costs a hundred times as much."""
        as_written = json.dumps(wanted, ensure_ascii=False)[1:-1]
        return self._place(self._small(func.coalesce(names, "")), small(as_written)) > 0

    def _one_of_the_names(self, names: Any, test: Callable[[Any], Bool]) -> Bool:
        listed = func.coalesce(func.nullif(names, ""), "[]")
        if self._is_sqlite:
            each = func.json_each(listed).table_valued(column("value", SqlText)).alias("name")
        else:
            each = func.json_array_elements_text(listed.cast(JSON)).table_valued(column("value", SqlText)).alias("name")
        return exists(select(literal(1)).select_from(each).where(test(each.c.value)))

    def _is_one_of(self, text: Any) -> Bool:
        listed: Bool = text.in_([small(one) for one in self._value])
        return listed

    def _small(self, text: Any) -> Any:
        """SQLite's `lower` knows A to Z only; PostgreSQL's does under the collation "C"."""
        return func.lower(text) if self._is_sqlite else func.lower(collate(text, "C"))

    def _place(self, text: Any, wanted: str) -> ColumnElement[int]:
        """Where a text is found in another, from 1; 0 is nowhere. Unlike LIKE it has no letters with a meaning."""
        found: ColumnElement[int] = func.instr(text, wanted) if self._is_sqlite else func.strpos(text, wanted)
        return found


def _is_known(value: Any, wanted: bool) -> Bool:
    known: Bool = value.is_not(None) if wanted else value.is_(None)
    return known


def _is_near(near: Near) -> Bool:
    """The same arithmetic in the same order as the rule: the results are the same to the last bit."""
    north = (customers.c.latitude - literal(near.latitude)) * literal(MILES_PER_DEGREE)
    east = (customers.c.longitude - literal(near.longitude)) * literal(degree_of_longitude(near))
    return and_(
        customers.c.latitude.is_not(None),
        customers.c.longitude.is_not(None),
        north * north + east * east <= literal(near.miles * near.miles),
    )


def _big(number: int) -> Any:
    """PostgreSQL takes a number for one of the column's kind, and a column of 32 bits may be asked for more."""
    return literal(number, BigInteger)


_OF_NUMBERS: dict[Op, Callable[[Any, Any], Bool]] = {
    Op.MORE_THAN: lambda number, value: number > _big(value),
    Op.AT_LEAST: lambda number, value: number >= _big(value),
    Op.LESS_THAN: lambda number, value: number < _big(value),
    Op.AT_MOST: lambda number, value: number <= _big(value),
    Op.EQUALS: lambda number, value: number == _big(value),
    Op.BETWEEN: lambda number, value: number.between(*map(_big, value)),
}
