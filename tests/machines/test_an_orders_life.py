"""An order's life in any order of acts: the web shop, the create and what may go wrong with it, people on both sides, the
cashier, and a look at Flowhub now and then. The verbs, the database and the stand-in for Flowhub are the real ones."""

import itertools
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from bot.deliveries import Courier
from bot.desk.cancelling import ask_to_cancel, shopper_cancelled
from bot.desk.claiming import claim, release
from bot.desk.following import follow
from bot.desk.placing import create_body, its_there, run_place, send_again
from bot.desk.taking_in import take_in
from bot.errors import OutOfStep, Refused
from bot.rules.cancelling import Reason
from bot.rules.deliveries import Delivery, Kind, State
from bot.rules.history import Event, Happened
from bot.rules.order_values import Contact, Incoming, Order, OrderedItem, Placing, Source
from bot.rules.orders import Status, is_open
from bot.rules.permissions import Person
from bot.sandbox.flowhub import PosOrder
from bot.sandbox.wire import Fault
from bot.settings import load
from bot.store import deliveries, history, leases, orders, stores
from tests.customers.shop_floor import desk_of
from tests.faults.short_waits import shorten
from tests.machines.shop import Shop, open_shop
from tests.machines.stored import Stored, of_size

CREATE = "/order-ahead/v0/create"
STORE = "downtown"
IMANI, THEO = Person("U3", "Imani"), Person("U2", "Theo")
PRODUCT = "Mesa Sunrise Pre-Roll"
NUMBERS = ("web-1", "web-2")
NOT_HANDED_OVER = {Status.UNABLE_TO_COMPLETE, Status.UNABLE_TO_VERIFY}
"""Ends that neither prove a cancel nor come too late for it: the card goes on saying who asked."""
MISHAPS = {
    "nothing": None,
    "too often": Fault("rate_limited", path=CREATE),
    "refused": Fault("error", path=CREATE, status=422),
    "an error, and it was not taken": Fault("error", path=CREATE, status=500),
    "taken, and the answer lost": Fault("cut_after_accept", path=CREATE),
    "dies before the call": None,
    "dies after the call": None,
}


def incoming(number: str, product_id: str) -> Incoming:
    return Incoming(
        source=Source.STOREFRONT,
        source_id=number,
        placed_at=Stored.begins_at,
        contact=Contact(first_name="Maya", phone="+13035550101"),
        items=(OrderedItem(name=PRODUCT, quantity=Decimal(1), product_id=product_id),),
    )


