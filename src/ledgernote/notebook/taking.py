"""What becomes of each file of a source, within the transactions of one pull.

Files are the master: an edited one is a revision, one that is gone hides its note. What a file was
before is read again in the transaction, so that two who pull at once do not take it in twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from ledgernote.domain.entries import EntryId
from ledgernote.domain.frozen import frozen
from ledgernote.interchange.folder import NOTES
from ledgernote.interchange.values import Line
from ledgernote.ledger import entries, imports, keep, sources
from ledgernote.ledger.sources import File, Source
from ledgernote.ledger.writing import Writing
from ledgernote.notebook.differences import UNREAD, YOUNG, Differences
from ledgernote.notebook.incoming import Incoming
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.transfer import ImportReceipt

AT_ONCE = 200
"""Files that are hidden in one transaction."""


@frozen
class Ended:
    """A file that was read to its end."""

    name: str
    stamp: str
    """As it is kept: with `!` or `?` before it where it is to be read again."""


def _time(line: Line | None) -> float:
    return line.created.timestamp() if line and line.created else 0.0


@dataclass(slots=True)
class Taking:
    """One pull of one source."""

    notebook: Notebook
    source: Source
    run: Incoming
    receipt: ImportReceipt
    found: Differences
    left: dict[str, File] = field(default_factory=dict)
    """Files that are no longer where they were; those that were found elsewhere are taken out."""
    alike: dict[bytes | None, list[str]] = field(default_factory=dict)
    """The same files by their words."""
    ended: int = 0
    young: int = 0

    def __post_init__(self) -> None:
        known = sources.files(self.notebook.ledger, self.source.name)
        left = (*self.found.gone, *self.found.moved.values())
        self.left = {name: known[name] for name in left if name in known}
        for name in self.found.gone:
            if name in known:
                self.alike.setdefault(known[name].digest, []).append(name)

    def chunk(self, tx: Writing, chunk: Sequence[Line | Ended]) -> None:
        """Take in some lines and know the files that end among them."""
        lines = [one for one in chunk if isinstance(one, Line)]
        ends = [one for one in chunk if isinstance(one, Ended)]
        self.ended += len(ends)
        self.young += sum(end.stamp[0] == YOUNG for end in ends)
        if self.source.format not in NOTES:
            self.run.take(tx, lines)
            for end in ends:
                sources.put_file(tx, self.source.name, File(path=end.name, stamp=end.stamp))
            return
        by_name = {line.ref: line for line in lines}
        for end in sorted(ends, key=lambda end: _time(by_name.get(end.name))):
            self._file(tx, end, by_name.get(end.name))

    def _file(self, tx: Writing, end: Ended, line: Line | None) -> None:
        """A file is a note; one that holds no words or cannot be read leaves the old words."""
        row = sources.file(tx, self.source.name, end.name)
        if row is not None and row.stamp == end.stamp and end.stamp[0] not in UNREAD + YOUNG:
            return  # somebody else has taken it in meanwhile
        entry, digest = (row.entry, row.digest) if row else (None, None)
        if line is not None:
            digest = sha256(line.text).digest()
            old = None if row else self._other_name(end.name, digest)
            known = row or (self.left.pop(old) if old else None)
            entry = self._note(tx, line, known, same=known is not None and known.digest == digest)
            purged = imports.is_purged(tx, entry)
            digest = None if purged else digest
            if old is not None and not purged:
                keep.rename(tx, entry, end.name)
            if old is not None:
                sources.drop_file(tx, self.source.name, old)
                self.receipt.renamed += 1
        file = File(path=end.name, stamp=end.stamp, entry=entry, digest=digest)
        sources.put_file(tx, self.source.name, file)

    def _other_name(self, name: str, digest: bytes) -> str | None:
        """What a new file was called before: by its inode, else by its words."""
        if (old := self.found.moved.get(name)) in self.left:
            return old
        return next((one for one in self.alike.get(digest, ()) if one in self.left), None)

    def _note(self, tx: Writing, line: Line, known: File | None, *, same: bool) -> EntryId:
        """The entry of a file, as it stands in the file now.

        Where the file says the *same* words as before, those that were written here since stay.
        """
        entry = known.entry if known else None
        head = imports.head(tx, entry) if entry else None
        if entry is None or head is None:  # new, or its creation was undone
            self.run.take(tx, [line])
            entry = self.run.taken(line)
            assert entry is not None
        elif not imports.is_purged(tx, entry):
            text = entries.raw_text(tx, head) if same else line.text
            self.run.renew(tx, replace(line, text=text), entry, head)
        if imports.is_removed_with_file(tx, entry):
            keep.remove(tx, entry, removed=False)
            self.receipt.shown += 1
        return entry

    def finish(self, digest: str) -> None:
        """Hide what came from files that are gone; remember the *digest* when nothing is left."""
        left = sorted(self.left)
        for start in range(0, len(left), AT_ONCE):
            with self.run.writing() as tx:
                for name in left[start : start + AT_ONCE]:
                    self._hide(tx, name)
        sure = self.ended == len(self.found.changed) and not self.young
        with self.run.writing() as tx:
            sources.keep_digest(tx, self.source.name, digest if sure else None)

    def _hide(self, tx: Writing, name: str) -> None:
        row = sources.file(tx, self.source.name, name)
        if row is None or row.stamp != self.left[name].stamp:
            return  # somebody else has dealt with it meanwhile
        if row.entry is not None and imports.is_shown(tx, row.entry):
            keep.remove(tx, row.entry, with_file=True)
            self.receipt.hidden += 1
        sources.drop_file(tx, self.source.name, name)
