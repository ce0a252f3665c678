"""requirements-run.lock: of all that requirements.lock pins, what the program needs to run.

`python -m tests.architecture.run_lock` writes it anew. Nothing is resolved a second
time, so both lock the same versions by the same hashes."""

import re
from collections.abc import Iterator
from importlib.metadata import requires

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.tree import ROOT

LOCK, RUN_LOCK = ROOT / "requirements.lock", ROOT / "requirements-run.lock"
BUILD = "setuptools"
"""What the package itself is built with (pyproject.toml): locked beside, so that no build fetches anything unhashed."""
HEAD = """# What Order Ahead needs to run, for an image: a part of requirements.lock, the same versions and hashes. Made with:
#   python -m tests.architecture.run_lock

"""


def pinned() -> dict[str, str]:
    """Each pinned package by its name: its version and hashes as they stand in requirements.lock, without remarks."""
    found: dict[str, str] = {}
    name = ""
    for line in LOCK.read_text().splitlines():
        if line and not line.startswith(("#", " ")):
            name = canonicalize_name(re.split(r"[=\[ ;]", line)[0])
            found[name] = line
        elif line.strip() and not line.strip().startswith("#"):
            found[name] += f"\n{line}"
    return found


def needed() -> set[str]:
    """What the program needs, and what that needs in turn, as far as it is pinned: what belongs to another system is not."""
    every, found = pinned(), {BUILD}
    waiting = list(_needs("orderahead-bot", frozenset()))
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        name, extras = waiting.pop()
        if name not in every or (name, extras) in seen:
            continue
        seen.add((name, extras))
        found.add(name)
        waiting += _needs(name, extras)
    return found


def _needs(name: str, extras: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    for line in requires(name) or ():
        asked = Requirement(line)
        if asked.marker is None or any(asked.marker.evaluate({"extra": extra}) for extra in (*extras, "")):
            yield canonicalize_name(asked.name), frozenset(asked.extras)


def run_lock() -> str:
    every = pinned()
    # A line ends with a backslash where hashes follow; without its remarks the last one has none.
    return HEAD + "\n".join(every[name] for name in sorted(needed())) + "\n"


if __name__ == "__main__":
    RUN_LOCK.write_text(run_lock())
