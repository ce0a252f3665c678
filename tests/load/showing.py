"""What people can see in Slack of each order, by Slack's own record: its card, or its line in the channel's living message."""

import asyncio
import re
import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.messages.words import COLUMNS, look_of_status
from bot.rules.orders import Column, stage_of
from bot.sandbox.flowhub import PosOrder
from bot.sandbox.slack import Message
from tests.load.many_workspaces import Rig

HEADS = {name: column for column, (_, name) in COLUMNS.items()}
HEAD = re.compile(r"\*(" + "|".join(HEADS) + r")\* \(")
SHORT_ID = re.compile(r"\*([AHMRWXY]\d+)\*")
LOOK_EVERY_SECONDS = 2.0
Where = tuple[str, str]


@dataclass(frozen=True)
class Showing:
    """How many orders' state can be seen nowhere (`unseen`), and how many lack a card of their own that says it
    (`without_card`). Orders that are over need none; a card of theirs that is there must say so."""

    orders: int
    unseen: int
    without_card: int
    over_without_card: int
    doubled: int
    living: int
    caught_up: int
    summed_up: int
    most_in_a_channel: int


class Watch:
    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        self._short_ids: dict[str, str] = {}

    def look(self) -> Showing:
        orders = self._rig.sandbox.flowhub.orders
        cards: dict[str, list[str]] = {}
        listed: dict[Where, Column] = {}
        boards: list[Message] = []
        for team in self._rig.teams:
            for message in team.cards(event_type="order_ahead"):
                payload = (message.metadata or {})["event_payload"]
                if payload["part"] == "card":
                    cards.setdefault(payload["order_key"], []).append(message.text)
                elif payload["part"] == "rush":
                    boards.append(message)
                    listed |= _listed(message)
        keys = self._keys(orders)
        unseen = without = over = 0
        for order in orders:
            key, column = _key(order), stage_of(order.status).column
            right = any(f" · {look_of_status(order.status).word} · " in text for text in cards.get(key, []))
            if column is Column.CLOSED:
                over += key not in cards
                wrong = key in cards and not right
                unseen, without = unseen + wrong, without + wrong
                continue
            where = (self._rig.channels[order.store.key], keys.get(key, ""))
            without += not right
            unseen += not right and listed.get(where) is not column
        texts = [message.text + _words(message) for message in boards]
        return Showing(
            orders=len(orders),
            unseen=unseen,
            without_card=without,
            over_without_card=over,
            doubled=sum(len(found) > 1 for found in cards.values()),
            living=sum("All caught up" not in text for text in texts),
            caught_up=sum("All caught up" in text for text in texts),
            summed_up=sum(
                int(found) for text in texts for found in re.findall(r"(\d+) orders? w\w+ over before", text)
            ),
            most_in_a_channel=max((sum(b.channel == a.channel for b in boards) for a in boards), default=0),
        )

    async def known(self, *, seconds: float) -> None:
        """Until the bot knows of each order what Flowhub does."""
        await self._rig.sandbox.flowhub.postbacks.settled()
        await self._until(self._is_known, seconds)

    async def until_carded(self, *, seconds: float) -> None:
        """Until each order has its card, and it is right."""
        await self._until(lambda: not self.look().without_card, seconds)

    async def _until(self, true: Callable[[], bool], seconds: float) -> None:
        """Looked at seldom: whoever looks keeps the other side, which lives in the same process, from answering."""
        ends_at = time.monotonic() + seconds
        while not true() and time.monotonic() < ends_at:  # noqa: ASYNC110
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    def _is_known(self) -> bool:
        with sqlite3.connect(self._rig.database) as connection:
            known = dict(connection.execute("SELECT key, json_extract(doc, '$.status') FROM orders"))
        connection.close()
        return all(known.get(_key(order)) == order.status for order in self._rig.sandbox.flowhub.orders)

    def _keys(self, orders: list[PosOrder]) -> Mapping[str, str]:
        if len(self._short_ids) < len(orders):
            with sqlite3.connect(self._rig.database) as connection:
                self._short_ids = dict(connection.execute("SELECT key, short_id FROM orders"))
            connection.close()
        return self._short_ids


def _key(order: PosOrder) -> str:
    return str(order.body["customer"]["externalId"])


def _words(message: Message) -> str:
    parts = [part for block in message.every_block() for part in (block.get("text"), *block.get("elements", ()))]
    return "\n".join(str(part.get("text", "")) for part in parts if isinstance(part, dict))


def _listed(message: Message) -> dict[Where, Column]:
    """Where each short id stands in a living message."""
    found: dict[Where, Column] = {}
    column: Column | None = None
    for line in _words(message).splitlines():
        if head := HEAD.search(line):
            column = HEADS[head[1]]
        elif column is not None:
            found |= {(message.channel, short_id): column for short_id in SHORT_ID.findall(line)}
    return found


def count(database: Path, query: str) -> int:
    with sqlite3.connect(database) as connection:
        (number,) = connection.execute(query).fetchone()
    connection.close()
    return int(number)
