"""Bearer tokens: one refresh at a time, each answer's own lifetime, one retry after a 401 and no storm."""

import asyncio

import httpx
import pytest

from bot import calls
from bot.errors import Refused, Unauthorised, Unavailable, Unreadable
from bot.flowhub import Flowhubs
from bot.rules.stores import Credentials
from bot.sandbox import Sandbox
from bot.sandbox.wire import Fault
from bot.tokens import FRESH_SECONDS, Token, authorised
from tests.edges.other_side import other_side, saying


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def token(client: httpx.AsyncClient, sandbox: Sandbox, clock: Clock) -> Token:
    store = sandbox.shop.store("downtown")
    made = Token(
        client,
        calls.pace(10),
        f"{sandbox.urls['flowhub_auth']}/oauth/token",
        what="Flowhub's sign-in",
        body={
            "client_id": store.order_ahead_client_id,
            "client_secret": store.order_ahead_token,
            "audience": "https://api.flowhub.co",
            "grant_type": "client_credentials",
        },
    )
    made.clock = clock
    return made


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def test_many_at_once_ask_for_one_token(sandbox: Sandbox, token: Token) -> None:
    values = await asyncio.gather(*(token.get() for _ in range(50)))
    assert len(set(values)) == 1
    assert sandbox.flowhub.doors.token_requests == 1


async def test_many_that_were_refused_at_once_ask_for_one_new_token(
    sandbox: Sandbox, token: Token, clock: Clock
) -> None:
    old = await token.get()
    clock.now += FRESH_SECONDS
    values = await asyncio.gather(*(token.get(refused=old) for _ in range(50)))
    assert len(set(values)) == 1
    assert old not in values
    assert sandbox.flowhub.doors.token_requests == 2


@pytest.mark.parametrize(("lifetime", "still_good", "over"), [(86400, 86330, 86341), (100, 79, 81), (5, 3.9, 4.1)])
async def test_each_answers_own_lifetime_counts(
    sandbox: Sandbox, token: Token, clock: Clock, lifetime: float, still_good: float, over: float
) -> None:
    sandbox.flowhub.switches.token_lifetime_seconds = lifetime
    first = await token.get()
    clock.now += still_good
    assert await token.get() == first
    clock.now += over - still_good
    assert await token.get() != first


async def test_a_lifetime_that_changes_is_read_anew(sandbox: Sandbox, token: Token, clock: Clock) -> None:
    sandbox.flowhub.switches.token_lifetime_seconds = 100
    first = await token.get()
    sandbox.flowhub.switches.token_lifetime_seconds = 86400
    clock.now += 100
    second = await token.get()
    clock.now += 1000
    assert await token.get() == second != first


async def test_a_call_is_tried_once_more_with_a_new_token_after_a_401(
    sandbox: Sandbox, flowhubs: Flowhubs, credentials: Credentials
) -> None:
    desk = flowhubs.order_ahead(credentials)
    clock = Clock()
    desk._token.clock = clock
    with pytest.raises(Refused):
        await desk.status("nobody's")
    sandbox.flowhub.doors.revoke_tokens()
    clock.now += FRESH_SECONDS
    with pytest.raises(Refused):
        await desk.status("nobody's")
    assert [entry.status for entry in sandbox.flowhub.wire.entries] == [200, 404, 401, 200, 404]


async def test_a_second_401_is_for_an_owner_and_makes_no_storm(
    sandbox: Sandbox, flowhubs: Flowhubs, credentials: Credentials
) -> None:
    sandbox.flowhub.wire.add(Fault("error", path="/order-ahead/*", times=None, status=401))
    desk = flowhubs.order_ahead(credentials)
    for _ in range(5):
        with pytest.raises(Unauthorised):
            await desk.status("nobody's")
    assert sandbox.flowhub.doors.token_requests == 1


async def test_a_blocked_address_is_no_matter_of_the_token(
    sandbox: Sandbox, flowhubs: Flowhubs, credentials: Credentials
) -> None:
    sandbox.flowhub.wire.add(Fault("html_403", path="/order-ahead/*", times=None))
    with pytest.raises(Unauthorised, match="HTTP 403"):
        await flowhubs.order_ahead(credentials).status("nobody's")
    assert [entry.status for entry in sandbox.flowhub.wire.entries] == [200, 403]


async def test_wrong_credentials_are_asked_for_once_and_never_shown(
    sandbox: Sandbox, flowhubs: Flowhubs, credentials: Credentials
) -> None:
    wrong = credentials.model_copy(update={"order_ahead_token": "canary-wrong-secret"})
    with pytest.raises(Unauthorised) as caught:
        await flowhubs.order_ahead(wrong).status("nobody's")
    assert "canary" not in repr(caught.value) + repr(wrong)
    assert len(sandbox.flowhub.wire.entries) == 1


async def test_a_create_that_got_no_token_provably_never_left(
    client: httpx.AsyncClient, credentials: Credentials
) -> None:
    flowhubs = Flowhubs(client, url="http://127.0.0.1:9", auth_url="http://127.0.0.1:9", requests_per_second=15)
    desk = flowhubs.order_ahead(credentials)
    desk._token.patience_seconds = 0.1
    with pytest.raises(Unavailable) as caught:
        await desk.create({})
    assert not caught.value.may_have_arrived


@pytest.mark.parametrize(
    "answer",
    [
        "{}",
        "[]",
        "null",
        '{"access_token": null, "expires_in": 60}',
        '{"access_token": "", "expires_in": 60}',
        '{"access_token": 17, "expires_in": 60}',
        '{"access_token": "a\\nb", "expires_in": 60}',
        '{"access_token": "ключ", "expires_in": 60}',
        '{"access_token": "good", "expires_in": null}',
        '{"access_token": "good", "expires_in": "soon"}',
        '{"access_token": "good"}',
    ],
)
async def test_an_answer_without_a_usable_token_is_unreadable(client: httpx.AsyncClient, answer: str) -> None:
    async with other_side(saying(answer)) as side:
        token = Token(client, calls.pace(10), side.url, what="Flowhub's sign-in", body={})
        with pytest.raises(Unreadable, match="without a token"):
            await token.get()


async def test_the_token_travels_in_its_header_only(client: httpx.AsyncClient) -> None:
    async with other_side(saying('{"access_token": "canary-token", "expires_in": 60}')) as side:
        token = Token(client, calls.pace(10), f"{side.url}/token", what="sign-in", body={})
        await authorised(token, client, calls.pace(10), "GET", f"{side.url}/read", what="Flowhub")
        assert side.asked == ["/token", "/read"]
        assert "canary" not in repr(token)
