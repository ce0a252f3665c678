"""`/segments`: the list, one of them, what can be done with one; and the buttons under it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.messages import segment_members as words
from bot.messages.parts import Message
from bot.messages.segments import segment_list, segment_shown
from bot.rules.audit import Deed
from bot.rules.customer_views import account_and_id, ref_of
from bot.rules.permissions import Act
from bot.rules.segments.catalogue import Segment, State
from bot.rules.segments.naming import meant
from bot.segments.changing import change, segment_of
from bot.segments.listing import listed
from bot.store import segments
from handlers.accounts import Realm, realm_of, realms
from handlers.errors import telling
from handlers.front import Acted, Command, Front, Press
from handlers.segments_building import edit_segment, new_segment
from handlers.segments_members import members_of

Verb = Callable[[Front, Command], Awaitable[Message | None]]
DEEDS = {
    "pause": Deed.PAUSE_SEGMENT,
    "resume": Deed.RESUME_SEGMENT,
    "copy": Deed.COPY_SEGMENT,
    "archive": Deed.ARCHIVE_SEGMENT,
}


def register(app: AsyncApp, front: Front) -> None:
    async def acknowledge(ack: AsyncAck) -> None:
        await ack()

    async def answer(body: dict[str, Any], respond: AsyncRespond) -> None:
        async def tell(message: Message) -> None:
            await respond(text=message.text, blocks=message.blocks, response_type="ephemeral")

        await telling(segments_command(front, front.command(body)), tell)

    def pressing(work: Callable[[Front, Press], Awaitable[Message | None]]) -> Callable[..., Awaitable[None]]:
        async def pressed(body: dict[str, Any], respond: AsyncRespond) -> None:
            async def tell(message: Message) -> None:
                await respond(
                    text=message.text, blocks=message.blocks, response_type="ephemeral", replace_original=False
                )

            await telling(work(front, front.press(body)), tell)

        return pressed

    app.command("/segments")(ack=acknowledge, lazy=[answer])
    app.action("show_segment")(ack=acknowledge, lazy=[pressing(_show_pressed)])
    app.action("segment_members")(ack=acknowledge, lazy=[pressing(_members_pressed)])
    app.action("edit_segment")(ack=acknowledge, lazy=[pressing(_edit_pressed)])
    for name in DEEDS:
        app.action(f"{name}_segment")(ack=acknowledge, lazy=[pressing(_doing(name))])


async def segments_command(front: Front, command: Command) -> Message | None:
    asked = command.words[0].lower() if command.words else "list"
    if asked in DEEDS:
        return await _do_named(front, command, asked)
    verb = VERBS.get(asked)
    return await verb(front, command) if verb is not None else words.segments_help()


async def list_segments(front: Front, command: Command) -> Message:
    (realm, *others) = await realms(front, command, Act.SEGMENTS)
    if others:
        return words.several_accounts([one.stores[0].name for one in (realm, *others)])
    found = await listed(front.desk, realm.account, realm.stores)
    there = [one for one in found.kept if one.segment.state is not State.ARCHIVED]
    here = front.store_here(command) if len(realm.stores) > 1 else None
    return segment_list(
        [found.figures[one.segment.key] for one in there],
        {one.segment.key: one.segment.state for one in there},
        as_of=found.as_of,
        refs={one.segment.key: ref_of(realm.account, one.segment.key) for one in there},
        here=found.here[here.key] if here is not None else None,
        store_name=here.name if here is not None else "",
    )


async def show(front: Front, command: Command) -> Message:
    found = await find_segment(front, command, Act.SEGMENTS)
    return found if isinstance(found, Message) else await _shown(front, *found)


async def _shown(front: Front, realm: Realm, segment: Segment) -> Message:
    found = await listed(front.desk, realm.account, realm.stores)
    kept = next(one for one in found.kept if one.segment.key == segment.key)
    names = {ids: store.name for ids, store in realm.by_sales_id.items()}
    stores = [(store, found.here[store.key].get(segment.key)) for store in realm.stores]
    return segment_shown(
        kept.segment,
        found.figures[segment.key] if kept.counted_at is not None or kept.size else None,
        names,
        as_of=found.as_of,
        ref=ref_of(realm.account, segment.key),
        by_store=[(store.name, one) for store, one in stores if one is not None] if len(stores) > 1 else [],
    )


async def members(front: Front, command: Command) -> Message:
    found = await find_segment(front, command, Act.MEMBERS)
    return found if isinstance(found, Message) else await members_of(front, *found)


async def new(front: Front, command: Command) -> Message | None:
    (realm, *others) = await realms(front, command, Act.CHANGE_SEGMENTS)
    if others:
        return words.several_accounts([one.stores[0].name for one in (realm, *others)])
    await new_segment(front, command, realm)
    return None


async def edit(front: Front, command: Command) -> Message | None:
    found = await find_segment(front, command, Act.CHANGE_SEGMENTS)
    if isinstance(found, Message):
        return found
    await edit_segment(front, command, *found)
    return None


async def _do_named(front: Front, command: Command, verb: str) -> Message:
    found = await find_segment(front, command, Act.CHANGE_SEGMENTS)
    return found if isinstance(found, Message) else await _do(front, verb, *found)


async def _do(front: Front, verb: str, realm: Realm, segment: Segment) -> Message:
    made = await change(front.desk, realm.account, segment.key, DEEDS[verb], realm.person, realm.store)
    return words.segment_done(made.name, verb)


async def find_segment(front: Front, command: Command, act: Act) -> tuple[Realm, Segment] | Message:
    """The one that is meant, or a helpful sentence."""
    verb, text = command.words[0].lower(), " ".join(command.words[1:])
    found: list[tuple[Realm, Segment]] = []
    names: list[str] = []
    for realm in await realms(front, command, act):
        async with front.desk.database.read() as tx:
            known = [one.segment for one in await segments.all_of(tx, realm.account)]
        found += [(realm, one) for one in meant(text, known)]
        names += [one.name for one in known if one.state is not State.ARCHIVED]
    if len(found) == 1:
        return found[0]
    return words.which_segment([one.name for _, one in found] if found else [] if text else names, verb)


async def _named(front: Front, press: Acted, value: str, act: Act) -> tuple[Realm, Segment]:
    account, key = account_and_id(value)
    realm = await realm_of(front, press, act, account)
    return realm, (await segment_of(front.desk, account, key)).segment


async def _show_pressed(front: Front, press: Press) -> Message:
    return await _shown(front, *await _named(front, press, press.value, Act.SEGMENTS))


async def _members_pressed(front: Front, press: Press) -> Message:
    return await members_of(front, *await _named(front, press, press.value, Act.MEMBERS))


async def _edit_pressed(front: Front, press: Press) -> None:
    await edit_segment(front, press, *await _named(front, press, press.value, Act.CHANGE_SEGMENTS))


def _doing(verb: str) -> Callable[[Front, Press], Awaitable[Message]]:
    async def pressed(front: Front, press: Press) -> Message:
        return await _do(front, verb, *await _named(front, press, press.value, Act.CHANGE_SEGMENTS))

    return pressed


async def _help(_front: Front, _command: Command) -> Message:
    return words.segments_help()


VERBS: Mapping[str, Verb] = {
    "list": list_segments,
    "show": show,
    "members": members,
    "new": new,
    "edit": edit,
    "help": _help,
}
