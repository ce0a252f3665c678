"""What an operator does with the database as a whole: back it up, bring it back, move it to another engine."""

import os
import shutil
import tempfile
from pathlib import Path

from bot.errors import Misconfigured
from bot.store import Database, schema
from bot.store.copying import Said, copy


async def back_up(database: Database, path: Path, *, said: Said) -> dict[str, int]:
    """Copy everything into a new SQLite file that only its owner may read, while the bot runs. Returns the rows by table.

    Raises Misconfigured when the file is there already or can't be made; a copy that failed leaves no file behind.
    """
    _make_private(path)
    try:
        return await move(database, f"sqlite:///{path}", said=said)
    except BaseException:
        _unmake(path)
        raise


async def restore(database: Database, path: Path, *, said: Said) -> dict[str, int]:
    """Bring a backup into a database that is still empty; one of an older version is brought up to date on the way."""
    with tempfile.TemporaryDirectory(prefix="orderahead-restore-") as folder:
        copied = Path(folder) / "backup.db"
        try:
            shutil.copyfile(path, copied)
        except OSError as problem:
            raise Misconfigured(f"{path} can't be read ({problem.strerror}).") from None
        backup = Database(f"sqlite:///{copied}", database.vault)
        try:
            await schema.upgrade(backup)
            await schema.upgrade(database)
            return await copy(backup, database, said=said)
        finally:
            await backup.close()


async def move(database: Database, to: str, *, said: Said) -> dict[str, int]:
    """Copy everything into the empty database at the address `to`. The bot must not run meanwhile, or what it then writes
    stays behind."""
    target = Database(to, database.vault)
    try:
        await schema.upgrade(target)
        return await copy(database, target, said=said)
    finally:
        await target.close()


def _make_private(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise Misconfigured(f"{path} is there already; a backup goes into a new file.") from None
    except OSError as problem:
        raise Misconfigured(f"{path} can't be written ({problem.strerror}).") from None


def _unmake(path: Path) -> None:
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)
