"""What the offline model quotes: what was ranked for the question, in that order.

Replay knows times, writers and meanings; here words only tell which part of a long text is
shown, and what of new material, which nobody has ranked, is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from ledgernote.domain.turns import Reason, ReceiptRow

MOST = 5
"""Quotes of an answer;"""
MATERIAL = 3
"""and among them, of what was given with the question."""

LONGEST = 300
"""Characters of a quote."""


def quotes(question: str, rows: Sequence[ReceiptRow]) -> list[str]:
    """What of *rows* to quote, best first, each with where it comes from."""
    asked, ranked = _content(question), _in_order(rows)
    told = [*_of_material(rows, asked), *((row, _told(row, asked)) for row in ranked)]
    first: dict[str, ReceiptRow] = {}
    for row, text in told:
        if text:
            first.setdefault(text, row)
    if not first:  # all that was recalled is what was asked before
        again = [row for row in ranked if not row.before][:MOST]
        return [_shown(_part(row.text, asked), row, "asked before") for row in again]
    return [
        _shown(text, row, _kept(text, row) if _ASKS_WHEN.search(question.casefold()) else "")
        for text, row in list(first.items())[:MOST]
    ]


def is_courtesy(text: str) -> bool:
    """Whether it only greets or thanks."""
    words = _words(text)
    return not _GREETS.isdisjoint(words) and set(words) <= _GREETS | _BESIDE


_GREETS = frozenset("hi hello hey hallo yo thanks thank ok okay good bye cheers".split())  # noqa: SIM905
_BESIDE = frozenset(
    "again all everyone so a lot morning evening afternoon night there very much you".split()  # noqa: SIM905
)

# Entries ----------------------------------------------------------------------------------------


def _in_order(rows: Sequence[ReceiptRow]) -> list[ReceiptRow]:
    """The ranked rows, best first, each behind what replaces it; each entry before a second part
    of any.
    """
    newest = {row.handle: row for row in rows}
    ranked = {row.rank: row for row in sorted(rows, key=lambda row: not row.before)}
    parts: dict[str, list[ReceiptRow]] = {}
    for rank in sorted(rank for rank in ranked if rank is not None):
        row = ranked[rank]
        for each in (newest.get(row.superseded_by or ""), row):
            if each and each not in parts.setdefault(each.handle, []):
                parts[each.handle].append(each)
    turns = zip_longest(*parts.values())
    return [row for turn in turns for row in turn if row]


def _told(row: ReceiptRow, asked: frozenset[str]) -> str:
    """What a row tells; nothing where it asks, as the question does."""
    if row.kind != "question":
        return _part(row.text, asked)
    if is_courtesy(row.text):
        return ""
    text = " ".join(one for one in _sentences(row.text) if not one.endswith(("?", "？")))
    said = _content(text)
    echoes = len(said & asked) * 2 >= max(1, len(said | asked))
    return "" if echoes else _part(text, asked)


def _of_material(
    rows: Iterable[ReceiptRow], asked: frozenset[str]
) -> Iterator[tuple[ReceiptRow, str]]:
    """What of new material shares most words with the question; for "sum this up" its beginning."""
    given = [
        (row, text)
        for row in rows
        if row.reason in {Reason.GIVEN, Reason.USED} and row.rank is None and not row.before
        for text in _sentences(row.text)
    ]
    shared = {text: len(asked & _content(text)) for _, text in given}
    most = max(shared.values(), default=0)
    if not most:
        yield from given[:MATERIAL] if asked <= _ABOUT_MATERIAL else ()
        return
    best = sorted(given, key=lambda each: -shared[each[1]])[:MATERIAL]
    yield from (each for each in best if shared[each[1]] * 2 > most)


# Words ------------------------------------------------------------------------------------------

_WORD = re.compile(r"[^\W_]+(?:[.,'’-][^\W_]+)*%?")
_IDEOGRAPHS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}")
_STOP_WORDS = """
    a about after again all also am an and any are as at be been before being but by can could
    did do does doing down for from further had has have having he her here hers him his how i
    if in into is it its just know like may me might mine more most my no nor not now of off on
    once only or other our ours out over own please remind say said she should so some such
    tell than that the their theirs them then there these they thing this those through to too
    under until up us very was we were what when where whether which while who whom whose why
    will with would you your yours
