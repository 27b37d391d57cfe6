"""What a night brings: huge pastes, strange bytes, keys and signals at any moment, a full disk."""

from __future__ import annotations

import os
import random
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial

import pytest
from repl.people import CHAT, Person
from scripted import Hang, Say, ScriptedServer

from ledgernote.config import Settings
from ledgernote.domain.entries import Entry, Kind, Status
from ledgernote.notebook.notebook import Notebook

SitDown = Callable[..., Person]
SLOW = " ".join(f"word{number}" for number in range(200))
OURS = "inbox · "


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as scripted:
        yield scripted


@pytest.fixture
def online(person: SitDown, server: ScriptedServer) -> SitDown:
    """A person whose model is the scripted server."""

    def sit_down(**more: object) -> Person:
        key = {"OPENAI_API_KEY": "none", "OPENAI_API_BASE": server.base}
        ann = person(**key, LEDGERNOTE_MODEL="openai/gpt-5", **more)
        ann.sees("\n>")
        return ann

    return sit_down


def entries(settings: Settings, *kinds: Kind) -> list[Entry]:
    """What is kept, with all of its text."""
    with closing(Notebook.open(settings, create=False, say=lambda _: None)) as book:
        return [book.whole(one) for one in book.latest(0) if one.kind in (kinds or Kind)]


def paste(ann: Person, words: str) -> None:
    """Paste as a terminal does, which reads the screen while it writes."""
    raw = f"\x1b[200~{words}\x1b[201~".encode()
    written = threading.Thread(target=lambda: _write(ann.chat.child_fd, raw))
    written.start()
    while written.is_alive():
        ann.screen()


def _write(fd: int, raw: bytes) -> None:
    while raw:
        raw = raw[os.write(fd, raw[:65_536]) :]


def test_a_paste_of_ten_megabytes_is_one_word_and_kept_whole(
    online: SitDown, settings: Settings
) -> None:
    ann = online()
    words = "A line of a report.\r" * 500_000
    begun = time.monotonic()

    paste(ann, words)
    ann.types(" what of it?")
    ann.sees("> [paste 1: 10,000,000 characters, 500,001 lines] what of it?")
    assert time.monotonic() - begun < 60
    ann.types("\r")
    ann.sees("ledgernote: the question has more than", 60)
    kept = entries(settings, Kind.QUESTION)[-1].text

    assert kept == words.replace("\r", "\n") + " what of it?"


def test_a_long_paste_that_was_cleared_comes_back_whole(
    online: SitDown, settings: Settings
) -> None:
    ann = online()
    words = "word " * 2_000
    paste(ann, words)
    ann.types("\x03")
    ann.types("\x1b[A\r")

    ann.sees("answer 1")
    assert entries(settings, Kind.QUESTION)[-1].text == words


def test_a_paste_of_strange_bytes_is_kept(online: SitDown, settings: Settings) -> None:
    ann = online()
    strange = "".join(map(chr, (*range(32), 127, 155))).replace("\x1b", "") + "\x1b[2J"
    paste(ann, strange)
    ann.types(" end\r")

    ann.sees("answer 1")
    kept = entries(settings, Kind.QUESTION)[-1].text
    assert "\x00\x01" in kept
    assert kept.endswith("\x1b[2J end")


def test_a_doubtful_word_is_sent_by_the_next_enter_alone(
    online: SitDown, settings: Settings
) -> None:
    ann = online()
    ann.types("/foo\r")
    ann.sees("Enter again sends it as it is")
    ann.types("/why zzzzz\r")
    ann.sees("nothing is called")
    ann.types("\r")
    ann.types("a question\r")

    ann.sees("answer 1")
    assert [one.text for one in entries(settings, Kind.QUESTION)] == ["a question"]


def test_escape_sequences_of_an_answer_are_shown(online: SitDown, server: ScriptedServer) -> None:
    server.script(Say("before \x1b[2J\x1b]0;title\x07\x1b[?1049h after"))
    ann = online()
    ann.types("a question\r")

    screen = ann.sees("after")
    assert "before \\x1b[2J" in screen
    assert "a question" in screen


def test_a_model_that_says_nothing(online: SitDown, server: ScriptedServer) -> None:
    server.script(Say(""), *[Hang(0.2)] * 3, Say("something"))  # it is asked three times
    ann = online()
    for question in ("first", "second"):
        ann.types(f"{question}\r")
        ann.sees("the question is kept as")
        ann.types("/clear\r")
        ann.until(lambda seen: "kept as" not in seen, "a clear screen")
    ann.types("third\r")

    ann.sees("something")


def test_one_enormous_line(online: SitDown, server: ScriptedServer, settings: Settings) -> None:
    server.script(Say("x" * 300_000 + " end"))
    ann = online()
    ann.types("a question\r")

    ann.sees("end\n", 30)
    assert len(entries(settings, Kind.ANSWER)[-1].text) == 300_004


@pytest.mark.parametrize("chunks", [1_000, pytest.param(10_000, marks=pytest.mark.slow)])
def test_very_many_tiny_chunks(
    chunks: int, online: SitDown, server: ScriptedServer, settings: Settings
) -> None:
    words = "a " * (chunks - 1) + "end"
    server.script(Say(words))
    ann = online()
    ann.types("a question\r")

    ann.sees("11 in, 7 out", chunks / 50)
    assert entries(settings, Kind.ANSWER)[-1].text == words


