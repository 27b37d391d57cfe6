"""Slash commands that change where one is: `/model`, `/new`, `/resume`, `/project`, `/budget` …"""

from __future__ import annotations

from ledgernote.domain.errors import UsageError
from ledgernote.domain.frozen import replace
from ledgernote.domain.tokens import tokens
from ledgernote.notebook.answering import the_model
from ledgernote.notebook.notebook import Notebook
from ledgernote.render.escape import one_line
from ledgernote.render.receipts import short
from ledgernote.render.views import project_line, quoted
from ledgernote.repl import looking, reopening
from ledgernote.repl.session import Desk, Session, Start


def model(session: Session, words: str, desk: Desk) -> Session:
    """Say which model answers, or take another."""
    if not words:
        now = session.model
        desk.out.say(f"{now.name} · {short(now.window)} tokens{' · local' * now.local}")
        desk.out.say("/model NAME takes another, e.g. openai/gpt-5, ollama/llama3.2, offline")
        return session
    chosen = the_model(session.notebook, words)
    desk.warm(chosen)
    whole = "has the whole thread" if session.thread else "answers from here on"
    desk.out.say(
        f"{chosen.name} {whole} · {short(chosen.window)} tokens{' · local' * chosen.local}"
    )
    return replace(session, model=chosen, chosen=True, unset="", awaited=None)


def new(session: Session, words: str, desk: Desk) -> Session:
    """Begin a thread with the next question."""
    name = begins(session, words)
    desk.out.say(f"the next question begins {one_line(name) or 'a new thread'}; memory comes along")
    return replace(
        session, thread=None, at=None, title=name, question=None, answer=None, note=None, kept=None
    )


def begins(session: Session, words: str) -> str:
    """The name that a new thread is to get. Raises `UsageError` where one has it."""
    name = " ".join(words.split())
    if name and session.notebook.thread_id(name) is not None:
        raise UsageError(f"a thread is called {name!r} already", f"/resume {name} goes on with it.")
    return name


def resume(session: Session, words: str, desk: Desk) -> Session:
    """Go on with another thread."""
    if not words and desk.pick:
        words = desk.pick((reopening.scope(session.notebook, desk.look(session, talk=True)),)) or ""
    elif not words:
        looking.threads(session, "", desk)
        desk.out.say("/resume THREAD goes on with one; Tab completes")
    if not words:
        return session
    return _arrived(Start.of(session, *session.notebook.thread(words)), desk)


def threads(session: Session, words: str, desk: Desk) -> Session:
    """Pick a thread of the project to go on with; list them where nothing can be picked."""
    return resume(session, words, desk)


def project(session: Session, words: str, desk: Desk) -> Session:
    """List the projects, or work in another one."""
    old = session.notebook
    if not words:
        for found in old.projects():
            desk.out.data(project_line(found, desk.look(session)))
        return session
    there = Notebook(old.ledger, old.settings, project=words, clock=old.clock)
    session = Session(
        notebook=there,
        model=session.model,
        chosen=session.chosen,
        unset=session.unset,
        awaited=session.awaited,
        budget=session.budget,
        cost=session.cost,
    )
    last = there.last_thread()
    return _arrived(Start.of(session, *there.thread(last.handle)) if last else Start(session), desk)


def _arrived(start: Start, desk: Desk) -> Session:
    desk.warm(start.session.model)
    desk.out.say(start.line(desk.look(start.session, talk=True)))
    return start.session


def budget(session: Session, words: str, desk: Desk) -> Session:
    """Say or set how many tokens a context may take."""
    if words:
        session = replace(session, budget=tokens(words, "/budget"))
    wanted = session.budget or session.notebook.settings.budget
    now = session.room
    full = f": the window of {one_line(session.model.name)} has no room for {short(wanted)}"
    desk.out.say(f"a context may take {short(now)} tokens" + full * (now < wanted))
    return session


def use(session: Session, words: str, desk: Desk) -> Session:
    """Bring entries along with the next question."""
    found = [session.notebook.entry(name) for name in words.split()]
    width = desk.look(session, talk=True).width or 78
    for entry in found:
        desk.out.talk(f"  {entry.handle}  {quoted(entry.title or entry.text, width - 12)}")
    held = [entry.handle for entry in found if entry.private and not session.model.local]
    if len(held) < len(found):
        desk.out.say("comes with the next question")
    for handle in held:
        name = one_line(session.model.name)
        desk.out.say(f"{handle} is private and does not go to {name}; a local model gets it")
    used = (*session.used, *(entry.handle for entry in found))
    return replace(session, used=tuple(dict.fromkeys(used)))


def clear(session: Session, words: str, desk: Desk) -> Session:
    """Clear the screen; nothing is erased from the ledger."""
    if desk.out.moves:
        desk.out.piece("\x1b[2J\x1b[H", flush=True)
    return session


def leave(session: Session, words: str, desk: Desk) -> Session:
    """Leave; everything is kept."""
    return replace(session, over=True)
