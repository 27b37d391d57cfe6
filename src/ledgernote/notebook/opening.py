"""The look at the sources when the notebook opens: quick, silent, and never in the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ledgernote.domain.errors import LedgernoteError
from ledgernote.domain.frozen import frozen
from ledgernote.ledger import sources
from ledgernote.ledger.alone import alone
from ledgernote.ledger.ledger import Ledger
from ledgernote.ledger.sources import Source
from ledgernote.notebook.notebook import Notebook

AT_MOST = 1.0
"""Seconds of work that nobody asked for."""
PATIENCE = 0.5
"""Seconds to wait for another writer."""


@frozen
class Opened:
    """What a look brought, as sentences."""

    news: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()
    """What did not work: no reason to stop, nor to speak unless asked."""


def look(notebook: Notebook) -> Opened:
    """Take in what is new, where it is little. Raises nothing that is foreseen.

    The step belongs to the source, not to this actor: `undo` takes back what a person did.
    """
    if not sources.every(notebook.ledger) or not notebook.ledger.writable:
        return Opened()
    came: list[str] = []
    waiting: list[str] = []
    troubles: list[str] = []
    with alone(notebook.ledger, "pull", wait=False) as ours, _hurried(notebook.ledger):
        for source in sources.every(notebook.ledger) if ours else ():
            try:
                _one(notebook, source, (came, waiting, troubles))
            except (LedgernoteError, OSError) as error:
                troubles.append(f"{source.name}: {error}")
    news = [f"new: {', '.join(came)}"] if came else []
    return Opened(news=(*news, *waiting), troubles=tuple(troubles))


@contextmanager
def _hurried(ledger: Ledger) -> Iterator[None]:
    patience, ledger.patience = ledger.patience, PATIENCE
    try:
        yield
    finally:
        ledger.patience = patience


def _one(notebook: Notebook, source: Source, told: tuple[list[str], list[str], list[str]]) -> None:
    from ledgernote.notebook.seeing import see  # most notebooks have no source

    came, waiting, troubles = told
    seen = see(notebook, source, again=False)
    if isinstance(seen, str):
        troubles.append(seen)
    elif seen.found.seconds > AT_MOST:
        what = "it" if seen.found.count == 1 else "them"
        waiting.append(f"{seen.found} in {source.name}; `ledgernote pull` takes {what} in")
    elif seen.found:
        from ledgernote.notebook import pulling  # loads every importer

        receipt = pulling.take(notebook, source, seen, by=pulling.origin(source))
        if receipt.entries:
            entries = "entry" if receipt.entries == 1 else "entries"
            came.append(f"{receipt.entries:,} {entries} from {source.name}")
