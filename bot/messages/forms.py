"""The fields of modals that set something up, and what stands under a field whose value was wrong."""

from collections.abc import Sequence

from bot.messages.parts import Block, context, option

MOST_OPTIONS = 100


def typed(
    block_id: str, label: str, *, hint: str = "", initial: str = "", optional: bool = False, most: int = 200
) -> Block:
    """A line of text. Secrets are typed in such a line too: Slack has no other, and shows it to nobody else."""
    element: Block = {"type": "plain_text_input", "action_id": "words", "max_length": most}
    if initial:
        element["initial_value"] = initial[:most]
    return _input(block_id, label, element, hint=hint, optional=optional)


def paragraph(block_id: str, label: str, *, hint: str = "", initial: str = "", most: int = 2000) -> Block:
    """Several lines of text."""
    element: Block = {"type": "plain_text_input", "action_id": "words", "max_length": most, "multiline": True}
    if initial:
        element["initial_value"] = initial[:most]
    return _input(block_id, label, element, hint=hint)


def person_picker(block_id: str, label: str, *, hint: str = "", optional: bool = False) -> Block:
    element: Block = {"type": "users_select", "action_id": "choice", "placeholder": _plain("Choose a person")}
    return _input(block_id, label, element, hint=hint, optional=optional)


def channel_picker(block_id: str, label: str, *, hint: str = "", initial: str = "", optional: bool = False) -> Block:
    """Slack's own picker: public and private channels, no direct messages."""
    element: Block = {
        "type": "conversations_select",
        "action_id": "choice",
        "placeholder": _plain("Choose a channel"),
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    element |= {"initial_conversation": initial} if initial else {}
    return _input(block_id, label, element, hint=hint, optional=optional)


def time_picker(block_id: str, label: str, *, hint: str = "", initial: str = "") -> Block:
    element: Block = {"type": "timepicker", "action_id": "choice", "placeholder": _plain("Choose a time")}
    element |= {"initial_time": initial} if initial else {}
    return _input(block_id, label, element, hint=hint, optional=True)


def ticks(
    block_id: str, label: str, choices: Sequence[tuple[str, str]], *, chosen: Sequence[str] = (), hint: str = ""
) -> Block:
    """Boxes to tick: names and values, ten at most. None of them is an answer, too."""
    options = [option(name, value) for name, value in choices]
    element: Block = {"type": "checkboxes", "action_id": "choice", "options": options}
    initial = [one for one in options if one["value"] in chosen]
    element |= {"initial_options": initial} if initial else {}
    return _input(block_id, label, element, hint=hint, optional=True)


def menu(
    block_id: str,
    label: str,
    choices: Sequence[tuple[str, str]],
    *,
    hint: str = "",
    initial: str = "",
    optional: bool = False,
    placeholder: str = "Choose one",
) -> Block:
    """A menu of names and values; beyond a hundred they come in groups, as Slack wants it."""
    options = [option(name or value, value) for name, value in choices[: MOST_OPTIONS * MOST_OPTIONS]]
    element: Block = {"type": "static_select", "action_id": "choice", "placeholder": _plain(placeholder)}
    if len(options) <= MOST_OPTIONS:
        element["options"] = options
    else:
        parts = [options[begin : begin + MOST_OPTIONS] for begin in range(0, len(options), MOST_OPTIONS)]
        element["option_groups"] = [
            {"label": _plain(f"{_first(part[0])} – {_first(part[-1])}"), "options": part} for part in parts
        ]
    chosen = next((one for one in options if one["value"] == initial), None)
    element |= {"initial_option": chosen} if chosen else {}
    return _input(block_id, label, element, hint=hint, optional=optional)


def under(field: Block, sentence: str) -> list[Block]:
    """The field, and below it what is wrong with its value."""
    return [field, context(f":x: {sentence}")] if sentence else [field]


def form(
    callback_id: str,
    title: str,
    blocks: list[Block],
    *,
    submit: str = "",
    close: str = "Cancel",
    private_metadata: str = "",
) -> Block:
    made: Block = {
        "type": "modal",
        "callback_id": callback_id,
        "title": _plain(title[:24]),
        "close": _plain(close),
        "private_metadata": private_metadata,
        "blocks": blocks,
    }
    return made | ({"submit": _plain(submit[:24])} if submit else {})


def _input(block_id: str, label: str, element: Block, *, hint: str = "", optional: bool = False) -> Block:
    block: Block = {"type": "input", "block_id": block_id, "label": _plain(label), "element": element}
    block |= {"hint": _plain(hint)} if hint else {}
    return block | ({"optional": True} if optional else {})


def _first(one: Block) -> str:
    return str(one["text"]["text"])[:30]


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}
