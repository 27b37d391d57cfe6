"""What was kept and what answers have used, counted where it stands."""

from __future__ import annotations

from typing import NamedTuple

from ledgernote.domain.entries import ProjectId, ThreadId
from ledgernote.ledger.connection import Reader

# What was removed counts too where it was paid for, and so does what failed after all.
_CELLS = """
    WITH one AS (
        SELECT project, thread, model, removed,
               date(created / 1000000 + offset - ?2 * 60, 'unixepoch') AS day,
               kind IN ('answer', 'summary') AND imported = 0 AND model IS NOT NULL AS theirs,
               status <> 'failed' AS spoke,
               CASE WHEN kind IN ('answer', 'summary') AND imported = 0
                    THEN (SELECT json_extract(meta, '$.usage') FROM event WHERE event.id = born)
               END AS usage
          FROM entry WHERE (?3 IS NULL OR created >= ?3) AND {})
    SELECT COALESCE((SELECT shown FROM project WHERE project.id = one.project), 'inbox'),
           (SELECT shown FROM handle WHERE entity = one.thread),
           CASE WHEN theirs THEN model END, day, sum(removed = 0), sum(theirs AND spoke),
           COALESCE(sum(json_extract(usage, '$.in')), 0),
           COALESCE(sum(json_extract(usage, '$.out')), 0),
           COALESCE(sum(json_extract(usage, '$.cost')), 0.0),
           sum(spoke AND json_extract(usage, '$.cost') IS NOT NULL)
      FROM one GROUP BY project, thread, 3, day"""
OF_THREAD = _CELLS.format("thread = ?1")
OF_PROJECT = _CELLS.format("project = ?1")
OF_ALL = _CELLS.format("?1 IS NULL")


class Cell(NamedTuple):
    """What one model said in one thread on one day; with no model, what people wrote there."""

    project: str
    thread: str | None
    """Its handle."""
    model: str | None
    day: str
    """`2026-11-21`, where it was written; a day begins when the settings say."""
    entries: int
    """Those that were not removed."""
    answers: int
    """Those that did not fail."""
    tokens_in: int
    tokens_out: int
    cost: float
    """US dollars, of those whose price is known."""
    priced: int
    """Answers whose price is known."""


def cells(
    reader: Reader,
    place: ProjectId | ThreadId | None,
    *,
    is_thread: bool = False,
    since: int | None = None,
    day_starts: int = 0,
) -> list[Cell]:
    """Of a thread, a project, or with no *place* of all; *since* in microseconds.

    *day_starts* in minutes after midnight.
    """
    sql = OF_THREAD if is_thread else OF_PROJECT if place else OF_ALL
    return [Cell(*row) for row in reader.rows(sql, (place, day_starts, since))]
