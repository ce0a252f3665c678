"""A Bolt app that is not ours works against the stand-in as against Slack, over web sockets and over signed HTTP."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.sandbox.slack import NotPossible, SlackStandIn
from bot.sandbox.wire import serve
from tests.contracts.foreign_bolt_app import MANIFEST, snack_cart


@dataclass
class Office:
    """A workspace with two people, one channel, and the snack cart in it."""

    slack: SlackStandIn
    seen: list[dict[str, Any]]
    ana: str
    ben: str
    kitchen: str


def bolt_over_http(app: AsyncApp) -> web.Application:
    async def events(request: web.Request) -> web.Response:
        body = (await request.read()).decode()
        headers: dict[str, str | Sequence[str]] = dict(request.headers)
        answer = await app.async_dispatch(AsyncBoltRequest(body=body, headers=headers))
        kind = answer.first_headers_without_set_cookie().get("content-type", "text/plain").partition(";")[0]
        return web.Response(status=answer.status, text=answer.body, content_type=kind)

    server = web.Application()
    server.router.add_post("/slack/events", events)
    return server


@pytest.fixture(params=["socket mode", "signed http"])
async def office(request: pytest.FixtureRequest) -> AsyncIterator[Office]:
    slack = SlackStandIn(manifest=MANIFEST, bot_token="xoxb-snack", app_token="xapp-snack", signing_secret="shh")
    server = await slack.start()
    ana, ben = slack.add_person("Ana Lima", role="owner"), slack.add_person("Ben Ode")
    kitchen = slack.add_channel("kitchen", members=[ana, ben])
    app, seen = snack_cart("xoxb-snack", "shh", slack.api_url)
    handler, app_server = None, None
    if request.param == "socket mode":
        handler = AsyncSocketModeHandler(app, "xapp-snack", ping_interval=1)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        await slack.await_connected()
    else:
        app_server = await serve(bolt_over_http(app))
        slack.events_url = f"{app_server.url}/slack/events"
    yield Office(slack, seen, ana, ben, kitchen)
    if handler is not None:
        await handler.close_async()  # type: ignore[no-untyped-call]
    if app_server is not None:
        await app_server.close()
    await server.close()


async def test_a_command_is_answered_privately_in_its_acknowledgement(office: Office) -> None:
    answer = await office.slack.command(office.ana, office.kitchen, "/snack", "menu")
    assert answer.ok
    assert answer.text == "Pretzel, popcorn"
    assert [m.text for m in office.slack.ephemerals(office.ana)] == ["Pretzel, popcorn"]
    assert office.slack.messages(office.kitchen) == []


async def test_a_command_posts_a_message_with_a_button_that_edits_it_and_tells_the_thread(office: Office) -> None:
    slack = office.slack
    await slack.command(office.ana, office.kitchen, "/snack", "pretzel & salt")
    card = (await slack.await_until(slack.cards))[0]
    assert card.text == "Snack: pretzel &amp; salt"
    assert card.metadata == {"event_type": "snack", "event_payload": {"what": "pretzel &amp; salt"}}

    assert (await slack.press(office.ben, office.kitchen, card.ts, "eat")).ok
    await slack.await_until(lambda: len(slack.ephemerals(office.ben)) == 2)
    assert card.text == "Eaten"
    assert [m.text for m in slack.thread(office.kitchen, card.ts)] == ["Eaten", f"<@{office.ben}> ate it"]
    assert [m.text for m in slack.ephemerals(office.ben)] == ["Enjoy", "Only you see this"]
    assert [r.kind for r in card.revisions] == ["posted", "edited"]
    assert [r.through for r in card.revisions] == ["chat.postMessage", "chat.update"]


async def test_a_menu_on_a_message_replaces_it_through_its_response_url(office: Office) -> None:
    slack = office.slack
    await slack.command(office.ana, office.kitchen, "/snack", "pretzel")
    card = (await slack.await_until(slack.cards))[0]
    await slack.select(office.ana, office.kitchen, card.ts, "swap", "popcorn")
    await slack.await_until(lambda: card.text == "Swapped for popcorn")
    payload = office.seen[-1]
    assert payload["state"]["values"]["buttons"]["swap"]["selected_option"]["value"] == "popcorn"
    assert payload["actions"][0]["selected_option"]["value"] == "popcorn"
    assert payload["container"] == {
        "type": "message",
        "message_ts": card.ts,
        "channel_id": office.kitchen,
        "is_ephemeral": False,
    }


async def test_a_response_url_speaks_to_the_whole_channel_when_asked(office: Office) -> None:
    await office.slack.command(office.ana, office.kitchen, "/snack", "later")
    said = await office.slack.await_until(lambda: office.slack.messages(office.kitchen))
    assert (said[0].text, said[0].is_bot) == ("Coming", True)


async def test_a_modal_shows_slacks_own_errors_then_the_apps_then_closes(office: Office) -> None:
    slack, ana = office.slack, office.ana
    await slack.command(ana, office.kitchen, "/snack", "form")
    view = (await slack.await_until(lambda: slack.open_views(ana)))[0]
    first = await slack.submit(ana, view["id"])
    assert first.errors == {"snack": "Please complete this required field."}

    second = await slack.submit(ana, view["id"], {"snack": "pretzel", "count": "two"})
    assert second.errors == {"count": "A whole number, please."}
    assert len(slack.open_views(ana)) == 1

    third = await slack.submit(ana, view["id"], {"count": {"number": "2"}})
    assert third.closed
    assert slack.open_views(ana) == []
    told = slack.direct_messages(ana)
    said = await slack.await_until(lambda: slack.messages(told))
    assert said[0].text == "2 pretzel"


async def test_a_modal_pushes_another_and_both_are_cleared(office: Office) -> None:
    slack, ana = office.slack, office.ana
    await slack.global_shortcut(ana, "order_anywhere")
    view = (await slack.await_until(lambda: slack.open_views(ana)))[0]
    await slack.submit(ana, view["id"], {"snack": "popcorn", "count": "12"})
    pushed = slack.open_views(ana)[-1]
    assert pushed["previous_view_id"] == pushed["root_view_id"] == view["id"]
    assert (await slack.submit(ana, pushed["id"])).closed
    assert slack.open_views(ana) == []


async def test_an_external_menu_asks_the_app_for_its_options(office: Office) -> None:
    slack, ana = office.slack, office.ana
    await slack.global_shortcut(ana, "order_anywhere")
    view = (await slack.await_until(lambda: slack.open_views(ana)))[0]
    options = await slack.suggest(ana, "flavours", "Sea", view_id=view["id"])
    assert [option["text"]["text"] for option in options] == ["Sea salt"]


async def test_the_app_hears_that_a_modal_was_closed(office: Office) -> None:
    slack, ana = office.slack, office.ana
    await slack.global_shortcut(ana, "order_anywhere")
    view = (await slack.await_until(lambda: slack.open_views(ana)))[0]
    await slack.close_view(ana, view["id"])
    assert slack.open_views(ana) == []
    assert office.seen[-1]["type"] == "view_closed"
    assert office.seen[-1]["view"]["id"] == view["id"]


async def test_the_home_tab_is_published_when_somebody_opens_it(office: Office) -> None:
    slack = office.slack
    await slack.open_home(office.ana)
    home = await slack.await_until(lambda: slack.home(office.ana))
    assert home["blocks"][0]["text"]["text"] == "Your snacks"
    assert slack.home(office.ben) is None


async def test_a_message_shortcut_carries_the_message(office: Office) -> None:
    slack = office.slack
    said = await slack.say(office.ben, office.kitchen, "popcorn?")
    await slack.message_shortcut(office.ana, office.kitchen, said.ts, "same_again")
    answer = await slack.await_until(lambda: slack.ephemerals(office.ana))
    assert answer[0].text == "Again: popcorn?"


async def test_a_mention_and_a_channel_message_reach_the_app_as_events(office: Office) -> None:
    slack = office.slack
    said = await slack.say(office.ben, office.kitchen, f"<@{slack.workspace.bot.id}> hungry")
    thread = await slack.await_until(lambda: slack.thread(office.kitchen, said.ts)[1:])
    assert thread[0].text == "You called?"
    assert {"message", "app_mention"} <= {p["event"]["type"] for p in office.seen if p["type"] == "event_callback"}


async def test_a_command_that_is_not_acknowledged_shows_what_slack_shows(office: Office) -> None:
    office.slack.switches.ack_seconds = 0.1
    answer = await office.slack.command(office.ana, office.kitchen, "/slow")
    assert not answer.ok
    assert answer.failure == '/slow failed with the error "dispatch_failed"'


async def test_an_unknown_command_never_leaves_slack(office: Office) -> None:
    answer = await office.slack.command(office.ana, office.kitchen, "/nothing")
    assert answer.failure == "/nothing is not a valid command."
    assert office.seen == []


async def test_a_button_that_is_not_there_names_those_that_are(office: Office) -> None:
    slack = office.slack
    await slack.command(office.ana, office.kitchen, "/snack", "pretzel")
    card = (await slack.await_until(slack.cards))[0]
    with pytest.raises(NotPossible, match="no control drink here, only eat, swap"):
        await slack.press(office.ana, office.kitchen, card.ts, "drink")


async def test_a_person_outside_a_private_channel_cannot_write_there(office: Office) -> None:
    vault = office.slack.add_channel("vault", private=True, members=[office.ana])
    with pytest.raises(NotPossible, match="Ben Ode is not in #vault"):
        await office.slack.say(office.ben, vault, "let me in")


@pytest.mark.parametrize("office", ["socket mode"], indirect=True)
async def test_connections_are_refreshed_without_losing_a_command(office: Office) -> None:
    await office.slack.refresh_connections()
    assert (await office.slack.command(office.ana, office.kitchen, "/snack", "menu")).ok


@pytest.mark.parametrize("office", ["signed http"], indirect=True)
async def test_the_request_url_answers_slacks_challenge(office: Office) -> None:
    assert await office.slack.verify_events_url()


@pytest.mark.parametrize("office", ["signed http"], indirect=True)
async def test_a_wrong_signature_reaches_no_listener(office: Office) -> None:
    office.slack.switches.bad_signatures = True
    answer = await office.slack.command(office.ana, office.kitchen, "/snack", "menu")
    assert answer.failure == '/snack failed with the error "dispatch_failed"'
    assert office.slack.ephemerals(office.ana) == []
