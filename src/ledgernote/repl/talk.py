"""The talk at a terminal: read, do, read again, until it is over."""

from __future__ import annotations

import os
import signal
import time
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TextIO

from prompt_toolkit.input import create_input
from prompt_toolkit.output import create_output

from ledgernote.domain.frozen import frozen, replace
from ledgernote.domain.turns import Consent, Costly, Decision
from ledgernote.notebook import keys
from ledgernote.notebook.meaning import index_beside
from ledgernote.render.output import Output
from ledgernote.render.receipts import decision_wanted
from ledgernote.repl import (
    earlier,
    first,
    mentions,
    moving,
    shell,
    slash,
    sums,
    tasks,
    unsent,
    words,
)
from ledgernote.repl.asking import ask, warm
from ledgernote.repl.bar import Bar
from ledgernote.repl.complete import NotebookCompleter
from ledgernote.repl.history import Questions, questions, scopes
from ledgernote.repl.leaving import leave
from ledgernote.repl.meanwhile import Meanwhile
from ledgernote.repl.pasting import quickly
from ledgernote.repl.prompt import Reader, Renewed, hand_back, wants_vi
from ledgernote.repl.session import Desk, Session, Start, tell, wrapped
from ledgernote.repl.terminal import Ahead, Early, Mode

TWICE = 2.0
"""Seconds within which a second Ctrl-C leaves."""


@frozen(kw_only=False)
class Terminal:
    """A person's screen and keyboard, held in our mode."""

    out: Output
    keyboard: TextIO
    mode: Mode
    early: bytes
    """What was typed before we came."""


def talk(start: Start, terminal: Terminal, *, vi: bool, idle: bool, pick: bool) -> int:
    """Talk until it is over. With *idle* a thread long unused is gone on with only when wanted,
    with *pick* a thread is picked first."""
    settings = start.session.notebook.settings
    keyboard = quickly(create_input(terminal.keyboard))
    hand_back(keyboard, terminal.early)
    reader = Reader(
        keyboard,
        create_output(),
        vi=vi or wants_vi(settings.editing, Path(os.environ.get("INPUTRC") or "~/.inputrc")),
        color=terminal.out.color,
        seen=lambda: _meanwhile(start.session),
    )
    terminal.mode.prompt_ends = reader.end
    if awaited := start.session.awaited:
        awaited.then = reader.renew
    early, ahead = Early(reader.pressed), Ahead(reader.take, terminal.mode)
    desk = Desk(
        terminal.out,
        reader.choose,
        warm,
        partial(_decide, terminal, reader, ahead),
        reader.lines,
        early.pressed,
        reader.pick if terminal.out.moves else None,
        ahead.reading,
        partial(_secret, terminal, reader),
        reader.later,
        slash.KNOWN,
        reader.renew,
    )
    if not pick:
        terminal.out.say(start.line(desk.look(start.session, talk=True)))
    if line := sums.old_pins(start.session, desk.look(start.session, talk=True)):
        terminal.out.talk(line)
    session = start.session
    if text := unsent.take(session.notebook):
        reader.draft = text
        terminal.out.say("what you typed last and did not send stands in the prompt again")
    try:
        session = _begin(start, desk) if idle else session
        if pick:
            session = moving.threads(session, "", desk)
            if session.thread is None:
                terminal.out.say(start.line(desk.look(session, talk=True)))
        loop = Loop(desk, reader, terminal.mode, early)
        while not (session.over or terminal.mode.ended):
            session = loop.step(session)
    finally:
        early.deaf()
        sent, draft = reader.ahead() if terminal.mode.ended else ("", "")
        unsent.keep(session.notebook, (reader.unsent or reader.draft) + draft, terminal.out)
        code = leave(session, desk, sent)
    if not terminal.mode.ended:
        terminal.out.flush()
    return terminal.mode.ended or code


def _meanwhile(session: Session) -> None:
    """What is done while a person reads the first prompt."""
    warm(session.model)
    index_beside(session.notebook)


def _decide(
    terminal: Terminal, reader: Reader, ahead: Ahead, asked: Consent | Costly
) -> Decision | None:
    """What the person decides before anything is sent. Raises KeyboardInterrupt, for Ctrl-D too."""
    terminal.out.flush()
    interrupts = signal.getsignal(signal.SIGINT)  # a prompt leaves another one behind
    try:
        with ahead.paused():
            return reader.decide(*decision_wanted(asked))
    except EOFError:
        raise KeyboardInterrupt from None
    finally:
        signal.signal(signal.SIGINT, interrupts)
        terminal.mode.paste()


def _secret(terminal: Terminal, reader: Reader) -> words.Typed:
    """A line that is not shown. Raises KeyboardInterrupt and EOFError."""
    terminal.out.flush()
    try:
        return reader.secret()
    finally:
        terminal.mode.paste()