@pytest.mark.parametrize("times", [10, pytest.param(200, marks=pytest.mark.slow)])
def test_ctrl_c_at_any_moment_of_a_turn(
    times: int, online: SitDown, server: ScriptedServer, settings: Settings
) -> None:
    server.script(*(Say(SLOW, delay=0.01) for _ in range(times)))
    moments = random.Random(times)
    ann = online()
    ann.types("warm up\x03")

    for number in range(times):
        ann.types(f"question {number}.\r")
        ann.watches(moments.uniform(0, 1.2))
        ann.types("\x03")
        ann.types("/clear\r")
        ann.until(_only_a_prompt, "the prompt alone")

    asked = [entry.text for entry in entries(settings, Kind.QUESTION)]
    # Pressed before the question was kept, it gives the question back instead.
    assert set(asked) <= {f"question {number}." for number in range(times)}
    for one in entries(settings, Kind.ANSWER):
        assert one.status in {Status.INTERRUPTED, Status.FAILED}
        assert SLOW.startswith(one.text)
    assert len(asked) == times


def test_ctrl_c_right_behind_enter_stops_the_answer_and_keeps_the_question(
    online: SitDown, server: ScriptedServer, settings: Settings
) -> None:
    server.script(Say(SLOW, delay=0.05))
    ann = online()
    ann.types("a question\r\x03typed ahead")

    ann.sees("\n> typed ahead")
    assert [one.text for one in entries(settings, Kind.QUESTION)] == ["a question"]
    assert not any("word9" in one.text for one in entries(settings, Kind.ANSWER))


def _only_a_prompt(screen: str) -> bool:
    lines = screen.splitlines()
    return bool(lines) and lines[0] == ">" and lines[-1].startswith(OURS)


def test_a_window_that_is_closed_keeps_the_half(
    online: SitDown, server: ScriptedServer, settings: Settings
) -> None:
    server.script(Say(SLOW, delay=0.05))
    ann = online()
    ann.types("a question\r")
    ann.sees("word5")
    ann.closes()

    half = entries(settings, Kind.ANSWER)[-1]
    assert half.status is Status.INTERRUPTED
    assert "word5" in half.text


def _has_come(number: int, screen: str) -> bool:
    """Whether the word of that number has come, or one behind it."""
    return any(int(found) >= number for found in re.findall(r"word(\d+)", screen))


def test_a_window_that_changes_its_size_loses_no_word(
    online: SitDown, server: ScriptedServer, settings: Settings
) -> None:
    server.script(Say(SLOW, delay=0.02))
    ann = online()
    ann.types("a question\r")
    for columns, number in ((40, 20), (100, 50), (30, 90)):
        # That very word may have left the screen by the time of a look.
        ann.until(partial(_has_come, number), f"word{number}")
        ann.resizes(columns)

    ann.sees("gpt-5 · 11 in", 30)
    assert entries(settings, Kind.ANSWER)[-1].text == SLOW
    ann.types("/exit\r")
    assert ann.leaves() == 0


def locked(settings: Settings, seconds: float) -> threading.Thread:
    """Another process holds the ledger for so long."""
    held = threading.Event()

    def hold() -> None:
        with closing(sqlite3.connect(settings.ledger)) as other:
            other.execute("BEGIN IMMEDIATE")
            held.set()
            time.sleep(seconds)

    holding = threading.Thread(target=hold)
    holding.start()
    held.wait()
    return holding


def test_a_ledger_locked_in_mid_answer_loses_nothing(
    online: SitDown, server: ScriptedServer, settings: Settings
) -> None:
    server.script(Say(SLOW, delay=0.01))
    ann = online()
    ann.types("a question\r")
    ann.sees("word5")
    locked(settings, 4).join()

    ann.sees("gpt-5 · 11 in", 30)
    assert entries(settings, Kind.ANSWER)[-1].text == SLOW


@pytest.mark.parametrize("when", ["at once", "told"])
def test_ctrl_c_ends_the_wait_for_a_locked_ledger_and_up_brings_the_question_back(
    when: str, online: SitDown, settings: Settings
) -> None:
    ann = online()
    ann.types("a first question\r")
    ann.sees("answer 1")
    ann.sees("gpt-5 · 11 in")
    with closing(sqlite3.connect(settings.ledger, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        ann.types("kept later\r")
        if when == "told":
            ann.sees("waiting for another program")
        ann.types("\x03")
        ann.sees("stopped before the question was kept; Up brings it back", 15)
    ann.types("\x1b[A\r")

    ann.sees("answer 2")
    assert entries(settings, Kind.QUESTION)[-1].text == "kept later"


@pytest.mark.slow
def test_a_ledger_locked_for_a_minute_gives_the_question_back(
    online: SitDown, settings: Settings
) -> None:
    ann = online()
    ann.types("a first question\r")
    ann.sees("answer 1")
    holding = locked(settings, 60)
    ann.types("kept later\r")
    ann.sees("ledgernote: ", 55)
    holding.join()
    ann.types("\x1b[A\r")

    ann.sees("answer 2")
    assert entries(settings, Kind.QUESTION)[-1].text == "kept later"


def test_a_full_disk_in_mid_answer(
    online: SitDown, server: ScriptedServer, settings: Settings
) -> None:
    server.script(Say("many words of an answer " * 20_000, pieces=200, delay=0.01), Say("small"))
    full = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (768_000, 768_000))"
    ann = online(chat=f"{full}\n{CHAT}")
    ann.types("a question\r")

    screen = ann.sees("ledgernote: ", 60)
    ann.sees("\n>")
    assert "Traceback" not in screen
    assert entries(settings, Kind.QUESTION)[-1].text == "a question"
    assert entries(settings, Kind.ANSWER)[-1].text
