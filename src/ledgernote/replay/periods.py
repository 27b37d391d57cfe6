"""The periods of a year that a question names: quarters, halves and seasons."""

from __future__ import annotations

import re
from datetime import date

from ledgernote.domain.times import DAY
from ledgernote.replay.days import Days

SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
"""The first month of each, as in the north."""
SEASON = rf"(?:{'|'.join(SEASONS)})"
NTH = ("first", "second", "third", "fourth")
NTH_QUARTER = rf"(?:{'|'.join(NTH)}) quarter"
_QUARTER = rf"(?:([qh])([1-4])|({'|'.join(NTH)}) quarter)(?:,? (?:of )?(20\d\d))?"
BARE_SEASON = r"(?-i:spring|summer|autumn|winter)"
"""*In Spring* is of a framework, and *the fall* of prices."""
OF_YEAR = r"(?:,? (?:of )?20\d\d)"
PERIOD = rf"(?:(?:[qh][1-4]|{NTH_QUARTER}){OF_YEAR}?|{SEASON}{OF_YEAR}|{BARE_SEASON})"


def period(text: str, today: date) -> Days | None:
    """A quarter, half a year or season."""
    if text in {"this quarter", "last quarter"}:
        current = _quarter(today.year, (today.month - 1) // 3 + 1)
        return current if text[:4] == "this" else _quarter_of(current.first - DAY)
    if season := re.fullmatch(rf"(?:(last|this) )?({SEASON})(?:,? (?:of )?(20\d\d))?", text):
        return _season_read(season, today)
    quarter = re.fullmatch(_QUARTER, text)
    return _quarter_read(quarter, today) if quarter else None


def _quarter_read(quarter: re.Match[str], today: date) -> Days | None:
    """Of *Q1*, *H2 2026*, *the third quarter of 2026*."""
    half, year = (quarter[1] or "q").lower() == "h", quarter[4]
    number = int(quarter[2]) if quarter[2] else NTH.index(quarter[3]) + 1
    if half and number > 2:
        return None
    days = _quarter(int(year or today.year), 2 * number - 1 if half else number)
    if half:
        days = days._replace(last=_quarter(days.first.year, 2 * number).last)
    days = days if year or days.first <= today else days.sooner(1)
    return days._replace(yearly=not year)


def _season_read(season: re.Match[str], today: date) -> Days:
    """Of *summer 2026*, *this winter*, *last spring*; alone the last that has begun."""
    which, name, year = season.groups()
    days = _season(int(year or today.year), SEASONS[name])
    if year:
        return days
    begun = days if days.first <= today else days.sooner(1)
    if which == "this":
        return begun if begun.last >= today else days
    if which == "last":
        return begun if begun.last < today else begun.sooner(1)
    return begun._replace(yearly=True)


def _season(year: int, month: int) -> Days:
    """The three months from one on."""
    after = date(year + month // 12, (month + 2) % 12 + 1, 1)
    return Days(date(year, month, 1), after - DAY)


def _quarter(year: int, number: int) -> Days:
    first = date(year, 3 * number - 2, 1)
    after = date(year + number // 4, 3 * number % 12 + 1, 1)
    return Days(first, after - DAY)


def _quarter_of(day: date) -> Days:
    return _quarter(day.year, (day.month - 1) // 3 + 1)
