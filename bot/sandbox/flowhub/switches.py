"""What nobody documents about Flowhub, one switch each.

The number after a switch is the open question it answers; the default is the answer that the evidence favours, or where
there is none the one that is harder on a client. A reset brings the values back that the stand-in was started with.
"""

from dataclasses import dataclass
from typing import Literal

PostbackManner = Literal["once", "never", "twice", "out_of_order", "late"]


@dataclass
class Switches:
    """Plain values; change one and the next request sees it."""

    # A1 What the postback is like. No statuses named: every change after the creation is told.
    postback: PostbackManner = "once"
    postback_method: Literal["POST", "PUT"] = "POST"
    postback_statuses: tuple[str, ...] | None = None
    postback_on_create: bool = False
    postback_late_seconds: float = 2.0
    postback_retries: int = 0
    postback_carries_body: bool = True
    resend_on_request: bool = True

    # A2 Cancelling.
    patch_can_delete: bool = False
    deleted_orders_vanish: bool = False
    deletion_is_told: bool = True

    # A3 What PATCH does.
    patch_merges: bool = False
    patch_allowed_until: Literal["new", "started", "ready", "always"] = "ready"
    patch_changes_postback_url: bool = True
    patch_starts_the_order: bool = False

    # A4 Whether a delivery ends as a sale does.
    delivered_becomes_sold: bool = False

    # A5 What a product id is, and what becomes of one that is sold out.
    numeric_product_ids: bool = False
    sold_out_products: Literal["accepted", "refused", "swapped"] = "accepted"

    # A6 What makes a create fail.
    refuse_unknown_products: bool = True
    refuse_more_than_in_stock: bool = False
    refuse_duplicates: bool = False
    order_ahead_enabled: bool = True
    shop_is_open: bool = True

    # A7 How the Order Ahead service answers. A field it does not know is most likely a misspelt one: refused.
    create_status_code: Literal[200, 201] = 200
    refusal_status_code: Literal[400, 422] = 422
    refuse_unknown_fields: bool = True

    # A8 AIQ's help says that one of the two must be there; the spec says that neither need be.
    require_phone_or_medical_id: bool = True

    # A9 The token.
    token_lifetime_seconds: float = 86400
    token_scope: str = "create:orders read:orders"
    token_requests_allowed: int | None = None
    bearer_needs_keys_too: bool = False

    # A10 How long after its creation orderStatus still knows an order. None: for ever.
    orders_readable_for_seconds: float | None = None

    # A11 Orders that another partner created at the same store.
    foreign_orders_readable: bool = False

    # A12 How Order Ahead orders look in /v1/orders.
    open_orders_visible: bool = False
    open_order_status: Literal["pending", "own"] = "pending"
    sale_keeps_order_id: bool = False
    integrator_id: Literal["empty", "partner", "client_id"] = "empty"
    order_ahead_sale_type: Literal["as_ordered", "order-ahead", "in-store"] = "as_ordered"

    # A13 Money in /v1/orders, and the spelling of its totals (the spec against what was seen).
    orders_in_cents: bool = False
    totals_in_pascal_case: bool = False

    # A14 Date bounds.
    date_bounds_in_utc: bool = False
    updated_before_is_inclusive: bool = True

    # A15 Pages.
    default_page_size: int = 100
    max_page_size: int = 10000
    order_by_completion: bool = False
    big_pages_fail: bool = True
    pages_over_fail: int | None = None
    """Pages of more rows than this are a 500, over any range."""
    unservable_ids: tuple[str, ...] = ()
    """A page that would hold one of these customers or sales is a 500."""
    pages_lose_rows: int = 0
    """So many rows are missing between one page and the next, as when rows go while somebody reads."""

    # A16 Customers.
    old_customer_envelope: bool = False
    bare_customers: bool = False
    customers_carry_total: bool = False
    repeat_customers: bool = False
    last_customer_page_repeats: bool = False

    # A17 Refunds and voids.
    refunds_are_negative: bool = True
    void_changes_created_at: bool = False

    # A18 The budtender on a sale.
    budtender_given: bool = True

    # A19 How long a finished sale stays unseen.
    sale_visible_after_seconds: float = 0

    # A20 The limit, per key or over all of them.
    requests_per_second: int = 59
    rate_limit_scope: Literal["key", "everyone"] = "key"

    # A21 Old accounts: rows name themselves with `_id`. Their ids and envelopes are numeric_product_ids and
    # old_customer_envelope.
    underscore_ids: bool = False

    # Not among the open questions, but things that differ between accounts or gateways.
    auth_test_is_public: bool = False
    by_rooms_allowed: bool = True
    unknown_location_is_empty: bool = False
    medical_ids_readable: bool = False
