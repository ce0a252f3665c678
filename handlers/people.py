"""All that people start, one visible line per file."""

from slack_bolt.async_app import AsyncApp

from handlers import cancel, order_buttons, orders, reveal
from handlers.front import Front


def register(app: AsyncApp, front: Front) -> None:
    orders.register(app, front)
    order_buttons.register(app, front)
    cancel.register(app, front)
    reveal.register(app, front)
