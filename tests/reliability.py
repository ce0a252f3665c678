"""docs/reliability.md: what `make faults` and `make load` found, written by them."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.figures import Figure, Report

PAGE = Path(__file__).parents[1] / "docs" / "reliability.md"


def write(section: str, reports: Sequence[Report]) -> None:
    """Put the figures between the page's marks of this name, in place of the older ones."""
    mark = f"<!-- {section} -->"
    before, _, after = PAGE.read_text().split(mark)
    PAGE.write_text(f"{before}{mark}\n{as_markdown(reports)}\n{mark}{after}")


def as_markdown(reports: Sequence[Report]) -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    where = f"Measured {datetime.now(UTC):%Y-%m-%d}, {cores} cores, Python {platform.python_version()}."
    parts = [where]
    for report in reports:
        parts += ["", f"**{report.title}.** {report.how}.", "", "| goal | figure | target | |", "|---|---|---|---|"]
        parts += [_row(figure) for figure in report.figures]
        parts += [f"\n**Wrong:** {sentence}" for sentence in report.wrong]
    return "\n".join(parts)


def _row(figure: Figure) -> str:
    value = f"{figure.value:,.4g}" if abs(figure.value) < 100 else f"{figure.value:,.0f}"
    met = {True: "met", False: "**not met**", None: ""}[figure.met]
    return f"| {figure.name} | {value} {figure.unit}".rstrip() + f" | {figure.target} | {met} |"
