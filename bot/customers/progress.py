"""How a run tells how far it has come."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """`done` rows of `what` (customers, sales, profiles) so far; `total` where Flowhub says so. `store` is the store whose
    sales they are, by its name."""

    account: str
    what: str
    done: int
    total: int | None = None
    store: str = ""


Told = Callable[[Progress], None]
"""Called in the loop after each page; it must not take long."""


def to_nobody(_progress: Progress) -> None:
    """For runs that nobody watches."""
