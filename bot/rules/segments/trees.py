"""What a segment is: `all`, `any` and `not` of conditions. Every tree is true or false of a customer, never unknown."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Operator(StrEnum):
    MORE_THAN = "more_than"
    AT_LEAST = "at_least"
    LESS_THAN = "less_than"
    AT_MOST = "at_most"
    EQUALS = "equals"
    BETWEEN = "between"
    """Both ends included."""
    IN_PAST_DAYS = "in_past_days"
    """Today and the days before it, that many together: with 1 it is today alone."""
    NOT_IN_PAST_DAYS = "not_in_past_days"
    """That many days ago or longer. A date that is unknown is in no past."""
    DAYS_AGO_BETWEEN = "days_ago_between"
    """Both ends included; 0 is today."""
    BEFORE = "before"
    SINCE = "since"
    ON = "on"
    BETWEEN_DAYS = "between_days"
    """Both ends included."""
    IS_KNOWN = "is_known"
    IS = "is"
    IS_ONE_OF = "is_one_of"
    IS_NONE_OF = "is_none_of"
    CONTAINS = "contains"
    STARTS_WITH = "starts_with"
    INCLUDE_ANY = "include_any"
    INCLUDE_ALL = "include_all"
    INCLUDE_NONE = "include_none"
    ANY_CONTAINS = "any_contains"
    IN_AREAS = "in_areas"
    """A postal code that begins with one of these: "802" is a region, "80202" one code."""
    NEAR = "near"


@dataclass(frozen=True)
class Near:
    """At most `miles` from the middle of a postal code's area; degrees."""

    postal_code: str
    latitude: float
    longitude: float
    miles: float


Value = bool | int | tuple[int, int] | date | tuple[date, date] | str | tuple[str, ...] | Near


@dataclass(frozen=True)
class Condition:
    """`field` is a token name of `FIELDS`. Money is cents."""

    field: str
    operator: Operator
    value: Value


@dataclass(frozen=True)
class AllOf:
    """Of nothing, it holds for everybody."""

    parts: tuple["Tree", ...]


@dataclass(frozen=True)
class AnyOf:
    """Of nothing, it holds for nobody."""

    parts: tuple["Tree", ...]


@dataclass(frozen=True)
class Not:
    part: "Tree"


Tree = Condition | AllOf | AnyOf | Not


def conditions(tree: Tree) -> Iterator[Condition]:
    """Every condition, from left to right."""
    if isinstance(tree, Condition):
        yield tree
    else:
        for part in parts(tree):
            yield from conditions(part)


def parts(tree: Tree) -> tuple[Tree, ...]:
    if isinstance(tree, Condition):
        return ()
    return (tree.part,) if isinstance(tree, Not) else tree.parts


def depth(tree: Tree) -> int:
    return 1 + max((depth(part) for part in parts(tree)), default=0)
