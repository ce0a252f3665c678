"""Response URLs: five uses in thirty minutes, to one person or the channel, in place of a message or as its end."""

from collections.abc import AsyncIterator

import pytest

from bot.sandbox.slack.triggers import ResponseUrl
from bot.sandbox.slack.workspace import Message
from tests.contracts.slack_office import Office, an_office


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    async with an_office() as office:
        yield office


async def after(office: Office, original: Message | None = None) -> str:
    """The path of a response URL that an interaction of the owner in the kitchen handed out."""
    response = ResponseUrl("actions", office.kitchen, office.ana, 0, None, original)
    return office.slack.core.triggers.response_path(response)


async def posted(office: Office) -> Message:
    answer = await office.client.chat_postMessage(channel=office.kitchen, text="card")
    return office.slack.message(office.kitchen, answer["ts"])


async def test_an_answer_goes_to_the_one_who_asked(office: Office) -> None:
    answer = await office.raw(await after(office), {"text": "for you"})
    assert (answer.status, await answer.text()) == (200, "ok")
    assert [m.text for m in office.slack.ephemerals(office.ana)] == ["for you"]
    assert office.slack.messages(office.kitchen) == []


async def test_it_needs_no_membership(office: Office) -> None:
    await office.slack.kick_bot(office.kitchen)
    await office.raw(await after(office), {"text": "for all", "response_type": "in_channel"})
    assert [m.text for m in office.slack.messages(office.kitchen)] == ["for all"]


async def test_the_sixth_use_is_refused(office: Office) -> None:
    path = await after(office)
    for number in range(5):
        assert (await office.raw(path, {"text": str(number)})).status == 200
    answer = await office.raw(path, {"text": "once more"})
    assert (answer.status, (await answer.json())["error"]) == (404, "used_url")


async def test_after_thirty_minutes_it_is_gone(office: Office) -> None:
    path = await after(office)
    office.slack.clock.advance(30 * 60 + 1)
    answer = await office.raw(path, {"text": "late"})
    assert (answer.status, (await answer.json())["error"]) == (404, "expired_url")


async def test_the_original_is_replaced_and_deleted(office: Office) -> None:
    card = await posted(office)
    path = await after(office, card)
    await office.raw(path, {"text": "changed", "replace_original": True})
    assert card.text == "changed"
    await office.raw(path, {"delete_original": True})
    assert card.deleted
    assert [r.through for r in card.revisions] == ["chat.postMessage", "response_url", "response_url"]


async def test_wrong_blocks_are_refused(office: Office) -> None:
    answer = await office.raw(await after(office), {"blocks": [{"type": "sparkle"}]})
    assert (answer.status, (await answer.json())["error"]) == (400, "invalid_blocks")


async def test_nothing_to_say_is_refused(office: Office) -> None:
    answer = await office.raw(await after(office), {"text": ""})
    assert (answer.status, (await answer.json())["error"]) == (400, "no_text")
