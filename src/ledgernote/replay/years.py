"""The year that a question names beside a month, quarter or season: *October last year*."""

from __future__ import annotations

import re

from ledgernote.replay.periods import BARE_SEASON, NTH_QUARTER
from ledgernote.replay.spans import MONTH, NUMBER, SHORT


def with_years(question: str, year: int | None) -> str:
    """A question with the year beside each month, quarter and season of *last year*, seen from
    that *year*; without one the same words are left out: *October last year*, *Q4 of last year*,
    *last year's October*, *Oct '25*.
    """
    question = " ".join(question.replace("’", "'").split())
    if not _YEARLY.search(question):
        return question
    question = re.sub(_DOTTED, r"\1", question, flags=re.IGNORECASE)
    question = re.sub(_JOINED, _spelled, question, flags=re.IGNORECASE)

    def dated(match: re.Match[str]) -> str:
        which = match["after"] or match["before"]
        then = "" if year is None else f" {year + _YEARS[which.lower()]}"
        return f"{match['lead'] or ''}{match['unit'] or match['other']}{then}"

    question = re.sub(_SHORT_YEAR, r"\1 20\2", question, flags=re.IGNORECASE)
    question = re.sub(_YEAR_BESIDE, dated, question, flags=re.IGNORECASE)
    return _of_each(question)


def _spelled(match: re.Match[str]) -> str:
    return f"{match[1]} {match[2] if len(match[2]) == 4 else '20' + match[2]}"


def _of_each(question: str) -> str:
    """The year of the last of a list beside each: *March and April 2025*."""
    for _ in range(_LISTED):
        spread = re.sub(_LIST, r"\1 \3\2", question, flags=re.IGNORECASE)
        if spread == question:
            break
        question = spread
    return question


_YEARS = {"last": -1, "previous": -1, "this": 0, "next": 1}
_YEARLY = re.compile(r"\byear\b|'\d\d\b|\b20\d\d\b", re.IGNORECASE)
_DATE = rf"(?:{NUMBER} (?:of )?)?(?:(?:{MONTH})\b|{SHORT})(?: {NUMBER}\b)?"
_YEARLESS = rf"(?:{_DATE}|[qh][1-4]|{NTH_QUARTER}|{BARE_SEASON})"
_WHICH = "|".join(_YEARS)
_YEAR_BESIDE = (
    rf"\b(?P<unit>{_YEARLESS}),?(?: (?:of|in))?(?: the)? (?P<after>{_WHICH}) year\b(?!'s)|"
    rf"\b(?P<before>{_WHICH}) year(?:'s|,? (?P<lead>in |on |during ))(?:the )? ?"
    rf"(?P<other>{_YEARLESS})"
)
_SHORT_YEAR = rf"\b({_YEARLESS}) '(\d\d)\b"
_DOTTED = rf"\b({SHORT})\.(?=,? )"
_JOINED = r"\b([qh][1-4])(?:[/-]|'| ')(20\d\d|\d\d)\b"
_LIST = rf"\b({_YEARLESS})(,? and |,? or |, )(?={_YEARLESS}(?:,? (?:of )?(20\d\d))\b)"
_LISTED = 11
"""Times of a list, at most."""
