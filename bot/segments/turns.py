"""When segments are evaluated: with each sync, when somebody changed one, by time alone; then whoever waits for it is told."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.desk import Desk
from bot.errors import OrderAheadError
from bot.rules.segments.catalogue import State
from bot.rules.segments.turns import is_due
from bot.segments.evaluating import LEASE, evaluate
from bot.segments.places import zones_of
from bot.store import segments, sync_runs
from bot.store.segment_marks import some_changed

log = structlog.get_logger("orderahead.segments")

Told = Callable[[str], Awaitable[None]]
"""Called with the account when an evaluation is committed and the account is free again."""


class Evaluations:
    """Follows the desk's syncs from here on. `told` is who wants to hear of each evaluation; what one of them raises is
    logged, and keeps nothing from the others.

    It is a hint, given once: whoever must miss nothing keeps the number of the last move that they dealt with
    (`segments.moves_after`).
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        desk.evaluate_segments, desk.segments_evaluated = self.with_sync, self.tell
        desk.segments_changed = self.soon
        self.told: list[Told] = []
        self._running: set[asyncio.Task[None]] = set()

    async def with_sync(self, account: str, run_id: int) -> None:
        """While the run holds the account. A sync that wrote everything is a good one, even if this does not end: what
        changed is marked, and the clock comes back to it."""
        try:
            await evaluate(self.desk, account, run_id)
        except (OrderAheadError, SQLAlchemyError, OSError) as problem:
            _say_unfinished(account, problem)

    async def tell(self, account: str) -> None:
        for told in self.told:
            try:
                await told(account)
            except Exception as surprise:  # its words may hold personal data
                log.error("nobody follows an evaluation", account=account, error=type(surprise).__name__)

    async def if_due(self, account: str) -> bool:
        """True when it was evaluated now, by us."""
        desk, holder = self.desk, -secrets.randbelow(2**62) - 1
        now = desk.now()
        async with desk.database.read() as tx:
            if (await sync_runs.account(tx, account)).loaded_at is None:
                return False
            kept = await segments.all_of(tx, account)
            is_changed = bool(await some_changed(tx, account, 1))
        counted = [one.counted_at for one in kept if one.segment.state is State.ACTIVE]
        is_new = not kept
        zones = [zone.name for zone in zones_of(desk, account)]
        if not (is_new or is_changed or is_due(counted, zones, now=now)):
            return False
        async with desk.database.write() as tx:
            if not await sync_runs.take(tx, account, holder, now=now, until=now + LEASE):
                return False
        try:
            await evaluate(desk, account, holder)
        except (OrderAheadError, SQLAlchemyError, OSError) as problem:
            _say_unfinished(account, problem)
            return False
        finally:
            await asyncio.shield(self._let_go(account, holder))
        await self.tell(account)
        return True

    def soon(self, account: str) -> None:
        """Somebody made a segment, or changed one. If the account is held now, the clock comes back to it."""
        task = asyncio.create_task(self._soon(account), name=f"segments of {account}")
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def close(self) -> None:
        """What was written so far is kept, and the next evaluation goes on."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _soon(self, account: str) -> None:
        try:
            await self.if_due(account)
        except (SQLAlchemyError, OSError) as problem:
            _say_unfinished(account, problem)

    async def _let_go(self, account: str, holder: int) -> None:
        try:
            async with self.desk.database.write() as tx:
                await sync_runs.let_go(tx, account, holder)
        except (SQLAlchemyError, OSError):
            log.warning("an account could not be let go of; its lease lapses within a minute", account=account)


def _say_unfinished(account: str, problem: Exception) -> None:
    why = problem.sentence if isinstance(problem, OrderAheadError) else "The database is not answering."
    log.warning("segments could not be evaluated", account=account, why=why)
