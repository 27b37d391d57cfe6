"""Answers whose writer died: a draft becomes an entry before anybody reads past it."""

from __future__ import annotations

from ledgernote.ledger import drafts
from ledgernote.notebook.notebook import Notebook


def take_over(notebook: Notebook) -> None:
    """Make entries of them, where there are some. Raises a `LedgerError`."""
    if any(not draft.alive for draft in drafts.read(notebook.ledger, notebook.ledger.state)):
        with notebook.writing():
            """Opening a transaction closes them."""
