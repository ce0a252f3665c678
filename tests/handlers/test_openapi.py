"""The page that a web shop's programmer reads: true, whole, and without anybody else's host."""

import asyncio
import re
from collections import defaultdict
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bot.app import Bot
from tests.handlers.doors import Door

PLACED_AT = "2026-11-20T18:04:11Z"
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


async def document(web: httpx.AsyncClient) -> dict[str, Any]:
    answer = await web.get("/openapi.json")
    assert answer.status_code == 200
    return dict(answer.json())


async def test_the_intake_is_documented_fully(web: httpx.AsyncClient) -> None:
    whole = await document(web)
    intake = whole["paths"]["/orders"]["post"]
    assert {parameter["name"] for parameter in intake["parameters"]} == {
        "store",
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
    }
    assert set(intake["responses"]) == {"200", "401", "404", "413", "415", "422", "503"}
    order = whole["components"]["schemas"]["OrderPayload"]
    assert intake["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/OrderPayload")
    assert set(order["required"]) == {"order_id", "placed_at", "customer", "items"}
    assert {"CustomerPayload", "ItemPayload", "AddressPayload", "FeePayload"} <= set(whole["components"]["schemas"])
    assert "order.status" in intake["description"]


async def test_every_reference_leads_somewhere(web: httpx.AsyncClient) -> None:
    whole = await document(web)
    for reference in re.findall(r"'\$ref': '#/([^']+)'", str(whole)):
        place: Any = whole
        for step in reference.split("/"):
            place = place[step]
        assert place


async def test_only_what_is_for_others_is_documented(web: httpx.AsyncClient) -> None:
    assert set((await document(web))["paths"]) == {"/orders", "/livez", "/readyz"}


async def test_the_page_needs_no_other_host(web: httpx.AsyncClient) -> None:
    page = await web.get("/docs")
    assert page.status_code == 200
    assert not re.findall(r"""(?:src|href)=["'](?:https?:)?//[^"']+""", page.text)
    needed = re.findall(r"""(?:src|href)=["']([^"']+)""", page.text)
    assert len(needed) >= 2
    for address in needed:
        assert (await web.get(address)).status_code == 200, address
    assert (await web.get("/redoc")).status_code == 404


@pytest.mark.parametrize("mode", list(GenerationMode))
async def test_the_running_bot_does_what_the_page_says(bot: Bot, four: dict[str, Door], mode: GenerationMode) -> None:
    """Made-up requests, good and bad ones, for every path of the bot's own document; orders are signed on their way out."""
    # The bot lives in this loop, and Schemathesis waits for its answers: so that happens in another thread.
    seen = await asyncio.to_thread(_try_out, bot.address, four["web shop"], mode)
    assert set(seen) == {"/orders", "/livez", "/readyz"}
    assert 500 not in set().union(*seen.values())
    assert (200 if mode is GenerationMode.POSITIVE else 422) in seen["/orders"]
    assert 200 in seen["/livez"] & seen["/readyz"]


def _try_out(address: str, door: Door, mode: GenerationMode) -> dict[str, set[int]]:
    """The statuses of the answers, by path."""
    seen: dict[str, set[int]] = defaultdict(set)
    for found in schemathesis.openapi.from_url(f"{address}/openapi.json").get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]
        # What takes nothing can't be asked wrongly.
        can_be_wrong = operation.body or len(operation.query) + len(operation.headers) + len(operation.path_parameters)
        chosen = mode if can_be_wrong else GenerationMode.POSITIVE
        _try(address, door, operation, chosen, seen[operation.path])
    return dict(seen)


def _try(address: str, door: Door, operation: Any, mode: GenerationMode, seen: set[int]) -> None:
    is_signed = operation.path == "/orders"

    def sign(request: Any) -> Any:
        knock = door.knock(request.body or b"")
        request.headers.update(knock.headers)
        return request

    @settings(max_examples=25, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def requests(case: Any) -> None:
        if is_signed:
            case.query = {"store": "downtown"}
        if (
            is_signed and mode is GenerationMode.POSITIVE
        ):  # of all years that have a date-time, the bot takes this century's
            case.body = {**case.body, "placed_at": PLACED_AT, "requested_from": None, "requested_until": None}
        answer = case.call(base_url=address, auth=sign if is_signed else None)
        seen.add(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    requests()
