"""Times as people write them: `7d`, `last friday`, `march 2026`, `2026-05-01T14:30`.

A day begins `day_starts` minutes after midnight: what is written at 02:20 belongs to the evening
before. Now is always an argument. Nothing here raises for any text: what is no time is None.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from ledgernote.domain.frozen import frozen

DAY_STARTS = 300
"""Minutes after midnight: 05:00."""

DAY = timedelta(days=1)
LONGEST = timedelta(days=365_000)
"""No duration is longer, so that adding one to a date of today cannot overflow."""


@frozen(kw_only=False)
class Span:
    """From *start* up to, not including, *end*; both aware, in the offset of the text or of now.

    `since:` uses the start, `until:` the end, `on:` both. A span is as long as the smallest unit
    that its text names: a year, a month, a day, an hour, a minute, a second.
    """

    start: datetime
    end: datetime


@frozen(kw_only=False)
class _Now:
    """The moment of asking, and the day and offset that it belongs to."""

    moment: datetime
    day_starts: timedelta

    @property
    def today(self) -> date:
        """The day that is not over yet, the small hours included."""
        return (self.moment.replace(tzinfo=None) - self.day_starts).date()

    def days(self, first: date, after: date) -> Span:
        """From the beginning of one day to the beginning of another."""
        return Span(self._begin(first), self._begin(after))

    def _begin(self, day: date) -> datetime:
        midnight = datetime(day.year, day.month, day.day, tzinfo=self.moment.tzinfo)
        return midnight + self.day_starts


def parse_time(text: str, now: datetime, day_starts: int = DAY_STARTS) -> Span | None:
    """The span that a text names, seen from *now* (aware); None when it names none.

    Any case, any spaces. A weekday is the last one before today, a month the last one that has
    begun, `last` month names one that is over; weeks begin on Monday; `m` is a month, `min` a
    minute. Years before 2 and after 9997 are no times: no offset can push a span off the calendar.
    """
    words = " ".join(text.lower().split())
    here = _Now(now, timedelta(minutes=day_starts))
    try:
        span = next((found for read in _READERS if (found := read(words, here))), None)
    except (ValueError, OverflowError):
        return None
    return span if span and span.start.year > 1 and span.end.year < 9999 else None


def searched_time(text: str, now: datetime, day_starts: int = DAY_STARTS) -> Span | None:
    """The same for a search, to which the first and the last years there are mean ever."""
    year = _EVER.match(text)
    inner = {"0": "0002", "9": "9997"}[year[0][0]] + text[year.end() :] if year else text
    return parse_time(inner, now, day_starts)


_EVER = re.compile(r"(?:0001|999[89])(?=-|\Z)")


def is_time(text: str) -> bool:
    """Whether a text names a time to search at all, whenever it is read."""
    return searched_time(text, datetime(2026, 1, 1, tzinfo=UTC)) is not None


def day_of(moment: datetime, day_starts: int = DAY_STARTS) -> date:
    """The day that a moment belongs to, as its own offset has it."""
    try:
        return (moment - timedelta(minutes=day_starts)).date()
    except OverflowError:  # the first day there is
        return moment.date()


def parse_duration(text: str) -> timedelta | None:
    """`30d`, `2 weeks`, `90min`: how long; a month is 30 days, a year 365. At most 1,000 years."""
    found = _LENGTH.fullmatch(" ".join(text.lower().split()))
    if found is None:
        return None
    length = _LENGTHS[_UNITS[found[2]]] * int(found[1])
    return length if length <= LONGEST else None


def parse_iso(text: str) -> datetime | None:
    """An aware moment from ISO 8601; without an offset it is UTC, without a time midnight.

    Numbers of seconds are refused: guessing the unit has put talks into the year 50000.
    """
    found = _ISO.fullmatch(text.strip().upper())
    if found is None:
        return None
    try:
        moment = _moment(found)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment


_ISO = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ]([0-9]{2}(?::([0-9]{2}(?::([0-9]{2}(?:[.,]([0-9]+))?)?)?)?)?)"
    r"(?: ?(Z|[+-][0-9]{2}(?::?[0-9]{2})?))?)?"
)
"""Date, time, then from its hour on the deeper parts, and the offset."""

_UNITS = {
    spelling: unit
    for unit, spellings in {
        "minute": "min mins minute minutes",
        "hour": "h hr hrs hour hours",
        "day": "d day days",
        "week": "w wk wks week weeks",
        "month": "m mo month months",
        "year": "y yr yrs year years",
    }.items()
    for spelling in spellings.split()
}

_LENGTHS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": DAY,
    "week": 7 * DAY,
    "month": 30 * DAY,
    "year": 365 * DAY,
}

_MONTH_NAMES = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)

_MONTHS = {
    spelling: number
    for number, name in enumerate(_MONTH_NAMES, start=1)
    for spelling in (name, name[:3], *(("sept",) if number == 9 else ()))
}

_WEEKDAYS = {
    spelling: number
    for number, spellings in enumerate(
        (
            "monday mon",
            "tuesday tue tues",
            "wednesday wed",
            "thursday thu thur thurs",
            "friday fri",
            "saturday sat",
            "sunday sun",
        )
    )
    for spelling in spellings.split()
}

_UNIT = "|".join(_UNITS)
_LENGTH = re.compile(rf"([0-9]{{1,6}}) ?({_UNIT})")
_AGO = re.compile(rf"(?:([0-9]{{1,6}}) ?|an? )({_UNIT})(?: ago)?")
_NAME = "|".join(_MONTHS)
_MONTH = re.compile(rf"(last )?({_NAME})(?: ([0-9]{{4}}))?")
_DATE = re.compile(rf"(?:([0-9]{{1,2}}) ({_NAME})|({_NAME}) ([0-9]{{1,2}}))(?:,? ([0-9]{{4}}))?")
_WEEKDAY = re.compile(rf"(?:last )?({'|'.join(_WEEKDAYS)})")
_PERIOD = re.compile(r"(last|this) (week|month|year)")
_CALENDAR = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?")
LEAP = 8
"""Years between two leap days at most."""
_DAYS = {"today": 0, "yesterday": -1, "tomorrow": 1}


def _moment(found: re.Match[str]) -> datetime:
    """What `_ISO` matched; ValueError where there is no such date or time."""
    return datetime.fromisoformat(f"{found[1]}T{found[2] or '00'}{found[6] or ''}")


def _named_day(text: str, now: _Now) -> Span | None:
    if text == "now":
        return Span(now.moment, now.moment)
    if text not in _DAYS:
        return None
    day = now.today + _DAYS[text] * DAY
    return now.days(day, day + DAY)


def _weekday(text: str, now: _Now) -> Span | None:
    if not (found := _WEEKDAY.fullmatch(text)):
        return None
    back = (now.today.weekday() - _WEEKDAYS[found[1]]) % 7 or 7
    day = now.today - back * DAY
    return now.days(day, day + DAY)


def _ago(text: str, now: _Now) -> Span | None:
    """`7d` is the day a week ago, `3h` the hour that began three hours ago."""
    if not (found := _AGO.fullmatch(text)):
        return None
    count, unit = int(found[1] or 1), _UNITS[found[2]]
    if unit in ("minute", "hour"):
        start = _shift(now.moment, -count * _LENGTHS[unit])
        return Span(start, _shift(start, _LENGTHS[unit]))
    if unit in ("day", "week"):
        day = now.today - count * _LENGTHS[unit]
    else:
        day = _months_later(now.today, -count * (12 if unit == "year" else 1))
    return now.days(day, day + DAY)


def _period(text: str, now: _Now) -> Span | None:
    if not (found := _PERIOD.fullmatch(text)):
        return None
    back, today = (1 if found[1] == "last" else 0), now.today
    if found[2] == "week":
        first = today - (today.weekday() + 7 * back) * DAY
        return now.days(first, first + 7 * DAY)
    if found[2] == "month":
        return _month(_months_later(today.replace(day=1), -back), now)
    return now.days(date(today.year - back, 1, 1), date(today.year - back + 1, 1, 1))


def _named_month(text: str, now: _Now) -> Span | None:
    if not (found := _MONTH.fullmatch(text)):
        return None
    number, today = _MONTHS[found[2]], now.today
    if found[3]:
        return None if found[1] else _month(date(int(found[3]), number, 1), now)
    begun = number < today.month if found[1] else number <= today.month
    return _month(date(today.year - (not begun), number, 1), now)


def _dated(text: str, now: _Now) -> Span | None:
    """`7 may`, as screens show a day, or `may 7`: the last one that has begun."""
    if not (found := _DATE.fullmatch(text)):
        return None
    number, day = _MONTHS[found[2] or found[3]], int(found[1] or found[4])
    if found[5]:
        first = date(int(found[5]), number, day)
        return now.days(first, first + DAY)
    months = (date(now.today.year - back, number, 1) for back in range(LEAP + 1))
    days = (first.replace(day=day) for first in months if day <= (_next_month(first) - DAY).day)
    begun = next((each for each in days if each <= now.today), None)
    return None if begun is None else now.days(begun, begun + DAY)


def _calendar(text: str, now: _Now) -> Span | None:
    """`2026`, `2026-05`."""
    if not (found := _CALENDAR.fullmatch(text)):
        return None
    year = int(found[1])
    if found[2]:
        return _month(date(year, int(found[2]), 1), now)
    return now.days(date(year, 1, 1), date(year + 1, 1, 1))


def _written(text: str, now: _Now) -> Span | None:
    """`2026-05-01`, and with a time, as long as its last part."""
    if not (found := _ISO.fullmatch(text.upper())):
        return None
    moment = _moment(found)
    if found[2] is None:
        return now.days(moment.date(), moment.date() + DAY)
    start = moment if moment.tzinfo else moment.replace(tzinfo=now.moment.tzinfo)
    depth = sum(found[part] is not None for part in (3, 4, 5))
    return Span(start, _shift(start, _PRECISION[depth]))


_PRECISION = (
    timedelta(hours=1),
    timedelta(minutes=1),
    timedelta(seconds=1),
    timedelta(microseconds=1),
)

_READERS: tuple[Callable[[str, _Now], Span | None], ...] = (
    _written,
    _calendar,
    _named_day,
    _weekday,
    _ago,
    _period,
    _named_month,
    _dated,
)


def _shift(moment: datetime, by: timedelta) -> datetime:
    """So much real time later, also where clocks are put forward or back in between."""
    return (moment.astimezone(UTC) + by).astimezone(moment.tzinfo)


def _months_later(day: date, months: int) -> date:
    """The same day of another month, or that month's last: 31 March less one is 28 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first = date(year, month + 1, 1)
    last = _next_month(first) - DAY
    return first.replace(day=min(day.day, last.day))


def _next_month(first: date) -> date:
    return (first + 31 * DAY).replace(day=1)


def _month(first: date, now: _Now) -> Span:
    return now.days(first, _next_month(first))
