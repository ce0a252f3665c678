"""What of Flowhub is imitated. A test holds it equal to the routes and switches that exist."""

from bot.sandbox.coverage import Coverage, Question
from bot.sandbox.flowhub.inventory import ORG_VIEWS, STORE_VIEWS

COVERAGE = Coverage(
    routes={
        "POST /oauth/token": "Token issuer: a token good for one location",
        "POST /": "The same for a client that was given the bare address",
        "POST /order-ahead/v0/create": "Takes an order into the point of sale, with every documented check",
        "GET /order-ahead/v0/orderStatus/{order_id}": "The three-field answer",
        "PATCH /orders/{order_id}": "Replaces a submitted order",
        "POST /orderPostback/{order_id}": "204, and the present status is told again",
        "GET /authTest": "404, as the public gateway answers",
        "GET /health": "404, as the public gateway answers",
        "GET /v0/clientsLocations": "All locations, one that sells nothing among them",
        "GET /v0/locations/{location_id}/clientsLocations": "One location",
        **{f"GET /v0/{word}": "Shelves of all stores" for word in ORG_VIEWS},
        **{f"GET /v0/locations/{{location_id}}/{word}": "Shelves of one store" for word in STORE_VIEWS},
        "GET /v1/customers": "Profiles by page and date",
        "GET /v1/customers/": "The same, and one profile for `customer_id`",
        "GET /v1/customers/findByPhoneNumber": "One profile",
        "GET /v1/customers/{customer_id}": "One profile; with `store_id` also what its points are worth",
        "POST /v1/customer": "A new profile",
        "PUT /v1/customer/{customer_id}": "Replaces a profile",
        "GET /v1/orders/findByLocationId/{import_id}": "Sales of a store by page and creation date",
        "GET /v1/orders/findByCustomerId/{customer_id}": "Sales to a customer",
        "GET /v1/orders/findByPhoneNumber": "Sales by phone (old)",
        "GET /v1/orders/findByPhoneNumber/": "The same, as old clients spell it",
    },
    questions={
        "A1": Question(
            "What the postback carries, how often and in which order it comes",
            (
                "postback",
                "postback_method",
                "postback_statuses",
                "postback_on_create",
                "postback_late_seconds",
                "postback_retries",
                "postback_carries_body",
                "resend_on_request",
            ),
        ),
        "A2": Question("Cancelling", ("patch_can_delete", "deleted_orders_vanish", "deletion_is_told")),
        "A3": Question(
            "What PATCH does",
            ("patch_merges", "patch_allowed_until", "patch_changes_postback_url", "patch_starts_the_order"),
        ),
        "A4": Question("Whether a delivery ends in `sold`", ("delivered_becomes_sold",)),
        "A5": Question("Form of a product id; sold-out batches", ("numeric_product_ids", "sold_out_products")),
        "A6": Question(
            "What makes a create fail",
            (
                "refuse_unknown_products",
                "refuse_more_than_in_stock",
                "refuse_duplicates",
                "order_ahead_enabled",
                "shop_is_open",
            ),
        ),
        "A7": Question(
            "Codes and bodies of the Order Ahead service",
            ("create_status_code", "refusal_status_code", "refuse_unknown_fields"),
        ),
        "A8": Question("Which customer fields are required", ("require_phone_or_medical_id",)),
        "A9": Question(
            "The token's life, scope and quota; whether it suffices",
            ("token_lifetime_seconds", "token_scope", "token_requests_allowed", "bearer_needs_keys_too"),
        ),
        "A10": Question("How long an order stays readable", ("orders_readable_for_seconds",)),
        "A11": Question("Reading another partner's orders", ("foreign_orders_readable",)),
        "A12": Question(
            "Order Ahead orders in /v1/orders",
            (
                "open_orders_visible",
                "open_order_status",
                "sale_keeps_order_id",
                "integrator_id",
                "order_ahead_sale_type",
            ),
        ),
        "A13": Question(
            "Money unit of /v1/orders, spelling of its totals", ("orders_in_cents", "totals_in_pascal_case")
        ),
        "A14": Question("Zone and ends of date bounds", ("date_bounds_in_utc", "updated_before_is_inclusive")),
        "A15": Question(
            "Page sizes, sorting, and pages that fail or lose rows",
            (
                "default_page_size",
                "max_page_size",
                "order_by_completion",
                "big_pages_fail",
                "pages_over_fail",
                "unservable_ids",
                "pages_lose_rows",
            ),
        ),
        "A16": Question(
            "Envelope of customers, repeated rows",
            (
                "old_customer_envelope",
                "bare_customers",
                "customers_carry_total",
                "repeat_customers",
                "last_customer_page_repeats",
            ),
        ),
        "A17": Question("Refunds and late voids", ("refunds_are_negative", "void_changes_created_at")),
        "A18": Question("The budtender of a sale", ("budtender_given",)),
        "A19": Question("When a sale becomes visible", ("sale_visible_after_seconds",)),
        "A20": Question("The rate limit", ("requests_per_second", "rate_limit_scope")),
        "A21": Question("Old accounts", ("underscore_ids",)),
        "A22": Question(
            "No flag for Order Ahead, no employees, no drawers, no sales webhooks",
            no_switch_because="what does not exist is imitated by its absence, those paths answer 404",
        ),
    },
    other_switches={
        "auth_test_is_public": "/authTest and /health answer 200",
        "by_rooms_allowed": "Off: by-rooms lists answer 403, as for a credential without that right",
        "unknown_location_is_empty": "An unknown location is an empty list and not a 404",
        "medical_ids_readable": "Profiles carry the medical id",
    },
    not_imitated=(
        "A real JWT: our token is opaque, and no client may look inside.",
        "The private GraphQL of the dashboard, and the Stoplight mock server.",
        "403 as an HTML page, cut connections, delays: these are faults of the wire, put in front of any route.",
        "Purchase limits, loyalty rules, several tax districts, cash drawers: the till knows two taxes and no limits.",
        "Medical or age checks at the counter; a cashier here sells what is asked.",
        "Multi-room stock beyond one room that is for sale and one that is not.",
    ),
)


def table() -> str:
    return COVERAGE.table()