def _begin(start: Start, desk: Desk) -> Session:
    """After idle hours: continue or new."""
    session, notebook = start.session, start.session.notebook
    used = start.thread.used if start.thread else None
    idle = timedelta(hours=notebook.settings.idle_hours)
    if used is None or notebook.clock() - used < idle:
        return session
    answers = {"c": "", "continue": "", "n": "new", "new": "new"}
    wanted = desk.choose("[c]ontinue, or [n]ew? (memory comes along) [c]", answers, "")
    return moving.new(session, "", desk) if wanted else session


class Loop:
    """One step: one message read and done. Whatever goes wrong in it is said, and it goes on."""

    def __init__(self, desk: Desk, reader: Reader, mode: Mode, early: Early) -> None:
        self._desk, self._reader = desk, reader
        self._mode, self._early = mode, early
        self._serves: str | None = None
        self._bar, self._meanwhile = Bar(), Meanwhile()
        self._pressed = -TWICE
        """When Ctrl-C was last typed into an empty prompt."""

    def step(self, session: Session) -> Session:
        """Read and do one message; gives the session after it."""
        session = self._chosen(session)
        self._reader.held = held = session.held
        self._reader.draft = session.draft or self._reader.draft
        session = replace(session, draft="", held="")
        try:
            typed = self._read(session)
        except Renewed:
            draft, self._reader.unsent = self._reader.unsent, ""
            return replace(session, draft=draft, held=held)
        except EOFError:
            return replace(session, over=True)
        except KeyboardInterrupt:
            return self._stop(session)
        if self._mode.ended:  # between Enter and here
            self._reader.unsent = typed.text
            return replace(session, over=True)
        try:
            return self._do(session, typed, held)
        except KeyboardInterrupt:
            self._desk.out.say("stopped")
        except Exception as error:  # noqa: BLE001  nothing typed may end the talk
            tell(self._desk.out, error)
        return session

    def _chosen(self, session: Session) -> Session:
        """With the model that was awaited, or what to do about none, once that is known."""
        try:
            now = first.chosen(session, self._desk)
        except Exception as error:  # noqa: BLE001  nor may what was found out beside it
            tell(self._desk.out, error)
            return replace(session, awaited=None)
        if session.awaited and now.asks_for_model:
            width = self._desk.look(now, talk=True).width
            self._desk.out.say(wrapped(now.first_key, width))
        return now

    def _read(self, session: Session) -> words.Typed:
        self._desk.out.flush()
        if self._serves != session.notebook.project:
            self._serves = session.notebook.project
            notebook = session.notebook
            self._reader.serve(
                Questions(lambda: questions(notebook), self._reader.hidden),
                NotebookCompleter(notebook, slash.COMMANDS),
            )
        try:
            look = self._desk.look(session, talk=True)
            for line in self._meanwhile.lines(session, look):
                self._desk.out.talk(line)
            back = scopes(session.notebook, session.thread, look)
            self._early.listen()
            self._reader.hides = partial(first.is_hidden, session)
            self._reader.stale = lambda: bool(session.awaited and session.awaited.over)
            return self._reader.read(self._bar.of(session), back)
        finally:
            self._mode.paste()

    def _stop(self, session: Session) -> Session:
        now = time.monotonic()
        if now - self._pressed < TWICE:
            return replace(session, over=True)
        self._pressed = now
        self._desk.out.say("Ctrl-C again leaves; so does Ctrl-D")
        return session

    def _do(self, session: Session, typed: words.Typed, held: str) -> Session:
        keys.anew()
        if first.is_meant(session, typed.text):
            self._early.deaf()
            return first.meant(session, typed.text.strip(), self._desk)
        if not typed.text.strip():
            return session
        if typed.text.strip() == held:
            return self._ask(session, words.Typed(held))
        match words.meaning(typed, slash.KNOWN):
            case words.Command(name, rest):
                self._early.deaf()
                if name not in earlier.LOOKS:
                    session = earlier.settled(session, self._desk.out.say)
                return slash.run(session, name, rest, self._desk)
            case words.Shell(line):
                self._early.deaf()
                return shell.run(session, line, self._desk)
            case words.Doubtful(text):
                return self._doubt(session, text)
            case words.Text():
                return self._ask(session, typed)

    def _doubt(self, session: Session, text: str) -> Session:
        near = slash.nearest(text)
        meant = f" (did you mean {near}?)" if near else ""
        self._desk.out.say(f"no command {text}{meant}; Enter again sends it as it is")
        return replace(session, held=text)

    def _ask(self, session: Session, typed: words.Typed) -> Session:
        session = earlier.settled(session, self._desk.out.say)
        question, model = mentions.question_of(session, typed)
        session = ask(session, question, self._desk, model)
        return tasks.compact_outgrown(session, self._desk)