class OrdersLife(Stored):
    shop: ClassVar[Shop]

    def __init__(self) -> None:
        super().__init__()
        sandbox = self.shop.sandbox
        self.flowhub = sandbox.flowhub
        self.product_id = sandbox.shop.in_stock(STORE, PRODUCT).product_id
        self.desk = desk_of(
            self.database, self.shop.http, url=sandbox.urls["flowhub"], auth_url=sandbox.urls["flowhub_auth"]
        )
        self.desk.now = lambda: self.now
        runners = {Kind.PLACE: partial(run_place, self.desk)}
        self.courier = Courier(self.database, runners, now=lambda: self.now, alone=True)
        self.do(self._open())

    async def _open(self) -> None:
        await self.shop.sandbox.reset()
        self.flowhub.switches.requests_per_second = 1_000_000
        self.flowhub.switches.postback = "never"
        async with self.database.write() as tx:
            for store, credentials in load(self.shop.sandbox.environment()).store_book().values():
                await stores.put(tx, store, credentials, now=self.now)
        await self.desk.load_stores()

    def open_loop(self) -> bool:
        self.loop = self.shop.loop
        return False

    def all_orders(self) -> list[Order]:
        async def read() -> list[Order]:
            async with self.database.read() as tx:
                found = [await orders.by_source(tx, STORE, Source.STOREFRONT, number) for number in NUMBERS]
            return [order for order in found if order is not None]

        return self.do(read())

    def events(self, order: Order) -> list[Event]:
        async def read() -> list[Event]:
            async with self.database.read() as tx:
                return list(await history.of_order(tx, order.key))

        return self.do(read())

    def place_of(self, order: Order, kind: Kind) -> Delivery | None:
        async def read() -> Delivery | None:
            async with self.database.read() as tx:
                return await deliveries.find(tx, kind, order.key)

        return self.do(read())

    def in_pos(self, order: Order) -> list[PosOrder]:
        return [one for one in self.flowhub.orders if one.body["customer"]["externalId"] == order.key]

    def one_of(self, number: int) -> Order:
        there = self.all_orders()
        return there[number % len(there)]

    @rule(number=st.sampled_from(NUMBERS))
    def the_web_shop_sends(self, number: str) -> None:
        """Perhaps again: what is there stays as it is."""
        before = self.all_orders()
        self.do(take_in(self.desk, self.desk.store(STORE), incoming(number, self.product_id)))
        after = self.all_orders()
        assert all(order in after for order in before)
        assert {order.source_id for order in after} == {number, *(order.source_id for order in before)}

    @precondition(lambda self: self.all_orders())
    @rule(mishap=st.sampled_from([*MISHAPS, "nothing"]))
    def the_next_is_sent_to_flowhub(self, mishap: str) -> None:
        self.pass_time(timedelta(minutes=2))

        async def send() -> None:
            async with self.database.read() as tx:
                delivery, _ = await deliveries.next_due(tx, f"flowhub:{STORE}", self.now)
            if delivery is None or not await self.courier.lease(delivery):
                return
            if mishap == "dies after the call":
                await self._call_and_die(delivery)
            elif mishap != "dies before the call":
                fault = MISHAPS[mishap]
                if fault is not None:
                    self.flowhub.wire.add(fault)
                await self.courier.make(delivery)
            else:
                await self._recover()

        self.do(send())
        self.flowhub.wire.faults.clear()

    async def _call_and_die(self, delivery: Delivery) -> None:
        """If it would be called at all: what is in doubt is looked at first, and what was settled is left alone."""
        async with self.database.read() as tx:
            order = await orders.get(tx, delivery.order_key)
            sealed = await orders.sealed_part(tx, delivery.order_key)
        assert order is not None
        if delivery.state is State.DUE and order.placing is Placing.WAITING and order.cancel is None:
            sent = Incoming.model_validate_json(sealed)
            shelf = await self.desk.shelf(STORE)
            body = create_body(order.key, sent, [(item, shelf.match(item)) for item in sent.items], "")
            await self.desk.order_ahead(STORE).create(body)
        await self._recover()

    async def _recover(self) -> None:
        async with self.database.write() as tx:
            await leases.recover(tx, lapsed_before=None, look_at=self.now)

    @precondition(lambda self: self.all_orders())
    @rule(number=st.integers(0, 1))
    def somebody_looks_in_cashier_and_answers(self, number: int) -> None:
        """And says what is true."""
        order = self.one_of(number)
        answer = its_there if self.in_pos(order) else send_again
        self._try(order, answer(self.desk, order.key, IMANI), may=order.placing in {Placing.UNSURE, Placing.REFUSED})

    @precondition(lambda self: self.flowhub.orders)
    @rule(number=st.integers(0, 1), status=st.sampled_from([*(status.value for status in Status), "a new word"]))
    def the_cashier_moves_an_order(self, number: int, status: str) -> None:
        there = self.flowhub.orders
        self.flowhub.operator.set_status(there[number % len(there)].order_id, status)

    @precondition(lambda self: self.all_orders())
    @rule(number=st.integers(0, 1))
    def the_bot_looks(self, number: int) -> None:
        self.pass_time(timedelta(seconds=1))
        order = self.one_of(number)
        changed = self.do(follow(self.desk, order.key, "poll"))
        after = self.one_of(number)
        assert changed is (after != order)
        if after.flowhub_id:
            assert after.status == self.in_pos(after)[0].status

    @precondition(lambda self: self.all_orders())
    @rule(number=st.integers(0, 1), person=st.sampled_from([IMANI, THEO]))
    def somebody_claims(self, number: int, person: Person) -> None:
        order = self.one_of(number)
        mine = order.claimed_by_id == person.id
        self._try(order, claim(self.desk, order.key, person), may=mine or (is_open(order) and not order.claimed_by_id))

    @precondition(lambda self: self.all_orders())
    @rule(number=st.integers(0, 1))
    def somebody_releases(self, number: int) -> None:
        order = self.one_of(number)
        self._try(order, release(self.desk, order.key, THEO), may=bool(order.claimed_by_id))

    @precondition(lambda self: self.all_orders())
    @rule(number=st.integers(0, 1))
    def somebody_asks_to_cancel(self, number: int) -> None:
        order = self.one_of(number)
        waits = order.cancel is not None and order.cancel.is_waiting
        try:
            self.do(ask_to_cancel(self.desk, order.key, IMANI, Reason.OUT_OF_STOCK))
        except (OutOfStep, Refused):
            assert self.one_of(number) == order
            assert waits or not is_open(order)

    @precondition(lambda self: self.all_orders())
    @rule(number=st.sampled_from(NUMBERS))
    def the_shopper_cancels(self, number: str) -> None:
        self.do(shopper_cancelled(self.desk, self.desk.store(STORE), Source.STOREFRONT, number, "customer"))

    def _try(self, order: Order, act: object, *, may: bool) -> None:
        """What was refused changed nothing."""
        try:
            self.do(act)  # type: ignore[arg-type]
        except (OutOfStep, Refused):
            assert not may
            assert order in self.all_orders()
        else:
            assert may

    @invariant()
    def nothing_is_in_flowhub_twice(self) -> None:
        for order in self.all_orders():
            assert len(self.in_pos(order)) <= 1

    @invariant()
    def each_order_agrees_with_itself(self) -> None:
        there = self.all_orders()
        assert len({order.short_id for order in there}) == len(there)
        for order in there:
            assert (order.closed_at is None) is is_open(order)
            assert (order.placing is Placing.IN_POS) is (order.flowhub_id is not None)
            assert not order.flowhub_id or order.flowhub_id == self.in_pos(order)[0].order_id
            cancel = order.cancel
            assert cancel is None or not (cancel.proved_at and cancel.too_late_at)
            if cancel is not None and cancel.is_waiting:
                assert is_open(order) or order.status in NOT_HANDED_OVER
            waits_for_a_person = order.placing in {Placing.UNSURE, Placing.REFUSED} and order.cancel is None
            delivery = self.place_of(order, Kind.PLACE)
            assert delivery is not None
            assert not waits_for_a_person or delivery.state is State.HELD
            card = self.place_of(order, Kind.CARD)
            assert card is not None
            assert card.state is State.DUE, "a card is wanted and nobody has drawn it"

    @invariant()
    def the_history_tells_it_without_a_gap(self) -> None:
        for order in self.all_orders():
            events = self.events(order)
            assert [event.seq for event in events] == list(range(1, len(events) + 1))
            assert events[0].kind is Happened.ORDER_RECEIVED
            moves = [event.detail for event in events if event.kind is Happened.STATUS_CHANGED]
            assert all(one["to"] == following["from"] for one, following in itertools.pairwise(moves))
            assert sum(event.kind is Happened.PLACED for event in events) <= 1

    def teardown(self) -> None:
        """In the evening: what waits is sent, people answer, the bot looks. Every order is in one place then."""
        for _ in range(3):
            for number in range(len(self.all_orders())):
                for _ in range(len(NUMBERS)):
                    self.the_next_is_sent_to_flowhub("nothing")
                self.somebody_looks_in_cashier_and_answers(number)
                self.the_bot_looks(number)
        for order in self.all_orders():
            was_withdrawn = order.status == Status.DELETED and order.cancel is not None
            assert len(self.in_pos(order)) == 1 or was_withdrawn
            assert order.placing not in {Placing.UNSURE, Placing.REFUSED}
        self.each_order_agrees_with_itself()
        super().teardown()


def test_an_orders_life_in_any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    shorten(monkeypatch.setattr)
    with open_shop() as OrdersLife.shop:
        run_state_machine_as_test(OrdersLife, settings=of_size(12, 20))
