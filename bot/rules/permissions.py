"""Who may do what. Roles come from three places: Slack (its owners, its guests), the store's settings (`managers`), and
what people were given with /flowhub roles."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Role(IntEnum):
    GUEST = 0
    """Guests, bots, people of other workspaces, and whoever was given "no access"."""
    STAFF = 1
    LEAD = 2
    MANAGER = 3
    OWNER = 4


class Act(StrEnum):
    LOOK = "look at orders"
    CLAIM = "claim orders"
    REVEAL = "see contact details"
    CANCEL = "ask to cancel orders"
    SETTLE = "answer for the point of sale"
    REPOST = "post a card again"
    STATUS = "see how stores are connected"
    DOCTOR = "check the connections"
    CONNECT = "connect stores"
    DISCONNECT = "pause or remove stores"
    ROTATE = "change credentials"
    WEB_SHOP = "set up a web shop"
    ROLES = "give roles"
    AUDIT = "read the audit log"
    SIGN_OFF = "sign off channels"
    CUSTOMER = "look up customers"
    CUSTOMER_CONTACT = "see customers' contact details"
    SYNC = "sync customers"
    SYNC_ANYWAY = "let a stopped sync go on"
    FORGET = "forget customers"
    EXPORT = "export customers"
    SEGMENTS = "look at segments"
    CHANGE_SEGMENTS = "make and change segments"
    MEMBERS = "see who is in a segment"
    MEMBERS_FILE = "take a segment's members as a file"
    DIGEST = "have a digest made"
    DIGEST_SETTINGS = "choose what a store is told"
    ROLLUP = "have all stores told of together"
    NAME = "let a digest name customers"
    AUTOMATIONS = "set up automations"
    AUTOMATION_WEBHOOK = "let automations tell another tool"


LEAST_ROLE: dict[Act, Role] = {
    Act.LOOK: Role.STAFF,
    Act.CLAIM: Role.STAFF,
    Act.REVEAL: Role.STAFF,
    Act.CANCEL: Role.STAFF,
    Act.SETTLE: Role.STAFF,
    Act.REPOST: Role.STAFF,
    Act.STATUS: Role.STAFF,
    Act.DOCTOR: Role.MANAGER,
    Act.CONNECT: Role.MANAGER,
    Act.DISCONNECT: Role.MANAGER,
    Act.ROTATE: Role.MANAGER,
    Act.WEB_SHOP: Role.MANAGER,
    Act.ROLES: Role.OWNER,
    Act.AUDIT: Role.OWNER,
    Act.SIGN_OFF: Role.OWNER,
    Act.CUSTOMER: Role.LEAD,
    Act.CUSTOMER_CONTACT: Role.MANAGER,
    Act.SYNC: Role.MANAGER,
    Act.SYNC_ANYWAY: Role.OWNER,
    Act.FORGET: Role.OWNER,
    Act.EXPORT: Role.OWNER,
    Act.SEGMENTS: Role.LEAD,
    Act.CHANGE_SEGMENTS: Role.MANAGER,
    Act.MEMBERS: Role.MANAGER,
    Act.MEMBERS_FILE: Role.OWNER,
    Act.DIGEST: Role.LEAD,
    Act.DIGEST_SETTINGS: Role.MANAGER,
    Act.ROLLUP: Role.OWNER,
    Act.NAME: Role.OWNER,
    Act.AUTOMATIONS: Role.MANAGER,
    Act.AUTOMATION_WEBHOOK: Role.OWNER,
}
"""The whole of it. A new act is a line here and one in `Act`."""

ANYWHERE = frozenset({Act.LOOK, Act.STATUS, Act.DOCTOR, Act.CONNECT})
"""Where these are done for no store in particular, the role at any store of the workspace will do; the others then need a
role in all of them."""

IN_EVERY_STORE = frozenset(
    {Act.SYNC_ANYWAY, Act.FORGET, Act.EXPORT, Act.MEMBERS_FILE, Act.ROLLUP, Act.AUTOMATION_WEBHOOK}
)
"""Customers belong to a whole Flowhub organisation. These acts take the role at each of its stores, the other acts about
customers at one of them."""


@dataclass(frozen=True)
class Person:
    """Somebody in Slack. `is_guest` covers guests of both kinds and people of other companies in a shared channel."""

    id: str
    name: str
    is_owner: bool = False
    is_guest: bool = False
    is_bot: bool = False

    @property
    def is_outsider(self) -> bool:
        """No role makes one of us of them."""
        return self.is_guest or self.is_bot


@dataclass(frozen=True)
class Grant:
    """A role that somebody was given. `subject` is a person ("U…") or a user group ("S…"); without a store, in all."""

    subject: str
    role: Role
    store_key: str = ""

    @property
    def is_for_group(self) -> bool:
        return is_user_group(self.subject)

    def counts_at(self, store_key: str) -> bool:
        return self.store_key in ("", store_key)


def is_user_group(subject: str) -> bool:
    return subject.startswith("S")


def role_of(
    person: Person,
    managers: Collection[str] = (),
    *,
    grants: Iterable[Grant] = (),
    groups: Collection[str] = (),
    store_key: str = "",
) -> Role:
    """What somebody is at a store; without one, in all of the workspace's. `groups` are the user groups they are in.

    A role given to a person themselves counts before anything else, also downwards, and the one for this store before the
    one for all. A group's role only ever lifts: nobody loses a store because somebody added them to a group.
    """
    if person.is_outsider:
        return Role.GUEST
    here = [grant for grant in grants if grant.counts_at(store_key)]
    own = [grant for grant in here if grant.subject == person.id]
    if own:
        return max(own, key=lambda grant: grant.store_key != "").role
    lifts = [grant.role for grant in here if grant.is_for_group and grant.subject in groups]
    if person.is_owner:
        lifts.append(Role.OWNER)
    if person.id in managers:
        lifts.append(Role.MANAGER)
    return max([Role.STAFF, *lifts])


def least_role(act: Act, *, reveal_for_managers_only: bool = False) -> Role:
    """Each store may keep contact details for its managers."""
    return Role.MANAGER if act is Act.REVEAL and reveal_for_managers_only else LEAST_ROLE[act]


@dataclass(frozen=True)
class WhoCould:
    """Who may do something at a store, as far as they are known by name; Slack's own owners are not listed here."""

    role: Role
    people: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


def who_could(role: Role, managers: Sequence[str], grants: Sequence[Grant], store_key: str = "") -> WhoCould:
    """Those who were given this role or a higher one, by name in the settings or in Slack."""
    here = [grant for grant in grants if grant.counts_at(store_key)]
    # Later ones win: what was given for this store alone says more than what was given for all.
    own = {grant.subject: grant.role for grant in sorted(here, key=lambda grant: grant.store_key)}
    named = dict.fromkeys(managers, Role.MANAGER) | own
    able = sorted((who for who, has in named.items() if has >= role), key=lambda who: (named[who], who))
    groups = [grant.subject for grant in here if grant.is_for_group and grant.role >= role]
    return WhoCould(role, tuple(who for who in able if not is_user_group(who)), tuple(sorted(set(groups))))


def why_not_give(giver: Person, subject: str, role: Role | None) -> str:
    """Why an owner can't give somebody this role (or, with None, take theirs away), as a code; "" when they can."""
    if subject == giver.id and role is not Role.OWNER:
        return "own"  # so that at least one owner is left, whoever lowers whom
    if is_user_group(subject) and role is Role.GUEST:
        return "group"  # a group's role only lifts
    return ""
