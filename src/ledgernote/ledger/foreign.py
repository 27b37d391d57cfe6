"""Reading a database that is not ours: read-only, table by table, columns that may be missing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from ledgernote.domain.text import to_text

COLUMNS = "SELECT name FROM pragma_table_info(?)"
ROWS = "SELECT {columns} FROM {table}{where}{order}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


class Foreign:
    """One open foreign database. Raises ValueError where it is damaged or none."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: dict[str, set[str]] = {}

    def _columns(self, table: str) -> set[str]:
        if table not in self._known:
            self._known[table] = {str(row[0]) for row in self._run(COLUMNS, (table,))}
        return self._known[table]

    def has(self, table: str) -> bool:
        """Whether there is such a table."""
        return bool(self._columns(table))

    def rows(
        self,
        table: str,
        columns: Sequence[str],
        where: tuple[str, object] | None = None,
        order: Sequence[str] = (),
    ) -> Iterator[Sequence[object]]:
        """Those columns of all rows, or of those where one column has a value.

        A column that is not there is NULL; no table, no rows.
        """
        there = self._columns(table)
        if not there or (where and where[0] not in there):
            return
        sql = ROWS.format(
            columns=", ".join(_quoted(one) if one in there else "NULL" for one in columns),
            table=_quoted(table),
            where=f" WHERE {_quoted(where[0])} = ?" if where else "",
            order=" ORDER BY " + ", ".join(_quoted(one) for one in order if one in there)
            if there.intersection(order)
            else "",
        )
        yield from self._run(sql, (where[1],) if where else ())

    def _run(self, sql: str, values: Sequence[object]) -> Iterator[Sequence[object]]:
        try:
            yield from self._connection.execute(sql, values)
        except (sqlite3.Error, OverflowError) as error:
            raise ValueError(f"the database is damaged: {error}") from error


@contextmanager
def opened(path: Path) -> Iterator[Foreign]:
    """The database at *path*, never changed. Raises ValueError where it cannot be opened."""
    uri = path.absolute().as_uri()
    try:
        connection = sqlite3.connect(f"{uri}?mode=ro", uri=True)
    except sqlite3.Error as error:
        raise ValueError(f"{path} cannot be opened: {error}") from error
    with closing(connection):
        connection.text_factory = to_text
        yield Foreign(connection)
