"""Nothing private is let go by an oversight: a change that would do so is asked about first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from ledgernote.domain.errors import WouldReveal
from ledgernote.ledger.handles import handle_of
from ledgernote.ledger.privacy import private_among, reached
from ledgernote.ledger.writing import Writing


@contextmanager
def guarded(tx: Writing, entities: Iterable[bytes], *, agreed: bool) -> Iterator[None]:
    """Do inside what changes *entities*: entries, tags or projects.

    Raises `WouldReveal`, and so takes all of *tx* back, when an entry that was private is not
    any more and nobody *agreed*.
    """
    before = set() if agreed else private_among(tx, reached(tx, entities))
    yield
    shown = sorted(before - private_among(tx, before))
    if handles := tuple(filter(None, (handle_of(tx, each) for each in shown))):
        raise WouldReveal(handles)
