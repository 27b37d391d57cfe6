"""The times that a question names.

Seen from the moment at which it is asked, which is an argument: *yesterday*, *last March*, *two
weeks ago*, *on the 7th* are days then; `dates` has what comes of them.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from functools import lru_cache

from ledgernote.domain.text import as_matched
from ledgernote.domain.times import DAY, DAY_STARTS
from ledgernote.replay.bounds import sides
from ledgernote.replay.dates import Time, When
from ledgernote.replay.days import Days, Now
from ledgernote.replay.periods import SEASON
from ledgernote.replay.spans import (
    COUNT,
    COUNTS,
    LATELY,
    MONTH,
    SHORT,
    WEEKDAY,
    apart,
    days_of,
)
from ledgernote.replay.years import with_years

MONTHS = MONTH.split("|")
_NTH = r"(?:st|nd|rd|th)?"
_DATE = re.compile(
    rf"(?:(?<!\d[.,])\b(?P<day>\d{{1,2}}){_NTH}\s+(?:of\s+)?|\b(?P<of>in|on|by|during|of|from|last|next)\s+)?"
    rf"\b(?P<month>(?:{MONTH})\b|{SHORT})"
    rf"(?:\s+(?P<after>\d{{1,2}}){_NTH}\b(?![.,]\d|\s?%))?(?:,?\s+(?:of\s+)?(?P<year>\d{{4}}))?",
    re.IGNORECASE,
)
ISO = re.compile(r"\b(\d{4})-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?(?!\d|-\d)")
_AGO = rf"\b({COUNT}) (day|week|month|year)s? ago\b"
_THE_DAY = r"\bon the (\d{1,2})(?:st|nd|rd|th)\b(?! of)"
_MAY = r"\bmay\b|\bMay(?= (?:I|we|you|he|she|it|they|there)\b)"
"""The verb."""
_WHICH = rf"\b(?:[Ll]ast|[Nn]ext) (?=(?i:{SEASON}|{WEEKDAY}|weekend)\b)"
_UNIT = f"day|week|weekend|month|quarter|year|{SEASON}|{MONTH}|{WEEKDAY}"
_IS = "|".join(
    rf"(?<={verb} {whose})"
    for verb in (r"\bis", r"\bare", r"\bwhats", r"['’]s")
    for whose in ("", "the ", "my ", "our ", "its ", "your ")
)
_LATEST = (
    r"\b(?:(?:latest|newest|most recent)\b|(?:the|my|our|his|her|its|their) last "
    rf"(?!(?:(?:{COUNT}|half) )?(?:{_UNIT})s?\b|of\b))(?: ?(?:note|entry|thing)\b)?|"
    r"(?<!\bit )(?<!\bthey )(?<!\bthis )(?<!\bthat )\blast(?=\W*\Z)|"
    r"(?<!\bfrom )(?<!\bby )(?<!\buntil )\b(?:right )?now(?=\W*\Z)|"
    r"(?<=\bis )now\b|(?<=\bare )now\b|\bnow (?=(?:is|are)\b)|"
    r"\bat (?:the moment|present)(?=\W*\Z|[,;])|\btoday['’]s\b|"
    rf"(?:{_IS}|\A\W*(?:(?:the|my|our) )?)"
    r"current (?!(?:accounts?|assets|liabilities|of|in)\b)"
)
"""The newest of what else is asked for, as it is now."""
_ABOUT = {"day": 0, "week": 4, "month": 16, "year": 60}
"""Days by which *two weeks ago* may be off."""


def named(question: str, moment: datetime | None, day_starts: int = DAY_STARTS) -> tuple[Time, ...]:
    """The times that a question names; those relative to its *moment* where it names no other."""
    now = Now(moment, day_starts) if moment else None
    question = with_years(question, now.today.year if now else None)
    read = (_named(question, now, ahead=ahead) for ahead in sides(question))
    return tuple(dict.fromkeys(time for times in read for time in times))


def _named(question: str, now: Now | None, *, ahead: bool) -> tuple[Time, ...]:
    """The times of a question that is read as one that looks *ahead*, or as one that does not."""
    long, rest = apart(question, now, ahead=ahead) if now else ((), question)
    text = rest.lower()
    found: list[Time] = [*long]
    found += [When(int(y), int(m), _int(d)) for y, m, d in ISO.findall(text)]
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


def days_told(text: str) -> tuple[list[When], str]:
    """The days and months that a text names, and the text without them."""
    days = [When(int(year), int(month), _int(day)) for year, month, day in ISO.findall(text)]
    text = ISO.sub(" ", text)
    found = list(dates_in(text))
    for match in reversed(found):
        text = f"{text[: match.start()]} {text[match.end() :]}"
    return [*days, *map(as_read, found)], text


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
    month = [each[:3] for each in MONTHS].index(as_matched(match["month"])[:3]) + 1
    return When(_int(match["year"]), month, _int(match["day"] or match["after"]))


@lru_cache(maxsize=8)
def undated(question: str) -> str:
    """A question without the days and months that it asks of: *in March*, *on 7 May*.

    What only stands there is what it is about (*the June print*), and so is a year.
    """
    kept, end = [], 0
    question = with_years(question, None)
    question = apart(question, _SOME_TIME, ahead=sides(question)[-1])[1]
    for match in dates_in(question):
        if match["day"] or match["after"] or match["of"]:
            kept.append(question[end : match.start()])
            end = match.end()
    bare = " ".join((*kept, question[end:]))
    bare = re.sub(_LATEST, " ", bare, flags=re.IGNORECASE)
    for pattern in (ISO.pattern, _THE_DAY, _MAY, _WHICH):
        bare = re.sub(pattern, " ", bare)
    return bare


@lru_cache(maxsize=8)
def asks_newest(question: str) -> bool:
    """Whether it asks for the newest of what it is about: *my latest view*, *the last trip*."""
    return re.search(_LATEST, question, re.IGNORECASE) is not None and "long" not in question


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


CALENDAR = frozenset(
    (
        *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
        *("october", "november", "december", "monday", "tuesday", "wednesday", "thursday"),
        *("friday", "saturday", "sunday", "yesterday", "today", "week", "month", "year"),
    )
)
"""Words that say when."""
