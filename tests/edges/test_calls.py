"""How a call ends, whatever the other side answers."""

import asyncio
import gzip
import time

import httpx
import pytest

from bot import calls
from bot.errors import OrderAheadError, Refused, Unauthorised, Unavailable, Unreadable
from tests.edges.other_side import Answer, dripping, other_side, saying, truncated

HTML = "<html><body><h1>403 Forbidden</h1>nginx</body></html>"
SECRET = "canary-3f1c"  # must not come back in a sentence

ANSWERS: list[tuple[str, Answer, type[OrderAheadError], str]] = [
    (
        "401",
        saying('{"error":["Unauthorized"],"message":"Invalid key","status":401}', status=401),
        Unauthorised,
        "creden",
    ),
    ("403 as a page", saying(HTML, status=403, content_type="text/html"), Unauthorised, "HTTP 403"),
    ("404 with the date text", saying("created_after must be in format yyyy-mm-dd", status=404), Refused, "yyyy-mm-dd"),
    ("404 as a page", saying(HTML, status=404, content_type="text/html"), Refused, "HTTP 404"),
    ("422 with a list", saying('{"errors":["customer is required"]}', status=422), Refused, "customer is required"),
    ("422 with objects", saying('{"errors":[{"detail":"no such"}]}', status=422), Refused, "no such"),
    ("400 deeply nested", saying("[" * 100_000, status=400), Refused, "said no"),
    ("400 with a number", saying('{"message": 17}', status=400), Refused, "HTTP 400"),
    ("429 without headers", saying("", status=429), Unavailable, "too often"),
    (
        "429 until a date",
        saying("", status=429, headers={"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}),
        Unavailable,
        "often",
    ),
    ("429 with odd digits", saying("", status=429, headers={"Retry-After": "²"}), Unavailable, "too often"),
    ("500", saying(HTML, status=500, content_type="text/html"), Unavailable, "HTTP 500"),
    ("502 with a key in it", saying(SECRET, status=502), Unavailable, "HTTP 502"),
    ("a redirect", saying(HTML, status=302, headers={"Location": "http://127.0.0.1:9/"}), Unavailable, "not data"),
    ("garbage", saying('{"data": [{"id": 17, "na'), Unavailable, "not data"),
    ("a page for data", saying(HTML, content_type="text/html"), Unavailable, "not data"),
    ("no text at all", saying(b"\xff\xfe\x00\x01"), Unavailable, "not data"),
    ("deeply nested", saying("[" * 100_000), Unavailable, "not data"),
    ("a number too long to read", saying("9" * 10_000), Unavailable, "not data"),
    ("packed wrongly", saying(b"not gzip", headers={"Content-Encoding": "gzip"}), Unavailable, "did not answer"),
    ("cut short", truncated(b'{"data": ['), Unavailable, "did not answer"),
]


@pytest.mark.parametrize(("answer", "error", "words"), [row[1:] for row in ANSWERS], ids=[row[0] for row in ANSWERS])
async def test_each_bad_answer_is_the_error_that_names_the_reaction(
    client: httpx.AsyncClient, answer: Answer, error: type[OrderAheadError], words: str
) -> None:
    async with other_side(answer) as side:
        with pytest.raises(error) as caught:
            await calls.call(client, calls.pace(15), "GET", side.url, what="Flowhub")
    assert words in caught.value.sentence or f"n{words}" in caught.value.sentence
    assert SECRET not in caught.value.sentence
    assert "<" not in caught.value.sentence


@pytest.mark.parametrize(
    ("body", "value"),
    [("", None), ("  \n", None), ("null", None), ('{"a": NaN}', {"a": None}), ('{"a": Infinity}', {"a": None})],
)
async def test_nothing_null_and_what_json_does_not_have_are_nothing(
    client: httpx.AsyncClient, body: str, value: object
) -> None:
    async with other_side(saying(body)) as side:
        assert await calls.call(client, calls.pace(15), "GET", side.url, what="Flowhub") == value


async def test_an_answer_may_not_fill_the_memory(client: httpx.AsyncClient) -> None:
    """Two MiB on the wire, over two GiB unpacked: reading stops soon after the limit."""
    bomb = gzip.compress(b" " * (calls.LARGEST_ANSWER + 2**20), compresslevel=1)
    async with other_side(saying(bomb, headers={"Content-Encoding": "gzip"})) as side:
        with pytest.raises(Unreadable, match="more than 64 MiB"):
            await calls.call(client, calls.pace(15), "GET", side.url, what="Flowhub")


async def test_a_try_ends_in_time_although_each_byte_comes_in_time(client: httpx.AsyncClient) -> None:
    async with other_side(dripping(5)) as side:
        with pytest.raises(Unavailable, match="did not answer"):
            await calls.call(client, calls.pace(15), "GET", side.url, what="Flowhub", timeout=0.2)


async def test_a_read_has_a_deadline_for_all_its_tries_together(client: httpx.AsyncClient) -> None:
    began = time.monotonic()
    async with other_side(dripping(5)) as side:
        with pytest.raises(Unavailable):
            await calls.until_deadline(
                lambda: calls.call(client, calls.pace(15), "GET", side.url, what="Flowhub", timeout=0.15),
                what="Flowhub",
                seconds=0.5,
            )
        assert 1 <= len(side.asked) <= 4
    assert time.monotonic() - began < 3


async def test_a_read_is_tried_again_until_it_works(client: httpx.AsyncClient) -> None:
    async with other_side(saying("", status=429)) as side:

        async def read() -> object:
            if len(side.asked) == 2:
                side.answer = saying('{"data": []}')
            return await calls.call(client, calls.pace(15), "GET", side.url, what="Flowhub")

        assert await calls.until_deadline(read, what="Flowhub") == {"data": []}
        assert len(side.asked) == 3


async def test_what_was_refused_is_not_tried_again(client: httpx.AsyncClient) -> None:
    async with other_side(saying("no", status=422)) as side:
        with pytest.raises(Refused):
            await calls.until_deadline(
                lambda: calls.call(client, calls.pace(15), "GET", side.url, what="Flowhub"), what="Flowhub"
            )
        assert len(side.asked) == 1


@pytest.mark.parametrize(
    ("url", "may_have_arrived"), [("http://127.0.0.1:9", False), ("http://nowhere.invalid", False)]
)
async def test_a_request_that_never_left_says_so(client: httpx.AsyncClient, url: str, may_have_arrived: bool) -> None:
    with pytest.raises(Unavailable) as caught:
        await calls.call(client, calls.pace(15), "POST", url, what="Flowhub", body={})
    assert caught.value.may_have_arrived is may_have_arrived


async def test_a_request_whose_answer_was_lost_says_that_it_may_be_there(client: httpx.AsyncClient) -> None:
    for answer in (truncated(b"{"), dripping(5), saying("", status=500), saying("{")):
        async with other_side(answer) as side:
            with pytest.raises(Unavailable) as caught:
                await calls.call(client, calls.pace(15), "POST", side.url, what="Flowhub", body={}, timeout=0.2)
        assert caught.value.may_have_arrived


async def test_waits_are_a_random_part_of_a_growing_ceiling() -> None:
    waits: list[list[float]] = []
    for number in range(1, 8):
        state = type("State", (), {"attempt_number": number, "outcome": None})
        waits.append([calls.FULL_JITTER(state) for _ in range(200)])
    ceilings = [min(calls.LONGEST_WAIT_SECONDS, calls.FIRST_WAIT_SECONDS * 2**number) for number in range(7)]
    for drawn, ceiling in zip(waits, ceilings, strict=True):
        assert 0 <= min(drawn) < ceiling / 4
        assert ceiling * 3 / 4 < max(drawn) <= ceiling


@pytest.mark.parametrize("requests_per_second", [15, 17])
async def test_no_second_ever_sees_twenty_requests(requests_per_second: float) -> None:
    """Counted over moments at which the pace let go, for every window of a second."""
    pace = calls.pace(requests_per_second)
    let_go: list[float] = []

    async def one() -> None:
        async with pace:
            let_go.append(asyncio.get_running_loop().time())

    try:
        async with asyncio.timeout(1.6):
            await asyncio.gather(*(one() for _ in range(200)))
    except TimeoutError:
        pass
    most = max(sum(1 for other in let_go if moment <= other < moment + 1) for moment in let_go)
    assert 1 <= most < 20
