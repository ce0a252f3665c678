"""The segments of an account: what can be done with one, and the four of the guide, which are there from the first sync."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.errors import Refused
from bot.rules.order_values import printable
from bot.rules.segments.reading import check
from bot.rules.segments.trees import AllOf, Condition, Tree
from bot.rules.segments.trees import Operator as Op

MOST_SEGMENTS = 60
"""One bit each in a number of 63, and a few to spare."""
LONGEST_NAME = 60


class State(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    """Keeps its members as they were; nobody moves, and nothing is told."""
    ARCHIVED = "archived"
    """Is shown to nobody and has no members."""


@dataclass(frozen=True)
class Segment:
    """`bit` is its place in the number that says of a customer in which segments they are; an archived one has none.

    `starter` is the key of the starter that it began as, "" when somebody made it.
    """

    key: str
    name: str
    tree: Tree
    bit: int | None
    state: State = State.ACTIVE
    starter: str = ""


@dataclass(frozen=True)
class Starter:
    key: str
    name: str
    tree: Tree


LAPSED, NEW, REPEAT, SPENDERS = "lapsed_60", "new_30", "more_than_once", "spent_100"

STARTERS = (
    Starter(
        LAPSED,
        "No order in the past 60 days",
        AllOf(
            (
                Condition("fh_total_orders", Op.AT_LEAST, 1),
                Condition("fh_last_orderdate", Op.NOT_IN_PAST_DAYS, 60),
            )
        ),
    ),
    Starter(NEW, "First order in the past 30 days", Condition("first_order_date", Op.IN_PAST_DAYS, 30)),
    Starter(REPEAT, "Ordered more than once", Condition("fh_total_orders", Op.MORE_THAN, 1)),
    Starter(SPENDERS, "Spent more than $100", Condition("fh_total_spent", Op.MORE_THAN, 100_00)),
)
"""Of DailyStory's guide, which makes the same four when Flowhub is installed."""


def starters() -> tuple[Segment, ...]:
    """What an account begins with."""
    return tuple(Segment(one.key, one.name, one.tree, bit, starter=one.key) for bit, one in enumerate(STARTERS))


def made(key: str, name: str, tree: Tree, others: Iterable[Segment]) -> Segment:
    """A new segment. Raises Refused with a sentence for a person."""
    known = list(others)
    return Segment(key, _free_name(name, known), _checked(tree), _free_bit(known))


def edited(segment: Segment, name: str, tree: Tree, others: Iterable[Segment]) -> Segment:
    """Raises Refused with a sentence for a person."""
    if segment.state is State.ARCHIVED:
        raise Refused(f"“{segment.name}” is archived; make a copy of it.")
    known = [one for one in others if one.key != segment.key]
    return replace(segment, name=_free_name(name, known), tree=_checked(tree))


def copied(segment: Segment, key: str, others: Iterable[Segment]) -> Segment:
    """An active copy under a name of its own. Raises Refused when there are too many."""
    known = list(others)
    taken = {one.name.casefold() for one in known if one.state is not State.ARCHIVED}
    numbers = range(2, len(taken) + 3)
    endings = ["", " (copy)", *(f" (copy {number})" for number in numbers)]
    name = next(
        name
        for name in (segment.name[: LONGEST_NAME - len(ending)].rstrip() + ending for ending in endings)
        if name.casefold() not in taken
    )
    return made(key, name, segment.tree, known)


def paused(segment: Segment) -> Segment:
    return replace(segment, state=State.PAUSED) if segment.state is State.ACTIVE else segment


def resumed(segment: Segment) -> Segment:
    return replace(segment, state=State.ACTIVE) if segment.state is State.PAUSED else segment


def archived(segment: Segment) -> Segment:
    """Its bit must be cleared with it: another segment may get the place."""
    return replace(segment, state=State.ARCHIVED, bit=None)


def _checked(tree: Tree) -> Tree:
    check(tree)
    return tree


def _free_name(name: str, others: Iterable[Segment]) -> str:
    words = " ".join(printable(name).split())
    if not words:
        raise Refused("A segment needs a name.")
    if len(words) > LONGEST_NAME:
        raise Refused(f"A segment's name has at most {LONGEST_NAME} letters.")
    if any(one.name.casefold() == words.casefold() for one in others if one.state is not State.ARCHIVED):
        raise Refused(f"There is a segment “{words}” already.")
    return words


def _free_bit(others: Iterable[Segment]) -> int:
    taken = {one.bit for one in others}
    free = next((bit for bit in range(MOST_SEGMENTS) if bit not in taken), None)
    if free is None:
        raise Refused(f"There are {MOST_SEGMENTS} segments already: archive one that nobody uses.")
    return free
