"""What somebody is at a store, and who could do what they may not: Slack, the settings and the roles given, put together."""

from collections.abc import Sequence

from bot.deliveries.office import Office
from bot.rules.permissions import ANYWHERE, Act, Grant, Person, Role, WhoCould, least_role, role_of, who_could
from bot.rules.stores import Store
from bot.store import roles


async def grants_in(office: Office, workspace: str) -> Sequence[Grant]:
    async with office.database.read() as tx:
        return await roles.of(tx, workspace)


async def role_at(office: Office, workspace: str, person: Person, store: Store | None) -> Role:
    """What they are at a store; without one, in all of the workspace's. Raises what Slack's edge raises."""
    return await _role(office, workspace, person, store, await grants_in(office, workspace))


async def _role(office: Office, workspace: str, person: Person, store: Store | None, given: Sequence[Grant]) -> Role:
    key, managers = (store.key, store.managers) if store is not None else ("", ())
    groups = await _groups_of(office, workspace, person, [one for one in given if one.counts_at(key)])
    return role_of(person, managers, grants=given, groups=groups, store_key=key)


async def _groups_of(office: Office, workspace: str, person: Person, given: Sequence[Grant]) -> frozenset[str]:
    """Those user groups with a role here that they are in. Slack is only asked where there are any."""
    if person.is_outsider or any(grant.subject == person.id for grant in given):
        return frozenset()
    slack = office.slack(workspace)
    groups = {grant.subject for grant in given if grant.is_for_group}
    return frozenset([group for group in groups if person.id in await slack.group_members(group)])


async def why_not(office: Office, workspace: str, person: Person, act: Act, store: Store | None) -> WhoCould | None:
    """None when they may do it; else who could. Without a store, some acts ask for a role anywhere, others for one
    everywhere. Raises what Slack's edge raises."""
    given = await grants_in(office, workspace)
    least = least_role(act, reveal_for_managers_only=store is not None and store.reveal_for_managers_only)
    places: list[Store | None] = [store]
    if store is None and act in ANYWHERE:
        places += office.desk.stores_in(workspace)
    for place in places:
        if await _role(office, workspace, person, place, given) >= least:
            return None
    managers = [manager for place in places if place is not None for manager in place.managers]
    return who_could(least, managers, given, store.key if store is not None else "")


async def owners_of(office: Office, store: Store) -> list[str]:
    """Who may sign off the store's channel, by name: those who were made owners, and Slack's own who still are."""
    given = await grants_in(office, store.workspace)
    slack = office.slack(store.workspace)
    everybody = await slack.everybody()
    groups = {
        grant.subject: await slack.group_members(grant.subject)
        for grant in given
        if grant.is_for_group and grant.counts_at(store.key)
    }
    return [
        person.id
        for person in everybody
        if role_of(
            person,
            store.managers,
            grants=given,
            groups={group for group, members in groups.items() if person.id in members},
            store_key=store.key,
        )
        is Role.OWNER
    ]
