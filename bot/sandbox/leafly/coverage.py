"""What of Leafly is imitated. A test holds it equal to the routes, events and switches that exist."""

from bot.sandbox.coverage import Coverage, Question
from bot.sandbox.leafly.api import PREFIXES

ORDER_ROUTES = {
    "GET {}/{{key}}/orders/{{order_id}}": "The order, while live or 24 h after its end",
    "POST {}/{{key}}/orders/{{order_id}}/acknowledge": "204; 15 minutes late and the order is canceled",
    "POST {}/{{key}}/orders/{{order_id}}/status": "Forward only; ends are ends; reasons from the list",
    "POST {}/{{key}}/orders/{{order_id}}/cart": "Replaces cart, taxes and delivery fee",
    "GET {}/{{key}}/government_id/{{order_id}}": "404: our shoppers send no picture",
    "GET {}/{{key}}/medical_id/{{order_id}}": "404: our shoppers send no picture",
}

# The webhooks that go out, and whose doing each is.
EVENTS = {
    "order_submit": "a shopper orders; three retries",
    "order_cancel": "a shopper cancels, or nobody acknowledged; three retries",
    "order_status": "a courier moves the order; three retries",
    "order_preview": "a shopper looks at the cart; answered in the response, never retried",
    "order_activate": "an owner switches the integration on; an error keeps it off",
    "order_deactivate": "an owner switches it off",
}

COVERAGE = Coverage(
    routes={
        "POST /token": "Token issuer, client credentials as JSON, form or Basic",
        "POST /": "The same for a client that was given the bare address",
        **{route.format(prefix): what for prefix in PREFIXES for route, what in ORDER_ROUTES.items()},
    },
    questions={
        "A23": Question(
            "How Flowhub's statuses map to Leafly's",
            no_switch_because="the mapping is the integrator's; here only Leafly's own rules hold",
        ),
    },
    other_switches={
        "acknowledge_within_seconds": "15 minutes",
        "readable_after_end_seconds": "24 hours",
        "token_lifetime_seconds": "Not documented; an hour here",
        "webhook_timeout_seconds": "9 seconds",
        "retry_wait_scale": "Shortens the waits of 20, 25 and 45 seconds before the retries",
        "webhooks_twice": "Every event comes twice; there is no delivery id to tell",
        "variant_ids": "Which of the till's ids the menu feed gave Leafly",
        "numeric_order_ids": "Numbers in place of UUIDs",
        "refuse_straight_to_picked_up": "A pending order can't become picked_up in one step",
    },
    not_imitated=(
        "The Menu API: what Leafly lists is the shop's shelf as it was in the morning.",
        "Pictures of identity cards, before the acknowledgement or after.",
        "Leafly's own rate limits (unpublished); a 429 is a fault of the wire.",
        "Sandbox and production as two deployments.",
        "Recalculation of deals after a change of the cart: a changed line loses its deal.",
        "Expiry by Leafly's own rules; a courier verb can set it.",
    ),
)


def table() -> str:
    rows = "\n".join(f"| `{event}` | {what} |" for event, what in EVENTS.items())
    return f"{COVERAGE.table()}\n| Webhook | When |\n| --- | --- |\n{rows}\n"
