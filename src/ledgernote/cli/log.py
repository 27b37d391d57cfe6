"""`log`: the latest entries, oldest of them first."""

from __future__ import annotations

from ledgernote.cli.call import NOTHING, Call
from ledgernote.domain.entries import Entry, Kind
from ledgernote.notebook.notebook import Notebook
from ledgernote.render.records import entry_record
from ledgernote.render.views import entry_line, entry_view, unfinished


def log(
    call: Call,
    *,
    number: int = 20,
    since: str | None = None,
    actor: str | None = None,
    answer: bool = False,
) -> int | None:
    """List the latest entries, oldest first."""
    start = call.moment(since) if since is not None else None
    with call.notebook() as notebook:

        def latest(count: int) -> list[Entry]:
            return notebook.latest(count, project=call.place.chosen, since=start, actor=actor)

        if answer:
            return _last_answer(call, notebook, latest(50) or latest(0))
        found = latest(number + 1 if number else 0)
        more = bool(number) and len(found) > number
        shown = found[1:] if more else found
        look = call.look(notebook)
        if call.out.json:  # a line of a list is cut, a record is whole
            shown = [notebook.whole(entry) for entry in shown]
        with call.paged():
            call.show(shown, entry_line, look)
    if more:
        call.out.say(f"{number} shown; -n 0 for all")
    if not shown:
        call.out.say("nothing yet" if start is None and actor is None else "nothing found")
        return NOTHING
    return None


def _last_answer(call: Call, notebook: Notebook, latest: list[Entry]) -> int | None:
    answers = [entry for entry in latest if entry.kind is Kind.ANSWER]
    if not answers:
        call.out.say("no answer yet")
        return NOTHING
    entry = notebook.whole(answers[-1])
    if call.out.json:
        call.out.record(entry_record(entry))
    else:
        with call.paged():
            call.out.data(entry_view(entry, call.look(notebook), header=False).removesuffix("\n"))
        if why := unfinished(entry):
            call.out.say(f"the answer {entry.handle}: {why}")
    return None
