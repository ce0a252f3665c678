"""The console page's own API, as the page calls it: reading, doing, and the stream of events."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

from tests.contracts.foreign_bolt_app import snack_cart
from tests.contracts.slack_office import Office, an_office


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    async with an_office() as office:
        app, _ = snack_cart("xoxb-snack", "shh", office.slack.api_url)
        handler = AsyncSocketModeHandler(app, "xapp-snack")
        await handler.connect_async()  # type: ignore[no-untyped-call]
        await office.slack.await_connected()
        yield office
        await handler.close_async()  # type: ignore[no-untyped-call]


async def get(office: Office, path: str, **query: str) -> Any:
    async with office.http.get(f"{office.slack.url}/console/api/{path}", params=query) as response:
        return await response.json()


async def post(office: Office, path: str, **body: Any) -> Any:
    return await (await office.raw(f"/console/api/{path}", body)).json()


@asynccontextmanager
async def events(office: Office, user: str) -> AsyncIterator[aiohttp.StreamReader]:
    url = f"{office.slack.url}/console/api/events"
    async with office.http.get(url, params={"as": user}) as response:
        assert response.content_type == "text/event-stream"
        assert (await response.content.readline()).startswith(b":")
        yield response.content


async def next_event(stream: aiohttp.StreamReader, kind: str) -> dict[str, Any]:
    """The next event of that kind; others are passed over."""
    async with asyncio.timeout(5):
        while line := await stream.readline():
            if line.startswith(b"data: "):
                event: dict[str, Any] = json.loads(line.removeprefix(b"data: "))
                if event["type"] == kind:
                    return event
    raise AssertionError(f"the stream ended without {kind}")


async def test_the_state_is_what_one_person_sees(office: Office) -> None:
    office.slack.add_user_group("snackers", "Snackers", [office.ana])
    state = await get(office, "state", **{"as": office.ben})
    assert state["workspace"]["name"] == "Green Mesa"
    assert state["me"] == office.ben
    assert state["people"][0] | {"color": ""} == {
        "id": office.ana,
        "name": "Ana Lima",
        "display": "Ana Lima",
        "role": "owner",
        "color": "",
        "initials": "AL",
    }
    assert [(c["name"], c["private"], c["is_im"]) for c in state["channels"]] == [
        ("kitchen", False, False),
        ("Snack Cart", True, True),
    ]
    assert state["channels"][0]["topic"] == "Snacks"
    assert state["app"]["bot_user"] == office.slack.workspace.bot.id
    assert state["commands"][0] == {"command": "/snack", "description": "Order a snack", "usage_hint": "[what]"}
    assert state["usergroups"][0]["handle"] == "snackers"


async def test_without_a_name_the_first_person_is_meant(office: Office) -> None:
    assert (await get(office, "state"))["me"] == office.ana
    assert await get(office, "state", **{"as": "U0"}) == {"ok": False, "error": "there is no person U0"}


async def test_a_line_that_begins_with_a_slash_is_a_command(office: Office) -> None:
    answer = await post(office, "say", **{"as": office.ana, "channel": office.kitchen, "text": "/snack menu"})
    assert answer["ok"]
    shown = (await get(office, f"channels/{office.kitchen}/messages", **{"as": office.ana}))["messages"]
    assert [(m["text"], m["ephemeral"], m["author"]["is_bot"]) for m in shown] == [("Pretzel, popcorn", True, True)]
    other = (await get(office, f"channels/{office.kitchen}/messages", **{"as": office.ben}))["messages"]
    assert other == []


async def test_commands_do_not_work_in_threads(office: Office) -> None:
    said = await office.slack.say(office.ana, office.kitchen, "hungry")
    body = {"as": office.ana, "channel": office.kitchen, "text": "/snack menu", "thread_ts": said.ts}
    assert await post(office, "say", **body) == {"ok": False, "error": "/snack is not supported in threads. Sorry!"}


async def test_a_failed_command_comes_back_as_slacks_sentence(office: Office) -> None:
    office.slack.switches.ack_seconds = 0.05
    answer = await post(office, "say", **{"as": office.ana, "channel": office.kitchen, "text": "/slow"})
    assert answer == {"ok": False, "error": '/slow failed with the error "dispatch_failed"'}


async def test_a_card_is_pressed_and_the_page_is_told_of_all_that_follows(office: Office) -> None:
    slack = office.slack
    async with events(office, office.ben) as stream:
        await post(office, "say", **{"as": office.ana, "channel": office.kitchen, "text": "/snack pretzel"})
        card = (await next_event(stream, "message"))["message"]
        assert (card["text"], card["reply_count"], card["edited"]) == ("Snack: pretzel", 0, False)
        assert (await next_event(stream, "unread"))["unread"] == 1
        where = {"channel": office.kitchen, "ts": card["ts"], "block_id": "buttons"}
        assert await post(office, "press", **{"as": office.ben, "action_id": "eat", "value": "1"}, **where) == {
            "ok": True,
            "error": None,
        }
        assert (await next_event(stream, "message_changed"))["message"]["text"] == "Eaten"
        reply = (await next_event(stream, "message"))["message"]
        assert reply["thread_ts"] == card["ts"]
        parent = (await next_event(stream, "message_changed"))["message"]
        assert (parent["reply_count"], parent["latest_reply"]) == (1, reply["ts"])
        assert (await next_event(stream, "ephemeral"))["message"]["text"] == "Enjoy"
    thread = (await get(office, f"channels/{office.kitchen}/threads/{card['ts']}", **{"as": office.ana}))["messages"]
    assert [m["text"] for m in thread] == ["Eaten", f"<@{office.ben}> ate it"]
    await slack.await_until(lambda: len(slack.ephemerals(office.ben)) == 2)


async def test_reading_a_channel_sets_its_count_to_nothing(office: Office) -> None:
    await office.slack.say(office.ana, office.kitchen, "hello")
    state = await get(office, "state", **{"as": office.ben})
    assert state["channels"][0]["unread"] == 1
    await post(office, f"channels/{office.kitchen}/read", **{"as": office.ben})
    state = await get(office, "state", **{"as": office.ben})
    assert state["channels"][0]["unread"] == 0


async def test_a_modal_is_shown_checked_and_closed(office: Office) -> None:
    async with events(office, office.ana) as stream:
        await post(office, "say", **{"as": office.ana, "channel": office.kitchen, "text": "/snack form"})
        view = (await next_event(stream, "view_opened"))["view"]
        assert [v["id"] for v in (await get(office, "views", **{"as": office.ana}))["views"]] == [view["id"]]
        assert (await get(office, "views", **{"as": office.ben}))["views"] == []
        choice = {"choice": {"type": "static_select", "selected_option": {"text": {}, "value": "pretzel"}}}
        empty = {"number": {"type": "plain_text_input", "value": "two"}}
        answer = await post(
            office, f"views/{view['id']}/submit", **{"as": office.ana, "values": {"snack": choice, "count": empty}}
        )
        assert answer == {"ok": False, "errors": {"count": "A whole number, please."}, "error": None}
        assert (await post(office, f"views/{view['id']}/close", **{"as": office.ana}))["ok"]
        assert (await next_event(stream, "view_closed"))["view"]["id"] == view["id"]


async def test_the_home_tab_is_opened_and_its_update_arrives(office: Office) -> None:
    async with events(office, office.ana) as stream:
        await post(office, "home/open", **{"as": office.ana})
        view = (await next_event(stream, "home_updated"))["view"]
    assert (await get(office, "home", **{"as": office.ana}))["view"]["id"] == view["id"]
    assert (await get(office, "home", **{"as": office.ben}))["view"] is None


async def test_a_private_channel_is_not_shown_to_others(office: Office) -> None:
    answer = await get(office, f"channels/{office.vault}/messages", **{"as": office.ben})
    assert answer == {"ok": False, "error": "Ben Ode is not in #vault"}


async def test_the_stream_of_a_stranger_is_silent_about_a_private_channel(office: Office) -> None:
    async with events(office, office.ben) as stream:
        await office.slack.say(office.ana, office.vault, "psst")
        await office.slack.say(office.ana, office.kitchen, "hello")
        assert (await next_event(stream, "message"))["message"]["text"] == "hello"


async def test_the_streams_end_at_once_when_the_server_closes() -> None:
    async with aiohttp.ClientSession() as session:
        async with an_office() as office:
            response = await session.get(f"{office.slack.url}/console/api/events", params={"as": office.ana})
            await response.content.readline()
        # A stream that the server had to cut would end in an error here.
        assert (await response.read()).strip() == b""


async def test_what_is_not_possible_is_a_sentence(office: Office) -> None:
    body = {"as": office.ben, "channel": office.kitchen, "ts": "1.2", "block_id": "", "action_id": "eat"}
    answer = await post(office, "press", **body)
    assert answer == {"ok": False, "error": "there is no message 1.2 that Ben Ode can see"}
    assert not (await post(office, "press", **{"as": office.ben}))["ok"]


async def test_the_page_and_its_files_come_from_the_package_and_nothing_else_does(office: Office) -> None:
    async with office.http.get(f"{office.slack.url}/") as response:
        assert (response.status, response.content_type) == (200, "text/html")
    async with office.http.get(f"{office.slack.url}/static/app.js") as response:
        assert response.content_type.endswith("javascript")
    async with office.http.get(f"{office.slack.url}/static/%2e%2e/wire.py") as response:
        assert response.status == 404


async def test_a_field_that_a_view_does_not_have_is_named(office: Office) -> None:
    async with events(office, office.ana) as stream:
        await post(office, "say", **{"as": office.ana, "channel": office.kitchen, "text": "/snack form"})
        view = (await next_event(stream, "view_opened"))["view"]
    values = {"count": {"how_many": {"type": "plain_text_input", "value": "2"}}}
    answer = await post(office, f"views/{view['id']}/submit", **{"as": office.ana, "values": values})
    assert answer["error"] == "the field count has no how_many, only number"
