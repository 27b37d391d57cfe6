"""The vectors of words, from the table of tokens in the package `wordllama`.

Its own loader asks the network for what lies in the package, so its two files are read here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

WEIGHTS = "weights/l2_supercat_256.safetensors"
TOKENS = "tokenizers/l2_supercat_tokenizer_config.json"

BEGINNING, FIRST = 400, 100
"""Characters, and words among them, of a text that are compared one by one: a long one holds
something near to any word."""
LIKE = 0.3
"""Cosine of two words from which on one says something of the other."""
TOGETHER = 256
"""Texts whose words are compared at once; there are no more of them than are remembered."""

ALONE = 2**17
"""Multiplications at once that numpy's BLAS leaves to one thread."""

READ = 3
"""A text is read where one letter in so many is Latin: of less, a name among ideographs, its
vector would say that the text is about nothing else."""

_WORD = re.compile(r"\w+(?:['’]\w+)?")
# Of others than the Latin letters the table knows the letters, and no words.
_LATIN_WORD = re.compile(r"[^\W\u0250-\U0010ffff]+(?:['’][^\W\u0250-\U0010ffff]+)?")
_LETTER = re.compile(r"[^\W\d_]")
_OTHER = re.compile(r"[^\W\d_\0-\u024f]")


class Words:
    """The vectors of words, each made once of those of its tokens.

    A text is cut into words first: cutting it into tokens takes ten times as long as all else.
    """

    MOST = 32_768
    """Words that are remembered: 40 MB."""

    def __init__(self, table: Any, tokenizer: Any) -> None:
        import numpy as np

        self._table, self._tokenizer = table, tokenizer
        self._rows: dict[str, int] = {}
        self._sums = np.empty((self.MOST, table.shape[1]), np.float32)
        self._small = np.empty(self._sums.shape, np.int8)
        self._lock = Lock()

    def sum(self, text: str) -> Any:
        """Of the vectors of its words, as many at once as can be remembered; None where it has
        hardly one that the table knows.
        """
        words, most = _LATIN_WORD.findall(text.lower()), self.MOST
        if not words or not _is_read(text):
            return None
        with self._lock:
            return sum(self._sum(words[at : at + most]) for at in range(0, len(words), most))

    def senses(self, asked: Mapping[str, float], texts: Sequence[str]) -> list[float]:
        """Of each text, how near its first words come to those that are *asked* for: 0 to 1.

        These count by their weights, and the more, the fewer of the texts say nearly the same.
        One in upper case is a ticker, and is said as it stands or not at all, as is one that the
        table does not know.
        """
        import numpy as np

        parts = {part: each for word, each in asked.items() for part in _parts(word)}
        if not parts or not texts:
            return [0.0] * len(texts)
        best = np.hstack(list(self._best(list(parts), texts)))
        held, number = best.sum(1), len(texts)
        telling = np.log(1 + (number - held + 0.5) / (held + 0.5)) * list(parts.values())
        found: list[float] = (telling @ best / telling.sum()).round(4).tolist()
        return found

    def _best(self, asked: Sequence[str], texts: Sequence[str]) -> Iterator[Any]:
        """The cosine of each word to the nearest of each text: a row each, some texts at a time."""
        import numpy as np

        for at in range(0, len(texts), TOGETHER):
            some = texts[at : at + TOGETHER]
            said = [_LATIN_WORD.findall(text[:BEGINNING].lower())[:FIRST] or [""] for text in some]
            every = list(dict.fromkeys(word for words in said for word in words))
            place = {word: number for number, word in enumerate(every)}
            cosines = self._cosines(asked, every)
            flat = [place[word] for words in said for word in words]
            starts = np.cumsum([0, *map(len, said)])[:-1]
            best = np.maximum.reduceat(cosines[:, flat], starts, axis=1)
            for row, word in enumerate(asked):
                if word.isupper():
                    best[row] = [word in _WORD.findall(text[:BEGINNING]) for text in some]
                elif not is_known(word):
                    best[row] = [word in text[:BEGINNING].lower() for text in some]
            yield best

    def _cosines(self, asked: Sequence[str], words: Sequence[str]) -> Any:
        """Of each word that is asked for to each of some others; 0 below `LIKE`."""
        import numpy as np

        with self._lock:
            self._know({*asked, *words})
            ours, theirs = (
                self._small[[self._rows[word] for word in some]].astype(np.float32)
                for some in (asked, words)
            )
        # Products of whole numbers that no float32 rounds: the same on every machine.
        sizes = [np.sqrt(np.maximum((some * some).sum(1), 1)) for some in (ours, theirs)]
        cosines = _products(ours, theirs).astype(np.float64) / np.multiply.outer(*sizes)
        return np.where(cosines >= LIKE, cosines, 0)

    def _sum(self, words: Sequence[str]) -> Any:
        self._know(set(words))
        return self._sums[[self._rows[word] for word in words]].sum(0)

    def _know(self, every: set[str]) -> None:
        """Make the vectors that are missing; where that are too many, forget all others."""
        new = [word for word in every if word not in self._rows]
        if len(self._rows) + len(new) > self.MOST:
            self._rows.clear()
            new = list(every)
        if new:
            self._learn(new)

    def _learn(self, new: Sequence[str]) -> None:
        import numpy as np

        # One by one: a batch wakes a thread for each core, and waits for all of them.
        found = [self._tokenizer.encode(word, add_special_tokens=False) for word in new]
        # A token of none, whose row is 0: no word is without one.
        none = len(self._table)
        tokens = [[*each.ids, none] for each in found]
        ids = np.concatenate(tokens)
        # In whole numbers, whose sum is the same on every machine, in whatever order.
        whole = np.zeros((len(ids), self._table.shape[1]), np.float32)
        whole[ids < none] = (self._table[ids[ids < none]].astype("f4") * 256).round()
        sums = np.add.reduceat(whole, np.cumsum([0, *map(len, tokens)])[:-1])
        at = len(self._rows)
        self._sums[at : at + len(new)] = sums
        most = np.maximum(np.abs(sums).max(1, keepdims=True), 1)
        self._small[at : at + len(new)] = np.rint(sums * (127 / most))
        self._rows.update((word, at + number) for number, word in enumerate(new))


