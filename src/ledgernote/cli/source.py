"""Folders that are looked at: `source`, `pull`."""

from __future__ import annotations

from shlex import quote

from ledgernote.cli.call import Call, counted
from ledgernote.cli.transfer import progress_of, receipt_record, suggest
from ledgernote.cli.where import How
from ledgernote.domain.errors import NoSuchThing, UsageError
from ledgernote.notebook import sources
from ledgernote.notebook.sources import Listed, Pulled
from ledgernote.notebook.transfer import sentence
from ledgernote.render.escape import visible

UNSEEN = NoSuchThing.exit_code
USES = {"add": "source add PATH", "list": "source list", "rm": "source rm NAME"}


def source(
    call: Call,
    action: str,
    *words: str,
    form: str | None = None,
) -> int | None:
    """Name folders that are looked at whenever the notebook opens."""
    if form is not None and action != "add":
        raise UsageError("--format goes with `source add`", "Leave it away.")
    if len(words) != (action != "list") or not all(words):
        raise UsageError(
            f"usage: ledgernote {USES[action]}", "`ledgernote source list` lists them."
        )
    if action == "add":
        return _add(call, words[0], form)
    if action == "rm":
        _remove(call, words[0])
    else:
        _list(call)
    return None


def _add(call: Call, name: str, form: str | None) -> int | None:
    path, known = sources.place_of(name, call.environ)
    project = call.place.project if call.place.how is How.NAMED else None
    with call.notebook(writes=True) as notebook:
        pulled = sources.add(
            notebook, path, form or known, project=project, progress=progress_of(call)
        )
        call.out.status("")
        call.out.say(f"{pulled.source.name} is looked at from now on: {pulled.source.path}")
        _tell(call, pulled)
        if pulled.receipt.entries:
            suggest(call, notebook)
    return UNSEEN if pulled.problem else None


def _list(call: Call) -> None:
    with call.notebook() as notebook:
        found = sources.every(notebook)
        for one in found:
            listed = sources.listed(notebook, one)
            if call.out.json:
                call.out.record(source_record(listed))
            else:
                call.out.data(visible(_line(listed)))
        if not found:
            call.out.say("no folder is looked at; `ledgernote source add PATH` names one")


def source_record(listed: Listed) -> dict[str, object]:
    """A source as JSON."""
    source = listed.source
    return {
        **{"name": source.name, "path": source.path, "format": source.format},
        **{"project": listed.project, "files": listed.files, "there": listed.there},
    }


def _line(listed: Listed) -> str:
    source = listed.source
    away = "" if listed.there else "   (not there)"
    files = counted(listed.files, "file")
    return f"{source.name}   {files} of {source.format} in {listed.project}   {source.path}{away}"


def _remove(call: Call, name: str) -> None:
    with call.notebook() as notebook:
        gone = sources.remove(notebook, name)
    if call.out.json:
        call.out.record(source_record(gone))
    call.out.say(
        f"{gone.source.name} is no longer looked at; what came from it stays in {gone.project}"
        " (`ledgernote rm` hides entries)"
    )
    call.out.say(f"to look at it again: ledgernote source add {quote(gone.source.path)}")


def pull(call: Call) -> int | None:
    """Take in what is new in the sources; what could not be looked at is exit 4."""
    unseen = False
    with call.notebook() as notebook:
        found = sources.every(notebook)
        if not found:
            call.out.say("no folder is looked at; `ledgernote source add PATH` names one")
        changed = 0
        for one in found:
            pulled = sources.pull(notebook, one, progress=progress_of(call))
            call.out.status("")
            changed += pulled.is_news
            unseen |= bool(pulled.problem)
            if pulled.is_news or pulled.problem:
                _tell(call, pulled)
        if found and not changed and not unseen:
            call.out.say(f"nothing new in {counted(len(found), 'source')}")
    return UNSEEN if unseen else None


def _tell(call: Call, pulled: Pulled) -> None:
    """The receipt of one source, and what could not be looked at."""
    receipt, name = pulled.receipt, pulled.source.name
    if pulled.problem:
        call.out.warn(pulled.problem)
    if pulled.problem and not pulled.is_news:
        return
    if call.out.json:
        kept = {"renamed": receipt.renamed, "hidden": receipt.hidden, "shown": receipt.shown}
        call.out.record({"source": name, **receipt_record(receipt), **kept})
    for _, why in receipt.skipped:
        call.out.detail(f"{name}: {why}")
    call.out.say(f"{name}: {sentence(receipt, brief=True) or 'nothing in it yet'}")
