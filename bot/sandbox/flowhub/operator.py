"""The cashier: everything that happens in the shop and not through the API.

Each verb answers with what it changed, and raises NotPossible, with a sentence, for what no till would do.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from bot.sandbox.flowhub.pos import Pos, PosOrder
from bot.sandbox.flowhub.till import Items, Till, discounted
from bot.sandbox.shop import NotPossible, Sale, Staff


class Operator:
    """`by` is a name from the staff; without one it is whoever stands first in the list."""

    def __init__(self, pos: Pos) -> None:
        self._pos = pos
        self._till = Till(pos)

    def start(self, order_id: str, *, by: str | None = None) -> PosOrder:
        return self._step(order_id, "started", by)

    def ready(self, order_id: str, *, by: str | None = None) -> PosOrder:
        return self._step(order_id, "ready", by)

    def sell(self, order_id: str, *, by: str | None = None, discount_cents: int = 0, extra: Items = ()) -> Sale:
        """Check out: the profile is attached, the sale is rung up, the shelves go down, the order is `sold`."""
        order = self._open(order_id)
        sale = self._till.check_out(order, self._staff(by), discount_cents=discount_cents, extra=extra)
        self._pos.move(order, "sold", by=self._staff(by).name)
        return sale

    def delete(self, order_id: str, *, by: str | None = None) -> PosOrder:
        return self._step(order_id, "deleted", by)

    def queue(self, order_id: str, *, by: str | None = None) -> PosOrder:
        return self._delivery_step(order_id, "inQueue", by)

    def dispatch(self, order_id: str, *, by: str | None = None) -> PosOrder:
        return self._delivery_step(order_id, "inTransit", by)

    def deliver(self, order_id: str, *, by: str | None = None) -> Sale:
        """Handed over at the door, and paid."""
        order = self._open(order_id)
        self._must_be_delivery(order)
        sale = self._till.check_out(order, self._staff(by))
        self._pos.move(order, "delivered", by=self._staff(by).name)
        if self._pos.switches.delivered_becomes_sold:
            self._pos.move(order, "sold", by=self._staff(by).name)
        return sale

    def fail(self, order_id: str, *, by: str | None = None) -> PosOrder:
        return self._delivery_step(order_id, "unableToComplete", by)

    def cannot_verify(self, order_id: str, *, by: str | None = None) -> PosOrder:
        return self._delivery_step(order_id, "unableToVerify", by)

    def reopen(self, order_id: str, *, by: str | None = None, status: str = "started") -> PosOrder:
        """Take a finished order up again; a sale it had is voided and its goods go back."""
        order = self._pos.order(order_id)
        if order.is_open:
            raise NotPossible(f"Order {order_id} is still open ({order.status}).")
        if order.sale is not None:
            self.void(order.sale.sale_id)
            order.sale = None
            order.row_id = str(uuid4())
        self._pos.move(order, status, by=self._staff(by).name)
        return order

    def set_status(self, order_id: str, status: str, *, by: str | None = None) -> PosOrder:
        """Any status at all, also one that nobody has heard of. Nothing is sold by it."""
        order = self._pos.order(order_id)
        self._pos.move(order, status, by=self._staff(by).name)
        return order

    def walk_in_sale(
        self,
        store_key: str,
        items: Items,
        *,
        shopper: str | None = None,
        by: str | None = None,
        discount_cents: int = 0,
        deal: str = "Manager discount",
        minutes_ago: float = 0,
    ) -> Sale:
        """Somebody came in and bought something; nobody ordered ahead."""
        store = self._pos.shop.store(store_key)
        lines = self._till.lines_of(store_key, items)
        if not lines:
            raise NotPossible("A sale needs at least one item.")
        buyer = self._till.profile_of(self._pos.shop.shopper(shopper)) if shopper else None
        at = datetime.fromtimestamp(self._pos.now().timestamp() - minutes_ago * 60, UTC)
        sale_id = str(uuid4())
        sale = Sale(
            sale_id=sale_id,
            order_id=sale_id,
            store=store,
            created_at=at,
            completed_at=at,
            lines=discounted(lines, discount_cents, deal),
            order_type="in-store",
            buyer_type=buyer.buyer_type if buyer else "rec",
            buyer_name=buyer.name if buyer else "",
            customer=buyer,
            budtender=self._staff(by),
        )
        return self._till.booked(sale)

    def foreign_order(
        self,
        store_key: str,
        shopper: str,
        items: Items,
        *,
        order_type: str = "pickup",
        partner: str = "another-partner",
        note: str | None = None,
    ) -> PosOrder:
        """Another partner puts an order into this till. Our token never created it, and need not be able to read it."""
        person, store = self._pos.shop.shopper(shopper), self._pos.shop.store(store_key)
        lines = self._till.lines_of(store_key, items)
        if not lines:
            raise NotPossible("An order needs at least one item.")
        body: dict[str, Any] = {
            "externalCreatedAt": self._pos.now().isoformat(),
            "orderType": order_type,
            "customer": {
                "firstName": person.first_name,
                "lastName": person.last_name,
                "phone": person.phone,
                "email": person.email,
                "externalId": f"{partner}-{person.key}",
                "medRecOrBoth": person.buyer_type,
            },
            "orderItems": [
                {"productId": self._pos.shown_id(line.product), "quantityPurchased": line.quantity} for line in lines
            ],
            "customerNote": note or "",
        }
        if order_type == "delivery":
            body["address"] = {"street1": person.street, "city": person.city, "state": "CO", "zip": person.zip_code}
        return self._pos.accept(store, body, partner=partner, foreign=True)

    def void(self, sale_id: str) -> Sale:
        """The row stays `sold` and says `voided`; the goods go back to the shelf."""
        sale = self._pos.sale(sale_id)
        if sale.voided:
            raise NotPossible(f"Sale {sale_id} is already voided.")
        sale.voided = True
        if self._pos.switches.void_changes_created_at:
            sale.created_at = self._pos.now()
        self._pos.return_stock(sale.lines)
        self._pos.changes.announce()
        return sale

    def refund(self, sale_id: str, *, by: str | None = None) -> Sale:
        """A row of its own that points at the first sale."""
        first = self._pos.sale(sale_id)
        if first.original_sale_id:
            raise NotPossible(f"Sale {sale_id} is a refund itself.")
        sign = -1 if self._pos.switches.refunds_are_negative else 1
        refund_id = str(uuid4())
        lines = tuple(
            replace(
                line,
                line_id=str(uuid4()),
                quantity=sign * line.quantity,
                cents=sign * line.cents,
                discount_cents=sign * line.discount_cents,
            )
            for line in first.lines
        )
        now = self._pos.now()
        return self._pos.book_refund(
            replace(
                first,
                sale_id=refund_id,
                order_id=refund_id,
                created_at=now,
                completed_at=now,
                lines=lines,
                original_sale_id=first.sale_id,
                budtender=self._staff(by),
                voided=False,
            )
        )

    def _step(self, order_id: str, status: str, by: str | None) -> PosOrder:
        order = self._open(order_id)
        self._pos.move(order, status, by=self._staff(by).name)
        return order

    def _delivery_step(self, order_id: str, status: str, by: str | None) -> PosOrder:
        self._must_be_delivery(self._pos.order(order_id))
        return self._step(order_id, status, by)

    def _open(self, order_id: str) -> PosOrder:
        order = self._pos.order(order_id)
        if not order.is_open:
            raise NotPossible(f"Order {order_id} is {order.status}: only reopening it is possible.")
        return order

    def _must_be_delivery(self, order: PosOrder) -> None:
        if order.order_type != "delivery":
            raise NotPossible(f"Order {order.order_id} is for {order.order_type}, not for delivery.")

    def _staff(self, by: str | None) -> Staff:
        return self._pos.shop.colleague(by) if by else self._pos.shop.staff[0]
