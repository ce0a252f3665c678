"""Calls that are leased in the transaction that made them due: one wait for the disk less before what people wait for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.deliveries.lane import Lane
from bot.deliveries.pace import LEASED_WITH_ITS_CAUSE, kind_of
from bot.rules.deliveries import Delivery
from bot.store import Tx, leases


@dataclass
class Leased:
    """Each with its lane, which is reserved until the transaction ends. `give_back` is told of a call that is not made,
    because the commit failed or the program stops: the lease may be in the database all the same."""

    until: datetime
    give_back: Callable[[Lane, Delivery, datetime], None]
    is_stopping: Callable[[], bool]
    calls: list[tuple[Lane, Delivery]] = field(default_factory=list)

    async def lease_in(self, tx: Tx, lane: Lane, now: datetime) -> None:
        """The lane's next call, if the lane is one that people wait for, and idle."""
        if kind_of(lane.name) not in LEASED_WITH_ITS_CAUSE or not lane.reserve():
            return
        delivery = None
        try:
            delivery = await leases.lease_next(tx, lane.name, now, until=self.until)
        finally:
            if delivery is None:
                lane.let_go()
        if delivery is not None:
            lane.busy.add(delivery.id)
            self.calls.append((lane, delivery))

    def go(self) -> None:
        if self.is_stopping():
            self.drop()
            return
        for lane, delivery in self.calls:
            lane.begin(delivery)

    def drop(self) -> None:
        for lane, delivery in self.calls:
            self.give_back(lane, delivery, self.until)
