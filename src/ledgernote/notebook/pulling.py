"""Taking in what is new in a source: files are the master, and each is taken in once.

The stamp of a file is kept in the transaction of its entries: whoever is killed in between
repeats that file, and nothing is lost or doubled.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from ledgernote.domain.entries import Kind
from ledgernote.domain.frozen import replace
from ledgernote.interchange import formats
from ledgernote.interchange.folder import NOTES, changed_at
from ledgernote.interchange.values import Line, Read, Skipped
from ledgernote.ledger import foreign
from ledgernote.ledger.ids import to_uuid
from ledgernote.ledger.places import name_of
from ledgernote.ledger.sources import Source
from ledgernote.notebook.differences import UNREAD, YOUNG
from ledgernote.notebook.incoming import Incoming
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.seeing import Seen
from ledgernote.notebook.taking import Ended, Taking
from ledgernote.notebook.transfer import CHUNK_BYTES, ImportReceipt, Pace

TICK = 100_000_000
"""Nanoseconds within which two writings may leave the same time on a file."""
Progress = Callable[[int], None]


def origin(source: Source) -> str:
    """What the entries of a source have as their `source`, and what pulls in silence."""
    return f"{source.format}:{source.name}" if source.format in NOTES else source.format


def take(
    notebook: Notebook,
    source: Source,
    seen: Seen,
    *,
    by: str | None = None,
    step: bytes | None = None,
    progress: Progress | None = None,
) -> ImportReceipt:
    """Take in what is new, in one step: of this actor or *by* another; or it joins a *step*."""
    folder, found = seen.folder, seen.found
    receipt = ImportReceipt(format=source.format)
    project = f"{to_uuid(source.project)}  # {name_of(notebook.ledger, source.project)}"
    run = Incoming(notebook, receipt, project=project, override=project, by=by)
    run.step = step
    taking = Taking(notebook, source, run, receipt, found)
    read = formats.read_some(source.format, Path(source.path), found.changed, foreign.opened)
    items = _with_ends(_ours(read, source), found.changed, folder.stamps(), receipt)
    pace = Pace()
    for chunk in _chunks(items, pace):
        begun = time.monotonic()
        with run.writing() as tx:
            taking.chunk(tx, chunk)
        pace.took(len(chunk), time.monotonic() - begun)
        if progress is not None:
            progress(receipt.entries + receipt.known + receipt.revised)
    run.finish()
    taking.finish(folder.digest)
    return receipt


def _ours(read: Iterable[Read], source: Source) -> Iterator[Read]:
    """Lines as they are in a source: whoever named the folder wrote its notes and questions."""
    for one in read:
        if not isinstance(one, Line):
            yield one
        elif source.format in NOTES:
            yield replace(one, source=origin(source), revises=True, actor=source.actor)
        else:
            yield one if one.kind is Kind.ANSWER else replace(one, actor=source.actor)


def _with_ends(
    read: Iterable[Read], names: tuple[str, ...], stamps: Mapping[str, str], receipt: ImportReceipt
) -> Iterator[Line | Ended]:
    """Lines, and behind the last one of each file that file; the others go into the receipt."""
    at, damaged = 0, False
    moment = time.time_ns()
    for one in read:
        if one.number == 0:  # nothing further can be read
            receipt.leave_out(0, "damaged", getattr(one, "why", ""))
            return
        while at < one.number - 1:
            yield _ended(names[at], stamps, moment, damaged=damaged)
            at, damaged = at + 1, False
        moment = time.time_ns()
        if isinstance(one, Line):
            yield one
        elif isinstance(one, Skipped):
            receipt.leave_out(one.number, one.reason, one.why)
        else:
            damaged = True
            receipt.leave_out(one.number, "damaged", one.why)
    for name in names[at:]:
        yield _ended(name, stamps, moment, damaged=damaged and name == names[at])


def _ended(name: str, stamps: Mapping[str, str], moment: int, *, damaged: bool) -> Ended:
    """*moment* is not after the one at which it was read, in nanoseconds since 1970."""
    stamp = stamps[name]
    young = moment - changed_at(stamp) < TICK
    return Ended(name=name, stamp=(UNREAD if damaged else YOUNG if young else "") + stamp)


def _chunks(items: Iterable[Line | Ended], pace: Pace) -> Iterator[list[Line | Ended]]:
    """What one transaction takes; a file ends in that of its last line."""
    chunk: list[Line | Ended] = []
    size = 0
    for one in items:
        weight = len(one.text) if isinstance(one, Line) else 0
        full = len(chunk) >= pace.room or size + weight > CHUNK_BYTES
        if chunk and full and (isinstance(one, Line) or isinstance(chunk[-1], Ended)):
            yield chunk
            chunk, size = [], 0
        chunk.append(one)
        size += weight
    if chunk:
        yield chunk
