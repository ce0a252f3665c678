"""All that people start, one visible line per file."""

from slack_bolt.async_app import AsyncApp

from handlers import cancel, home, order_buttons, orders, reveal, shortcuts
from handlers.front import Front


def register(app: AsyncApp, front: Front) -> None:
    orders.register(app, front)
    order_buttons.register(app, front)
    cancel.register(app, front)
    reveal.register(app, front)
    home.register(app, front)
    shortcuts.register(app, front)
