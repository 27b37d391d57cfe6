"""The times that a query names, as a search asks for them."""

from __future__ import annotations

from datetime import datetime
from itertools import chain

from ledgernote.domain.entries import TIMES, Filter, Query
from ledgernote.domain.errors import UsageError
from ledgernote.domain.frozen import replace
from ledgernote.domain.times import Span, searched_time
from ledgernote.ledger.keep import microseconds
from ledgernote.ledger.search import Search

EVER = 2**62
"""Microseconds from 1970 to when nothing was and nothing will be kept."""


def timed(search: Search, now: datetime, day_starts: int) -> Search:
    """The search with what the times of its query mean. Raises `UsageError` for what is no time."""
    since, until = _limits(search.query, now, day_starts)
    return replace(
        search,
        since=since,
        until=until,
        outside=_outside(search.query, now, day_starts),
        spans=_spans(search.query, now, day_starts),
    )


def _moment(value: str, now: datetime, day_starts: int) -> Span:
    span = searched_time(value, now, day_starts)
    if span is None:
        raise UsageError(
            f"{value!r} is no time", "Try 2026-05-01, yesterday, 7d, 3 months ago, last friday."
        )
    return span


def _limits(query: Query, now: datetime, day_starts: int) -> tuple[int | None, int | None]:
    """`since`, `until` and `on` as microseconds; the narrowest of each counts.

    What is not since a time is until then, and the other way round.
    """
    since: list[datetime] = []
    until: list[datetime] = []
    for one in query.filters:
        if one.field in TIMES and not (one.negated and one.field == "on"):
            span = _moment(one.value, now, day_starts)
            if one.field != "until":
                (until if one.negated else since).append(span.start)
            if one.field != "since":
                (since if one.negated else until).append(span.end)
    return (
        microseconds(max(since)) if since else None,
        microseconds(min(until)) if until else None,
    )


def _outside(query: Query, now: datetime, day_starts: int) -> tuple[tuple[int, int], ...]:
    """The spans of `-on:`, likewise."""
    spans = [
        _moment(one.value, now, day_starts)
        for one in query.filters
        if one.negated and one.field == "on"
    ]
    return tuple((microseconds(span.start), microseconds(span.end)) for span in spans)


def _spans(
    query: Query, now: datetime, day_starts: int
) -> tuple[tuple[Filter, tuple[int, int]], ...]:
    """The times that stand in an OR, as spans from and up to, likewise."""
    found = []
    for one in chain.from_iterable(query.either):
        if isinstance(one, Filter) and one.field in TIMES:
            span = _moment(one.value, now, day_starts)
            start, end = microseconds(span.start), microseconds(span.end)
            begun = -EVER if one.field == "until" else start
            found.append((one, (begun, EVER if one.field == "since" else end)))
    return tuple(found)
