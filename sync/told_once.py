"""What went wrong for many stores at once is told in one line: when Flowhub is down, that is news about Flowhub."""

from collections import defaultdict
from typing import Any

MOST_NAMED = 5


class ToldOnce:
    """Gathers what went wrong in a round; `tell` writes a line for each reason, with some of the stores and how many."""

    def __init__(self) -> None:
        self._stores: dict[str, list[str]] = defaultdict(list)

    def note(self, store: str, why: str) -> None:
        self._stores[why].append(store)

    def tell(self, log: Any, what: str) -> None:
        for why, stores in self._stores.items():
            log.warning(what, stores=sorted(stores)[:MOST_NAMED], count=len(stores), why=why)
