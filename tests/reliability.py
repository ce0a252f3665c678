"""docs/reliability.md: what `make faults` and `make load` found, written by them."""

import os
import platform
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.figures import Figure, Report

TOLD = re.compile(r"^(\*\*[^*]+\.\*\*)(?= )(.*?)(?=^\*\*[^*]+\.\*\* |\Z)", re.MULTILINE | re.DOTALL)
"""What was told under one title."""
PAGE = Path(__file__).parents[1] / "docs" / "reliability.md"


def write(section: str, reports: Sequence[Report]) -> None:
    """Put the figures between the page's marks of this name, each in place of the older ones under its title; what was not
    measured this time stays as it is."""
    mark = f"<!-- {section} -->"
    before, old, after = PAGE.read_text().split(mark)
    found = dict(TOLD.findall(old))
    found |= {f"**{report.title}.**": _told(report) for report in reports}
    told = "\n\n".join(f"{title}{text.rstrip()}" for title, text in found.items())
    PAGE.write_text(f"{before}{mark}\n{told}\n{mark}{after}")


def _told(report: Report) -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    where = f"Measured {datetime.now(UTC):%Y-%m-%d}, {cores} cores, Python {platform.python_version()}."
    lines = [f" {report.how}. {where}", "", "| goal | figure | target | |", "|---|---|---|---|"]
    lines += [_row(figure) for figure in report.figures]
    lines += [f"\n**Wrong:** {sentence}" for sentence in report.wrong]
    return "\n".join(lines)


def _row(figure: Figure) -> str:
    value = f"{figure.value:,.4g}" if abs(figure.value) < 100 else f"{figure.value:,.0f}"
    met = {True: "met", False: "**not met**", None: ""}[figure.met]
    return f"| {figure.name} | {value} {figure.unit}".rstrip() + f" | {figure.target} | {met} |"
