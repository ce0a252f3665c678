"""Asking an owner whether orders may be posted into a channel that others can read, and why that matters."""

from collections.abc import Sequence

from bot.messages.parts import (
    Block,
    Message,
    actions,
    any_of,
    button,
    context,
    counted,
    modal,
    plain,
    section,
    text_input,
)
from bot.messages.private import sentence
from bot.rules.exposure import Exposure, Risk
from bot.rules.stores import Store

SIGN_OFF_MODAL = "sign_off_channel"
MOST_NAMED = 20

MENDING = {
    Risk.PUBLIC: "make it private in the channel's settings",
    Risk.SHARED: "stop sharing it in the channel's settings",
    Risk.GUESTS: "remove the guests from it",
    Risk.UNSEEN: "reinstall the app with all scopes of its manifest",
}


def channel_exposed(store: Store, news: Exposure, *, may_sign: bool, owners: Sequence[str] = ()) -> Message:
    """To one person: an owner who can sign off, or a manager who can mend the channel or call an owner."""
    text = f":eyes: Orders of {plain(store.name, 60)} are held back: <#{store.channel}> can be read by others."
    mend = _capital(" and ".join(MENDING[risk] for risk in news.risks))
    what = (
        f"{who_can_read(news)}\nOrders still go into Flowhub; nothing is lost, and their cards wait. {mend}, "
        "and they are posted by themselves."
    )
    if may_sign:
        ask = actions("channel_exposed", button("Look at it and sign off…", "sign_off_channel", store.key))
        note = "Or sign off, if these people may see your orders."
        return Message(text=text, blocks=[section(f"*{text}*\n{what} {note}"), ask])
    asked = any_of([*(f"<@{owner}>" for owner in owners[:5]), "an owner of this workspace"])
    return Message(text=text, blocks=[section(f"*{text}*\n{what} Or ask {asked} to sign off.")])


def who_can_read(exposure: Exposure) -> str:
    lines = []
    if exposure.is_public:
        lines.append("• It is public: everybody in the workspace can read it, and search it.")
    if exposure.shared_with:
        others = counted(len(exposure.shared_with), "other workspace")
        lines.append(f"• It is shared with {others} by Slack Connect, which keeps a copy under rules of its own.")
    if exposure.guests:
        named = sorted(exposure.guests)
        shown = ", ".join(f"<@{guest}>" for guest in named[:MOST_NAMED])
        more = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
        lines.append(f"• There are guests in it: {shown}{more}.")
    if exposure.is_unseen:
        lines.append(
            "• The app may not look who is in it: a scope is missing (channels:read, groups:read, users:read)."
        )
    return "\n".join(lines)


def sign_off_modal(store: Store, news: Exposure, private_metadata: str) -> Block:
    return modal(
        SIGN_OFF_MODAL,
        "Post orders there?",
        "Sign off",
        [
            section(f"*<#{store.channel}>, the order desk of {plain(store.name, 60)}, can be read by others:*"),
            section(who_can_read(news)),
            section(
                "*Why it matters*\nEach order's card shows who shops at a dispensary: a first name and an initial, what they "
                "buy, when they come, and the notes they wrote. Whoever can read the channel can read all of it, also "
                "what was posted before they came, and can copy it. In many states that is your customers' protected data."
            ),
            section("Contact details, birth dates and medical ids are never posted, in any channel."),
            text_input("why", "Why may they see it?", hint="Kept in the audit log, with your name.", most=150),
            context("If somebody else can read it later, orders are held back again and you are asked again."),
        ],
        private_metadata=private_metadata,
    )


def signed_off(store: Store) -> Message:
    return sentence(f":white_check_mark: Signed off. Orders are posted into <#{store.channel}> from now on.")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
