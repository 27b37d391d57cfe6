"""The whole thing in a pseudo-terminal: real keys, a real ledger, a scripted server."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest
from repl.people import Person
from scripted import Refuse, Say, ScriptedServer
from started import beside

from ledgernote.config import Settings
from ledgernote.domain.entries import Entry, Kind, Status
from ledgernote.notebook.notebook import NewNote, Notebook

SitDown = Callable[..., Person]
SLOW = " ".join(f"word{number}" for number in range(200))


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as scripted:
        yield scripted


@pytest.fixture
def online(person: SitDown, server: ScriptedServer) -> SitDown:
    """A person whose model is the scripted server."""

    def sit_down(**more: object) -> Person:
        key = {"OPENAI_API_KEY": "none", "OPENAI_API_BASE": server.base}
        return person(**{**key, "LEDGERNOTE_MODEL": "openai/gpt-5", **more})

    return sit_down


def entries(settings: Settings, *kinds: Kind) -> list[Entry]:
    book = Notebook.open(settings, create=False, say=lambda _: None)
    try:
        return [entry for entry in book.latest(0) if entry.kind in (kinds or Kind)]
    finally:
        book.close()


def test_the_first_line_says_where_one_is(person: SitDown) -> None:
    screen = person().sees("\n>")

    assert screen.startswith("inbox · new thread · offline")
    assert "/key keeps a key" in " ".join(screen.split())


def test_the_offline_model_answers_from_the_notes(person: SitDown, notebook: Notebook) -> None:
    notebook.note(NewNote(text="The June dot plot showed no cut before September."))
    ann = person()
    ann.sees(">")
    ann.types("when is the cut?\r")

    screen = ann.sees("From the notebook")
    assert screen.index("recalled 1") < screen.index("From the notebook")
    ann.types("/why\r")
    ann.sees("replayed")


def test_what_is_typed_while_an_answer_streams_is_asked_next(
    online: SitDown, server: ScriptedServer, settings: Settings
) -> None:
    server.script(Say("one " * 20, delay=0.1), Say("the second answer"))
    ann = online()
    ann.sees(">")
    ann.types("first question\r")
    ann.sees("one one")
    ann.types("second question\rthird, not se")

    screen = ann.sees("> third, not se")
    assert "the second answer" in screen
    assert screen.count("second question") == 1
    asked = [entry.text for entry in entries(settings, Kind.QUESTION)]
    assert asked == ["first question", "second question"]


def test_a_paste_while_an_answer_streams_is_one_message(
    online: SitDown, server: ScriptedServer, settings: Settings
) -> None:
    server.script(Say("one " * 15, delay=0.1), Say("done"))
    ann = online()
    ann.sees(">")
    ann.types("first\r")
    ann.sees("one one")
    ann.types("\x1b[200~/exit\rtwo\r\x1b[201~\r")

    ann.sees("done")
    assert entries(settings, Kind.QUESTION)[-1].text == "/exit\ntwo\n"


def test_ctrl_c_keeps_the_half_answer_and_what_was_typed_ahead(
    online: SitDown, server: ScriptedServer, settings: Settings
) -> None:
    server.script(Say(SLOW, delay=0.1))
    ann = online()
    ann.sees(">")
    ann.types("a question\r")
    ann.sees("word5")
    ann.types("typed ahead")
    ann.types("\x03")

    screen = ann.sees("> typed ahead")
    assert "interrupted: half kept as" in screen
    half = entries(settings, Kind.ANSWER)[-1]
    assert half.status is Status.INTERRUPTED
    assert "word5" in half.text
    assert half.handle in screen


def test_the_next_talk_says_that_the_answer_was_cut_off(
    online: SitDown, server: ScriptedServer
) -> None:
    server.script(Say(SLOW, delay=0.1), Say("the whole answer"))
    ann = online()
    ann.sees(">")
    ann.types("a question\r")
    ann.sees("word5")
    ann.chat.kill(signal.SIGKILL)
    ann.chat.wait()

    again = online()
    screen = again.sees("\n>")
    assert "inbox · a question · last here" in screen
    assert "cut off" in screen
    again.types("/retry\r")
    again.sees("the whole answer")


@pytest.mark.parametrize("word", ["/exit", "/quit"])
def test_a_word_leaves_and_is_no_question(word: str, person: SitDown, settings: Settings) -> None:
    ann = person()
    ann.sees(">")
    ann.types(f"{word}\r")

    assert ann.leaves() == 0
    assert entries(settings, Kind.QUESTION) == []


def test_ctrl_c_twice_leaves_and_ctrl_d_too(person: SitDown) -> None:
    ann, bob = person(), person()
    ann.sees(">")
    bob.sees(">")

    ann.types("\x03")
    ann.sees("again leaves")
    ann.types("\x03")
    bob.types("\x04")

    assert (ann.leaves(), bob.leaves()) == (0, 0)


def test_a_ctrl_c_long_after_another_stays(person: SitDown) -> None:
    ann = person()
    ann.sees(">")
    ann.types("\x03")
    ann.sees("again leaves")
    time.sleep(2.1)
    ann.types("\x03/help exit\r")

    ann.sees("Ctrl-D does too")


@pytest.mark.parametrize("end", ["\x04", "SIGTERM", "SIGTERM while it streams"])
def test_the_terminal_is_given_back(
    end: str, online: SitDown, server: ScriptedServer, settings: Settings
) -> None:
    server.script(Say(SLOW, delay=0.1))
    shell = '"$0" -c "$1" & echo $! >"$HOME/pid"; fg >/dev/null; echo "left $?"; stty -a; sleep 9'
    # A model that needs no litellm: a shell starts all anew.
    ann = online(shell=f"set -m; {shell}", LEDGERNOTE_MODEL="openai/own-model")
    ann.sees(">")
    if end.endswith("streams"):
        ann.types("a question\r")
        ann.sees("word5")
    if end == "\x04":
        ann.types(end)
    else:
        # The shell's own child: it alone is told to end.
        pid = settings.ledger.with_name("pid").read_text()
        os.kill(int(pid), signal.SIGTERM)

    screen = ann.sees("icanon")
    assert ("left 0" if end == "\x04" else "left 143") in screen
    words = screen.replace("\n", " ").split()
    assert {"icanon", "icrnl", "echo", "isig"} <= set(words)
    if end.endswith("streams"):
        assert entries(settings, Kind.ANSWER)[-1].status is Status.INTERRUPTED


def test_a_question_that_fails_is_kept_and_the_talk_goes_on(
    online: SitDown, server: ScriptedServer, settings: Settings
) -> None:
    server.script(Refuse(401, "bad key"), Say("now it works"))
    ann = online()
    ann.sees(">")
    ann.types("a question\r")
    ann.sees("the question is kept as")
    ann.types("again\r")

    ann.sees("now it works")
    assert [entry.text for entry in entries(settings, Kind.QUESTION)] == ["a question", "again"]


@pytest.mark.parametrize(
    "line", ["/show zzzzz", "/model nosuchmodel", "/tag", "/budget many", "/why", "/find \x00("]
)
def test_nothing_typed_ends_the_talk(line: str, person: SitDown) -> None:
    ann = person()
    ann.sees(">")
    ann.types(f"{line}\r/help exit\r")

    assert "Traceback" not in ann.sees("Ctrl-D does too")


def test_an_unknown_word_is_asked_about_once(person: SitDown, settings: Settings) -> None:
    ann = person()
    ann.sees(">")
    ann.types("/ES\r")
    ann.sees("Enter again sends it")
    assert entries(settings) == []
    ann.types("\r")

    assert "\n> /ES\nrecalled" in ann.sees("recalled")
    assert entries(settings, Kind.QUESTION)[-1].text == "/ES"


def test_a_command_brings_its_output_along(person: SitDown, settings: Settings) -> None:
    ann = person()
    ann.sees(">")
    ann.types("!echo real yields at 2.1\r")
    ann.sees("[y/N]")
    ann.types("y\rwhat of real yields?\r")

    ann.sees("From the notebook")
    kept = entries(settings, Kind.NOTE)[-1]
    assert (kept.text, kept.source) == ("real yields at 2.1\n", "!echo real yields at 2.1")


def test_up_brings_back_a_question_of_another_day(person: SitDown) -> None:
    ann = person()
    ann.sees(">")
    ann.types("what of gold?\r")
    ann.sees("offline · ~")
    ann.types("\x04")
    ann.leaves()

    bob = person(FRESH=1)
    bob.sees(">")
    bob.types("\x1b[A")
    bob.sees("> what of gold?")


def test_up_before_the_history_is_read_acts_as_typed(person: SitDown, settings: Settings) -> None:
    ann = person()
    ann.sees(">")
    ann.types("what of gold?\r")
    ann.sees("offline · ~")
    ann.types("\x04")
    ann.leaves()

    bob = person()
    bob.types("\x1b[A And silver?\r")  # before there is a prompt
    bob.sees("> what of gold? And silver?\nrecalled")
    asked = [entry.text for entry in entries(settings, Kind.QUESTION)]
    assert asked == ["what of gold?", "what of gold? And silver?"]


def test_ctrl_c_lets_the_next_up_bring_the_draft_back_at_once(person: SitDown) -> None:
    ann = person()
    ann.sees(">")
    ann.types("one\x03two\x03\x1b[A\x1b[A!\r")

    ann.sees("> one!\nrecalled")


def test_a_screen_of_forty_columns(person: SitDown, notebook: Notebook) -> None:
    notebook.note(NewNote(text="The June dot plot showed no cut before September."))
    ann = person(columns=40)
    ann.sees(">")
    ann.types("when is the cut?\r")

    screen = ann.sees("offline · ~")
    assert all(len(line) <= 40 for line in screen.splitlines())


@pytest.mark.parametrize("columns", [40, 80])
def test_help_and_errors_break_between_words(columns: int, person: SitDown) -> None:
    ann = person(columns=columns)
    ann.sees(">")
    ann.types("/help paste\r/show zzzzz\r")
    screen = ann.sees("handles.\n" if columns == 80 else "handles")

    assert {"clipboard,", "question", "next"} <= set(screen.split())
    assert "`ledgernote log` and `find` show" in screen


def test_after_idle_hours_it_asks(
    person: SitDown, settings: Settings, environ: dict[str, str]
) -> None:
    settings.config.write_text('model = "offline"\nidle_hours = 0\n')
    ann = person()
    ann.sees(">")
    ann.types("what of gold?\r")
    ann.sees("offline · ~")
    ann.types("\x04")
    ann.leaves()

    bob = person()
    bob.sees("[n]ew?")
    bob.types("n\r")
    bob.sees("memory comes along\n>")


def test_without_a_terminal_every_line_is_a_turn(environ: dict[str, str]) -> None:
    with beside("chat", env=environ, start_new_session=True) as talk:
        out, err = talk.communicate(b"what of gold?\n\n/exit\n", timeout=60)

    assert talk.returncode == 0
    assert out.count(b"\n") == 2
    assert b"\x1b" not in out + err
