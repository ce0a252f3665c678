"""`/flowhub roles`: a modal in which an owner gives roles to people and user groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.deliveries.people import grants_in, role_at
from bot.desk.giving_roles import give_role, role_named, take_role
from bot.errors import OrderAheadError, OutOfStep, Refused
from bot.messages import roles as words
from bot.messages.connecting import checking
from bot.messages.parts import Block
from bot.rules.permissions import Act, Grant, Role, why_not_give
from bot.rules.stores import Store
from handlers.front import Acted, Command, Front, Submission
from handlers.stepping import Step, fill, step

READING, SAVING = "Reading who may do what …", "Saving …"


@dataclass(frozen=True)
class Realm:
    """Where somebody is an owner. Who is one in all stores may also give roles for all."""

    stores: Sequence[Store]
    everywhere: bool


def register(app: AsyncApp, front: Front) -> None:
    async def sent(ack: AsyncAck, body: dict[str, Any]) -> None:
        submission = front.submission(body)
        await step(front, ack, submission, give(front, submission), meanwhile=checking(SAVING))

    app.view(words.ROLES_MODAL)(sent)


async def roles_command(front: Front, command: Command) -> None:
    realm = await realm_of(front, command)
    await fill(front, command, _shown(front, command, realm), meanwhile=checking(READING))


async def realm_of(front: Front, where: Acted) -> Realm:
    """Raises NotAllowed for somebody who is an owner nowhere."""
    person = await front.slack_of(where).person(where.user_id)
    office, workspace = front.office, where.workspace
    owned = [store for store in front.stores(where) if await role_at(office, workspace, person, store) is Role.OWNER]
    everywhere = await role_at(office, workspace, person, None) is Role.OWNER
    if not owned and not everywhere:
        await front.permitted(where, Act.ROLES)
    return Realm(owned, everywhere)


async def _shown(front: Front, where: Acted, realm: Realm) -> Step:
    return Step(await _view(front, where, realm))


async def _view(
    front: Front, where: Acted, realm: Realm, *, errors: dict[str, str] | None = None, done: str = ""
) -> Block:
    try:
        groups = await front.slack_of(where).user_groups()
    except OrderAheadError:
        groups = []  # the app may not read them, or Slack's plan has none: people can be chosen all the same
    grants = await grants_in(front.office, where.workspace)
    return words.roles_modal(realm.stores, grants, everywhere=realm.everywhere, groups=groups, errors=errors, done=done)


async def give(front: Front, submission: Submission) -> Step:
    """Give the role, or say under which field something is wrong."""
    realm = await realm_of(front, submission)
    chosen = submission.chosen("store")
    store = next((one for one in realm.stores if one.key == chosen), None)
    if store is None and chosen != words.EVERYWHERE:
        raise Refused("This store is no longer set up here.", code="unknown_store")
    person = await front.permitted(submission, Act.ROLES, store)
    who, group = submission.picked("person"), submission.chosen("group")
    role, subject = role_named(submission.chosen("role")), who or group
    errors = _what_is_wrong(who, group)
    if not errors and who and (await front.slack_of(submission).person(who)).is_outsider:
        errors = {"person": "outsider"}
    if not errors and (why := why_not_give(person, subject, role)):
        errors = {"person" if who else "role": why}
    if not errors:
        try:
            await _write(front, submission, subject, role, store)
        except OutOfStep:
            errors = {"role": "no_role"}
    if errors:
        view = await _view(front, submission, realm, errors=errors)
        return Step(view, {field: words.ERRORS[code] for field, code in errors.items()})
    return Step(await _view(front, submission, realm, done=words.given(subject, role, store)))


async def _write(front: Front, where: Acted, subject: str, role: Role | None, store: Store | None) -> None:
    giver = await front.slack_of(where).person(where.user_id)
    key = store.key if store is not None else ""
    if role is None:
        await take_role(front.desk, where.workspace, giver, subject, key)
    else:
        await give_role(front.desk, where.workspace, giver, Grant(subject, role, key))


def _what_is_wrong(who: str, group: str) -> dict[str, str]:
    if who and group:
        return {"group": "both"}
    return {} if who or group else {"person": "nobody"}
