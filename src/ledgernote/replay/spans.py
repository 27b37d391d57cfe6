"""The spans of time that a question names: *from March to May*, *early June*, *in Q2*.

One grammar: a unit (a date, a month, a quarter, a year, *last week*), which part of it is meant,
and on which side of it, or up to which other one. Seen from when it is asked, an argument.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ledgernote.domain.text import as_matched
from ledgernote.domain.times import DAY
from ledgernote.replay.bounds import BOUND, beyond
from ledgernote.replay.days import FIRST_YEAR, LAST_YEAR, Days, Now
from ledgernote.replay.periods import (
    NTH,
    NTH_QUARTER,
    OF_YEAR,
    PERIOD,
    SEASON,
    period,
)

MONTH = "january|february|march|april|may|june|july|august|september|october|november|december"
WEEKDAY = "(?:mon|tues|wednes|thurs|fri|satur|sun)day"
NUMBER = r"\d{1,2}(?:st|nd|rd|th)?"
_KIND = rf"(?:day|week|weekend|month|quarter|year|{MONTH})"
LATELY = (
    rf"\b(?:day before yesterday|(?:week|month|quarter|year) before last(?! \w*{_KIND}\b)|"
    rf"yesterday|today|tonight|(?:last|this) (?:week|month|quarter|year|{SEASON})|"
    rf"last (?:{MONTH}|weekend)|(?:last|on) {WEEKDAY}|"
    rf"tomorrow|next (?:week|month|quarter|year|weekend|{SEASON}|{MONTH}|{WEEKDAY}))\b"
)
COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "a couple of": 2, "three": 3, "a few": 3, "few": 3}
COUNTS |= {"four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
COUNTS |= {"couple of": 2, "eleven": 11, "twelve": 12}
COUNT = rf"\d{{1,3}}|{'|'.join(sorted(COUNTS, key=len, reverse=True))}"

_PARTS = {
    **dict.fromkeys(("early", "beginning of", "start of"), (0, 1, 3)),
    **dict.fromkeys(("mid", "middle of"), (1, 2, 3)),
    **dict.fromkeys(("late", "end of"), (2, 3, 3)),
    "first half of": (0, 1, 2),
    "second half of": (1, 2, 2),
    **{f"{nth} week of": (at, 7, 0) for at, nth in enumerate(("first", "second", "third"))},
    "last week of": (-1, 7, 0),
    "week of": (0, 0, 0),
}
"""From which to which of how many parts of the whole; where 0, a week of it, or around it."""
_PART = rf"(?:the )?({'|'.join(_PARTS)})[ -](?:the )?"
SHORT = r"(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b"
_DATE = rf"(?:{NUMBER} (?:of )?)?(?:(?:{MONTH})\b|{SHORT})(?: {NUMBER}\b)?{OF_YEAR}?"


def _bare(pattern: str) -> str:
    """A pattern whose groups are not told apart."""
    return re.sub(r"(?<!\\)\((?!\?)", "(?:", pattern)


_LONG = _bare(rf"{_DATE}|{PERIOD}|{LATELY}|20\d\d")
_UNIT = rf"(?:the )?(?:{_bare(_PART)})?(?:\d{{4}}-\d\d(?:-\d\d)?|{_LONG})(?!\w)"
_DAY = rf"(?:the )?{NUMBER}"
_FROM = rf"(?:(?P<from>from|between) )?\b(?P<first>{_UNIT}|{_DAY})"
_TO = r"(?: (?P<to>to|through|until|till|[-–]|(?(from)and|(?!))) |[-–])"
_OF = "(?P<of>half[ -]year|day|week|month|quarter|year)"
_WAY = rf"(?P<way>past|(?:last|next|within|in)(?= (?:{COUNT}|half)\b))"
_SPAN = "|".join(
    (
        rf"{_FROM}{_TO}(?P<last>{_UNIT}|{_DAY}(?:,? 20\d\d)?(?!\w|-\d))",
        rf"\b(?P<bound>{BOUND}) (?P<side>{_UNIT})",
        rf"\b{_WAY} (?:(?P<count>{COUNT}) )?{_OF}s?\b(?! ago\b)",
        rf"\b(?P<part>{_bare(_PART)}(?:{_LONG})|(?:last|this) quarter)\b",
        rf"\b(?:in|during|over|throughout|for) (?P<quarter>(?:the )?{PERIOD})\b",
        rf"\b(?P<dated>(?:the )?{PERIOD}(?<=\d{{4}}))\b",
    )
)
"""A pattern, compiled when a question may need it: that takes 4 ms."""
_MAYBE = re.compile(
    rf"\d|{MONTH}|{SHORT}|{SEASON}|\b(?:last|this|past|quarter)\b|(?:day|week|month|year)s?\b",
    re.IGNORECASE,
)
"""What stands in every span."""
_YEAR = 365 * DAY
_BESIDE = re.compile(rf"(?:day|week|weekend|month|year|{WEEKDAY})s? $", re.IGNORECASE)
"""*The week after 3 August* is near that day, *after 3 August* is all after."""


@lru_cache(maxsize=8)
def apart(question: str, now: Now, *, ahead: bool) -> tuple[tuple[Days, ...], str]:
    """The spans that a question names, of more or less than a unit; and what else it says.

    It is as `with_years` gives it, and read as one that looks *ahead*, or as one that does not.
    A quarter stands in both: results are of it. Kept for a question: many ask the same of it.
    """
    question = _DAY_IN_FIGURES.sub(_as_days, question)
    question = _PREVIOUS.sub(r"last \1", _YEAR_FIRST.sub(r"\2 \1", question))
    question = _QUARTERS.sub(
        lambda match: re.sub(r" (?=q)", " in ", match[0], flags=re.IGNORECASE), question
    )
    if ahead:
        question = re.sub(_NEXT_DAY, r"next \1", question, flags=re.IGNORECASE)
        question = re.sub(_END_OF, r"\1this \2", question, flags=re.IGNORECASE)
    if _BUT.search(question):
        question = re.sub(_EXCEPT, " ", question, flags=re.IGNORECASE)
    if not _MAYBE.search(question):
        return (), question
    found: list[Days] = []

    def taken(match: re.Match[str]) -> str:
        if not (days := _read(match, now, ahead=ahead)):
            return match[0]
        found.extend(days)
        return _QUARTER_NAMED.sub(_as_number, match["quarter"] or match["dated"] or " ")

    rest = re.sub(_SPAN, taken, question, flags=re.IGNORECASE)
    return tuple(found), rest


_PREVIOUS = re.compile(r"\bprevious (week|month|quarter|year)\b", re.IGNORECASE)
_QUARTERS = re.compile(r"(?<=\bin )q[1-4](?:(?:,|,? and|,? or) q[1-4])+", re.IGNORECASE)
_NEXT_DAY = rf"(?<!last )(?<!next )\b(?:(?:on|this|coming) )?({WEEKDAY})\b"
_END_OF = r"\b(end of )(?:the )?(week|month|quarter|year)\b"
"""Where it is to come, and so the next."""
_YEAR_FIRST = re.compile(r"\b(20\d\d)[ -]([qh][1-4])\b", re.IGNORECASE)
_BUT = re.compile(r"\b(?:but|except|excluding|apart|other)\b", re.IGNORECASE)
_EXCEPT = (
    r"\b(?:except|excluding|(?:everything|anything|all) but|but not|apart from|other than)"
    rf"(?: for)?(?: (?:in|on|during|from|of))? {_UNIT}"
)
"""A time that is left out: the others are too many to be asked of."""
_QUARTER_NAMED = re.compile(NTH_QUARTER, re.IGNORECASE)


def _as_number(match: re.Match[str]) -> str:
    """*The second quarter* is not of seconds."""
    return f"Q{NTH.index(as_matched(match[0]).split()[0]) + 1} quarter"


_DAY_IN_FIGURES = re.compile(r"\b(\d{1,2})([./])(\d{1,2})\2(20\d\d)\b")


def _as_days(match: re.Match[str]) -> str:
    """*21.11.2025*; with strokes Americans name the month first: *5/11/2025* is either."""
    day, month, year = int(match[1]), int(match[3]), match[4]
    orders = {(month, day), (day, month)} if match[2] == "/" else {(month, day)}
    days = [f"{year}-{one:02}-{two:02}" for one, two in sorted(orders) if one <= 12]
    return " or ".join(days) or match[0]


def _read(match: re.Match[str], now: Now, *, ahead: bool) -> tuple[Days, ...]:
    if match["bound"]:
        beside = _BESIDE.search(match.string, max(0, match.start() - 12), match.start())
        days = None if beside else days_of(match["side"], now)
        return beyond(as_matched(match["bound"]), days, now.today, ahead=ahead) if days else ()
    if match["first"]:
        found = _from_to(match, now)
    elif match["of"]:
        found = _rolling(match, now, ahead=ahead)
    else:
        found = days_of(match["part"] or match["quarter"] or match["dated"], now)
    return (found,) if found else ()


def _from_to(match: re.Match[str], now: Now) -> Days | None:
    """From one unit to the next such other; *5 to 9 May* and *May 5-9* name the month once."""
    first, last = (re.sub(rf"^the (?={NUMBER})", "", match[side]) for side in ("first", "last"))
    if (match["to"] or "").lower() == "and" and (match["from"] or "").lower() != "between":
        return None
    if first[:3] == "may" and not match["from"]:  # the verb
        return None
    if re.fullmatch(NUMBER, first) and (day := re.match(NUMBER, last)):
        first += last[day.end() :]
    elif re.match(rf"{NUMBER}\b", last) and (day := re.search(rf"(?<=[a-z] ){NUMBER}$", first)):
        last = first[: day.start()] + last
    one, other = days_of(first, now), days_of(last, now)
    if one is None or other is None:
        return None
    if not one.yearly and other.yearly:
        other = other.sooner(other.last.year - one.first.year)
        other = other.sooner(-1) if other.last < one.first else other
    if one.yearly:
        one = one.sooner(one.first.year - other.first.year)
        one = one.sooner(1) if one.first > other.last else one
    return Days(one.first, other.last, yearly=one.yearly and other.yearly)


def _rolling(match: re.Match[str], now: Now, *, ahead: bool) -> Days | None:
    way = as_matched(match["way"])
    if way in {"within", "in"} and not ahead:  # it fell so much in two weeks
        return None
    count, unit = as_matched(match["count"] or "one"), as_matched(match["of"])
    number = COUNTS.get(count) or int(count)
    months = 3 if unit == "quarter" else 6 if unit[:4] == "half" else 0
    span = now.span(f"{number * months} months ago" if months else f"{number} {unit}s ago")
    if span is None:
        return None
    if way in {"past", "last"}:
        return Days(span.start.date(), now.today)
    length = now.today - span.start.date()
    if now.today.year + length // _YEAR >= LAST_YEAR:
        return None
    return Days(now.today + DAY, now.today + length)


def days_of(text: str, now: Now) -> Days | None:
    """The days of a unit; without a year the last that have begun."""
    text = as_matched(text).removeprefix("the ")
    if text.startswith("next "):
        return _next(text.removeprefix("next "), now)
    if part := re.match(_PART, text):
        whole = days_of(text[part.end() :], now)
        return whole and _part_of(whole, *_PARTS[part[1]])
    if of_year := period(text, now.today):
        return of_year
    if text == "day before yesterday":
        return Days(now.today - 2 * DAY, now.today - 2 * DAY)
    if text.endswith(" before last"):
        return _before_last(text.split()[0], now)
    text = text.removeprefix("on ").replace("tonight", "today").replace("weekend", "sunday")
    span = now.span(re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", text).replace(" of ", " "))
    if span is None:
        return None
    yearly = re.search(r"\d{4}", text) is None and re.match(_DATE, text) is not None
    return Days(span.start.date(), (span.end - DAY).date(), yearly=yearly)


def _next(unit: str, now: Now) -> Days | None:
    """The first of its kind that begins after today, or after this week, month, quarter, year."""
    if unit in {"week", "month", "quarter", "year"}:
        this = days_of(f"this {unit}", now)
        after = this and this.last + DAY
        if after is None or after.year > LAST_YEAR:
            return None
        return days_of(f"this {unit}", now.on(after))
    unit = "sunday" if unit == "weekend" else unit
    if (last := days_of(unit, now)) is None:
        return None
    if last.yearly:
        return last.sooner(-1)._replace(yearly=False)
    days = 14 if last.first + 7 * DAY == now.today else 7  # asked on a Friday of the next one
    return last._replace(first=last.first + days * DAY, last=last.last + days * DAY)


def _before_last(unit: str, now: Now) -> Days | None:
    last = days_of(f"last {unit}", now)
    if last is None or last.first.year <= FIRST_YEAR:
        return None
    return days_of(f"this {unit}", now.on(last.first - DAY))


def _part_of(days: Days, start: int, end: int, parts: int) -> Days:
    size = (days.last - days.first).days + 1
    if not parts:
        return _week_of(days, start) if end else _week_around(days)
    if size < parts:
        return days
    first = days.first + size * start // parts * DAY
    return days._replace(first=first, last=days.first + (size * end // parts - 1) * DAY)


def _week_of(days: Days, number: int) -> Days:
    """The first, second … seven days of others; -1: the last."""
    if (days.last - days.first).days < 7 * (number + 1):
        return days
    first = days.last - 6 * DAY if number < 0 else days.first + 7 * number * DAY
    return days._replace(first=first, last=first + 6 * DAY)


def _week_around(days: Days) -> Days:
    """From Monday to Sunday, of a day."""
    monday = days.first - days.first.weekday() * DAY
    return days if days.first != days.last else days._replace(first=monday, last=monday + 6 * DAY)
