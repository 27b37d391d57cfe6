"""Who answers, and where an answer comes from: `models`, `why`."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from ledgernote.cli.call import Call
from ledgernote.notebook import answering
from ledgernote.notebook import why as origin
from ledgernote.notebook.notebook import Notebook
from ledgernote.render.escape import one_line
from ledgernote.render.receipts import why_view
from ledgernote.render.records import citation_rows, context_record, entry_record
from ledgernote.render.views import entry_line

NOTHING = 1


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
    with call.notebook() as notebook:
        first = answering.the_choice(notebook)
        others = [one for one in answering.usable(notebook) if one.name != first.name]
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
        elif call.out.tty:
            call.out.data(
                f"{choice.name:32}  {choice.window:>9,} tokens  {one_line(choice.why)}"
                + "  local" * choice.local
            )
        else:
            call.out.data(f"{choice.name}\t{choice.window}\t{one_line(choice.why)}")
    if not usable:
        call.out.say("any provider/model can be asked whose key is set: -m anthropic/…, ollama/…")
