"""Where the keys that encrypt secrets and personal data come from: the settings, or a file beside the SQLite database.

Nothing here shows a key. With keys in the settings there is no file.
"""

import os
import stat
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import Misconfigured
from bot.settings import Settings
from bot.store import Database, keys
from bot.store.database import sqlite_file
from bot.store.schema import upgrade
from bot.vault import new_key

log = structlog.get_logger("orderahead")

SUFFIX = ".key"


def keys_of(settings: Settings) -> list[str]:
    """The keys, newest first. Raises Misconfigured where there are none and none can be made."""
    if settings.secret_keys is not None:
        return settings.vault_keys
    path = key_file(settings)
    if path is None:
        raise Misconfigured(
            "ORDERAHEAD_SECRET_KEYS must be set where the database is not a SQLite file. 'orderahead keys new' makes one."
        )
    if not path.exists():
        _make(path)
    return _read(path)


def key_file(settings: Settings) -> Path | None:
    """Where the key file is or would be; None where there can be none."""
    database = sqlite_file(settings.database_url)
    return database.with_name(f"{database.name}{SUFFIX}") if database is not None else None


def _make(path: Path) -> None:
    """A new file that nobody else may read from its first moment on, and never over another one."""
    database = path.with_name(path.name.removesuffix(SUFFIX))
    if database.exists() and database.stat().st_size:
        raise Misconfigured(
            f"ORDERAHEAD_SECRET_KEYS is not set, and the key file {path} is gone: set the keys that this database was "
            "sealed with, or bring the file back."
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(f"{new_key()}\n")
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        return  # another process was faster
    except OSError as problem:
        raise Misconfigured(f"ORDERAHEAD_SECRET_KEYS: {path} can't be made ({problem.strerror}).") from None
    log.warning(
        "ORDERAHEAD_SECRET_KEYS is not set: a key was made. Back this file up, without it nothing sealed can be read",
        file=str(path.absolute()),
    )


def _read(path: Path) -> list[str]:
    try:
        mode = path.stat().st_mode
        if stat.S_IMODE(mode) & 0o077:
            raise Misconfigured(
                f"ORDERAHEAD_SECRET_KEYS: others can read the key file {path}. Do 'chmod 600 {path}', and rotate the key "
                "if somebody may have seen it."
            )
        found = path.read_text().split()
    except (OSError, UnicodeDecodeError) as problem:
        why = getattr(problem, "strerror", "") or "it is no text"
        raise Misconfigured(f"ORDERAHEAD_SECRET_KEYS: the key file {path} can't be read ({why}).") from None
    if not found:
        raise Misconfigured(f"ORDERAHEAD_SECRET_KEYS: the key file {path} is empty.")
    return found


async def rotate(database: Database) -> str:
    """Seal everything with the newest key while the bot runs; what is to be done then. Raises Misconfigured."""
    try:
        await upgrade(database)
    except (SQLAlchemyError, OSError):
        raise Misconfigured("ORDERAHEAD_DATABASE_URL: this database can't be opened.") from None
    async with database.read() as tx:
        await keys.check(tx)
        if not await keys.is_in_use(tx):
            raise Misconfigured(
                "ORDERAHEAD_SECRET_KEYS: no bot has started with the newest key yet. Put it in front, start every bot with "
                "it, then rotate: a bot that does not know the key could not read what is sealed with it."
            )
    count = await keys.seal_all_anew(database)
    async with database.write() as tx:
        others = await keys.forget_the_others(tx)
    left = " The older keys are no longer needed." if others or len(database.vault.prints) > 1 else ""
    return f"{count} values were sealed anew.{left}"
