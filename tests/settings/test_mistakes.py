"""A wrong setting is one readable sentence at start that names the variable, and exit code 2. It never shows a secret."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.app import Bot
from bot.errors import Misconfigured
from bot.sandbox import Sandbox
from bot.settings import load
from tests.handlers.running import environment_of, settings_of

CANARY = "canary-7d1f"  # stands where secrets stand; a sentence that shows it shows a secret
Book = dict[str, Any]
Change = Callable[[Book], object]


def downtown(**changed: Any) -> Change:
    return lambda book: book["stores"]["downtown"].update(changed)


def without(name: str) -> Change:
    return lambda book: book["stores"]["downtown"].pop(name)


MISTAKES: list[tuple[str, dict[str, Any], str]] = [
    ("no bot token", {"slack_bot_token": None}, "ORDERAHEAD_SLACK_BOT_TOKEN: is missing."),
    (
        "no keys on another database",
        {"secret_keys": None, "database_url": f"postgresql://me:{CANARY}@127.0.0.1/orders"},
        "ORDERAHEAD_SECRET_KEYS must be set where the database is not a SQLite file.",
    ),
    ("no way to Slack", {"slack_app_token": "", "slack_signing_secret": ""}, "ORDERAHEAD_SLACK_APP_TOKEN (Socket Mode) or"),
    ("a wrong key", {"secret_keys": CANARY}, "ORDERAHEAD_SECRET_KEYS must hold one or more keys"),
    ("an empty key", {"secret_keys": " , "}, "ORDERAHEAD_SECRET_KEYS must hold one or more keys"),
    ("no database address", {"database_url": CANARY}, "ORDERAHEAD_DATABASE_URL must look like"),
    ("another database", {"database_url": f"mysql://me:{CANARY}@host/db"}, "ORDERAHEAD_DATABASE_URL must look like"),
    ("a port in words", {"port": "http"}, "ORDERAHEAD_PORT: "),
    ("a port that is none", {"port": 70_000}, "ORDERAHEAD_PORT: "),
    ("a host that is none", {"host": "256.1.1.1"}, "ORDERAHEAD_HOST and ORDERAHEAD_PORT: 256.1.1.1"),
    ("a poll of never", {"order_poll_seconds": 0}, "ORDERAHEAD_ORDER_POLL_SECONDS: "),
    ("a poll before now", {"order_poll_seconds": -5}, "ORDERAHEAD_ORDER_POLL_SECONDS: "),
    ("a poll of no number", {"order_poll_seconds": "nan"}, "ORDERAHEAD_ORDER_POLL_SECONDS: "),
    ("a poll at the end of time", {"order_poll_seconds": "inf"}, "ORDERAHEAD_ORDER_POLL_SECONDS: "),
    ("a watch of never", {"pos_watch_seconds": 0}, "ORDERAHEAD_POS_WATCH_SECONDS: "),
    ("an inventory of never", {"inventory_seconds": -1}, "ORDERAHEAD_INVENTORY_SECONDS: "),
    ("too fast for Flowhub", {"flowhub_requests_per_second": 20}, "ORDERAHEAD_FLOWHUB_REQUESTS_PER_SECOND: "),
    ("a public address without http", {"public_url": "bot.example.com"}, "ORDERAHEAD_PUBLIC_URL: must be an http"),
    ("a public address without a host", {"public_url": "https://"}, "ORDERAHEAD_PUBLIC_URL: must be an http"),
    ("a port of an address that is none", {"flowhub_url": "https://api.flowhub.co:99999"}, "ORDERAHEAD_FLOWHUB_URL: must"),
    ("no Flowhub", {"flowhub_url": ""}, "ORDERAHEAD_FLOWHUB_URL: must be an http"),
    ("half an address", {"slack_api_url": "http://["}, "ORDERAHEAD_SLACK_API_URL: must be an http"),
    ("half of Leafly", {"leafly_hmac_key": ""}, "ORDERAHEAD_LEAFLY_HMAC_KEY must be set too"),
    ("a log level of its own", {"log_level": "LOUD"}, "ORDERAHEAD_LOG_LEVEL: "),
    ("a log of its own form", {"log_format": "xml"}, "ORDERAHEAD_LOG_FORMAT: "),
    ("maybe", {"webhooks_to_private_addresses": "maybe"}, "ORDERAHEAD_WEBHOOKS_TO_PRIVATE_ADDRESSES: "),
    ("stores twice", {"stores_file": "stores.toml"}, "Set ORDERAHEAD_STORES or ORDERAHEAD_STORES_FILE, not both."),
    ("stores that are no JSON", {"stores": '{"accounts": '}, "ORDERAHEAD_STORES is not JSON: "),
    ("stores as a list", {"stores": "[]"}, "ORDERAHEAD_STORES: "),
    ("no such file", {"stores": "", "stores_file": "/nowhere/stores.toml"}, "ORDERAHEAD_STORES_FILE: /nowhere/stores.toml"),
    ("a folder for a file", {"stores": "", "stores_file": "/"}, "ORDERAHEAD_STORES_FILE: / can't be read"),
    ("a file that is no TOML", {"stores": "", "stores_file": __file__}, "ORDERAHEAD_STORES_FILE is not TOML: "),
]  # fmt: skip
BOOKS: list[tuple[str, Change, str]] = [
    ("an unknown time zone", downtown(time_zone="Mars/Olympus"), "downtown.time_zone: 'Mars/Olympus' is not a time zone"),
    ("a time zone that is a path", downtown(time_zone="../../etc/passwd"), "stores.downtown.time_zone: "),
    ("no time zone", downtown(time_zone=""), "stores.downtown.time_zone: '' is not a time zone"),
    ("a continent", downtown(time_zone="America"), "stores.downtown.time_zone: "),
    ("an unknown day", downtown(hours={"monday": "09:00-21:00"}), "stores.downtown.hours: 'monday' is not a weekday"),
    ("unreadable hours", downtown(hours={"mon": "9 to 5"}), "hours of mon: '9 to 5' must look like 09:00-21:00"),
    ("hours of no day", downtown(hours={"mon": "25:00-26:00"}), "hours of mon: "),
    ("half of the hours", downtown(hours={"mon": "09:00"}), "hours of mon: '09:00' must look like"),
    ("a channel's name", downtown(channel="#downtown-orders"), "stores.downtown.channel: "),
    ("no name", without("name"), "stores.downtown.name: is missing."),
    ("an empty name", downtown(name=""), "stores.downtown.name: "),
    ("no location", without("location_id"), "stores.downtown.location_id: is missing."),
    ("no token", without("order_ahead_token"), "stores.downtown.order_ahead_token: is missing."),
    ("a misspelt field", downtown(chanel="C123"), "stores.downtown.chanel: "),
    ("an unknown account", downtown(account="blue-mesa"), "store downtown names the account 'blue-mesa', which is not there"),
    ("an account without a key", lambda book: book["accounts"]["green-mesa"].pop("key"), "green-mesa.key: is missing."),
    ("a web shop's secret of another form", downtown(storefront_secret=CANARY), "stores.downtown.storefront_secret: must be a"),
    ("a web shop's empty secret", downtown(storefront_secret="whsec_"), "stores.downtown.storefront_secret: must be a"),
    ("a web shop's address of another kind", downtown(storefront_webhook_url="ftp://shop"), "storefront_webhook_url: must be"),
    (
        "a web shop's address without a secret",
        downtown(storefront_secret="", storefront_webhook_secret=""),
        "storefront_webhook_url needs storefront_webhook_secret",
    ),
    ("a group's name", downtown(mention="@floor-crew"), "stores.downtown.mention: "),
    ("a manager's name", downtown(managers=["Theo Brandt"]), "stores.downtown.managers.0: "),
    ("a limit of nothing", downtown(limits={"seen_minutes": 0}), "stores.downtown.limits: 'seen_minutes' must be a number"),
    ("a misspelt limit", downtown(limits={"seen": 5}), "stores.downtown.limits: 'seen' is no limit; there are seen_minutes"),
    ("a limit in words", downtown(limits={"seen_minutes": "5m"}), "stores.downtown.limits: 'seen_minutes' must be a number"),
    ("nagging at once", downtown(nag_minutes=0), "stores.downtown.nag_minutes: "),
    (
        "a channel twice",
        lambda book: book["stores"]["uptown"].update(channel=book["stores"]["downtown"]["channel"]),
        "stores downtown and uptown have the same channel",
    ),
    (
        "a Leafly key twice",
        lambda book: book["stores"]["uptown"].update(leafly_key=book["stores"]["downtown"]["leafly_key"]),
        "stores downtown and uptown have the same leafly_key",
    ),
    (
        "an Order Ahead client twice",
        lambda book: book["stores"]["uptown"].update(
            order_ahead_client_id=book["stores"]["downtown"]["order_ahead_client_id"]
        ),
        "stores downtown and uptown have the same order_ahead_client_id",
    ),
    ("a store's key with a slash", lambda book: book["stores"].update({"a/b": book["stores"].pop("downtown")}), "key 'a/b'"),
]  # fmt: skip


def refused(values: dict[str, Any]) -> str:
    with pytest.raises(Misconfigured) as caught:
        Bot(load({name: value for name, value in values.items() if value is not None}))
    return caught.value.sentence


def assert_one_readable_sentence(sentence: str) -> None:
    assert sentence.count("\n") == 0
    assert 20 < len(sentence) < 300
    assert sentence.endswith(".")
    assert CANARY not in sentence
    assert "whsec_" not in sentence.replace("whsec_ and base64", "")
    assert "oa-downtown-token" not in sentence


@pytest.mark.parametrize(("changed", "words"), [row[1:] for row in MISTAKES], ids=[row[0] for row in MISTAKES])
def test_a_wrong_setting_is_named(sandbox: Sandbox, changed: dict[str, Any], words: str) -> None:
    sentence = refused(settings_of(sandbox, **changed))
    assert words in sentence
    assert_one_readable_sentence(sentence)


@pytest.mark.parametrize(("change", "words"), [row[1:] for row in BOOKS], ids=[row[0] for row in BOOKS])
def test_a_wrong_line_of_a_store_is_named(sandbox: Sandbox, change: Change, words: str) -> None:
    sentence = refused(settings_of(sandbox, stores=change))
    assert "ORDERAHEAD_STORES" in sentence
    assert words in sentence
    assert_one_readable_sentence(sentence)


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield int(taken.getsockname()[1])


class Starting:
    """The program, started with one environment after the other; see `tests.settings.starting`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def with_settings(self, environment: dict[str, str]) -> tuple[int, str]:
        """The program's exit code, and all that it said."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{json.dumps(environment)}\n".encode())
        async with asyncio.timeout(60):
            code, said = json.loads(await self._process.stdout.readline())
        return code, said


@pytest.fixture
async def starting() -> AsyncIterator[Starting]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.settings.starting", stdin=pipe, stdout=pipe, start_new_session=True
    )
    yield Starting(process)
    os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


async def test_the_program_ends_with_code_2_and_the_sentence_alone(
    sandbox: Sandbox, tmp_path: Path, taken_port: int, starting: Starting
) -> None:
    """What can only be found out by starting, and one of each other kind."""
    (tmp_path / "stores.toml").write_text(f'[accounts.a]\nclient_id = "1"\nkey = "{CANARY}"\n[stores.b\n')
    (tmp_path / "stores.json").write_text(f'{{"accounts": "{CANARY}')
    (tmp_path / "taken.db").write_text("this is no database" * 100)
    rows: list[tuple[dict[str, Any], str]] = [
        ({"slack_bot_token": None}, "ORDERAHEAD_SLACK_BOT_TOKEN: is missing."),
        ({"stores": "", "stores_file": str(tmp_path / "stores.toml")}, "ORDERAHEAD_STORES_FILE is not TOML: "),
        ({"stores": "", "stores_file": str(tmp_path / "stores.json")}, "ORDERAHEAD_STORES_FILE is not JSON: "),
        ({"port": taken_port}, f"ORDERAHEAD_HOST and ORDERAHEAD_PORT: 127.0.0.1:{taken_port} can't be listened on"),
        ({"database_url": f"sqlite:///{tmp_path}/taken.db"}, "ORDERAHEAD_DATABASE_URL: "),
        ({"database_url": f"postgresql://me:{CANARY}@127.0.0.1:9/orders"}, "ORDERAHEAD_DATABASE_URL: "),
        ({"slack_bot_token": f"xoxb-{CANARY}"}, "ORDERAHEAD_SLACK_BOT_TOKEN: Slack does not accept"),
        ({"slack_app_token": f"xapp-{CANARY}"}, "ORDERAHEAD_SLACK_APP_TOKEN: Slack does not accept"),
    ]
    for number, (changed, words) in enumerate(rows):
        settings = {"database_url": f"sqlite:///{tmp_path}/{number}.db", **changed}
        code, said = await starting.with_settings(environment_of(sandbox, **settings))
        assert words in said
        assert code == 2
        assert "Traceback" not in said
        assert_one_readable_sentence(said.strip().splitlines()[-1])
        assert CANARY not in said
        assert len(said.strip().splitlines()) == 1, said


async def test_what_other_programs_call_slack_has_no_effect(sandbox: Sandbox, tmp_path: Path) -> None:
    """Bolt would read these behind one's back, and switch on OAuth by itself."""
    foreign = {
        "SLACK_BOT_TOKEN": f"xoxb-{CANARY}",
        "SLACK_APP_TOKEN": f"xapp-{CANARY}",
        "SLACK_SIGNING_SECRET": CANARY,
        "SLACK_CLIENT_ID": "1.2",
        "SLACK_CLIENT_SECRET": CANARY,
        "SLACK_SCOPES": "chat:write",
    }
    settings = {"database_url": f"sqlite:///{tmp_path}/orders.db", "slack_app_token": ""}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "run",
        env={**environment_of(sandbox, **settings), **foreign},
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    said = b""
    async with asyncio.timeout(60):
        while b"is running at" not in said:
            line = await process.stderr.readline()
            assert line, said
            said += line
    assert await sandbox.slack.verify_events_url()
    process.terminate()
    assert await process.wait() == 0
    sandbox.slack.events_url = None
    assert sandbox.slack.refusals == {}
    assert CANARY not in said.decode() + (await process.stderr.read()).decode()


def test_a_store_is_read_from_toml_as_from_json(sandbox: Sandbox, tmp_path: Path) -> None:
    values = sandbox.environment()
    book = json.loads(values.pop("stores"))
    lines = [f'[accounts.green-mesa]\nclient_id = "{sandbox.shop.client_id}"\nkey = "{sandbox.shop.key}"']
    for key, store in book["stores"].items():
        lines.append(f"[stores.{key}]")
        lines += [f"{name} = {json.dumps(value)}" for name, value in store.items()]
    path = tmp_path / "stores.toml"
    path.write_text("\n".join(lines))
    (tmp_path / "stores.json").write_text(json.dumps(book))
    from_file = load({**values, "stores_file": path}).store_book().values()
    from_variable = load({**values, "stores": json.dumps(book)}).store_book().values()
    assert from_file == from_variable
    assert load({**values, "stores_file": tmp_path / "stores.json"}).store_book().values() == from_variable
    assert "oa-downtown-token" not in repr(from_file) + repr(load(values))


def test_the_machines_own_environment_is_not_read_by_the_tests() -> None:
    assert not [name for name in os.environ if name.startswith(("ORDERAHEAD_", "SLACK_"))]
