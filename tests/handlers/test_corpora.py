"""Hostile input at the doors of a running bot: packed bombs, requests that are sent again, words that would call people."""

import gzip
import json
import os
import re
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from bot.app import Bot
from bot.rules.history import Happened
from bot.rules.order_values import Source
from bot.store import history, orders
from tests.handlers.doors import Door, an_order, knock
from tests.world import World

BOMB = gzip.compress(b" " * 2**28, compresslevel=9)
"""A quarter of a gigabyte in a quarter of a megabyte."""
MEGABYTE = 2**20
LIVE = re.compile(r"<(?:!(?!date\^)|@|#|https?:|mailto:|tel:)")
"""What Slack turns into a call, a mention or a link."""
HOSTILE = [
    "<!channel>", "<!here>", "<!everyone>", "<@U0123ABC>", "<#C0123ABC>", "<!subteam^S0123>", "<https://evil.example|Cashier>",
    "<mailto:a@b.c|Pay>", "<tel:+1900|Call>", "<!date^0^{date}^https://evil.example|now>", "&lt;!channel&gt;",
    "<!chan\u200bnel>", "<\u202e!channel>", "<<!channel>>", "*<!channel>*", "`<!channel>`", "> <!here>", "<!channel\n>",
    "\\<!channel\\>", "{{7*7}}", "${jndi:ldap://x}", "=cmd|' /C calc'!A0", "'; DROP TABLE orders; --", "../../etc/passwd",
]  # fmt: skip
AT_ONCE = 4


def memory() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / MEGABYTE


@pytest.mark.parametrize("name", ["web shop", "leafly", "flowhub", "slack"])
async def test_a_packed_bomb_is_not_unpacked(web: httpx.AsyncClient, four: dict[str, Door], name: str) -> None:
    one = four[name].knock(BOMB).saying("Content-Encoding", "gzip")
    before = memory()
    answers = [await knock(web, one) for _ in range(3)]
    assert {answer.status_code for answer in answers} <= {200, 401, 415, 422}
    assert memory() - before < 30


async def test_a_command_that_is_sent_again_and_again_has_one_effect(
    house: World, web: httpx.AsyncClient, four: dict[str, Door], bot: Bot
) -> None:
    """The very same bytes, signature and time, as somebody would who caught them on the way."""
    order = an_order(customer__first_name="Otto", customer__last_name="Quist", customer__birth_date="1990-02-03")
    assert (await knock(web, four["web shop"].knock(json.dumps(order).encode()))).status_code == 200
    card = await house.card("Otto Q.", "Claim")
    form = {
        "command": "/orders",
        "text": f"cancel {card.text.partition(' ')[0]} out_of_stock",
        "user_id": house.budtender,
        "channel_id": house.channel,
        "team_id": "T1",
        "response_url": f"{house.sandbox.urls['slack']}/commands/T1/1/none",
        "trigger_id": "1.2.3",
    }
    caught = four["slack"].knock(urlencode(form).encode())
    assert {(await knock(web, caught)).status_code for _ in range(5)} == {200}
    await house.card("Otto Q.", "asked by Imani")
    async with bot.database.read() as tx:
        found = await orders.by_source(tx, "downtown", Source.STOREFRONT, order["order_id"])
        assert found is not None
        happened = [event.kind for event in await history.of_order(tx, found.key)]
    assert happened.count(Happened.CANCEL_ASKED) == 1


async def test_no_shoppers_words_call_anybody_or_become_a_link(
    house: World, web: httpx.AsyncClient, four: dict[str, Door]
) -> None:
    for number in range(0, len(HOSTILE), AT_ONCE):
        words = HOSTILE[number : number + AT_ONCE]
        order = an_order(
            customer__first_name=f"{' '.join(words)} Quintus",
            customer__last_name=words[0],
            items=[{"name": f"{one} Mints", "quantity": 1, "discount_note": one} for one in words],
            note=f"{' '.join(words)} note-{number}",
        )
        answer = await knock(web, four["web shop"].knock(json.dumps(order).encode()))
        assert answer.status_code == 200, (words, answer.text)
    for number in range(0, len(HOSTILE), AT_ONCE):
        await house.card(f"note-{number}")
    card = await house.card("note-0")
    await house.press(house.budtender, card, "reveal_contact")
    await house.submit(house.budtender, {"reason": "Delivery"})
    shown = await house.told_privately(house.budtender, "Contact details")
    for message in [*house.slack.all_messages(), shown]:
        whole = json.dumps([message.text, list(message.every_block())], ensure_ascii=False)
        assert LIVE.findall(whole) == [], whole
