"""Who answers, and where an answer comes from: `models`, `why`."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from ledgernote.cli.call import NOTHING, Call
from ledgernote.notebook import answering
from ledgernote.notebook import why as origin
from ledgernote.notebook.notebook import Notebook
from ledgernote.render.escape import cells, one_line, padded
from ledgernote.render.receipts import why_view
from ledgernote.render.records import citation_rows, context_record, entry_record
from ledgernote.render.views import entry_line


def why(
    call: Call,
    name: Annotated[str, Argument(metavar="HANDLE")],
    *,
    to: Annotated[bool, Option("--to")] = False,
) -> int | None:
    """Show where an answer comes from, or what was made from an entry."""
    with call.notebook() as notebook:
        if to:
            return _made_from(call, notebook, name)
        found = origin.why(notebook, name)
        if call.out.json:
            context = context_record(found.context)
            cited = {"citations": citation_rows(found.citations)}
            call.out.record({"answer": entry_record(found.answer), **context, **cited})
        else:
            look = call.look(notebook)
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


def models(call: Call, *, usable: Annotated[bool, Option("--usable")] = False) -> None:
    """List the models that can be asked now, the one that answers unless told first."""
    first = answering.the_choice(call.settings)
    others = [one for one in answering.usable(call.settings) if one.name != first.name]
    width = call.out.size()[0] if call.out.tty else None
    for choice in [first, *others]:
        if call.out.json:
            call.out.record(
                {
                    "model": choice.name,
                    "provider": choice.provider,
                    "window": choice.window,
                    "local": choice.local,
                    "default": choice is first,
                    "why": choice.why,
                }
            )
        else:
            local = "local" if choice.local else "remote"
            call.out.data(_line((choice.name, f"{choice.window:,}", local, choice.why), width))
    if not usable:
        call.out.say("any provider/model can be asked whose key is set: -m anthropic/…, ollama/…")


def _line(fields: tuple[str, str, str, str], width: int | None) -> str:
    if width is None:
        return "\t".join(one_line(field) for field in fields)
    name, window, local, why = fields
    head = f"{padded(one_line(name), 28)}  {window:>9} tokens  {local:6}  "
    return head + one_line(why, max(width - cells(head), 20))
