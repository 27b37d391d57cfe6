"""A last question that has no whole answer: it failed, was cut short, or was never asked."""

from __future__ import annotations

import json

from ledgernote.domain.entries import Entry, Kind, Status
from ledgernote.domain.errors import NoSuchThing, UsageError
from ledgernote.ledger import recipes
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.question import Question, spot_of


def unanswered(notebook: Notebook, question: Question) -> str:
    """The handle of the last question where *question* goes, to be asked once more.

    Raises `NoSuchThing` where there is none, `UsageError` where it has its answer or gets it now.
    """
    thread = spot_of(notebook, notebook.ledger, question).thread
    talk = notebook.in_thread(thread) if thread else []
    last = next((one for one in reversed(talk) if one.kind is Kind.QUESTION), None)
    if last is None:
        raise NoSuchThing(
            "there is no question to take up here", 'ledgernote ask "what changed since June?"'
        )
    ends = {one.status for one in talk if one.reply_to == last.handle}
    if Status.STREAMING in ends:
        raise UsageError(
            "another terminal is still writing that answer", "Wait until it has ended."
        )
    if Status.COMPLETE in ends:
        raise UsageError(
            f"there is no question, and the last one has its answer: {last.handle}",
            f'ledgernote ask -c "and since?" asks the next; --of {last.handle} asks it again',
        )
    return last.handle


def options_of(notebook: Notebook, name: str) -> dict[str, object]:
    """The options of the model that a question was first asked with, as far as they are kept.

    The notebook says which are not.
    """
    told = recipes.words(notebook.ledger, notebook.entry(name).id, "options")
    had = json.loads(told) if told else {}
    if left := ", ".join(f"-o {one}" for one, value in had.items() if value is None):
        notebook.say(f"asked without {left}: of that only the name is kept")
    return {one: value for one, value in had.items() if value is not None}


def is_cut(notebook: Notebook, answer: Entry) -> bool:
    """Whether the model stopped in mid-answer: it had said as much as it does at once."""
    usage = recipes.answer_meta(notebook.ledger, answer.id).get("usage") or {}
    return usage.get("finish") == "length"