def _products(ours: Any, theirs: Any) -> Any:
    """All of ours times all of theirs, as `@` gives them, for a few of theirs at a time.

    Of more it wakes a thread for each core and waits for all: thirty times as long where another
    program has one of them.
    """
    import numpy as np

    few = max(1, ALONE // ours.size)
    return np.hstack([ours @ theirs[at : at + few].T for at in range(0, len(theirs), few)])


def _parts(word: str) -> list[str]:
    return _WORD.findall(word if word.isupper() else word.lower())


def is_known(word: str) -> bool:
    """Whether its letters are Latin."""
    return _OTHER.search(word) is None


def _is_read(text: str) -> bool:
    """Whether enough of its letters are Latin."""
    other = () if text.isascii() else _OTHER.findall(text)
    letters = len(_LETTER.findall(text)) if other else 0
    return (letters - len(other)) * READ >= letters


def is_in(folder: Path) -> bool:
    """Whether the table and what cuts words lie there."""
    return (folder / WEIGHTS).is_file() and (folder / TOKENS).is_file()


@lru_cache(maxsize=1)
def loaded(folder: Path) -> Words:
    """The table, mapped and not read, and what cuts a word into its rows."""
    import numpy as np
    from tokenizers import Tokenizer

    path = folder / WEIGHTS
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        (one,) = (each for name, each in json.loads(file.read(size)).items() if name[:1] != "_")
    start = 8 + size + one["data_offsets"][0]
    table = np.memmap(path, np.float16, "r", start, tuple(one["shape"]))
    tokenizer = Tokenizer.from_file(str(folder / TOKENS))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return Words(table, tokenizer)
