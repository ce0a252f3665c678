"""`/customer`: look one up; and the button that shows their details to one person, with a reason."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.customers import finding, looking
from bot.messages import customers as words
from bot.messages.connecting import checking
from bot.messages.parts import Message
from bot.rules.customer_views import account_and_id
from bot.rules.permissions import Act
from handlers.accounts import realm_of
from handlers.customer_finding import find_one
from handlers.customer_rights import export_command, forget_command
from handlers.errors import telling
from handlers.front import Command, Front, Press, Submission, metadata
from handlers.stepping import Step, step

Verb = Callable[[Front, Command], Awaitable[Message | None]]
LOOKING = "Looking …"


def register(app: AsyncApp, front: Front) -> None:
    async def acknowledge(ack: AsyncAck) -> None:
        await ack()

    async def answer(body: dict[str, Any], respond: AsyncRespond) -> None:
        async def tell(message: Message) -> None:
            await respond(text=message.text, blocks=message.blocks, response_type="ephemeral")

        await telling(customer_command(front, front.command(body)), tell)

    async def pressed(body: dict[str, Any], respond: AsyncRespond) -> None:
        async def tell(message: Message) -> None:
            await respond(text=message.text, blocks=message.blocks, response_type="ephemeral", replace_original=False)

        await telling(ask_why(front, front.press(body)), tell)

    async def sent(ack: AsyncAck, body: dict[str, Any]) -> None:
        submission = front.submission(body)
        if submission.chosen("reason") not in words.REASONS:
            await ack(response_action="errors", errors=words.asks_for_reason())
        else:
            await step(front, ack, submission, show_details(front, submission), meanwhile=checking(LOOKING))

    app.command("/customer")(ack=acknowledge, lazy=[answer])
    app.action("reveal_customer")(ack=acknowledge, lazy=[pressed])
    app.view(words.REVEAL_MODAL)(sent)


async def customer_command(front: Front, command: Command) -> Message | None:
    asked = command.words[0].lower() if command.words else "help"
    verb = VERBS.get(asked)
    return await verb(front, command) if verb is not None else await show(front, command)


async def show(front: Front, command: Command) -> Message:
    found = await find_one(front, command, " ".join(command.words), Act.CUSTOMER)
    if isinstance(found, Message):
        return found
    realm, one = found
    return words.profile(finding.shown(one, realm.by_sales_id))


async def ask_why(front: Front, press: Press) -> None:
    account, fh_id = account_and_id(press.value)
    realm = await realm_of(front, press, Act.CUSTOMER_CONTACT, account)
    one = finding.shown(await finding.kept(front.desk, account, fh_id), realm.by_sales_id)
    await front.open_modal(press, words.reveal_modal(one, metadata(one.ref, press.channel)))


async def show_details(front: Front, submission: Submission) -> Step:
    account, fh_id = account_and_id(submission.metadata.partition(" ")[0])
    realm = await realm_of(front, submission, Act.CUSTOMER_CONTACT, account)
    one, details = await looking.reveal(
        front.desk,
        account,
        fh_id,
        realm.person,
        realm.store,
        submission.chosen("reason"),
        more=submission.typed("more"),
        names=realm.by_sales_id,
    )
    return Step(words.details_view(one, details))


async def _help(_front: Front, _command: Command) -> Message:
    return words.customer_help()


VERBS: Mapping[str, Verb] = {"help": _help, "forget": forget_command, "export": export_command}
