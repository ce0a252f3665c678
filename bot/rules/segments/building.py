"""A segment while somebody builds it: groups in groups, which may still be empty, and which of them is being worked at."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from bot.errors import Refused
from bot.rules.segments.reading import DEEPEST, MOST_CONDITIONS, as_json, tree_of
from bot.rules.segments.trees import AllOf, AnyOf, Condition, Not, Tree, conditions


class How(StrEnum):
    ALL = "all"
    ANY = "any"
    NONE = "none"


@dataclass(frozen=True)
class Leaf:
    """A condition, or with `is_not` its opposite."""

    condition: Condition
    is_not: bool = False


@dataclass(frozen=True)
class Group:
    how: How = How.ALL
    parts: tuple["Leaf | Group", ...] = ()


Path = tuple[int, ...]
"""Which group of which group, from the outermost on; () is the outermost itself."""


def group_of(tree: Tree) -> Group:
    """The same, as it is built. Of one condition: a group with that in it."""
    part = _part_of(tree)
    return part if isinstance(part, Group) else Group(parts=(part,))


def _part_of(tree: Tree) -> Leaf | Group:
    match tree:
        case Condition():
            return Leaf(tree)
        case AllOf(parts):
            return Group(How.ALL, tuple(map(_part_of, parts)))
        case AnyOf(parts):
            return Group(How.ANY, tuple(map(_part_of, parts)))
        case Not(Condition() as condition):
            return Leaf(condition, is_not=True)
        case Not(Not(part)):
            return _part_of(part)
        case Not(AnyOf(parts)):
            return Group(How.NONE, tuple(map(_part_of, parts)))
        case Not(part):
            return Group(How.NONE, (_part_of(part),))


def asked_by(group: Group) -> Tree:
    """What is built, as a segment keeps it: a group of one is that one. Raises Refused where a group is still empty."""
    if not group.parts:
        raise Refused("A group needs at least one condition.")
    parts = tuple(_asked(part) for part in group.parts)
    if group.how is How.NONE:
        return Not(parts[0] if len(parts) == 1 else AnyOf(parts))
    if len(parts) == 1:
        return parts[0]
    return AllOf(parts) if group.how is How.ALL else AnyOf(parts)


def _asked(part: Leaf | Group) -> Tree:
    if isinstance(part, Group):
        return asked_by(part)
    return Not(part.condition) if part.is_not else part.condition


def at(group: Group, path: Path) -> Group:
    """Raises Refused when there is no such group (any more)."""
    for place in path:
        found = part_at(group, place)
        if not isinstance(found, Group):
            raise Refused(GONE)
        group = found
    return group


GONE = "That part of the segment is no longer there."


def part_at(group: Group, place: int) -> Leaf | Group:
    if not 0 <= place < len(group.parts):
        raise Refused(GONE)
    return group.parts[place]


def with_group(group: Group, path: Path, new: Group) -> Group:
    """With another group at the path."""
    if not path:
        return new
    inner = with_group(at(group, path[:1]), path[1:], new)
    return replace(group, parts=(*group.parts[: path[0]], inner, *group.parts[path[0] + 1 :]))


def with_part(group: Group, path: Path, part: Leaf | Group, place: int | None = None) -> Group:
    """In the group at the path: in place of another part, or after all of them. Raises Refused where it would be too much."""
    if isinstance(part, Group) and len(path) + 3 > DEEPEST:
        raise Refused(f"Groups can stand in groups at most {DEEPEST} deep.")
    here = at(group, path)
    if place is None:
        place = len(here.parts)
        if isinstance(part, Leaf) and _count(group) >= MOST_CONDITIONS:
            raise Refused(f"A segment can have at most {MOST_CONDITIONS} conditions.")
    else:
        part_at(here, place)
    parts = (*here.parts[:place], part, *here.parts[place + 1 :])
    return with_group(group, path, replace(here, parts=parts))


def without(group: Group, path: Path, place: int) -> Group:
    here = at(group, path)
    part_at(here, place)
    return with_group(group, path, replace(here, parts=(*here.parts[:place], *here.parts[place + 1 :])))


def turned(group: Group, path: Path, place: int) -> Group:
    """A condition becomes its opposite."""
    part = part_at(at(group, path), place)
    if not isinstance(part, Leaf):
        raise Refused(GONE)
    return with_part(group, path, replace(part, is_not=not part.is_not), place)


def _count(group: Group) -> int:
    return sum(_count(part) if isinstance(part, Group) else 1 for part in group.parts)


@dataclass(frozen=True)
class Draft:
    """Between the steps of the modal. `key` is that of the segment that is edited, "" for a new one; `path` the group that is
    shown; `version` counts the changes, so that what was counted for another one is not shown."""

    workspace: str
    user_id: str
    account: str
    key: str = ""
    name: str = ""
    group: Group = Group()
    path: Path = ()
    version: int = 0

    def changed(self, **values: Any) -> "Draft":
        return replace(self, **{**values, "version": self.version + 1})

    def as_json(self) -> str:
        named = {name: value for name, value in asdict(self).items() if name != "group"}
        return json.dumps({"segment": named, "group": _group_as_json(self.group)}, ensure_ascii=False)


def draft_of(written: str) -> Draft | None:
    """None for what is a draft of something else."""
    found = json.loads(written)
    if not isinstance(found, dict) or found.keys() != {"segment", "group"}:
        return None
    named = found["segment"]
    return Draft(**{**named, "path": tuple(named["path"]), "group": _group_from(found["group"])})


def _group_as_json(group: Group) -> dict[str, Any]:
    parts: Sequence[Leaf | Group] = group.parts
    return {
        "how": group.how.value,
        "parts": [
            _group_as_json(part)
            if isinstance(part, Group)
            else {"is_not": part.is_not, "condition": as_json(part.condition)}
            for part in parts
        ],
    }


def _group_from(written: Any) -> Group:
    parts: list[Leaf | Group] = []
    for part in written["parts"]:
        if "how" in part:
            parts.append(_group_from(part))
        else:
            (condition,) = conditions(tree_of(part["condition"]))
            parts.append(Leaf(condition, part["is_not"]))
    return Group(How(written["how"]), tuple(parts))
