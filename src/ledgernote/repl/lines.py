"""`chat` without a terminal: one turn a line, plain text or JSON out, no commands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from ledgernote.domain.errors import LedgerError, LedgernoteError
from ledgernote.domain.text import to_bytes, to_text
from ledgernote.notebook.consent import Asker
from ledgernote.notebook.turn import Question, take_turn
from ledgernote.render.output import Output
from ledgernote.render.rescue import rescuing, save
from ledgernote.render.stream import paint
from ledgernote.repl.asking import Watched, after
from ledgernote.repl.earlier import settled
from ledgernote.repl.session import Session, tell


def run(session: Session, out: Output, piped: Iterator[bytes]) -> int:
    """Ask every line that is not blank; the exit code of the last turn that failed.

    Where the ledger cannot take one, it and all that follow are saved. Raises `LedgerError`.
    """
    code, asker = 0, Asker(session.notebook, out.say)
    for raw in piped:
        if text := to_text(raw).strip():
            try:
                session, failed = _turn(settled(session, out.say), text, out, asker)
            except LedgerError as error:
                save(out, [b"\n".join((raw, *piped, b""))], error)
                raise
            code = failed or code
    return code


def _turn(session: Session, text: str, out: Output, asker: Asker) -> tuple[Session, int]:
    question = Question(text=text, thread=session.thread, material=session.material)
    turn = asker.events(take_turn(session.notebook, question, session.model), (session.model,))
    watched = Watched(turn)
    error: BaseException | None
    try:
        with (
            watched.heard.rescuing(out),
            closing(turn),
            rescuing(out, lambda: () if watched.asked else [to_bytes(text)], KeyboardInterrupt),
        ):
            now, me = session.notebook.clock(), session.notebook.actor
            kept = paint(watched, out, markdown=False, now=now, me=me)
        error = kept.error if kept else None
    except LedgernoteError as refused:
        if isinstance(refused, LedgerError) and not watched.asked:
            raise
        error = refused
    if error is None:
        return after(session, watched), 0
    if not isinstance(error, LedgernoteError):
        raise error  # Ctrl-C ends the command, as it does any other
    tell(out, error)
    return after(session, watched), error.exit_code
