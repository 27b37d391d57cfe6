"""The times that a question names, and how near to them something was said.

Seen from the moment at which it is asked, which is an argument: *yesterday*, *last March*, *two
weeks ago*, *on the 7th* are days then. *In June* is the newest June that was written in.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from ledgernote.domain.times import DAY, parse_time


class When(NamedTuple):
    """A time, as far as a question says it; None where it does not."""

    year: int | None
    month: int | None = None
    day: int | None = None


class Days(NamedTuple):
    """From one day to another, both belong to it."""

    first: date
    last: date


Time = When | Days

_MONTH = "january|february|march|april|may|june|july|august|september|october|november|december"
_MONTHS = _MONTH.split("|")
_WEEKDAY = "(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_DATE = re.compile(
    r"(?:\b(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?|\b(?:in|on|since|until|by|during|of)\s+)?"
    rf"\b({_MONTH})\b(?:\s+(\d{{1,2}})(?:st|nd|rd|th)?\b)?(?:,?\s+(\d{{4}}))?"
)
_ISO = re.compile(r"\b(\d{4})-(\d{2})(?:-(\d{2}))?\b")
_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "a couple of": 2, "three": 3, "a few": 3, "four": 4}
_COUNTS |= {"five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_COUNT = "|".join(sorted(_COUNTS, key=len, reverse=True))
_AGO = rf"\b(\d{{1,3}}|{_COUNT}) (day|week|month|year)s? ago\b"
_LATELY = (
    rf"\b(?:yesterday|today|tonight|(?:last|this) (?:week|month|year)|last (?:{_MONTH}|weekend)|"
    rf"(?:last|on) {_WEEKDAY})\b"
)
_THE_DAY = r"\bon the (\d{1,2})(?:st|nd|rd|th)\b(?! of)"
_ABOUT = {"day": 0, "week": 4, "month": 16, "year": 190}
"""Days by which *two weeks ago* may be off."""


def named(question: str, moment: datetime | None) -> tuple[Time, ...]:
    """The times that a question names; those relative to its *moment* where it names no other."""
    text = question.lower()
    found = [When(int(y), int(m), _int(d)) for y, m, d in _ISO.findall(text)]
    recent = [text[match.start() : match.end()] for match in re.finditer(_LATELY, text)]
    for match in _DATE.finditer(text):
        before, month, after, year = match.groups()
        is_verb = month == "may" and question[match.start(2)] == "m"
        if match[0] == "may" and (is_verb or match.start() == 0):
            continue
        if not any(month in each for each in recent):
            found.append(When(_int(year), _MONTHS.index(month) + 1, _int(before or after)))
    found = found or [When(int(year)) for year in re.findall(r"\b(20\d\d)\b", text)]
    return tuple(found) or (tuple(_relative(text, recent, moment)) if moment else ())


def _int(text: str | None) -> int | None:
    return int(text) if text else None


def _relative(text: str, recent: Iterable[str], moment: datetime) -> Iterable[Days]:
    for words in recent:
        words = words.removeprefix("on ").replace("tonight", "today").replace("weekend", "sunday")  # noqa: PLW2901
        span = parse_time(words, moment)
        if span:
            yield Days(span.start.date(), (span.end - DAY).date())
    for count, unit in re.findall(_AGO, text):
        span = parse_time(f"{_COUNTS.get(count, count)} {unit}s ago", moment)
        if span:
            about = timedelta(days=_ABOUT[unit])
            yield Days(span.start.date() - about, span.start.date() + about)
    for day in re.findall(_THE_DAY, text):
        if found := _last_of(int(day), moment.date()):
            yield Days(found, found)


def _last_of(number: int, today: date) -> date | None:
    """The last day of that number in a month."""
    first = today.replace(day=1)
    for _ in range(3):
        if number <= monthrange(first.year, first.month)[1]:
            found = first.replace(day=number) if number else None
            if found is None or found <= today:
                return found
        first = (first - DAY).replace(day=1)
    return None


def as_days(time: Time, moment: datetime | None) -> Days | None:
    """The days that a time is, where it names days; without a year, the newest before *moment*."""
    if isinstance(time, Days):
        return time
    year, month, day = time
    if month is None or day is None:
        return None
    years = (year,) if year else (moment.year, moment.year - 1) if moment else ()
    for each in years:
        try:
            found = date(each, month, day)
        except ValueError:
            continue
        if moment is None or found <= moment.date():
            return Days(found, found)
    return None


def settled(
    times: Iterable[Time], written: Iterable[datetime], moment: datetime | None
) -> tuple[Time, ...]:
    """The times with a year each: the newest before *moment* in which something was *written* then.

    What no year is found for stays as it is.
    """
    days = [each for each in written if moment is None or each <= moment]
    return tuple(
        _with_year(time, days) if isinstance(time, When) and time.year is None else time
        for time in times
    )


def _with_year(time: When, written: Iterable[datetime]) -> When:
    years = (each.year for each in written if closeness(each, time) == 1)
    return time._replace(year=max(years, default=None))


def closeness(created: datetime, time: Time) -> float:
    """1 for said at that time, less for soon after it: people tell of what was."""
    if isinstance(time, Days):
        after = (created.date() - time.last).days
        inside = created.date() >= time.first
        return (1.0 if after <= 0 else 0.6 if after <= 3 else 0.0) if inside else 0.0
    year, month, day = time
    if year is not None and year != created.year:
        return 0.0
    if month is None:
        return 0.3
    if day is None:
        later = (created.month - month) % 12
        return 1.0 if later == 0 else 0.5 if later == 1 and created.day <= 15 else 0.0
    try:
        days = (created.date() - date(year or created.year, month, day)).days
    except ValueError:  # 31 February
        return 0.0
    return 1.0 if days == 0 else 0.9 if 0 < days <= 3 else 0.6 if -1 <= days <= 14 else 0.0


_AS_OF = re.compile(r"\bas (?:of|at)\b", re.IGNORECASE)


def as_of(question: str, times: Iterable[Time], moment: datetime | None) -> date | None:
    """The last day of which a question asks how things stood: *what did I expect as of March?*"""
    if not _AS_OF.search(question):
        return None
    ends = [end for time in times if (end := _end(time, moment))]
    return min(ends, default=None)


def _end(time: Time, moment: datetime | None) -> date | None:
    """The last day of a time; without a year, of the newest before *moment*."""
    if isinstance(time, Days):
        return time.last
    year, month, day = time
    month = month or 12
    if year is None:
        if moment is None:
            return None
        year = moment.year - ((month, day or 1) > (moment.month, moment.day))
    try:
        return date(year, month, day or monthrange(year, month)[1])
    except ValueError:
        return None


def stood(created: datetime, until: date) -> float:
    """How much of how things stood on a day something tells: the newest before it most."""
    age = (until - created.date()).days
    return max(0.2, 1 - age / 200) if age >= 0 else 0.0


CALENDAR = frozenset(
    (
        *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
        *("october", "november", "december", "monday", "tuesday", "wednesday", "thursday"),
        *("friday", "saturday", "sunday", "yesterday", "today", "week", "month", "year"),
    )
)
"""Words that say when."""
