"""What entries and answers add up to."""

from __future__ import annotations

from collections.abc import Iterable

from ledgernote.domain.frozen import frozen
from ledgernote.domain.text import dollars


@frozen
class Spent:
    """What one project, thread, model, month or day holds and has cost."""

    name: str
    """Of a thread, its handle."""
    title: str = ""
    """Of a thread."""
    entries: int = 0
    answers: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0
    """US dollars, of those whose price is known."""
    priced: int = 0
    """Answers whose price is known."""

    @property
    def dollars(self) -> str:
        """`$3.21`, `$0.0140`; of less the first figures that tell: it was not free."""
        if self.cost >= 1 or not self.cost:
            return f"${self.cost:,.2f}"
        return f"${self.cost:.4f}" if self.cost >= 0.0001 else dollars(self.cost)


def total(name: str, rows: Iterable[Spent]) -> Spent:
    """All of *rows* together."""
    known = list(rows)
    return Spent(
        name=name,
        entries=sum(row.entries for row in known),
        answers=sum(row.answers for row in known),
        tokens_in=sum(row.tokens_in for row in known),
        tokens_out=sum(row.tokens_out for row in known),
        cost=sum(row.cost for row in known),
        priced=sum(row.priced for row in known),
    )
