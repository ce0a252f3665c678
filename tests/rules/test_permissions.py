"""Who may do what in a store's channel: one table."""

import pytest

from bot.rules.permissions import LEAST_ROLE, Act, Person, Role, may, role_of

MANAGERS = ("U0THEO",)

PEOPLE = {
    "guest": Person("U0GUEST", "Guest", is_guest=True),
    "bot": Person("U0BOT", "Bot", is_bot=True),
    "staff": Person("U0IMANI", "Imani"),
    "manager": Person("U0THEO", "Theo"),
    "owner": Person("U0OWNER", "Owner", is_owner=True),
    "guest who is listed as manager": Person("U0THEO", "Theo", is_guest=True),
    "owner of another company, in a shared channel": Person("U0OTHER", "Other", is_owner=True, is_guest=True),
}
ROLES = {
    "guest": Role.GUEST,
    "bot": Role.GUEST,
    "staff": Role.STAFF,
    "manager": Role.MANAGER,
    "owner": Role.OWNER,
    "guest who is listed as manager": Role.GUEST,
    "owner of another company, in a shared channel": Role.GUEST,
}
STAFF_AND_UP = {"staff", "manager", "owner"}


@pytest.mark.parametrize("who", PEOPLE)
def test_the_role_of_each(who: str) -> None:
    assert role_of(PEOPLE[who], MANAGERS) is ROLES[who]


@pytest.mark.parametrize("act", list(Act))
@pytest.mark.parametrize("who", PEOPLE)
def test_staff_may_work_the_desk_and_guests_may_not(who: str, act: Act) -> None:
    assert may(PEOPLE[who], act, managers=MANAGERS) is (who in STAFF_AND_UP)


@pytest.mark.parametrize("act", list(Act))
@pytest.mark.parametrize("who", PEOPLE)
def test_a_store_may_keep_contact_details_for_its_managers(who: str, act: Act) -> None:
    allowed = STAFF_AND_UP - ({"staff"} if act is Act.REVEAL else set())
    assert may(PEOPLE[who], act, managers=MANAGERS, reveal_for_managers_only=True) is (who in allowed)


def test_every_act_has_a_least_role_above_guests() -> None:
    assert set(LEAST_ROLE) == set(Act)
    assert min(LEAST_ROLE.values()) > Role.GUEST
