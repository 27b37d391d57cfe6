"""The days on one side of others: *before March*, *by Friday*, *after 1 December*.

What is *due* is still to come, what *was* is over: a question shows which of the two it means.
"""

from __future__ import annotations

import re
from datetime import date

from ledgernote.domain.times import DAY
from ledgernote.replay.dates import HALF_A_YEAR
from ledgernote.replay.days import Days

BOUND = "before|until|till|since|after|by"
_ENDS = ("before", "until", "till", "by")
_AHEAD = re.compile(
    r"\b(?:due(?! to\b)|deadlines?|expir(?:es?|ing|y)|will|upcoming|to come|"
    rf"next(?= (?!{BOUND})\w))\b",
    re.IGNORECASE,
)
_BACK = re.compile(r"\b(?:was|were|did|had|been)\b", re.IGNORECASE)


def looks_ahead(question: str) -> bool:
    """Whether it asks for what is to come: *what is due by Friday?*, not *what was due?*"""
    return _AHEAD.search(question) is not None and not _BACK.search(question)


def beyond(bound: str, days: Days, today: date, *, ahead: bool) -> tuple[Days, ...]:
    """All days on that side of others; *ahead*: of those to come.

    *Before 31 January* may mean the next one anyhow, if that is within half a year; *by* is no
    bound of what is over.
    """
    if bound not in _ENDS:
        return (_after(bound, days, today, ahead=ahead),)
    over = Days(date.min, _end(bound, days))
    coming = Days(today + DAY, _end(bound, _next(bound, days, today)))
    there = coming.first <= coming.last
    if ahead and there:
        return (coming,)
    if bound == "by":
        return ()
    near = days.yearly and there and (coming.last - coming.first).days <= HALF_A_YEAR
    return (over, coming) if near else (over,)


def _after(bound: str, days: Days, today: date, *, ahead: bool) -> Days:
    """*After 1 December* is after the next one, if that is within half a year, else from now on."""
    first = days.first if bound == "since" else days.last + DAY
    if not ahead or bound == "since":
        return Days(first, today)
    next_first = days.sooner(-1).last + DAY
    if days.yearly and first <= today and (next_first - today).days <= HALF_A_YEAR:
        first = next_first
    first = max(first, today + DAY)
    return Days(first, first + HALF_A_YEAR * DAY)


def _end(bound: str, days: Days) -> date:
    return days.first - DAY if bound == "before" else days.last


def _next(bound: str, days: Days, today: date) -> Days:
    """The next of those without a year, which is not over on that side."""
    return days.sooner(-1) if days.yearly and _end(bound, days) <= today else days
