"""Asking whether the entries of an import may go to a provider, where there is a person to ask."""

from __future__ import annotations

from ledgernote.cli.call import Call, has_terminal
from ledgernote.cli.confirm import typed
from ledgernote.domain.turns import Consent, Costly, Decision
from ledgernote.notebook.consent import Asker
from ledgernote.notebook.notebook import Notebook
from ledgernote.render.receipts import decision_wanted
from ledgernote.render.wrap import wrapped


def asker(call: Call, notebook: Notebook, *, asks: bool) -> Asker:
    """Who asks for consent at the terminal, or with *asks* off only says what is withheld."""
    if not asks:
        return Asker(notebook, call.out.say)
    return Asker(notebook, call.out.say, lambda asked: decided(call, asked))


def decided(call: Call, asked: Consent | Costly) -> Decision | None:
    """What the person at the terminal decides; None for Enter, and where nobody is there."""
    if not has_terminal(call.out):
        return None
    question, choices = decision_wanted(asked)
    width = call.out.size()[0] - len(" private")
    question = "\n".join(wrapped(line, width) for line in question.split("\n"))
    while (word := typed(call, f"{question} ")) not in choices:
        *letters, last = (each for each in choices if len(each) == 1)
        call.out.say(f"{', '.join(letters)} or {last}; Enter sends nothing of it this time")
    return choices[word]
