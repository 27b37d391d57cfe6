"""Entries in and out: what an import brought, and what it did not."""

from __future__ import annotations

import time
from binascii import b2a_base64
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ledgernote.domain.entries import Entry
from ledgernote.domain.errors import LedgerError
from ledgernote.domain.images import facts as image_facts
from ledgernote.interchange import formats, jsonl
from ledgernote.interchange.values import Damaged, Line, Read, Skipped
from ledgernote.ledger import foreign, imports, places
from ledgernote.ledger.ids import to_uuid
from ledgernote.notebook.dead import take_over
from ledgernote.notebook.incoming import Incoming
from ledgernote.notebook.notebook import Notebook

CHUNK = 800
"""Entries of one transaction at most."""
HOLD = 0.15
"""Seconds for which a transaction should hold the lock: other writers wait for no longer."""
CHUNK_BYTES = 400_000
"""Bytes of text of one transaction, unless one entry alone has more."""
NAMED = 1_000
"""Pieces that were left out and are named one by one; the others are counted."""

FORMATS: dict[str, str] = {name: form.help for name, form in formats.FORMATS.items()}
"""Names of formats and what each is; `auto` recognises them."""

Progress = Callable[[int], None]


@dataclass(slots=True)
class ImportReceipt:
    """What came in, and what was left out and why."""

    format: str = "jsonl"
    entries: int = 0
    revised: int = 0
    """Entries that were here and got a newer text."""
    threads: int = 0
    known: int = 0
    """Were here already."""
    renamed: int = 0
    """Whose file has another name now."""
    hidden: int = 0
    """Whose file is gone."""
    shown: int = 0
    """Whose file has come back."""
    briefs: list[str] = field(default_factory=list)
    """Projects that came with a brief, which every model reads there."""
    first: datetime | None = None
    last: datetime | None = None
    skipped: list[tuple[int, str]] = field(default_factory=list)
    """(line, talk or file, why): the first of them."""
    reasons: Counter[str] = field(default_factory=Counter)
    """How many were left out, by what they are called: all of them."""

    def leave_out(self, number: int, reason: str, why: str) -> None:
        """Count a piece that did not come in."""
        self.reasons[reason] += 1
        if len(self.skipped) < NAMED:
            self.skipped.append((number, why))

    def count(self, created: datetime) -> None:
        """Count an entry that came in."""
        self.entries += 1
        self.first = min(self.first or created, created)
        self.last = max(self.last or created, created)


