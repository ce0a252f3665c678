"""Tables and charts: their cells, series and the rules over the whole (docs.slack.dev/reference/block-kit/blocks)."""

from typing import Any

from bot.sandbox.slack import limits
from bot.sandbox.slack.rich_text import PARTS
from bot.sandbox.slack.shapes import (
    Check,
    Problems,
    Rule,
    by_type,
    choice,
    listed,
    number,
    positive,
    problem,
    shape,
    string,
)


def cells_fit(most: int) -> Rule:
    def rule(value: dict[str, Any], pointer: str, problems: Problems) -> None:
        if _cell_characters(value["rows"]) > most:
            problem(f"table cells must be less than {most + 1} characters in total", f"{pointer}/rows", problems)

    return rule


def _cell_characters(value: Any) -> int:
    if isinstance(value, dict):
        return sum(len(v) if k == "text" and isinstance(v, str) else _cell_characters(v) for k, v in value.items())
    return sum(map(_cell_characters, value)) if isinstance(value, list) else 0


def even_rows(value: dict[str, Any], pointer: str, problems: Problems) -> None:
    header = value["rows"][0]
    if any(len(row) != len(header) for row in value["rows"]):
        problem("all rows must have the same number of cells", f"{pointer}/rows", problems)
    if any(cell["type"] == "rich_text" for cell in header):
        problem("the header row must not hold rich_text", f"{pointer}/rows/0", problems)
    if value.get("row_header_column_index", 0) >= len(header):
        problem("no such column", f"{pointer}/row_header_column_index", problems)


def _series_match(value: dict[str, Any], pointer: str, problems: Problems) -> None:
    names = [series["name"] for series in value["series"]]
    if len(set(names)) != len(names):
        problem("series names must be unique", f"{pointer}/series", problems)
    for index, series in enumerate(value["series"]):
        if sorted(point["label"] for point in series["data"]) != sorted(value["axis_config"]["categories"]):
            problem("must hold one data point per category", f"{pointer}/series/{index}/data", problems)


RICH_CELL = shape({"type": choice("rich_text"), "elements": listed(by_type(PARTS), least=0)})
TABLE_CELLS = {"raw_text": shape({"type": choice("raw_text"), "text": string()}), "rich_text": RICH_CELL}
DATA_CELLS = {**TABLE_CELLS, "raw_number": shape({"type": choice("raw_number"), "value": number}, {"text": string()})}
CATEGORY = string(limits.CHART_LABEL)
SERIES = shape({"name": CATEGORY, "data": listed(shape({"label": CATEGORY, "value": number}), limits.CHART_CATEGORIES)})
AXES = shape(
    {"categories": listed(CATEGORY, limits.CHART_CATEGORIES)},
    {"x_label": string(limits.CHART_AXIS_LABEL, least=0), "y_label": string(limits.CHART_AXIS_LABEL, least=0)},
)
CHARTS: dict[str, Check] = {
    "pie": shape(
        {
            "type": choice("pie"),
            "segments": listed(shape({"label": CATEGORY, "value": positive}), limits.CHART_SEGMENTS),
        }
    ),
    **{
        kind: shape(
            {"type": choice(kind), "series": listed(SERIES, limits.CHART_SERIES), "axis_config": AXES},
            {},
            _series_match,
        )
        for kind in ("line", "bar", "area")
    },
}
