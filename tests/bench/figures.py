"""What a bench says: figures with their targets, and what went wrong. Values and their printing, no measuring."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from math import ceil
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One number. `most` or `least` is its target; without either it only informs."""

    name: str
    value: float
    unit: str = ""
    most: float | None = None
    least: float | None = None

    @property
    def met(self) -> bool | None:
        if self.most is not None:
            return self.value <= self.most
        return self.value >= self.least if self.least is not None else None

    @property
    def target(self) -> str:
        if self.most is not None:
            return f"≤ {self.most:g} {self.unit}".strip()
        return f"≥ {self.least:g} {self.unit}".strip() if self.least is not None else ""


@dataclass
class Report:
    """A bench: what was measured, how, and what must never happen but did."""

    title: str
    how: str
    figures: list[Figure] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def add(
        self, name: str, value: float, unit: str = "", *, most: float | None = None, least: float | None = None
    ) -> None:
        self.figures.append(Figure(name, round(value, 4), unit, most=most, least=least))

    def must(self, holds: bool, otherwise: str) -> None:
        if not holds:
            self.wrong.append(otherwise)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` (0 to 1) of all values do not exceed; nan when there are none."""
    if not values:
        return float("nan")
    return sorted(values)[max(0, ceil(len(values) * share) - 1)]


def as_text(reports: Sequence[Report]) -> str:
    lines: list[str] = []
    for report in reports:
        lines += ["", report.title, f"  {report.how}"]
        for figure in report.figures:
            mark = {True: "met", False: "NOT MET", None: ""}[figure.met]
            value = f"{figure.value:,.4g}" if abs(figure.value) < 100 else f"{figure.value:,.0f}"
            lines.append(f"  {figure.name:<58} {value:>10} {figure.unit:<10} {figure.target:<16} {mark}".rstrip())
        lines += [f"  WRONG: {sentence}" for sentence in report.wrong]
    return "\n".join(lines)


def as_json(reports: Sequence[Report]) -> str:
    def shown(report: Report) -> dict[str, Any]:
        figures = [asdict(figure) | {"target": figure.target, "met": figure.met} for figure in report.figures]
        return {"title": report.title, "how": report.how, "figures": figures, "wrong": report.wrong}

    return json.dumps([shown(report) for report in reports], indent=2, ensure_ascii=False)
