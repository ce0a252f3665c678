"""The keys that Slack allows in a manifest, as a strict schema (facts of docs.slack.dev/reference/app-manifest, 2026)."""

from typing import Any

Json = dict[str, Any]


def only(required: str, /, **properties: Json) -> Json:
    """An object with these keys and no others; `required` names some of them."""
    return {
        "type": "object",
        "properties": properties,
        "required": required.split(),
        "additionalProperties": False,
    }


def text(most: int, pattern: str = "") -> Json:
    return {"type": "string", "minLength": 1, "maxLength": most} | ({"pattern": pattern} if pattern else {})


def many(of: Json, most: int) -> Json:
    return {"type": "array", "items": of, "maxItems": most, "uniqueItems": True}


FLAG: Json = {"type": "boolean"}
ADDRESS: Json = text(3000, "^https://")
SCOPE = text(100, r"^[a-z._]+(:[a-z._]+)*$")
EVENT = text(100, r"^[a-z_.]+$")

MANIFEST = only(
    "display_information features oauth_config settings",
    _metadata=only("", major_version={"enum": [1, 2]}, minor_version={"type": "integer"}),
    display_information=only(
        "name",
        name=text(35),
        description=text(140),
        background_color=text(7, "^#([0-9A-Fa-f]{3}){1,2}$"),
        long_description={"type": "string", "minLength": 175, "maxLength": 4000},
    ),
    features=only(
        "",
        app_home=only("", home_tab_enabled=FLAG, messages_tab_enabled=FLAG, messages_tab_read_only_enabled=FLAG),
        bot_user=only("display_name", display_name=text(80), always_online=FLAG),
        shortcuts=many(
            only(
                "name type callback_id description",
                name=text(24),
                type={"enum": ["global", "message"]},
                callback_id=text(255),
                description=text(150),
            ),
            10,
        ),
        slash_commands=many(
            only(
                "command description",
                command=text(32, r"^/\S+$"),
                url=ADDRESS,
                description=text(2000),
                usage_hint=text(1000),
                should_escape=FLAG,
            ),
            50,
        ),
        unfurl_domains=many(text(255), 5),
    ),
    oauth_config=only(
        "scopes",
        redirect_urls=many(ADDRESS, 1000),
        scopes=only(
            "",
            bot=many(SCOPE, 255),
            user=many(SCOPE, 255),
            bot_optional=many(SCOPE, 255),
            user_optional=many(SCOPE, 255),
        ),
        token_management_enabled=FLAG,
        pkce_enabled=FLAG,
    ),
    settings=only(
        "",
        event_subscriptions=only("", request_url=ADDRESS, bot_events=many(EVENT, 100), user_events=many(EVENT, 100)),
        interactivity=only("is_enabled", is_enabled=FLAG, request_url=ADDRESS, message_menu_options_url=ADDRESS),
        incoming_webhooks=only("", incoming_webhooks_enabled=FLAG),
        org_deploy_enabled=FLAG,
        socket_mode_enabled=FLAG,
        token_rotation_enabled=FLAG,
        allowed_ip_address_ranges=many(text(50), 10),
    ),
)
