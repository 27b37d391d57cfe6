"""Slash commands that go back: `/undo`, `/fork`, `/rewind`, `/edit`, `/retry`, `/continue`.

Nothing is overwritten: whoever goes back goes on in a fork, and the thread stays as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ledgernote.domain.entries import Entry, Kind, Status
from ledgernote.domain.errors import NoSuchThing, Refused, UsageError
from ledgernote.domain.frozen import replace
from ledgernote.domain.turns import Model
from ledgernote.notebook import housekeeping, undoing
from ledgernote.notebook.answering import the_model
from ledgernote.notebook.siblings import turn_of
from ledgernote.notebook.turn import Question, take_turn
from ledgernote.notebook.unanswered import is_cut, options_of
from ledgernote.notebook.whose import NOT_KEPT, of_question, put_to
from ledgernote.render.escape import one_line
from ledgernote.render.history import standing_lines, step_words
from ledgernote.render.views import quoted
from ledgernote.repl.agreeing import agreeing
from ledgernote.repl.asking import ask, carry
from ledgernote.repl.first import ready
from ledgernote.repl.moving import begins
from ledgernote.repl.session import Desk, Session, wrapped

Say = Callable[[str], None]

GO_ON = "Go on exactly where you were cut off."
"""What `/continue` asks; it is kept as a question like any other."""


# ---- undo ----------------------------------------------------------------------------


def undo(session: Session, words: str, desk: Desk) -> Session:
    """Take back what this actor did last, or bring it back."""
    if words not in {"", "redo", "--redo"}:
        raise UsageError(f"/undo cannot {words!r}", "/undo takes back, /undo redo brings back.")
    redo = bool(words)
    notebook = session.notebook
    found = agreeing(desk, partial(undoing.take_back, notebook, redo=redo))
    if found is None:
        desk.out.say(f"nothing of {notebook.actor}'s to {'redo' if redo else 'undo'}")
        return session
    day = desk.look(session, talk=True).day(found.at).strip()
    back = "" if redo else "; /undo redo returns"
    verb = "brought back" if redo else "taken back"
    _say(session, f"{verb}: {step_words(found.done)} ({day}){back}", desk)
    for line in standing_lines(found.standing):
        desk.out.say(line)
    return refreshed(session)


def refreshed(session: Session) -> Session:
    """The session as its thread stands now, which may have lost its last turn, or be gone."""
    if session.thread is None:
        return session
    gone = replace(session, question=None, answer=None, note=None, kept=None)
    try:
        thread, entries = session.notebook.thread(session.thread)
    except NoSuchThing:
        return replace(gone, thread=None, title="")
    last = {entry.kind: entry.handle for entry in entries}
    return replace(
        gone,
        title=thread.title,
        question=last.get(Kind.QUESTION),
        answer=last.get(Kind.ANSWER),
        note=last.get(Kind.NOTE),
        kept=session.kept if session.answer == last.get(Kind.ANSWER) else None,
    )


# ---- other lines of talk -------------------------------------------------------------


def fork(session: Session, words: str, desk: Desk) -> Session:
    """Go on in a second line of talk that shares what was said so far."""
    if session.thread is None:
        raise UsageError("there is no thread yet to fork", "Ask something first.")
    name = " ".join(words.split()) or None
    made = housekeeping.fork_thread(session.notebook, session.thread, new=name)
    _say(session, f"from here on: {one_line(made.title, 60)}; {_way_back(session)}", desk)
    return refreshed(replace(session, thread=made.handle))


def rewind(session: Session, words: str, desk: Desk) -> Session:
    """Go back to before an earlier turn, in a fork that ends there."""
    return _before(session, _wanted(session, words), desk)


def edit(session: Session, words: str, desk: Desk) -> Session:
    """Go back to before the last question, which stands in the prompt for editing."""
    question = _wanted(session, words)
    put = put_to(session.notebook, question.handle)
    address = f"@{put.model}: " if put and put.once else ""
    return replace(_before(session, question, desk), draft=address + question.text)


def _wanted(session: Session, words: str) -> Entry:
    """The question of the turn that is meant: the last, the Nth last, or that of a handle."""
    questions = [entry for entry in _talk(session) if entry.kind is Kind.QUESTION]
    if not questions:
        raise NoSuchThing("no question was asked here yet", "Type one and press Enter.")
    if not words or (words.isdecimal() and len(words) < 5):
        number = int(words or 1)
        if not 1 <= number <= len(questions):
            turns = f"{len(questions)} turn{'s' * (len(questions) != 1)}"
            raise UsageError(f"this thread has {turns}, no {number}", "/show THREAD lists them.")
        return questions[-number]
    named = session.notebook.entry(words)
    id_ = named.id if named.kind is Kind.QUESTION else named.reply_to_id
    if found := [one for one in questions if one.id == id_]:
        return found[0]
    raise UsageError(
        f"{named.handle} is no question or answer of this thread", "/rewind N counts turns back."
    )


def _talk(session: Session) -> list[Entry]:
    return session.notebook.thread(session.thread)[1] if session.thread else []


def _before(session: Session, question: Entry, desk: Desk) -> Session:
    """A fork that ends before *question* and its material; a new thread where nothing is."""
    assert session.thread is not None
    turn = {question.id, *turn_of(session.notebook, question)}
    first = min(one.order for one in _talk(session) if one.id in turn)
    earlier = [
        one for one in _talk(session) if one.order < first and one.status is not Status.STREAMING
    ]
    room = max((desk.look(session, talk=True).width or 78) - 24, 16)
    desk.out.talk(f"back to before {question.handle} {quoted(question.text, room)}")
    if not earlier:
        _say(session, f"the next question begins a new thread; {_way_back(session)}", desk)
        gone = replace(session, question=None, answer=None, note=None, kept=None)
        return replace(gone, thread=None, title="")
    at = earlier[-1].handle
    made = housekeeping.fork_thread(session.notebook, session.thread, at=at)
    _say(session, f"from here on: {one_line(made.title, 60)}; {_way_back(session)}", desk)
    return refreshed(replace(session, thread=made.handle))


def _say(session: Session, line: str, desk: Desk) -> None:
    desk.out.say(wrapped(line, desk.look(session, talk=True).width))


def _way_back(session: Session) -> str:
    return f"/resume {session.thread} goes back to {one_line(session.title, 40)}"


def rename(session: Session, words: str, desk: Desk) -> Session:
    """Call the thread otherwise; one that is not begun yet gets the name when it is."""
    if session.thread is None:
        name = begins(session, words)
        desk.out.say(f"the next question begins {one_line(name)}")
        return replace(session, title=name)
    made = housekeeping.rename_thread(session.notebook, session.thread, " ".join(words.split()))
    desk.out.say(f"renamed: {one_line(made.title)}")
    return replace(session, title=made.title)


# ---- asking again --------------------------------------------------------------------


def retry(session: Session, words: str, desk: Desk) -> Session:
    """Ask the last question again, another model if one is named; both answers are kept."""
    again = _once_more(session)
    return _ask_again(session, again, again.again or "", words, desk)


def _ask_again(session: Session, question: Question, old: str, words: str, desk: Desk) -> Session:
    """Ask *question* of who is to have what is *old*, which may have to be found out first."""
    model = _answerer(session, old, words, desk)
    if model is None and session.waits:
        session, known, _ = ready(session, question, desk)
        if known is None:
            return session
        question, model = known, _answerer(session, old, words, desk)
    return ask(session, question, desk, model)


def _answerer(session: Session, question: str, words: str, desk: Desk) -> Model | None:
    """Who is asked again, or goes on; None is the session's own.

    Who was meant for that question alone is again.
    """
    notebook = session.notebook
    if not words and (
        found := asked_before(session, question, desk.out.say, "/retry NAME", once=True)
    ):
        return found
    if not (words or session.chosen or session.waits or put_to(notebook, question)):
        told = NOT_KEPT.format(session.model.name, question)
        desk.out.say(f"{told}; /retry NAME asks another")
    options = options_of(notebook, question)
    if words or (options and not session.waits):  # the session's own has none
        return the_model(notebook, words or session.model.name, options, desk.out.say)
    return None


def asked_before(
    session: Session, question: str, say: Say, way: str, *, once: bool = False
) -> Model | None:
    """Whom *question* was put to, where the session's own, None, is not to have it.

    A local model it is, where nobody has named the session's own, which is not; with *once* also
    who was meant for it alone. *way* names another. Raises `Refused` where it can be nobody now.
    """
    notebook, own = session.notebook, session.model
    put = put_to(notebook, question)
    stays = put and not (put.remote or own.local or session.chosen)
    if not put or not (stays or (once and put.once and put.model != own.name)):
        return None
    try:
        found = of_question(notebook, question, options_of(notebook, question))
    except Refused as error:
        raise Refused(str(error), f"{way} names one, and that gets it.") from None
    if not found or (found[0].name == own.name and not stays):
        return None
    say(f"{found[0].name} is asked, as before; {way} asks another")
    return found[0]


def compare(session: Session, words: str, desk: Desk) -> Session:
    """Ask the last question again, several models at once; the answers stand side by side."""
    names = list(dict.fromkeys(words.split()))
    if len(names) < 2:
        raise UsageError("/compare needs two models or more", "/compare MODEL MODEL…")
    models = [the_model(session.notebook, name, say=desk.out.say) for name in names]
    question = _once_more(session)
    turn = take_turn(session.notebook, question, models[0], *models[1:])
    return carry(session, turn, desk, models)[0]


def _once_more(session: Session) -> Question:
    """The last question, to be asked again with what comes along now."""
    last = _wanted(session, "")
    return Question(
        text=last.text,
        thread=session.thread,
        again=last.handle,
        material=session.material,
        used=session.used,
        budget=session.budget,
    )


def go_on(session: Session, words: str, desk: Desk) -> Session:
    """Let the model go on with an answer that was cut off."""
    last = [one for one in _talk(session) if one.kind in (Kind.QUESTION, Kind.ANSWER)]
    if not last or last[-1].kind is Kind.QUESTION or not last[-1].text.strip():
        raise NoSuchThing(
            "there is no half answer to go on with", "/retry asks the question again."
        )
    if last[-1].status is Status.STREAMING:
        raise UsageError(
            "another terminal is still writing that answer", "Wait until it has ended."
        )
    if last[-1].status is Status.COMPLETE and not is_cut(session.notebook, last[-1]):
        raise UsageError("the last answer came to its end", "Type what you want to know more of.")
    more = Question(text=GO_ON, thread=session.thread, budget=session.budget)
    return _ask_again(session, more, _wanted(session, "").handle, "", desk)
