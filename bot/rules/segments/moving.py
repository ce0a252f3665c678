"""Who came to a segment and who left it, and which fact of theirs did it. Its words are in `bot/messages/segments.py`."""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any

from bot.rules.segments.days import RELATIVE, Asof
from bot.rules.segments.facts import Facts
from bot.rules.segments.fields import SEGMENT_FIELDS
from bot.rules.segments.holding import condition_holds, holds
from bot.rules.segments.trees import AllOf, Condition, Not, Tree, parts

TOLD_FIRST = ("fh_last_orderdate", "fh_total_orders", "fh_total_spent", "first_order_date")
"""Where several facts did it, the one that says most to somebody in a shop is told."""


@dataclass(frozen=True)
class Movement:
    """Ids of customers. A customer is in at most one of the two."""

    entered: frozenset[str]
    left: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.entered or self.left)


def movement(before: Set[str], after: Set[str]) -> Movement:
    return Movement(frozenset(after - before), frozenset(before - after))


class Because(StrEnum):
    FACT = "fact"
    VANISHED = "vanished"
    """Flowhub no longer has the customer."""
    EDITED = "edited"
    """The segment asks for something else now."""


@dataclass(frozen=True)
class Reason:
    """Which condition decided, whether it holds now, and the customer's fact; `days_ago` is set for a date that is known."""

    because: Because
    condition: Condition | None = None
    holds: bool = True
    fact: Any = None
    days_ago: int | None = None


def reason(tree: Tree, facts: Facts | None, asof: Asof, *, before: Asof | None = None, edited: bool = False) -> Reason:
    """Why a customer who has just moved is where they are. `facts` is None for one who vanished.

    `before` is when the segment was evaluated last: a condition that time alone has turned since then is the reason.
    """
    if facts is None:
        return Reason(Because.VANISHED)
    deciding = list(_deciding(tree, facts, asof))
    if edited or not deciding:
        return Reason(Because.EDITED)
    turned = [one for one in deciding if before is not None and _has_turned(one, facts, before, asof)]
    told = min(turned or deciding, key=_told_first)
    fact = getattr(facts, SEGMENT_FIELDS[told.field].fact)
    days_ago = asof.days_ago(fact) if isinstance(fact, datetime) else None
    return Reason(Because.FACT, told, condition_holds(told, facts, asof), fact, days_ago)


def _deciding(tree: Tree, facts: Facts, asof: Asof) -> Iterator[Condition]:
    """The conditions that make the tree come out as it does: of an "all" that fails, those that fail."""
    if isinstance(tree, Condition):
        yield tree
        return
    outcomes = [(part, holds(part, facts, asof)) for part in parts(tree)]
    if not isinstance(tree, Not):
        decisive = not isinstance(tree, AllOf)  # one true part decides an "any", one false part an "all"
        outcomes = [(part, outcome) for part, outcome in outcomes if outcome is decisive] or outcomes
    for part, _ in outcomes:
        yield from _deciding(part, facts, asof)


def _has_turned(condition: Condition, facts: Facts, before: Asof, after: Asof) -> bool:
    turns = condition.operator in RELATIVE
    return turns and condition_holds(condition, facts, before) != condition_holds(condition, facts, after)


def _told_first(condition: Condition) -> int:
    return TOLD_FIRST.index(condition.field) if condition.field in TOLD_FIRST else len(TOLD_FIRST)


@dataclass(frozen=True)
class Sizes:
    """How a segment stands: `before + entered − left = size`, in every run."""

    before: int
    entered: int
    left: int
    size: int

    @property
    def adds_up(self) -> bool:
        return self.before + self.entered - self.left == self.size


def together(runs: Iterable[Sizes]) -> Sizes:
    """Several runs, one after the other, as one. Raises ValueError when one does not begin where the last one ended."""
    ran = list(runs)
    if any(one.size != following.before for one, following in pairwise(ran)):
        raise ValueError("a run began with another number than the one before had ended with")
    if not ran:
        return Sizes(0, 0, 0, 0)
    return Sizes(ran[0].before, sum(one.entered for one in ran), sum(one.left for one in ran), ran[-1].size)


LEAST_WORTH, LEAST_SHARE = 5, 0.05


def is_worth_a_look(sizes: Sizes) -> bool:
    """Whether so many moved that somebody should hear of it: five people or more, and a twentieth of the segment."""
    most = max(sizes.entered, sizes.left)
    return most >= LEAST_WORTH and most >= LEAST_SHARE * max(sizes.before, sizes.size)
