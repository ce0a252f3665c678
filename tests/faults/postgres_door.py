"""A PostgreSQL database that nobody gets into any more, and that everybody was thrown out of."""

import asyncpg


async def shut(server: str, database_url: str) -> None:
    await _kick(server, database_url, "ALTER DATABASE {} ALLOW_CONNECTIONS false")


async def open_again(server: str, database_url: str) -> None:
    """Also whoever got in meanwhile is thrown out."""
    await _kick(server, database_url, "ALTER DATABASE {} ALLOW_CONNECTIONS true")


async def _kick(server: str, database_url: str, statement: str) -> None:
    name = database_url.partition("?")[0].rpartition("/")[2]
    connection = await asyncpg.connect(server)
    await connection.execute(statement.format(name))
    await connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
    await connection.close()
