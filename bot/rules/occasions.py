"""Which of what happens is an occasion for an automation: what counts as news, who ordered, and where it is said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.rules.automations import Happened, Happening, Measure
from bot.rules.segments.facts import Facts
from bot.rules.stores import Store


@dataclass(frozen=True)
class Watched:
    """Thresholds that somebody waits for, and the moment of whatever is written now."""

    thresholds: Mapping[Measure, frozenset[int]]
    at: datetime

    def crossed(self, measure: Measure, before: int, after: int) -> bool:
        """Whether the number passed from below a threshold to it or beyond."""
        return before < after and any(before < one <= after for one in self.thresholds.get(measure, ()))


@dataclass(frozen=True)
class Crossing:
    """A number of one customer that passed a threshold."""

    fh_id: str
    measure: Measure
    before: int
    after: int
    at: datetime


def is_news(happening: Happening, since: datetime | None, facts: Facts | None = None) -> bool:
    """Whether it happened after the automation was switched on.

    A sync may learn late of an old sale (of a store that was connected a moment ago, of a customer who agreed a moment ago):
    what such a sale made somebody reach is no news, and their last order tells.
    """
    if since is None or happening.at < since:
        return False
    if facts is not None and happening.measure in {Measure.ORDERS, Measure.SPENT}:
        return facts.last_order_at is not None and facts.last_order_at >= since
    return True


def who_ordered(by_phone: Sequence[str], by_email: Sequence[str]) -> str:
    """The one customer whom phone and e-mail address of an order name; "" when nobody fits or several do.

    Whoever shares a phone with somebody is told apart by the address. Two that name different people name nobody.
    """
    both = [fh_id for fh_id in by_phone if fh_id in by_email]
    found = both if by_phone and by_email else [*by_phone, *by_email]
    return found[0] if len(found) == 1 else ""


def where_to_post(
    stores: Sequence[Store], *, chosen: str, order_store: str = "", home_store_id: str = ""
) -> Store | None:
    """The store in whose channel it is said: the chosen one, the order's, the customer's home store, or the first there is.

    `home_store_id` is the id that sales name. None when no store is left.
    """
    wanted = chosen or order_store
    by_key = next((store for store in stores if store.key == wanted), None)
    by_home = next((store for store in stores if home_store_id in (store.import_id or store.location_id,)), None)
    if chosen or by_key is not None:
        return by_key or next(iter(stores), None)
    return by_home or next(iter(stores), None)


def needs_facts(happening: Happening) -> bool:
    """Whether it takes more than the happening to know if it is news."""
    return happening.happened is Happened.REACHED
