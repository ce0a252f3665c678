"""Statements that are made many times a second, without what SQLAlchemy does anew for each execution.

A statement is still written in SQLAlchemy's words, and PostgreSQL gets it through SQLAlchemy. On SQLite its text and the
translation of its values are worked out once; after that, executing it is a call into the driver.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy.exc import DBAPIError

from bot.store.sqlite import InLoopDialect

Values = Mapping[str, Any]
_dialect = InLoopDialect()
_prepared: dict[tuple[int, tuple[str, ...]], "Prepared"] = {}


def prepared(statement: Any, names: Sequence[str]) -> "Prepared":
    """`statement` must be one of a few that live as long as the program."""
    key = (id(statement), tuple(names))
    if key not in _prepared:
        _prepared[key] = Prepared(statement, names)
    return _prepared[key]


Readers = tuple[tuple[int, Callable[[Any], Any]], ...]


def readers_of(statement: Any) -> Readers:
    """By place in a row, what makes values of what SQLite's driver has there (`Prepared.unread`)."""
    each = [one.type.dialect_impl(_dialect).result_processor(_dialect, None) for one in statement.exported_columns]
    return tuple((place, reader) for place, reader in enumerate(each) if reader is not None)


class Prepared:
    def __init__(self, statement: Any, names: Sequence[str]) -> None:
        compiled = statement.compile(dialect=_dialect, column_keys=list(names))
        known = compiled.construct_expanded_state(dict.fromkeys(names))
        self._statement = statement  # kept, because it is known by its id
        self._sql = known.statement
        # What stands behind an IN are several values of one kind.
        of_a_list = {one: name for name, several in known.parameter_expansion.items() for one in several}
        self._values = [(name, known.parameters[name]) for name in known.positiontup or ()]
        types = [compiled.binds[of_a_list.get(name, name)].type for name, _ in self._values]
        writers = [one.dialect_impl(_dialect).bind_processor(_dialect) for one in types]
        self._writers = [(place, writer) for place, writer in enumerate(writers) if writer is not None]
        self._names = [column.key for column in statement.exported_columns]
        self.readers = readers_of(statement)

    def rows(self, connection: sqlite3.Connection, named: Values) -> list[dict[str, Any]]:
        return [dict(zip(self._names, row, strict=True)) for row in self.in_order(connection, named)]

    def in_order(self, connection: sqlite3.Connection, named: Values) -> list[list[Any]]:
        """Each row's values, as the statement has its columns."""
        return [self._read(row) for row in self.unread(connection, named)]

    def firsts(self, connection: sqlite3.Connection, named: Values) -> list[Any]:
        """The first value of each row."""
        read = dict(self.readers).get(0)
        rows = self.unread(connection, named)
        return [row[0] for row in rows] if read is None else [read(row[0]) for row in rows]

    def unread(self, connection: sqlite3.Connection, named: Values) -> list[tuple[Any, ...]]:
        """The same as the driver has it: `readers`, by place, make values of it."""
        try:
            return connection.execute(self._sql, self._in_order(named)).fetchall()
        except sqlite3.Error as problem:
            raise self._sqlalchemys(problem) from problem

    def change(self, connection: sqlite3.Connection, named: Values) -> int:
        """How many rows were changed."""
        try:
            return connection.execute(self._sql, self._in_order(named)).rowcount
        except sqlite3.Error as problem:
            raise self._sqlalchemys(problem) from problem

    def change_all(self, connection: sqlite3.Connection, many: Sequence[Values], same: Values) -> None:
        """`same` is what is the same in all of them: it is translated once."""
        try:
            connection.executemany(self._sql, self._each_in_order(many, same))
        except sqlite3.Error as problem:
            raise self._sqlalchemys(problem) from problem

    def _each_in_order(self, many: Sequence[Values], same: Values) -> Iterator[list[Any]]:
        alike = self._in_order({**many[0], **same})
        writers = dict(self._writers)
        own = [(place, name, writers.get(place)) for place, (name, _) in enumerate(self._values) if name in many[0]]
        for named in many:
            values = alike.copy()
            for place, name, writer in own:
                values[place] = named[name] if writer is None else writer(named[name])
            yield values

    def _sqlalchemys(self, problem: sqlite3.Error) -> Exception:
        return DBAPIError.instance(self._sql, None, problem, sqlite3.Error, hide_parameters=True)

    def _in_order(self, named: Values) -> list[Any]:
        values = [named.get(name, otherwise) for name, otherwise in self._values]
        for place, writer in self._writers:
            values[place] = writer(values[place])
        return values

    def _read(self, row: Sequence[Any]) -> list[Any]:
        values = list(row)
        for place, reader in self.readers:
            values[place] = reader(values[place])
        return values
