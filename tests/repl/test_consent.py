"""Consent inside a talk: asked in the terminal's own mode, and never answered by accident."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

import pytest
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from repl.people import Person
from scripted import Say, ScriptedServer

from ledgernote.config import Settings
from ledgernote.config.file import consents
from ledgernote.domain.entries import Kind
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.transfer import import_lines
from ledgernote.repl.prompt import Reader

SitDown = Callable[..., Person]
CANARY = "zebrafinch"
ANSWERS = {"a": "always", "": "not now"}


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer(Say("the answer")) as scripted:
        yield scripted


@pytest.fixture
def online(person: SitDown, server: ScriptedServer, notebook: Notebook) -> SitDown:
    """A person whose model is the scripted server, and whose ledger holds an import."""
    row = {"kind": "note", "text": f"{CANARY} gilts", "source": "chatgpt", "ref": "1"}
    import_lines(notebook, [json.dumps(row).encode()])

    def sit_down(**more: object) -> Person:
        key = {"OPENAI_API_KEY": "none", "OPENAI_API_BASE": server.base}
        return person(**key, LEDGERNOTE_MODEL="openai/gpt-5", **more)

    return sit_down


def told(server: ScriptedServer) -> list[bool]:
    """For each request whether it held the import."""
    return [CANARY in json.dumps(request) for request in server.requests]


def questions(settings: Settings) -> list[str]:
    book = Notebook.open(settings, create=False, say=lambda _: None)
    try:
        return [one.text for one in book.latest(0) if one.kind is Kind.QUESTION]
    finally:
        book.close()


def until(holds: Callable[[], bool]) -> None:
    limit = time.monotonic() + 15
    while not holds():
        assert time.monotonic() < limit
        time.sleep(0.05)


def test_a_talk_asks_before_an_import_leaves_and_keeps_always(
    online: SitDown, server: ScriptedServer, settings: Settings
) -> None:
    ann = online()
    ann.sees("\n>")
    ann.types("which gilts?\r")
    ann.sees("not now")
    assert server.requests == []

    ann.types("always\r")

    ann.sees("the answer")
    assert told(server) == [True]
    assert consents(settings.config) == {"chatgpt": {"openai": "always"}}


def test_enter_withholds_it_and_the_talk_goes_on(online: SitDown, server: ScriptedServer) -> None:
    ann = online(columns=160)
    ann.sees("\n>")
    ann.types("which gilts?\r")
    ann.sees("not now")

    ann.types("\r")

    screen = ann.sees("the answer")
    assert "1 withheld: chatgpt" in screen
    assert "consent.chatgpt.openai" in screen
    assert told(server) == [False]


def test_ctrl_c_at_the_question_sends_nothing_and_the_talk_goes_on(
    online: SitDown, server: ScriptedServer, settings: Settings
) -> None:
    ann = online()
    ann.sees("\n>")
    ann.types("which gilts?\r")
    ann.sees("not now")

    ann.types("\x03")

    ann.sees("stopped; the question is kept as")
    assert (server.requests, questions(settings)) == ([], ["which gilts?"])
    ann.types("/exit\r")
    assert ann.leaves() == 0


def test_after_the_question_ctrl_c_still_keeps_the_half_answer(
    online: SitDown, server: ScriptedServer
) -> None:
    server.script(Say("word " * 200, delay=0.1))
    ann = online()
    ann.sees("\n>")
    ann.types("which gilts?\r")
    ann.sees("not now")
    ann.types("o\r")
    ann.sees("word word")

    ann.types("\x03")

    ann.sees("interrupted: half kept as")
    ann.types("/exit\r")
    assert ann.leaves() == 0


def test_a_question_of_the_talk_breaks_between_words(online: SitDown) -> None:
    ann = online(columns=40)
    ann.sees("\n>")
    ann.types("which gilts?\r")
    ann.sees("not now")

    asked = "[a]lways, [o]nce, [n]ever, make them [p]rivate, Enter: not now"
    shown = {word for line in ann.screen().splitlines() for word in line.split()}
    assert set(asked.split()) <= shown


def test_what_was_typed_ahead_decides_nothing_and_is_asked_next(
    online: SitDown, server: ScriptedServer, settings: Settings
) -> None:
    ann = online()
    ann.sees("\n>")
    ann.types("which gilts?\ra\r")
    ann.sees("not now")
    time.sleep(0.5)
    assert server.requests == []

    ann.types("n\r")

    until(lambda: len(server.requests) == 2)
    assert told(server) == [False, False]
    assert questions(settings) == ["which gilts?", "a"]


def test_a_question_of_consent_waits_for_an_answer_of_its_own() -> None:
    with create_pipe_input() as keyboard:
        keyboard.send_text("typed ahead\r")
        answering = lambda: keyboard.send_text("what?\ra\r")  # noqa: E731
        reader = Reader(keyboard, DummyOutput(), seen=answering)

        decision = reader.decide("may it?", ANSWERS)
        typed = reader.read(lambda _: "")

    assert (decision, typed.text) == ("always", "typed ahead")


def test_asking_once_more_asks_for_consent_once_more(
    online: SitDown, server: ScriptedServer
) -> None:
    ann = online()
    ann.sees("\n>")
    ann.types("which gilts?\r")
    ann.sees("not now")
    ann.types("o\r")
    ann.sees("the answer")

    ann.types("/retry\r")
    until(lambda: ann.screen().count("not now") == 2)
    ann.types("n\r")

    until(lambda: len(server.requests) == 2)
    assert told(server) == [True, False]
