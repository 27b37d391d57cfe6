"""What is refused before anything is planned, because no plan could help."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ledgernote.domain import images
from ledgernote.domain.entries import Entry
from ledgernote.domain.errors import CannotSee, DoesNotFit
from ledgernote.domain.turns import Model
from ledgernote.models.counter import count_up_to
from ledgernote.models.providers import OFFLINE
from ledgernote.notebook.question import Question, as_kept
from ledgernote.replay.recipe import Recipe, Turn

FLOOD = 500_000
"""Tokens of one text up to which a refusal names the exact number; more are not counted."""


def refuse_unseen(
    models: Sequence[Model], question: Question, brought: Iterable[Entry], sent: Recipe | None
) -> None:
    """What is asked about an image goes to no model that would not see it. Raises `CannotSee`.

    *brought* are entries that go along, *sent* is what is sent once more.
    """
    blind = [model.name for model in models if not model.sees]
    if not blind:
        return
    last = sent.blocks[-1] if sent else None
    spans = last.material if isinstance(last, Turn) else ()
    lines = [as_kept(m.text) for m in question.material if m.image]
    lines += [entry.text for entry in brought if entry.image]
    lines += [images.line(span.image, f"@{span.handle}") for span in spans if span.image]
    if not lines:
        return
    more = ", or set models.NAME.sees where one does" if blind != [OFFLINE] else ""
    raise CannotSee(
        f"{', '.join(blind)} cannot see: {lines[0].splitlines()[-1]}",
        f"Ask a model that sees (-m NAME; in a chat /model NAME, then /retry){more}.",
    )


def refuse_floods(budget: int, question: Question, given: Iterable[Entry]) -> None:
    """What is too large by far, in no time: counting 100 MB takes many seconds.

    Raises `DoesNotFit`.
    """
    texts = [("the question", question.text)]
    texts += [(f"material {n}", as_kept(m.text)) for n, m in enumerate(question.material, 1)]
    texts += [(f"@{entry.handle}", entry.text) for entry in given]
    for name, text in texts:
        if count_up_to(text, max(budget, FLOOD)) is None:
            raise DoesNotFit(
                f"{name} has more than {max(budget, FLOOD):,} tokens; all may take {budget:,}",
                "Give less of it: a part of the file, or a search in it.",
            )
