"""Slack's rate limits: what passes, what gets a 429, and when it may come again. Time is set, never slept."""

from collections.abc import AsyncIterator

import pytest

from tests.contracts.slack_office import Office, an_office


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    async with an_office() as office:
        yield office


async def test_a_channel_takes_three_messages_at_once_and_then_one_a_second(office: Office) -> None:
    for number in range(3):
        await office.client.chat_postMessage(channel=office.kitchen, text=str(number))
    refused = await office.raw(
        "/api/chat.postMessage", {"channel": office.kitchen, "text": "4"}, Authorization="Bearer xoxb-snack"
    )
    assert refused.status == 429
    assert refused.headers["Retry-After"] == "1"
    assert await refused.json() == {"ok": False, "error": "ratelimited"}
    office.slack.clock.advance(1)
    await office.client.chat_postMessage(channel=office.kitchen, text="4")
    assert [m.text for m in office.slack.messages(office.kitchen)] == ["0", "1", "2", "4"]


async def test_a_busy_channel_does_not_hold_up_another(office: Office) -> None:
    for number in range(3):
        await office.client.chat_postMessage(channel=office.kitchen, text=str(number))
    await office.client.chat_postMessage(channel=office.vault, text="quiet here")
    assert len(office.slack.messages(office.vault)) == 1


async def test_fifty_edits_a_minute_over_all_channels(office: Office) -> None:
    posted = await office.client.chat_postMessage(channel=office.kitchen, text="card")
    for number in range(50):
        await office.client.chat_update(channel=office.kitchen, ts=posted["ts"], text=str(number))
    refused = await office.refusal("chat.update", channel=office.kitchen, ts=posted["ts"], text="once more")
    assert refused["error"] == "ratelimited"
    assert office.slack.refusals["chat.update", "ratelimited"] == 1
    office.slack.clock.advance(60)
    await office.client.chat_update(channel=office.kitchen, ts=posted["ts"], text="once more")
    assert office.slack.message(office.kitchen, posted["ts"]).text == "once more"


async def test_the_window_rolls(office: Office) -> None:
    posted = await office.client.chat_postMessage(channel=office.kitchen, text="card")
    for number in range(50):
        office.slack.clock.advance(1)
        await office.client.chat_update(channel=office.kitchen, ts=posted["ts"], text=str(number))
    office.slack.clock.advance(8)
    refused = await office.raw(
        "/api/chat.update",
        {"channel": office.kitchen, "ts": posted["ts"], "text": "x"},
        Authorization="Bearer xoxb-snack",
    )
    assert (refused.status, refused.headers["Retry-After"]) == (429, "3")


async def test_a_scale_of_sixty_makes_a_minute_last_a_second(office: Office) -> None:
    office.slack.switches.rate_scale = 60
    posted = await office.client.chat_postMessage(channel=office.kitchen, text="card")
    for number in range(50):
        await office.client.chat_update(channel=office.kitchen, ts=posted["ts"], text=str(number))
    office.slack.clock.advance(1)
    await office.client.chat_update(channel=office.kitchen, ts=posted["ts"], text="again")


async def test_limits_can_be_switched_off(office: Office) -> None:
    office.slack.switches.rate_limits = False
    for number in range(60):
        await office.client.chat_postMessage(channel=office.kitchen, text=str(number))
    assert office.slack.requests["chat.postMessage"] == 60
