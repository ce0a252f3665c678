"""A little Bolt app that is not ours: a snack order form, as Slack's own tutorials would write it."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Snack Cart", "description": "Orders snacks"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
        "bot_user": {"display_name": "Snack Cart", "always_online": True},
        "slash_commands": [
            {"command": "/snack", "description": "Order a snack", "usage_hint": "[what]", "should_escape": True},
            {"command": "/slow", "description": "Never answers", "should_escape": False},
        ],
        "shortcuts": [
            {"name": "Order", "type": "global", "callback_id": "order_anywhere", "description": "Order a snack"},
            {"name": "Same again", "type": "message", "callback_id": "same_again", "description": "Order it again"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "app_mentions:read",
                "channels:history",
                "channels:read",
                "chat:write",
                "commands",
                "files:write",
                "groups:read",
                "im:read",
                "im:write",
                "usergroups:read",
                "users:read",
            ],
            "bot_optional": ["groups:history"],
        }
    },
    "settings": {
        "event_subscriptions": {"bot_events": ["app_home_opened", "app_mention", "message.channels"]},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}

SNACKS = [
    {"text": {"type": "plain_text", "text": "Pretzel"}, "value": "pretzel"},
    {"text": {"type": "plain_text", "text": "Popcorn"}, "value": "popcorn"},
]

FORM: dict[str, Any] = {
    "type": "modal",
    "callback_id": "snack_form",
    "title": {"type": "plain_text", "text": "Order a snack"},
    "submit": {"type": "plain_text", "text": "Order"},
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "snack",
            "label": {"type": "plain_text", "text": "Snack"},
            "element": {"type": "static_select", "action_id": "choice", "options": SNACKS},
        },
        {
            "type": "input",
            "block_id": "count",
            "label": {"type": "plain_text", "text": "How many"},
            "element": {"type": "plain_text_input", "action_id": "number", "initial_value": "1"},
        },
        {
            "type": "input",
            "block_id": "flavour",
            "optional": True,
            "label": {"type": "plain_text", "text": "Flavour"},
            "element": {"type": "external_select", "action_id": "flavours"},
        },
    ],
}


def card(words: str) -> list[dict[str, Any]]:
    return [
        {"type": "section", "block_id": "words", "text": {"type": "mrkdwn", "text": words}},
        {
            "type": "actions",
            "block_id": "buttons",
            "elements": [
                {"type": "button", "action_id": "eat", "text": {"type": "plain_text", "text": "Eat"}, "value": "1"},
                {"type": "static_select", "action_id": "swap", "options": SNACKS},
            ],
        },
    ]


def snack_cart(token: str, signing_secret: str, api_url: str) -> tuple[AsyncApp, list[dict[str, Any]]]:
    """The app, and the list of every payload that it got."""
    client = AsyncWebClient(token=token, base_url=api_url)
    app = AsyncApp(token=token, signing_secret=signing_secret, client=client)
    seen: list[dict[str, Any]] = []

    @app.middleware
    async def remember(body: dict[str, Any], next: Any) -> None:  # noqa: A002
        seen.append(body)
        await next()

    @app.command("/snack")
    async def snack(ack: Any, command: dict[str, Any], client: AsyncWebClient, respond: Any) -> None:
        if command["text"] == "menu":
            await ack("Pretzel, popcorn")
        elif command["text"] == "form":
            await ack()
            await client.views_open(trigger_id=command["trigger_id"], view=FORM)
        elif command["text"] == "later":
            await ack()
            await respond("Coming", response_type="in_channel")
        else:
            await ack()
            await client.chat_postMessage(
                channel=command["channel_id"],
                text=f"Snack: {command['text']}",
                blocks=card(f"Snack: {command['text']}"),
                metadata={"event_type": "snack", "event_payload": {"what": command["text"]}},
            )

    @app.command("/slow")
    async def slow() -> None:
        """Acknowledges nothing."""

    @app.action("eat")
    async def eat(ack: Any, body: dict[str, Any], client: AsyncWebClient, respond: Any) -> None:
        await ack()
        channel, ts, user = body["channel"]["id"], body["message"]["ts"], body["user"]["id"]
        await client.chat_update(channel=channel, ts=ts, text="Eaten", blocks=card("Eaten"))
        await client.chat_postMessage(channel=channel, thread_ts=ts, text=f"<@{user}> ate it")
        await client.chat_postEphemeral(channel=channel, user=user, text="Enjoy")
        await respond("Only you see this", replace_original=False)

    @app.action("swap")
    async def swap(ack: Any, action: dict[str, Any], respond: Any) -> None:
        await ack()
        words = f"Swapped for {action['selected_option']['value']}"
        await respond(words, blocks=card(words), replace_original=True)

    @app.options("flavours")
    async def flavours(ack: Any, payload: dict[str, Any]) -> None:
        words = f"{payload['value']} salt"
        await ack(options=[{"text": {"type": "plain_text", "text": words}, "value": "salt"}])

    @app.view("snack_form")
    async def submitted(ack: Any, view: dict[str, Any], client: AsyncWebClient, body: dict[str, Any]) -> None:
        values = view["state"]["values"]
        count, what = values["count"]["number"]["value"], values["snack"]["choice"]["selected_option"]["value"]
        if not count.isdigit():
            await ack(response_action="errors", errors={"count": "A whole number, please."})
            return
        if int(count) > 9:
            sure = {**FORM, "callback_id": "sure", "title": {"type": "plain_text", "text": "Really?"}, "blocks": []}
            await ack(response_action="push", view=sure)
            return
        await ack()
        await client.chat_postMessage(channel=body["user"]["id"], text=f"{count} {what}")

    @app.view("sure")
    async def sure(ack: Any) -> None:
        await ack(response_action="clear")

    @app.view_closed("snack_form")
    async def closed(ack: Any) -> None:
        await ack()

    @app.shortcut("order_anywhere")
    async def anywhere(ack: Any, shortcut: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=shortcut["trigger_id"], view=FORM)

    @app.shortcut("same_again")
    async def again(ack: Any, shortcut: dict[str, Any], respond: Any) -> None:
        await ack()
        await respond(f"Again: {shortcut['message']['text']}", response_type="ephemeral")

    @app.event("app_home_opened")
    async def home(event: dict[str, Any], client: AsyncWebClient) -> None:
        blocks = [{"type": "header", "text": {"type": "plain_text", "text": "Your snacks"}}]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    @app.event("app_mention")
    async def mention(say: Any, event: dict[str, Any]) -> None:
        await say("You called?", thread_ts=event["ts"])

    @app.event("message")
    async def heard() -> None:
        """Heard, nothing more."""

    return app, seen
