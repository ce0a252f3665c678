"""The Web API's methods, one file per family; `METHODS` is the table that the route dispatches by."""

from bot.sandbox.slack.methods import apps, chat, conversations, files, modals, people
from bot.sandbox.slack.methods.calls import Call, Method, Refused

METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        *apps.METHODS,
        *chat.METHODS,
        *conversations.METHODS,
        *files.METHODS,
        *modals.METHODS,
        *people.METHODS,
    )
}

__all__ = ["METHODS", "Call", "Method", "Refused"]
