"""Who is in a segment: some of them, masked, or all whom a message may reach, as a file for one person."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.customers.finding import shown
from bot.desk import Desk
from bot.desk.recording import note_deed
from bot.errors import Refused
from bot.rules.audit import Deed
from bot.rules.customer_views import Shown
from bot.rules.permissions import Person
from bot.rules.segments.catalogue import Segment
from bot.rules.stores import Store
from bot.store import Tx
from bot.store.customers import Kept
from bot.store.segment_people import how_many, some_members

SHOWN = 15
MOST_IN_A_FILE = 200_000
AT_ONCE = 500
COLUMNS = (
    "fh_id",
    "first_name",
    "last_name",
    "email",
    "mobile",
    "orders",
    "spent",
    "last_order",
)
_A_NUMBER = re.compile(r"\+?\d+(?:\.\d+)?")
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class Members:
    count: int
    some: Sequence[Shown]


@dataclass(frozen=True)
class File:
    """CSV in UTF-8, with a line of names. `withheld` agreed to neither texts nor e-mail, or have no address for what they
    agreed to."""

    content: bytes
    listed: int
    withheld: int

    def __repr__(self) -> str:
        return f"File({self.listed}, {self.withheld})"


async def look(
    desk: Desk, account: str, segment: Segment, person: Person, store: Store, names: Mapping[str, Store]
) -> Members:
    """The first few, masked; that somebody looked is in the log. `names` are the account's stores by the id of its sales."""
    async with desk.database.write() as tx:
        count = await how_many(tx, account, segment)
        some = await some_members(tx, account, segment, after="", most=SHOWN)
        await note_deed(tx, store, person, Deed.SEE_MEMBERS, f"segment {segment.key}", now=desk.now())
    return Members(count, [shown(one, names) for one in some])


async def as_file(desk: Desk, account: str, segment: Segment, person: Person, store: Store, reason: str) -> File:
    """Everybody whom a text or an e-mail may reach. It is in the log before it is made: a file that nobody knows of must not
    be. Raises Refused for too many."""
    async with desk.database.write() as tx:
        if await how_many(tx, account, segment) > MOST_IN_A_FILE:
            raise Refused(f"A file has at most {MOST_IN_A_FILE:,} members: make a segment that asks for fewer.")
        await note_deed(tx, store, person, Deed.EXPORT_MEMBERS, f"segment {segment.key}", now=desk.now(), reason=reason)
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(COLUMNS)
    listed = withheld = 0
    after = ""
    while True:

        async def some(tx: Tx, after: str = after) -> Sequence[Kept]:
            return await some_members(tx, account, segment, after=after, most=AT_ONCE)

        page = await desk.database.aside.read(some)
        for one in page:
            row = row_of(one)
            listed, withheld = listed + (row is not None), withheld + (row is None)
            if row is not None:
                lines.writerow(row)
        if len(page) < AT_ONCE:
            break
        after = page[-1].fh_id
    return File(text.getvalue().encode(), listed, withheld)


def row_of(one: Kept) -> list[str] | None:
    """None for somebody whom nothing may reach. An address that they did not agree to be reached by is not in it."""
    email = one.personal.email if one.consents_email else ""
    mobile = one.personal.mobile if one.consents_sms else ""
    if not (email or mobile):
        return None
    bought = one.profile
    last = bought.last_order_at if bought is not None else None
    cells = (
        one.fh_id,
        one.personal.first_name,
        one.personal.last_name,
        email,
        mobile,
        str(bought.total_orders if bought is not None else 0),
        f"{(bought.total_spent_cents if bought is not None else 0) / 100:.2f}",
        last.date().isoformat() if last is not None else "",
    )
    return [defused(cell) for cell in cells]


def defused(cell: str) -> str:
    """What a spreadsheet would take for a formula begins with an apostrophe. A phone number is a number, sign and all."""
    is_harmless = not cell.startswith(_BEGINS_A_FORMULA) or _A_NUMBER.fullmatch(cell)
    return cell if is_harmless else f"'{cell}"
