"""What people are called, what they take and what opens doors: none of it reaches a log, whatever goes wrong."""

import asyncio
import json
import re
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.sandbox import Sandbox
from bot.sandbox.sandbox import APP_TOKEN, BOT_TOKEN, BUDTENDER, OWNER, SIGNING_SECRET, VAULT_KEY
from bot.sandbox.stage import Stage
from bot.sandbox.wire import Fault
from tests import canaries
from tests.handlers.doors import an_order
from tests.handlers.running import environment_of
from tests.workspaces.two_workspaces import Browser

CANARY = "Canarywood"


@dataclass
class Program:
    """The program as an operator runs it. `said` is what it wrote so far."""

    process: asyncio.subprocess.Process
    said: list[str] = field(default_factory=list)
    is_up: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self) -> None:
        assert self.process.stderr is not None
        while line := await self.process.stderr.readline():
            self.said.append(line.decode())
            if b"is running at" in line:
                self.is_up.set()


def _one_workspace(_sandbox: Sandbox) -> dict[str, Any]:
    return {}


def _many_workspaces(sandbox: Sandbox) -> dict[str, Any]:
    """Green Mesa installs the app itself, with tokens that are rotated."""
    app, team = sandbox.slack.installs, sandbox.slack.team_id
    app.revoke(sandbox.slack.core)
    sandbox.slack.switches.token_rotation = True

    def change(book: dict[str, Any]) -> None:
        for store in book["stores"].values():
            store["workspace"] = team

    return {
        "slack_bot_token": "",
        "slack_client_id": app.client_id,
        "slack_client_secret": app.client_secret,
        "stores": change,
    }


@pytest.fixture(params=[_one_workspace, _many_workspaces], ids=["one workspace", "many workspaces"])
async def program(request: pytest.FixtureRequest, sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Program]:
    environment = environment_of(
        sandbox,
        **request.param(sandbox),
        database_url=f"sqlite:///{tmp_path}/orders.db",
        slack_app_token="",
        log_level="DEBUG",
        log_format="json",
        order_poll_seconds=0.3,
        pos_watch_seconds=0.5,
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", env=environment, stderr=asyncio.subprocess.PIPE
    )
    running = Program(process)
    listening = asyncio.create_task(running.listen())
    async with asyncio.timeout(60):
        await running.is_up.wait()
    if request.param is _many_workspaces:
        address = str(sandbox.webshop.bot_url)
        sandbox.slack.installs.redirect_urls = [f"{address}/slack/oauth_redirect"]
        async with Browser(address) as browser:
            assert (await browser.back("/slack/oauth_redirect?code=1&state=1")).status_code == 400
            done = await browser.back(sandbox.slack.allow(sandbox.people[OWNER], await browser.install()))
            assert done.status_code == 200
    yield running
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
        await process.wait()
    await listening
    sandbox.slack.events_url = None
    sandbox.slack.switches.token_rotation = False


async def test_neither_secrets_nor_people_reach_anything(sandbox: Sandbox, program: Program, tmp_path: Path) -> None:
    """Not the log, nor an answer, the numbers, the console page, Slack or a file of the database."""
    stage, person = Stage(sandbox), sandbox.people[BUDTENDER]
    channel = sandbox.channels["downtown"]
    address = str(sandbox.webshop.bot_url)
    sandbox.flowhub.wire.add(Fault("garbage", path="/v1/orders/*"))
    sandbox.flowhub.wire.add(Fault("error", path="/order-ahead/v0/create", status=400))
    order = await sandbox.webshop.place_order("downtown", shopper="nora", items=[("Arnica Balm 1:1", 1)], note=CANARY)
    assert order.status == 200
    sandbox.leafly.place_order("downtown", shopper="tessa", items=[("RSO Syringe", 1)], delivery=True)
    canary_card = await stage.card("Tessa O.", channel=channel)
    await stage.in_pos("Tessa")
    await stage.press(person, canary_card, "reveal_contact")
    await stage.submit(person, {"reason": "Delivery", "more": CANARY})
    await stage.told_privately(person, "+13035550106")
    async with httpx.AsyncClient(base_url=address) as web:
        bad = json.dumps(an_order(customer__first_name=CANARY, items=CANARY))
        wrongly_signed = {"x-slack-request-timestamp": "1", "x-slack-signature": CANARY}
        for path, headers in (
            ("/orders?store=downtown", {"webhook-id": CANARY, "webhook-timestamp": "1", "webhook-signature": CANARY}),
            ("/slack/events", wrongly_signed),
            ("/leafly/webhooks", {"X-Leafly-Signature": CANARY}),
            (f"/flowhub/postback/downtown/{CANARY}/{CANARY}", {}),
        ):
            assert (await web.post(path, content=bad, headers=headers)).status_code == 401
    sandbox.webshop.orders[0].body["items"] = [{"name": CANARY, "quantity": CANARY}]
    assert (await sandbox.webshop.send(sandbox.webshop.orders[0])).status == 422
    assert CANARY not in sandbox.webshop.orders[0].answer
    await sandbox.slack.command(person, channel, "/orders", f"show {CANARY}")
    await stage.told_privately(person, "is no order")
    shown = await _all_pages(sandbox, address)
    leaks = canaries.at_the_end(sandbox, f"sqlite:///{tmp_path}/orders.db")
    program.process.send_signal(signal.SIGTERM)
    assert await program.process.wait() == 0
    leaks += canaries.at_the_end(sandbox, f"sqlite:///{tmp_path}/orders.db")
    assert leaks == []
    log = "".join(program.said)
    assert "housekeeping" in log  # the log is there to be looked through
    secrets = [BOT_TOKEN, APP_TOKEN, SIGNING_SECRET, VAULT_KEY, *_secrets(sandbox)]
    people = [CANARY, "Begay", "Okafor", "5550106", "5550108", "Osage", "CO-MED", "1983-02-17", "example.com"]
    assert [word for word in [*secrets, *people] if word in log] == []
    assert canaries.in_text(log) == []
    assert canaries.in_text(shown) == []
    assert "Traceback" not in log
    assert not re.search(r"/flowhub/postback/\w+/\w+/\w+", log)
    assert "oauth_redirect?" not in log


async def _all_pages(sandbox: Sandbox, address: str) -> str:
    """What an operator and the console page are shown."""
    person = {"as": sandbox.people[OWNER]}
    console = f"{sandbox.urls['slack']}/console/api"
    pages = [f"{address}/{path}" for path in ("metrics", "readyz", "livez", "openapi.json", "docs")]
    pages += [f"{sandbox.urls['slack']}/", f"{console}/state", f"{console}/home"]
    pages += [f"{console}/channels/{channel}/messages" for channel in sandbox.channels.values()]
    async with httpx.AsyncClient() as web:
        answers = [await web.get(page, params=person) for page in pages]
    assert [answer.url for answer in answers if answer.status_code != 200] == []
    return "\n".join(answer.text for answer in answers)


def _secrets(sandbox: Sandbox) -> list[str]:
    shop = sandbox.shop
    ours = [shop.key, shop.leafly.client_secret, shop.leafly.hmac_key, *shop.web_shop_secrets.values()]
    return ours + [store.order_ahead_token for store in shop.stores] + list(sandbox.flowhub.doors.tokens)
