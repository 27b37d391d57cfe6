"""The times that a question names, and how near to them something was said.

Seen from the moment at which it is asked, which is an argument: *yesterday*, *last March*, *two
weeks ago*, *on the 7th* are days then. *In June* is the newest June that was written in. The day
of what was written is an argument too: what was written at 02:20 is of the day before.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import NamedTuple

from ledgernote.domain.times import DAY, DAY_STARTS, LEAP, Span, day_of, parse_time


class When(NamedTuple):
    """A time, as far as a question says it; None where it does not."""

    year: int | None
    month: int | None = None
    day: int | None = None


class Days(NamedTuple):
    """From one day to another, both belong to it."""

    first: date
    last: date
    about: int = 0
    """by how many it may be off: *two weeks ago*."""


Time = When | Days

_MONTH = "january|february|march|april|may|june|july|august|september|october|november|december"
_MONTHS = _MONTH.split("|")
_WEEKDAY = "(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_NTH = r"(?:st|nd|rd|th)?"
_DATE = re.compile(
    r"(?:\b(?P<bound>before|until|till|since|after)\s+(?:the\s+)?)?"
    rf"(?:\b(?P<day>\d{{1,2}}){_NTH}\s+(?:of\s+)?|\b(?P<of>in|on|by|during|of)\s+)?"
    rf"\b(?P<month>{_MONTH})\b(?:\s+(?P<after>\d{{1,2}}){_NTH}\b)?(?:,?\s+(?P<year>\d{{4}}))?",
    re.IGNORECASE,
)
_BESIDE = re.compile(rf"(?:day|week|weekend|month|year|{_WEEKDAY})s?\s*$")
"""*The week after 3 August* is near that day, *after 3 August* is all after."""
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
_MAY = r"\bmay\b|\bMay(?= (?:I|we|you|he|she|it|they|there)\b)"
"""The verb."""
_ABOUT = {"day": 0, "week": 4, "month": 16, "year": 190}
"""Days by which *two weeks ago* may be off."""


def named(question: str, moment: datetime | None, day_starts: int = DAY_STARTS) -> tuple[Time, ...]:
    """The times that a question names; those relative to its *moment* where it names no other."""
    text, now = question.lower(), _Now(moment, day_starts) if moment else None
    found: list[Time] = [When(int(y), int(m), _int(d)) for y, m, d in _ISO.findall(text)]
    recent = [text[match.start() : match.end()] for match in re.finditer(_LATELY, text)]
    for match in _dates(question):
        if not any(match["month"].lower() in each for each in recent):
            near = not match["bound"] or _BESIDE.search(text, 0, match.start())
            found += [_written(match)] if near else _beyond(match, now)
    found = found or [When(int(year)) for year in re.findall(r"\b(20\d\d)\b", text)]
    return tuple(found) or (tuple(_relative(text, recent, now)) if now else ())


class _Now(NamedTuple):
    """When it is asked."""

    moment: datetime
    day_starts: int

    @property
    def today(self) -> date:
        return day_of(self.moment, self.day_starts)

    def span(self, text: str) -> Span | None:
        return parse_time(text, self.moment, self.day_starts)


def _dates(question: str) -> Iterator[re.Match[str]]:
    """Where it names a month; *may* is a verb unless something makes it one."""
    for match in _DATE.finditer(question):
        bare = match[0].lower() == "may"
        if not (bare and (match["month"][0] == "m" or match.start() == 0)):
            yield match


def _written(match: re.Match[str]) -> When:
    month = _MONTHS.index(match["month"].lower()) + 1
    return When(_int(match["year"]), month, _int(match["day"] or match["after"]))


def _beyond(match: re.Match[str], now: _Now | None) -> list[Time]:
    """All days on one side of a date; without a year, of the last one that has begun."""
    parts = (match["day"] or match["after"], match["month"], match["year"])
    span = now and now.span(" ".join(filter(None, parts)))
    if now is None or span is None:
        return []
    first, over = span.start.date(), span.end.date()
    bound = match["bound"].lower()
    if bound in {"before", "until", "till"}:
        return [Days(date.min, (first if bound == "before" else over) - DAY)]
    return [Days(first if bound == "since" else over, now.today)]


def months(question: str) -> tuple[str, ...]:
    """The months that it names, *may* aside: that stands everywhere."""
    names = (match["month"].lower() for match in _dates(question))
    return tuple(dict.fromkeys(name for name in names if name != "may"))


def undated(question: str) -> str:
    """A question without the days and months that it asks of: *in March*, *on 7 May*.

    What only stands there is what it is about (*the June print*), and so is a year.
    """
    kept, end = [], 0
    for match in _dates(question):
        if match["day"] or match["after"] or match["of"] or match["bound"]:
            kept.append(question[end : match.start()])
            end = match.end()
    bare = " ".join((*kept, question[end:]))
    for pattern in (_ISO.pattern, _THE_DAY, _MAY):
        bare = re.sub(pattern, " ", bare)
    return bare


def says_when(question: str) -> bool:
    """Whether it names a day, week, month or year, at all."""
    relative = (re.search(each, question.lower()) for each in (_LATELY, _AGO, _THE_DAY))
    return any((*relative, *_dates(question), *named(question, None)))


def _int(text: str | None) -> int | None:
    return int(text) if text else None


def _relative(text: str, recent: Iterable[str], now: _Now) -> Iterator[Days]:
    for words in recent:
        words = words.removeprefix("on ").replace("tonight", "today").replace("weekend", "sunday")  # noqa: PLW2901
        if span := now.span(words):
            yield Days(span.start.date(), (span.end - DAY).date())
    for count, unit in re.findall(_AGO, text):
        if span := now.span(f"{_COUNTS.get(count, count)} {unit}s ago"):
            yield Days(span.start.date(), span.start.date(), _ABOUT[unit])
    for day in re.findall(_THE_DAY, text):
        if found := _last_of(int(day), now.today):
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


def as_days(time: Time, today: date | None) -> Iterator[Days]:
    """The days that a time is; without a year, of each year up to *today*, the newest first."""
    if isinstance(time, Days):
        off = time.about * DAY
        yield Days(time.first - off, time.last + off) if off else time
        return
    year, month, day = time
    for each in (year,) if year else _years(today):
        first = _date(each, month or 1, day or 1)
        last = _date(each, month or 12, day or monthrange(each, month or 12)[1])
        if first and last and (today is None or first <= today):
            yield Days(first, last)


def _years(today: date | None) -> Iterable[int]:
    """The years in which something without one may have been."""
    return range(today.year, today.year - LEAP - 1, -1) if today else ()


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:  # 31 February
        return None


def settled(times: Iterable[Time], written: Iterable[date], today: date | None) -> tuple[Time, ...]:
    """The times with a year each: the newest up to *today* in which something was *written* then.

    What no year is found for stays as it is.
    """
    days = [each for each in written if today is None or each <= today]
    return tuple(
        _with_year(time, days) if isinstance(time, When) and time.year is None else time
        for time in times
    )


def _with_year(time: When, written: Iterable[date]) -> When:
    years = (each.year for each in written if closeness(each, time) == 1)
    return time._replace(year=max(years, default=None))


def closeness(day: date, time: Time) -> float:
    """1 for said at that time, less for soon after it: people tell of what was."""
    if isinstance(time, Days):
        return _within(day, time)
    year, month, number = time
    if year is not None and year != day.year:
        return 0.0
    if month is None:
        return 0.3
    if number is None:
        later = (day.month - month) % 12
        return 1.0 if later == 0 else 0.5 if later == 1 and day.day <= 15 else 0.0
    said = _date(year or day.year, month, number)
    days = (day - said).days if said else -2
    return 1.0 if days == 0 else 0.9 if 0 < days <= 3 else 0.6 if -1 <= days <= 14 else 0.0


def _within(day: date, time: Days) -> float:
    """1 within the days; of what may be off, less from a quarter of that on."""
    late = (day - time.last).days
    if time.about:
        off = max(late, (time.first - day).days, 0)
        return max(0.0, min(1.0, 1 - (off - time.about // 4) / time.about)) * (off <= time.about)
    return 0.0 if day < time.first or late > 3 else 1.0 if late <= 0 else 0.6


_AS_OF = re.compile(r"\bas (?:of|at)\b", re.IGNORECASE)


def as_of(question: str, times: Iterable[Time], today: date | None) -> date | None:
    """The last day of which a question asks how things stood: *what did I expect as of March?*"""
    if not _AS_OF.search(question):
        return None
    ends = [end for time in times if (end := _end(time, today))]
    return min(ends, default=None)


def _end(time: Time, today: date | None) -> date | None:
    """The last day of a time; without a year, of the newest up to *today*."""
    if isinstance(time, Days):
        return time.last
    year, month, day = time
    month = month or 12
    if year is None:
        if today is None:
            return None
        year = today.year - ((month, day or 1) > (today.month, today.day))
    return _date(year, month, day or monthrange(year, month)[1])


def stood(day: date, until: date) -> float:
    """How much of how things stood on a day something tells: the newest before it most."""
    age = (until - day).days
    return max(0.2, 1 - age / 200) if age >= 0 else 0.0


CALENDAR = frozenset(
    (
        *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
        *("october", "november", "december", "monday", "tuesday", "wednesday", "thursday"),
        *("friday", "saturday", "sunday", "yesterday", "today", "week", "month", "year"),
    )
)
"""Words that say when."""
