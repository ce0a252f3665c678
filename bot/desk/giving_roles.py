"""Giving roles and taking them away again. The caller has asked for permission."""

from bot.desk.desk import Desk
from bot.errors import OutOfStep
from bot.rules.audit import Deed
from bot.rules.permissions import Grant, Person, Role
from bot.store import audit, roles


async def give_role(desk: Desk, workspace: str, giver: Person, grant: Grant) -> None:
    now = desk.now()
    async with desk.database.write() as tx:
        await roles.give(tx, workspace, grant, given_by=giver.id, at=now)
        said = f"{grant.role.name.lower()} at {grant.store_key or 'all stores'}"
        await audit.add(
            tx, audit.Entry(now, giver.id, Deed.GIVE_ROLE.value, grant.subject, workspace, grant.store_key, said)
        )


async def take_role(desk: Desk, workspace: str, taker: Person, subject: str, store_key: str) -> None:
    """From then on they are what Slack and the settings say. Raises OutOfStep when they had been given nothing."""
    now = desk.now()
    async with desk.database.write() as tx:
        if not await roles.take(tx, workspace, subject, store_key):
            raise OutOfStep("They were given no role there.")
        said = f"at {store_key or 'all stores'}"
        await audit.add(tx, audit.Entry(now, taker.id, Deed.TAKE_ROLE.value, subject, workspace, store_key, said))


def role_named(name: str) -> Role | None:
    return Role.__members__.get(name)
