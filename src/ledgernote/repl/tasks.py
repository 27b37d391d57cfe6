"""Slash commands that have the model do something with the thread: `/compact`, `/title`."""

from __future__ import annotations

from ledgernote.domain.entries import Kind, Status, ThreadId
from ledgernote.domain.errors import ModelError, NoSuchThing, Refused, UsageError
from ledgernote.domain.frozen import replace
from ledgernote.domain.turns import Model
from ledgernote.notebook import housekeeping
from ledgernote.notebook.summing import can_sum_up, entitle, name_from, sum_up
from ledgernote.render.escape import one_line
from ledgernote.repl.asking import carry
from ledgernote.repl.back import Say, asked_before
from ledgernote.repl.session import Desk, Session, wrapped


def compact(session: Session, words: str, desk: Desk) -> Session:
    """Have the thread summed up; the summary is sent in its place from the next turn on."""
    thread, model = _thread(session), _model(session, desk.out.say)
    return _summed(session, thread, model, desk)


def compact_outgrown(session: Session, desk: Desk) -> Session:
    """Sum the thread up if its last turn no longer fitted and the settings say so.

    Nobody asked for it: where nobody can be asked for it, nothing is said.
    """
    kept = session.kept
    outgrown = kept and kept.status is Status.COMPLETE and kept.context.replanned
    if not (outgrown and session.notebook.settings.compact):
        return session
    thread = _thread(session)
    try:
        model = _model(session, lambda _: None)
    except (ModelError, NoSuchThing, Refused):
        return session
    if not can_sum_up(model):
        return session
    # All of it is to be read: it is more than that budget.
    summed = _summed(replace(session, budget=None), thread, model, desk)
    return replace(summed, budget=session.budget)


def _summed(session: Session, thread: ThreadId, model: Model, desk: Desk) -> Session:
    turn = sum_up(session.notebook, thread, model, session.budget)
    session, kept = carry(session, turn, desk, [model])
    if kept and kept.answer and kept.status is Status.COMPLETE:
        told = f"{kept.answer.handle} stands in for the talk before it; all of that stays and is "
        told += "found, /undo takes the summary back"
        desk.out.say(wrapped(told, desk.look(session, talk=True).width))
    return session


def title(session: Session, words: str, desk: Desk) -> Session:
    """Have the thread named, and call it that."""
    thread, model = _thread(session), _model(session, desk.out.say)
    turn = entitle(session.notebook, thread, model)
    after, kept = carry(session, turn, desk, [model])
    after = replace(after, kept=session.kept)
    name = name_from(kept.text) if kept and kept.status is Status.COMPLETE else ""
    if not name:
        return after
    assert session.thread is not None  # `_thread` has refused
    made = housekeeping.rename_thread(session.notebook, session.thread, name)
    desk.out.say(f"renamed: {one_line(made.title)}; /rename NAME calls it otherwise")
    return replace(after, title=made.title)


def _model(session: Session, say: Say) -> Model:
    """Who reads the thread: what was last put to a local model goes to nobody who is not named."""
    assert session.thread is not None  # `_thread` has refused
    entries = session.notebook.thread(session.thread)[1]
    questions = (one.handle for one in reversed(entries) if one.kind is Kind.QUESTION)
    question = next(questions, None)
    found = asked_before(session, question, say, "/model NAME") if question else None
    return found or session.model


def _thread(session: Session) -> ThreadId:
    found = session.notebook.thread_id(session.thread) if session.thread else None
    if found is None:
        raise UsageError("there is no talk here yet", "Ask something first.")
    return found
