"""docs/faults.md, the fault matrix, tells the truth: each of its rows names tests that exist, and no part was forgotten."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PAGE = (TESTS.parent / "docs" / "faults.md").read_text()
ROWS = [
    [cell.strip() for cell in line.strip("| ").split(" | ")] for line in PAGE.splitlines() if line.startswith("| ")
][1:]
PARTS = {
    "intake",
    "placing",
    "following",
    "cards",
    "threads and calls",
    "telling",
    "people",
    "customers",
    "start and stop",
}
SIDES = (
    "Flowhub",
    "Leafly",
    "web shop",
    "Slack",
    "database",
    "disk",
    "clock",
    "network",
    "SIGTERM",
    "SIGKILL",
    "replica",
)


@cache
def functions_of(file: str) -> set[str]:
    tree = ast.parse((TESTS / file).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize("row", ROWS, ids=[f"{row[0]}: {row[1]}" for row in ROWS])
def test_every_row_names_tests_that_exist(row: list[str]) -> None:
    _fault, part, expected, shown_by = row
    assert part in PARTS
    assert expected
    tests = re.findall(r"`([^`]+)`", shown_by)
    assert tests
    for file, _, name in (test.partition("::") for test in tests):
        assert name.startswith("test_")
        assert name in functions_of(file), f"{name} is not in {file}"


def test_every_part_and_every_side_is_in_the_table() -> None:
    assert {part for _, part, *_ in ROWS} == PARTS
    assert [side for side in SIDES if not any(side in fault for fault, *_ in ROWS)] == []


def test_no_fault_and_part_stands_there_twice() -> None:
    cells = [(fault, part) for fault, part, *_ in ROWS]
    assert len(set(cells)) == len(cells)


def test_every_file_of_fault_tests_is_in_the_table() -> None:
    """A fault test that no row names is one that nobody finds."""
    named = {test.partition("::")[0] for *_, shown_by in ROWS for test in re.findall(r"`([^`]+)`", shown_by)}
    here = {f"faults/{file.name}" for file in Path(__file__).parent.glob("test_*.py")} - {"faults/test_matrix.py"}
    assert here <= named
