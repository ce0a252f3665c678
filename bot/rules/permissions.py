"""Who may do what in a store's channel. Roles come from Slack (owner, guest) and from the store's settings (manager)."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Role(IntEnum):
    GUEST = 0
    STAFF = 1
    MANAGER = 2
    OWNER = 3


class Act(StrEnum):
    LOOK = "look at orders"
    CLAIM = "claim orders"
    REVEAL = "see contact details"
    CANCEL = "ask to cancel orders"
    SETTLE = "answer for the point of sale"
    REPOST = "post a card again"


LEAST_ROLE: dict[Act, Role] = {
    Act.LOOK: Role.STAFF,
    Act.CLAIM: Role.STAFF,
    Act.REVEAL: Role.STAFF,
    Act.CANCEL: Role.STAFF,
    Act.SETTLE: Role.STAFF,
    Act.REPOST: Role.STAFF,
}


@dataclass(frozen=True)
class Person:
    """Somebody in Slack. `is_guest` covers guests of both kinds and people of other companies in a shared channel."""

    id: str
    name: str
    is_owner: bool = False
    is_guest: bool = False
    is_bot: bool = False


def role_of(person: Person, managers: tuple[str, ...]) -> Role:
    if person.is_guest or person.is_bot:
        return Role.GUEST
    if person.is_owner:
        return Role.OWNER
    return Role.MANAGER if person.id in managers else Role.STAFF


def may(person: Person, act: Act, *, managers: tuple[str, ...], reveal_for_managers_only: bool = False) -> bool:
    least = LEAST_ROLE[act]
    if act is Act.REVEAL and reveal_for_managers_only:
        least = Role.MANAGER
    return role_of(person, managers) >= least
