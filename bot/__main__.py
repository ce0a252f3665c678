"""The command line: run · demo · sandbox · doctor · sync · backup · restore · keys · db · audit."""

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import __version__, logs
from bot.errors import Misconfigured, OrderAheadError
from bot.long_lived import set_aside

cli = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="The order desk in Slack for cannabis dispensaries.",
)
keys_cli = typer.Typer(no_args_is_help=True, help="Keys that encrypt secrets and personal data.")
db_cli = typer.Typer(no_args_is_help=True, help="The database's schema.")
cli.add_typer(keys_cli, name="keys")
cli.add_typer(db_cli, name="db")
audit_cli = typer.Typer(no_args_is_help=True, help="The log of what people did.")
cli.add_typer(audit_cli, name="audit")


def main() -> None:
    """What is wrong with the settings is one sentence and exit code 2; anything else that a person can mend is code 1."""
    try:
        cli()
    except Misconfigured as problem:
        typer.echo(problem.sentence, err=True)
        sys.exit(2)
    except OrderAheadError as problem:
        typer.echo(problem.sentence, err=True)
        sys.exit(1)


@cli.command()
def run() -> None:
    """Run the bot with the settings of the environment."""
    from bot.settings import load

    settings = load()
    settings.store_book()
    logs.set_up(settings.log_level, settings.log_format)
    from bot.app import Bot  # takes its time, which a wrong setting need not wait for

    async def work() -> None:
        stopped = asyncio.create_task(_stop_signal().wait())
        bot = Bot(settings)
        starting = asyncio.create_task(bot.start())
        await asyncio.wait({starting, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if stopped.done():
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
        else:
            await starting
            set_aside()
            typer.echo(f"Order Ahead {__version__} is running at {bot.address}", err=True)
            await stopped
        await bot.close()

    _run(work())


@cli.command()
def doctor(
    json: Annotated[bool, typer.Option("--json", help="Print one JSON array of findings.")] = False,
) -> None:
    """Check settings, database, Slack, Leafly and every store's credentials, and say what does not work."""
    from bot.doctor import examine
    from bot.settings import load

    logs.set_up("ERROR")
    if not asyncio.run(examine(load(), say=typer.echo, as_json=json)):
        raise typer.Exit(1)


@cli.command()
def sync(
    wide: Annotated[bool, typer.Option("--wide", help="All customers and the last weeks' sales, as by night.")] = False,
    anyway: Annotated[bool, typer.Option("--anyway", help="Even if it adds or removes more than 40 %.")] = False,
    account: Annotated[str, typer.Option(help="Only this account; all when none is named.")] = "",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object with what each run did.")] = False,
) -> None:
    """Read customers and sales from Flowhub now, and say what changed. A first load goes on where it stopped."""
    from bot.settings import load
    from bot.sync_command import sync_now

    logs.set_up("ERROR")
    _run(sync_now(load(), wide=wide, anyway=anyway, account=account, as_json=json, say=typer.echo))


@cli.command()
def sandbox(
    port: Annotated[int, typer.Option(help="First of four ports to use; 0 takes free ones.")] = 0,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object with addresses and credentials.")] = False,
) -> None:
    """Run only the stand-ins for Flowhub, Leafly and Slack, to develop against."""
    from bot.sandbox.commands import run_sandbox

    logs.set_up("WARNING")
    _run(run_sandbox(port=port, as_json=json, until_stopped=_until_stopped))


@cli.command()
def demo(
    port: Annotated[int, typer.Option(help="Where the console page is served; 0 takes a free port.")] = 8765,
    headless: Annotated[
        bool, typer.Option("--headless", help="Play the story once, without a page, and stop.")
    ] = False,
    fast: Annotated[bool, typer.Option("--fast", help="Play the story as fast as it goes.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object with what happened.")] = False,
) -> None:
    """Play a dispensary's day: the stand-ins, a story, and the real bot between them."""
    from bot.demo import play

    logs.set_up("WARNING")
    _run(play(port=port, headless=headless, fast=fast, as_json=json, until_stopped=_until_stopped))


@keys_cli.command("new")
def new_key() -> None:
    """Print a new key for ORDERAHEAD_SECRET_KEYS."""
    from bot.vault import new_key as make

    typer.echo(make())


@keys_cli.command("rotate")
def rotate_keys() -> None:
    """Seal everything with the newest key, while the bot runs; then the older keys can go."""
    from bot.keyring import keys_of, rotate
    from bot.settings import load
    from bot.store import Database
    from bot.vault import Vault

    settings = load()

    async def work() -> None:
        database = Database(settings.database_url, Vault(keys_of(settings)))
        try:
            typer.echo(await rotate(database))
        finally:
            await database.close()

    _run(work())


@db_cli.command("upgrade")
def db_upgrade() -> None:
    """Bring the schema to the newest version; 'run' does this by itself."""
    _at_schema("upgrade")


@db_cli.command("downgrade")
def db_downgrade() -> None:
    """Take the schema one step back, for the version before this one."""
    _at_schema("downgrade")


def _at_schema(verb: str) -> None:
    from bot.store import Database, schema

    async def work(database: Database) -> None:
        await getattr(schema, verb)(database)
        typer.echo(f"The schema is at {await schema.revision(database) or 'nothing'}.")

    _with_database(work)


@db_cli.command("move")
def db_move(
    to: Annotated[str, typer.Argument(help="The address of an empty database, postgresql://… or sqlite:///….")],
) -> None:
    """Copy everything into another database and prove that it is the same there. Stop the bot first."""
    from bot.upkeep import move

    _with_database(lambda database: _copied(move(database, to, said=_say_rows)))
    typer.echo("Set ORDERAHEAD_DATABASE_URL to the new address, and start the bot.")


@cli.command()
def backup(path: Annotated[Path, typer.Argument(help="A file that is not there yet.")]) -> None:
    """Copy the whole database into a file, while the bot runs. Keep ORDERAHEAD_SECRET_KEYS elsewhere: secrets rest sealed."""
    from bot.upkeep import back_up

    _with_database(lambda database: _copied(back_up(database, path, said=_say_rows)))


@cli.command()
def restore(path: Annotated[Path, typer.Argument(help="A file that 'backup' made.")]) -> None:
    """Bring a backup into the database of ORDERAHEAD_DATABASE_URL, which must be empty."""
    from bot.upkeep import restore as bring_back

    _with_database(lambda database: _copied(bring_back(database, path, said=_say_rows)))


def _say_rows(table: str, rows: int) -> None:
    typer.echo(f"{rows:>9,}  {table}", err=True)


async def _copied(copying: Coroutine[Any, Any, dict[str, int]]) -> None:
    rows = await copying
    typer.echo(f"{sum(rows.values()):,} rows in {len(rows)} tables were copied, and are the same there.")


@audit_cli.command("verify")
def audit_verify() -> None:
    """Prove that no entry of the audit log was changed, deleted or slipped in; exit code 1 names the first that was."""
    from bot.store import Database, audit, not_sent, schema

    async def work(database: Database) -> int:
        with not_sent():
            known = await schema.revision(database)
        if known is None:
            raise Misconfigured(
                "ORDERAHEAD_DATABASE_URL: there is no schema in this database yet, and so no audit log."
            )
        async with database.read() as tx:
            found = await audit.verify(tx)
        if found.broken:
            typer.echo(f"The audit log is broken after {found.entries} entries: {found.broken}.", err=True)
            return 1
        typer.echo(f"The audit log holds: {found.entries} entries, the last one {found.last_hash}.")
        return 0

    _with_database(work)


def _with_database(work: Callable[[Any], Coroutine[Any, Any, int | None]]) -> None:
    from bot.keyring import keys_of
    from bot.settings import load
    from bot.store import Database
    from bot.vault import Vault

    settings = load()

    async def opened() -> int | None:
        database = Database(settings.database_url, Vault(keys_of(settings)))
        try:
            return await work(database)
        finally:
            await database.close()

    _run(opened())


def _run(work: Coroutine[Any, Any, int | None]) -> None:
    """Run on the fast loop where there is one."""
    try:
        import uvloop
    except ImportError:
        code = asyncio.run(work)
    else:
        code = uvloop.run(work)
    if code:
        raise typer.Exit(code)


async def _until_stopped() -> None:
    """Returns at the first SIGINT or SIGTERM."""
    await _stop_signal().wait()


def _stop_signal() -> asyncio.Event:
    """Set at the first SIGINT or SIGTERM from now on."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    return stopped


if __name__ == "__main__":
    main()
