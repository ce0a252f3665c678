"""Coming in to Flowhub: the issuer, the two kinds of credentials, the limit."""

import pytest

from .running import ORDER, SHOP, flowhub_running


async def test_the_issuer_answers_a_token_with_its_life_and_scope() -> None:
    async with flowhub_running() as flowhub:
        answer = (await flowhub.ask_token()).json()
        assert answer.keys() == {"access_token", "scope", "expires_in", "token_type"}
        assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 86400)


async def test_life_and_scope_of_a_token_are_switches() -> None:
    async with flowhub_running(token_lifetime_seconds=90, token_scope="create:orders") as flowhub:
        answer = (await flowhub.ask_token()).json()
        assert (answer["expires_in"], answer["scope"]) == (90, "create:orders")


async def test_the_issuer_takes_forms_and_the_bare_address_too() -> None:
    async with flowhub_running() as flowhub:
        store = SHOP.store("uptown")
        form = {
            "client_id": store.order_ahead_client_id,
            "client_secret": store.order_ahead_token,
            "audience": "https://api.flowhub.co",
            "grant_type": "client_credentials",
        }
        assert (await flowhub.http.post(f"{flowhub.auth_url}/", data=form)).status_code == 200


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, {"error": "access_denied", "error_description": "Unauthorized"}),
        # The key pair of the reads is no OAuth2 client.
        (
            {"client_id": SHOP.client_id, "client_secret": SHOP.key},
            401,
            {"error": "access_denied", "error_description": "Unauthorized"},
        ),
        (
            {"audience": "https://api.flowhub.co/"},
            403,
            {
                "error": "access_denied",
                "error_description": "Service not enabled within domain: https://api.flowhub.co/",
            },
        ),
        (
            {"grant_type": "password"},
            403,
            {"error": "unsupported_grant_type", "error_description": "Unsupported grant type: password"},
        ),
        (
            {"audience": ""},
            400,
            {"error": "invalid_request", "error_description": "Missing required parameter: audience"},
        ),
    ],
)
async def test_the_issuer_refuses_anything_else(changes: dict[str, str], status: int, error: dict[str, str]) -> None:
    async with flowhub_running() as flowhub:
        response = await flowhub.ask_token(**changes)
        assert (response.status_code, response.json()) == (status, error)


async def test_the_issuer_has_a_quota_by_switch() -> None:
    async with flowhub_running(token_requests_allowed=1) as flowhub:
        assert (await flowhub.ask_token()).status_code == 200
        assert (await flowhub.ask_token()).status_code == 429


async def test_keys_do_not_open_order_ahead_and_a_token_does_not_open_the_reads() -> None:
    async with flowhub_running() as flowhub:
        with_keys = await flowhub.http.post(f"{flowhub.url}/order-ahead/v0/create", headers=flowhub.keys, json=ORDER)
        assert with_keys.status_code == 401
        assert with_keys.json()["error"] == ["Unauthorized"]
        with_token = await flowhub.http.get(f"{flowhub.url}/v0/clientsLocations", headers=await flowhub.bearer())
        assert with_token.status_code == 401
        assert with_token.json() == {"error": ["Unauthorized"], "message": "Invalid key", "status": 401}


async def test_header_names_of_the_keys_may_be_in_any_case() -> None:
    async with flowhub_running() as flowhub:
        headers = {"CLIENTID": SHOP.client_id, "Key": SHOP.key}
        assert (await flowhub.http.get(f"{flowhub.url}/v0/clientsLocations", headers=headers)).status_code == 200


async def test_a_token_ends_when_its_time_is_over() -> None:
    async with flowhub_running(token_lifetime_seconds=60) as flowhub:
        headers = await flowhub.bearer()
        order_id = await flowhub.new_order()
        url = f"{flowhub.url}/order-ahead/v0/orderStatus/{order_id}"
        flowhub.clock.pass_by(seconds=59)
        assert (await flowhub.http.get(url, headers=headers)).status_code == 200
        flowhub.clock.pass_by(seconds=1)
        assert (await flowhub.http.get(url, headers=headers)).status_code == 401


async def test_a_revoked_token_no_longer_works() -> None:
    async with flowhub_running() as flowhub:
        headers = await flowhub.bearer()
        flowhub.stand_in.doors.revoke_tokens()
        response = await flowhub.http.post(f"{flowhub.url}/order-ahead/v0/create", headers=headers, json=ORDER)
        assert response.status_code == 401


async def test_by_switch_the_gateway_wants_the_keys_beside_the_token() -> None:
    async with flowhub_running(bearer_needs_keys_too=True) as flowhub:
        assert (await flowhub.create()).status_code == 401
        headers = await flowhub.bearer() | flowhub.keys
        response = await flowhub.http.post(f"{flowhub.url}/order-ahead/v0/create", headers=headers, json=ORDER)
        assert response.status_code == 200


async def test_private_paths_are_not_there() -> None:
    async with flowhub_running() as flowhub:
        for path in ("/authTest", "/health"):
            assert (await flowhub.http.get(flowhub.url + path, headers=await flowhub.bearer())).status_code == 404
        flowhub.switches.auth_test_is_public = True
        assert (await flowhub.http.get(f"{flowhub.url}/health")).text == "OK"


async def test_more_than_so_many_requests_in_a_second_get_429_without_headers() -> None:
    async with flowhub_running(requests_per_second=3) as flowhub:
        answers = [await flowhub.read("/v0/clientsLocations") for _ in range(5)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
        assert "retry-after" not in answers[-1].headers
        assert answers[-1].content == b""
        # The limit is per key: a token's requests are counted apart, until one limit holds for everyone.
        assert (await flowhub.create()).status_code == 200
        flowhub.switches.rate_limit_scope = "everyone"
        assert [(await flowhub.create()).status_code for _ in range(4)][-1] == 429
