"""Who comes and goes in stores' channels and with whom these are shared, and the modal in which an owner signs that off."""

from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.deliveries import safety
from bot.errors import OrderAheadError
from bot.messages import channel_safety as words
from bot.messages.parts import Message
from bot.rules.exposure import SAFE, Exposure
from bot.rules.permissions import Act
from bot.rules.stores import Store
from handlers.errors import telling
from handlers.front import Front, Press, Submission, metadata

log = structlog.get_logger("orderahead.handlers")


def register(app: AsyncApp, front: Front) -> None:
    async def member_changed(event: dict[str, Any], body: dict[str, Any]) -> None:
        store = _store(front, body, str(event.get("channel") or ""))
        if store is not None:
            await _look(front, store, who=str(event.get("user") or ""))

    async def sharing_changed(event: dict[str, Any], body: dict[str, Any]) -> None:
        store = _store(front, body, str(event.get("channel") or ""))
        if store is not None:
            team = str(event.get("connected_team_id") or "")
            await _look(front, store, heard=Exposure(shared_with=frozenset({team} if team else ())))

    async def acknowledge(ack: AsyncAck) -> None:
        await ack()

    async def pressed(body: dict[str, Any]) -> None:
        press = front.press(body)
        await telling(ask_owner(front, press), lambda message: front.tell(press, message))

    async def sent(body: dict[str, Any]) -> None:
        submission = front.submission(body)
        await telling(sign_off(front, submission), lambda message: front.tell(submission, message))

    app.event("member_joined_channel")(member_changed)
    app.event("member_left_channel")(member_changed)
    app.event("channel_shared")(sharing_changed)
    app.event("channel_unshared")(sharing_changed)
    app.action("sign_off_channel")(ack=acknowledge, lazy=[pressed])
    app.view(words.SIGN_OFF_MODAL)(ack=acknowledge, lazy=[sent])


def _store(front: Front, body: dict[str, Any], channel: str) -> Store | None:
    return front.desk.store_of_channel(front.workspace_of(body), channel)


async def _look(front: Front, store: Store, *, who: str = "", heard: Exposure = SAFE) -> None:
    """Most who come and go are our own people, of whom nothing follows: that costs no look at the whole channel."""
    try:
        if who:
            person = await front.office.slack(store.workspace).person(who)
            if not person.is_outsider:
                return
    except OrderAheadError:
        log.warning("somebody came or went, and Slack does not say who it is", store=store.key)
    try:
        await safety.look(front.office, store, heard=heard)
    except OrderAheadError as problem:
        log.warning("a channel could not be looked at", store=store.key, why=problem.sentence)


async def ask_owner(front: Front, press: Press) -> None:
    store = front.store(press, press.value)
    await front.permitted(press, Act.SIGN_OFF, store)
    news = await safety.exposure_to_sign(front.office, store)
    carried = metadata(f"{store.key}|{news.fingerprint}", press.channel)
    await front.open_modal(press, words.sign_off_modal(store, news, carried))


async def sign_off(front: Front, submission: Submission) -> Message:
    key, _, shown = submission.order_key.partition("|")
    store = front.store(submission, key)
    person = await front.permitted(submission, Act.SIGN_OFF, store)
    await safety.sign_off(front.office, store, person, shown, submission.typed("why"))
    return words.signed_off(store)
