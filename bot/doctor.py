"""`orderahead doctor`: every check that /flowhub doctor makes, of every store, for a terminal or for a machine."""

import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy.exc import SQLAlchemyError

from bot.activation.examining import database_lines
from bot.activation.examining import examine as examine_office
from bot.app import make_desk, make_workspaces
from bot.deliveries import Office
from bot.desk.desk import now_utc
from bot.keyring import keys_of
from bot.messages.checklist import in_a_terminal, words
from bot.outgoing import http_client
from bot.rules.checklist import Check, Line, Why, all_well, line
from bot.rules.workspaces import PLAIN
from bot.settings import Settings
from bot.slack import TIMEOUT_SECONDS
from bot.store import Database, schema, stores
from bot.vault import Vault, new_key


async def examine(settings: Settings, *, say: Callable[[str], object], as_json: bool = False) -> bool:
    """Run every check and say how it went; True when nothing is wrong. Raises Misconfigured for settings that make no
    sense."""
    settings.store_book()
    database = Database(settings.database_url, Vault(keys_of(settings)))
    try:
        try:
            lines = await database_lines(database)
        except (SQLAlchemyError, OSError):
            lines = [line(Check.DATABASE, Why.SILENT)]
        if lines[0].why is Why.WORKS:
            found = await _examine(settings, database, lines)
        else:
            found = await _without_database(settings, lines)
    finally:
        await database.close()
    if as_json:
        say(json.dumps([_as_json(one) for one in found], ensure_ascii=False))
    else:
        for one in found:
            say(in_a_terminal(one))
        if not any(one.check is Check.ACCOUNT for one in found):
            say("–  No store is connected: type /flowhub connect in Slack, or see ORDERAHEAD_STORES_FILE.")
    return all_well(found)


async def _without_database(settings: Settings, lines: Sequence[Line]) -> list[Line]:
    """There is no database yet, or it is down: what the settings say is checked all the same, over one that is thrown
    away."""
    with tempfile.TemporaryDirectory(prefix="orderahead-doctor-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'doctor.db'}", Vault([new_key()]))
        try:
            await schema.upgrade(database)
            async with database.write() as tx:
                for store, credentials in settings.store_book().values():
                    await stores.put(tx, store, credentials, now=now_utc())
            return await _examine(settings, database, lines)
        finally:
            await database.close()


async def _examine(settings: Settings, database: Database, lines: Sequence[Line]) -> list[Line]:
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
    async with http_client(timeout=10) as http, aiohttp.ClientSession(timeout=timeout) as session:
        office = Office(make_desk(settings, database, http), make_workspaces(settings, database, session))
        await office.desk.load_stores()
        served = {store.workspace for store in office.desk.stores.values()}
        return await examine_office(office, sorted(served | ({PLAIN} - _many(settings))), database=lines)


def _many(settings: Settings) -> set[str]:
    """With installs by workspaces there is none of the settings' token."""
    return {PLAIN} if settings.has_many_workspaces else set()


def _as_json(one: Line) -> dict[str, Any]:
    found, fix = words(one)
    return {**one.as_json(), "says": found, "fix": fix}
