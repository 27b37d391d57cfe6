"""The words of the notebook that somebody may have meant who mistyped one.

There is no list of words of our own, in which those of a purged entry could stay: the index is
asked for each word one slip away, and for two slips for its words that begin alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice, product
from string import ascii_lowercase

from ledgernote.domain.accents import lettered, without
from ledgernote.domain.entries import Term
from ledgernote.domain.text import folded, to_bytes
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.search import WORDS, any_of, matching, spelled

SHORTEST, LONGEST = 4, 24
"""Letters of a word that may be mistyped."""
LONG = 7
"""Letters from which a word may have two slips."""
TOGETHER = 32
"""Words that the index is asked for at once: mostly it knows none, and one by one it takes four
times as long to say so."""
LOOKED_AT = 12
"""Words two slips away whose passages are read."""
UNIT = 4
"""Letters of a unit at most."""
UNITS_TRIED = 50
"""Units, of those that stand against the last digits of a figure, the most frequent ones."""
WORDS_WRITTEN = 8
"""Words of a phrase that are looked for with other letters."""
COUNTED = 10_000
"""Passages with a word that are counted at most."""

ALPHABETS = (
    "абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґў",
    "αβγδεζηθικλμνξοπρστυφχψωάέήίόύώ",
    "אבגדהוזחטיכלמנסעפצקרשתךםןףץ",
    "ابتثجحخدذرزسشصضطظعغفقكلمنهويةىءأإآؤئپچژگکی",
)
"""Letters that may be missing or wrong, of scripts other than Latin."""

SOME = "SELECT rowid FROM passage_fts WHERE passage_fts MATCH CAST(? AS TEXT) LIMIT 8"
ANY = "SELECT rowid FROM passage_fts WHERE passage_fts MATCH CAST(? AS TEXT) LIMIT 1"
TEXT = "SELECT COALESCE(title, '') || ' ' || text FROM passage_text WHERE rowid = ?"
VOCABULARY = """
    CREATE VIRTUAL TABLE IF NOT EXISTS temp.{0}_of_index
     USING fts5vocab(main, passage_fts, {0})"""
STEMS = "SELECT term FROM row_of_index WHERE term >= ?1 AND term < ?1 || char(1114111)"
UNITS = f"""
    SELECT substr(term, length(?1) + 1) FROM row_of_index
     WHERE term >= ?1 || 'a' AND term < ?1 || char(1114111) AND length(term) <= length(?1) + {UNIT}
     ORDER BY doc DESC"""
HOLDING = "SELECT doc FROM instance_of_index WHERE term = ? LIMIT 1"


def meant(reader: Reader, word: str, most: int = 3) -> list[str]:
    """Words of the notebook one slip away, or two of a long word: the most frequent first."""
    typed = folded(word)
    rowids = list(_one_slip(reader, typed))
    found = {_standing(reader, rowid, typed, 1) for rowid in rowids}
    if len(typed) >= LONG and found <= {None}:
        found = {_standing(reader, rowid, typed, 2) for rowid in rowids}
    if len(typed) >= LONG and found <= {None}:
        found = {_standing(reader, rowid, typed, 2) for rowid in _two_slips(reader, typed)}
    words = {one: matching(reader, WORDS, _match(one), COUNTED) for one in found if one}
    return sorted(words, key=lambda one: (_slips(one, typed, 2), -words[one], one))[:most]


def with_units(reader: Reader, figure: str, most: int = 3) -> list[str]:
    """A figure with a unit against it (5.6bn, of 5.6), as the notebook has it: the most frequent
    first.
    """
    reader.one(VOCABULARY.format("row"))
    after = reader.rows(UNITS, (re.findall(r"\d+", figure)[-1],))
    units = [unit for (unit,) in after if unit.isalpha()][:UNITS_TRIED]
    held = {
        one: matching(reader, WORDS, _match(one), COUNTED)
        for one in (figure.rstrip(".,") + unit for unit in units)
    }
    return sorted(filter(held.get, held), key=lambda one: (-held[one], one))[:most]


def with_letters(reader: Reader, text: str, most: int = 3) -> list[str]:
    """A word or phrase with letters such as ł and ß, as the notebook has them: `so groß`, of so
    gross.
    """
    words = text.lower().split()
    ways = ([word, *_written(reader, word)] for word in words[:WORDS_WRITTEN])
    rest = words[WORDS_WRITTEN:]
    return [" ".join((*way, *rest)) for way in islice(product(*ways), 1, 1 + most)]


def _written(reader: Reader, word: str) -> list[str]:
    typed = folded(word)
    others = lettered(typed) if len(typed) <= LONGEST else ()
    found = {_standing(reader, rowid, typed, 1) for rowid in _holding(reader, others)}
    return sorted(one for one in found if one and not _slips(folded(one), typed, 1))


def may_slip(reader: Reader, word: str) -> bool:
    """Whether it is a plain word that the notebook does not have.

    Figures and identifiers are never mistaken for each other.
    """
    typed = folded(word)
    may = typed.isalpha() and SHORTEST <= len(typed) <= LONGEST
    return may and _holds(reader, any_of(spelled([Term(text=word)]))) is None


def slips(one: str, other: str, most: int) -> int:
    """Letters missing, too many, wrong, or two exchanged (optimal string alignment).

    More than *most* are not told apart.
    """
    return _distances(one, other, most)[-1]


def _slips(one: str, typed: str, most: int) -> int:
    """The same; what is typed for a letter such as ł is none."""
    return slips(without(one), without(typed), most)


def _distances(one: str, other: str, most: int) -> list[int]:
    """The slips between *one* and each beginning of *other*, exact up to *most*."""
    before: list[int] = []
    width, row = len(other), list(range(len(other) + 1))
    least = nearest = 0
    for i, a in enumerate(one, 1):
        older, before, row = before, row, [i] + [most + 1] * width
        least, nearest = nearest, i
        # Further from the diagonal there are more slips than that.
        for j in range(max(1, i - most), min(width, i + most) + 1):
            cost = before[j - 1]
            if a != other[j - 1]:
                cost = 1 + min(cost, before[j], row[j - 1])
                if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == other[j - 1]:
                    cost = min(cost, older[j - 2] + 1)
            row[j] = cost
            nearest = min(nearest, cost)
        if nearest > most < least:
            break
    return row


def _holds(reader: Reader, match: str) -> int | None:
    row = reader.one(ANY, (to_bytes(match),))
    return None if row is None else int(row[0])


def _match(word: str) -> str:
    return f'"{word}"'


def _one_slip(reader: Reader, typed: str) -> Iterator[int]:
    """Some passages for each word one slip away that the index knows."""
    return _holding(reader, _slipped(typed) | lettered(typed))


def _holding(reader: Reader, words: Iterable[str]) -> Iterator[int]:
    """Some passages for each of the words that the index knows: each may have another form."""
    others = list(map(_match, sorted(words)))
    for start in range(0, len(others), TOGETHER):
        some = others[start : start + TOGETHER]
        if _holds(reader, " OR ".join(some)) is not None:
            yield from (row[0] for one in some for row in reader.rows(SOME, (to_bytes(one),)))


def _slipped(word: str) -> set[str]:
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    letters = _alphabet(word)
    return {
        *(head + tail[1:] for head, tail in cuts if tail),
        *(head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1),
        *(head + letter + tail[1:] for head, tail in cuts if tail for letter in letters),
        *(head + letter + tail for head, tail in cuts for letter in letters),
    } - {word}


def _alphabet(word: str) -> str:
    """The letters of the script that a word is written in, Latin unless it says otherwise."""
    other = next((char for char in word if not char.isascii()), "a")
    return next((letters for letters in ALPHABETS if other in letters), ascii_lowercase)


def _two_slips(reader: Reader, typed: str) -> Iterator[int]:
    """A passage for each of the stems nearest to a word, of those that begin like it."""
    for kind in ("row", "instance"):
        reader.one(VOCABULARY.format(kind))
    near = []
    for (stem,) in reader.rows(STEMS, (typed[:2],)):
        # A stem is the first half of a word at least; most are told apart by their letters alone.
        long_enough = max(LONG - 3, len(typed) / 2) <= len(stem) <= len(typed) + 2
        further, less = {*typed[: len(stem) + 2]}, {*typed[: len(stem) - 2]}
        if long_enough and len({*stem} - further) < 3 and len(less - {*stem}) < 3:
            near.append((min(_distances(stem, typed, 2)), stem))
    for count, stem in sorted(near)[:LOOKED_AT]:
        if count <= 2:
            yield int(reader.one(HOLDING, (stem,))[0])


def _standing(reader: Reader, rowid: int, typed: str, most: int) -> str | None:
    """The word of a passage, in lower case, that is nearest to what was typed."""
    text = reader.one(TEXT, (rowid,))[0].lower()
    words = {word for word in re.findall(r"[^\W\d_]+", text) if abs(len(word) - len(typed)) <= most}
    bare = without(typed)
    letters = set(bare)
    plain = ((without(folded(word)), word) for word in words)
    # Each letter that was not typed is a slip: most words are told apart by that alone.
    near = ((slips(one, bare, most), word) for one, word in plain if len({*one} - letters) <= most)
    least, found = min(near, default=(most + 1, ""))
    return found if least <= most else None
