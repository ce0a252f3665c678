"""The segments of a store as people read them: the living summary, its thread line, the list, one segment, and a preview."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.messages.parts import (
    Block,
    Message,
    actions,
    at_day_and_time,
    button,
    chunks,
    confirm,
    context,
    counted,
    ended,
    fitting,
    money,
    plain,
    section,
)
from bot.messages.segment_words import NOBODY, outlined
from bot.rules.digests import SegmentFigures
from bot.rules.segments.catalogue import Segment, State
from bot.rules.summaries import Summary

LIST_BYTES = 6_000
WITH_BUTTONS = 20
"""Segments of a list that have a button; the others are named in the command."""
MOST_STORES_SHOWN = 12


@dataclass(frozen=True)
class Preview:
    """What a segment would be, before it is saved. `sample` are masked names; `overlaps` are sizes shared with segments by
    name; `sizes` what it would have been over the past 90 days, the oldest first, estimated from so many customers where an
    account has more."""

    size: int
    by_sms: int
    by_email: int
    spent_cents: int
    sample: tuple[str, ...] = ()
    overlaps: tuple[tuple[str, int], ...] = ()
    sizes: tuple[int, ...] = ()
    estimated_from: int = 0


def segment_summary(
    store_name: str,
    figures: Sequence[SegmentFigures],
    *,
    as_of: datetime | None,
    problem: str = "",
    is_daily: bool = False,
) -> Message:
    """One per channel and day, edited in place after each sync. Changes are those since the day began; of one that is posted
    once a day, those of 24 hours."""
    moved = [one for one in figures if one.entered or one.left]
    when = "since yesterday" if is_daily else "today"
    what = f"{len(moved)} of {len(figures)} changed {when}" if moved else f"nobody moved {when}"
    lines, more = _fitting([segment_line(one) for one in figures], "segment")
    blocks = [
        section(f"*Customers of {plain(store_name, 60)}*"),
        *[section(chunk) for chunk in chunks(lines or ["There is no segment yet."], 2_900)],
        *([context(more)] if more else []),
        context(_how_to_read(bool(moved), when), data_as_of(as_of, problem)),
    ]
    return Message(text=f"Segments of {plain(store_name, 60)}: {what}.", blocks=blocks)


def _how_to_read(is_moved: bool, when: str) -> str:
    changed = f"In brackets what changed {when}" if is_moved else f"Nobody moved {when}"
    return f"{changed}; below each, who can be reached, and what they spent in all."


def rollup_summary(made: Summary) -> Message:
    """Of all stores of an account: each segment with its change, and below it its size at each store."""
    moved = [one for one in made.figures if one.entered or one.left]
    what = f"{len(moved)} of {len(made.figures)} changed today" if moved else "nobody moved today"
    lines, more = _fitting([_rollup_line(made, one) for one in made.figures], "segment")
    title = f"Customers of {counted(len(made.stores), 'store')}"
    blocks = [
        section(f"*{title}*"),
        *[section(chunk) for chunk in chunks(lines or ["There is no segment yet."], 2_900)],
        *([context(more)] if more else []),
        context(_how_to_read(bool(moved), "today"), data_as_of(made.as_of, made.problem)),
    ]
    return Message(text=f"{title}: {what}.", blocks=blocks)


def _rollup_line(made: Summary, one: SegmentFigures) -> str:
    at_stores = [
        f"{plain(store.name, 40)} {store.sizes.get(one.key, 0):,}" for store in made.stores[:MOST_STORES_SHOWN]
    ]
    if len(made.stores) > MOST_STORES_SHOWN:
        at_stores.append(f"{len(made.stores) - MOST_STORES_SHOWN} more")
    return f"{segment_line(one)}\n{' · '.join(at_stores)}"


def segment_line(one: SegmentFigures) -> str:
    """Its size, what changed, who can be reached, and what they spent in all."""
    reached = f"{one.by_sms:,} by text · {one.by_email:,} by e-mail"
    return f"*{plain(one.name, 60)}*  {one.size:,}{change_words(one.entered, one.left)}\n{reached} · {money(one.spent_cents)}"


def change_words(entered: int, left: int) -> str:
    """(+12 −3); nothing when nobody moved."""
    parts = [f"+{entered:,}"] if entered else []
    if left:
        parts.append(f"−{left:,}")
    return f"  ({' '.join(parts)})" if parts else ""


def worth_a_look(name: str, entered: int, left: int, size: int, reasons: Mapping[str, int] | None = None) -> Message:
    """A line in the summary's thread. `reasons` are words of `reason_words`, and how many moved for each."""
    moves = [
        f"{counted(entered, 'customer')} came" if entered else "",
        f"{counted(left, 'customer')} left" if left else "",
    ]
    line = f":eyes: *{plain(name, 60)}*: {' and '.join(filter(None, moves))}; it has {size:,} now."
    most = sorted((reasons or {}).items(), key=lambda pair: (-pair[1], pair[0]))[:3]
    why = "; ".join(f"{number:,} × {words}" for words, number in most)
    return Message(text=line, blocks=[section(line), *([context(why)] if why else [])])


ASIDES = {State.PAUSED: "  _paused_", State.ARCHIVED: "  _archived_"}


