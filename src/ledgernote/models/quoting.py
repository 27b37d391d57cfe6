"""What of the replayed entries answers a question best, word for word.

Ranking is word overlap weighted by rarity (idf) among the sentences at hand.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from ledgernote.domain.frozen import frozen
from ledgernote.domain.turns import Reason, ReceiptRow

MOST = 5
"""Sentences that are quoted."""

LONGEST = 600
"""Characters of one sentence; a longer stretch without an end is cut into several."""


def quotes(question: str, rows: Sequence[ReceiptRow]) -> list[str]:
    """The sentences of *rows* to quote, best first, each with where it comes from."""
    return [_shown(one, question) for one in _pick(question, rows)]


def is_courtesy(text: str) -> bool:
    """Whether it only greets or thanks."""
    return bool(_words(text)) and _stems(text) <= _COURTESIES


# Words ------------------------------------------------------------------------------------------

_WORD = re.compile(r"[^\W_]+(?:[.,'’-][^\W_]+)*%?")
_IDEOGRAPHS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}")
# Of Chinese and Japanese: what asks or joins, and so says nothing of the matter.
_PARTICLES = frozenset(
    "什么时候的了是吗呢在和有我你他她它们这那怎哪谁几多少はがをにでとのもかいつ何誰"
)
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
_ENDINGS = (
    ("ies", "y"), ("ied", "y"), ("sses", "ss"), ("ations", "at"), ("ation", "at"), ("ingly", ""),
    ("edly", ""), ("ings", ""), ("ing", ""), ("ed", ""), ("es", ""), ("ly", ""), ("s", ""),
)  # fmt: skip


_IRREGULAR_VERBS = """ate eat began begin bought buy broke break built build came come chose choose
    drank drink drove drive fell fall felt feel flew fly found find gave give went go grew grow
    held hold kept keep left leave lost lose made make met meet paid pay ran run rose rise saw see
    sent send sold sell slept sleep spent spend spoke speak taught teach thought think took take
    won win wrote write"""
_PAST = dict(zip(_IRREGULAR_VERBS.split()[::2], _IRREGULAR_VERBS.split()[1::2], strict=True))


@lru_cache(maxsize=16_384)
def _stem(word: str) -> str:
    """*word* without a common English ending; only needs to be the same for both sides."""
    word = re.sub(r"['’]s?$", "", word)
    word = _PAST.get(word, word)
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: -len(ending)] + instead
            break
    # "planned" and "plan", "priced" and "price" meet here.
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouls":
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


def _words(text: str) -> list[str]:
    """The words of *text* in lower case; a run of ideographs as its overlapping pairs."""
    words: list[str] = []
    for word in _WORD.findall(text.casefold()):
        run = _IDEOGRAPHS.search(word)
        if run:
            pairs = (run[0][at : at + 2] for at in range(len(run[0]) - 1))
            words += [pair for pair in pairs if not _PARTICLES & set(pair)]
        else:
            words.append(word)
    return words


def _stems(text: str) -> frozenset[str]:
    """The content words of *text*, stemmed."""
    return frozenset(_stem(word) for word in _words(text) if word not in _STOP)


_COURTEOUS_WORDS = """hi hello hey hallo yo thanks thank ok okay good morning evening afternoon
    night bye great cheers test"""
_COURTESIES = frozenset(map(_stem, _COURTEOUS_WORDS.split()))

# Sentences --------------------------------------------------------------------------------------

_END = re.compile(r"(?<=[.!?…])[\"')\]”’]*\s+|(?<=[。！？])|\s*\n\s*")
_BULLET = re.compile(r"^\s*(?:[-*+•>#]+\s+|\d{1,3}[.)]\s+)+")


@frozen(kw_only=False)
class _Sentence:
    text: str
    row: ReceiptRow
    rank: int
    """Of its row in the receipt, 0 for the first."""
    stems: frozenset[str]


def _sentences(row: ReceiptRow, rank: int) -> Iterator[_Sentence]:
    for stretch in _END.split(row.text):
        text = _BULLET.sub("", stretch).strip()
        for at in range(0, len(text), LONGEST):
            part = text[at : at + LONGEST].strip()
            if part:
                yield _Sentence(part, row, rank, _stems(part))


# Choice -----------------------------------------------------------------------------------------

_DATE = re.compile(
    r"\b\d{4}-\d\d|\b\d{1,2}[:.]\d\d\b|\b(?:19|20)\d\d\b|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct"
    r"|nov|dec)[a-z]*\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:yesterday|today|tonight"
    r"|tomorrow|ago|last|next)\b"
)
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|dozen|hundred|half|twice)\b"
)
_ASKS_WHEN = re.compile(r"\bwhen\b|\bwhat (?:time|day|date|year|month)\b|\bhow long ago\b")
_ASKS_HOW_MANY = re.compile(
    r"\bhow (?:many|much|long|old|far|often|big|high)\b|\bwhat (?:price|percent|number|level)"
)
# A question that asks for this shape of an answer favours sentences that have it.
_SHAPES = ((_ASKS_WHEN, _DATE), (_ASKS_HOW_MANY, _NUMBER))

_COUNTED = re.compile(r"\bhow (?:many|much) ([^\W\d_]+)")

WEAKEST = 0.4
"""Of the best score, that a further sentence must have."""

LEAST = 0.25
"""Of the question's weight that an entry must share to be quoted at all."""


