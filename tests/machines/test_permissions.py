"""Roles are given and taken in any order: what somebody may do follows from what was said last, and somebody is always left
who can give roles."""

from dataclasses import dataclass

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from bot.rules.permissions import (
    Grant,
    Person,
    Role,
    is_user_group,
    role_of,
    who_could,
    why_not_give,
)
from bot.store import audit, roles
from tests.machines.stored import Stored, of_size

HOME, ELSEWHERE = "T1", "T2"
STORES = ("downtown", "uptown")
PLACES = ("", *STORES)
ROSA, THEO, IMANI = Person("U1", "Rosa", is_owner=True), Person("U2", "Theo"), Person("U3", "Imani")
GUEST, ROBOT = Person("U4", "Guest", is_guest=True), Person("U5", "Robot", is_bot=True)
PEOPLE = (ROSA, THEO, IMANI, GUEST, ROBOT)
GROUPS = ("S1", "S2")
MANAGERS = {"": (), "downtown": (THEO.id,), "uptown": ()}
SUBJECTS = (*(person.id for person in PEOPLE), *GROUPS)


@dataclass(frozen=True)
class Said:
    subject: str
    place: str


class Permissions(Stored):
    def __init__(self) -> None:
        super().__init__()
        self.said: dict[Said, Role] = {}
        self.members: dict[str, set[str]] = {group: set() for group in GROUPS}
        self.acts = 0
        self.give(ELSEWHERE, Grant(IMANI.id, Role.OWNER))

    def give(self, workspace: str, grant: Grant) -> None:
        async def given() -> None:
            async with self.database.write() as tx:
                await roles.give(tx, workspace, grant, given_by=ROSA.id, at=self.now)
                entry = audit.Entry(self.now, ROSA.id, "give_role", grant.subject, workspace, grant.store_key)
                await audit.add(tx, entry)

        self.do(given())
        self.acts += 1

    def grants(self, workspace: str = HOME) -> list[Grant]:
        async def read() -> list[Grant]:
            async with self.database.read() as tx:
                return list(await roles.of(tx, workspace))

        return self.do(read())

    def role(self, person: Person, place: str, grants: list[Grant]) -> Role:
        groups = {group for group, members in self.members.items() if person.id in members}
        return role_of(person, MANAGERS[place], grants=grants, groups=groups, store_key=place)

    def expected(self, person: Person, place: str) -> Role:
        """The same, told the other way round: from what was said and not from rows."""
        if person.is_outsider:
            return Role.GUEST
        for where in (place, ""):
            if Said(person.id, where) in self.said:
                return self.said[Said(person.id, where)]
        best = Role.OWNER if person.is_owner else Role.MANAGER if person.id in MANAGERS[place] else Role.STAFF
        for group, members in self.members.items():
            if person.id in members:
                best = max([best, *(self.said[Said(group, at)] for at in {place, ""} if Said(group, at) in self.said)])
        return best

    def owners(self) -> list[Person]:
        grants = self.grants()
        return [person for person in PEOPLE if self.role(person, "", grants) is Role.OWNER]

    @rule(
        who=st.sampled_from(PEOPLE),
        subject=st.sampled_from(SUBJECTS),
        role=st.sampled_from(Role),
        at=st.sampled_from(PLACES),
    )
    def an_owner_gives(self, who: Person, subject: str, role: Role, at: str) -> None:
        assume(who in self.owners())
        if why_not_give(who, subject, role):
            assert subject == who.id or (is_user_group(subject) and role is Role.GUEST)
            return
        self.give(HOME, Grant(subject, role, at))
        self.said[Said(subject, at)] = role
        assert who in self.owners(), "whoever gives roles keeps their own"

    @rule(who=st.sampled_from(PEOPLE), subject=st.sampled_from(SUBJECTS), at=st.sampled_from(PLACES))
    def an_owner_takes(self, who: Person, subject: str, at: str) -> None:
        assume(who in self.owners() and not why_not_give(who, subject, None))

        async def take() -> bool:
            async with self.database.write() as tx:
                return await roles.take(tx, HOME, subject, at)

        had = self.said.pop(Said(subject, at), None)
        assert self.do(take()) is (had is not None)
        assert who in self.owners()

    @rule(person=st.sampled_from(PEOPLE), group=st.sampled_from(GROUPS))
    def somebody_joins_a_group(self, person: Person, group: str) -> None:
        before = {place: self.role(person, place, self.grants()) for place in PLACES}
        self.members[group].add(person.id)
        after = {place: self.role(person, place, self.grants()) for place in PLACES}
        assert all(after[place] >= before[place] for place in PLACES), "a group only lifts"

    @precondition(lambda self: any(self.members.values()))
    @rule(person=st.sampled_from(PEOPLE), group=st.sampled_from(GROUPS))
    def somebody_leaves_a_group(self, person: Person, group: str) -> None:
        """Slack's act, not ours: it may take the last owner away."""
        self.members[group].discard(person.id)

    @rule(store=st.sampled_from(STORES))
    def a_store_is_erased(self, store: str) -> None:
        async def forget() -> None:
            async with self.database.write() as tx:
                await roles.forget_store(tx, HOME, store)

        self.do(forget())
        self.said = {said: role for said, role in self.said.items() if said.place != store}

    @invariant()
    def everybody_is_what_was_said_last(self) -> None:
        grants = self.grants()
        for person in PEOPLE:
            for place in PLACES:
                assert self.role(person, place, grants) is self.expected(person, place), (person.name, place)

    @invariant()
    def who_could_names_those_and_nobody_else(self) -> None:
        """Whom Slack knows as owners is left out, and so are people who are lifted by a group, whose name stands there."""
        grants = self.grants()
        for place in PLACES:
            for role in (Role.LEAD, Role.MANAGER, Role.OWNER):
                named = who_could(role, MANAGERS[place], grants, place)
                for person in PEOPLE:
                    told = [self.said[one] for one in (Said(person.id, place), Said(person.id, "")) if one in self.said]
                    is_manager = Role.MANAGER if person.id in MANAGERS[place] else Role.STAFF
                    assert (person.id in named.people) is ((told[0] if told else is_manager) >= role)
                for group in GROUPS:
                    lifts = [self.said[one] for one in (Said(group, place), Said(group, "")) if one in self.said]
                    assert (group in named.groups) is any(lift >= role for lift in lifts)

    @invariant()
    def the_other_workspace_is_as_it_was(self) -> None:
        assert self.grants(ELSEWHERE) == [Grant(IMANI.id, Role.OWNER)]

    def teardown(self) -> None:
        async def verified() -> audit.Verdict:
            async with self.database.read() as tx:
                return await audit.verify(tx)

        verdict = self.do(verified())
        assert (verdict.broken, verdict.entries) == ("", self.acts)
        super().teardown()


def test_roles_in_any_order() -> None:
    run_state_machine_as_test(Permissions, settings=of_size(15, 20))
