"""Whether the ledger is whole, what is wrong, and how to mend it: `verify`, `doctor`."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from ledgernote.cli.call import Call, counted, is_open, shown_path
from ledgernote.config.file import strangers
from ledgernote.domain.entries import Status
from ledgernote.domain.errors import LedgerError, LedgernoteError, ModelError, NoSuchThing
from ledgernote.notebook import answering, feeding, meaning, models
from ledgernote.notebook import keys as kept_keys
from ledgernote.notebook.notebook import Notebook
from ledgernote.render.escape import visible

DAMAGED = LedgerError.exit_code


def verify(call: Call) -> int | None:
    """Check every hash of the ledger; each fault stands on a line of its own."""
    with call.notebook() as notebook:
        verdict = notebook.verify()
    faults = [{"where": one.where, "what": one.what} for one in verdict.faults]
    if call.out.json:
        call.out.record(
            {
                "events": verdict.events,
                "replicas": verdict.replicas,
                "erased": verdict.erased,
                "faults": faults,
            }
        )
    else:
        for one in verdict.faults:
            call.out.data(f"{visible(one.where)}: {visible(one.what)}")
    figures = f"{verdict.events:,} events of {counted(verdict.replicas, 'replica')}"
    figures += f", {counted(verdict.erased, 'text')} erased" * bool(verdict.erased)
    if faults:
        call.out.error(
            f"{counted(len(faults), 'fault')} in {figures}",
            "What is not named is sound. Restore a backup beside it, never over it.",
        )
        return DAMAGED
    call.out.say(f"{figures}: every hash is as it was written")
    return None


# ---- doctor --------------------------------------------------------------------------


class Finding(NamedTuple):
    """Something looked at: fine where there is no remedy."""

    what: str
    remedy: str = ""
    broken: bool = False
    """The ledger itself is not what it should be."""


def doctor(
    call: Call,
    *,
    rebuild: bool = False,
    index: bool = False,
) -> int | None:
    """Say what is wrong and how to mend it."""
    with call.notebook() as notebook:
        if rebuild:
            notebook.verify()  # raises where the log cannot be read: nothing can be made from it
            call.out.status("making the tables again …")
            events = notebook.rebuild()
            call.out.status("")
            call.out.say(f"made again from {counted(events, 'event')}")
        if index:
            _index(call, notebook)
        findings = [
            *_modes(call.settings.ledger),
            *_format(notebook),
            *_whole(notebook),
            *_drafts(notebook),
            *_meaning(notebook),
            *_state(call.settings.state),
            *_settings(call),
            *_models(call, notebook),
            *_sources(call, notebook),
        ]
    for one in findings:
        _tell(call, one)
    return DAMAGED if any(one.broken for one in findings) else None


def _tell(call: Call, one: Finding) -> None:
    if call.out.json:
        call.out.record({"what": one.what, "remedy": one.remedy or None, "broken": one.broken})
        return
    sign = "bad  " if one.broken else "note " if one.remedy else "ok   "
    call.out.data(visible(sign + one.what) + f"\n     {visible(one.remedy)}" * bool(one.remedy))


def _modes(ledger: Path) -> Iterator[Finding]:
    """Whether others may read the files, or exchange them."""
    files = [ledger.with_name(ledger.name + end) for end in ("", "-wal", "-shm")]
    wide = [str(path) for path in files if path.exists() and _mode(path) & 0o077]
    if wide:
        yield Finding("others may read the ledger", f"chmod 600 {' '.join(wide)}")
    else:
        yield Finding(f"{shown_path(ledger)} is yours alone")
    folder = ledger.absolute().parent
    if _mode(folder) & 0o022:
        yield Finding(f"others may write to {folder}", f"chmod go-w {folder}")


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _format(notebook: Notebook) -> Iterator[Finding]:
    if why := notebook.ledger.why_closed():
        yield Finding(f"nothing can be kept here: {why}", why.hint)


def _whole(notebook: Notebook) -> Iterator[Finding]:
    verdict = notebook.verify()
    if verdict.faults:
        yield Finding(
            f"{counted(len(verdict.faults), 'fault')} in {counted(verdict.events, 'event')}",
            "`ledgernote verify` names them; restore a backup beside it, never over it.",
            broken=True,
        )
    else:
        yield Finding(f"{counted(verdict.events, 'event')}, every hash as it was written")


def _drafts(notebook: Notebook) -> Iterator[Finding]:
    """Answers that are still open: of a terminal that lives, or of one that died."""
    latest = notebook.latest(200)
    writing = [entry.handle for entry in latest if entry.status is Status.STREAMING]
    if writing:
        yield Finding(f"still being written by another terminal: {', '.join(writing)}")


def _index(call: Call, notebook: Notebook) -> None:
    """Make all vectors that are missing, and say how far it is."""
    try:
        meaning.index(
            notebook,
            again=True,
            told=lambda now: call.out.status(f"{now.made:,} of {now.of:,} passages indexed …"),
        )
    finally:
        call.out.status("")


def _meaning(notebook: Notebook) -> Iterator[Finding]:
    """Whether replay finds by meaning, and in how much of the ledger."""
    try:
        found = meaning.indexed(notebook)
    except LedgernoteError as error:
        yield Finding(f"replay goes by words alone: {error}", error.hint)
        return
    if found is None:
        yield Finding("replay goes by words alone: no embedder is installed or set")
        return
    told = f"{found.made:,} of {counted(found.of, 'passage')} indexed by {found.embedder}"
    missing = found.made < found.of
    remedy = "`ledgernote doctor --index`, or chat: it goes on there."
    remedy += "" if found.local else " What is private or may not leave is never indexed."
    yield Finding(told, remedy * missing)


def _state(state: Path) -> Iterator[Finding]:
    if not state.exists():
        yield Finding(f"no state at {state} yet")
    elif not os.access(state, os.W_OK):
        yield Finding(f"{state} cannot be written", f"chmod u+rwx {state}")
    else:
        yield Finding(f"state in {state}")


def _settings(call: Call) -> Iterator[Finding]:
    """The config file, and which keys are set: their names only."""
    config = call.settings.config
    if is_open(config):
        yield Finding(f"others may read {config}", f"chmod 600 {config}")
    for stranger in strangers(config):
        yield Finding(f"{config}: {stranger}", "Mend the name, or take the line out.")
    if wrong := kept_keys.fault(call.settings):
        yield Finding(str(wrong), wrong.hint)
    elif kept := kept_keys.kept(call.settings):
        yield Finding(f"keys are kept for {', '.join(kept)}")
    keys = sorted(name for name in call.environ if name.endswith("_API_KEY") and call.environ[name])
    yield Finding(f"keys in the environment: {', '.join(keys) or 'none'}")


def _models(call: Call, notebook: Notebook) -> Iterator[Finding]:
    """Who answers unless told otherwise, and whom the settings name in vain."""
    for where, error in answering.nobodys(call.settings):
        yield Finding(f"{where}: {error}", error.hint)
    with suppress(NoSuchThing):
        try:
            choice = answering.usual(call.settings, notebook.project_name)
            yield Finding(f"{choice.name} is asked: {choice.why}")
            if missing := models.hindrance(call.settings, choice):
                yield Finding(missing, "Start the server, or `ledgernote config set model NAME`.")
        except ModelError as error:
            yield Finding(f"nobody answers unless named: {error}", error.hint)


def _sources(call: Call, notebook: Notebook) -> Iterator[Finding]:
    """Saved searches that the settings name and that nothing is replayed from."""
    for sentence in feeding.useless(notebook.ledger, call.settings, notebook.clock()):
        yield Finding(sentence, "`ledgernote find --save NAME QUERY…` saves another.")
