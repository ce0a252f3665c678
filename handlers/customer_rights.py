"""`/customer forget` and `/customer export`: what somebody may ask of a store about themselves, done by an owner."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.customers import finding
from bot.customers.exporting import export, note_export
from bot.customers.forgetting import forget
from bot.messages import customers as words
from bot.messages.connecting import checking
from bot.messages.parts import Message
from bot.rules.customer_views import account_and_id
from bot.rules.permissions import Act
from handlers.accounts import realm_of
from handlers.customer_finding import find_one
from handlers.front import Command, Front, Submission, metadata
from handlers.stepping import Step, step

ERASING, COLLECTING = "Erasing …", "Collecting what is kept …"


def register(app: AsyncApp, front: Front) -> None:
    async def sure(ack: AsyncAck, body: dict[str, Any]) -> None:
        submission = front.submission(body)
        if submission.typed("sure").casefold() != words.SURE:
            await ack(response_action="errors", errors={"sure": words.NOT_SURE})
        else:
            await step(front, ack, submission, forget_them(front, submission), meanwhile=checking(ERASING))

    async def asked(ack: AsyncAck, body: dict[str, Any]) -> None:
        submission = front.submission(body)
        if submission.chosen("reason") not in words.EXPORT_REASONS:
            await ack(response_action="errors", errors=words.asks_for_reason())
        else:
            await step(front, ack, submission, send_export(front, submission), meanwhile=checking(COLLECTING))

    app.view(words.FORGET_MODAL)(sure)
    app.view(words.EXPORT_MODAL)(asked)


async def forget_command(front: Front, command: Command) -> Message | None:
    found = await find_one(front, command, " ".join(command.words[1:]), Act.FORGET)
    if isinstance(found, Message):
        return found
    realm, kept = found
    one = finding.shown(kept, realm.by_sales_id)
    await front.open_modal(command, words.forget_modal(one, metadata(one.ref, command.channel)))
    return None


async def export_command(front: Front, command: Command) -> Message | None:
    found = await find_one(front, command, " ".join(command.words[1:]), Act.EXPORT)
    if isinstance(found, Message):
        return found
    realm, kept = found
    one = finding.shown(kept, realm.by_sales_id)
    await front.open_modal(command, words.export_modal(one, metadata(one.ref, command.channel)))
    return None


async def forget_them(front: Front, submission: Submission) -> Step:
    account, fh_id = account_and_id(submission.metadata.partition(" ")[0])
    realm = await realm_of(front, submission, Act.FORGET, account)
    return Step(words.forgotten(await forget(front.desk, account, fh_id, realm.person, realm.store)))


async def send_export(front: Front, submission: Submission) -> Step:
    account, fh_id = account_and_id(submission.metadata.partition(" ")[0])
    realm = await realm_of(front, submission, Act.EXPORT, account)
    content = await export(front.desk, account, fh_id)
    await note_export(front.desk, account, fh_id, realm.person, realm.store, submission.chosen("reason"))
    name = f"customer-{front.desk.now().date().isoformat()}.json"
    await front.slack_of(submission).send_file(submission.user_id, words.export_message(), name, content)
    return Step(words.exported())