@dataclass(slots=True)
class Pace:
    """How many entries a transaction takes, by how long the last ones took."""

    room: int = CHUNK // 2

    def took(self, entries: int, seconds: float) -> None:
        """Fewer on a busy machine, more again when it has time."""
        fits = int(entries * HOLD / max(seconds, 0.001))
        self.room = max(CHUNK // 20, min(CHUNK, fits, self.room * 2))


def _chunks(found: Iterable[Read], receipt: ImportReceipt, pace: Pace) -> Iterator[list[Line]]:
    """Lines for one transaction each; what is no line goes into the receipt."""
    chunk: list[Line] = []
    size = 0
    for one in found:
        if isinstance(one, Damaged):
            receipt.leave_out(one.number, "damaged", one.why)
        elif isinstance(one, Skipped):
            receipt.leave_out(one.number, one.reason, one.why)
        else:
            if chunk and (len(chunk) >= pace.room or size + _size(one) > CHUNK_BYTES):
                yield chunk
                chunk, size = [], 0
            chunk.append(one)
            size += _size(one)
    if chunk:
        yield chunk


def _size(line: Line) -> int:
    return len(line.text) + len(line.image or b"")


def _bring(
    run: Incoming, found: Iterable[Read], receipt: ImportReceipt, progress: Progress | None
) -> ImportReceipt:
    pace = Pace()
    for chunk in _chunks(found, receipt, pace):
        begun = time.monotonic()
        run.chunk(chunk)
        pace.took(len(chunk), time.monotonic() - begun)
        if progress is not None:
            progress(receipt.entries + receipt.known + receipt.revised)
    run.finish()
    return receipt


def import_lines(
    notebook: Notebook, lines: Iterable[bytes], progress: Progress | None = None
) -> ImportReceipt:
    """Bring JSON lines in, in one step, in constant memory; *progress* is told how many.

    A known id is skipped; so is the same (source, ref) with the same text.
    """
    receipt = ImportReceipt()
    run = Incoming(notebook, receipt, project=notebook.project)
    return _bring(run, jsonl.read(lines), receipt, progress)


def import_from(
    notebook: Notebook,
    path: Path,
    format: str,  # noqa: A002  the word that people use
    *,
    project: str | None = None,
    progress: Progress | None = None,
) -> ImportReceipt:
    """Bring in what another program wrote, in one step, in constant memory.

    *format* is a name of `FORMATS` or `auto`. Everything goes into *project* if there is one,
    else into the projects that the file tells, else into one named after the format; lines of
    our own go where they say, as by `import_lines`. Raises `UsageError` and `NoSuchThing`.
    """
    name, found = formats.open_format(format, path, foreign.opened)
    receipt = ImportReceipt(format=name)
    own = name == "jsonl"
    run = (
        Incoming(notebook, receipt, project=project or notebook.project)
        if own
        else Incoming(notebook, receipt, project=name, override=project)
    )
    return _bring(run, found, receipt, progress)


def sentence(receipt: ImportReceipt, *, brief: bool = False) -> str:
    """A receipt on one line; *brief* leaves out what did not come.

    `38,112 entries · 1,204 threads · 2023-02 to 2026-11 · skipped 41 (38 images, …)`.
    """
    pieces = []
    if receipt.entries or not brief:
        pieces.append(_counted(receipt.entries, "entry", "entries"))
    if receipt.threads or not brief:
        pieces.append(_counted(receipt.threads, "thread", "threads"))
    if receipt.first and receipt.last:
        months = [f"{moment:%Y-%m}" for moment in (receipt.first, receipt.last)]
        pieces.append(" to ".join(dict.fromkeys(months)))
    if receipt.revised:
        pieces.append(f"{receipt.revised:,} revised")
    files = ((receipt.renamed, "renamed"), (receipt.hidden, "hidden"), (receipt.shown, "back"))
    pieces += [f"{count:,} {what}" for count, what in files if count]
    if receipt.briefs:
        pieces.append(f"with the brief of {', '.join(receipt.briefs)}")
    if receipt.known:
        pieces.append(f"{receipt.known:,} known")
    if receipt.reasons:
        each = ", ".join(
            f"{count:,} {reason.removesuffix('s') if count == 1 else reason}"
            for reason, count in receipt.reasons.most_common()
        )
        pieces.append(f"skipped {receipt.reasons.total():,} ({each}: --verbose)")
    return " · ".join(pieces)


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


STAYS = "earlier revisions, receipts and citations are not in it; the ledger keeps them"
"""What an export does not carry."""


def export(notebook: Notebook, found: Iterable[Entry]) -> Iterator[tuple[Entry, dict[str, object]]]:
    """Each entry with what its JSON form leaves out, in constant memory.

    Half an answer whose writer died is one of them, where the ledger can be written.
    """
    try:
        take_over(notebook)
    except LedgerError as error:
        notebook.say(f"a half answer whose writer died is left out: {error}")
    threads: dict[str | None, tuple[str | None, str | None]] = {None: (None, None)}
    untold = {one.name: one for one in notebook.projects(archived=True)}
    for entry in found:
        if entry.thread is not None and entry.thread not in threads:
            threads[entry.thread] = places.identity(notebook.ledger, entry.thread)
        thread_id, thread_name = threads[entry.thread]
        until, pin_thread, origin = imports.beside(notebook.ledger, entry.id)
        ends = places.moment(until, 0).isoformat() if until and entry.pinned else None
        told = untold.pop(entry.project, None)  # once for each project, with its first entry
        yield (
            entry,
            {
                "thread_id": thread_id,
                "thread_name": thread_name,
                "pinned_until": ends,
                "pinned_thread_id": _uuid(pin_thread),
                "reply_to_id": _uuid(entry.reply_to_id),
                "supersedes_id": _uuid(entry.supersedes_id),
                "saved_from_id": _uuid(origin),
                "project_brief": told and told.brief,
                "project_private": told and told.private,
                **imports.whom(notebook.ledger, entry.id),
                **_image(notebook, entry),
            },
        )


def _image(notebook: Notebook, entry: Entry) -> dict[str, object]:
    """The image with its bytes, where an entry has one."""
    if entry.image is None:
        return {}
    data = b2a_base64(notebook.image(entry), newline=False).decode()
    return {"image": {**image_facts(entry.image), "base64": data}}


def _uuid(id_: bytes | None) -> str | None:
    return None if id_ is None else to_uuid(id_)
