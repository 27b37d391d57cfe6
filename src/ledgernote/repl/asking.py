"""One turn at the terminal: asked, painted, kept, also when Ctrl-C cuts it short."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress

from ledgernote.domain.errors import NoSuchThing
from ledgernote.domain.frozen import replace
from ledgernote.domain.text import to_bytes
from ledgernote.domain.turns import Asked, Decision, Kept, Model, TurnEvent
from ledgernote.notebook.consent import Asker
from ledgernote.notebook.turn import Question, take_turn
from ledgernote.render.beside import paint_together
from ledgernote.render.heard import Heard
from ledgernote.render.rescue import rescuing
from ledgernote.render.stream import paint
from ledgernote.repl.first import ready
from ledgernote.repl.session import Desk, Session, tell
from ledgernote.repl.terminal import Interrupts

Turn = Generator[TurnEvent, Decision | None, None]


class Watched:
    """Passes the events of a turn on, and remembers what the session must know of them."""

    def __init__(
        self,
        events: Iterable[TurnEvent],
        committed: Callable[[], None] = lambda: None,
        goes_on: Callable[[], None] = lambda: None,
    ) -> None:
        self._events = events
        self.heard = Heard()
        self._committed, self._goes_on = committed, goes_on
        self.asked: Asked | None = None
        self.kept: Kept | None = None
        """The last answer;"""
        self.cost = 0.0
        """and what all have cost."""

    def __iter__(self) -> Iterator[TurnEvent]:
        for event in self._events:
            self.heard.hear(event)
            if isinstance(event, Asked):
                self.asked = event
                self._committed()
            elif isinstance(event, Kept):
                self.kept = event
                self.cost += event.usage.cost or 0.0
            elif not (self.kept and isinstance(self.kept.error, KeyboardInterrupt)):
                # After a Ctrl-C that was heard the other models of the turn only tell what is kept.
                self._goes_on()
            yield event


def ask(session: Session, question: Question, desk: Desk, model: Model | None = None) -> Session:
    """Carry *question* through; gives the session after it, however it ended."""
    if model is None:
        session, ready_to_ask, model = ready(session, question, desk)
        if ready_to_ask is None:
            return session
        question = ready_to_ask
    unkept = b"" if question.again else to_bytes(question.text)
    return carry(session, take_turn(session.notebook, question, model), desk, [model], unkept)[0]


def carry(
    session: Session, turn: Turn, desk: Desk, models: Sequence[Model], unkept: bytes = b""
) -> tuple[Session, Kept | None]:
    """Carry a turn through; gives the session after it and its last event, if it came so far.

    *unkept* are words of a question that have to be saved when they cannot be kept.
    """
    with Interrupts(early=desk.pressed()) as interrupts:
        events = Asker(session.notebook, desk.out.say, desk.decide).events(turn, models)
        watched = Watched(events, interrupts.asked, interrupts.check)
        stopped = False
        try:
            session.notebook.ledger.on_wait = interrupts.waits
            with _nothing_lost(desk, unkept, watched), closing(events), desk.ahead():
                me, now = session.notebook.actor, session.notebook.clock()
                if len(models) > 1:
                    number = len(models)
                    paint_together(watched, desk.out, models=number, now=now, me=me, goes_on=_GO_ON)
                else:
                    paint(watched, desk.out, markdown=True, now=now, me=me, goes_on=_GO_ON)
        except KeyboardInterrupt:
            stopped = True
        except SystemExit:
            session = replace(session, over=True)
        except Exception as error:  # noqa: BLE001  nothing typed may end the talk
            tell(desk.out, error)
        finally:
            interrupts.over()
        session = after(session, watched)
    if stopped and watched.kept is None:
        session = _stopped(session, watched, desk, unkept)
    why = watched.kept.error if watched.kept else None
    # A Ctrl-C is no error, and the view has told of it, as it has of one failure among several.
    if isinstance(why, Exception) and len(models) == 1:
        tell(desk.out, why)
    return session, watched.kept


_GO_ON = "/continue"


@contextmanager
def _nothing_lost(desk: Desk, unkept: bytes, watched: Watched) -> Iterator[None]:
    """What cannot be kept is saved; a question is an Up away after a Ctrl-C."""

    def words() -> Sequence[bytes]:
        return [unkept] if unkept and not watched.asked else ()

    with rescuing(desk.out, words, (Exception, SystemExit)), watched.heard.rescuing(desk.out):
        yield


def warm(model: Model) -> None:
    """Pay for what is slow the first time while nobody waits for it."""
    threading.Thread(target=_warm, args=(model,), daemon=True).start()


def _warm(model: Model) -> None:
    # Whatever fails here fails again when the model is asked, and is said then.
    with suppress(Exception):
        importlib.import_module("ledgernote.render.markdown")
        if heat := getattr(model, "warm", None):
            heat()


def after(session: Session, watched: Watched) -> Session:
    """The session as a turn has left it."""
    if asked := watched.asked:
        session = replace(
            session,
            thread=asked.question.thread,
            title=asked.question.thread_title or session.title,
            question=asked.question.handle,
            material=(),
            used=(),
        )
    if kept := watched.kept:
        session = replace(
            session,
            kept=kept,
            answer=kept.answer.handle if kept.answer else session.answer,
            cost=session.cost + watched.cost,
        )
    return session


def _stopped(session: Session, watched: Watched, desk: Desk, unkept: bytes) -> Session:
    """Say what was kept of an answer that ended without an event of its own."""
    if watched.asked is None:
        told = "stopped before the question was kept; Up brings it back"
        desk.out.say(told if unkept else "stopped")
        return session
    question = watched.asked.question.handle
    try:
        found = session.notebook.entry("@last.answer")
    except NoSuchThing:
        found = None
    # A question that is asked again has an older answer.
    old = found is None or found.reply_to != question or found.handle == session.answer
    if found is None or old or not found.text.strip():
        desk.out.say(f"stopped; the question is kept as {question}")
        return session
    desk.out.say(f"interrupted: half kept as {found.handle}; /continue, /retry")
    return replace(session, answer=found.handle, kept=None)
