"""What must be found nowhere: the secrets and the shoppers of the worlds that tests run in. They are looked for at the end
of every test, in all that the bot wrote, said or kept.

Each one is distinctive, so that looking is a search for bytes. The key file is left out: there is the key.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bot.keyring import SUFFIX
from bot.sandbox import Sandbox
from bot.sandbox.sandbox import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, VAULT_KEY
from bot.sandbox.shop import green_mesa
from bot.store.database import sqlite_file

TOKEN = re.compile(rb"\b(?:xox[a-z](?:\.xox[a-z])?-|xapp-)[\w-]{8,}|\bwhsec_[\w+/=]{24,}|\bgAAAAA[\w=-]{60,}")
"""What looks like a token of Slack's, a webhook's secret or a sealed value; where it may not stand, whosever it is."""
SEALED = re.compile(rb"\bgAAAAA[\w=-]{60,}")
"""Letters that mean nothing: in hundreds of thousands of them some four make a name."""


def _secrets() -> dict[str, str]:
    shop = green_mesa()
    named = {
        "Slack's bot token": BOT_TOKEN,
        "Slack's app token": APP_TOKEN,
        "Slack's signing secret": SIGNING_SECRET,
        "Slack's client secret": "sandbox-client-secret",
        "the vault's key": VAULT_KEY,
        "Flowhub's key": shop.key,
        "Leafly's client secret": shop.leafly.client_secret,
        "Leafly's HMAC key": shop.leafly.hmac_key,
    }
    named |= {f"the web shop's secret for {name}": secret for name, secret in shop.web_shop_secrets.items()}
    return named | {f"{store.name}'s Order Ahead token": store.order_ahead_token for store in shop.stores}


def _personal() -> dict[str, str]:
    """Of the shoppers: what a card never shows. First names and initials stand on it."""
    shop = green_mesa()
    at_work = {word for one in shop.staff for word in one.name.split()}
    found: dict[str, str] = {}
    for one in shop.shoppers:
        found[f"{one.key}'s phone"] = one.phone.removeprefix("+1")
        found[f"{one.key}'s address of e-mail"] = one.email
        if one.last_name not in at_work:
            found[f"{one.key}'s last name"] = one.last_name
        if one.medical_id:
            found[f"{one.key}'s medical id"] = one.medical_id
    return {name: value for name, value in found.items() if len(value) > 3}


SECRETS: Mapping[str, bytes] = {name: value.encode() for name, value in _secrets().items()}
PERSONAL: Mapping[str, bytes] = {name: value.encode() for name, value in _personal().items()}


def in_text(text: str) -> list[str]:
    """In what a program writes for its operator: the log, an error, the metrics."""
    return _found(text.encode("utf-8", "replace"), SECRETS, PERSONAL)


def at_the_end(sandbox: Sandbox, database_url: str) -> list[str]:
    """In what a world leaves: Slack as everybody sees it, the stand-ins' record on the console page, the database's files."""
    leaks = [f"{what} in Slack" for what in _found(_slack(sandbox), SECRETS, PERSONAL)]
    leaks += [f"{what} told in private" for what in _found(_private(sandbox), SECRETS)]
    for wire in (sandbox.slack.wire, sandbox.flowhub.wire, sandbox.leafly.wire, sandbox.webshop.wire):
        written = "\n".join(f"{one.path} {one.request} {one.response}" for one in wire.entries)
        leaks += [f"{what} in the record of {wire.to}" for what in _found(written.encode("utf-8", "replace"), SECRETS)]
    for path in _files(database_url):
        content = path.read_bytes()
        leaks += [f"{what} in {path.name}" for what in _found(content, SECRETS, PERSONAL, sealed_is_fine=True)]
    return leaks


async def in_postgres(database_url: str) -> list[str]:
    """In any row of any table; on SQLite the files have been looked through already."""
    if sqlite_file(database_url) is not None:
        return []
    import asyncpg

    leaks: list[str] = []
    connection = await asyncpg.connect(database_url)
    try:
        names = "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"
        for (table,) in await connection.fetch(names):
            rows = await connection.fetch(f"SELECT t::text FROM {table} AS t")  # noqa: S608
            content = "\n".join(row[0] for row in rows).encode()
            leaks += [f"{what} in {table}" for what in _found(content, SECRETS, PERSONAL, sealed_is_fine=True)]
    finally:
        await connection.close()
    return leaks


def _found(content: bytes, *canaries: Mapping[str, bytes], sealed_is_fine: bool = False) -> list[str]:
    if sealed_is_fine:
        content = SEALED.sub(b"", content)
    named = [name for each in canaries for name, value in each.items() if value in content]
    shaped = {one[:5].decode() for one in TOKEN.findall(content)}
    return named + [f"something like {one}…" for one in sorted(shaped)]


def _slack(sandbox: Sandbox) -> bytes:
    """All messages with all their former faces, and the Home tabs."""
    parts: list[bytes] = []
    for core in sandbox.slack.installs.cores:
        for messages in core.workspace.messages.values():
            for message in messages:
                parts += [b"\n".join([revision.text.encode(), *revision.packed]) for revision in message.revisions]
        parts += [json.dumps(home.body, ensure_ascii=False).encode() for home in core.views.homes.values()]
    return b"\n".join(parts)


def _private(sandbox: Sandbox) -> bytes:
    """What one person saw: contacts that were revealed to them may stand here, and nothing else that is secret."""
    parts: list[str] = []
    for core in sandbox.slack.installs.cores:
        for told in core.workspace.ephemeral.values():
            parts += [json.dumps([one.text, one.blocks, one.attachments], ensure_ascii=False) for one in told]
        parts += [json.dumps(view.body, ensure_ascii=False) for stack in core.views.stacks.values() for view in stack]
    return "\n".join(parts).encode("utf-8", "replace")


def _files(database_url: str) -> Iterator[Path]:
    """The database and whatever rests beside it: the log of what was written ahead, its index, a backup."""
    database = sqlite_file(database_url)
    if database is not None:
        yield from _but_for_the_key(database.parent.glob(f"{database.name}*"))


def _but_for_the_key(paths: Iterable[Path]) -> Iterator[Path]:
    return (path for path in paths if path.is_file() and path.suffix != SUFFIX)
