"""The numbers at /metrics, and what each one means; docs/operations.md lists them, and a test keeps the two equal.

No label names a store, a person or an order: numbers are public to whoever may scrape them.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Counter, Gauge, Histogram

from bot.errors import OrderAheadError

TAKEN_IN = Counter("orderahead_orders_total", "Orders that came to the desk, by source", ["source"])
MADE = Counter("orderahead_deliveries_total", "Attempts at deliveries, by kind and how they ended", ["kind", "ended"])
CALLS = Histogram(
    "orderahead_call_seconds",
    "Calls to Flowhub, Leafly and Slack, by how they ended",
    ["to", "ended"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
JOB_ENDED = Gauge(
    "orderahead_job_ended_timestamp_seconds", "When a recurring job last ended well, in Unix time", ["job"]
)
DATABASE_UP = Gauge("orderahead_database_up", "1 when the database answered this scrape")
OPEN_ORDERS = Gauge("orderahead_open_orders", "Orders that are not finished")
WAITING = Gauge("orderahead_deliveries_waiting", "Deliveries that are not done, by kind and state", ["kind", "state"])
OLDEST_DUE = Gauge(
    "orderahead_oldest_delivery_due_seconds", "How long the oldest delivery that may be made has been due"
)
PARKED = Gauge("orderahead_parked_records", "Records that could not be read, by where they came from", ["came_from"])


@contextmanager
def call_to(side: str) -> Iterator[None]:
    """Counts and times one call; `ended` is "answered", or the name of the error that the call raises."""
    began, ended = time.monotonic(), "answered"
    try:
        yield
    except OrderAheadError as problem:
        ended = type(problem).__name__.lower()
        raise
    except BaseException:
        ended = "broken_off"
        raise
    finally:
        CALLS.labels(side, ended).observe(time.monotonic() - began)