"""
_STOP = frozenset(_STOP_WORDS.split())
_STEM = 5
"""Letters by which words are compared: "planned" and "planning" begin alike."""


def _words(text: str) -> list[str]:
    """The words of *text* in lower case; a run of ideographs as its overlapping pairs."""
    words: list[str] = []
    for word in _WORD.findall(text.casefold()):
        run = _IDEOGRAPHS.search(word)
        words += [run[0][at : at + 2] for at in range(len(run[0]) - 1)] if run else [word]
    return words


def _content(text: str) -> frozenset[str]:
    """The words of *text* that say something, as they begin; figures whole."""
    words = (word for word in _words(text) if word not in _STOP)
    return frozenset(word[:_STEM] if word.isalpha() else word for word in words)


_ABOUT_MATERIAL = _content(
    """summary summarise sum explain describe review read text file page article document above
    material tldr key point main gist translate content"""
)

# Sentences --------------------------------------------------------------------------------------

_END = re.compile(r"(?<=[.!?…])[\"')\]”’]*\s+|(?<=[。！？])|\s*\n\s*")
_BULLET = re.compile(r"^\s*(?:[-*+•>#]+\s+|\d{1,3}[.)]\s+)+")


def _sentences(text: str) -> list[str]:
    """Its sentences on a line each, none too long to be quoted."""
    bare = (" ".join(_BULLET.sub("", each).split()) for each in _END.split(text))
    cut = (each[at : at + LONGEST] for each in bare for at in range(0, len(each), LONGEST))
    return [each.strip() for each in cut if each.strip()]


def _part(text: str, asked: frozenset[str]) -> str:
    """All of a short text; of a long one what follows from its best sentence on."""
    sentences = _sentences(text)
    shared = [len(asked & _content(each)) for each in sentences]
    start = shared.index(max(shared)) if sum(map(len, sentences)) > LONGEST else 0
    end = start + 1
    while end < len(sentences) and len(" ".join(sentences[start : end + 1])) <= LONGEST:
        end += 1
    before, behind = "… " * (start > 0), " …" * (end < len(sentences))
    return before + " ".join(sentences[start:end]) + behind


# What is shown ----------------------------------------------------------------------------------

_DATE = re.compile(
    r"\b\d{4}-\d\d|\b\d{1,2}(?:[:.]\d\d|st|nd|rd|th)\b|\b(?:19|20)\d\d\b|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct"
    r"|nov|dec)[a-z]*\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:yesterday|today|tonight"
    r"|tomorrow|ago|last|next)\b"
)
_ASKS_WHEN = re.compile(r"\bwhen\b|\bwhat (?:time|day|date|year|month)\b|\bhow long ago\b")


def _kept(text: str, row: ReceiptRow) -> str:
    """The day on which what names no day was kept."""
    return "" if _DATE.search(text.casefold()) else f"kept {row.created[:10]}"


def _shown(text: str, row: ReceiptRow, note: str) -> str:
    """The quote with where it comes from, and what a reader must know of it."""
    notes = [note]
    if row.kind == "answer" or row.who == "model":
        notes.append("said by a model")
    elif row.who != "you":
        notes.append(f"by {row.who}")
    notes += [f"replaced by {row.superseded_by}"] if row.superseded_by else []
    notes += [] if row.handle else ["material"]
    said = "; ".join(filter(None, notes))
    return text + f" ({said})" * bool(said) + f" [@{row.handle}]" * bool(row.handle)
