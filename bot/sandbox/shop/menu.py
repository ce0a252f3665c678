"""What lies on Green Mesa's shelves. One line per variant; a second quantity is a second batch with ids of its own."""

from dataclasses import dataclass
from typing import Literal

from bot.sandbox.shop.world import Product, Store, Tier, fixed_id


def shelves(stores: tuple[Store, ...]) -> tuple[Product, ...]:
    """Every batch at every store. The first store holds the quantities as written, the others a little less of each."""
    products: list[Product] = []
    for index, store in enumerate(stores):
        for line in MENU:
            for batch, quantity in enumerate(line.batches):
                products.append(_product(store, line, batch, _at(index, quantity), number=100_001 + len(products)))
    return tuple(products)


def _at(store_index: int, quantity: float) -> float:
    return quantity if quantity <= 0 else max(quantity - 3 * store_index, 2)


@dataclass(frozen=True)
class MenuLine:
    category: str
    brand: str
    parent: str
    variant: str
    price_cents: int
    batches: tuple[float, ...]
    strain: str = ""
    species: str = "Hybrid"
    grams: float = 0
    milligrams: float = 0
    thc: float = 0
    back_stock: float = 0
    blank_sku: bool = False
    purchase: Literal["rec", "med", "unrestricted"] = "rec"
    tiers: tuple[Tier, ...] = ()


def _flower(parent: str, variant: str, grams: float, cents: int, batches: tuple[float, ...], species: str) -> MenuLine:
    return MenuLine(
        category="Flower",
        brand="High Plains Farm",
        parent=parent,
        variant=variant,
        price_cents=cents,
        batches=batches,
        strain=parent,
        species=species,
        grams=grams,
        thc=22.4,
        back_stock=24,
    )


def _pre_roll(parent: str, variant: str, grams: float, cents: int, batches: tuple[float, ...]) -> MenuLine:
    return MenuLine("Joint", "Campfire Co.", parent, variant, cents, batches, grams=grams, thc=21.0)


def _edible(
    parent: str, variant: str, milligrams: float, cents: int, batches: tuple[float, ...], *, blank_sku: bool = False
) -> MenuLine:
    return MenuLine(
        "Edibles", "Sweet Switchback", parent, variant, cents, batches, milligrams=milligrams, blank_sku=blank_sku
    )


def _vape(parent: str, variant: str, grams: float, cents: int, batches: tuple[float, ...]) -> MenuLine:
    return MenuLine("Vape", "Cirrus", parent, variant, cents, batches, grams=grams, thc=84.0)


def _concentrate(parent: str, variant: str, cents: int, batches: tuple[float, ...]) -> MenuLine:
    return MenuLine("Concentrate", "Talus Extracts", parent, variant, cents, batches, grams=1, thc=74.5)


CANYON_TIERS = (Tier("1 g", 1, 1000), Tier("Eighth", 3.5, 3000), Tier("Quarter", 7, 5600), Tier("Ounce", 28, 19600))

MENU = (
    _flower("Mesa Sunrise", "Eighth", 3.5, 3500, (18, 30), "Sativa-dom"),
    _flower("Mesa Sunrise", "One Gram", 1, 1200, (40,), "Sativa-dom"),
    _flower("Juniper Kush", "Eighth", 3.5, 3000, (22,), "Indica-dom"),
    _flower("Blue Arroyo", "Eighth", 3.5, 3800, (14,), "Hybrid"),
    _flower("Prickly Pear OG", "Quarter", 7, 5500, (9,), "Indica"),
    _flower("Sage Runner", "Half Ounce", 14, 9000, (6,), "Sativa"),
    MenuLine(
        "Flower",
        "High Plains Farm",
        "Canyon Haze",
        "By Weight",
        1000,
        (340.5,),
        "Canyon Haze",
        "Sativa",
        1,
        0,
        19.8,
        tiers=CANYON_TIERS,
    ),
    _pre_roll("Mesa Sunrise Pre-Roll", "One Gram", 1, 900, (48, 60)),
    _pre_roll("Juniper Kush Pre-Rolls", "5-Pack", 2.5, 2800, (16,)),
    _pre_roll("Ember Infused Pre-Roll", "One Gram", 1, 1800, (20,)),
    # The older batch is gone: an order that still names it is what happens on the day a lot runs out.
    _edible("Huckleberry Gummies", "100 mg", 100, 2200, (0, 42)),
    _edible("Peach Ring Gummies", "100 mg", 100, 2000, (35,)),
    _edible("Dark Chocolate Bar", "100 mg", 100, 2400, (25,)),
    _edible("Ginger Mints", "50 mg", 50, 1600, (30,), blank_sku=True),
    _edible("Yuzu Seltzer", "10 mg", 10, 700, (72,)),
    _vape("Juniper Kush Cartridge", "One Gram", 1, 4500, (12,)),
    _vape("Blue Arroyo Disposable", "Half Gram", 0.5, 3500, (15,)),
    MenuLine("Accessories", "Cirrus", "Cirrus Battery", "Slate", 1500, (11,), purchase="unrestricted"),
    _concentrate("Mesa Sunrise Live Rosin", "One Gram", 6000, (8,)),
    _concentrate("Canyon Haze Shatter", "One Gram", 2800, (10,)),
    _concentrate("Juniper Bubble Hash", "One Gram", 3200, (0,)),
    MenuLine("Concentrate", "Talus Extracts", "RSO Syringe", "One Gram", 4000, (7,), grams=1, thc=68.0, purchase="med"),
    MenuLine("Topicals", "Sweet Switchback", "Arnica Balm 1:1", "60 ml", 3000, (13,), purchase="unrestricted"),
    # Negative counts occur in real lists, after a sale that was rung up before the delivery was counted in.
    MenuLine("Tincture", "Sweet Switchback", "Night Bloom Tincture", "30 ml", 3600, (-1,), milligrams=300),
)


def _product(store: Store, line: MenuLine, batch: int, quantity: float, *, number: int) -> Product:
    words = (line.parent, line.variant)
    product_id = fixed_id("product", store.key, *words, str(batch))
    return Product(
        store_key=store.key,
        product_id=product_id,
        number=number,
        parent_id=fixed_id("parent", line.parent),
        variant_id=fixed_id("variant", *words),
        parent_name=line.parent,
        variant_name=line.variant,
        category=line.category,
        brand=line.brand,
        strain=line.strain,
        species=line.species,
        price_cents=line.price_cents,
        sku="" if line.blank_sku else f"GM{product_id[:8].upper()}",
        quantity=quantity,
        back_stock=line.back_stock,
        grams=line.grams,
        milligrams=line.milligrams,
        thc=line.thc,
        purchase_category=line.purchase,
        tiers=line.tiers,
    )
