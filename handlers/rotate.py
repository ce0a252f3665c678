"""`/flowhub rotate`: new credentials in the place of old ones."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.activation.connecting import known_accounts
from bot.activation.rotating import must_be_from_slack, rotate
from bot.messages import connecting
from bot.messages import rotating as words
from bot.messages.parts import Message
from bot.rules.connecting import Field, Pair
from bot.rules.permissions import Act
from bot.rules.stores import Store
from handlers.disconnect import store_or_question
from handlers.front import Acted, Command, Front, Submission, metadata
from handlers.stepping import Step, step


def register(app: AsyncApp, front: Front) -> None:
    async def sent(ack: AsyncAck, body: dict[str, Any]) -> None:
        submission = front.submission(body)
        checking = connecting.checking(connecting.CHECKING)
        await step(front, ack, submission, rotate_pairs(front, submission), meanwhile=checking)

    app.view(words.ROTATE_MODAL)(sent)


async def rotate_command(front: Front, command: Command) -> Message | None:
    store = store_or_question(front, command, "rotate")
    if isinstance(store, Message):
        return store
    await front.permitted(command, Act.ROTATE, store)
    await must_be_from_slack(front.desk, store)
    siblings = [one.name for one in _siblings(front, command, store)]
    await front.open_modal(command, words.rotate_modal(store, metadata(store.key, command.channel), siblings=siblings))
    return None


def _siblings(front: Front, where: Acted, store: Store) -> list[Store]:
    """The other stores of the account: a new pair of it is theirs too."""
    same = known_accounts(front.desk, where.workspace).get(store.account, [])
    return [one for one in same if one.key != store.key]


async def rotate_pairs(front: Front, submission: Submission) -> Step:
    store = front.known_store(submission, submission.metadata.partition(" ")[0])
    person = await front.permitted(submission, Act.ROTATE, store)
    account = Pair(id=submission.typed(Field.CLIENT_ID), secret=submission.typed(Field.KEY))
    order_ahead = Pair(
        id=submission.typed(Field.ORDER_AHEAD_CLIENT_ID), secret=submission.typed(Field.ORDER_AHEAD_TOKEN)
    )
    if account.id or account.secret:
        for sibling in _siblings(front, submission, store):
            await front.permitted(submission, Act.ROTATE, sibling)
    done = await rotate(front.desk, store, person, account, order_ahead)
    if not done.flaws:
        return Step(words.rotated(store, done.account_of, order_ahead=done.order_ahead))
    siblings = [one.name for one in _siblings(front, submission, store)]
    view = words.rotate_modal(store, submission.metadata, siblings=siblings, flaws=done.flaws)
    return Step(view, words.field_errors(done.flaws))
