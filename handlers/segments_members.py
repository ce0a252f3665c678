"""Who is in a segment: some of them for one person's eyes, and a file to that person only."""

from collections.abc import Awaitable
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.messages import segment_members as words
from bot.messages.connecting import checking
from bot.messages.customers import asks_for_reason
from bot.messages.parts import Message
from bot.rules.customer_views import account_and_id, ref_of
from bot.rules.permissions import Act
from bot.rules.segments.catalogue import Segment
from bot.segments.changing import segment_of
from bot.segments.members import as_file, look
from handlers.accounts import Realm, realm_of
from handlers.errors import telling
from handlers.front import Front, Press, Submission, metadata
from handlers.stepping import Step, step


def register(app: AsyncApp, front: Front) -> None:
    async def acknowledge(ack: AsyncAck) -> None:
        await ack()

    async def pressed(body: dict[str, Any], respond: AsyncRespond) -> None:
        def tell(message: Message) -> Awaitable[object]:
            return respond(text=message.text, blocks=message.blocks, response_type="ephemeral", replace_original=False)

        await telling(ask_why(front, front.press(body)), tell)

    async def sent(ack: AsyncAck, body: dict[str, Any]) -> None:
        submission = front.submission(body)
        if submission.chosen("reason") not in words.FILE_REASONS:
            await ack(response_action="errors", errors=asks_for_reason())
        else:
            await step(front, ack, submission, send_file(front, submission), meanwhile=checking(words.COLLECTING))

    app.action("segment_file")(ack=acknowledge, lazy=[pressed])
    app.view(words.FILE_MODAL)(sent)


async def members_of(front: Front, realm: Realm, segment: Segment) -> Message:
    found = await look(front.desk, realm.account, segment, realm.person, realm.store, realm.by_sales_id)
    return words.members(segment.name, found.count, found.some, ref_of(realm.account, segment.key))


async def ask_why(front: Front, press: Press) -> None:
    account, key = account_and_id(press.value)
    await realm_of(front, press, Act.MEMBERS_FILE, account)
    segment = (await segment_of(front.desk, account, key)).segment
    await front.open_modal(press, words.file_modal(segment.name, metadata(press.value, press.channel)))


async def send_file(front: Front, submission: Submission) -> Step:
    account, key = account_and_id(submission.metadata.partition(" ")[0])
    realm = await realm_of(front, submission, Act.MEMBERS_FILE, account)
    segment = (await segment_of(front.desk, account, key)).segment
    file = await as_file(front.desk, account, segment, realm.person, realm.store, submission.chosen("reason"))
    name = f"segment-{front.desk.now().date().isoformat()}.csv"
    told = words.file_message(segment.name, file.listed, file.withheld)
    await front.slack_of(submission).send_file(submission.user_id, told, name, file.content)
    return Step(words.file_sent(file.listed, file.withheld))
