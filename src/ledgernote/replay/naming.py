"""Texts that name a day or month within a time that is asked of: *the dentist is on 9 April*, or
*on 2027-04-09*.

How a text may write them, for the search; and whether one does.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from ledgernote.domain.times import DAY
from ledgernote.replay.dates import HALF_A_YEAR, Time, When, date_of, has_no_year
from ledgernote.replay.days import Days
from ledgernote.replay.when import ISO, MONTHS, as_read, dates_in


def as_written(time: Time) -> tuple[str, ...]:
    """How texts name the days of a time, or its months where it is longer than few days.

    *May* has its capital letter: without one it stands everywhere.
    """
    if not _may_be_named(time):
        return ()
    days = list(_each_day(time))
    known = not has_no_year(time)
    if (isinstance(time, When) and time.day is None) or len(days) > _FEW:
        forms = (each for day in days for each in _forms(day, with_year=known))
    else:
        forms = (each for day in days for each in _forms_of_day(day, with_year=known))
    return tuple(dict.fromkeys(forms))


_FEW = 8
"""Days each of which is looked for."""


def _each_day(time: Time) -> Iterator[date]:
    if isinstance(time, When):
        # 2024 has a 29 February
        there = date_of(time.year or 2024, time.month or 1, time.day or 1)
        yield from filter(None, [there])
        return
    yield from (time.first + DAY * number for number in range((time.last - time.first).days + 1))


def _forms(day: date, *, with_year: bool) -> tuple[str, ...]:
    """Of a day's month."""
    iso = (day.isoformat()[:7],) if with_year else ()
    return (*_names(day.month), *iso)


def _names(month: int) -> tuple[str, ...]:
    name = MONTHS[month - 1]
    shorter = ("sep", "sept") if name == "september" else (name[:3],)
    return ("May",) if name == "may" else (name, *shorter)


def _forms_of_day(day: date, *, with_year: bool) -> Iterator[str]:
    for number in (str(day.day), f"{day.day}{_ORDINALS.get(day.day, 'th')}"):
        for name in _names(day.month):
            yield from (f"{number} {name.lower()}", f"{name.lower()} {number}")
    if with_year:
        yield day.isoformat()


_ORDINALS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}


def _may_be_named(time: Time) -> bool:
    """A year is too long for that."""
    if isinstance(time, Days):
        return (time.last - time.first).days <= HALF_A_YEAR
    return time.month is not None


def namer(times: Iterable[Time]) -> Callable[[str, date], bool]:
    """Whether a text, written on a day, names a day or month within one of the times, of the year
    nearest to it."""
    there = days_named(times)
    return lambda text, written: next(there(text, written), None) is not None


def days_named(times: Iterable[Time]) -> Callable[[str, date], Iterator[Days]]:
    """The days within one of the times that a text names, written on a day."""
    asked = list(filter(_may_be_named, times))
    months = {month for time in asked for month in _months(time)}
    letters = [MONTHS[month - 1][:3] for month in months]
    numbers = [f"-{month:02}" for month in months]

    def there(text: str, written: date) -> Iterator[Days]:
        low = text.lower() if asked else ""
        # Letters are found in a tenth of the time that a pattern takes.
        if not any(each in low for each in (*letters, *numbers)):
            return
        for each in _dates(text):
            days = _nearest(each, written)
            if days and any(_within_a_time(days, time) for time in asked):
                yield days

    return there


def _dates(text: str) -> Iterator[When]:
    """The dates that a text names; a month with its capital letter."""
    if _MONTHLY.search(text):
        yield from (as_read(match) for match in dates_in(text) if match["month"][0].isupper())
    for year, month, day in ISO.findall(text):
        yield When(int(year), int(month), int(day) if day else None)


_MONTHLY = re.compile(r"\b[JFMASOND](?i:an|eb|ar|pr|ay|un|ul|ug|ep|ct|ov|ec)")


def _months(time: Time) -> Iterable[int]:
    """The months that a time has days of."""
    if isinstance(time, When):
        return filter(None, [time.month])
    return {each.month for each in _each_day(time)}


def _nearest(when: When, written: date) -> Days | None:
    """The days of a date that a text names, seen from the day that it was written on."""
    year, month, day = when
    assert month is not None
    years = (year,) if year else range(written.year - 1, written.year + 2)
    every = [
        Days(first, last)
        for each in years
        if (first := date_of(each, month, day or 1))
        and (last := date_of(each, month, day or monthrange(each, month)[1]))
    ]
    return min(every, key=lambda days: abs((days.last - written).days), default=None)


def _within_a_time(days: Days, time: Time) -> bool:
    if isinstance(time, When):
        there = days.first
        same = time.year in {None, there.year} and time.month == there.month
        return same and (time.day is None or (time.day == there.day and there == days.last))
    off = days.first.year - time.first.year
    years = (off - 1, off) if time.yearly else (0,)
    spans = (time.sooner(-each) for each in years)
    return any(span.holds(days.first) and span.holds(days.last) for span in spans)
