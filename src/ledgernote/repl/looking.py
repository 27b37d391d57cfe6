"""Slash commands that show: `/show`, `/threads`, `/context`, `/why`."""

from __future__ import annotations

from functools import partial

from ledgernote.domain.errors import NoSuchThing
from ledgernote.notebook.around import around
from ledgernote.notebook.consent import Asker
from ledgernote.notebook.turn import preview
from ledgernote.notebook.why import why as where_from
from ledgernote.render.around import around_view
from ledgernote.render.parts import context_view
from ledgernote.render.receipts import why_view
from ledgernote.render.views import saved_line, thread_line, thread_view
from ledgernote.repl.mentions import question_of
from ledgernote.repl.session import Desk, Session
from ledgernote.repl.words import Typed


def show(session: Session, words: str, desk: Desk) -> Session:
    """Show entries whole, or a thread."""
    from ledgernote.render.markdown import painted  # rich, which is slow to load

    look = desk.look(session)
    words_of = partial(painted, width=look.width or 78, color=look.color)
    for name in words.split():
        try:
            entry = session.notebook.entry(name)
            text = around_view(entry, around(session.notebook, entry), look, words_of)
        except NoSuchThing:
            if session.notebook.thread_id(name) is None:
                raise
            text = thread_view(session.notebook.thread(name)[1], look, words=words_of)
        desk.out.data(text)
    return session


def threads(session: Session, words: str, desk: Desk) -> Session:
    """List the threads of the project, last used first."""
    look = desk.look(session)
    found = session.notebook.threads()
    for thread in found:
        desk.out.data(thread_line(thread, look))
    if not found:
        desk.out.say("no threads yet: the first question begins one")
    return session


def context(session: Session, words: str, desk: Desk) -> Session:
    """Show what would be sent with a question, and why."""
    question, other = question_of(session, Typed(words))
    model = other or session.model
    found = preview(session.notebook, question, model)
    Asker(session.notebook, desk.out.say).tell(found, (model,))
    desk.out.data(context_view(found, desk.look(session)))
    return session


def why(session: Session, words: str, desk: Desk) -> Session:
    """Show where an answer comes from."""
    name = words or session.answer
    if name is None:
        raise NoSuchThing("nothing was answered here yet", "Ask something, or /why HANDLE.")
    found = where_from(session.notebook, name)
    look = desk.look(session)
    if found.note:
        desk.out.data(saved_line(found.note, look))
    desk.out.data(why_view(found.answer, found.context, found.citations, look))
    return session