LIKELY = 0.5
"""Of the best rank among the entries, with which half of that will do: it may be of a part."""


def _pick(question: str, rows: Sequence[ReceiptRow]) -> list[_Sentence]:
    """The sentences of *rows* to quote, best first; empty when none fits."""
    asked = _Asked.of(question)
    pool = [one for rank, row in enumerate(rows) for one in _sentences(row, rank)]
    scores = _scores(asked, pool)
    _lift_successors(scores, pool)
    if not scores:
        return _lead([one for one in pool if one.row.reason is Reason.GIVEN], asked.stems)
    least = WEAKEST * max(scores.values())
    # Sorting is stable, so that equal scores keep the receipt's own order.
    best = sorted(scores, key=lambda at: -scores[at])
    return _distinct(pool[at] for at in best if scores[at] >= least)


@frozen(kw_only=False)
class _Asked:
    """A question, as ranking sees it."""

    text: str
    stems: frozenset[str]
    counted: str | None
    """What "how many …" counts, stemmed."""

    @classmethod
    def of(cls, question: str) -> _Asked:
        text = question.casefold()
        counted = _COUNTED.search(text)
        return cls(text, _stems(text), _stem(counted[1]) if counted else None)


def _scores(asked: _Asked, pool: Sequence[_Sentence]) -> dict[int, float]:
    """Place in *pool* → score, for the sentences that share enough with the question."""
    rarity = _rarity(asked.stems, pool)
    shared: dict[int, frozenset[str]] = {}
    for one in pool:
        shared[one.rank] = shared.get(one.rank, frozenset()) | (asked.stems & one.stems)
    weight = {rank: sum(rarity[word] for word in words) for rank, words in shared.items()}
    worth = _worth(pool)
    return {
        at: _score(one, asked, rarity, weight[one.rank] / 3 + worth[one.rank] / 2)
        for at, one in enumerate(pool)
        if asked.stems & one.stems and not _echoes(one, asked)
        if weight[one.rank] >= _least(one.row, worth[one.rank])
    }


def _worth(pool: Sequence[_Sentence]) -> dict[int, float]:
    """How well each entry was ranked, as a share of the best: that knows times, and of whom.

    What is there for another reason counts as much as the best.
    """
    best = max((one.row.score or 0.0 for one in pool), default=0.0) or 1.0
    ranked = ((one.rank, one.row.score) for one in pool)
    return {rank: 1.0 if score is None else max(score, 0.0) / best for rank, score in ranked}


