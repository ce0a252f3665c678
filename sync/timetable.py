"""When each job runs. The only file that knows APScheduler."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog
from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.exc import SQLAlchemyError

from bot.customers.syncs import Syncs
from bot.deliveries.boards import Boards
from bot.desk import Desk
from bot.errors import OrderAheadError
from bot.metrics import JOB_ENDED
from bot.rules.retention import BY_DEFAULT, Retention
from bot.segments.turns import Evaluations
from sync.automations import look_for_occasions
from sync.channels import ChannelWatch
from sync.customers import sync_customers
from sync.digests import post_digests
from sync.housekeeping import REMOVED_KEPT, forget
from sync.installs import follow_installs
from sync.mornings import list_left_overnight
from sync.orders import OrderPoll
from sync.segments import evaluate_segments
from sync.stores import follow_stores
from sync.watching import watch_pos

log = structlog.get_logger("orderahead.sync")

LONGEST_UNASKED_SECONDS = 60.0
"""How often it is asked whether a sync is due: one that failed, and a night that begins, need not wait for an hour."""


@dataclass(frozen=True)
class Cadence:
    """Seconds between runs."""

    order_poll: float
    pos_watch: float
    boards: float = 5
    mornings: float = 60
    digests: float = 20
    housekeeping: float = 3600
    channels: float = 300
    installs: float = 3600
    automations: float = 15
    stores: float = 5
    customers: float | None = None
    """Between an account's syncs; None: customers are not synced."""
    keep: Retention = BY_DEFAULT
    segments: float = 30
    """Between asking whether an account's segments are due, which costs a few reads."""


def timetable(
    desk: Desk,
    boards: Boards,
    cadence: Cadence,
    *,
    syncs: Syncs,
    evaluations: Evaluations,
    removed_kept: timedelta = REMOVED_KEPT,
) -> AsyncIOScheduler:
    """A scheduler that is not started yet. A job that is still running when its time comes is not run twice.

    `removed_kept` is how long what is left of a removed store is kept.
    """
    scheduler = AsyncIOScheduler(timezone=UTC, executors={"default": AsyncIOExecutor()})
    desk.ticked_at = desk.now()
    jobs: tuple[tuple[str, Callable[[], Awaitable[None]], float], ...] = (
        ("follow open orders", OrderPoll(desk, every=cadence.order_poll), cadence.order_poll),
        ("watch the point of sale", partial(watch_pos, desk, every=cadence.pos_watch), cadence.pos_watch),
        ("refresh boards", boards.refresh, cadence.boards),
        ("list what was left overnight", partial(list_left_overnight, desk), cadence.mornings),
        ("post digests", partial(post_digests, desk), cadence.digests),
        ("housekeeping", partial(forget, desk, cadence.keep, removed_kept=removed_kept), cadence.housekeeping),
        ("follow what other replicas do to stores", partial(follow_stores, desk), cadence.stores),
        ("follow installs", partial(follow_installs, boards.office), cadence.installs),
        ("look for occasions", partial(look_for_occasions, desk), cadence.automations),
        ("look at the channels", ChannelWatch(boards.office), cadence.channels),
    )
    if cadence.customers is not None:
        ask_seconds = min(LONGEST_UNASKED_SECONDS, cadence.customers)
        jobs += (("sync customers", partial(sync_customers, syncs), ask_seconds),)
        jobs += (("evaluate segments", partial(evaluate_segments, evaluations), cadence.segments),)
    for name, job, seconds in jobs:
        scheduler.add_job(
            _surviving,
            "interval",
            args=[desk, name, job],
            seconds=seconds,
            id=name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
            next_run_time=datetime.now(UTC),
        )
    return scheduler


async def _surviving(desk: Desk, name: str, job: Callable[[], Awaitable[None]]) -> None:
    """Run a job; what goes wrong is logged, and the next tick tries again."""
    desk.ticked_at = desk.now()
    try:
        await job()
        JOB_ENDED.labels(name).set_to_current_time()
    except asyncio.CancelledError:
        return  # the program is stopping
    except OrderAheadError as problem:
        log.warning("a job did not finish", job=name, why=problem.sentence)
    except (SQLAlchemyError, OSError):
        log.warning("a job did not finish", job=name, why="the database is not answering")
    except Exception as surprise:  # its words may hold personal data
        log.error("a job failed", job=name, error=type(surprise).__name__)
