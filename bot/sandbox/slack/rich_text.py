"""The rich_text block and everything inside it (docs.slack.dev/reference/block-kit/blocks/rich-text-block)."""

from bot.sandbox.slack import limits
from bot.sandbox.slack.elements import CHANNEL, USER
from bot.sandbox.slack.shapes import Check, by_type, choice, flag, integer, listed, shape, string, url

STYLE = shape(
    {},
    dict.fromkeys(("bold", "italic", "strike", "underline", "code", "highlight", "client_highlight", "unlink"), flag),
)


def _leaf(kind: str, required: dict[str, Check], **optional: Check) -> Check:
    return shape({"type": choice(kind), **required}, {"style": STYLE, **optional})


LEAVES: dict[str, Check] = {
    "text": _leaf("text", {"text": string()}),
    "link": _leaf("link", {"url": url()}, text=string(), unsafe=flag),
    "user": _leaf("user", {"user_id": USER}),
    "usergroup": _leaf("usergroup", {"usergroup_id": string(pattern=r"S[A-Z0-9]+")}),
    "team": _leaf("team", {"team_id": string(pattern=r"T[A-Z0-9]+")}),
    "channel": _leaf("channel", {"channel_id": CHANNEL}),
    "emoji": _leaf("emoji", {"name": string()}, unicode=string(), skin_tone=integer(1, 6)),
    "broadcast": _leaf("broadcast", {"range": choice("here", "channel", "everyone")}),
    "color": _leaf("color", {"value": string(pattern=r"#?[0-9a-fA-F]{6}")}),
    "date": _leaf("date", {"timestamp": integer(0), "format": string()}, url=url(), fallback=string()),
}

LEAF_LIST = listed(by_type(LEAVES), least=0)
BORDER = choice(0, 1)
SECTION = shape({"type": choice("rich_text_section"), "elements": LEAF_LIST})

PARTS: dict[str, Check] = {
    "rich_text_section": SECTION,
    "rich_text_list": shape(
        {
            "type": choice("rich_text_list"),
            "style": choice("bullet", "ordered"),
            "elements": listed(by_type({"rich_text_section": SECTION})),
        },
        {"indent": integer(0, limits.RICH_TEXT_INDENT), "offset": integer(0), "border": BORDER},
    ),
    "rich_text_preformatted": shape(
        {"type": choice("rich_text_preformatted"), "elements": LEAF_LIST}, {"border": BORDER, "language": string()}
    ),
    "rich_text_quote": shape({"type": choice("rich_text_quote"), "elements": LEAF_LIST}, {"border": BORDER}),
}

RICH_TEXT = shape(
    {"type": choice("rich_text"), "elements": listed(by_type(PARTS), least=0)}, {"block_id": string(limits.BLOCK_ID)}
)
