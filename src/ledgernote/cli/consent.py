"""Asking whether the entries of an import may go to a provider, where there is a person to ask."""

from __future__ import annotations

from ledgernote.cli.call import Call, has_terminal
from ledgernote.cli.confirm import typed
from ledgernote.domain.turns import Consent, Decision
from ledgernote.notebook.consent import Asker
from ledgernote.notebook.notebook import Notebook
from ledgernote.render.receipts import CHOICES, consent_question


def asker(call: Call, notebook: Notebook, *, asks: bool) -> Asker:
    """Who asks for consent at the terminal, or with *asks* off only says what is withheld."""
    if not asks:
        return Asker(notebook, call.out.say)
    return Asker(notebook, call.out.say, lambda consent: decided(call, consent))


def decided(call: Call, asked: Consent) -> Decision | None:
    """What the person at the terminal decides; None for Enter, and where nobody is there."""
    if not has_terminal(call.out):
        return None
    while (word := typed(call, f"{consent_question(asked)} ")) not in CHOICES:
        call.out.say("a, o, n or p; Enter sends none of it this time")
    return CHOICES[word]
