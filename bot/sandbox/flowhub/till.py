"""Ringing up: which products, for whom, at which price, and what it does to the shelves and the customer's profile."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import uuid4

from bot.sandbox.flowhub.pos import Pos, PosOrder
from bot.sandbox.shop import Customer, NotPossible, Sale, SaleLine, Shopper, Staff

# Names with quantities; a name may be a product id, a SKU, or the short name that people say.
Items = Sequence[tuple[str, float]]


class Till:
    def __init__(self, pos: Pos) -> None:
        self._pos = pos

    def check_out(self, order: PosOrder, staff: Staff, *, discount_cents: int = 0, extra: Items = ()) -> Sale:
        lines: list[SaleLine] = []
        for item in order.body.get("orderItems") or []:
            product = self._pos.product(order.store.key, item.get("productId"))
            if product is not None:
                quantity = float(item["quantityPurchased"])
                lines.append(SaleLine(str(uuid4()), product, quantity, product.cost_of(quantity)))
        lines += self.lines_of(order.store.key, extra)
        buyer = self._buyer(order)
        switches = self._pos.switches
        order.sale = Sale(
            sale_id=order.row_id,
            order_id=order.order_id if switches.sale_keeps_order_id else order.row_id,
            store=order.store,
            created_at=order.created_at,
            completed_at=self._pos.now(),
            lines=discounted(tuple(lines), discount_cents, "Cart discount"),
            order_type=order.sale_type(switches),
            buyer_type=buyer.buyer_type,
            buyer_name=buyer.name,
            customer=buyer,
            budtender=staff,
            integrator_id=order.integrator_id(switches),
            fees_cents=sum(round(fee.get("amount") or 0) for fee in order.body.get("fees") or []),
        )
        return self.booked(order.sale)

    def booked(self, sale: Sale) -> Sale:
        if sale.customer is not None:
            sale.customer.updated_at = self._pos.now()
            if sale.customer.is_loyal:
                sale.customer.points += sum(line.cents - line.discount_cents for line in sale.lines) // 100
        return self._pos.ring_up(sale)

    def lines_of(self, store_key: str, items: Items) -> tuple[SaleLine, ...]:
        lines = []
        for wanted, quantity in items:
            if quantity <= 0:
                raise NotPossible(f"“{wanted}” was asked for {quantity:g} times.")
            product = self._pos.shop.in_stock(store_key, wanted)
            lines.append(SaleLine(str(uuid4()), product, float(quantity), product.cost_of(quantity)))
        return tuple(lines)

    def _buyer(self, order: PosOrder) -> Customer:
        """The profile staff would attach: the one the order names, else the one with that phone, else a new one."""
        known = self._pos.customers.get(str(order.body.get("customerId") or "")) or self._pos.customer_with_phone(
            order.phone
        )
        if known is not None:
            return known
        asked = order.body.get("customer") or {}
        return self._new_profile(
            name=order.shopper_name,
            phone=order.phone,
            email=str(asked.get("email") or ""),
            born=str(asked.get("birthDate") or "1990-01-01"),
            medical=asked.get("medRecOrBoth") == "med",
        )

    def profile_of(self, shopper: Shopper) -> Customer:
        return self._pos.customer_with_phone(shopper.phone) or self._new_profile(
            name=shopper.name,
            phone=shopper.phone,
            email=shopper.email,
            born=shopper.birth_date.isoformat(),
            medical=shopper.buyer_type == "med",
        )

    def _new_profile(self, *, name: str, phone: str, email: str, born: str, medical: bool) -> Customer:
        now = self._pos.now()
        customer = Customer(
            customer_id=str(uuid4()),
            created_at=now,
            updated_at=now,
            buyer_type="med" if medical else "rec",
            name=name,
            birth_date=date.fromisoformat(born[:10]),
            phone=phone,
            email=email,
        )
        self._pos.customers[customer.customer_id] = customer
        return customer


def discounted(lines: tuple[SaleLine, ...], discount_cents: int, deal: str) -> tuple[SaleLine, ...]:
    """Take a discount off the first line, and what is left of it off the next."""
    result = []
    for line in lines:
        taken = min(discount_cents, line.cents)
        discount_cents -= taken
        result.append(replace(line, discount_cents=taken, deal=deal) if taken else line)
    return tuple(result)
