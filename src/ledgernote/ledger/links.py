"""`[[handle]]`, `[[title]]`, `[[folder/file]]` in a note: its links, and what links to an entry.

Kept is the name as it was typed. What it leads to is decided when somebody looks: a title may
come after the link, change, or move to a newer note. `fold` keeps the names.
"""

from __future__ import annotations

import unicodedata

from ledgernote.domain.entries import Entry, EntryId
from ledgernote.domain.text import clean_name, to_bytes
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.handles import by_handle

FILE = ".md"
NAMES = "SELECT name FROM link WHERE entry = ? ORDER BY name"
STANDS = "SELECT 1 FROM entry WHERE id = ? AND removed = 0"
BY_TITLE = """
    SELECT entry.id FROM entry
     WHERE title = CAST(?1 AS TEXT) COLLATE NOCASE AND removed = 0
     ORDER BY project = (SELECT project FROM entry WHERE id = ?2) DESC,
              created DESC, hlc DESC, replica DESC, rseq DESC LIMIT 1"""
BY_FILE = """
    SELECT id FROM entry
     WHERE source = (SELECT source FROM entry WHERE id = ?2) AND ref = CAST(?1 AS TEXT)
       AND removed = 0"""
_TYPED = ("?1", "'@' || ?1", *(f"CAST(?{number} AS TEXT)" for number in (2, 3, 4)))
# The index reads what begins so: a heading stands behind the mark, and "$" is the next one.
_NAMED = " OR ".join(
    f"link.name = {name}\n OR link.name BETWEEN {name} || '#' AND {name} || '$'" for name in _TYPED
)
NAMING = f"""
    SELECT DISTINCT entry.id, link.name FROM link JOIN entry ON entry.id = link.entry
     WHERE ({_NAMED})
       AND removed = 0 AND entry.id != ?5
     ORDER BY created, hlc, replica, rseq"""


def names(reader: Reader, entry: EntryId) -> list[str]:
    """What a note links to, as it was typed."""
    return [row[0] for row in reader.rows(NAMES, (entry,))]


def end(reader: Reader, name: str, entry: EntryId) -> EntryId | None:
    """What a link in *entry* leads to: that handle, else the newest of that title, else that file.

    Of a title one of the same project comes first. A file is named by its path in the folder that
    both came from, without `.md`. What stands behind a # is a heading of what is named before it,
    unless something is called so with all of that.
    """
    whole = _end(reader, name, entry)
    bare = name.partition("#")[0]
    return whole or (_end(reader, bare, entry) if bare else None)


def _end(reader: Reader, name: str, entry: EntryId) -> EntryId | None:
    named = by_handle(reader, name, "entry")
    if named is not None and reader.one(STANDS, (named,)):
        return EntryId(named)
    row = reader.one(BY_TITLE, (to_bytes(clean_name(name)), entry))
    row = row or reader.one(BY_FILE, (to_bytes(name + FILE), entry))
    return None if row is None else EntryId(row[0])


def linking(reader: Reader, entry: Entry) -> list[EntryId]:
    """The notes that link to *entry*, oldest first."""
    ref = entry.ref or ""
    file = ref.removesuffix(FILE) if ref.endswith(FILE) else None
    # A title is kept with whole letters; who links to it may have typed accents by themselves.
    apart = unicodedata.normalize("NFD", entry.title) if entry.title else None
    typed = (None if name is None else to_bytes(name) for name in (entry.title, apart, file))
    rows = reader.rows(NAMING, (entry.handle, *typed, entry.id))
    found = (EntryId(id_) for id_, name in rows if end(reader, name, EntryId(id_)) == entry.id)
    return list(dict.fromkeys(found))
