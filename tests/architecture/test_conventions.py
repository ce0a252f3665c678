"""Habits of the house that a reader relies on, each with its reason."""

import ast
import re
import tomllib
from collections.abc import Iterator

import pytest

from bot import __version__
from bot.sandbox.slack.block_types import BLOCKS
from tests.architecture.tree import ROOT, Module, imports, inside, modules, production, text_files

LONGEST_FILE = 300
RULES_AND_WORDS = ("bot.rules", "bot.messages")


def complain(found: list[str], reason: str) -> None:
    assert not found, "\n".join([reason, *found])


def test_a_long_file_wants_to_become_a_folder() -> None:
    lengths = {one.where: len(one.path.read_text().splitlines()) for one in modules().values()}
    long = [f"{where} has {length} lines" for where, length in lengths.items() if length > LONGEST_FILE]
    complain(long, "A file that nobody can read in one go wants to become a folder of the same name.")


def test_every_module_says_what_it_is_for() -> None:
    silent = [one.where for one in modules().values() if one.tree.body and not ast.get_docstring(one.tree)]
    complain(silent, "A module's docstring is one paragraph: what it is for, and what it must not know.")


@pytest.mark.parametrize("name", sorted(name for name in modules() if inside(name, *RULES_AND_WORDS)))
def test_rules_and_messages_are_told_the_time_and_never_ask_for_it(name: str) -> None:
    module = modules()[name]
    asks = {"now", "today", "utcnow", "time_ns", "monotonic", "perf_counter"}
    calls = [
        node for node in ast.walk(module.tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    found = [module.at(call) for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr in asks]
    complain(found, "A decision that asks the clock can't be repeated or tested: `now` and `today` are parameters.")


@pytest.mark.parametrize("name", sorted(name for name in modules() if inside(name, "bot.rules")))
def test_rules_are_no_coroutines(name: str) -> None:
    module = modules()[name]
    waits = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
    complain(
        [module.at(node) for node in ast.walk(module.tree) if isinstance(node, waits)],
        "A rule has nothing to wait for.",
    )


BLOCK_KIT = {"mrkdwn", "plain_text", "static_select", "plain_text_input", "radio_buttons", "checkboxes", "overflow"}


def block_kit_in(module: Module) -> Iterator[ast.AST]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and node.value in BLOCK_KIT:
            yield node
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                named_type = isinstance(key, ast.Constant) and key.value == "type"
                if named_type and isinstance(value, ast.Constant) and value.value in {*BLOCKS, "modal", "home"}:
                    yield value


def test_block_kit_is_spoken_in_messages_only() -> None:
    found = [
        module.at(node)
        for module in production()
        if not inside(module.name, "bot.messages")
        for node in block_kit_in(module)
    ]
    complain(found, "All wording and layout live in bot/messages, so that a designer has one place to look.")


def test_the_search_for_block_kit_finds_it_where_it_is() -> None:
    assert list(block_kit_in(modules()["bot.messages.parts"]))


def names_in(module: Module, suffix: str) -> Iterator[str]:
    for node in ast.walk(module.tree):
        names = (
            [alias.name for alias in node.names]
            if isinstance(node, ast.ImportFrom)
            else [node.id]
            if isinstance(node, ast.Name)
            else [node.attr]
            if isinstance(node, ast.Attribute)
            else []
        )
        yield from (f"{module.at(node)} {name}" for name in names if name.endswith(suffix) and name != suffix)


def test_rows_stay_in_the_store() -> None:
    found = [name for one in production() if not inside(one.name, "bot.store") for name in names_in(one, "Row")]
    found += [
        str(one)
        for module in production()
        if not inside(module.name, "bot.store")
        for one in imports(module.name)
        if inside(one.imported, "bot.store.rows")
    ]
    complain(found, "A row that travels makes every module depend on the shape of the database.")


def test_payloads_stay_at_their_edge() -> None:
    found = []
    for module in production():
        made_here = {node.name for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)}
        found += [name for name in names_in(module, "Payload") if name.rpartition(" ")[2] not in made_here]
    complain(
        found, "Wire names become full words at the edge; a payload that travels spreads the other side's oddities."
    )


def test_nothing_is_left_for_later() -> None:
    words = re.compile("|".join([r"\bTO" + r"DO\b", r"\bFIX" + r"ME\b", r"\bXX" + r"X\b"]))
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in text_files()
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if words.search(line)
    ]
    complain(found, "What is worth doing is an issue.")


LEAVES_OUT = {
    *("skip", "skipif", "skipIf", "skipUnless", "skipTest", "SkipTest"),
    *("x" + "fail", "expectedFailure", "importorskip", "collect_ignore", "collect_ignore_glob", "__test__"),
}
"""What pytest and unittest have for a test that does not run, or may fail."""


def left_out(tree: ast.AST) -> Iterator[ast.AST]:
    """However it is reached: as an attribute, by a name that was imported, as a variable that the runner looks for."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name) | ast.Name(id=name) | ast.alias(name=name) if name in LEAVES_OUT:
                yield node


def test_every_test_runs() -> None:
    found = [module.at(node) for module in modules().values() for node in left_out(module.tree)]
    complain(found, "A test that does not run, or may fail, proves nothing.")


@pytest.mark.parametrize("name", sorted(LEAVES_OUT))
@pytest.mark.parametrize(
    "written", ["pytest.mark.{}", "import pytest as p\np.{}('why')", "from unittest import {}", "{} = 1"]
)
def test_that_look_finds_what_does_not_run(written: str, name: str) -> None:
    assert list(left_out(ast.parse(written.format(name))))


def test_no_file_names_a_machine_or_a_package_index() -> None:
    machine = re.compile(r"(?<![\w.:/-])/((home|Users|work|mnt)/[\w.-]+/|root/)\w|[A-Z]:\\\\Users")
    index = re.compile(
        r"https?://[^\s\"']*(pypi\.|pythonhosted|/simple\b|artifactory|nexus)|--(extra-)?index-url[ =]|--find-links[ =]"
    )
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in text_files()
        if path.name != "test_conventions.py"
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if machine.search(line) or index.search(line)
    ]
    complain(found, "The project works on every machine and installs from whatever index pip is set up for.")


def test_the_version_is_written_once_and_repeated_rightly() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == __version__
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest is not None
    assert newest[1].strip("[]") in {__version__, "Unreleased"}