def _least(row: ReceiptRow, worth: float) -> float:
    """Of the question's weight that an entry must share: less where it was ranked high."""
    return LEAST / 2 if row.score is not None and worth >= LIKELY else LEAST


def _rarity(asked: frozenset[str], pool: Sequence[_Sentence]) -> Mapping[str, float]:
    """Each asked word's share of the question's weight: the rarer among *pool*, the heavier."""
    seen = Counter(word for one in pool for word in asked & one.stems)
    idf = {word: math.log(1 + len(pool) / max(1, seen[word])) for word in asked}
    total = sum(idf.values()) or 1.0
    return {word: value / total for word, value in idf.items()}


def _score(one: _Sentence, asked: _Asked, rarity: Mapping[str, float], of_entry: float) -> float:
    """Overlap of the sentence, what speaks for its entry, and what shape and source say."""
    text = one.text.casefold()
    score = sum(rarity[word] for word in asked.stems & one.stems) + of_entry
    score += sum(0.15 for asks, has in _SHAPES if asks.search(asked.text) and has.search(text))
    if asked.counted in one.stems and _NUMBER.search(text):
        score += 0.3
    if text.endswith(("?", "？")):
        score *= 0.4  # it asks, as the question does, and so tells nothing
    if one.row.kind == "answer":
        score *= 0.8  # hearsay
    return score


def _lift_successors(scores: dict[int, float], pool: Sequence[_Sentence]) -> None:
    """What replaces an entry that fits stands before it, even when it shares no word with it."""
    for at in sorted(scores, key=lambda at: -scores[at]):
        successor = pool[at].row.superseded_by
        places = [i for i, one in enumerate(pool) if successor and one.row.handle == successor]
        if places:
            first = max(places, key=lambda i: (scores.get(i, 0.0), -i))
            scores[first] = max(scores.get(first, 0.0), scores[at])
            scores[at] *= 0.75


def _echoes(one: _Sentence, asked: _Asked) -> bool:
    """Nearly the same question, asked before."""
    return one.row.kind == "question" and _alike(one.stems, asked.stems, 0.5)


def _lead(material: Sequence[_Sentence], asked: frozenset[str]) -> list[_Sentence]:
    """For "sum this up": how the given material begins. Not for a question it has no word of."""
    return list(material[:3]) if material and asked <= _ABOUT_MATERIAL else []


_READING_WORDS = """summary summarise summarize sum explain describe review read text file page
    article document above material tldr key point points main gist translate content"""
_ABOUT_MATERIAL = frozenset(map(_stem, _READING_WORDS.split()))


def _distinct(best: Iterable[_Sentence]) -> list[_Sentence]:
    """The first `MOST` of *best* that do not only say again what a better one says."""
    kept: list[_Sentence] = []
    for one in best:
        if not any(_alike(one.stems, other.stems, 0.8) for other in kept):
            kept.append(one)
        if len(kept) == MOST:
            break
    return kept


def _alike(one: frozenset[str], other: frozenset[str], share: float) -> bool:
    """At least that *share* of their words is the same."""
    return len(one & other) >= share * max(1, len(one | other))


def _shown(one: _Sentence, question: str) -> str:
    """The sentence with where it comes from, and what a reader must know of it."""
    row = one.row
    notes = []
    if _ASKS_WHEN.search(question.casefold()) and not _DATE.search(one.text.casefold()):
        notes.append(f"kept {row.created[:10]}")
    if row.kind == "answer":
        notes.append(f"said by {row.who}, a model")
    if row.superseded_by:
        notes.append(f"replaced by {row.superseded_by}")
    if not row.handle:
        notes.append("material")
    said = f" ({'; '.join(notes)})" if notes else ""
    return one.text + said + (f" [@{row.handle}]" if row.handle else "")
