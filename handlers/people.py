"""All that people start, one visible line per file."""

from slack_bolt.async_app import AsyncApp

from handlers import (
    automation_form,
    automations,
    cancel,
    channels,
    checklists,
    connect,
    customer,
    customer_rights,
    digest,
    disconnect,
    flowhub,
    home,
    leaving,
    order_buttons,
    orders,
    reveal,
    roles,
    rotate,
    segments,
    segments_building,
    segments_members,
    shortcuts,
    syncing,
    web_shop,
)
from handlers.front import Front


def register(app: AsyncApp, front: Front) -> None:
    orders.register(app, front)
    order_buttons.register(app, front)
    cancel.register(app, front)
    reveal.register(app, front)
    home.register(app, front)
    shortcuts.register(app, front)
    channels.register(app, front)
    roles.register(app, front)
    flowhub.register(app, front)
    connect.register(app, front)
    checklists.register(app, front)
    disconnect.register(app, front)
    rotate.register(app, front)
    web_shop.register(app, front)
    customer.register(app, front)
    customer_rights.register(app, front)
    syncing.register(app, front)
    segments.register(app, front)
    segments_members.register(app, front)
    segments_building.register(app, front)
    digest.register(app, front)
    automations.register(app, front)
    automation_form.register(app, front)
    leaving.register(app, front)
