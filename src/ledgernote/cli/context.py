"""`context`: what would be sent for a question, or was for an answer, and why."""

from __future__ import annotations

from ledgernote.cli import pipe
from ledgernote.cli.asking import asked, model_for, size
from ledgernote.cli.call import Call
from ledgernote.cli.consent import asker
from ledgernote.domain.errors import DoesNotFit, NoSuchThing, UsageError
from ledgernote.domain.frozen import replace
from ledgernote.domain.images import line
from ledgernote.domain.text import to_text
from ledgernote.domain.turns import Context, Model
from ledgernote.notebook.answering import the_model
from ledgernote.notebook.consent import Asker
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.turn import Question, preview, recorded
from ledgernote.notebook.unanswered import unanswered
from ledgernote.render.escape import visible
from ledgernote.render.parts import context_view
from ledgernote.render.records import Record, context_record


def context(  # noqa: PLR0913  each is an option of the contract
    call: Call,
    *question: str,
    goes_on: bool = False,
    thread: str | None = None,
    model: str | None = None,
    budget: str | None = None,
    replay: str | None = None,
    of: str | None = None,
    each: bool = False,
) -> None:
    """Show what would be sent, or was, and why."""
    if of is not None and (question or each):
        raise UsageError("--of shows what was sent; it takes no question", "Leave the words away.")
    plan = Question(
        text="",
        thread=thread,
        goes_on=goes_on,
        budget=size(budget, "--budget"),
        replay=size(replay, "--replay", least=0),
    )
    if of is None and not each:
        text, material = asked(call, question, takes_up=goes_on or thread is not None)
        plan = replace(plan, text=text, material=material)
    with call.notebook(looks=of is None) as notebook:
        if of is not None:
            show_context(call, notebook, recorded(notebook, of))
            return
        if not (plan.text or each):
            plan = replace(plan, again=unanswered(notebook, plan))
        answerer = (
            the_model(notebook, model, say=call.out.say)
            if model
            else model_for(call, notebook, plan, {})
        )
        if each:
            _each(call, notebook, plan, answerer)
        else:
            found = preview(notebook, plan, answerer)
            asker(call, notebook, asks=False).tell(found, (answerer,))
            show_context(call, notebook, found)


def _each(call: Call, notebook: Notebook, plan: Question, model: Model) -> None:
    """One object for each line, whatever becomes of it, so that lines can be counted."""
    asks = asker(call, notebook, asks=False)
    for raw in pipe.lines():
        call.out.record(_one(notebook, replace(plan, text=to_text(raw)), model, asks), flush=True)


def _one(notebook: Notebook, question: Question, model: Model, asks: Asker) -> Record:
    asked: Record = {"question": question.text}
    if not question.text.strip():
        return asked | {"error": "there is no question"}
    try:
        found = preview(notebook, question, model)
        asks.tell(found, (model,))
        return asked | context_record(found)
    except (DoesNotFit, UsageError, NoSuchThing) as error:
        return asked | {"error": str(error)}


def show_context(call: Call, notebook: Notebook, found: Context) -> None:
    """A context on stdout: the receipt, then every message as it is sent."""
    if call.out.json:
        call.out.record(context_record(found), flush=True)
        return
    look = call.look(notebook)
    parts = [context_view(found, look)]
    for message in found.messages:
        words = visible(message.content) if look.tty else message.content
        parts.append(f"\n{look.bold(f'── {message.role} ──')}\n{words}")
        parts += [f"{shown.label.strip()} {line(shown.image, None)}" for shown in message.images]
    parts.append(f"\n{look.dim(f'digest {found.digest}')}")
    call.out.data("\n".join(parts))
