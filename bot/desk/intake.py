"""What arrives is durable before it is answered: one row each, and many at once share one commit."""

import asyncio

from bot.rules.deliveries import Wanted
from bot.store import Database, deliveries

MANY = 8
"""So many arrive within one commit where hundreds come in a second."""
GIVE_WAY_SECONDS = 0.02
"""Fifty orders a second are worked in meanwhile, which is more than Flowhub takes of an account and Slack of a workspace."""


class Intake:
    """Commits what arrives. While one commit is under way the next arrivals gather for the one after it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._gathered: list[tuple[Wanted, bool, asyncio.Future[None]]] = []
        self._committing: asyncio.Task[None] | None = None
        self._together = 0
        """How many share the commit that is under way, or shared the last one."""

    async def accept(self, wanted: Wanted, *, once: bool) -> None:
        """Returns when it is durable. Raises what the database raises, so that the sender tries again."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._gathered.append((wanted, once, done))
        if self._committing is None or self._committing.done():
            self._committing = asyncio.create_task(self._commit_all())
        await done

    async def give_way(self) -> None:
        """Before something that can wait: while many wait for their answers, they go first for a moment."""
        if self._together >= MANY and self._committing is not None and not self._committing.done():
            await asyncio.sleep(GIVE_WAY_SECONDS)

    async def _commit_all(self) -> None:
        while self._gathered:
            batch, self._gathered = self._gathered, []
            self._together = len(batch)
            try:
                async with self._database.write(first=True) as tx:
                    await deliveries.want(tx, *[wanted for wanted, once, _ in batch if not once])
                    await deliveries.want_once(tx, *[wanted for wanted, once, _ in batch if once])
            except BaseException as problem:
                # Who came meanwhile is told as well: waiting for a second failure would outlast the sender's patience.
                batch, self._gathered = [*batch, *self._gathered], []
                for _, _, done in batch:
                    if not done.done():
                        done.set_exception(problem)
                if not isinstance(problem, Exception):
                    raise
            else:
                for _, _, done in batch:
                    if not done.done():
                        done.set_result(None)
