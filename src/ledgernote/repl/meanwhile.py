"""What others did in the thread since the last prompt: another terminal, a script, an agent."""

from __future__ import annotations

from collections.abc import Sequence

from ledgernote.domain.entries import Entry, Kind
from ledgernote.domain.errors import LedgernoteError
from ledgernote.render.look import Look
from ledgernote.render.views import quoted, who
from ledgernote.repl.session import Session

MOST = 4
"""Lines; `/show` has the rest."""


class Meanwhile:
    """Remembers how far a thread was seen; one line for each question and answer of others."""

    def __init__(self) -> None:
        self._thread: str | None = None
        self._seen = 0
        """The clock of the newest entry that was there at the last prompt."""
        self._answers: set[str | None] = set()
        """The last ones at each prompt: what had been cut off gets its event only with the next."""

    def lines(self, session: Session, look: Look) -> list[str]:
        """What is new and not of this talk; nothing at the first prompt of a thread."""
        try:
            known = session.thread == self._thread
            seen = self._seen if known else 0
            found = session.notebook.newer(session.thread, seen) if session.thread else []
        except LedgernoteError:
            return []  # the prompt is no place to complain of a ledger
        self._thread = session.thread
        self._answers.add(session.answer)
        self._seen = max((entry.order[1] for entry in found), default=seen)
        news = [entry for entry in found if known and entry.handle not in self._answers]
        return _told([entry for entry in news if _of_another(entry, session)], look)


def _of_another(entry: Entry, session: Session) -> bool:
    if entry.kind is Kind.QUESTION:
        return entry.handle != session.question
    return entry.kind is Kind.ANSWER and entry.reply_to != session.question


def _told(entries: Sequence[Entry], look: Look) -> list[str]:
    lines = [
        look.dim(f"meanwhile {one.handle} {(name := who(one.actor, look))} ")
        + quoted(one.text, max((look.width or 80) - len(one.handle) - len(name) - 12, 8))
        for one in entries[:MOST]
    ]
    return lines + [look.dim(f"and {len(entries) - MOST} more")] * (len(entries) > MOST)
