"""A store's digest: its figures out of the database, and its picture. What is long to count is counted off the loop."""

import asyncio
import sys
from dataclasses import replace
from datetime import date
from functools import partial

from bot.charts import month_picture
from bot.desk import Desk
from bot.digests.segments import of_store
from bot.long_lived import set_aside
from bot.rules.customer_sync import RunState
from bot.rules.digests import (
    DayFigures,
    Digest,
    Due,
    Flow,
    Takings,
    due_at,
    flow_trees,
    order_figures,
)
from bot.rules.order_values import Order
from bot.rules.segments.days import ONE_DAY, Asof
from bot.rules.stores import Store
from bot.rules.telling import Telling
from bot.segments.places import ids_of
from bot.store import orders, sync_runs
from bot.store.digest_figures import Counted, DaySales, count
from bot.store.sync_runs import Account

MONTH_DAYS = 30
MOST_NAMED = 8


async def make(
    desk: Desk, store: Store, due: Due, telling: Telling, *, may_name: bool
) -> tuple[Digest, tuple[str, ...]]:
    """The digest, and the ids of those it names. Raises Unavailable, and what the database raises."""
    asof = Asof(due_at(due.morning, store.hours.zone, telling.at), store.hours.zone)
    begin, end = asof.start(due.first), asof.start(due.last + ONE_DAY)
    async with desk.database.read() as tx:
        known = await sync_runs.account(tx, store.account)
        docs = await orders.in_days(tx, store.key, begin, end)
    here = await asyncio.to_thread(lambda: [Order.model_validate_json(doc) for doc in docs])
    made = Digest(
        store_name=store.name,
        due=due,
        orders=order_figures(here, due.first, due.last, store.hours.zone),
        order_ahead=None,
        total=None,
        flow=None,
        segments=(),
        as_of=known.good_at,
        problem=problem_of(known),
    )
    if known.loaded_at is None or known.good_at is None:
        return made, ()
    month = [due.last - (MONTH_DAYS - 1 - place) * ONE_DAY for place in range(MONTH_DAYS)]
    counting = partial(
        count,
        account=store.account,
        store_ids=ids_of(store),
        month=month,
        told=[due.first + place * ONE_DAY for place in range(due.days)],
        trees=flow_trees(due.days),
        asof=asof,
        most_named=MOST_NAMED if telling.names and may_name else 0,
    )
    before = due_at(due.morning - due.days * ONE_DAY, store.hours.zone, telling.at)
    beside = desk.database.aside
    counted = await beside.read(counting)
    figures = await beside.read(partial(of_store, store=store, since=before))
    made = replace(made, segments=figures, month=_month(counted, month, known, asof))
    if known.good_at < end:  # what of these days was not read yet must not look like nothing
        return made, ()
    told = [counted.days.get(day, DaySales()) for day in month[-due.days :]]
    made = replace(
        made,
        order_ahead=Takings(sum(day.ahead for day in told), sum(day.ahead_cents for day in told)),
        total=Takings(sum(day.sales for day in told), sum(day.cents for day in told)),
        flow=Flow(counted.flow["new"], counted.flow["lapsed"], counted.won_back, counted.flow["about_to_lapse"]),
    )
    return made, counted.about_to_lapse


def problem_of(known: Account) -> str:
    report = known.report
    return report.problem if report is not None and report.state is not RunState.DONE else ""


def _month(counted: Counted, month: list[date], known: Account, asof: Asof) -> tuple[DayFigures, ...]:
    def day_figures(day: date) -> DayFigures:
        if known.good_at is None or known.good_at < asof.start(day + ONE_DAY):
            return DayFigures(day, None, None)
        found = counted.days.get(day, DaySales())
        return DayFigures(day, found.ahead, found.cents)

    return tuple(map(day_figures, month))


async def picture(made: Digest) -> bytes | None:
    """A PNG; None where nothing of the month is known.

    A third of a second in a thread, which holds Python for a fiftieth of one at a time; the first one loads matplotlib.
    """
    if all(day.sales_cents is None for day in made.month):
        return None
    is_first = "matplotlib" not in sys.modules
    drawn = await asyncio.to_thread(month_picture, made.month)
    if is_first:
        set_aside()
    return drawn
