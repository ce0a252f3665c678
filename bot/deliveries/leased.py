"""Calls that are leased in the transaction that made them due: one wait for the disk less before what people wait for."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.deliveries.lane import Lane
from bot.deliveries.pace import LEASED_WITH_ITS_CAUSE, kind_of
from bot.rules.deliveries import Delivery
from bot.store import Tx, leases


class Lender(Protocol):
    """Who makes the calls: the courier."""

    is_closing: bool

    def until_turn(self, lane: Lane, delivery: Delivery) -> float: ...
    def give_back(self, lane: Lane, delivery: Delivery, until: datetime) -> None: ...


@dataclass
class Leased:
    """Each with its lane, which is reserved until the transaction ends. What is not made then, because the commit failed or
    the program stops, is given back: the lease may be in the database all the same."""

    courier: Lender
    until: datetime
    calls: list[tuple[Lane, Delivery]] = field(default_factory=list)

    async def lease_in(self, tx: Tx, lane: Lane, now: datetime) -> None:
        """The lane's next call, if the lane is one that people wait for, and idle."""
        if kind_of(lane.name) not in LEASED_WITH_ITS_CAUSE or not lane.reserve():
            return
        leased = None
        try:
            delivery = await leases.next_free(tx, lane.name, now)
            if delivery is None or self.courier.until_turn(lane, delivery) > 0:
                return
            leased = await leases.lease(tx, delivery, until=self.until)
        finally:
            if leased is None:
                lane.let_go()
        if leased is not None:
            lane.busy.add(leased.id)
            self.calls.append((lane, leased))

    def go(self) -> None:
        if self.courier.is_closing:
            self.drop()
            return
        for lane, delivery in self.calls:
            lane.begin(delivery)

    def drop(self) -> None:
        for lane, delivery in self.calls:
            self.courier.give_back(lane, delivery, self.until)
