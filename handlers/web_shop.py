"""`/flowhub webshop`: let a store's own web shop send its orders, and tell it what becomes of them."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.activation.web_shop import Asked, has_secret, set_up
from bot.messages import web_shop as words
from bot.messages.connecting import checking
from bot.messages.parts import Message
from bot.rules.permissions import Act
from handlers.disconnect import store_or_question
from handlers.front import Command, Front, Submission, metadata
from handlers.stepping import Step, step


def register(app: AsyncApp, front: Front) -> None:
    async def sent(ack: AsyncAck, body: dict[str, Any]) -> None:
        submission = front.submission(body)
        await step(front, ack, submission, save(front, submission), meanwhile=checking("Looking the address up …"))

    app.view(words.WEB_SHOP_MODAL)(sent)


async def web_shop_command(front: Front, command: Command) -> Message | None:
    store = store_or_question(front, command, "webshop")
    if isinstance(store, Message):
        return store
    await front.permitted(command, Act.WEB_SHOP, store)
    view = words.web_shop_modal(
        store,
        metadata(store.key, command.channel),
        public_url=front.desk.public_url,
        has_secret=await has_secret(front.desk, store),
    )
    await front.open_modal(command, view)
    return None


async def save(front: Front, submission: Submission) -> Step:
    """Save, or say under which field something is wrong."""
    store = front.known_store(submission, submission.metadata.partition(" ")[0])
    person = await front.permitted(submission, Act.WEB_SHOP, store)
    asked = Asked(
        url=submission.typed(words.URL),
        secret=submission.typed(words.SECRET),
        is_anew=words.ANEW in submission.ticked(words.ANEW),
    )
    done = await set_up(front.desk, store, person, asked)
    if done.is_done:
        return Step(words.saved(done.store, secret=done.made))
    view = words.web_shop_modal(
        store, submission.metadata, public_url=front.desk.public_url, has_secret=await has_secret(front.desk, store)
    )
    problems = {words.URL: done.url_problem, words.SECRET: done.secret_problem}
    return Step(view, {field: sentence for field, sentence in problems.items() if sentence})
