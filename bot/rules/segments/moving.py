"""Who came to a segment and who left it, and which fact of theirs did it. Its words are in `bot/messages/segments.py`."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from operator import attrgetter
from typing import Any, NamedTuple

from bot.rules.segments.days import RELATIVE, Asof, DaysAgo
from bot.rules.segments.facts import Facts
from bot.rules.segments.fields import SEGMENT_FIELDS
from bot.rules.segments.holding import condition_test
from bot.rules.segments.trees import AllOf, Condition, Not, Tree, conditions, parts

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


class Reason(NamedTuple):
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
    if edited and facts is not None:
        return Reason(Because.EDITED)
    return Reasons(tree, asof, before).of(facts)


class Reasons:
    """The same for many who moved in one evaluation: what the two moments make of dates is worked out once.

    Which condition is told follows from how each comes out now and came out before. Most who move are alike in that.
    """

    def __init__(self, tree: Tree, asof: Asof, before: Asof | None = None) -> None:
        asked = {one: _Asked(one, asof, before) for one in conditions(tree)}
        self._days_ago = DaysAgo(asof)
        self._decided = _decided(tree, asked)
        self._tests = [test for one in asked.values() for test in (one.test, one.test_before) if test is not None]
        self._shown: dict[tuple[bool, ...], Callable[[Facts], Any]] = {}

    def alike(self, facts: Facts | None) -> Hashable:
        """Customers of whom this is the same moved for the same reason. It is much less work than the reason itself."""
        if facts is None:
            return None
        outcomes = tuple([test(facts) for test in self._tests])
        shown = self._shown.get(outcomes)
        if shown is None:
            shown = self._shown[outcomes] = self._shown_of(facts)
        return outcomes, shown(facts)

    def of(self, facts: Facts | None) -> Reason:
        if facts is None:
            return Reason(Because.VANISHED)
        told = self._told_of(facts)
        if told is None:
            return Reason(Because.EDITED)
        asked, holds = told
        fact = asked.fact_of(facts)
        days_ago = self._days_ago(fact) if isinstance(fact, datetime) else None
        return Reason(Because.FACT, asked.condition, holds, fact, days_ago)

    def _shown_of(self, facts: Facts) -> Callable[[Facts], Any]:
        """Of all whose conditions come out like that, what is told: a date by how many days ago it was."""
        told = self._told_of(facts)
        if told is None:
            return lambda _: None
        fact_of, days_ago = told[0].fact_of, self._days_ago

        def shown(facts: Facts) -> Any:
            fact = fact_of(facts)
            return days_ago(fact) if isinstance(fact, datetime) else fact

        return shown

    def _told_of(self, facts: Facts) -> "tuple[_Asked, bool] | None":
        """With how it comes out; None for a tree without conditions."""
        deciding = self._decided(facts).by
        if not deciding:
            return None
        told = deciding[0]
        if len(deciding) > 1:
            told = min([one for one in deciding if one.has_turned(facts)] or deciding, key=_told_first)
        return told, told.test(facts)


class _Asked:
    """A condition at two moments; `test_before` is None for one that time alone does not turn."""

    def __init__(self, condition: Condition, asof: Asof, before: Asof | None) -> None:
        self.condition = condition
        self.fact_of = attrgetter(SEGMENT_FIELDS[condition.field].fact)
        self.place = TOLD_FIRST.index(condition.field) if condition.field in TOLD_FIRST else len(TOLD_FIRST)
        self.test = condition_test(condition, asof)
        turns = before is not None and condition.operator in RELATIVE
        self.test_before = condition_test(condition, before) if turns and before is not None else None

    def has_turned(self, facts: Facts) -> bool:
        return self.test_before is not None and self.test(facts) != self.test_before(facts)


_told_first = attrgetter("place")


class _Decided(NamedTuple):
    """How a tree comes out, and the conditions that make it so: of an "all" that fails, those that fail."""

    outcome: bool
    by: Sequence[_Asked]


def _decided(tree: Tree, asked: Mapping[Condition, _Asked]) -> Callable[[Facts], _Decided]:
    match tree:
        case Condition():
            one = asked[tree]
            itself = (one,)
            return lambda facts: _Decided(one.test(facts), itself)
        case Not(part):
            of_part = _decided(part, asked)

            def opposite(facts: Facts) -> _Decided:
                outcome, by = of_part(facts)
                return _Decided(not outcome, by)

            return opposite
    of_parts = [_decided(part, asked) for part in parts(tree)]
    decisive = not isinstance(tree, AllOf)  # one true part decides an "any", one false part an "all"

    def of_several(facts: Facts) -> _Decided:
        outcomes = [of_part(facts) for of_part in of_parts]
        decided = [one for one in outcomes if one.outcome is decisive]
        return _Decided(bool(decided) is decisive, [by_it for one in decided or outcomes for by_it in one.by])

    return of_several


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
