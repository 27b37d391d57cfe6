"""Who answers, and where an answer comes from: `models`, `why`."""

from __future__ import annotations

from ledgernote.cli.call import NOTHING, Call
from ledgernote.notebook import why as origin
from ledgernote.notebook.notebook import Notebook
from ledgernote.render.receipts import why_view
from ledgernote.render.records import citation_rows, context_record, entry_record
from ledgernote.render.views import entry_line, saved_line


def why(
    call: Call,
    name: str,
    *,
    to: bool = False,
) -> int | None:
    """Show where an answer comes from, or what was made from an entry."""
    with call.notebook() as notebook:
        if to:
            return _made_from(call, notebook, name)
        found = origin.why(notebook, name)
        if call.out.json:
            context = context_record(found.context)
            cited = {"citations": citation_rows(found.citations)}
            note = {"note": found.note.handle if found.note else None}
            call.out.record({"answer": entry_record(found.answer), **context, **cited, **note})
        else:
            look = call.look(notebook)
            if found.note:
                call.out.data(saved_line(found.note, look))
            call.out.data(why_view(found.answer, found.context, found.citations, look))
        if not found.context.faithful:
            call.out.warn("words of this context were erased since; it is not what was sent")
    return None


def _made_from(call: Call, notebook: Notebook, name: str) -> int | None:
    found = origin.used_in(notebook, name)
    call.show(found, entry_line, call.look(notebook))
    if not found:
        call.out.say("nothing was made from it")
        return NOTHING
    return None
