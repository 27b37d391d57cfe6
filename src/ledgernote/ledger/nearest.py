"""Which passages mean nearly the same: all signs first, then the vectors of the nearest.

Two steps, because a bit for each number is read and compared in an eighth of the time, and tells
nearly as well who is far off. What is equally far is taken together, so that no order of arrival
decides. Loads numpy, which whoever asks for meaning has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ledgernote.domain.frozen import frozen
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.signs import SLOTS

SIGNS = "SELECT block, body FROM vector_signs WHERE embedder = ? ORDER BY block"
BODIES = "SELECT passage, body FROM vector WHERE embedder = {} AND passage IN ({{}})"
ELIGIBLE = """
    SELECT passage.rowid FROM passage JOIN entry ON entry.id = passage.entry
     WHERE passage.rowid IN ({}) {}"""
OWN = "SELECT passage.rowid FROM entry JOIN passage ON passage.entry = entry.id WHERE 1 {} LIMIT {}"

POOL = 400
"""Passages that may be chosen whose vectors are compared: of the 100 nearest among them the
signs miss one in a hundred."""
FIRST = 1_000
"""Passages nearest by their signs that are looked at first; four times as many then, and so on."""
SMALL = 20_000
"""Passages up to which those that may be chosen are listed, where few of the nearest may be."""


@frozen(kw_only=False)
class Where:
    """Which passages may be chosen: conditions on `entry`, in SQL, and their values."""

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
        found = self._pool(where) | self._eligible(where, self._fresh)
        near = sorted(self.of(found).items(), key=lambda each: -each[1])
        least = near[limit - 1][1] if len(near) > limit else -1.0
        return {rowid: cosine for rowid, cosine in near if cosine >= least}

    def of(self, passages: Iterable[int]) -> dict[int, float]:
        """The cosines of those passages that have a vector."""
        wanted = dict.fromkeys(passages)
        bodies = {rowid: self._fresh[rowid] for rowid in wanted if rowid in self._fresh}
        kept = [rowid for rowid in wanted if rowid not in bodies]
        bodies |= dict(self._reader.among(BODIES.format(self._embedder), kept))
        found = cosines(list(bodies.values()), self._meaning)
        return dict(zip(bodies, found, strict=True))

    def _pool(self, where: Where) -> set[int]:
        """The nearest by their signs that may be chosen."""
        import numpy as np

        far = self._distances()
        if far is None:
            return set()
        look = FIRST
        while True:
            some = np.flatnonzero(far <= _radius(far, look)).tolist()
            found = self._eligible(where, some)
            if len(found) >= POOL or len(some) == len(far):
                return found
            if look == FIRST and (own := self._own(where)) is not None:
                own = own[own < len(far)]
                return set(own[far[own] <= _radius(far[own], POOL)].tolist())
            look *= 4

    def _distances(self) -> Any:
        """How many signs differ, by rowid; None where nothing has a vector."""
        import numpy as np

        blocks = self._reader.rows(SIGNS, (self._embedder,))
        if not blocks:
            return None
        wanted = np.frombuffer(signs_of(self._meaning), np.uint64)
        far = np.full((blocks[-1][0] + 1) * SLOTS, len(wanted) * 64, np.uint16)
        for block, body in blocks:
            rows = np.frombuffer(body, np.uint64).reshape(SLOTS, -1)
            differ = np.bitwise_count(rows ^ wanted).sum(1, dtype=np.uint16)
            far[block * SLOTS : (block + 1) * SLOTS] = differ
        return far

    def _eligible(self, where: Where, rowids: Iterable[int]) -> set[int]:
        named = ",".join(map(str, rowids))
        return {
            row[0] for row in self._reader.rows(ELIGIBLE.format(named, where.sql), where.values)
        }

    def _own(self, where: Where) -> Any:
        """All that may be chosen, where that is little."""
        import numpy as np

        rows = self._reader.rows(OWN.format(where.sql, SMALL + 1), where.values)
        return np.array([row[0] for row in rows], int) if len(rows) <= SMALL else None


def cosines(bodies: Sequence[bytes], meaning: bytes) -> list[float]:
    """How near vectors are to one: 1 for the same direction."""
    import numpy as np

    if not bodies:
        return []
    rows, wanted = _matrix(bodies), _matrix([meaning])[0]
    size = np.sqrt((rows * rows).sum(1) * (wanted @ wanted))
    found: list[float] = ((rows @ wanted) / np.maximum(size, 1.0)).round(4).tolist()
    return found


def _radius(far: Any, number: int) -> int:
    """The distance within which so many are, and all that are as far as the last of them."""
    import numpy as np

    within = np.bincount(far).cumsum() if len(far) else np.zeros(1)
    return int(np.searchsorted(within, min(number, len(far))))


def _matrix(bodies: Iterable[bytes]) -> Any:
    """Vectors as rows of doubles, in which products of whole numbers are exact."""
    import numpy as np

    every = list(bodies)
    return np.frombuffer(b"".join(every), np.int8).reshape(len(every), -1).astype(np.float64)


def signs_of(body: bytes) -> bytes:
    """A bit for each number of a vector, filled up to whole words of 64."""
    import numpy as np

    bits = np.packbits(np.frombuffer(body, np.int8) >= 0).tobytes()
    return bits + bytes(-len(bits) % 8)


def mean(bodies: Sequence[bytes]) -> bytes:
    """The meaning amid several, each of the same weight."""
    import numpy as np

    rows = _matrix(bodies)
    middle = (rows / np.maximum(np.sqrt((rows * rows).sum(1, keepdims=True)), 1.0)).sum(0)
    return bytes(np.rint(middle * (127 / (np.abs(middle).max() or 1.0))).astype(np.int8))
