"""Setting automations up: switched on and off, made, changed, archived; each a line in the audit log."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from bot import templates
from bot.desk import Desk
from bot.desk.recording import note_deed
from bot.errors import Refused, Unavailable
from bot.messages.automations import Lately
from bot.rules.audit import Deed
from bot.rules.automation_form import Field
from bot.rules.automations import Action, Automation, switched
from bot.rules.permissions import Person
from bot.rules.segments.catalogue import Segment, State, starters
from bot.rules.stores import Store
from bot.store import Tx, automations, firings, segments
from bot.store.automations import Kept
from bot.webhooks import is_secret, new_secret

MOST = 60
"""Automations of one account in one workspace."""
WEEK = timedelta(days=7)
TOOL = "Your tool"


@dataclass(frozen=True)
class Saved:
    """`secret` is one that was made for it, to be shown once. With `wrong` nothing was saved."""

    automation: Automation
    secret: str = ""
    wrong: Mapping[Field, str] | None = None


async def known_segments(tx: Tx, account: str) -> list[Segment]:
    """Those that can be chosen; the four that every account begins with, before the first sync made them."""
    known = [one.segment for one in await segments.all_of(tx, account)] or list(starters())
    return [one for one in known if one.state is not State.ARCHIVED]


async def lately(tx: Tx, desk: Desk, kept: Kept, store: Store) -> Lately:
    """What it did on this local day of the store, and in the past seven."""
    if not kept.id:
        return Lately()
    now = desk.now()
    counts = await firings.counts_since(tx, [kept.id], now - WEEK)
    today = await firings.count_on_day(tx, kept.id, store.hours.local(now).date(), is_dry=kept.automation.dry_run)
    return Lately(today, counts.get((kept.id, False), 0), counts.get((kept.id, True), 0))


async def switch(desk: Desk, kept: Kept, person: Person, store: Store, *, is_on: bool) -> Automation:
    """Raises Refused for one that has no secret to sign with, or is gone."""
    changed = switched(kept.automation, is_on=is_on)
    if is_on and changed.action is Action.WEBHOOK and not kept.has_secret:
        raise Refused("Its webhook has no secret yet: open it with /automations edit.")
    now = desk.now()
    async with desk.database.write() as tx:
        await automations.put(tx, kept.workspace, kept.account, changed, now=now, made_by=person.id)
        deed = Deed.SWITCH_ON if is_on else Deed.SWITCH_OFF
        await note_deed(tx, store, person, deed, changed.key, now=now)
    return changed


async def save(
    desk: Desk, automation: Automation, before: Kept | None, person: Person, store: Store, *, secret: str
) -> Saved:
    """Save it, unless its text fails or its webhook may not go where it should: what is wrong stands under its field."""
    wrong: dict[Field, str] = {}
    try:
        templates.check(automation.template)
    except Refused as problem:
        wrong[Field.TEMPLATE] = problem.sentence
    made = ""
    if automation.action is Action.WEBHOOK:
        wrong |= await _wrong_address(desk, automation.url)
        if secret and not is_secret(secret):
            wrong[Field.SECRET] = "A secret is whsec_ and 24 to 64 bytes in base64."
        if not secret and not (before is not None and before.has_secret):
            secret = made = new_secret()
    if wrong:
        return Saved(automation, wrong=wrong)
    now, workspace, account = desk.now(), store.workspace, store.account
    async with desk.database.write() as tx:
        known = await automations.all_of(tx, workspace, account)
        if len(known) >= MOST and automation.key not in {one.automation.key for one in known}:
            raise Refused(f"There are {MOST} automations already: archive one that nobody uses.")
        signs = secret if automation.action is Action.WEBHOOK else ""
        await automations.put(tx, workspace, account, automation, now=now, made_by=person.id, secret=signs)
        await note_deed(tx, store, person, Deed.CHANGE_AUTOMATION, automation.key, now=now)
    return Saved(automation, made)


async def _wrong_address(desk: Desk, url: str) -> dict[Field, str]:
    try:
        await desk.webhooks.check(url, whose=TOOL)
    except (Refused, Unavailable) as problem:
        return {Field.URL: problem.sentence}
    return {}


async def archive(desk: Desk, kept: Kept, person: Person, store: Store) -> None:
    """Raises Refused for a ready-made one, which is switched off instead."""
    now = desk.now()
    async with desk.database.write() as tx:
        if not kept.id:
            off = replace(kept.automation, is_on=False)
            await automations.put(tx, kept.workspace, kept.account, off, now=now, made_by=person.id)
            found = await automations.get(tx, kept.workspace, kept.account, off.key)
            kept = found or kept
        await automations.archive(tx, kept, now=now)
        await note_deed(tx, store, person, Deed.ARCHIVE_AUTOMATION, kept.automation.key, now=now)
