"""The faults that are put in front of the stand-in, and the record of what crossed the wire."""

import httpx
import pytest

from bot.sandbox.wire import Fault

from .running import ORDER, flowhub_running


async def test_a_lost_answer_leaves_an_order_behind() -> None:
    async with flowhub_running() as flowhub:
        flowhub.stand_in.wire.add(Fault("cut_after_accept", path="/order-ahead/v0/create"))
        with pytest.raises(httpx.RemoteProtocolError):
            await flowhub.create()
        assert flowhub.stand_in.created_count == 1
        assert flowhub.stand_in.wire.entries[-1].status is None


async def test_a_cut_before_leaves_nothing_behind() -> None:
    async with flowhub_running() as flowhub:
        flowhub.stand_in.wire.add(Fault("cut_before", path="/order-ahead/*"))
        with pytest.raises(httpx.RemoteProtocolError):
            await flowhub.create()
        assert flowhub.stand_in.created_count == 0
        assert (await flowhub.create()).status_code == 200


async def test_a_blocked_address_gets_a_page_and_no_json() -> None:
    async with flowhub_running() as flowhub:
        flowhub.stand_in.wire.add(Fault("html_403"))
        response = await flowhub.read("/v0/clientsLocations")
        assert (response.status_code, response.headers["content-type"].split(";")[0]) == (403, "text/html")
        assert "nginx" in response.text


async def test_refused_unreadable_and_broken_answers() -> None:
    async with flowhub_running() as flowhub:
        for fault in (Fault("rate_limited"), Fault("error", status=502), Fault("garbage")):
            flowhub.stand_in.wire.add(fault)
        limited, broken, garbage = [await flowhub.read("/v0/clientsLocations") for _ in range(3)]
        assert (limited.status_code, "retry-after" in limited.headers, broken.status_code) == (429, False, 502)
        with pytest.raises(ValueError, match="Unterminated string"):
            garbage.json()


async def test_the_record_keeps_every_request_and_no_secret() -> None:
    async with flowhub_running() as flowhub:
        await flowhub.create()
        await flowhub.http.post(f"{flowhub.auth_url}/", data={"client_secret": "very-secret", "client_id": "me"})
        entries = list(flowhub.stand_in.wire.entries)
        assert [(entry.method, entry.path, entry.status) for entry in entries] == [
            ("POST", "/oauth/token", 200),
            ("POST", "/order-ahead/v0/create", 200),
            ("POST", "/", 400),
        ]
        assert ORDER["customer"]["phone"] in entries[1].request
        for secret in ("eyJ", "oa-downtown-token-0001", "very-secret"):
            assert not any(secret in entry.request + entry.response for entry in entries)
