"""Entries in and out: `import`, `export`."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ledgernote.cli import pipe
from ledgernote.cli.call import Call, counted
from ledgernote.cli.where import How
from ledgernote.domain.errors import LedgerReadOnly, UsageError
from ledgernote.notebook import transfer
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.transfer import ImportReceipt
from ledgernote.render.output import Output
from ledgernote.render.records import entry_record

WORD = re.compile(r"[^\W\d_]{4,}")


# ---- in ------------------------------------------------------------------------------


def import_(
    call: Call,
    form: str,
    path: str,
) -> None:
    """Take in an export or a folder of notes."""
    known = (*transfer.FORMATS, "auto")
    if form not in known:
        raise UsageError(f"no format is called {form!r}", f"Known: {', '.join(known)}.")
    if path == "-" and form not in {"jsonl", "auto"}:
        raise UsageError(f"{form} is read from a file or folder", f"import {form} PATH")
    with call.notebook(writes=True) as notebook:
        if path == "-":
            receipt = transfer.import_lines(notebook, pipe.lines(), progress_of(call))
        else:
            where = call.place.project if call.place.how is How.NAMED else None
            receipt = transfer.import_from(
                notebook, Path(path).expanduser(), form, project=where, progress=progress_of(call)
            )
        call.out.status("")
        _tell(call, notebook, receipt)
    if receipt.skipped and not (receipt.entries or receipt.known or receipt.revised):
        number, why = receipt.skipped[0]
        raise UsageError(f"nothing could be taken in; {number}: {why}", "--verbose names each.")


def progress_of(call: Call) -> Callable[[int], None]:
    shown = 0.0

    def progress(entries: int) -> None:
        nonlocal shown
        if time.monotonic() - shown > 0.1:
            shown = time.monotonic()
            call.out.status(f"{entries:,} entries …")

    return progress


def receipt_record(receipt: ImportReceipt) -> dict[str, object]:
    """A receipt as JSON."""
    return {
        "format": receipt.format,
        "entries": receipt.entries,
        "revised": receipt.revised,
        "threads": receipt.threads,
        "known": receipt.known,
        "briefs": receipt.briefs,
        "skipped": [{"line": line, "why": why} for line, why in receipt.skipped],
        "skipped_count": receipt.reasons.total(),
        "reasons": dict(receipt.reasons),
        "first": receipt.first.isoformat() if receipt.first else None,
        "last": receipt.last.isoformat() if receipt.last else None,
    }


def _tell(call: Call, notebook: Notebook, receipt: ImportReceipt) -> None:
    if call.out.json:
        call.out.record(receipt_record(receipt))
    for number, why in receipt.skipped:
        call.out.detail(f"{number}: {why}")
    call.out.say(transfer.sentence(receipt))
    if receipt.entries:
        suggest(call, notebook)


def suggest(call: Call, notebook: Notebook) -> None:
    """Something to try on what came in."""
    if words := _words(notebook):
        call.out.say(f"try: ledgernote find -a {words}")


def _words(notebook: Notebook) -> str:
    """Something that is surely there to be found."""
    found = WORD.findall(notebook.latest(1)[0].text[:500])
    return max(found, key=len) if found else ""


# ---- out -----------------------------------------------------------------------------


def export(
    call: Call,
    *,
    form: str = "jsonl",
    output: str | None = None,
) -> None:
    """Write the notebook out: all of it, or the project that was named."""
    if form != "jsonl":
        raise UsageError(f"no export is called {form!r} yet", "Known: jsonl.")
    only = call.place.how is How.NAMED
    count = 0
    with call.notebook() as notebook, _written(call, output) as write:
        for entry, more in transfer.export(notebook, notebook.every(project=only)):
            write({**entry_record(entry), **more})
            count += 1
    project = f" of {call.place.project}" if only else ""
    call.out.say(
        f"exported {counted(count, 'entry', 'entries')}{project}" + f" to {output}" * bool(output)
    )
    call.out.say(transfer.STAYS)


Write = Callable[[dict[str, object]], None]


@contextmanager
def _written(call: Call, output: str | None) -> Iterator[Write]:
    """Where records go: stdout, or a private file that appears only when it is whole."""
    if output in {None, "-"}:
        yield call.out.record
        return
    assert output
    path = Path(output).expanduser()
    ledger = call.settings.ledger
    own = (ledger, *(ledger.with_name(ledger.name + end) for end in ("-wal", "-shm")))
    if any(path.exists() and one.exists() and path.samefile(one) for one in own):
        raise UsageError(f"{output} is the ledger itself", "Export to another file.")
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            yield Output(streams=(file, None)).record
        fresh.replace(path)
    except OSError as error:
        raise LedgerReadOnly(
            f"{output} cannot be written: {error.strerror}", "Choose another place with --output."
        ) from error
    finally:
        fresh.unlink(missing_ok=True)
