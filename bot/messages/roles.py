"""The modal in which an owner gives roles, and what somebody's role is called."""

from collections.abc import Mapping, Sequence

from bot.messages.forms import form, menu, person_picker, under
from bot.messages.parts import Block, chunks, context, divider, plain, section
from bot.rules.permissions import Grant, Role
from bot.rules.stores import Store

ROLES_MODAL = "give_role"
EVERYWHERE = "everywhere"
TAKE_AWAY = "take_away"

NAMES = {
    Role.OWNER: "owner",
    Role.MANAGER: "manager",
    Role.LEAD: "lead",
    Role.STAFF: "staff",
    Role.GUEST: "no access",
}
MAY = {
    Role.OWNER: "all of it, and roles, the audit log, signing off channels",
    Role.MANAGER: "connect, pause, check stores",
    Role.LEAD: "what staff may, and what is added for leads",
    Role.STAFF: "work with orders",
    Role.GUEST: "nothing at all",
}
ERRORS = {
    "nobody": "Choose a person or a user group.",
    "both": "Choose either a person or a user group, not both.",
    "own": "You can't lower your own role: ask another owner. So there always is one.",
    "group": "A user group can only be given something: no access is for single people.",
    "outsider": "Guests, bots and people of other workspaces can't be given a role.",
    "no_role": "They were given no role there.",
}


def roles_modal(
    stores: Sequence[Store],
    grants: Sequence[Grant],
    *,
    everywhere: bool,
    groups: Sequence[tuple[str, str]] = (),
    errors: Mapping[str, str] | None = None,
    done: str = "",
) -> Block:
    """`stores` are those where the reader is an owner, `groups` names and ids of user groups, `errors` codes by field."""
    wrong = {field: ERRORS[code] for field, code in (errors or {}).items()}
    places = ([("All stores", EVERYWHERE)] if everywhere else []) + [(store.name, store.key) for store in stores]
    roles = [(f"{NAMES[role].capitalize()}: {MAY[role]}", role.name) for role in sorted(Role, reverse=True)]
    roles.append(("Take away what was given here", TAKE_AWAY))
    blocks = [section(done)] if done else []
    blocks += [section(text) for text in chunks(_lines(stores, grants), 2800)[:10]]
    blocks.append(
        context(
            "Whoever was given no role: owners and admins of the workspace are owners, managers of the settings are "
            "managers, all other full members are staff. A role given to a person counts before that, also downwards; "
            "one given to a group only adds."
        )
    )
    blocks.append(divider())
    blocks += under(person_picker("person", "Person", optional=True), wrong.get("person", ""))
    if groups:
        field = menu("group", "… or user group", groups, optional=True, placeholder="Choose a user group")
        blocks += under(field, wrong.get("group", ""))
    blocks.append(menu("store", "Where", places, initial=EVERYWHERE if everywhere else ""))
    blocks += under(menu("role", "Role", roles), wrong.get("role", ""))
    return form(ROLES_MODAL, "Roles", blocks, submit="Give", close="Close")


def _lines(stores: Sequence[Store], grants: Sequence[Grant]) -> list[str]:
    names = {"": "all stores"} | {store.key: plain(store.name, 60) for store in stores}
    shown = [grant for grant in grants if grant.store_key in names]
    return [f"• {called(grant.subject)}: *{NAMES[grant.role]}* at {names[grant.store_key]}" for grant in shown] or [
        "_No roles have been given yet._"
    ]


def called(subject: str) -> str:
    return f"<!subteam^{subject}>" if subject.startswith("S") else f"<@{subject}>"


def given(subject: str, role: Role | None, store: Store | None) -> str:
    where = plain(store.name, 60) if store is not None else "all stores"
    if role is None:
        return f":white_check_mark: {called(subject)} has the role at {where} no more that was given here."
    return f":white_check_mark: {called(subject)} is *{NAMES[role]}* at {where} from now on."
