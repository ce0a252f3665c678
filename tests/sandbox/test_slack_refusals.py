"""Where Slack says no: tokens, scopes, channels, text, metadata, edits. A row is a call and the error code it earns."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.contracts.foreign_bolt_app import MANIFEST
from tests.contracts.slack_office import Office, an_office


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    async with an_office() as office:
        yield office


HISTORY = "channels:history,groups:history,im:history,mpim:history"
CALLS: list[tuple[str, str, dict[str, Any], str]] = [
    ("unknown method", "chat.shout", {}, "unknown_method"),
    ("unknown channel", "chat.postMessage", {"channel": "C0000", "text": "x"}, "channel_not_found"),
    ("no channel", "chat.postMessage", {"text": "x"}, "invalid_arguments"),
    ("a hidden channel", "chat.postMessage", {"channel": "$attic", "text": "x"}, "channel_not_found"),
    ("a public channel without the bot", "chat.postMessage", {"channel": "$garden", "text": "x"}, "not_in_channel"),
    ("an archived channel", "chat.postMessage", {"channel": "$museum", "text": "x"}, "is_archived"),
    ("nothing to say", "chat.postMessage", {"channel": "$kitchen", "text": "  "}, "no_text"),
    ("text for blocks", "chat.postMessage", {"channel": "$kitchen", "blocks": "{"}, "invalid_blocks_format"),
    ("wrong blocks", "chat.postMessage", {"channel": "$kitchen", "blocks": [{"type": "no"}]}, "invalid_blocks"),
    (
        "too many words",
        "chat.postMessage",
        {"channel": "$kitchen", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2900}}] * 4},
        "msg_blocks_too_long",
    ),
    ("no thread", "chat.postMessage", {"channel": "$kitchen", "text": "x", "thread_ts": "1.2"}, "thread_not_found"),
    (
        "wrong attachments",
        "chat.postMessage",
        {"channel": "$kitchen", "attachments": [{"colour": "red"}]},
        "invalid_attachments",
    ),
    (
        "metadata without a payload",
        "chat.postMessage",
        {"channel": "$kitchen", "text": "x", "metadata": {"event_type": "a"}},
        "invalid_metadata_format",
    ),
    (
        "deep metadata",
        "chat.postMessage",
        {"channel": "$kitchen", "text": "x", "metadata": {"event_type": "a", "event_payload": {"a": {"b": {"c": 1}}}}},
        "invalid_metadata_schema",
    ),
    (
        "much metadata",
        "chat.postMessage",
        {"channel": "$kitchen", "text": "x", "metadata": {"event_type": "a", "event_payload": {"a": "x" * 16_000}}},
        "metadata_too_large",
    ),
    ("no such message", "chat.update", {"channel": "$kitchen", "ts": "1.2", "text": "x"}, "message_not_found"),
    ("a person's message", "chat.update", {"channel": "$kitchen", "ts": "$said", "text": "x"}, "cant_update_message"),
    ("a person's message", "chat.delete", {"channel": "$kitchen", "ts": "$said"}, "cant_delete_message"),
    ("a channel's name", "chat.update", {"channel": "#kitchen", "ts": "$card", "text": "x"}, "channel_not_found"),
    ("an essay", "chat.update", {"channel": "$kitchen", "ts": "$card", "text": "x" * 4001}, "msg_too_long"),
    ("no text", "chat.update", {"channel": "$kitchen", "ts": "$card"}, "no_text"),
    (
        "somebody else's channel",
        "chat.postEphemeral",
        {"channel": "$vault", "user": "$ben", "text": "x"},
        "user_not_in_channel",
    ),
    ("nobody", "chat.postEphemeral", {"channel": "$vault", "user": "U0", "text": "x"}, "user_not_found"),
    ("nobody", "users.info", {"user": "U0"}, "user_not_found"),
    ("no history outside", "conversations.history", {"channel": "$garden"}, "not_in_channel"),
    ("no limit", "conversations.history", {"channel": "$kitchen", "limit": "-1"}, "invalid_limit"),
    ("a made-up cursor", "conversations.history", {"channel": "$kitchen", "cursor": "abc"}, "invalid_cursor"),
    ("a made-up time", "conversations.history", {"channel": "$kitchen", "oldest": "noon"}, "invalid_ts_oldest"),
    ("no such thread", "conversations.replies", {"channel": "$kitchen", "ts": "1.2"}, "thread_not_found"),
    ("no such view", "views.update", {"view_id": "V0", "view": {"type": "home", "blocks": []}}, "not_found"),
    ("no trigger", "views.open", {"view": {"type": "home", "blocks": []}}, "invalid_arguments"),
]


@pytest.mark.parametrize(("method", "given", "error"), [c[1:] for c in CALLS], ids=[f"{c[1]}: {c[0]}" for c in CALLS])
async def test_slack_refuses(office: Office, method: str, given: dict[str, Any], error: str) -> None:
    slack = office.slack
    places = {
        "$kitchen": office.kitchen,
        "$vault": office.vault,
        "$attic": slack.add_channel("attic", private=True, bot_is_member=False),
        "$garden": slack.add_channel("garden", bot_is_member=False),
        "$museum": slack.add_channel("museum"),
        "$ben": office.ben,
        "$said": (await slack.say(office.ben, office.kitchen, "hello")).ts,
        "$card": (await office.client.chat_postMessage(channel=office.kitchen, text="card"))["ts"],
    }
    await slack.archive(places["$museum"])
    answer = await office.refusal(method, **{k: places.get(str(v), v) for k, v in given.items()})
    assert answer["error"] == error


async def test_wrong_blocks_are_explained_twice_as_slack_does(office: Office) -> None:
    blocks = [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]
    answer = await office.refusal("chat.postMessage", channel=office.kitchen, text="x", blocks=blocks)
    sentence = "must be less than 151 characters [json-pointer:/blocks/0/text/text]"
    assert answer["errors"] == [sentence]
    assert answer["response_metadata"] == {"messages": [f"[ERROR] {sentence}"]}


async def test_no_token_a_wrong_token_the_other_token_and_a_revoked_one(office: Office) -> None:
    async def said(**headers: str) -> Any:
        return (await (await office.raw("/api/auth.test", {}, **headers)).json())["error"]

    assert await said() == "not_authed"
    assert await said(Authorization="Bearer xoxb-other") == "invalid_auth"
    assert await said(Authorization="Bearer xapp-snack") == "not_allowed_token_type"
    office.slack.switches.token_revoked = True
    assert await said(Authorization="Bearer xoxb-snack") == "token_revoked"


async def test_a_missing_scope_is_named_with_those_that_are_there() -> None:
    manifest = {**MANIFEST, "oauth_config": {"scopes": {"bot": ["chat:write"], "bot_optional": ["channels:history"]}}}
    async with an_office(manifest) as office:
        assert (await office.client.conversations_history(channel=office.kitchen))["ok"]
        assert (await office.refusal("conversations.history", channel=office.vault))["needed"] == "groups:history"
        office.slack.switches.history_scope = False
        answer = await office.refusal("conversations.history", channel=office.kitchen)
        assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", HISTORY, "chat:write")
        assert (await office.refusal("users.info", user=office.ana))["needed"] == "users:read"


async def test_chat_write_public_opens_public_channels_only() -> None:
    scopes = {"bot": ["chat:write", "chat:write.public"]}
    async with an_office({**MANIFEST, "oauth_config": {"scopes": scopes}}) as office:
        garden = office.slack.add_channel("garden", bot_is_member=False)
        attic = office.slack.add_channel("attic", private=True, bot_is_member=False)
        await office.client.chat_postMessage(channel=garden, text="x")
        assert (await office.refusal("chat.postMessage", channel=attic, text="x"))["error"] == "channel_not_found"


async def test_a_kicked_bot_can_no_longer_post_until_it_is_invited_again(office: Office) -> None:
    await office.slack.kick_bot(office.vault)
    assert (await office.refusal("chat.postMessage", channel=office.vault, text="x"))["error"] == "channel_not_found"
    office.slack.switches.hides_private_channels = False
    assert (await office.refusal("chat.postMessage", channel=office.vault, text="x"))["error"] == "not_in_channel"
    await office.slack.invite_bot(office.vault)
    assert (await office.client.chat_postMessage(channel=office.vault, text="x"))["ok"]


async def test_the_edit_window_can_be_closed(office: Office) -> None:
    posted = await office.client.chat_postMessage(channel=office.kitchen, text="card")
    office.slack.switches.edit_window_closed = True
    answer = await office.refusal("chat.update", channel=office.kitchen, ts=posted["ts"], text="x")
    assert answer["error"] == "edit_window_closed"


async def test_a_home_tab_needs_a_manifest_that_has_one() -> None:
    features = {**MANIFEST["features"], "app_home": {"home_tab_enabled": False}}
    async with an_office({**MANIFEST, "features": features}) as office:
        view = {"type": "home", "blocks": []}
        assert (await office.refusal("views.publish", user_id=office.ana, view=view))["error"] == "not_enabled"
