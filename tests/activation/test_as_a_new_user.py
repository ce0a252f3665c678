"""The README's ten steps, done as they are written: two tokens, one command, one modal, one order, one card."""

import asyncio
import os
import sys
from pathlib import Path

from bot.sandbox import Sandbox
from tests.activation.desk_clerk import Clerk
from tests.architecture.tree import ROOT
from tests.handlers.running import environment_of

GIVEN = {"ORDERAHEAD_SLACK_BOT_TOKEN", "ORDERAHEAD_SLACK_APP_TOKEN", "ORDERAHEAD_PUBLIC_URL", "ORDERAHEAD_PORT"}
STAND_INS = {f"ORDERAHEAD_{name}_URL" for name in ("SLACK_API", "FLOWHUB", "FLOWHUB_AUTH", "LEAFLY", "LEAFLY_AUTH")}
AT_LEAFLY = {f"ORDERAHEAD_LEAFLY_{name}" for name in ("CLIENT_ID", "CLIENT_SECRET", "HMAC_KEY")}


async def test_from_two_tokens_to_the_first_card(sandbox: Sandbox, tmp_path: Path) -> None:
    everything = environment_of(sandbox)
    wanted = GIVEN | STAND_INS | AT_LEAFLY
    written = [f"{name}={everything[name]}" for name in sorted(wanted)]
    (tmp_path / ".env").write_text("\n".join(written))
    bare = {name: value for name, value in os.environ.items() if not name.startswith("ORDERAHEAD_")}
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "run",
        cwd=tmp_path,
        env={**bare, "PYTHONPATH": str(ROOT)},
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
    )
    clerk = Clerk(sandbox, "")
    uptown = sandbox.channels["uptown"]
    try:
        await clerk.slack.await_connected(timeout=60)
        await clerk.types("connect")
        assert await clerk.sends(await clerk.asked("client_id"), clerk.account_values()) == {}
        leafly = sandbox.shop.store("uptown").leafly_key
        assert await clerk.sends(await clerk.asked("location"), clerk.store_values(leafly_key=leafly)) == {}
        await clerk.said("Uptown is connected", channel=uptown)
        clerk.leafly.place_order("uptown", shopper="tessa", items=[("Ginger Mints", 2)])
        await clerk.card("Tessa O.", "Claim", channel=uptown)
        doctor = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            "doctor",
            cwd=tmp_path,
            env={**bare, "PYTHONPATH": str(ROOT)},
            stdout=asyncio.subprocess.PIPE,
        )
        said, _ = await doctor.communicate()
        assert (doctor.returncode, "Uptown: Account key" in said.decode()) == (0, True), said.decode()
    finally:
        program.terminate()
        await program.communicate()
    names = {path.name for path in await asyncio.to_thread(lambda: list(tmp_path.iterdir()))}
    assert "orderahead.db" in names
    assert "orderahead.db.key" in names
