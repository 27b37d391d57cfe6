"""Entries in and out: `import`, `export`."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from ledgernote.cli import pipe
from ledgernote.cli.call import Call, counted, unreadable
from ledgernote.cli.where import How
from ledgernote.domain.errors import LedgerReadOnly, UsageError
from ledgernote.notebook import transfer
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.transfer import ImportReceipt
from ledgernote.render.output import Output
from ledgernote.render.records import entry_record

FORMATS = ("jsonl",)
SHOWN = 20
"""Skipped lines that are named one by one."""
WORD = re.compile(r"[^\W\d_]{4,}")


# ---- in ------------------------------------------------------------------------------


def import_(
    call: Call,
    form: Annotated[str, Argument(metavar="FORMAT")],
    path: Annotated[str, Argument(metavar="PATH")],
) -> int | None:
    """Take in an export or a folder of notes."""
    if form not in (*FORMATS, "auto"):
        raise UsageError(f"no format is called {form!r}", f"Known: {', '.join(FORMATS)}, auto.")
    with _lines(path) as lines, call.notebook(writes=True) as notebook:
        receipt = transfer.import_lines(notebook, lines, _progress(call))
        call.out.status("")
        _tell(call, notebook, receipt)
    nothing = not receipt.entries and not receipt.known
    return UsageError.exit_code if nothing and receipt.skipped else None


@contextmanager
def _lines(path: str) -> Iterator[Iterable[bytes]]:
    """The lines of a file or of standard input."""
    if path == "-":
        yield pipe.lines()
        return
    try:
        file = Path(path).expanduser().open("rb")
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None
    with file:
        yield file


def _progress(call: Call) -> Callable[[int], None]:
    shown = 0.0

    def progress(lines: int) -> None:
        nonlocal shown
        if time.monotonic() - shown > 0.1:
            shown = time.monotonic()
            call.out.status(f"{lines:,} lines …")

    return progress


def _tell(call: Call, notebook: Notebook, receipt: ImportReceipt) -> None:
    skipped = [{"line": line, "why": why} for line, why in receipt.skipped]
    if call.out.json:
        call.out.record(
            {
                "entries": receipt.entries,
                "threads": receipt.threads,
                "known": receipt.known,
                "skipped": skipped,
                "skipped_count": receipt.reasons.total(),
                "first": receipt.first.isoformat() if receipt.first else None,
                "last": receipt.last.isoformat() if receipt.last else None,
            }
        )
    for line, why in receipt.skipped[:SHOWN]:
        call.out.warn(f"line {line}: {why}")
    if (more := receipt.reasons.total() - SHOWN) > 0:
        call.out.warn(f"and {more:,} more; --json names the first {len(skipped):,}")
    entries = counted(receipt.entries, "entry", "entries")
    parts = [f"imported {entries}, {counted(receipt.threads, 'new thread')}"]
    parts += [f"{receipt.known:,} were here already"] * bool(receipt.known)
    if receipt.first and receipt.last:
        parts.append(f"{receipt.first:%Y-%m-%d} to {receipt.last:%Y-%m-%d}")
    call.out.say(" · ".join(parts))
    if receipt.entries and (words := _words(notebook)):
        call.out.say(f"try: ledgernote find -a {words}")


def _words(notebook: Notebook) -> str:
    """Something that is surely there to be found."""
    found = WORD.findall(notebook.latest(1)[0].text[:500])
    return max(found, key=len) if found else ""


# ---- out -----------------------------------------------------------------------------


def export(
    call: Call,
    *,
    form: Annotated[str, Option("--format")] = "jsonl",
    output: Annotated[str | None, Option("--output")] = None,
) -> None:
    """Write the notebook out: all of it, or the project that was named."""
    if form not in FORMATS:
        raise UsageError(f"no export is called {form!r} yet", f"Known: {', '.join(FORMATS)}.")
    only = call.place.how is How.NAMED
    count = 0
    with call.notebook() as notebook, _written(call, output) as write:
        for entry, thread_id, thread_name in transfer.export(notebook, project=only):
            names = {"thread_id": thread_id, "thread_name": thread_name}
            write({**entry_record(entry), **names})
            count += 1
    project = f" of {call.place.project}" if only else ""
    call.out.say(
        f"exported {counted(count, 'entry', 'entries')}{project}" + f" to {output}" * bool(output)
    )


Write = Callable[[dict[str, object]], None]


@contextmanager
def _written(call: Call, output: str | None) -> Iterator[Write]:
    """Where records go: stdout, or a private file that appears only when it is whole."""
    if output in {None, "-"}:
        yield call.out.record
        return
    assert output
    path = Path(output).expanduser()
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
