"""What the importers' tests share: samples in the published shapes, and what is read of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ledgernote.interchange.formats import open_format
from ledgernote.interchange.values import Damaged, Line, Read, Skipped
from ledgernote.ledger import foreign

SAMPLES = Path(__file__).parent / "samples"


def read(path: Path, name: str = "auto") -> list[Read]:
    """All that a reader gives."""
    return list(open_format(name, path, foreign.opened)[1])


def lines(path: Path, name: str = "auto") -> list[Line]:
    """The entries of it."""
    return [one for one in read(path, name) if isinstance(one, Line)]


def rows(path: Path, name: str = "auto") -> list[tuple[str, str | None, str | None, str]]:
    """Kind, ref, the ref that it follows, and text of each entry."""
    return [(one.kind, one.ref, one.follows, one.text.decode()) for one in lines(path, name)]


def left_out(path: Path, name: str = "auto") -> dict[str, int]:
    """How many pieces did not come in, by what they are called."""
    counts: dict[str, int] = {}
    for one in read(path, name):
        if not isinstance(one, Line):
            reason = one.reason if isinstance(one, Skipped) else "damaged"
            counts[reason] = counts.get(reason, 0) + 1
    return counts


def damages(path: Path, name: str = "auto") -> Iterator[str]:
    """Why pieces could not be read."""
    return (one.why for one in read(path, name) if isinstance(one, Damaged))
