"""`orderahead sync`, as somebody types it: a process of its own, with nothing but its environment."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox import Sandbox

REPOSITORY = Path(__file__).parents[2]


async def orderahead_sync(sandbox: Sandbox, folder: Path, *arguments: str, **settings: Any) -> tuple[int, str, str]:
    values: dict[str, Any] = {"database_url": f"sqlite:///{folder}/orders.db", "sync_pages_per_second": 17} | settings
    environment = sandbox.environment(**values)
    variables = {f"ORDERAHEAD_{name.upper()}": str(value) for name, value in environment.items()}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "sync", *arguments),
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY), **variables},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


@pytest.fixture
def small(sandbox: Sandbox) -> Sandbox:
    sandbox.flowhub.pos.books.sales.clear()
    for fh_id in list(sandbox.flowhub.pos.customers)[20:]:
        del sandbox.flowhub.pos.customers[fh_id]
    return sandbox


async def test_it_prints_what_each_run_did_as_json_and_as_a_sentence(small: Sandbox, tmp_path: Path) -> None:
    code, out, err = await orderahead_sync(small, tmp_path, "--json")
    assert (code, err) == (0, "")
    (report,) = json.loads(out)["accounts"]
    assert (report["account"], report["kind"], report["state"]) == ("green-mesa", "first", "done")
    assert report["published"] is True
    assert report["customers"]["inserted"] == len(small.flowhub.pos.customers)
    small.flowhub.pos.customers.clear()
    code, out, _ = await orderahead_sync(small, tmp_path, "--wide")
    assert code == 1
    assert out.startswith("green-mesa: stopped. This run would remove")
    code, out, _ = await orderahead_sync(small, tmp_path, "--wide", "--anyway")
    assert code == 0
    assert "20 vanished" in out


async def test_what_does_not_work_is_a_sentence_and_exit_code_1(small: Sandbox, tmp_path: Path) -> None:
    def wrong_key(book: dict[str, Any]) -> None:
        book["accounts"]["green-mesa"]["key"] = "canary-wrong-key"

    code, out, err = await orderahead_sync(small, tmp_path, stores=wrong_key)
    assert (code, out) == (1, "green-mesa: failed. Flowhub does not accept these credentials.\n")
    assert "Traceback" not in err
    code, _, err = await orderahead_sync(small, tmp_path, "--account", "nobody")
    assert (code, err) == (1, "There is no account “nobody” here.\n")
