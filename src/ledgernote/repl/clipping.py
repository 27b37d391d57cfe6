"""Slash commands for text by the way of the clipboard: `/copy`, `/paste`, `/multi`."""

from __future__ import annotations

import os

from ledgernote.domain.errors import UsageError
from ledgernote.domain.frozen import replace
from ledgernote.domain.text import to_bytes
from ledgernote.notebook.question import as_kept, material
from ledgernote.render.views import quoted
from ledgernote.repl import clipboard
from ledgernote.repl.asking import ask
from ledgernote.repl.keeping import last_answer
from ledgernote.repl.mentions import question_of
from ledgernote.repl.pieces import piece
from ledgernote.repl.session import Desk, Session
from ledgernote.repl.words import Typed


def copy(session: Session, words: str, desk: Desk) -> Session:
    """Copy the last answer, or one of its paragraphs or code blocks."""
    if words and not words.isdecimal():
        raise UsageError(f"/copy takes a number, not {words!r}", "/copy 2: the second piece.")
    answer = last_answer(session)
    text = piece(answer.text, int(words)).bare if words else answer.text
    body = to_bytes(text)
    by_terminal = clipboard.sequence(body, os.environ) if desk.out.moves else ""
    desk.out.piece(by_terminal, flush=True)
    tool = clipboard.write(body)
    if not tool and not by_terminal:
        raise UsageError(
            f"{len(body):,} bytes are more than this terminal takes",
            "/copy N copies a piece; wl-clipboard, xclip or xsel take all.",
        )
    room = max((desk.look(session, talk=True).width or 78) - 36, 16)
    way = f"by {tool}" if tool else "by the terminal"
    desk.out.talk(f"copied {way}: {quoted(text, room)} ({len(text):,} characters)")
    return session


def paste(session: Session, words: str, desk: Desk) -> Session:
    """Bring the text or the image on the clipboard along with the next question."""
    pasted = material(clipboard.read(), "clipboard")
    text = as_kept(pasted.text)
    room = max((desk.look(session, talk=True).width or 78) - 50, 16)
    said = text if pasted.image else f"{quoted(text, room)} ({len(text):,} characters)"
    desk.out.talk(f"comes with the next question: {said}")
    if pasted.image and not session.model.sees:
        desk.out.say(f"{session.model.name} cannot see it; /model NAME chooses one that does")
    return replace(session, material=(*session.material, pasted))


def multi(session: Session, words: str, desk: Desk) -> Session:
    """Take lines until one is a dot or Ctrl-D, and send them as one question."""
    desk.out.say("lines, as many as you like; a dot alone or Ctrl-D sends, Ctrl-C stops")
    lines, sent = desk.lines()
    text = "\n".join(line.text for line in lines)
    if not sent:
        return replace(session, draft=text)
    if not text.strip():
        desk.out.say("nothing was typed")
        return session
    pastes = tuple(paste for line in lines for paste in line.pastes)
    whole = Typed(text, pasted=lines[0].pasted, pastes=pastes)
    question, model = question_of(session, whole)
    return ask(session, question, desk, model)
