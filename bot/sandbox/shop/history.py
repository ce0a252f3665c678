"""A few months of business: a few hundred customers and what they bought, the same on every machine for a given day."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from random import Random
from zoneinfo import ZoneInfo

from bot.sandbox.shop.world import BuyerType, Customer, Product, Sale, SaleLine, Shop, Shopper, Store, fixed_id

DAYS = 120
STRANGERS = 300


@dataclass
class Books:
    """The customers by id, and the completed sales, oldest first."""

    customers: dict[str, Customer] = field(default_factory=dict)
    sales: list[Sale] = field(default_factory=list)


def history(shop: Shop, now: datetime, *, seed: int = 7) -> Books:
    """Everybody who bought something here up to `now`, counted back from today so that "60 days ago" stays true.

    The books are the caller's own: whatever is written into them stays out of anybody else's.
    """
    today = now.astimezone(ZoneInfo(shop.stores[0].time_zone)).date()
    people, sales = _story(shop, today, seed)
    books = Books(customers={person.customer.customer_id: replace(person.customer) for person in people})
    for sale in sales:
        if sale.customer is not None and sale.completed_at is not None and sale.completed_at <= now:
            books.sales.append(replace(sale, customer=books.customers[sale.customer.customer_id]))
    began_here = {person.customer.customer_id for person in people if person.habit in ("new", "once")}
    _date_the_profiles(books, began_here)
    return books


@lru_cache(maxsize=4)
def _story(shop: Shop, today: date, seed: int) -> "tuple[list[Person], list[Sale]]":
    """All people, and all sales to the end of today by time; written once a day and never changed."""
    rng, sales = Random(seed), []
    people = [_known(shopper, index) for index, shopper in enumerate(shop.shoppers)]
    people += [_stranger(rng, index) for index in range(STRANGERS)]
    for person in people:
        # A profile begins long ago, until a first sale shows that it began with that sale.
        person.customer.created_at = datetime.combine(today - timedelta(days=400 - person.number), time(19), UTC)
        person.customer.updated_at = person.customer.created_at
        home = shop.stores[person.number % len(shop.stores)]
        for days_ago in _visits(rng, person.habit):
            store = home if rng.random() < 0.85 else rng.choice(shop.stores)
            day, key = today - timedelta(days=days_ago), f"{person.number}.{days_ago}"
            sales.append(_sale(rng, shop, person.customer, store, day, key))
    return people, sorted(sales, key=lambda sale: sale.created_at)


def _date_the_profiles(books: Books, began_here: set[str]) -> None:
    for sale in books.sales:
        customer = sale.customer
        if customer is None or sale.completed_at is None:
            continue
        if customer.customer_id in began_here:
            began_here.remove(customer.customer_id)
            customer.created_at = sale.created_at - timedelta(minutes=4)
        customer.updated_at = sale.completed_at
        if customer.is_loyal:
            customer.points += sum(line.cents - line.discount_cents for line in sale.lines) // 100


@dataclass(frozen=True)
class Person:
    number: int
    customer: Customer
    habit: str


# What a customer does, how often it occurs, and: days between visits, first and last day it happens (counted back).
HABITS = {
    "regular": (26, 8, DAYS, 0),
    "now and then": (34, 26, DAYS, 0),
    "lapsed": (18, 16, DAYS, 62),
    "new": (12, 9, 28, 0),
    "once": (10, DAYS, DAYS, 0),
}


def _visits(rng: Random, habit: str) -> Iterator[int]:
    """Days ago, each at most once, from the oldest to the newest."""
    _, every, first, last = HABITS[habit]
    day = first - rng.uniform(0, every)
    while day >= last:
        yield int(day)
        day -= max(1.0, rng.gauss(every, every / 4))


EVERYBODYS_HABIT = ("regular", "now and then", "new", "regular", "lapsed", "regular", "now and then", "once")


def _known(shopper: Shopper, number: int) -> Person:
    """The named shoppers have profiles too; each has the habit of that place in the list, which tests rely on."""
    customer = Customer(
        customer_id=fixed_id("customer", shopper.key),
        created_at=datetime.min.replace(tzinfo=UTC),
        updated_at=datetime.min.replace(tzinfo=UTC),
        buyer_type=shopper.buyer_type,
        name=shopper.name,
        birth_date=shopper.birth_date,
        phone=f"({shopper.phone[2:5]}) {shopper.phone[5:8]}-{shopper.phone[8:]}",
        email=shopper.email,
        street=shopper.street,
        city=shopper.city,
        zip_code=shopper.zip_code,
        is_loyal=number % 2 == 0,
        wants_email=True,
        wants_sms=number % 3 == 0,
        groups=("VIP",) if number in (0, 3) else (),
        medical_id=shopper.medical_id,
        medical_id_expires=shopper.medical_id_expires.isoformat() if shopper.medical_id_expires else None,
    )
    return Person(number, customer, EVERYBODYS_HABIT[number])


FIRST = (  # noqa: SIM905
    "Ada Ben Carla Desmond Elena Farid Grace Hank Ines Jules Kofi Lena Miguel Nadia Omar Petra Quinn Ravi "
    "Sofia Tomas Uma Victor Wendy Xavier Yara"
).split()
LAST = (  # noqa: SIM905
    "Abbott Barrera Chen Dvorak Ellis Fontaine Greer Hollis Ibarra Jensen Kowalski Lund Mercer Novak Ortega "
    "Pruitt Quist Rasmussen Sato Tran Underwood Vance Wolcott Yazzie Zeller"
).split()


def _stranger(rng: Random, index: int) -> Person:
    first, last = rng.choice(FIRST), rng.choice(LAST)
    number = index + len(EVERYBODYS_HABIT)
    digits = f"{('720', '719', '970', '505')[index // 100]}55501{index % 100:02}"
    medical: BuyerType = "med" if rng.random() < 0.14 else "rec"
    city, zip_code = rng.choice(
        (("Denver", "80205"), ("Denver", "80211"), ("Aurora", "80012"), ("Pueblo", "81001"), ("", ""))
    )
    customer = Customer(
        customer_id=fixed_id("customer", str(index)),
        created_at=datetime.min.replace(tzinfo=UTC),
        updated_at=datetime.min.replace(tzinfo=UTC),
        buyer_type=medical,
        name=f"{first} {last}",
        birth_date=date(1948, 1, 1) + timedelta(days=rng.randrange(365 * 56)),
        phone=_typed(rng, digits),
        email=f"{first}.{last}{index}@example.com".lower() if rng.random() < 0.8 else "",
        city=city,
        zip_code=zip_code,
        is_loyal=rng.random() < 0.55,
        points=rng.randrange(0, 240),
        wants_email=rng.random() < 0.6,
        wants_sms=rng.random() < 0.35,
        groups=("Veteran",) if rng.random() < 0.08 else (),
        medical_id=f"CO-MED-{index:04}" if medical == "med" else None,
        medical_id_expires="2031-05-31" if medical == "med" else None,
    )
    habit = rng.choices(list(HABITS), weights=[shape[0] for shape in HABITS.values()])[0]
    return Person(number, customer, habit)


def _typed(rng: Random, digits: str) -> str:
    """Phones as they are found in real profiles: mostly formatted, some bare, some missing."""
    dice = rng.random()
    if dice < 0.06:
        return ""
    return digits if dice < 0.2 else f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"


def _sale(rng: Random, shop: Shop, customer: Customer, store: Store, day: date, key: str) -> Sale:
    shelf = [p for p in shop.shelf(store.key) if customer.buyer_type == "med" or p.purchase_category != "med"]
    chosen = rng.sample(shelf, rng.choices((1, 2, 3, 4), weights=(35, 35, 20, 10))[0])
    lines = tuple(_line(rng, product, f"{key}.{index}") for index, product in enumerate(chosen))
    local = datetime.combine(day, time(9), ZoneInfo(store.time_zone)) + timedelta(minutes=rng.randrange(12 * 60))
    created = local.astimezone(UTC) + timedelta(milliseconds=rng.randrange(1000))
    sale_id = fixed_id("sale", key)
    return Sale(
        sale_id=sale_id,
        order_id=sale_id,
        store=store,
        created_at=created,
        completed_at=created + timedelta(seconds=rng.randrange(150, 900)),
        lines=lines,
        order_type=rng.choices(("in-store", "pickup", "delivery"), weights=(74, 22, 4))[0],
        buyer_type=customer.buyer_type,
        buyer_name=customer.name,
        customer=customer,
        # Seen missing in real rows.
        budtender=rng.choice(shop.staff) if rng.random() < 0.93 else None,
        voided=rng.random() < 0.012,
        payment=rng.choices(("cash", "debit"), weights=(65, 35))[0],
    )


def _line(rng: Random, product: Product, key: str) -> SaleLine:
    quantity = rng.choice((1.0, 3.5, 7.0)) if product.tiers else float(rng.choices((1, 2, 3), weights=(75, 20, 5))[0])
    cents = product.cost_of(quantity)
    discounted = rng.random() < 0.18
    return SaleLine(
        line_id=fixed_id("line", key),
        product=product,
        quantity=quantity,
        cents=cents,
        discount_cents=cents // 10 if discounted else 0,
        deal="10% Daily Deal" if discounted else "",
    )
