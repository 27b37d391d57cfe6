"""The times that a question may mean, as days, and how near to them something was said.

The day of what was written is an argument, as is the day on which is asked.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from ledgernote.domain.times import DAY, LEAP
from ledgernote.replay.days import Days


class When(NamedTuple):
    """A time, as far as a question says it; None where it does not."""

    year: int | None
    month: int | None = None
    day: int | None = None


Time = When | Days


def may_be(one: When, other: When) -> bool:
    """Whether two times may be the same, as far as both are told."""
    pairs = zip(one, other, strict=True)
    return all(mine is None or theirs is None or mine == theirs for mine, theirs in pairs)


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


def has_no_year(time: Time) -> bool:
    return time.yearly if isinstance(time, Days) else time.year is None


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
