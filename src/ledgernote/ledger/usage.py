"""What answers have used, summed from what their events say."""

from __future__ import annotations

from typing import NamedTuple

from ledgernote.domain.entries import ProjectId, ThreadId
from ledgernote.ledger.connection import Reader

# What was removed counts too: it was paid for.
BY_MODEL = """
    SELECT entry.model, count(*),
           COALESCE(sum(json_extract(meta, '$.usage.in')), 0),
           COALESCE(sum(json_extract(meta, '$.usage.out')), 0),
           COALESCE(sum(json_extract(meta, '$.usage.cost')), 0.0),
           count(json_extract(meta, '$.usage.cost'))
      FROM entry JOIN event ON event.id = entry.born
     WHERE entry.kind IN ('answer', 'summary') AND imported = 0 AND entry.model IS NOT NULL
       AND {} AND (?2 IS NULL OR entry.created >= ?2)
     GROUP BY entry.model ORDER BY 5 DESC, 3 DESC, 1"""
OF_THREAD, OF_PROJECT = BY_MODEL.format("entry.thread = ?1"), BY_MODEL.format("entry.project = ?1")


class Spent(NamedTuple):
    """What the answers of one model have used."""

    model: str
    answers: int
    tokens_in: int
    tokens_out: int
    cost: float
    """US dollars, of those whose price is known."""
    priced: int
    """Answers whose price is known."""


def by_model(
    reader: Reader, project: ProjectId, thread: ThreadId | None, since: int | None
) -> list[Spent]:
    """Of a thread, else of the project; *since* in microseconds."""
    sql, place = (OF_THREAD, thread) if thread else (OF_PROJECT, project)
    return [Spent(*row) for row in reader.rows(sql, (place, since))]
