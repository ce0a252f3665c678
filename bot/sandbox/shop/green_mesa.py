"""Green Mesa itself: who works there, who shops there, and where. Names, numbers and addresses are invented."""

from datetime import date
from functools import cache

from bot.sandbox.shop.menu import shelves
from bot.sandbox.shop.world import Leafly, Shop, Shopper, Staff, Store, fixed_id


@cache
def green_mesa() -> Shop:
    """The shop as it is at the start of every day. A value: a stand-in that sells keeps its own count."""
    return Shop(
        name="Green Mesa",
        client_id=fixed_id("account"),
        key=fixed_id("key"),
        stores=STORES,
        staff=STAFF,
        shoppers=SHOPPERS,
        products=shelves(STORES),
        leafly=Leafly(
            client_id="leafly-green-mesa", client_secret="leafly-sandbox-secret", hmac_key="leafly-sandbox-hmac"
        ),
        other_locations=(CULTIVATION,),
        # The format of a Standard Webhooks secret: "whsec_" and at least 24 bytes in base64.
        web_shop_secrets={
            "orders": "whsec_Z3JlZW4tbWVzYS1vcmRlcnMtaW4tc2FuZGJveC0wMQ==",
            "hooks": "whsec_Z3JlZW4tbWVzYS1ob29rcy1vdXQtc2FuZGJveC0wMQ==",
        },
    )


def _store(key: str, name: str, street: str, zip_code: str, phone: str, *, import_id: str | None = None) -> Store:
    location_id = fixed_id("location", key)
    return Store(
        key=key,
        name=name,
        location_id=location_id,
        import_id=import_id or location_id,
        time_zone="US/Mountain",
        street=street,
        city="Denver",
        zip_code=zip_code,
        phone=phone,
        order_ahead_client_id=f"oa-{key}-client-0001",
        order_ahead_token=f"oa-{key}-token-0001",
        leafly_key=f"leaflyGreenMesa{name}Key01",
    )


STORES = (
    _store("downtown", "Downtown", "410 Larimer Row", "80202", "(303) 555-0171"),
    # An older location: its import id is of the 17-character kind.
    _store("uptown", "Uptown", "1818 Juniper Avenue", "80205", "(303) 555-0172", import_id="hK3vWq9TzRb7mXc2D"),
    _store("riverside", "Riverside", "75 Cottonwood Bend", "80211", "(303) 555-0173"),
)

# The real list of locations has rows of this kind too; nobody sells anything there.
CULTIVATION = Store(
    key="cultivation",
    name="Green Mesa Cultivation",
    location_id=fixed_id("location", "cultivation"),
    import_id=fixed_id("location", "cultivation"),
    time_zone="US/Mountain",
    street="9000 County Road 12",
    city="Pueblo",
    zip_code="81001",
    phone="(719) 555-0174",
    order_ahead_client_id="",
    order_ahead_token="",
    leafly_key="",
)

STAFF = tuple(
    Staff(key=name.split()[0].lower(), name=name, staff_id=fixed_id("staff", name))
    for name in ("Rosa Delgado", "Theo Brandt", "Imani Cole", "Sam Whitehorse")
)


def _shopper(number: int, first: str, last: str, born: date, street: str, *, medical_id: str | None = None) -> Shopper:
    return Shopper(
        key=first.lower(),
        first_name=first,
        last_name=last,
        phone=f"+1303555{number:04}",
        email=f"{first}.{last}@example.com".lower(),
        birth_date=born,
        buyer_type="med" if medical_id else "rec",
        medical_id=medical_id,
        medical_id_expires=date(2031, 5, 31) if medical_id else None,
        street=street,
    )


SHOPPERS = (
    _shopper(101, "Maya", "Alvarez", date(1991, 4, 12), "2210 Marion Street"),
    _shopper(102, "Jonah", "Reed", date(1986, 9, 30), "77 Wynkoop Court"),
    _shopper(103, "Priya", "Natarajan", date(1994, 1, 8), "1340 Lafayette Street"),
    _shopper(104, "Walt", "Kimura", date(1958, 6, 21), "501 Pecos Lane"),
    _shopper(105, "Dana", "Whitfield", date(1979, 11, 3), "8 Tejon Terrace"),
    _shopper(106, "Tessa", "Okafor", date(1983, 2, 17), "625 Ogden Street", medical_id="CO-MED-0106-4471"),
    _shopper(107, "Luis", "Marchetti", date(1999, 8, 25), "3030 Zuni Place"),
    _shopper(108, "Nora", "Begay", date(1970, 12, 5), "19 Osage Mews", medical_id="CO-MED-0108-2093"),
)
