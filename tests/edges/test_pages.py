"""Reading long lists from a Flowhub that does its worst."""

import asyncio
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from aiohttp import web

from bot import calls
from bot.errors import Unauthorised, Unavailable
from bot.flowhub import Flowhubs
from bot.flowhub.pages import LARGEST_PAGE, stretches
from bot.outgoing import http_client
from bot.rules.stores import Credentials
from tests.edges.other_side import OtherSide, other_side, truncated
from tests.faults.short_waits import shorten

Serve = Callable[[int, int, int], web.StreamResponse | list[Any] | bytes]
"""Number of the request, page, page size → an answer, a page's records, or a body."""
CREDENTIALS = Credentials(flowhub_client_id="client", flowhub_key="key")
PEOPLE = [{"id": f"c{number:04}", "name": f"Person {number}"} for number in range(1234)]


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    shorten(monkeypatch.setattr)


def page(records: list[Any], number: int, size: int) -> list[Any]:
    return records[(number - 1) * size : number * size]


async def read(serve: Serve, *, offset: int = 0) -> tuple[list[str], list[str], OtherSide]:
    """The ids in the order in which they came, the reasons of what was parked, and the server."""
    requests = 0
    asked: list[tuple[int, int]] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        nonlocal requests
        requests += 1
        query = parse_qs(request.query_string)
        number, size = int(query["page"][0]), int(query["page_size"][0])
        asked.append((number, size))
        made = serve(requests, number, size)
        if isinstance(made, web.StreamResponse):
            return made
        body = made if isinstance(made, bytes) else json.dumps({"data": made}).encode()
        return web.Response(body=body, content_type="application/json")

    ids: list[str] = []
    parked: list[str] = []
    async with other_side(answer) as side, http_client(timeout=5) as client:
        flowhubs = Flowhubs(
            client, url=side.url, auth_url=side.url, requests_per_second=10_000, pages_per_second=10_000
        )
        account = flowhubs.account(CREDENTIALS)
        async for stretch in account.customer_pages(None, lambda why, _record: parked.append(why), offset=offset):
            ids += [record.fh_id for record in stretch.records]
    side.asked = [f"{number}/{size}" for number, size in asked]
    return ids, parked, side


IDS = [person["id"] for person in PEOPLE]


async def test_every_page_is_read_in_order() -> None:
    ids, parked, side = await read(lambda _n, number, size: page(PEOPLE, number, size))
    assert (ids, parked) == (IDS, [])
    assert side.asked == ["1/500", "2/500", "3/500", "4/500"]


async def test_with_a_total_no_page_too_many_is_asked_for() -> None:
    def serve(_n: int, number: int, size: int) -> bytes:
        return json.dumps({"total": len(PEOPLE), "data": page(PEOPLE, number, size)}).encode()

    ids, _, side = await read(serve)
    assert (ids, len(side.asked)) == (IDS, 3)


async def test_a_reading_goes_on_at_any_row() -> None:
    for offset in (500, 750, 1125, 1, 1233):
        ids, _, _ = await read(lambda _n, number, size: page(PEOPLE, number, size), offset=offset)
        assert ids == IDS[offset:]


@pytest.mark.parametrize("largest", [499, 300, 250, 100, 25, 3])
async def test_big_pages_that_fail_are_read_in_smaller_ones(largest: int) -> None:
    people = PEOPLE[: max(60, largest * 3)]

    def serve(_n: int, number: int, size: int) -> Any:
        return web.Response(status=500) if size > largest else page(people, number, size)

    ids, parked, _ = await read(serve)
    assert (ids, parked) == ([person["id"] for person in people], [])


@pytest.mark.parametrize("cap", [100, 7, 499])
async def test_pages_that_are_smaller_than_asked_for_are_not_the_end(cap: int) -> None:
    ids, _, _ = await read(lambda _n, number, size: page(PEOPLE, number, min(size, cap)))
    assert ids == IDS


@pytest.mark.parametrize(("cap", "offset"), [(100, 500), (100, 1000), (40, 1013), (5, 25), (7, 1232)])
async def test_a_reading_that_goes_on_where_pages_are_smaller_than_asked_for_misses_nothing(
    cap: int, offset: int
) -> None:
    """Page 2 of 500 would be rows 100 to 199 there."""
    ids, parked, _ = await read(lambda _n, number, size: page(PEOPLE, number, min(size, cap)), offset=offset)
    assert (list(dict.fromkeys(ids)), parked) == (IDS[offset:], [])


async def test_capped_pages_that_fail_are_read_in_smaller_ones_without_a_gap() -> None:
    def serve(n: int, number: int, size: int) -> Any:
        return web.Response(status=502) if n in (4, 5) else page(PEOPLE, number, min(size, 100))

    ids, _, _ = await read(serve)
    assert sorted(set(ids)) == IDS


