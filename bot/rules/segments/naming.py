"""Which segment somebody means."""

from collections.abc import Iterable

from bot.rules.segments.catalogue import Segment, State


def meant(words: str, segments: Iterable[Segment]) -> list[Segment]:
    """Those that fit best: of this name, else whose name begins with it, else has it. Archived ones by their whole name
    alone, and not before those that are there."""
    asked = " ".join(words.split()).strip("“”\"'").casefold()
    if not asked:
        return []
    known = list(segments)
    there = [one for one in known if one.state is not State.ARCHIVED]
    ways = (
        [one for one in there if asked in {one.name.casefold(), one.key}],
        [one for one in there if one.name.casefold().startswith(asked)],
        [one for one in there if asked in one.name.casefold()],
        [one for one in known if asked == one.name.casefold()],
    )
    return next((found for found in ways if found), [])
