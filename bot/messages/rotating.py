"""The modal of /flowhub rotate: new pairs beside the old ones, which are never shown."""

from collections.abc import Sequence

from bot.messages.connecting import sentence_of
from bot.messages.forms import form, typed, under
from bot.messages.parts import Block, context, plain, section
from bot.rules.checklist import Why
from bot.rules.connecting import Field, Flaw, Flaws
from bot.rules.stores import Store

ROTATE_MODAL = "rotate_credentials"
TITLE = "New credentials"


def _sentence(field: Field, flaw: Flaw) -> str:
    match flaw.why:
        case Why.MISSING:
            return "A pair has two values: fill in this one as well, or leave both empty."
        case Why.NOT_AMONG:
            return f"The pair works, but its account has no location for {flaw.detail}."
        case Why.OTHER_STORE if field is Field.CLIENT_ID:
            return f"{flaw.detail} is of the same account and set up in the settings file: change the pair there."
        case _:
            return sentence_of(field, flaw)


def field_errors(flaws: Flaws) -> dict[str, str]:
    return {field.value: _sentence(field, flaw) for field, flaw in flaws.items()}


def rotate_modal(store: Store, private_metadata: str, *, siblings: Sequence[str], flaws: Flaws | None = None) -> Block:
    """`siblings` are the other stores of the account, which share its pair."""
    flaws = flaws or {}
    name = plain(store.name, 60)
    shared = f" It is also that of {', '.join(plain(one, 60) for one in siblings[:10])}." if siblings else ""
    fields = (
        (Field.ORDER_AHEAD_CLIENT_ID, "New Order Ahead Client ID", ""),
        (Field.ORDER_AHEAD_TOKEN, "New Order Ahead Token", ""),
        (Field.CLIENT_ID, "New client id of the account", ""),
        (Field.KEY, "New key of the account", ""),
    )
    asked = [
        under(
            typed(field, label, optional=True),
            plain(_sentence(field, flaws[field]), 300) if field in flaws else "",
        )
        for field, label, _ in fields
    ]
    blocks = [
        section(f"Fill in the pair of *{name}* that is new, and leave the other one empty."),
        *asked[0],
        *asked[1],
        section(f"The account's pair reads the menu and the customers.{shared}"),
        *asked[2],
        *asked[3],
        context(
            "The new pair is tried first. Only when it works does it take the old one's place, which is then deleted."
        ),
    ]
    return form(ROTATE_MODAL, TITLE, blocks, submit="Try and switch", private_metadata=private_metadata)


def rotated(store: Store, account_of: Sequence[str], *, order_ahead: bool) -> Block:
    lines = []
    if order_ahead:
        lines.append(f":white_check_mark: {plain(store.name, 60)} has a new Order Ahead pair.")
    if account_of:
        names = ", ".join(plain(name, 60) for name in account_of[:20])
        lines.append(f":white_check_mark: The account of {names} has a new pair.")
    lines.append(
        "It works, and nothing was dropped meanwhile. The old one is deleted here; withdraw it at Flowhub too."
    )
    return form("rotated", TITLE, [section("\n".join(lines))], close="Done")
