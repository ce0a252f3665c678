"""The image and the composition, read as files: Docker itself is not at hand where the tests run."""

import re
from typing import Any

import pytest
import yaml

from bot.settings import Settings
from bot.settings.environment import PREFIX
from tests.architecture.run_lock import RUN_LOCK, pinned, run_lock
from tests.architecture.tree import ROOT

PINNED = re.compile(r"^[a-z]+:\d+\.\d+(\.\d+)?-[a-z-]+$")
"""A tag that says the version and the system below it."""


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile, an instruction and its words on each line."""
    text = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split()[0], line.partition(" ")[2]) for line in lines]


def said(name: str) -> list[str]:
    return [words for instruction, words in instructions() if instruction == name]


@pytest.fixture
def composed() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    return found


class TestImage:
    def test_its_base_is_pinned_and_slim(self) -> None:
        bases = [words.split()[0] for words in said("FROM")]
        assert all(PINNED.match(base) and "slim" in base for base in bases)
        assert len(set(bases)) == 1, "what is built on one system may not run on another"

    def test_it_runs_as_somebody_who_is_not_root(self) -> None:
        last = instructions()[max(at for at, (name, _) in enumerate(instructions()) if name == "FROM") :]
        users = [words for name, words in last if name == "USER"]
        assert users
        assert all(int(part) > 0 for part in users[-1].split(":"))

    def test_all_it_installs_is_locked_by_hashes(self) -> None:
        installs = [words for words in said("RUN") if "pip install" in words]
        assert installs
        assert all(
            "--require-hashes" in one or ("--no-deps" in one and "--no-build-isolation" in one) for one in installs
        )
        assert not [words for words in said("RUN") if re.search(r"\b(curl|wget|apt-get)\b", words)]
        assert not said("ADD")

    def test_its_health_is_that_of_the_process(self) -> None:
        (check,) = said("HEALTHCHECK")
        assert "/livez" in check

    def test_it_is_started_without_a_shell_between_it_and_its_signals(self) -> None:
        assert said("ENTRYPOINT") == ['["orderahead"]']
        assert said("STOPSIGNAL") == ["SIGTERM"]

    def test_it_holds_no_secret_and_names_only_settings_that_exist(self) -> None:
        named = set(re.findall(rf"{PREFIX}(\w+)=", " ".join(said("ENV"))))
        assert named == {"HOST", "PORT", "DATABASE_URL"}
        assert named <= {name.upper() for name in Settings.model_fields}

    def test_only_what_it_is_made_of_is_sent_to_the_builder(self) -> None:
        lines = (ROOT / ".dockerignore").read_text().splitlines()
        rules = [line for line in lines if line and not line.startswith("#")]
        copied = {source for words in said("COPY") if "--from" not in words for source in words.split()[:-1]}
        assert rules[0] == "*"
        assert {rule[1:] for rule in rules if rule.startswith("!")} == copied
        assert all((ROOT / name).exists() for name in copied)

    def test_the_shorter_lock_is_a_part_of_the_lock(self) -> None:
        assert RUN_LOCK.read_text() == run_lock(), "write it anew: python -m tests.architecture.run_lock"
        assert not {"pytest", "playwright", "mypy"} & set(re.findall(r"^([\w-]+)==", RUN_LOCK.read_text(), re.M))
        assert {"fastapi", "slack-bolt", "asyncpg", "greenlet"} <= set(pinned())


class TestComposition:
    def test_nothing_of_it_can_be_written_but_what_must_be(self, composed: dict[str, Any]) -> None:
        for service in composed.values():
            assert service["read_only"] is True
            assert "/tmp" in service["tmpfs"]
            assert service["security_opt"] == ["no-new-privileges:true"]
        assert composed["bot"]["cap_drop"] == ["ALL"]

    def test_the_bot_waits_until_the_database_is_well(self, composed: dict[str, Any]) -> None:
        assert composed["bot"]["depends_on"] == {"database": {"condition": "service_healthy"}}
        assert "pg_isready" in composed["database"]["healthcheck"]["test"]
        assert PINNED.match(composed["database"]["image"])

    def test_secrets_come_from_a_file_that_is_never_committed(self, composed: dict[str, Any]) -> None:
        assert composed["bot"]["env_file"] == [{"path": ".env", "required": True}]
        assert "/.env" in (ROOT / ".gitignore").read_text().splitlines()
        values = [str(value) for service in composed.values() for value in service["environment"].values()]
        assert all(":?" in value for value in values if "PASSWORD" in value), "there is no default password"

    def test_it_names_only_settings_that_exist(self, composed: dict[str, Any]) -> None:
        named = {name for name in composed["bot"]["environment"] if name.startswith(PREFIX)}
        assert {name.removeprefix(PREFIX).lower() for name in named} <= Settings.model_fields.keys()

    def test_more_than_one_bot_finds_a_port(self, composed: dict[str, Any]) -> None:
        (port,) = composed["bot"]["ports"]
        assert re.fullmatch(r"127\.0\.0\.1:\d+-\d+:8080", port)

    def test_a_stop_leaves_the_bot_its_ten_seconds(self, composed: dict[str, Any]) -> None:
        assert int(composed["bot"]["stop_grace_period"].removesuffix("s")) > 10
