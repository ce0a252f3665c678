"""Every few minutes: look again at channels that were not looked at for a day, or where something could not be looked at."""

import structlog

from bot.deliveries import Office
from bot.deliveries.safety import look
from bot.errors import OrderAheadError
from bot.giving_way import giving_way
from bot.store import channels
from sync.told_once import ToldOnce

log = structlog.get_logger("orderahead.sync")


class ChannelWatch:
    """The first round looks at all: what happened while the bot was stopped, Slack tells nobody afterwards."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._is_first_round = True

    async def __call__(self) -> None:
        now = self._office.desk.now()
        unseen = ToldOnce()
        async for store in giving_way(self._office.desk.stores.values()):
            async with self._office.database.read() as tx:
                standing = await channels.standing(tx, store.workspace, store.channel)
            if not (self._is_first_round or standing.is_due(now)):
                continue
            try:
                await look(self._office, store)
            except OrderAheadError as problem:
                unseen.note(store.key, problem.sentence)
        unseen.tell(log, "channels could not be looked at")
        self._is_first_round = False
