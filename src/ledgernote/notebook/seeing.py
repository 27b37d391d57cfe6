"""A source at this moment, and what happened to it since it was looked at last.

A folder that is not there, cannot be read or is suddenly empty says nothing of its notes: a disk
that is not mounted looks like that. Nothing is hidden then, and it is said.
"""

from __future__ import annotations

from pathlib import Path

from ledgernote.domain.frozen import frozen
from ledgernote.interchange.folder import ENDINGS, NOTES, Folder, look
from ledgernote.ledger import sources
from ledgernote.ledger.sources import Source
from ledgernote.notebook.differences import Differences, differences
from ledgernote.notebook.notebook import Notebook


@frozen
class Seen:
    """A folder, and what is to be done about it."""

    folder: Folder
    found: Differences


def see(notebook: Notebook, source: Source, *, again: bool) -> Seen | str:
    """What is new in a source; a sentence where that cannot be known.

    Unless *again*, a folder that is as it was is not compared file by file. Raises a
    `LedgerError`.
    """
    try:
        folder = look(Path(source.path), ENDINGS[source.format])
    except FileNotFoundError:
        return f"{source.name}: {source.path} is not there; nothing of it is hidden"
    except OSError as error:
        why = error.strerror or error
        return f"{source.name}: {source.path} cannot be read ({why}); nothing of it is hidden"
    digest = folder.digest
    if digest == source.digest and not again:
        return Seen(folder=folder, found=Differences())
    stamps, known = folder.stamps(), sources.files(notebook.ledger, source.name)
    if source.format not in NOTES:  # those tools delete what they wrote: keeping it is the point
        known = {name: file for name, file in known.items() if name in stamps}
    elif known and not stamps:
        return f"{source.name}: {source.path} is suddenly empty; nothing of it is hidden"
    found = differences(known, stamps, folder.unread, again=again)
    if not found and digest != source.digest and notebook.ledger.writable:
        with notebook.writing() as tx:
            sources.keep_digest(tx, source.name, digest)
    return Seen(folder=folder, found=found)
