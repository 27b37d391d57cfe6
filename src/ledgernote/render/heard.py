"""What a model has said and nobody has kept yet: where it cannot be kept, it is saved."""

from __future__ import annotations

from contextlib import AbstractContextManager

from ledgernote.domain.errors import LedgerError
from ledgernote.domain.text import to_bytes
from ledgernote.domain.turns import Kept, Said, TurnEvent
from ledgernote.render.output import Output
from ledgernote.render.rescue import rescuing


class Heard:
    """The words of one answer, until the ledger has them."""

    def __init__(self) -> None:
        self._words: list[str] = []

    def hear(self, event: TurnEvent) -> None:
        """Take the next event of the turn."""
        if isinstance(event, Said):
            self._words.append(event.text)
        elif isinstance(event, Kept):
            self._words.clear()

    def rescuing(self, out: Output) -> AbstractContextManager[None]:
        """Save the words when the ledger takes no more of what is done inside."""
        return rescuing(out, lambda: [to_bytes("".join(self._words))], LedgerError, "What was said")
