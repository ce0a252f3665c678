"""requirements.lock: everything pinned, everything hashed, nothing that ties it to one package index."""

import re
import sys
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.tree import ROOT, imports, modules

LOCK = (ROOT / "requirements.lock").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
ASKED_FOR = [Requirement(line) for line in PROJECT["dependencies"]]
FOR_DEVELOPMENT = [Requirement(line) for line in PROJECT["optional-dependencies"]["dev"]]
IMPORT_NAMES = {
    "alembic": "alembic", "apscheduler": "apscheduler", "pyyaml": "yaml", "prometheus-client": "prometheus_client",
    "pydantic-settings": "pydantic_settings", "slack-bolt": "slack_bolt", "slack-sdk": "slack_sdk",
    "fastapi-offline": "fastapi_offline", "python-liquid": "liquid",
}  # fmt: skip
NEEDED_BY_OTHERS = {
    "asyncpg": "SQLAlchemy's PostgreSQL driver",
    "httptools": "uvicorn's fast parser", "rich": "typer's help", "sqlalchemy": "beneath sqlmodel",
    "tzdata": "zones where the system has none",
}  # fmt: skip


def entries() -> dict[str, tuple[str, int]]:
    """Name → pinned version and number of hashes."""
    joined = re.sub(r"\\\n\s*", " ", LOCK)
    found: dict[str, tuple[str, int]] = {}
    for line in joined.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            pinned = re.match(r"([A-Za-z0-9._-]+)==([^\s;]+)", line)
            assert pinned, f"not pinned with ==: {line[:60]}"
            found[canonicalize_name(pinned[1])] = (pinned[2], len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", line)))
    return found


def test_every_entry_is_pinned_and_hashed() -> None:
    assert [name for name, (_, hashes) in entries().items() if not hashes] == []
    assert len(entries()) > len(ASKED_FOR) + len(FOR_DEVELOPMENT)


def test_no_entry_names_an_address() -> None:
    assert re.findall(r"https?://\S+|^-\w.*|^--(?!hash).*|file:\S+| @ \S+", LOCK, re.MULTILINE) == []


@pytest.mark.parametrize("wanted", [*ASKED_FOR, *FOR_DEVELOPMENT], ids=lambda wanted: wanted.name)
def test_the_lock_satisfies_what_the_project_asks_for(wanted: Requirement) -> None:
    if wanted.marker is not None:
        assert wanted.marker.evaluate({"sys_platform": "linux"})
    name = canonicalize_name(wanted.name)
    assert name in entries()
    assert wanted.specifier.contains(entries()[name][0], prereleases=True)


def test_what_the_code_imports_is_asked_for_by_name() -> None:
    """A library that only comes along with another one may be gone with the other's next version."""
    asked = {IMPORT_NAMES.get(canonicalize_name(one.name), one.name.replace("-", "_").lower()) for one in ASKED_FOR}
    used = {
        one.imported.partition(".")[0] for name in modules() if not name.startswith("tests") for one in imports(name)
    }
    foreign = used - sys.stdlib_module_names - {"bot", "handlers", "sync", "tests"}
    brought_along = {"starlette": "fastapi", "pydantic_core": "pydantic", "yarl": "aiohttp"}
    assert {brought_along.get(name, name) for name in foreign} <= asked


def test_what_is_asked_for_is_used() -> None:
    used = {
        one.imported.partition(".")[0] for name in modules() if not name.startswith("tests") for one in imports(name)
    }
    unused = [
        one.name
        for one in ASKED_FOR
        if IMPORT_NAMES.get(canonicalize_name(one.name), one.name.replace("-", "_").lower()) not in used
        and canonicalize_name(one.name) not in NEEDED_BY_OTHERS
    ]
    assert unused == [], "a dependency that nobody uses is one to keep up to date for nothing"
