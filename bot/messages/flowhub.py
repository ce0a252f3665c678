"""What /flowhub says by itself: help, and what to do with a word it does not know."""

from bot.messages.parts import Message, context, plain, section

SUBCOMMANDS = {
    "connect": "connect a store: its credentials, its channel",
    "status": "how the stores are connected, and how it goes",
    "doctor": "check everything, and say how to mend what is wrong",
    "rotate": "put new credentials in the place of old ones",
    "webshop": "let a store's own web shop send its orders",
    "disconnect": "pause a store, or remove it",
    "resume": "let a paused store work again",
    "roles": "who is owner, manager, lead or staff",
    "audit": "who did what, for owners",
    "sync": "bring customers and sales up to date now",
    "help": "this list",
}


def flowhub_help() -> Message:
    lines = [f"• `/flowhub {name}`  {what}" for name, what in SUBCOMMANDS.items()]
    return Message(
        text="What /flowhub can do",
        blocks=[
            section("*Stores and their connection to Flowhub*\n" + "\n".join(lines)),
            context(
                "Orders themselves: `/orders help`. Secrets are only ever typed in modals, never behind a command."
            ),
        ],
    )


def unknown_subcommand(text: str, nearest: str) -> Message:
    """A secret that was typed behind the command is not repeated."""
    shown = (
        f"“{plain(text, 20)}” is nothing that /flowhub does."
        if len(text) <= 20
        else "That is nothing that /flowhub does."
    )
    hint = f" Did you mean `/flowhub {nearest}`?" if nearest else " `/flowhub help` lists what it does."
    return Message(text="Unknown", blocks=[section(shown + hint)])
