"""How a sale reads over the API: decimal dollars that nowhere say so, taxes in pennies, and the odd spellings."""

from collections.abc import Callable

from bot.sandbox.flowhub.paging import instant
from bot.sandbox.flowhub.pos import JsonObject, Pos, PosOrder
from bot.sandbox.flowhub.switches import Switches
from bot.sandbox.shop import Sale, SaleLine, Staff

# Percent, by who buys. Medical sales are free of the state's excise.
TAXES = {"rec": (("State Tax", 15.0), ("City Tax", 3.5)), "med": (("City Tax", 3.5),)}


def sale_row(pos: Pos, sale: Sale) -> JsonObject:
    money = _money(pos.switches)
    taxes = sum(cents for line in sale.lines for _, _, cents in _taxes(line, sale))
    subtotal = sum(line.cents for line in sale.lines)
    discounts = sum(line.discount_cents for line in sale.lines)
    total = subtotal - discounts + sale.fees_cents + taxes
    row = {
        _id(pos.switches): sale.sale_id,
        "orderId": sale.order_id,
        "clientId": pos.shop.client_id,
        "locationId": sale.store.location_id,
        "locationName": sale.store.name,
        "createdAt": instant(sale.created_at),
        "completedOn": instant(sale.completed_at),
        "customerId": sale.customer.customer_id if sale.customer else "",
        "customerType": f"{sale.buyer_type}Customer",
        "name": sale.buyer_name,
        "fullName": sale.buyer_name,
        "currentPoints": sale.customer.points if sale.customer else 0,
        **_people(sale.budtender, pos.switches),
        "integratorId": sale.integrator_id,
        "orderStatus": sale.status,
        "orderType": sale.order_type,
        "originalSaleId": sale.original_sale_id,
        "voided": sale.voided,
        "itemsInCart": [_line(pos, sale, line) for line in sale.lines],
        "payments": [
            {
                "_id": f"pay-{sale.sale_id[:8]}",
                "paymentType": sale.payment,
                "amount": money(total),
                "cardId": "",
                "loyaltyPoints": 0,
                "debitProvider": "",
                "balanceAfterPayment": 0,
            }
        ],
        "totals": {
            "finalTotal": money(total),
            "subTotal": money(subtotal),
            "totalDiscounts": money(discounts),
            "totalFees": money(sale.fees_cents),
            "totalTaxes": money(taxes),
        },
    }
    if sale.completed_at is None:
        row["payments"] = []
    if pos.switches.totals_in_pascal_case:
        row["totals"] = {name[0].upper() + name[1:]: value for name, value in row["totals"].items()}
    return row


def unpaid(pos: Pos, order: PosOrder) -> Sale:
    """An Order Ahead order that is no sale yet, as a row would have it if such rows are shown at all (A12)."""
    switches, asked = pos.switches, order.body.get("customer") or {}
    lines = []
    for index, item in enumerate(order.body.get("orderItems") or []):
        product = pos.product(order.store.key, item.get("productId"))
        if product is not None:
            quantity = float(item["quantityPurchased"])
            lines.append(SaleLine(f"{order.row_id}-{index}", product, quantity, product.cost_of(quantity)))
    ended = "cancelled" if order.status == "deleted" else "pending"
    return Sale(
        sale_id=order.row_id,
        order_id=order.order_id if switches.sale_keeps_order_id else order.row_id,
        store=order.store,
        created_at=order.created_at,
        completed_at=None,
        lines=tuple(lines),
        order_type=order.sale_type(switches),
        status=order.status if switches.open_order_status == "own" else ended,
        buyer_type="med" if asked.get("medRecOrBoth") == "med" else "rec",
        buyer_name=order.shopper_name,
        customer=pos.customers.get(str(order.body.get("customerId") or "")),
        integrator_id=order.integrator_id(switches),
    )


def _line(pos: Pos, sale: Sale, line: SaleLine) -> JsonObject:
    product, money = line.product, _money(pos.switches)
    weighed = bool(product.tiers)
    return {
        _id(pos.switches): line.line_id,
        "category": product.category,
        "type": ("BulkBud" if weighed else "PackedBud") if product.category == "Flower" else product.category,
        "parentProductId": product.parent_id,
        "productId": pos.shown_id(product),
        "variantId": product.variant_id,
        "productName": product.name,
        "title1": product.parent_name,
        "title2": product.variant_name,
        "strainName": product.strain,
        "brand": product.brand,
        "sku": product.sku,
        "quantity": line.quantity if weighed else int(line.quantity),
        "unitOfWeight": "Grams" if weighed else "Each",
        "unitPrice": money(round(line.cents / line.quantity)),
        "unitCost": money(product.price_cents // 2),
        "totalPrice": money(line.cents),
        "totalCost": money(line.cents // 2),
        "totalDiscounts": money(line.discount_cents),
        "voided": line.voided or sale.voided,
        "itemDiscounts": [_discount(sale, line, pos.switches)] if line.discount_cents else [],
        "tax": [_tax(name, percent, cents) for name, percent, cents in _taxes(line, sale)],
    }


def _discount(sale: Sale, line: SaleLine, switches: Switches) -> JsonObject:
    by = sale.budtender
    return {
        "_id": f"d-{line.line_id[:8]}",
        "name": line.deal,
        "type": "dollars",
        "discountAmount": _money(switches)(line.discount_cents),
        "discountType": "dollars",
        "discountId": line.deal.lower().replace(" ", "-"),
        "dollarsOff": _money(switches)(line.discount_cents),
        "penniesOff": line.discount_cents,
        "percentOff": 0,
        "discounterName": by.name if by else "",
        "discounterId": by.staff_id if by else "",
        "isCartDiscount": line.deal.startswith("Cart"),
        "couponCode": "",
        "quantity": 1,
    }


def _tax(name: str, percent: float, cents: int) -> JsonObject:
    return {
        "_id": f"tax-{name.split()[0].lower()}",
        "name": name,
        "percentage": percent,
        "calculateBeforeDiscounts": "false",
        "supplierSpecificTax": False,
        "excludeCustomerGroups": [],
        "enableCostMarkup": False,
        "markupPercentage": 0,
        "thisTaxInPennies": cents,
        "appliesTo": "all",
    }


def _taxes(line: SaleLine, sale: Sale) -> list[tuple[str, float, int]]:
    net = line.cents - line.discount_cents
    return [(name, percent, round(net * percent / 100)) for name, percent in TAXES[sale.buyer_type]]


def _people(staff: Staff | None, switches: Switches) -> JsonObject:
    """Optional, and seen missing (A18)."""
    if staff is None or not switches.budtender_given:
        return {}
    fields = ("budtender", "fulfilledBy", "sentToFulfillmentBy")
    return dict.fromkeys(fields, staff.name) | {f"{name}Id": staff.staff_id for name in fields}


def _id(switches: Switches) -> str:
    return "_id" if switches.underscore_ids else "id"


def _money(switches: Switches) -> Callable[[int], float]:
    """From cents to what this account's rows carry (A13)."""
    return (lambda cents: cents) if switches.orders_in_cents else (lambda cents: round(cents / 100, 2))
