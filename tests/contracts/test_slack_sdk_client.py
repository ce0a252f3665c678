"""The official client speaks to the stand-in as it speaks to Slack: every method, in each of its encodings."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.models.blocks import ActionsBlock, ButtonElement, SectionBlock
from slack_sdk.models.metadata import Metadata
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.sandbox.slack.triggers import ResponseUrl
from tests.contracts.slack_office import Office, an_office

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    async with an_office() as office:
        yield office


async def test_the_client_learns_who_it_is(office: Office) -> None:
    answer = await office.client.auth_test()
    assert (answer["team"], answer["user"], answer["is_enterprise_install"]) == ("Green Mesa", "snack.cart", False)
    assert "chat:write" in answer.headers["X-OAuth-Scopes"]
    assert (await office.client.api_test(foo="bar"))["args"]["foo"] == "bar"


async def test_a_message_made_of_the_clients_own_block_classes_is_taken(office: Office) -> None:
    button = ButtonElement(action_id="claim", text="Claim", style="primary", value="A01")
    answer = await office.client.chat_postMessage(
        channel=office.kitchen,
        text="Order A01",
        blocks=[SectionBlock(text="*Order A01*"), ActionsBlock(elements=[button])],
        attachments=[{"color": "#2EB67D", "blocks": [{"type": "divider"}]}],
        metadata=Metadata(event_type="order", event_payload={"key": "A01"}),
    )
    message = answer["message"]
    assert answer["channel"] == office.kitchen
    assert message["ts"] == answer["ts"]
    assert message["bot_id"].startswith("B")
    assert message["metadata"]["event_payload"] == {"key": "A01"}
    assert all(block["block_id"] for block in message["blocks"])
    assert office.slack.messages(office.kitchen)[0].attachments[0]["color"] == "#2EB67D"


async def test_an_edit_keeps_metadata_and_text_without_blocks_removes_the_blocks(office: Office) -> None:
    posted = await office.client.chat_postMessage(
        channel=office.kitchen,
        text="new",
        blocks=[{"type": "divider"}],
        metadata={"event_type": "order", "event_payload": {"key": "A01"}},
    )
    await office.client.chat_update(channel=office.kitchen, ts=posted["ts"], text="ready")
    message = office.slack.message(office.kitchen, posted["ts"])
    assert (message.text, message.blocks) == ("ready", [])
    assert message.metadata == {"event_type": "order", "event_payload": {"key": "A01"}}
    assert message.edited is not None
    assert [r.kind for r in message.revisions] == ["posted", "edited"]


async def test_an_empty_object_removes_metadata(office: Office) -> None:
    metadata = {"event_type": "order", "event_payload": {"key": "A01"}}
    posted = await office.client.chat_postMessage(channel=office.kitchen, text="new", metadata=metadata)
    await office.client.chat_update(channel=office.kitchen, ts=posted["ts"], text="ready", metadata={})
    assert office.slack.message(office.kitchen, posted["ts"]).metadata is None
    assert office.slack.cards() == []


async def test_a_deleted_message_is_gone_from_history_but_not_from_the_record(office: Office) -> None:
    posted = await office.client.chat_postMessage(channel=office.kitchen, text="oops")
    await office.client.chat_delete(channel=office.kitchen, ts=posted["ts"])
    assert (await office.client.conversations_history(channel=office.kitchen))["messages"] == []
    assert office.slack.message(office.kitchen, posted["ts"]).deleted
    answer = await office.refusal("chat.update", channel=office.kitchen, ts=posted["ts"], text="x")
    assert answer["error"] == "message_not_found"


async def test_history_is_newest_first_in_pages_without_replies(office: Office) -> None:
    said = [await office.slack.say(office.ana, office.kitchen, str(number)) for number in range(5)]
    await office.slack.say(office.ben, office.kitchen, "reply", thread_ts=said[0].ts)
    texts, pages = [], 0
    async for page in await office.client.conversations_history(channel=office.kitchen, limit=2):
        texts += [m["text"] for m in page["messages"]]
        pages += 1
    assert (texts, pages) == (["4", "3", "2", "1", "0"], 3)


async def test_history_between_two_times(office: Office) -> None:
    said = [await office.slack.say(office.ana, office.kitchen, str(number)) for number in range(4)]

    async def between(**times: Any) -> list[str]:
        answer = await office.client.conversations_history(channel=office.kitchen, **times)
        return [m["text"] for m in answer["messages"]]

    assert await between(oldest=said[1].ts) == ["3", "2"]
    assert await between(oldest=said[1].ts, inclusive=True) == ["3", "2", "1"]
    assert await between(latest=said[1].ts) == ["0"]
    assert await between(oldest=said[1].ts, latest=said[2].ts, inclusive=True) == ["2", "1"]
    assert await between(oldest=str(int(office.slack.clock.time()) + 100)) == []


async def test_metadata_is_in_the_history_only_when_asked_for(office: Office) -> None:
    metadata = {"event_type": "order", "event_payload": {"key": "A01", "lines": ["a", "b"]}}
    await office.client.chat_postMessage(channel=office.kitchen, text="x", metadata=metadata)
    plain = await office.client.conversations_history(channel=office.kitchen)
    full = await office.client.conversations_history(channel=office.kitchen, include_all_metadata=True)
    assert "metadata" not in plain["messages"][0]
    assert full["messages"][0]["metadata"] == metadata


async def test_a_thread_is_its_parent_and_its_replies(office: Office) -> None:
    parent = await office.slack.say(office.ana, office.kitchen, "question")
    answer = await office.client.chat_postMessage(channel=office.kitchen, text="answer", thread_ts=parent.ts)
    # A reply to a reply lands in the same thread.
    await office.client.chat_postMessage(channel=office.kitchen, text="more", thread_ts=answer["ts"])
    thread = await office.client.conversations_replies(channel=office.kitchen, ts=parent.ts)
    assert [m["text"] for m in thread["messages"]] == ["question", "answer", "more"]
    assert thread["messages"][0]["reply_count"] == 2
    assert thread["messages"][1]["parent_user_id"] == office.ana
    page = await office.client.conversations_replies(channel=office.kitchen, ts=parent.ts, limit=2)
    assert page["has_more"]


async def test_a_reply_can_be_broadcast(office: Office) -> None:
    parent = await office.slack.say(office.ana, office.kitchen, "question")
    await office.client.chat_postMessage(channel=office.kitchen, text="look", thread_ts=parent.ts, reply_broadcast=True)
    history = await office.client.conversations_history(channel=office.kitchen)
    assert [(m["text"], m.get("subtype")) for m in history["messages"]] == [
        ("look", "thread_broadcast"),
        ("question", None),
    ]


async def test_an_ephemeral_message_is_in_no_history(office: Office) -> None:
    answer = await office.client.chat_postEphemeral(channel=office.kitchen, user=office.ana, text="psst")
    assert answer["message_ts"]
    assert (await office.client.conversations_history(channel=office.kitchen))["messages"] == []
    assert [m.text for m in office.slack.ephemerals(office.ana)] == ["psst"]
    assert office.slack.ephemerals(office.ben) == []


async def test_a_permalink_points_into_the_channel(office: Office) -> None:
    said = await office.slack.say(office.ana, office.kitchen, "here")
    answer = await office.client.chat_getPermalink(channel=office.kitchen, message_ts=said.ts)
    assert answer["permalink"].endswith(f"/archives/{office.kitchen}/p{said.ts.replace('.', '')}")


async def test_people_have_roles_as_slack_writes_them(office: Office) -> None:
    guest = office.slack.add_person("Gus Temp", role="single_channel_guest")
    ana = (await office.client.users_info(user=office.ana))["user"]
    gus = (await office.client.users_info(user=guest))["user"]
    bot = (await office.client.users_info(user=office.slack.workspace.bot.id))["user"]
    assert (ana["is_owner"], ana["is_admin"], ana["is_restricted"]) == (True, True, False)
    assert (gus["is_admin"], gus["is_restricted"], gus["is_ultra_restricted"]) == (False, True, True)
    assert bot["is_bot"]
    assert ana["profile"]["real_name"] == "Ana Lima"
    assert len((await office.client.users_list())["members"]) == 4


async def test_conversations_are_described_listed_and_opened(office: Office) -> None:
    info = await office.client.conversations_info(channel=office.kitchen, include_num_members=True)
    assert (info["channel"]["name"], info["channel"]["num_members"]) == ("kitchen", 3)
    assert info["channel"]["topic"]["value"] == "Snacks"
    members = await office.client.conversations_members(channel=office.kitchen, limit=2)
    assert len(members["members"]) == 2
    assert members["response_metadata"]["next_cursor"]
    listed = await office.client.conversations_list(types="public_channel,private_channel")
    assert [c["name"] for c in listed["channels"]] == ["kitchen", "vault"]
    opened = await office.client.conversations_open(users=office.ana)
    posted = await office.client.chat_postMessage(channel=office.ana, text="hello")
    assert posted["channel"] == opened["channel"]["id"]
    assert posted["channel"].startswith("D")


async def test_user_groups_are_listed(office: Office) -> None:
    group = office.slack.add_user_group("managers", "Managers", [office.ana])
    listed = await office.client.usergroups_list(include_users=True)
    assert [(g["id"], g["handle"], g["users"]) for g in listed["usergroups"]] == [(group, "managers", [office.ana])]


async def test_a_view_object_of_the_client_is_taken(office: Office) -> None:
    trigger_id = office.slack.core.triggers.new(office.ana)
    view = View(type="modal", title="Orders", blocks=[SectionBlock(text="None")], private_metadata="{}")
    opened = await office.client.views_open(trigger_id=trigger_id, view=view)
    assert opened["view"]["title"]["text"] == "Orders"
    assert office.slack.open_views(office.ana)[0]["id"] == opened["view"]["id"]


async def test_blocks_can_be_checked_without_sending_them(office: Office) -> None:
    assert (await office.client.blocks_validate(blocks=[{"type": "divider"}]))["ok"]
    answer = await office.refusal("blocks.validate", blocks=[{"type": "header"}])
    assert answer["errors"] == ["missing required field: text [json-pointer:/blocks/0]"]


async def test_a_file_is_uploaded_in_three_steps_and_shown_in_the_channel(office: Office) -> None:
    answer = await office.client.files_upload_v2(
        channel=office.kitchen, filename="week.png", content=PICTURE, title="This week", initial_comment="Our week"
    )
    file = answer["file"]
    assert (file["title"], file["mimetype"], file["size"]) == ("This week", "image/png", len(PICTURE))
    message = office.slack.messages(office.kitchen)[0]
    assert (message.text, message.files[0]["id"]) == ("Our week", file["id"])
    async with office.http.get(file["url_private"]) as response:
        assert await response.read() == PICTURE
    image = {"type": "image", "alt_text": "week", "slack_file": {"id": file["id"]}}
    assert (await office.client.chat_postMessage(channel=office.kitchen, text="x", blocks=[image]))["ok"]
    image = {"type": "image", "alt_text": "week", "slack_file": {"id": "F0"}}
    refused = await office.refusal("chat.postMessage", channel=office.kitchen, text="x", blocks=[image])
    assert refused["error"] == "invalid_blocks"


async def test_forms_and_multipart_forms_are_read_like_json(office: Office) -> None:
    headers = {"Authorization": "Bearer xoxb-snack"}
    url = f"{office.slack.api_url}chat.postMessage"
    form = {"channel": office.kitchen, "text": "form ä", "blocks": '[{"type": "divider"}]'}
    async with office.http.post(url, data=form, headers=headers) as response:
        assert (await response.json())["message"]["blocks"][0]["type"] == "divider"
    parts = aiohttp.FormData({"channel": office.kitchen, "text": "parts ä", "token": "xoxb-snack"})
    parts.add_field("file", b"x", filename="x.txt")
    async with office.http.post(url, data=parts) as response:
        assert (await response.json())["message"]["text"] == "parts ä"


async def test_the_clients_rate_limit_handler_waits_and_succeeds(office: Office) -> None:
    office.slack.switches.rate_scale = 20
    patient = AsyncWebClient(
        token="xoxb-snack",
        base_url=office.slack.api_url,
        session=office.http,
        retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=1)],
    )
    for number in range(5):
        await patient.chat_postMessage(channel=office.kitchen, text=str(number))
    assert [m.text for m in office.slack.messages(office.kitchen)] == ["0", "1", "2", "3", "4"]


async def test_a_webhook_client_answers_through_a_response_url(office: Office) -> None:
    path = office.slack.core.triggers.response_path(ResponseUrl("commands", office.kitchen, office.ana, 0))
    answer = await AsyncWebhookClient(f"{office.slack.url}{path}").send(text="later", response_type="in_channel")
    assert (answer.status_code, answer.body) == (200, "ok")
    assert office.slack.messages(office.kitchen)[0].text == "later"
