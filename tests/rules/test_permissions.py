"""Who may do what: one table of acts, and roles from Slack, from the settings and from /flowhub roles."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.permissions import (
    ANYWHERE,
    LEAST_ROLE,
    Act,
    Grant,
    Person,
    Role,
    least_role,
    role_of,
    who_could,
    why_not_give,
)

MANAGERS = ("U0THEO",)
IMANI, THEO = Person("U0IMANI", "Imani"), Person("U0THEO", "Theo")
ROSA = Person("U0ROSA", "Rosa", is_owner=True)

PEOPLE = {
    "guest": (Person("U0GUEST", "Guest", is_guest=True), Role.GUEST),
    "bot": (Person("U0BOT", "Bot", is_bot=True), Role.GUEST),
    "staff": (IMANI, Role.STAFF),
    "manager": (THEO, Role.MANAGER),
    "owner": (ROSA, Role.OWNER),
    "guest who is listed as manager": (replace(THEO, is_guest=True), Role.GUEST),
    "owner of another company, in a shared channel": (Person("U1", "Other", is_owner=True, is_guest=True), Role.GUEST),
}
TABLE = {
    Role.STAFF: {Act.LOOK, Act.CLAIM, Act.REVEAL, Act.CANCEL, Act.SETTLE, Act.REPOST, Act.STATUS},
    Role.LEAD: {Act.DIGEST, Act.CUSTOMER, Act.SEGMENTS},
    Role.MANAGER: {
        Act.AUTOMATIONS,
        Act.CHANGE_SEGMENTS,
        Act.DIGEST_SETTINGS,
        Act.MEMBERS,
        Act.DOCTOR,
        Act.CONNECT,
        Act.DISCONNECT,
        Act.ROTATE,
        Act.WEB_SHOP,
        Act.CUSTOMER_CONTACT,
        Act.SYNC,
    },
    Role.OWNER: {
        Act.AUDIT,
        Act.AUTOMATION_WEBHOOK,
        Act.EXPORT,
        Act.FORGET,
        Act.MEMBERS_FILE,
        Act.NAME,
        Act.ROLES,
        Act.ROLLUP,
        Act.SIGN_OFF,
        Act.SYNC_ANYWAY,
    },
}


@pytest.mark.parametrize("who", PEOPLE)
def test_the_role_of_each_before_anybody_was_given_one(who: str) -> None:
    person, role = PEOPLE[who]
    assert role_of(person, MANAGERS) is role


@pytest.mark.parametrize("act", list(Act))
def test_every_act_needs_the_role_of_the_table(act: Act) -> None:
    (needed,) = [role for role, acts in TABLE.items() if act in acts]
    assert LEAST_ROLE[act] is needed
    assert least_role(act) is needed


def test_every_act_has_a_least_role_above_guests() -> None:
    assert set(LEAST_ROLE) == set(Act)
    assert min(LEAST_ROLE.values()) > Role.GUEST
    assert set(Act) >= ANYWHERE


@pytest.mark.parametrize("act", list(Act))
def test_a_store_may_keep_contact_details_for_its_managers(act: Act) -> None:
    expected = Role.MANAGER if act is Act.REVEAL else LEAST_ROLE[act]
    assert least_role(act, reveal_for_managers_only=True) is expected


def given_(*grants: tuple[str, Role, str]) -> list[Grant]:
    return [Grant(subject, role, store) for subject, role, store in grants]


WHO_IS_WHAT: list[tuple[str, Person, list[Grant], Role]] = [
    ("a role for this store", IMANI, given_(("U0IMANI", Role.LEAD, "uptown")), Role.LEAD),
    ("a role for another store", IMANI, given_(("U0IMANI", Role.LEAD, "downtown")), Role.STAFF),
    ("a role for all stores", IMANI, given_(("U0IMANI", Role.OWNER, "")), Role.OWNER),
    (
        "this store before all stores",
        IMANI,
        given_(("U0IMANI", Role.STAFF, "uptown"), ("U0IMANI", Role.MANAGER, "")),
        Role.STAFF,
    ),
    ("Slack's owner, lowered", ROSA, given_(("U0ROSA", Role.STAFF, "")), Role.STAFF),
    ("a manager of the settings, lowered", THEO, given_(("U0THEO", Role.STAFF, "uptown")), Role.STAFF),
    ("no access", IMANI, given_(("U0IMANI", Role.GUEST, "")), Role.GUEST),
    ("a group they are in", IMANI, given_(("S0CREW", Role.LEAD, "")), Role.LEAD),
    ("a group they are not in", IMANI, given_(("S0OTHER", Role.LEAD, "")), Role.STAFF),
    ("the highest of two groups", IMANI, given_(("S0CREW", Role.LEAD, ""), ("S0LATE", Role.MANAGER, "")), Role.MANAGER),
    ("a group does not lower an owner", ROSA, given_(("S0CREW", Role.LEAD, "")), Role.OWNER),
    ("nor a manager", THEO, given_(("S0CREW", Role.LEAD, "")), Role.MANAGER),
    ("their own before their group's", IMANI, given_(("U0IMANI", Role.STAFF, ""), ("S0CREW", Role.LEAD, "")), Role.STAFF),
]  # fmt: skip


@pytest.mark.parametrize(
    ("person", "grants", "role"), [row[1:] for row in WHO_IS_WHAT], ids=[r[0] for r in WHO_IS_WHAT]
)
def test_what_somebody_is_at_uptown(person: Person, grants: list[Grant], role: Role) -> None:
    found = role_of(person, MANAGERS, grants=grants, groups={"S0CREW", "S0LATE"}, store_key="uptown")
    assert found is role


people = st.builds(Person, st.sampled_from(["U1", "U2"]), st.just("x"), st.booleans(), st.booleans(), st.booleans())
grants = st.lists(
    st.builds(
        Grant, st.sampled_from(["U1", "U2", "S1", "S2"]), st.sampled_from(Role), st.sampled_from(["", "up", "down"])
    ),
    unique_by=lambda grant: (grant.subject, grant.store_key),
)
groups = st.frozensets(st.sampled_from(["S1", "S2"]))
managers = st.frozensets(st.sampled_from(["U1", "U2"]))
stores = st.sampled_from(["", "up", "down"])


@given(people, grants, groups, managers, stores)
def test_no_role_makes_one_of_us_of_an_outsider(
    person: Person, grants: list[Grant], groups: frozenset[str], managers: frozenset[str], store: str
) -> None:
    found = role_of(person, managers, grants=grants, groups=groups, store_key=store)
    if person.is_outsider:
        assert found is Role.GUEST
    elif not any(grant.subject == person.id for grant in grants):
        assert found >= Role.STAFF


@given(people, grants, groups, managers)
def test_what_is_given_for_one_store_changes_nothing_at_another(
    person: Person, grants: list[Grant], groups: frozenset[str], managers: frozenset[str]
) -> None:
    elsewhere = [grant for grant in grants if grant.store_key != "up"]
    assert role_of(person, managers, grants=grants, groups=groups, store_key="down") == role_of(
        person, managers, grants=elsewhere, groups=groups, store_key="down"
    )


@given(people, grants, groups, managers, stores)
def test_being_in_one_more_group_never_takes_anything_away(
    person: Person, grants: list[Grant], groups: frozenset[str], managers: frozenset[str], store: str
) -> None:
    fewer = role_of(person, managers, grants=grants, groups=groups, store_key=store)
    assert role_of(person, managers, grants=grants, groups=groups | {"S1", "S2"}, store_key=store) >= fewer


@given(people, grants, groups, managers, stores, st.sampled_from(list(Role)[1:]))
def test_whoever_is_named_to_somebody_refused_could_do_it(
    person: Person, grants: list[Grant], groups: frozenset[str], managers: frozenset[str], store: str, role: Role
) -> None:
    named = who_could(role, sorted(managers), grants, store)
    for who in named.people:
        us = Person(who, "x")
        assert role_of(us, managers, grants=grants, store_key=store) >= role
    able = role_of(replace(person, is_owner=False), managers, grants=grants, store_key=store) >= role > Role.STAFF
    if able:
        assert person.id in named.people


@pytest.mark.parametrize(
    ("subject", "role", "why"),
    [
        ("U0ROSA", Role.STAFF, "own"),
        ("U0ROSA", Role.OWNER, ""),
        ("U0ROSA", None, "own"),
        ("U0THEO", Role.GUEST, ""),
        ("U0THEO", None, ""),
        ("S0CREW", Role.GUEST, "group"),
        ("S0CREW", Role.LEAD, ""),
        ("S0CREW", None, ""),
    ],
)
def test_what_an_owner_can_not_give_or_take(subject: str, role: Role | None, why: str) -> None:
    assert why_not_give(ROSA, subject, role) == why
