"""The days on one side of others: *before March*, *by Friday*, *after 1 December*.

What is *due* is still to come, what *was* is over, what *will* be said may be either: a question
shows which it means.
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
    r"\b(?:due(?! to\b|[ -]diligence\b)|deadlines?|expir(?:es?|ing|y))\b", re.IGNORECASE
)
_MAYBE_AHEAD = re.compile(
    rf"\b(?:upcoming|to come|next(?= (?!{BOUND})\w)|(?-i:w|(?<![^.?!] )W)ill)\b", re.IGNORECASE
)
"""*Will* within a sentence is somebody."""
_BACK = re.compile(r"\b(?:was|were|did|had|been)\b", re.IGNORECASE)


def sides(question: str) -> tuple[bool, ...]:
    """Whether it looks ahead: *what is due by Friday?* does, *what was due?* does not.

    *What are the next steps from the call on Friday?* may, and is read both ways.
    """
    if _BACK.search(question):
        return (False,)
    if _AHEAD.search(question):
        return (True,)
    return (False, True) if _MAYBE_AHEAD.search(question) else (False,)


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
