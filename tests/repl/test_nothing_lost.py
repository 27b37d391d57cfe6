"""What was typed or piped into a talk and cannot be kept there is not lost."""

from __future__ import annotations

import re
import signal
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from repl.people import PATIENCE, Person
from scripted import Say, ScriptedServer

from ledgernote.config import Settings
from ledgernote.domain.entries import Kind
from ledgernote.notebook.notebook import Notebook

SitDown = Callable[..., Person]
PIPED = "echo 'a long table' | $0 -m ledgernote chat --new -m offline"


def unusable(ledger: Path) -> None:
    """From now on nothing can be written to it by this version of the program."""
    other = sqlite3.connect(ledger)
    other.execute("PRAGMA user_version = 999")
    other.close()


def saved(screen: str) -> str:
    found = re.search(r"(?:Your text|What was said) is safe in\s+(\S+)", screen)
    assert found, screen
    return Path(found[1]).read_text()


@pytest.mark.parametrize("command", ["", "/note "])
def test_what_is_typed_and_cannot_be_kept_is_saved(
    command: str, person: SitDown, settings: Settings, tmp_path: Path
) -> None:
    ann = person(TMPDIR=tmp_path, columns=200)
    ann.sees(">")
    unusable(settings.ledger)
    ann.types(f"{command}precious words\r")

    assert saved(ann.sees("Your text is safe in")) == "precious words"


@pytest.mark.parametrize("how", ["keys", "signal"])
def test_what_was_piped_and_never_asked_about_is_kept_as_a_note(
    how: str, person: SitDown, notebook: Notebook
) -> None:
    ann = person(shell=PIPED, columns=200)
    ann.sees("+1 to bring")
    if how == "keys":
        ann.types("\x04")
        ann.sees("kept ")
    else:
        ann.chat.kill(signal.SIGHUP)
    ann.leaves()

    # The shell may end before the chat in its pipe has kept all.
    end = time.monotonic() + PATIENCE
    while not notebook.latest(1) and time.monotonic() < end:
        time.sleep(0.01)
    kept = notebook.latest(1)[0]
    assert (kept.kind, kept.text, kept.source) == (Kind.NOTE, "a long table\n", "stdin")


def test_what_was_asked_about_is_not_kept_twice(person: SitDown, notebook: Notebook) -> None:
    ann = person(shell=PIPED)
    ann.sees("+1 to bring")
    ann.types("what of gold?\r")
    ann.sees("offline ·")
    ann.types("\x04")
    ann.leaves()

    assert [entry.text for entry in notebook.latest(0)].count("a long table\n") == 1


def test_what_was_piped_and_cannot_be_kept_on_leaving_is_saved(
    person: SitDown, settings: Settings, tmp_path: Path
) -> None:
    ann = person(shell=PIPED, columns=200, TMPDIR=tmp_path)
    ann.sees("+1 to bring")
    unusable(settings.ledger)
    ann.types("\x04")

    assert saved(ann.sees("Your text is safe in")) == "a long table\n"


@pytest.mark.parametrize("way", ["ends", "stopped"])
def test_an_answer_that_cannot_be_kept_is_saved(
    way: str, person: SitDown, settings: Settings, tmp_path: Path
) -> None:
    with ScriptedServer() as server:
        server.script(Say("one " * (30 if way == "ends" else 300) + "end", delay=0.1))
        key = {"OPENAI_API_KEY": "none", "OPENAI_API_BASE": server.base}
        ann = person(**key, LEDGERNOTE_MODEL="openai/gpt-5", TMPDIR=tmp_path, columns=200)
        ann.sees(">")
        ann.types("first question\r")
        ann.sees("one one")
        unusable(settings.ledger)
        if way == "stopped":
            ann.types("\x03")
        words = saved(ann.sees("What was said is safe in"))

    assert words.startswith("one one")
    assert words.endswith("end") is (way == "ends")


def test_a_line_typed_ahead_outlives_its_terminal(person: SitDown, notebook: Notebook) -> None:
    with ScriptedServer() as server:
        server.script(Say("one " * 100, delay=0.1))
        key = {"OPENAI_API_KEY": "none", "OPENAI_API_BASE": server.base}
        ann = person(**key, LEDGERNOTE_MODEL="openai/gpt-5")
        ann.sees(">")
        ann.types("first question\r")
        ann.sees("one one")
        ann.types("typed ahead\r")
        time.sleep(0.5)
        ann.chat.close(force=False)
        wait_for(lambda: len(notebook.latest(0)) == 3)

    kept = {entry.kind: entry for entry in notebook.latest(0)}
    assert kept[Kind.NOTE].text.strip() == "typed ahead"
    assert kept[Kind.QUESTION].text == "first question"
    assert "one one" in kept[Kind.ANSWER].text


def wait_for(happens: Callable[[], bool]) -> None:
    end = time.monotonic() + 15
    while not happens():
        assert time.monotonic() < end
        time.sleep(0.1)
