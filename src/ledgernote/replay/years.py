"""The year that a question names beside a month, quarter or season: *October last year*."""

from __future__ import annotations

import re

from ledgernote.domain.text import as_matched
from ledgernote.replay.periods import BARE_SEASON, NTH_QUARTER
from ledgernote.replay.spans import COUNT, COUNTS, MONTH, NUMBER, SHORT


def with_years(question: str, year: int | None) -> str:
    """A question with the year beside each month, quarter and season of *last year*, seen from
    that *year*; without one the same words are left out: *October last year*, *Q4 of last year*,
    *last year's October*, *Oct '25*, *October two years ago*.
    """
    question = " ".join(question.replace("’", "'").split())
    if not _YEARLY.search(question):
        return question
    question = re.sub(_SAME_TIME, r"a \1 ago", question, flags=re.IGNORECASE)
    question = re.sub(_DOTTED, r"\1", question, flags=re.IGNORECASE)
    # Texts may write it either way; where only the words count, both do.
    turned = r"\2\1/\3" if year else r"\g<0> \2\1/\3"
    question = re.sub(_TURNED, turned, question, flags=re.IGNORECASE)
    question = re.sub(_JOINED, _spelled, question, flags=re.IGNORECASE)
    question = re.sub(_IN_FIGURES, _as_iso, question)

    def dated(match: re.Match[str]) -> str:
        which = as_matched(match["after"] or match["before"])
        then = "" if year is None else f" {max(1, year + _off(which)):04}"
        return f"{match['lead'] or ''}{match['unit'] or match['other']}{then}"

    question = re.sub(_SHORT_YEAR, r"\1 20\2", question, flags=re.IGNORECASE)
    question = re.sub(_YEAR_BESIDE, dated, question, flags=re.IGNORECASE)
    return _of_each(_in_each(_days(question)))


def _off(which: str) -> int:
    """By how many years it is off: of *last year*, *two years ago*."""
    word = which.removesuffix(" ago").rsplit(" ", 1)[0]
    return _YEARS[word] if word in _YEARS else -(COUNTS.get(word) or int(word))


def _spelled(match: re.Match[str]) -> str:
    return f"{match[1]} {match[2] if len(match[2]) == 4 else '20' + match[2]}"


def _as_iso(match: re.Match[str]) -> str:
    return f"{match[2]}-{int(match[1]):02}"


def _days(question: str) -> str:
    """The month beside each day of a list: *2 and 9 October*, *October 2 and 9*."""
    before = re.sub(
        _DAYS_BEFORE,
        lambda match: re.sub(NUMBER, rf"\g<0> {match['month']}", match["days"]) + match["last"],
        question,
        flags=re.IGNORECASE,
    )
    return re.sub(
        _DAYS_AFTER,
        lambda match: match["first"] + re.sub(NUMBER, rf"{match['month']} \g<0>", match["days"]),
        before,
        flags=re.IGNORECASE,
    )


def _in_each(question: str) -> str:
    """What is of each year of a list: *October of 2024 and 2025*."""
    return re.sub(
        _YEARS_AFTER,
        lambda match: (
            match["first"] + re.sub(r"20\d\d", rf"of {match['unit']} \g<0>", match["years"])
        ),
        question,
        flags=re.IGNORECASE,
    )


def _of_each(question: str) -> str:
    """The year of the last of a list beside each: *March and April 2025*."""
    for _ in range(_LISTED):
        spread = re.sub(_LIST, r"\1 \3\2", question, flags=re.IGNORECASE)
        if spread == question:
            break
        question = spread
    return question


_YEARS = {"last": -1, "previous": -1, "this": 0, "next": 1}
_YEARLY = re.compile(r"\byears?\b|\btime last\b|\d", re.IGNORECASE)
_SAME_TIME = r"\b(?:(?:at|around|about) )?(?:this|the same) time last (week|month|year)\b(?!'s)"
_MONTHLY = rf"(?:(?:{MONTH})\b|{SHORT})"
_DATE = rf"(?:{NUMBER} (?:of )?)?{_MONTHLY}(?: {NUMBER}\b)?"
_PERIOD = rf"[qh][1-4]|{NTH_QUARTER}|{BARE_SEASON}"
_YEARLESS = rf"(?:{_DATE}|{_PERIOD})"
_YEAR = rf"(?:(?:{'|'.join(_YEARS)}) year|(?:{COUNT}) years? ago)"
_YEAR_BESIDE = (
    rf"\b(?P<unit>{_YEARLESS}),?(?: (?:of|in))?(?: the)? (?P<after>{_YEAR})\b(?!'s)|"
    rf"\b(?P<before>{_YEAR})(?:'s|,? (?P<lead>in |on |during ))(?:the )? ?"
    rf"(?P<other>{_YEARLESS})"
)
_SHORT_YEAR = rf"\b({_YEARLESS}) '(\d\d)\b"
_DOTTED = rf"\b({SHORT})\.(?=,? )"
_HALF = r"(?<=[12])(?-i:H)(?! \d\d\b)"
"""2h15 and 1H 26 are hours."""
_TURNED = rf"\b([1-4])(q|{_HALF})[ '/-]?(20\d\d|\d\d)\b"
_JOINED = r"\b([qh][1-4])(?:[/-]|'| ')(20\d\d|\d\d)\b"
_IN_FIGURES = r"(?<![\d/.-])\b(0?[1-9]|1[0-2])/(20\d\d)\b(?!/)"
_AND = r",? (?:and|or) "
_LISTED = 11
"""Times of a list, at most."""
_DAYS_BEFORE = (
    rf"(?<!\d[.,])\b(?P<days>{NUMBER}(?:, {NUMBER}){{0,{_LISTED}}}{_AND})"
    rf"(?P<last>(?:the )?{NUMBER} (?:of )?(?P<month>{_MONTHLY}))"
)
_DAYS_AFTER = (
    rf"\b(?P<first>(?P<month>{_MONTHLY}) {NUMBER})\b"
    rf"(?P<days>(?:, {NUMBER}\b){{0,{_LISTED}}}{_AND}{NUMBER}\b)(?=,? 20\d\d\b|\s*(?:[?!;:]|\Z))"
)
_YEARS_AFTER = (
    rf"(?<!between )\b(?P<first>(?P<unit>{_MONTHLY}|{_PERIOD})(?:,? (?:of |in )?)20\d\d)"
    rf"(?P<years>(?:, 20\d\d){{0,{_LISTED}}}{_AND}20\d\d)\b(?!-)"
)
_LIST = rf"\b({_YEARLESS})((?:,? and |,? or |, )(?:the )?)(?={_YEARLESS}(?:,? (?:of )?(20\d\d))\b)"
