"""Reading a long list page by page, whatever Flowhub does meanwhile (apis.md 3.1, 4.1).

Pages are counted from 1 and have no cursor, so a place in the list is a number of rows. A page that can't be read is read in
smaller ones, down to the one record that is the matter, which is parked. The next page is fetched while the caller works.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, NamedTuple, TypeVar

from bot import calls
from bot.errors import Garbled, Unavailable, Unreadable
from bot.flowhub.records import Record, RecordPage, page_of

T = TypeVar("T")

PAGE_SIZE = 500
"""Larger pages over long ranges were answered with HTTP 500 (apis.md 3.1)."""
LARGEST_PAGE = 32 * 1024 * 1024
"""Bytes. Five hundred of the longest sales that were seen are a tenth of it."""
GROW_AFTER = 3
"""So many good pages, and the next one may be larger again."""
REPEATS_ARE_THE_END = 2
"""Some accounts serve the last page again for every page after it (A16); one repeated page may also be a row too many."""

Fetch = Callable[[int, int], Awaitable[bytes]]
"""Page number from 1, page size → body. Raises as `calls.content_of`."""
Park = Callable[[str, Any], None]


class Stretch(NamedTuple):
    """The records of one page. `upto` is how many rows of the list were read with it: where a later reading may begin.

    `total` is how many rows the list has, where Flowhub says so.
    """

    records: list[Record]
    upto: int
    total: int | None = None


class _Place(NamedTuple):
    offset: int
    size: int

    @property
    def number(self) -> int:
        return self.offset // self.size + 1


class _Broken(Exception):
    """The page can't be served or read, though Flowhub answers."""


async def stretches(
    fetch: Fetch, park: Park, *, offset: int = 0, size: int = PAGE_SIZE
) -> AsyncGenerator[Stretch, None]:
    """Every page from row `offset` on, until one is empty, two bring nothing new, or all of `total` were read.

    Rows may come twice and are the caller's to tell apart. Raises Unavailable, Unauthorised or Refused; what was handed out
    before stays true.
    """
    reader = _Reader(fetch, park, offset, size)
    before: frozenset[str] = frozenset()
    repeats = 0
    async with aclosing(_one_ahead(reader.next, if_=_is_followed)) as pages:
        async for place, page in pages:
            if page is None:
                continue
            ids = frozenset(record.fh_id for record in page.records)
            repeats = repeats + 1 if page.records and ids <= before else 0
            if not page.records or repeats >= REPEATS_ARE_THE_END:
                return
            before = ids
            upto = place.offset + place.size
            yield Stretch(page.records, upto, page.total)
            if _is_the_last(place, page):
                return


class _Reader:
    """Where the next page begins and how large it may be."""

    def __init__(self, fetch: Fetch, park: Park, offset: int, size: int) -> None:
        self._fetch, self._park = fetch, park
        self._sizes = _sizes(size)
        self._place = self._begin(offset)
        self._good = 0
        self._largest = 0  # records of the largest page there was

    async def next(self) -> tuple[_Place, RecordPage | None]:
        """The next page and its place; None for a record that Flowhub can't serve."""
        while True:
            place = self._place
            try:
                page = await self._read(place)
            except _Broken as problem:
                if place.size == 1:
                    if await self._answers_elsewhere(place):
                        self._park(f"a record that Flowhub can't serve: {problem}", {"row": place.offset})
                        self._move_on(place)
                        return place, None
                    raise Unavailable(str(problem)) from None
                self._place, self._good = _Place(place.offset, self._smaller(place.size)), 0
                continue
            if 0 < len(page.records) < place.size and place.size > self._largest:
                # Either the list ends here, or no page is larger than this one, whatever is asked for (A15). Then what is
                # called the third page begins elsewhere than we think, and these are rows of another place.
                self._sizes = _sizes(max(self._largest, len(page.records)))
                if place.offset:
                    self._place, self._good = self._begin(place.offset), 0
                    continue
                place = _Place(0, len(page.records))
            self._largest = max(self._largest, len(page.records))
            self._good += 1
            self._move_on(place)
            return place, page

    def _begin(self, offset: int) -> _Place:
        """The largest page that begins there: a reading may have stopped in smaller ones."""
        return _Place(offset, next(one for one in self._sizes if offset % one == 0))

    def _move_on(self, place: _Place) -> None:
        offset, size = place.offset + place.size, place.size
        if self._good >= GROW_AFTER:
            size = next(
                (one for one in self._sizes if one > size and offset % one == 0 and self._is_next(size, one)), size
            )
        if size != place.size:
            self._good = 0
        self._place = _Place(offset, size)

    def _is_next(self, size: int, larger: int) -> bool:
        return self._sizes.index(size) - self._sizes.index(larger) == 1

    def _smaller(self, size: int) -> int:
        return self._sizes[self._sizes.index(size) + 1]

    async def _read(self, place: _Place) -> RecordPage:
        async def once() -> RecordPage:
            try:
                body = await self._fetch(place.number, place.size)
                return await asyncio.to_thread(page_of, body)
            except Unreadable as problem:
                raise _Broken(problem.sentence) from None
            except Unavailable as problem:
                if place.size > 1 and _is_about_the_page(problem):
                    raise _Broken(problem.sentence) from None
                raise

        try:
            return await calls.until_deadline(once, what="Flowhub", seconds=calls.PAGE_SECONDS)
        except Unavailable as problem:
            if _is_about_the_page(problem):
                raise _Broken(problem.sentence) from None
            raise

    async def _answers_elsewhere(self, place: _Place) -> bool:
        """Whether it is this record and not all of Flowhub."""
        try:
            page_of(await self._fetch(place.number + 1, 1))
        except (Unavailable, Unreadable):
            return False
        return True


def _is_about_the_page(problem: Unavailable) -> bool:
    """A page that is too much for Flowhub is answered with a 500, or with half of it; a 429 is about us."""
    return isinstance(problem, Garbled) or problem.status is not None


def _sizes(largest: int) -> list[int]:
    """From `largest` down to 1, each a divisor of the one before: a page of any size begins where a larger one would."""
    sizes = [largest]
    while sizes[-1] > 1:
        size = sizes[-1]
        sizes.append(size // next((factor for factor in (2, 3, 5, 7) if size % factor == 0), size))
    return sizes


def _is_the_last(place: _Place, page: RecordPage) -> bool:
    return page.total is not None and place.offset + place.size >= page.total


def _is_followed(read: tuple[_Place, RecordPage | None]) -> bool:
    """Whether another page is likely, so that it may be asked for before anybody wants it."""
    place, page = read
    return page is None or (len(page.records) >= place.size and not _is_the_last(place, page))


async def _one_ahead(read: Callable[[], Awaitable[T]], *, if_: Callable[[T], bool]) -> AsyncGenerator[T, None]:
    """What `read` gives, for ever; if it is likely, the next one is under way while the caller works with this one."""
    ahead: asyncio.Future[T] | None = None
    try:
        while True:
            now = await (ahead or read())
            ahead = asyncio.ensure_future(read()) if if_(now) else None
            yield now
    finally:
        if ahead is not None:
            ahead.cancel()
            await asyncio.gather(ahead, return_exceptions=True)
