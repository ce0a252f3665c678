"""Customers, sales and profiles between values and rows, and finding one customer. Writing many is `bulk`'s business."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import func, select

from bot.rules.customers import BoughtLine, CustomerSale, Personal
from bot.rules.profiles import Profile
from bot.store.bulk.tables import SALES
from bot.store.customer_rows import AccountRow, CustomerRow, ProfileRow, SaleRow
from bot.store.packing import Packed
from bot.store.transaction import Tx
from bot.vault import DataKey

customers: Any = CustomerRow.__table__  # type: ignore[attr-defined]
sales: Any = SaleRow.__table__  # type: ignore[attr-defined]
profiles: Any = ProfileRow.__table__  # type: ignore[attr-defined]
accounts: Any = AccountRow.__table__  # type: ignore[attr-defined]

_lines = msgspec.json.Decoder(list[tuple[str, str, int]])


def sale_of(row: Packed, as_read: Callable[[Any], datetime | None]) -> CustomerSale:
    """A sale out of a bulk row."""
    named = dict(zip(SALES.columns, row, strict=True))
    return CustomerSale(
        sale_id=named["sale_id"],
        order_id=named["order_id"],
        store_id=named["store_id"],
        customer_id=named["customer_id"],
        created_at=as_read(named["created_at"]),  # type: ignore[arg-type]  # never null
        completed_at=as_read(named["completed_at"]),
        order_type=named["order_type"],
        status=named["status"],
        budtender=named["budtender"],
        is_voided=bool(named["is_voided"]),
        total_cents=named["total_cents"],
        original_id=named["original_id"],
        lines=tuple(
            BoughtLine(product, category, bool(voided)) for product, category, voided in _lines.decode(named["lines"])
        ),
    )


@dataclass(frozen=True)
class Kept:
    """What is kept of one customer, for a permitted person. The medical id is not among it, and `repr` shows nothing."""

    fh_id: str
    account: str
    is_loyal: bool
    points: int
    state: str
    city: str
    postal_code: str
    latitude: float | None
    longitude: float | None
    consents_email: bool
    consents_sms: bool
    groups: tuple[str, ...]
    personal: Personal
    profile: Profile | None

    def __repr__(self) -> str:
        return f"Kept({self.fh_id!r})"


async def data_key(tx: Tx, account: str) -> DataKey:
    """The account's key, made when there is none yet. Needs a transaction that writes."""
    query = tx.locked(select(accounts.c.sealed_key).where(accounts.c.key == account))
    sealed = (await tx.connection.execute(query)).scalar()
    if not sealed:
        sealed = tx.vault.new_data_key()
        await tx.connection.execute(accounts.update().where(accounts.c.key == account).values(sealed_key=sealed))
    return tx.vault.data_key(sealed)


async def data_key_of(tx: Tx, account: str) -> DataKey | None:
    """The account's key; None before its first sync."""
    sealed = (await tx.connection.execute(select(accounts.c.sealed_key).where(accounts.c.key == account))).scalar()
    return tx.vault.data_key(sealed) if sealed else None


async def find(tx: Tx, account: str, *, fh_id: str = "", email: str = "", mobile: str = "") -> Sequence[Kept]:
    """Customers with this id, e-mail address (small letters) or phone (E.164); vanished ones are not among them."""
    key = await data_key_of(tx, account)
    if key is None:
        return []
    query = select(customers).where(customers.c.account == account, customers.c.vanished_at.is_(None))
    if fh_id:
        query = query.where(customers.c.fh_id == fh_id)
    elif email:
        query = query.where(customers.c.email_print == key.printer("email")(email.encode()))
    else:
        query = query.where(customers.c.mobile_print == key.printer("mobile")(mobile.encode()))
    rows = (await tx.connection.execute(query.order_by(customers.c.fh_id).limit(20))).mappings().all()
    return [kept_of(row, key, await profile(tx, account, row["fh_id"])) for row in rows]


def kept_of(row: Any, key: DataKey, derived: Profile | None) -> Kept:
    opened = key.open(bytes(row["sealed"]), f"{row['account']} {row['fh_id']}")
    return Kept(
        fh_id=row["fh_id"],
        account=row["account"],
        is_loyal=row["is_loyal"],
        points=row["points"],
        state=row["state"],
        city=row["city"],
        postal_code=row["postal_code"],
        latitude=row["latitude"],
        longitude=row["longitude"],
        consents_email=row["consents_email"],
        consents_sms=row["consents_sms"],
        groups=tuple(json.loads(row["groups"])),
        personal=Personal(*json.loads(opened)),
        profile=derived,
    )


async def profile(tx: Tx, account: str, fh_id: str) -> Profile | None:
    query = select(profiles).where(profiles.c.account == account, profiles.c.fh_id == fh_id)
    row = (await tx.connection.execute(query)).mappings().first()
    if row is None:
        return None
    named = {name: row[name] for name in Profile._fields}
    return Profile(**named | {name: tuple(json.loads(row[name])) for name in ("products", "categories")})


async def counts(tx: Tx, account: str) -> tuple[int, int]:
    """How many customers and how many sales are kept, vanished ones not counted."""
    found = []
    for table in (customers, sales):
        query = select(func.count()).select_from(table).where(table.c.account == account, table.c.vanished_at.is_(None))
        found.append(int((await tx.connection.execute(query)).scalar_one()))
    return found[0], found[1]
