"""What systems may send, and how they are refused: with a status and, at most, the name of a field."""

import json
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
import time_machine

from bot.app import Bot
from handlers.requests import LARGEST_BODY
from tests.handlers.doors import Door, Knock, an_order, knock, wrong_secret
from tests.world import World

DOORS = ("web shop", "leafly", "flowhub", "slack")
SIGNED_IN_A_HEADER = ("web shop", "leafly", "slack")
STAMPED = ("web shop", "slack")


def assert_turned_away(answer: httpx.Response) -> None:
    assert answer.status_code == 401
    assert answer.content == b""


@pytest.mark.parametrize("name", DOORS)
async def test_a_proper_request_is_taken_and_again_as_well(
    web: httpx.AsyncClient, four: dict[str, Door], name: str
) -> None:
    one = four[name].knock(four[name].good())
    assert [(await knock(web, one)).status_code for _ in range(2)] == [200, 200]


@pytest.mark.parametrize("name", SIGNED_IN_A_HEADER)
async def test_no_signature_is_turned_away(web: httpx.AsyncClient, four: dict[str, Door], name: str) -> None:
    one = four[name].knock(four[name].good())
    assert_turned_away(await knock(web, one.without(one.signature)))


@pytest.mark.parametrize("name", DOORS)
async def test_somebody_elses_signature_is_turned_away(
    web: httpx.AsyncClient, four: dict[str, Door], name: str
) -> None:
    key = wrong_secret() if name == "web shop" else "0" * 43
    assert_turned_away(await knock(web, four[name].knock(four[name].good(), key=key)))


@pytest.mark.parametrize("name", SIGNED_IN_A_HEADER)
@pytest.mark.parametrize("value", ["", "v1,", "v1,=", "v0=", "v1,AAAA v1,BBBB", "ключ", "²", "v1", ",,,", "a" * 5000])
async def test_a_misshapen_signature_is_turned_away(
    web: httpx.AsyncClient, four: dict[str, Door], name: str, value: str
) -> None:
    one = four[name].knock(four[name].good())
    assert_turned_away(await knock(web, one.saying(one.signature, value)))


@pytest.mark.parametrize("name", SIGNED_IN_A_HEADER)
async def test_a_body_that_was_changed_on_the_way_is_turned_away(
    web: httpx.AsyncClient, four: dict[str, Door], name: str
) -> None:
    one = four[name].knock(four[name].good())
    changed = Knock(one.path, one.body + b" ", one.headers)
    assert_turned_away(await knock(web, changed))


@pytest.fixture
def a_held_second() -> Iterator[None]:
    """Time stands still: a stamp from the future comes of age while a slow machine carries it to the door."""
    with time_machine.travel(int(time.time()), tick=False):
        yield


@pytest.mark.usefixtures("a_held_second")
@pytest.mark.parametrize("name", STAMPED)
@pytest.mark.parametrize(
    ("aged", "status"), [(300, 200), (-300, 200), (301, 401), (-301, 401), (86400, 401), (-86400, 401)]
)
async def test_a_signature_is_good_for_five_minutes_either_way(
    web: httpx.AsyncClient, four: dict[str, Door], name: str, aged: float, status: int
) -> None:
    answer = await knock(web, four[name].knock(four[name].good(), aged=aged))
    assert answer.status_code == status
    if status == 401:
        assert answer.content == b""


@pytest.mark.parametrize("name", STAMPED)
@pytest.mark.parametrize("stamp", ["", "now", "²", "١٢٣", "1e9", "-1", "9" * 400, "nan", "inf", "12.5", "0x10"])
async def test_a_time_that_is_none_is_turned_away(
    web: httpx.AsyncClient, four: dict[str, Door], name: str, stamp: str
) -> None:
    one = four[name].knock(four[name].good())
    assert_turned_away(await knock(web, one.saying(one.stamp, stamp)))


@pytest.mark.parametrize("name", DOORS)
async def test_what_is_too_large_is_refused_by_its_own_word(
    web: httpx.AsyncClient, four: dict[str, Door], name: str
) -> None:
    one = four[name].knock(b" " * (LARGEST_BODY + 1))
    answer = await knock(web, one)
    assert answer.status_code == 413
    assert "1 MiB" in answer.json()["error"]


