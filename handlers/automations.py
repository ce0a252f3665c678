"""`/automations`: the list with its buttons, and what each would have done."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.automations import setting_up as verbs
from bot.automations.trying import try_out
from bot.errors import Refused
from bot.messages import automations as words
from bot.messages.parts import Message
from bot.rules.automations import Action, Happened, Measure
from bot.rules.customer_views import account_and_id, ref_of
from bot.rules.permissions import Act
from bot.store import automations
from bot.store.automations import Kept
from handlers.accounts import Realm, realm_of, realms
from handlers.automation_form import edit_form, new_form
from handlers.errors import telling
from handlers.front import Acted, Command, Front, Press

Verb = Callable[[Front, Command], Awaitable[Message | None]]


def register(app: AsyncApp, front: Front) -> None:
    async def acknowledge(ack: AsyncAck) -> None:
        await ack()

    async def answer(body: dict[str, Any], respond: AsyncRespond) -> None:
        async def tell(message: Message) -> None:
            await respond(text=message.text, blocks=message.blocks, response_type="ephemeral")

        await telling(automations_command(front, front.command(body)), tell)

    def pressed(verb: Callable[[Front, Press], Awaitable[Message | None]], *, replaces: bool = False) -> Any:
        async def act(body: dict[str, Any], respond: AsyncRespond) -> None:
            press = front.press(body)

            async def redraw() -> Message | None:
                done = await verb(front, press)
                if done is not None and replaces:
                    await respond(text=done.text, blocks=done.blocks, replace_original=True)
                    return None
                return done

            await telling(redraw(), lambda message: front.tell(press, message))

        return act

    app.command("/automations")(ack=acknowledge, lazy=[answer])
    app.action("switch_automation_on")(ack=acknowledge, lazy=[pressed(switch_on, replaces=True)])
    app.action("switch_automation_off")(ack=acknowledge, lazy=[pressed(switch_off, replaces=True)])
    app.action("edit_automation")(ack=acknowledge, lazy=[pressed(edit_pressed)])
    app.action("try_automation")(ack=acknowledge, lazy=[pressed(try_pressed)])


async def automations_command(front: Front, command: Command) -> Message | None:
    allowed = await realms(front, command, Act.AUTOMATIONS)
    asked = command.words[0].lower() if command.words else ""
    if asked == "help":
        return words.automations_help()
    if len(allowed) > 1:
        return words.several_accounts()
    verb = VERBS.get(asked)
    return await verb(front, command, allowed[0]) if verb is not None else words.automations_help()


async def listed(front: Front, realm: Realm, *, done: str = "") -> Message:
    async with front.desk.database.read() as tx:
        known = await automations.all_of(tx, realm.store.workspace, realm.account)
        segments = {one.key: one.name for one in await verbs.known_segments(tx, realm.account)}
        shown = [
            words.Listed(
                ref_of(realm.account, one.automation.key),
                one.automation,
                await verbs.lately(tx, front.desk, one, realm.stores[0]),
            )
            for one in known
        ]
    return words.automation_list(shown, segments, done=done)


async def kept_of(front: Front, realm: Realm, key: str) -> Kept:
    """Raises Refused for one that is gone."""
    async with front.desk.database.read() as tx:
        kept = await automations.get(tx, realm.store.workspace, realm.account, key)
    if kept is None:
        raise Refused("This automation is no longer there.", code="unknown_automation")
    return kept


async def pressed_on(front: Front, where: Acted, ref: str) -> tuple[Realm, Kept]:
    """What tells another tool takes more than the others."""
    account, key = account_and_id(ref)
    realm = await realm_of(front, where, Act.AUTOMATIONS, account)
    return realm, await kept_of(front, realm, key)


async def switch_on(front: Front, press: Press) -> Message:
    realm, kept = await pressed_on(front, press, press.value)
    if kept.automation.action is Action.WEBHOOK:
        realm = await realm_of(front, press, Act.AUTOMATION_WEBHOOK, realm.account)
    changed = await verbs.switch(front.desk, kept, realm.person, realm.store, is_on=True)
    return await listed(front, realm, done=words.switched(changed))


async def switch_off(front: Front, press: Press) -> Message:
    realm, kept = await pressed_on(front, press, press.value)
    changed = await verbs.switch(front.desk, kept, realm.person, realm.store, is_on=False)
    return await listed(front, realm, done=words.switched(changed))


async def edit_pressed(front: Front, press: Press) -> None:
    realm, kept = await pressed_on(front, press, press.value)
    await edit_form(front, press, realm, kept)


async def try_pressed(front: Front, press: Press) -> Message:
    return await tried(front, *await pressed_on(front, press, press.value))


async def tried(front: Front, realm: Realm, kept: Kept) -> Message:
    automation = kept.automation
    async with front.desk.database.read() as tx:
        segments = {one.key: one.name for one in await verbs.known_segments(tx, realm.account)}
    found = await try_out(front.desk, automation, realm.stores[0], realm.stores)
    is_points = automation.trigger.happened is Happened.REACHED and automation.trigger.measure is Measure.POINTS
    note = words.POINTS_HAVE_NO_PAST if is_points else ""
    return words.tried(automation, segments, found.count, found.texts, note=note)


# The verbs of the command -----------------------------------------------------------------------------------------------

RealmVerb = Callable[[Front, Command, Realm], Awaitable[Message | None]]


async def _list(front: Front, _command: Command, realm: Realm) -> Message:
    return await listed(front, realm)


async def _new(front: Front, command: Command, realm: Realm) -> None:
    await new_form(front, command, realm)


async def _edit(front: Front, command: Command, realm: Realm) -> Message | None:
    kept = await _named(front, command, realm)
    if isinstance(kept, Message):
        return kept
    await edit_form(front, command, realm, kept)
    return None


async def _try(front: Front, command: Command, realm: Realm) -> Message:
    kept = await _named(front, command, realm)
    return kept if isinstance(kept, Message) else await tried(front, realm, kept)


async def _pause(front: Front, command: Command, realm: Realm) -> Message:
    kept = await _named(front, command, realm)
    if isinstance(kept, Message):
        return kept
    changed = await verbs.switch(front.desk, kept, realm.person, realm.store, is_on=False)
    return await listed(front, realm, done=words.switched(changed))


async def _archive(front: Front, command: Command, realm: Realm) -> Message:
    kept = await _named(front, command, realm)
    if isinstance(kept, Message):
        return kept
    await verbs.archive(front.desk, kept, realm.person, realm.store)
    return await listed(front, realm, done=words.archived(kept.automation))


async def _named(front: Front, command: Command, realm: Realm) -> Kept | Message:
    """The one whose name begins like that, whatever its letters' case."""
    text = " ".join(command.words[1:]).strip("“”\"'").casefold()
    async with front.desk.database.read() as tx:
        known = await automations.all_of(tx, realm.store.workspace, realm.account)
    fits = [one for one in known if text and one.automation.name.casefold().startswith(text)]
    exact = [one for one in fits if one.automation.name.casefold() == text]
    if len(exact or fits) != 1:
        return words.no_such_automation(" ".join(command.words[1:]), [one.automation.name for one in known])
    return (exact or fits)[0]


VERBS: Mapping[str, RealmVerb] = {
    "": _list,
    "list": _list,
    "new": _new,
    "edit": _edit,
    "try": _try,
    "pause": _pause,
    "archive": _archive,
}
