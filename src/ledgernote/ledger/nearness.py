"""Which passages mean nearly the same: all signs first, then the vectors of the nearest.

Two steps, because a bit for each number is read and compared in an eighth of the time, and tells
nearly as well who is far off. What is equally far is taken together, so that no order of arrival
decides. Loads numpy, which whoever asks for meaning has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from ledgernote.domain.frozen import frozen
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.signs import SLOTS

SIGNS = "SELECT block, body FROM vector_signs WHERE embedder = ? ORDER BY block"
BODIES = "SELECT passage, body FROM vector WHERE embedder = {} AND passage IN ({{}})"
# CROSS JOIN: the few passages first, not all entries of their project.
ELIGIBLE = """
    SELECT passage.rowid FROM passage CROSS JOIN entry ON entry.id = passage.entry
     WHERE passage.rowid IN ({}) {}"""
OWN = """
    SELECT passage.rowid FROM entry CROSS JOIN passage ON passage.entry = entry.id
     WHERE 1 {} LIMIT {}"""

FIRST = 500
"""Passages nearest by their signs that are looked at first; four times as many then, and so on."""
WIDER = 8
"""So many times as many are told apart by what each sign counts."""
POOL = 250
"""Passages that may be chosen of which there must be as many, or else more are looked at."""
BESIDE = 0.7
"""What the entries around a passage count, where it counts 1."""
DRAWN = 4.0
"""What the passages count to which a meaning is drawn, where it counts 1 itself."""
SMALL = 20_000
"""Passages up to which those that may be chosen are listed, where few of the nearest may be."""


@frozen(kw_only=False)
class Where:
    """Which passages may be chosen: conditions in SQL, on `passage` or the `entry` beside it, and
    their values.
    """

    sql: str
    values: Mapping[str, object]


class Nearness:
    """How near passages are to one meaning."""

    def __init__(
        self, reader: Reader, embedder: int, fresh: Mapping[int, bytes], meaning: bytes
    ) -> None:
        """*embedder* by its id; *fresh* are the vectors of passages that have none kept."""
        self._reader, self._embedder, self._fresh = reader, embedder, fresh
        self._meaning = meaning

    def nearest(self, where: Where, limit: int) -> dict[int, float]:
        """The nearest passages, best first, with those that are as near as the last of them."""
        found = {*self._pool(where), *self._eligible(where, self._fresh)}
        near = sorted(self.of(found).items(), key=lambda each: -each[1])
        least = near[limit - 1][1] if len(near) > limit else -1.0
        return {rowid: cosine for rowid, cosine in near if cosine >= least}

    def of(self, passages: Iterable[int]) -> dict[int, float]:
        """The cosines of those passages that have a vector."""
        return self.together(dict.fromkeys(passages, ()))

    def together(self, passages: Mapping[int, Iterable[int]]) -> dict[int, float]:
        """The cosines of passages taken together with others beside them, which count less."""
        import numpy as np

        bodies = self._bodies({*passages, *chain.from_iterable(passages.values())})
        found = [rowid for rowid in passages if rowid in bodies]
        if not found:
            return {}
        units = _units(list(bodies.values()))
        place = {rowid: at for at, rowid in enumerate(bodies)}
        rows = units[[place[rowid] for rowid in found]]
        pairs = [
            (at, place[beside])
            for at, rowid in enumerate(found)
            for beside in passages[rowid]
            if beside in place
        ]
        if pairs:
            at, beside = np.array(pairs).T
            np.add.at(rows, at, BESIDE * units[beside])
        return dict(zip(found, _cosines(rows, self._meaning), strict=True))

    def toward(self, passages: Sequence[int]) -> Nearness:
        """The same, from a meaning drawn to that of some passages (Rocchio, 1971)."""
        import numpy as np

        bodies = list(self._bodies(passages).values())
        if not bodies:
            return self
        drawn = _units([self._meaning])[0] + DRAWN * _units(bodies).mean(0)
        meaning = bytes(np.rint(drawn * (127 / np.abs(drawn).max())).astype(np.int8))
        return Nearness(self._reader, self._embedder, self._fresh, meaning)

    def _bodies(self, wanted: Iterable[int]) -> dict[int, bytes]:
        every = sorted(wanted)
        kept = self._reader.among(BODIES.format(self._embedder), every)
        return {rowid: body for rowid, body in kept if body} | {
            rowid: self._fresh[rowid] for rowid in every if rowid in self._fresh
        }

    def _pool(self, where: Where) -> list[int]:
        """The nearest by their signs that may be chosen."""
        signs = self._signs()
        if signs is None:
            return []
        look = FIRST
        while True:
            found = self._eligible(where, self._first(signs, look))
            if len(found) < POOL and look == FIRST and (own := self._own(where)) is not None:
                return self._first(signs, FIRST, own)
            if len(found) >= POOL or look >= len(signs):
                return found
            look *= 4

    def _signs(self) -> Any:
        """The signs of all passages, by rowid; None where nothing has a vector."""
        import numpy as np

        blocks = self._reader.rows(SIGNS, (self._embedder,))
        if not blocks:
            return None
        signs = np.zeros(((blocks[-1][0] + 1) * SLOTS, len(blocks[0][1]) // SLOTS // 8), np.uint64)
        for block, body in blocks:
            rows = np.frombuffer(body, np.uint64).reshape(SLOTS, -1)
            signs[block * SLOTS : (block + 1) * SLOTS] = rows
        return signs

    def _first(self, signs: Any, number: int, among: Sequence[int] | None = None) -> list[int]:
        """The nearest, and all that are as near as the last of them.

        First by how many signs differ, then of some more of those by what each sign counts in
        what is asked: that finds half of what the first alone would miss.
        """
        import numpy as np

        every = None if among is None else np.array([r for r in among if r < len(signs)], int)
        rows = signs if every is None else signs[every]
        meaning = _matrix([self._meaning])[0]
        differ = np.bitwise_count(rows ^ np.frombuffer(signs_of(self._meaning), np.uint64))
        near = _within(-differ.sum(1, dtype=np.int16), number * WIDER)
        bits = np.unpackbits(rows[near].view(np.uint8), axis=1)[:, : len(meaning)]
        counted = _times(bits.astype(np.float32), meaning.astype(np.float32))
        near = near[_within(counted, number)]
        found: list[int] = (near if every is None else every[near]).tolist()
        return found

    def _eligible(self, where: Where, rowids: Iterable[int]) -> list[int]:
        named = ",".join(map(str, rowids))
        found = self._reader.rows(ELIGIBLE.format(named, where.sql), where.values)
        return [row[0] for row in found]

    def _own(self, where: Where) -> list[int] | None:
        """All that may be chosen, where that is little."""
        rows = self._reader.rows(OWN.format(where.sql, SMALL + 1), where.values)
        return [row[0] for row in rows] if len(rows) <= SMALL else None


def middle(cosines: Mapping[int, float]) -> float:
    """As near as what has no vector yet is taken to be: being new must not put it last."""
    return sorted(cosines.values())[len(cosines) // 2] if cosines else 0.0


def cosines(bodies: Sequence[bytes], meaning: bytes) -> list[float]:
    """How near vectors are to one: 1 for the same direction."""
    return _cosines(_matrix(bodies), meaning) if bodies else []


def _cosines(rows: Any, meaning: bytes) -> list[float]:
    import numpy as np

    wanted = _units([meaning])[0]
    sizes = np.maximum(np.sqrt((rows * rows).sum(1)), 1e-9)
    found: list[float] = (_times(rows, wanted) / sizes).round(4).tolist()
    return found


def _times(rows: Any, one: Any) -> Any:
    """Each row times one, which `@` would share out among threads, and wait for all of them."""
    import numpy as np

    return np.einsum("ij,j->i", rows, one)


def _units(bodies: Sequence[bytes]) -> Any:
    """Vectors as rows of the same length."""
    import numpy as np

    rows = _matrix(bodies)
    return rows / np.maximum(np.sqrt((rows * rows).sum(1, keepdims=True)), 1.0)


def _within(scores: Any, number: int) -> Any:
    """The places of the highest so many scores, and of all that are as high as the last."""
    import numpy as np

    if len(scores) <= number:
        return np.arange(len(scores))
    return np.flatnonzero(scores >= np.partition(scores, -number)[-number])


def _matrix(bodies: Sequence[bytes]) -> Any:
    """Vectors as rows of doubles, in which products of whole numbers are exact."""
    import numpy as np

    rows = np.frombuffer(b"".join(bodies), np.int8).reshape(len(bodies), -1)
    return rows.astype(np.float64)


def signs_of(body: bytes) -> bytes:
    """A bit for each number of a vector, filled up to whole words of 64."""
    import numpy as np

    bits = np.packbits(np.frombuffer(body, np.int8) >= 0).tobytes()
    return bits + bytes(-len(bits) % 8)