@pytest.mark.parametrize("name", DOORS)
async def test_what_is_too_large_is_refused_without_its_word(
    web: httpx.AsyncClient, four: dict[str, Door], name: str
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(1 + LARGEST_BODY // 65536):
            yield b" " * 65536

    one = four[name].knock(b"")
    answer = await web.post(one.path, content=chunks(), headers=one.headers)
    assert answer.status_code == 413


async def test_what_is_just_small_enough_is_read(web: httpx.AsyncClient, four: dict[str, Door]) -> None:
    order = json.dumps(an_order()).encode()
    answer = await knock(web, four["web shop"].knock(order + b" " * (LARGEST_BODY - len(order))))
    assert answer.status_code == 200


NO_JSON = [b"", b"{", b"no", b"[" * 100_000, b'{"a":' * 50_000, b"NaN", b'{"order_id": NaN}', b"9" * 10_000, b"\x00"]


@pytest.mark.parametrize("name", ["web shop", "leafly"])
@pytest.mark.parametrize("body", NO_JSON, ids=range(len(NO_JSON)))
async def test_what_is_no_json_is_named(web: httpx.AsyncClient, four: dict[str, Door], name: str, body: bytes) -> None:
    answer = await knock(web, four[name].knock(body))
    assert answer.status_code == 422
    assert answer.json() == {"error": "body: not JSON", "field": "body"}


@pytest.mark.parametrize("body", [b"{", b"[" * 100_000, b"[1]", b"NaN", b'{"orderId": {"a": 1}}', b'{"status": [1]}'])
async def test_a_postback_of_a_wrong_form_names_the_field(
    web: httpx.AsyncClient, four: dict[str, Door], body: bytes
) -> None:
    answer = await knock(web, four["flowhub"].knock(body))
    assert answer.status_code == 422
    assert answer.json()["field"] in {"body", "orderId", "status"}


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded", "text/xml"])
async def test_a_postback_of_another_form_is_taken_unread(
    web: httpx.AsyncClient, four: dict[str, Door], content_type: str
) -> None:
    """Which form it has is not documented (A1), and nothing in it is needed."""
    one = four["flowhub"].knock(b"orderId=7d3a").saying("Content-Type", content_type)
    assert (await knock(web, one)).status_code == 200
    assert (await knock(web, four["flowhub"].knock(b""))).status_code == 200


@pytest.mark.parametrize(
    ("body", "json_body", "field"),
    [
        (b"{", True, "body"),
        (b"[1]", True, "body"),
        (b"[" * 100_000, True, "body"),
        (b"{", False, "body"),
        (b"payload=%7B", False, "payload"),
        (b"payload=17", False, "payload"),
        (b"payload=" + b"[" * 100_000, False, "payload"),
        (b'{"type": "event_callback", "event": 17}', True, "event"),
        (b"payload=%7B%22type%22%3A%22block_actions%22%2C%22user%22%3A%22U1%22%7D", False, "payload.user"),
    ],
)
async def test_slacks_own_form_names_the_field(
    web: httpx.AsyncClient, four: dict[str, Door], body: bytes, json_body: bool, field: str
) -> None:
    answer = await knock(web, four["slack"].knock(body, json_body=json_body))
    assert answer.status_code == 422
    assert answer.json()["field"] == field


WRONG_FIELDS: list[tuple[str, Any]] = [
    ("order_id", ""),
    ("order_id", None),
    ("order_id", "x" * 101),
    ("order_id", "a\x00b"),
    ("order_id", "a\ud83d"),
    ("order_id", " padded "),
    ("placed_at", "yesterday"),
    ("placed_at", "2026-11-20T18:04:11"),
    ("placed_at", "0001-01-01T00:00:00+14:00"),
    ("placed_at", "9999-12-31T23:59:59-12:00"),
    ("placed_at", {}),
    ("type", "teleport"),
    ("customer", []),
    ("customer.first_name", "J" * 10_000),
    ("customer.birth_date", "12/04/1991"),
    ("customer.customer_type", "vip"),
    ("items", []),
    ("items", {}),
    ("items", [{}] * 201),
    ("items.0.name", ""),
    ("items.0.name", {}),
    ("items.0.quantity", 0),
    ("items.0.quantity", -1),
    ("items.0.quantity", 10_001),
    ("items.0.quantity", "many"),
    ("items.0.quantity", 1e-300),
    ("items.0.quantity", "NaN"),
    ("items.0.quantity", True),
    ("items.0.unit_price_cents", -1),
    ("items.0.unit_price_cents", 12.5),
    ("items.0.unit_price_cents", 10**40),
    ("address", {"street1": "1 Main Street"}),
    ("fees", [{"name": "Bag", "amount_cents": "a lot"}]),
    ("note", "n" * 1001),
    ("total_cents", 10**12),
    ("requested_from", "soon"),
]


@pytest.mark.parametrize(("field", "value"), WRONG_FIELDS, ids=range(len(WRONG_FIELDS)))
async def test_a_wrong_field_is_named_and_its_value_is_not_repeated(
    web: httpx.AsyncClient, four: dict[str, Door], field: str, value: Any
) -> None:
    order = an_order(**{field.replace(".", "__"): value})
    answer = await knock(web, four["web shop"].knock(json.dumps(order).encode()))
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"].startswith(field)
    assert answer.json()["error"].startswith(field)
    assert len(answer.text) < 400
    assert "yesterday" not in answer.text


@pytest.mark.parametrize(
    ("event", "field"),
    [
        ({"eventType": "order_submit"}, "orderId"),
        ({"eventType": "order_submit", "orderId": "a b"}, "orderId"),
        ({"eventType": 17, "orderId": []}, "orderId"),
        ({"orderId": 17}, "eventType"),
        ({"eventType": "order_submit", "orderId": 17, "acknowledgeBy": "soon"}, "acknowledgeBy"),
    ],
)
async def test_a_wrong_field_of_leaflys_is_named(
    web: httpx.AsyncClient, four: dict[str, Door], bot: Bot, event: dict[str, Any], field: str
) -> None:
    body = json.dumps({"orderIntegrationKey": bot.desk.store("downtown").leafly_key, **event}).encode()
    answer = await knock(web, four["leafly"].knock(body))
    assert answer.status_code == 422
    assert answer.json()["field"].startswith(field)


async def test_an_unknown_store_is_said_to_be_unknown(web: httpx.AsyncClient, four: dict[str, Door]) -> None:
    event = json.dumps({"eventType": "order_submit", "orderId": 1, "orderIntegrationKey": "nobody's"}).encode()
    for one in (
        four["web shop"].knock(four["web shop"].good(), store="nowhere"),
        four["web shop"].knock(four["web shop"].good(), store="%00"),
        four["flowhub"].knock(b"{}", store="nowhere"),
        four["leafly"].knock(event),
    ):
        answer = await knock(web, one)
        assert answer.status_code == 404
        assert answer.json() == {"error": "There is no such store here."}
    missing = await knock(web, four["web shop"].knock(four["web shop"].good(), store=""))
    assert (missing.status_code, missing.json()["field"]) == (422, "store")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "nonsense"])
@pytest.mark.parametrize("name", ["web shop", "leafly"])
async def test_a_packed_body_is_named_as_such(
    web: httpx.AsyncClient, four: dict[str, Door], name: str, encoding: str
) -> None:
    one = four[name].knock(four[name].good()).saying("Content-Encoding", encoding)
    assert (await knock(web, one)).status_code == 415


async def test_what_a_wrong_clock_turned_away_is_taken_when_it_was_set_right(
    house: World, web: httpx.AsyncClient, four: dict[str, Door]
) -> None:
    """Ten minutes ahead or behind, every signature is stale; the sender signs its next try anew, and nothing was half done."""
    order = json.dumps(an_order(customer__first_name="Clara", customer__last_name="Ocker")).encode()
    for aged in (600, -600):
        assert_turned_away(await knock(web, four["web shop"].knock(order, aged=aged)))
        assert_turned_away(await knock(web, four["slack"].knock(four["slack"].good(), aged=aged)))
    assert (await knock(web, four["web shop"].knock(order))).status_code == 200
    assert (await knock(web, four["slack"].knock(four["slack"].good()))).status_code == 200
    await house.card("Clara O.")
