"""The model that is always there: no key, no network, no thinking. It quotes.

What was recalled for the question comes back word for word, each with its handle; when that is
nothing it says so. The same context gives the same answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ledgernote.domain.frozen import frozen
from ledgernote.domain.quoted import FOUND, GREETING, NOTHING, QUOTES_ONLY
from ledgernote.domain.turns import Context, Piece, ReceiptRow, Usage, WindowFrom
from ledgernote.models.counter import count
from ledgernote.models.providers import OFFLINE
from ledgernote.models.quoting import is_courtesy, quotes


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
    if is_courtesy(question):
        yield GREETING
    elif quoted := quotes(question, rows):
        yield FOUND
        yield from (f"\n- {quote}" for quote in quoted)
    else:
        yield NOTHING + " "
        yield QUOTES_ONLY
