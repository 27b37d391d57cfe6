"""The times that a question names, and how near to them something was said.

Seen from the moment at which it is asked, which is an argument: *yesterday*, *last March*, *two
weeks ago*, *on the 7th* are days then. *In June* is the newest June that was written in. The day
of what was written is an argument too: what was written at 02:20 is of the day before.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple

from ledgernote.domain.times import DAY, DAY_STARTS, LEAP
from ledgernote.replay.spans import COUNT, COUNTS, LATELY, MONTH, SHORT, Days, Now, apart, days_of


class When(NamedTuple):
    """A time, as far as a question says it; None where it does not."""

    year: int | None
    month: int | None = None
    day: int | None = None


Time = When | Days

MONTHS = MONTH.split("|")
_NTH = r"(?:st|nd|rd|th)?"
_DATE = re.compile(
    rf"(?:(?<!\d[.,])\b(?P<day>\d{{1,2}}){_NTH}\s+(?:of\s+)?|\b(?P<of>in|on|by|during|of|from)\s+)?"
    rf"\b(?P<month>(?:{MONTH})\b|{SHORT})"
    rf"(?:\s+(?P<after>\d{{1,2}}){_NTH}\b(?![.,]\d|\s?%))?(?:,?\s+(?P<year>\d{{4}}))?",
    re.IGNORECASE,
)
_ISO = re.compile(r"\b(\d{4})-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?(?!\d|-\d)")
_AGO = rf"\b({COUNT}) (day|week|month|year)s? ago\b"
_THE_DAY = r"\bon the (\d{1,2})(?:st|nd|rd|th)\b(?! of)"
_MAY = r"\bmay\b|\bMay(?= (?:I|we|you|he|she|it|they|there)\b)"
"""The verb."""
_ABOUT = {"day": 0, "week": 4, "month": 16, "year": 60}
"""Days by which *two weeks ago* may be off."""


def named(question: str, moment: datetime | None, day_starts: int = DAY_STARTS) -> tuple[Time, ...]:
    """The times that a question names; those relative to its *moment* where it names no other."""
    now = Now(moment, day_starts) if moment else None
    long, rest = apart(question, now) if now else ((), question)
    text = rest.lower()
    found: list[Time] = [*long]
    found += [When(int(y), int(m), _int(d)) for y, m, d in _ISO.findall(text)]
    recent = [match[0] for match in re.finditer(LATELY, text)]
    for match in dates_in(rest):
        if not any(match["month"].lower() in each for each in recent):
            found.append(as_read(match))
    found = found or [When(int(year)) for year in re.findall(r"\b(20\d\d)\b", text)]
    return tuple(found) or (tuple(_relative(text, recent, now)) if now else ())


def dates_in(question: str) -> Iterator[re.Match[str]]:
    """Where it names a month; *may* is a verb, *mar* is nothing, unless something makes it one."""
    for match in _DATE.finditer(question):
        if match[0] != match["month"] or _is_month(match):
            yield match


def _is_month(match: re.Match[str]) -> bool:
    """Whether it is one that stands alone: a name, above all beside a figure (*Mar 2.4*)."""
    month, start = match["month"], match.start()
    if month[0].isupper() and _FIGURE.match(match.string, match.end()):
        return True
    if month.lower() != "may":
        return month.lower() in MONTHS
    begins = _BEGINS.search(match.string, max(0, start - 3), start)
    return month[0] == "M" and bool(not begins or _ENDS.match(match.string, match.end()))


_FIGURE = re.compile(r"\s+[-+$€£]?\d")
_ENDS = re.compile(r"\s*(?::|\?*\Z)")
_BEGINS = re.compile(r"(?:\A|[.?!\n])\W*\Z")


def as_read(match: re.Match[str]) -> When:
    month = [each[:3] for each in MONTHS].index(match["month"].lower()[:3]) + 1
    return When(_int(match["year"]), month, _int(match["day"] or match["after"]))


@lru_cache(maxsize=8)
def undated(question: str) -> str:
    """A question without the days and months that it asks of: *in March*, *on 7 May*.

    What only stands there is what it is about (*the June print*), and so is a year.
    """
    kept, end = [], 0
    question = apart(question, _SOME_TIME)[1]
    for match in dates_in(question):
        if match["day"] or match["after"] or match["of"]:
            kept.append(question[end : match.start()])
            end = match.end()
    bare = " ".join((*kept, question[end:]))
    for pattern in (_ISO.pattern, _THE_DAY, _MAY):
        bare = re.sub(pattern, " ", bare)
    return bare


@lru_cache(maxsize=8)
def says_when(question: str) -> bool:
    """Whether it names a day, week, month or year, at all."""
    relative = (re.search(each, question.lower()) for each in (LATELY, _AGO, _THE_DAY))
    return any((*relative, *dates_in(question), *named(question, _SOME_TIME.moment)))


_SOME_TIME = Now(datetime(2000, 1, 1, tzinfo=UTC))
"""Whether a question names a time does not depend on when it is asked."""


def _int(text: str | None) -> int | None:
    return int(text) if text else None


def _relative(text: str, recent: Iterable[str], now: Now) -> Iterator[Days]:
    for words in recent:
        if days := days_of(words, now):
            yield days._replace(yearly=False)
    for count, unit in re.findall(_AGO, text):
        if span := now.span(f"{COUNTS.get(count, count)} {unit}s ago"):
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
        for years in range(LEAP + 1) if time.yearly else (0,):
            days = time.sooner(years) if years else time
            yield Days(days.first - off, days.last + off) if off else days._replace(yearly=False)
        return
    year, month, day = time
    for each in (year,) if year else _years(today):
        first = date_of(each, month or 1, day or 1)
        last = date_of(each, month or 12, day or monthrange(each, month or 12)[1])
        if first and last and (today is None or first <= today):
            yield Days(first, last)


def _years(today: date | None) -> Iterable[int]:
    """The years in which something without one may have been."""
    return range(today.year, today.year - LEAP - 1, -1) if today else ()


def date_of(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:  # 31 February
        return None


def with_year_of(time: Time, days: Days) -> Time:
    """The time in the year of these days, which are of it."""
    return days if isinstance(time, Days) else time._replace(year=days.first.year)


def settled(times: Iterable[Time], written: Iterable[date], today: date | None) -> tuple[Time, ...]:
    """The times with a year each: the newest up to *today* in which something was *written* then.

    What no year is found for stays as it is.
    """
    days = [each for each in written if today is None or each <= today]
    return tuple(_with_year(time, days, today) for time in times)


def _with_year(time: Time, written: Iterable[date], today: date | None) -> Time:
    if isinstance(time, Days):
        years = as_days(time, today) if time.yearly else iter(())
        return next((days for days in years if any(map(days.holds, written))), time)
    if time.year is not None:
        return time
    then = (each.year for each in written if closeness(each, time) == 1)
    return time._replace(year=max(then, default=None))


def coming(times: Iterable[Time], today: date | None) -> Iterator[Time]:
    """Those without a year that are to come within half a year, in the year of then."""
    if today is None:
        return
    for time in times:
        for years in (0, 1):
            there = _in_year(time, today.year + years)
            if there and there[0].last >= today:
                if (there[0].first - today).days <= HALF_A_YEAR:
                    yield there[1]
                break


def _in_year(time: Time, year: int) -> tuple[Days, Time] | None:
    """A time that has no year, in one."""
    if isinstance(time, Days):
        if not time.yearly:
            return None
        days = time.sooner(time.first.year - year)._replace(yearly=False)
        return days, days
    if time.year or time.month is None:
        return None
    there = time._replace(year=year)
    days_of_it = next(as_days(there, None), None)
    return (days_of_it, there) if days_of_it else None


HALF_A_YEAR = 183

NEAR = 0.5
"""As close as this is near that time: a month off at most, of *a year ago* two."""


def closeness(day: date, time: Time) -> float:
    """1 for said at that time, less for soon after it: people tell of what was."""
    if isinstance(time, Days):
        return _within(day, time)
    year, month, number = time
    if year is not None and year != day.year:
        return 0.0
    if month is None:
        return 1.0
    if number is None:
        later = (day.month - month) % 12
        return 1.0 if later == 0 else 0.5 if later == 1 and day.day <= 15 else 0.0
    said = date_of(year or day.year, month, number)
    days = (day - said).days if said else -2
    return 1.0 if days == 0 else 0.9 if 0 < days <= 3 else 0.6 if -1 <= days <= 14 else 0.0


def _within(day: date, time: Days) -> float:
    """1 within the days; of what may be off, less from a quarter of that on."""
    late = (day - time.last).days
    if time.about:
        off, sure = max(late, (time.first - day).days, 0), time.about // 4
        less = (1 - NEAR) * (off - sure) / (time.about - sure)
        return min(1.0, 1 - less) * (off <= time.about)
    if day < time.first or late > _soon_after(time):
        return 0.0
    return 1.0 if late <= 0 else 0.6 if late <= 3 else NEAR


def _soon_after(time: Days) -> int:
    """Days after a time in which people still tell of it; of *before March* it would be in it."""
    half = (time.last - time.first).days // 2
    return 3 if time.first == date.min else max(3, min(half, 15))


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
    return date_of(year, month, day or monthrange(year, month)[1])


def stood(day: date, until: date) -> float:
    """How much of how things stood on a day something tells: the newest before it most.

    What is more than a month older is NEAR no longer.
    """
    age = (until - day).days
    return max(0.2, 30 / (30 + age)) if age >= 0 else 0.0


CALENDAR = frozenset(
    (
        *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
        *("october", "november", "december", "monday", "tuesday", "wednesday", "thursday"),
        *("friday", "saturday", "sunday", "yesterday", "today", "week", "month", "year"),
    )
)
"""Words that say when."""
