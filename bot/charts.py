"""The digest's picture: a store's last 30 days. Values in, a PNG out; what it shows in words is `bot/messages/digest.py`'s.

It is drawn on a light ground of its own, so that it reads the same in Slack's light and dark themes, in letters that are
still large on a phone. Drawing takes about a third of a second and holds the interpreter: not for the event loop.
"""

import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bot.rules.digests import DayFigures

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT = 1080, 1080
"""Pixels: three to a point on most phones."""
DOTS_PER_INCH = 150
GROUND, INK, FAINT, GRID = "#FBFAF7", "#1D1C1D", "#5F5E61", "#D9D7D2"
SALES, SALES_LAST = "#8DB8D9", "#1264A3"
ORDERS, ORDERS_LAST = "#9CCDB4", "#007A5A"
LETTERS = 17
"""Points: about ten on a phone."""


def month_picture(days: Sequence[DayFigures]) -> bytes:
    """A PNG of sales above and Order Ahead orders below, a bar for each day; the last is darker, and its number stands above.

    A day of which nothing is known has no bar and a small cross instead, which is something else than a bar of nothing.
    """
    # matplotlib takes a second to load and forty megabytes: for whoever draws, not for whoever starts the bot.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH / DOTS_PER_INCH, HEIGHT / DOTS_PER_INCH), dpi=DOTS_PER_INCH, facecolor=GROUND)
    FigureCanvasAgg(figure)
    above, below = figure.subplots(2, 1, gridspec_kw={"height_ratios": [3, 2], "hspace": 0.42})
    sales = [None if one.sales_cents is None else one.sales_cents / 100 for one in days]
    orders = [None if one.order_ahead_orders is None else float(one.order_ahead_orders) for one in days]
    _bars(above, sales, SALES, SALES_LAST, dollars)
    _bars(below, orders, ORDERS, ORDERS_LAST, lambda number: f"{number:,.0f}")
    _name(above, "Sales a day", sales, SALES_LAST, dollars)
    _name(below, "Order Ahead orders", orders, ORDERS_LAST, lambda number: f"{number:,.0f}")
    for axes in (above, below):
        _days_below(axes, days)
    figure.subplots_adjust(left=0.14, right=0.94, top=0.92, bottom=0.07)
    made = io.BytesIO()
    figure.savefig(made, format="png", facecolor=GROUND)
    return made.getvalue()


def dollars(amount: float) -> str:
    """Short enough for an axis: $950, $8.4k, $1.2M."""
    if abs(amount) < 1_000:
        return f"${amount:,.0f}"
    # What would be written as 1000k is a million.
    size, letter = (1_000, "k") if abs(amount) < 999_950 else (1_000_000, "M")
    return f"${amount / size:.1f}".removesuffix(".0") + letter


def _bars(axes: "Axes", values: Sequence[float | None], colour: str, last: str, words: Callable[[float], str]) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    places = [place for place, value in enumerate(values) if value is not None]
    heights = [value for value in values if value is not None]
    newest = len(values) - 1
    axes.bar(places, heights, width=0.78, color=[last if place == newest else colour for place in places], zorder=2)
    unknown = [place for place, value in enumerate(values) if value is None]
    axes.set_facecolor(GROUND)
    highest, lowest = max([*heights, 0.0]), min([*heights, 0.0])
    room = max(highest - lowest, 4.0)
    axes.set_ylim(lowest - (room * 0.08 if lowest < 0 else 0), max(highest, lowest + room) + room * 0.2)
    axes.set_xlim(-0.7, max(newest, 0) + 0.7)
    if unknown:
        axes.plot(unknown, [room * 0.03] * len(unknown), "x", color=FAINT, markersize=7, zorder=3)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True, min_n_ticks=1))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _place: words(value)))
    axes.grid(axis="y", color=GRID, linewidth=1, zorder=1)
    axes.tick_params(axis="both", length=0, labelsize=LETTERS, labelcolor=INK, pad=6)
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(FAINT)


def _name(axes: "Axes", name: str, values: Sequence[float | None], last: str, words: Callable[[float], str]) -> None:
    """The newest day's number stands beside the name: above its bar it would lie on the bars before it."""
    axes.set_title(name, loc="left", fontsize=LETTERS + 4, color=INK, fontweight="bold", pad=14)
    if values and (newest := values[-1]) is not None:
        axes.set_title(words(newest), loc="right", fontsize=LETTERS + 4, color=last, fontweight="bold", pad=14)
    if None in values:
        axes.text(
            0.99, 0.99, "× not known", transform=axes.transAxes, ha="right", va="top", fontsize=LETTERS, color=FAINT
        )


def _days_below(axes: "Axes", days: Sequence[DayFigures]) -> None:
    """The last day and each week before it, as far as there is room for words."""
    newest = len(days) - 1
    places = [place for place in range(newest, -1, -7) if place >= 1 or newest < 7]
    axes.set_xticks(places, [f"{days[place].day:%b} {days[place].day.day}" for place in places])