def segment_list(
    figures: Sequence[SegmentFigures],
    states: Mapping[str, State],
    *,
    as_of: datetime | None,
    refs: Mapping[str, str] = NOBODY,
    here: Mapping[str, SegmentFigures] | None = None,
    store_name: str = "",
) -> Message:
    """The answer to `/segments`: changes are since yesterday. `states` by the segment's key; `refs` are what their buttons
    hold, and `here` the figures of the store's own customers, where an account has several stores."""
    lines = [
        segment_line(one) + ASIDES.get(states.get(one.key, State.ACTIVE), "") + _here(one, here, store_name)
        for one in figures
    ]
    kept, more = _fitting(lines, "segment")
    text = f"{counted(len(figures), 'segment')}. `/segments new` makes another one."
    single = WITH_BUTTONS if refs else 0
    first = [
        section(line, accessory=button("Show", "show_segment", refs[one.key]))
        for line, one in zip(kept[:single], figures, strict=False)
    ]
    rest = [section(chunk) for chunk in chunks(kept[single:], 2_900)]
    notes = [*([context(more)] if more else []), context(data_as_of(as_of, ""))]
    return Message(text=text, blocks=[section(text), *first, *rest, *notes])


def _here(one: SegmentFigures, here: Mapping[str, SegmentFigures] | None, store_name: str) -> str:
    if here is None:
        return ""
    mine = here.get(one.key)
    reached = f", {mine.by_sms:,} by text, {mine.by_email:,} by e-mail" if mine else ""
    return f"\n_at {plain(store_name, 60)}: {mine.size if mine else 0:,}{reached}_"


def segment_shown(
    segment: Segment,
    figures: SegmentFigures | None,
    stores: Mapping[str, str] = NOBODY,
    *,
    as_of: datetime | None,
    ref: str = "",
    by_store: Sequence[tuple[str, SegmentFigures]] = (),
) -> Message:
    """The answer to `/segments show`. `ref` is what its buttons hold; `by_store` the figures of each store's customers."""
    state = {State.PAUSED: " It is paused.", State.ARCHIVED: " It is archived."}.get(segment.state, "")
    size = f"{figures.size:,} customers" if figures is not None else "not counted yet"
    text = f"{plain(segment.name, 60)}: {size}.{state}"
    lines = outlined(segment.tree, stores)
    kept = max(1, fitting(lines, LIST_BYTES))
    asked = chunks(
        [*lines[:kept], *([f"_and {counted(len(lines) - kept, 'line')} more_"] if kept < len(lines) else [])], 2_900
    )
    blocks = [
        section(segment_line(figures) if figures is not None else text),
        *[section(chunk) for chunk in asked],
        *[section(chunk) for chunk in chunks([_at_store(name, one) for name, one in by_store[:20]], 2_900)],
        *([actions("segment", *_buttons(segment, ref))] if ref else []),
        context(data_as_of(as_of, "")),
    ]
    return Message(text=text, blocks=blocks)


def _at_store(name: str, one: SegmentFigures) -> str:
    return f"{plain(name, 60)}: {one.size:,} · {one.by_sms:,} by text · {one.by_email:,} by e-mail · {money(one.spent_cents)}"


def _buttons(segment: Segment, ref: str) -> list[Block]:
    copy = button("Copy", "copy_segment", ref)
    if segment.state is State.ARCHIVED:
        return [copy]
    is_paused = segment.state is State.PAUSED
    sure = confirm(
        "Archive it?", "It is shown no more, and forgets who is in it. A copy can be made later.", "Archive it"
    )
    return [
        button("Members", "segment_members", ref),
        button("Edit", "edit_segment", ref),
        button("Resume", "resume_segment", ref) if is_paused else button("Pause", "pause_segment", ref),
        copy,
        button("Archive", "archive_segment", ref, style="danger", confirm=sure),
    ]


def preview_blocks(preview: Preview, names_may_be_shown: bool) -> list[Block]:
    """For the modal: what the segment would be today."""
    size = f"*{counted(preview.size, 'customer')}* today · {preview.by_sms:,} by text · {preview.by_email:,} by e-mail"
    blocks = [section(f"{size} · {money(preview.spent_cents)} spent in all")]
    if names_may_be_shown and preview.sample:
        blocks.append(context("Some of them: " + ", ".join(plain(name, 40) for name in preview.sample[:5])))
    if preview.overlaps:
        shared = [f"{number:,} are in {plain(name, 60)} too" for name, number in preview.overlaps[:5]]
        blocks.append(context("; ".join(shared)))
    if preview.sizes:
        first, last = preview.sizes[0], preview.sizes[-1]
        about = "about " if preview.estimated_from else ""
        span = f"between {about}{min(preview.sizes):,} and {max(preview.sizes):,}"
        how = f" Estimated from {preview.estimated_from:,} customers." if preview.estimated_from else ""
        line = f"`{sparkline(preview.sizes)}`"
        blocks.append(
            context(f"{line}  Over the past 90 days it would have had {span}: {first:,} then, {last:,} now.{how}")
        )
    return blocks


def sparkline(sizes: Sequence[int]) -> str:
    """From the lowest bar to the highest; nobody is the lowest."""
    most = max([1, *sizes])
    return "".join("▁▂▃▄▅▆▇█"[min(7, size * 8 // (most + 1))] for size in sizes)


def data_as_of(as_of: datetime | None, problem: str) -> str:
    """When the figures were true, and what kept newer ones from us."""
    when = (
        f"Customer data as of {at_day_and_time(as_of)}." if as_of else "Customer data has not been read completely yet."
    )
    return f"{when} :warning: {plain(ended(problem), 300)}" if problem else when


def _fitting(lines: list[str], what: str) -> tuple[list[str], str]:
    kept = fitting(lines, LIST_BYTES)
    return lines[:kept], f"_and {counted(len(lines) - kept, what)} more_" if kept < len(lines) else ""