async def test_one_record_that_cannot_be_served_is_parked_and_the_others_are_read() -> None:
    def serve(_n: int, number: int, size: int) -> Any:
        shown = page(PEOPLE, number, size)
        return web.Response(status=500) if any(one["id"] == "c0777" for one in shown) else shown

    ids, parked, _ = await read(serve)
    assert ids == [one for one in IDS if one != "c0777"]
    assert len(parked) == 1
    assert "can't serve" in parked[0]


async def test_a_flowhub_that_is_down_altogether_is_no_bad_record() -> None:
    with pytest.raises(Unavailable):
        await read(lambda n, number, size: page(PEOPLE, number, size) if n < 2 else web.Response(status=503))


async def test_a_storm_of_429_is_waited_out() -> None:
    def serve(n: int, number: int, size: int) -> Any:
        return web.Response(status=429) if n % 3 else page(PEOPLE, number, size)

    ids, parked, side = await read(serve)
    assert (ids, parked) == (IDS, [])
    assert {one.partition("/")[2] for one in side.asked} == {"500"}


async def test_a_401_in_the_middle_ends_the_reading_at_once() -> None:
    asked: list[int] = []

    def serve(n: int, number: int, size: int) -> Any:
        asked.append(n)
        return web.json_response({"error": ["Unauthorized"]}, status=401) if number > 1 else page(PEOPLE, number, size)

    with pytest.raises(Unauthorised):
        await read(serve)
    assert len(asked) == 2


HTML = b"<html><body>Bad Gateway</body></html>"


@pytest.mark.parametrize("garbage", [HTML, b'{"data": [{"id": "c0000", "na', b"", b"null", b"17", b"[[", b"\xff\xfe"])
async def test_garbage_that_goes_away_costs_a_few_requests_and_nothing_else(garbage: bytes) -> None:
    def serve(n: int, number: int, size: int) -> Any:
        return garbage if n in (2, 3) else page(PEOPLE, number, size)

    ids, parked, _ = await read(serve)
    assert (ids, parked) == (IDS, [])


async def test_a_body_that_is_cut_off_is_asked_for_again() -> None:
    cut = 0

    async def answer(request: web.Request) -> web.StreamResponse:
        nonlocal cut
        query = parse_qs(request.query_string)
        body = json.dumps({"data": page(PEOPLE, int(query["page"][0]), int(query["page_size"][0]))}).encode()
        if "page=2&" in request.query_string and cut < 2:
            cut += 1
            return await truncated(body[:2000])(request)
        return web.Response(body=body, content_type="application/json")

    async with other_side(answer) as side, http_client(timeout=5) as client:
        flowhubs = Flowhubs(client, url=side.url, auth_url=side.url, requests_per_second=1000, pages_per_second=1000)
        pages = flowhubs.account(CREDENTIALS).customer_pages(None, lambda _why, _record: None)
        assert [record.fh_id async for stretch in pages for record in stretch.records] == IDS
    assert cut == 2


async def test_a_page_of_fifty_megabytes_is_read_in_smaller_ones() -> None:
    people = [dict(one) for one in PEOPLE[:200]]
    people[90]["note"] = "x" * (LARGEST_PAGE - 2_000_000)
    people[10]["note"] = "x" * 20_000_000

    ids, parked, _ = await read(lambda _n, number, size: page(people, number, size))
    assert (ids, parked) == ([one["id"] for one in people], [])


async def test_the_last_page_again_and_again_is_the_end() -> None:
    def serve(_n: int, number: int, size: int) -> Any:
        return page(PEOPLE, number, size) or page(PEOPLE, 3, size)

    ids, _, side = await read(serve)
    assert sorted(set(ids)) == IDS
    assert len(side.asked) < 8


async def test_a_page_that_comes_twice_in_the_middle_is_not_the_end() -> None:
    def serve(_n: int, number: int, size: int) -> Any:
        return page(PEOPLE, 1 if number == 2 else max(1, number - (number > 2)), size)

    ids, _, _ = await read(serve)
    assert sorted(set(ids)) == IDS


async def test_the_next_page_is_fetched_while_the_caller_works() -> None:
    fetched = asyncio.Event()

    async def fetch(number: int, size: int) -> bytes:
        if number == 2:
            fetched.set()
        return json.dumps(page(PEOPLE, number, size)).encode()

    async for _ in stretches(fetch, lambda _why, _record: None):
        await asyncio.wait_for(fetched.wait(), 5)
        break


async def test_whoever_stops_reading_leaves_no_request_behind() -> None:
    before = asyncio.all_tasks()

    async def fetch(number: int, size: int) -> bytes:
        if number > 1:
            await asyncio.Event().wait()
        return json.dumps(page(PEOPLE, number, size)).encode()

    pages = stretches(fetch, lambda _why, _record: None)
    await anext(pages)
    await pages.aclose()
    assert not {task for task in asyncio.all_tasks() - before if not task.done()}


async def test_a_call_says_how_large_an_answer_may_be() -> None:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"x" * 2000)

    async with other_side(answer) as side, httpx.AsyncClient() as client:
        assert await calls.content_of(client, calls.pace(1), "GET", side.url, what="It") == b"x" * 2000
