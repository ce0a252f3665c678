"""The canaries sing: what must be found nowhere is found where somebody puts it."""

from pathlib import Path

import pytest
from sqlalchemy import text

from bot.desk.desk import now_utc
from bot.sandbox import Sandbox
from bot.sandbox.sandbox import APP_TOKEN, BUDTENDER, SIGNING_SECRET
from bot.store import Database
from bot.vault import Vault, new_key
from tests import canaries


@pytest.mark.parametrize("name", [*canaries.SECRETS, *canaries.PERSONAL])
def test_each_is_found_in_a_log(name: str) -> None:
    value = {**canaries.SECRETS, **canaries.PERSONAL}[name].decode()
    assert name in canaries.in_text(f"2026-11-21 [error] could not sign in key={value} store=downtown")


@pytest.mark.parametrize(
    "token",
    [
        "xoxb-1234567890-abcdef",
        "xoxe.xoxb-1-Mi0yLTEyMzQ1",
        "xoxe-1-Mi0yLTEyMzQ1",
        "whsec_Z3JlZW4tbWVzYS1vcmRlcnMtaW4t",
        "xapp-1-A0-1-a",
    ],
)
def test_a_token_that_nobody_planted_is_found_by_its_shape(token: str) -> None:
    assert canaries.in_text(f"token={token}") != []


def test_what_is_sealed_belongs_into_the_database_and_not_into_a_log(tmp_path: Path, sandbox: Sandbox) -> None:
    sealed = Vault([new_key()]).seal(SIGNING_SECRET)
    assert canaries.in_text(sealed) != []
    (tmp_path / "orders.db").write_text(sealed)
    assert canaries.at_the_end(sandbox, f"sqlite:///{tmp_path}/orders.db") == []


@pytest.mark.parametrize("name", ["orders.db", "orders.db-wal", "orders.db-journal", "orders.db.bak"])
def test_one_in_a_file_of_the_database_is_found(tmp_path: Path, sandbox: Sandbox, name: str) -> None:
    (tmp_path / name).write_bytes(b"\x00\x01" + APP_TOKEN.encode() + b"\xff")
    assert f"Slack's app token in {name}" in canaries.at_the_end(sandbox, f"sqlite:///{tmp_path}/orders.db")


async def test_one_on_a_card_is_found_even_when_it_was_edited_away(sandbox: Sandbox, tmp_path: Path) -> None:
    slack, person = sandbox.slack, sandbox.people[BUDTENDER]
    said = await slack.say(person, sandbox.channels["downtown"], f"it is {SIGNING_SECRET}")
    slack.core.edit(said, text="it is gone", blocks=[], through="test")
    assert "Slack's signing secret in Slack" in canaries.at_the_end(sandbox, f"sqlite:///{tmp_path}/none.db")


async def test_one_in_a_row_of_postgresql_is_found(database: Database) -> None:
    async with database.write() as tx:
        sealed = tx.vault.seal(SIGNING_SECRET)
        values = {"id": "draft", "sealed": sealed, "at": now_utc()}
        await tx.connection.execute(
            text("INSERT INTO drafts (id, sealed, expires_at) VALUES (:id, :sealed, :at)"), values
        )
    address = database.url.replace("postgresql+asyncpg", "postgresql")
    assert await canaries.in_postgres(address) == []
    async with database.write() as tx:
        await tx.connection.execute(text("UPDATE drafts SET sealed = :open"), {"open": SIGNING_SECRET})
    found = await canaries.in_postgres(address)
    assert found == ([] if database.is_sqlite else ["Slack's signing secret in drafts"])
