"""The model that is always there: no key, no network, no thinking. It quotes.

The sentences that best fit the question come back word for word, each with its handle; when
nothing fits it says so. The same context gives the same answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ledgernote.domain.frozen import frozen
from ledgernote.domain.turns import Context, Piece, ReceiptRow, Usage, WindowFrom
from ledgernote.models.counter import count
from ledgernote.models.providers import OFFLINE
from ledgernote.models.quoting import is_courtesy, quotes

NOTHING = "The notebook holds nothing on this yet."
QUOTES_ONLY = "I am the offline model: I only quote what you have kept."
_FOUND = "From the notebook (the offline model only quotes):"
_GREETING = (
    "Hello. " + QUOTES_ONLY + " Ask about something in your notes, "
    "or keep a key for a model that can think: ledgernote keys set, in a talk /key"
)


@frozen(kw_only=False)
class Offline:
    """Answers by quotation. Satisfies `domain.turns.Model`."""

    name: str = OFFLINE
    local: bool = True
    window: int = 1_000_000
    window_from: WindowFrom = WindowFrom.TABLE
    address: str | None = None
    sees: bool = False

    def warm(self) -> None:
        """Nothing to warm."""

    def stream(self, context: Context) -> Iterator[Piece | Usage]:
        """The answer a sentence at a time, then its `Usage`. Never fails."""
        said = []
        for piece in answer(question_of(context), context.receipt):
            said.append(piece)
            yield Piece(text=piece)
        yield Usage(
            served_model=OFFLINE,
            tokens_in=context.tokens,
            tokens_out=count("".join(said)),
            cost=0.0,
            source="counted",
        )


_FENCE = re.compile(r"^\s*(?:`{3,}|~{3,})[^\n]*$", re.MULTILINE)


# The line that the frame puts above a question: its figures are not asked for.
_DATED = re.compile(r"^Asked \d{4}-\d\d-\d\d, UTC[^\n]*:$", re.MULTILINE)


def question_of(context: Context) -> str:
    """The question: what follows the last fence and date line of the last user message."""
    asked = [message.content for message in context.messages if message.role == "user"]
    if not asked:
        return ""
    tail = _FENCE.split(asked[-1])[-1].strip() or asked[-1].strip()
    return _DATED.split(tail)[-1].strip() or tail


def answer(question: str, rows: Sequence[ReceiptRow]) -> Iterator[str]:
    """The answer to *question* out of *rows*, in the pieces in which it streams."""
    quoted = quotes(question, [row for row in rows if not _is_own(row)])
    if quoted:
        yield _FOUND
        yield from (f"\n- {quote}" for quote in quoted)
    elif is_courtesy(question):
        yield _GREETING
    else:
        yield NOTHING + " "
        yield QUOTES_ONLY


def _is_own(row: ReceiptRow) -> bool:
    """An answer of this model; a receipt says only that some model said it."""
    return row.kind == "answer" and row.text.startswith((_FOUND, NOTHING, _GREETING))
