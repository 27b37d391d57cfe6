"""Days that a question may mean, and the moment from which they are seen."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import NamedTuple

from ledgernote.domain.times import DAY_STARTS, Span, day_of, parse_time


class Days(NamedTuple):
    """From one day to another, both belong to it."""

    first: date
    last: date
    about: int = 0
    """by how many it may be off: *two weeks ago*."""
    yearly: bool = False
    """No year is said: it may as well have been in one before."""

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last

    def sooner(self, years: int) -> Days:
        """The same so many years before."""
        return self._replace(first=_sooner(self.first, years), last=_sooner(self.last, years))


def _sooner(day: date, years: int) -> date:
    year = min(max(1, day.year - years), date.max.year)
    try:
        return day.replace(year=year)
    except ValueError:  # 29 February
        return day.replace(year=year, day=28)


FIRST_YEAR, LAST_YEAR = 2, 9997
"""No time is after it, nor before the year 2."""


class Now(NamedTuple):
    """When it is asked."""

    moment: datetime
    day_starts: int = DAY_STARTS

    @property
    def today(self) -> date:
        return day_of(self.moment, self.day_starts)

    def on(self, day: date) -> Now:
        """The noon of another day."""
        return self._replace(moment=datetime.combine(day, time(12), self.moment.tzinfo))

    def span(self, text: str) -> Span | None:
        return parse_time(text, self.moment, self.day_starts)
