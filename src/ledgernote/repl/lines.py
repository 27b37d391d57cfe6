"""`chat` without a terminal: one turn a line, plain text or JSON out, no commands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from ledgernote.domain.errors import LedgerError, LedgernoteError
from ledgernote.domain.frozen import replace
from ledgernote.domain.text import to_bytes, to_text
from ledgernote.notebook.consent import Asker
from ledgernote.notebook.turn import Question, asked_already, keep_unasked, take_turn
from ledgernote.notebook.whose import of_thread
from ledgernote.render.output import Output
from ledgernote.render.rescue import rescuing, save
from ledgernote.render.stream import paint
from ledgernote.repl.asking import Watched, after
from ledgernote.repl.awaited import Awaited
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


def _known(
    session: Session, awaited: Awaited, question: Question, out: Output
) -> tuple[Session, Question]:
    """The session with its model, once that is known; *question* is kept before that is waited for.

    Raises `ModelError` where nobody can be asked.
    """
    notebook = session.notebook
    with rescuing(out, [to_bytes(question.text)], KeyboardInterrupt):
        asked = keep_unasked(notebook, question)
    thread = asked.question.thread
    try:
        awaited.wait(lambda: False)
        model, told = of_thread(notebook, notebook.thread_id(thread) if thread else None)
    except (LedgernoteError, KeyboardInterrupt):
        handle = asked.question.handle
        out.say(
            f"not asked yet; the question is kept as {handle}; `ask --of {handle} -m MODEL` asks it"
        )
        raise
    if told:
        out.say(told)
    known = replace(session, model=model, awaited=None)
    return known, asked_already(notebook, question, asked)


def _turn(session: Session, text: str, out: Output, asker: Asker) -> tuple[Session, int]:
    question = Question(text=text, thread=session.thread, material=session.material)
    if session.awaited:
        session, question = _known(session, session.awaited, question, out)
    turn = asker.events(take_turn(session.notebook, question, session.model), (session.model,))
    watched = Watched(turn)
    error: BaseException | None

    def unkept() -> list[bytes]:
        return [] if watched.asked or question.again else [to_bytes(text)]

    try:
        with (
            watched.heard.rescuing(out),
            closing(turn),
            rescuing(out, unkept, KeyboardInterrupt),
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
