"""Make a segment, and what becomes of it. Each is one transaction with its line in the audit log."""

import secrets
from collections.abc import Callable, Sequence

from bot.desk import Desk
from bot.desk.recording import note_deed
from bot.errors import Refused
from bot.rules.audit import Deed
from bot.rules.permissions import Person
from bot.rules.segments import catalogue
from bot.rules.segments.catalogue import Segment
from bot.rules.segments.trees import Tree
from bot.rules.stores import Store
from bot.store import segments
from bot.store.segments import Kept

Change = Callable[[Segment, Sequence[Segment]], Segment]
"""A segment and all of the account's → what becomes of it; another key is a new one."""


def a_new_key() -> str:
    return secrets.token_hex(6)


def copied(segment: Segment, others: Sequence[Segment]) -> Segment:
    return catalogue.copied(segment, a_new_key(), others)


CHANGES: dict[Deed, Change] = {
    Deed.PAUSE_SEGMENT: lambda one, _others: catalogue.paused(one),
    Deed.RESUME_SEGMENT: lambda one, _others: catalogue.resumed(one),
    Deed.COPY_SEGMENT: copied,
    Deed.ARCHIVE_SEGMENT: lambda one, _others: catalogue.archived(one),
}


async def change(desk: Desk, account: str, key: str, deed: Deed, person: Person, store: Store) -> Segment:
    """One of `CHANGES`. Raises Refused with a sentence for a person."""
    return await _write(desk, account, key, CHANGES[deed], deed, person, store)


async def save(desk: Desk, account: str, key: str, name: str, tree: Tree, person: Person, store: Store) -> Segment:
    """A new segment where `key` is empty. Raises Refused with a sentence for a person."""
    if key:
        return await _write(
            desk,
            account,
            key,
            lambda one, others: catalogue.edited(one, name, tree, others),
            Deed.EDIT_SEGMENT,
            person,
            store,
        )
    async with desk.database.write() as tx:
        await segments.lock(tx, account)
        await segments.begin(tx, account, desk.now())
        made = catalogue.made(a_new_key(), name, tree, [one.segment for one in await segments.all_of(tx, account)])
        await segments.put(tx, account, made, now=desk.now(), made_by=person.id)
        await note_deed(tx, store, person, Deed.MAKE_SEGMENT, f"segment {made.key}", now=desk.now())
    desk.segments_changed(account)
    return made


async def _write(desk: Desk, account: str, key: str, how: Change, deed: Deed, person: Person, store: Store) -> Segment:
    async with desk.database.write() as tx:
        await segments.lock(tx, account)
        known = {one.segment.key: one.segment for one in await segments.all_of(tx, account)}
        if key not in known:
            raise Refused("There is no such segment any more.", code="unknown_segment")
        made = how(known[key], list(known.values()))
        await segments.put(tx, account, made, now=desk.now(), made_by=person.id)
        await note_deed(tx, store, person, deed, f"segment {key}", now=desk.now())
    desk.segments_changed(account)
    return made


async def segment_of(desk: Desk, account: str, key: str) -> Kept:
    """Raises Refused when there is none of this key."""
    async with desk.database.read() as tx:
        for one in await segments.all_of(tx, account):
            if one.segment.key == key:
                return one
    raise Refused("There is no such segment any more.", code="unknown_segment")
