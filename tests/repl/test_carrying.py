"""What a talk lists, counts, copies, pastes, exports and imports."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from notebook.hands import Scripted, ask
from repl.people import Heard

from ledgernote.domain.entries import Scope
from ledgernote.domain.errors import NoSuchThing, UsageError
from ledgernote.domain.turns import Usage
from ledgernote.notebook.notebook import NewNote, Notebook
from ledgernote.notebook.siblings import pinned_until
from ledgernote.repl import clipboard, slash
from ledgernote.repl.session import Session, Start
from ledgernote.repl.sums import old_pins
from ledgernote.repl.words import Typed

Say = Callable[..., Session]

ANSWER = "Half of it.\n\n```sql\nSELECT 1;\n```\n"


@pytest.fixture
def say(session: Session, heard: Heard) -> Say:
    def run(line: str, now: Session = session) -> Session:
        name, _, words = line.removeprefix("/").partition(" ")
        return slash.run(now, name, words, heard.desk())

    return run


@pytest.fixture
def talk(session: Session) -> Session:
    usage = Usage(tokens_in=1200, tokens_out=30, cost=0.014, source="provider")
    ask(session.notebook, "right?", Scripted((ANSWER,), name="far/a", usage=usage), thread="rates")
    ask(session.notebook, "sure?", Scripted((ANSWER,), name="near/b"), thread="rates")
    return Start.of(session, *session.notebook.thread("rates")).session


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clipboard of its own: a file behind xclip."""
    folder = tmp_path / "bin"
    folder.mkdir()
    kept = tmp_path / "clip"
    script = f'#!/bin/sh\ncase "$*" in *-out*) cat {kept};; *) cat > {kept};; esac\n'
    (folder / "xclip").write_text(script)
    (folder / "xclip").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setenv("DISPLAY", ":9")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    return kept


def test_a_note_keeps_a_piece_and_remembers_its_answer(
    say: Say, talk: Session, heard: Heard
) -> None:
    after = say("/note 2 #sql", talk)
    kept = talk.notebook.entry(after.note or "")
    say(f"/show {kept.handle}", after)

    assert (kept.text, kept.tags) == ("```sql\nSELECT 1;\n```", ("sql",))
    assert kept.saved_from is not None
    assert kept.saved_from.handle == talk.answer
    assert f"saved from {talk.answer}, near/b" in heard.all
    with pytest.raises(UsageError, match="has 2 pieces, no 3"):
        say("/note 3", talk)


def test_a_note_that_is_a_year_is_words(say: Say, talk: Session) -> None:
    after = say("/note 2026", talk)

    assert talk.notebook.entry(after.note or "").text == "2026"


def test_copy_hands_a_piece_to_the_platforms_tool(
    say: Say, talk: Session, tools: Path, heard: Heard
) -> None:
    say("/copy", talk)
    assert tools.read_text() == ANSWER

    say("/copy 2", talk)
    assert tools.read_text() == "SELECT 1;"
    assert "copied by xclip" in heard.all


def test_copy_without_a_tool_or_a_terminal_says_what_helps(
    say: Say, talk: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")

    with pytest.raises(UsageError, match="terminal"):
        say("/copy", talk)
    with pytest.raises(UsageError, match="takes a number"):
        say("/copy that", talk)


def test_the_terminal_is_told_through_tmux_and_screen() -> None:
    plain = clipboard.sequence(b"a\nb", {})
    tmux = clipboard.sequence(b"a\nb", {"TMUX": "/tmp/x"})
    screen = clipboard.sequence(b"x" * 900, {"TERM": "screen-256color"})

    coded = base64.b64encode(b"a\nb").decode()
    assert plain == f"\x1b]52;c;{coded}\x07"
    assert tmux == f"\x1bPtmux;\x1b\x1b]52;c;{coded}\x07\x1b\\"
    assert screen.count("\x1bP") == screen.count("\x1b\\") > 1
    assert clipboard.sequence(b"x" * 75_000, {}) == ""


def test_the_clipboard_comes_with_the_next_question(say: Say, talk: Session, tools: Path) -> None:
    tools.write_bytes(b"table A\r\n5.25\r\n")

    after = say("/paste", talk)

    assert [(one.text, one.source) for one in after.material] == [(b"table A\n5.25\n", "clipboard")]
    tools.write_bytes(b"")
    with pytest.raises(UsageError, match="neither text nor an image"):
        say("/paste", talk)


def test_pins_tell_since_when_and_until_when(
    say: Say, talk: Session, heard: Heard, notebook: Notebook
) -> None:
    note = notebook.note(NewNote(text="no cut before Sept"))
    say(f"/pin {note.handle} --for 30d", talk)
    say("/pins", talk)

    until = pinned_until(notebook, note)
    assert until is not None
    assert timedelta(days=29) < until - notebook.clock() <= timedelta(days=30)
    assert "no cut before Sept" in heard.out.getvalue()
    assert "until" in heard.out.getvalue()
    with pytest.raises(UsageError, match="no length of time"):
        say(f"/pin {note.handle} --for ever", talk)


def test_an_old_pin_is_pointed_out(session: Session, heard: Heard) -> None:
    look = heard.desk().look(session)
    assert old_pins(session, look) == ""

    book = session.notebook
    old = book.note(
        NewNote(text="5.25 stays", pin=Scope.PROJECT, at=book.clock() - timedelta(days=87))
    )

    line = old_pins(session, look)
    assert old.handle in line
    assert "87 days old" in line


def test_private_and_back_asks_first(say: Say, talk: Session, heard: Heard) -> None:
    note = talk.notebook.note(NewNote(text="my position"))
    say(f"/private {note.handle}", talk)
    assert talk.notebook.entry(note.handle).private

    heard.answers = ["y"]
    say(f"/unprivate {note.handle}", talk)
    assert not talk.notebook.entry(note.handle).private


@pytest.mark.parametrize("command", ["/tokens", "/cost"])
def test_tokens_and_cost_by_model(command: str, say: Say, talk: Session, heard: Heard) -> None:
    say(command, talk)

    lines = [" ".join(line.split()) for line in heard.out.getvalue().splitlines()]
    assert lines[0] == "far/a 1 answer 1.2k in 30 out $0.0140"
    assert lines[1].startswith("near/b 1 answer")
    assert lines[1].endswith("no price known")
    assert lines[2].startswith("this thread 2 answers")
    assert lines[3].startswith("this project, this month 2 answers")


def test_models_lists_what_can_be_asked(say: Say, talk: Session, heard: Heard) -> None:
    say("/models", talk)

    assert "* offline" in heard.out.getvalue()


def test_models_stand_in_columns_however_long_their_names_are(
    say: Say, talk: Session, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", "none")
    say("/models", talk)

    rows = [line for line in heard.out.getvalue().splitlines() if " remote " in line]
    assert max(len(line[2:].split()[0]) for line in rows) > 28
    assert len({line.index(" remote ") for line in rows}) == 1


def test_a_thread_is_exported_into_a_new_file_of_ones_own(
    say: Say, talk: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    say("/export", talk)
    say("/export all.jsonl", talk)

    page = (tmp_path / "rates.md").read_text()
    assert page.startswith("# rates\n\n## ann")
    assert f"@{talk.answer}" in page
    assert (tmp_path / "rates.md").stat().st_mode & 0o777 == 0o600
    rows = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text().splitlines()]
    assert [row["kind"] for row in rows] == ["question", "answer"] * 2
    assert rows[1]["reply_to_id"] == rows[0]["id"]
    assert {row["thread_name"] for row in rows} == {"rates"}
    with pytest.raises(UsageError, match="is there already"):
        say("/export", talk)
    with pytest.raises(UsageError, match="cannot be written"):
        say(f"/export {tmp_path}/no/such/place.md", talk)


def test_an_import_says_what_came(say: Say, session: Session, heard: Heard, tmp_path: Path) -> None:
    notes = tmp_path / "notes.jsonl"
    notes.write_text('{"kind": "note", "text": "imported words"}\n')

    say(f"/import jsonl {notes}")

    assert "1 entry" in heard.err.getvalue()
    for line, words in (("/import word x", "no format"), ("/import jsonl", "needs a file")):
        with pytest.raises(UsageError, match=words):
            say(line)
    with pytest.raises((UsageError, NoSuchThing)):
        say("/import jsonl /nonexistent")


def test_lines_are_sent_as_one_question_and_kept_when_stopped(
    say: Say, session: Session, heard: Heard
) -> None:
    note = session.notebook.note(NewNote(text="services turned"))
    typed = [Typed("one"), Typed(f"/two @{note.handle}"), Typed("three")]
    desk = replace(heard.desk(), lines=lambda: (typed, True))
    sent = slash.run(session, "multi", "", desk)
    stopped = slash.run(
        session, "multi", "", replace(heard.desk(), lines=lambda: ([Typed("half")], False))
    )

    assert session.notebook.entry(sent.question or "").text == f"one\n/two @{note.handle}\nthree"
    assert sent.kept is not None
    assert [row.handle for row in sent.kept.context.receipt if row.reason == "given"] == [
        note.handle
    ]
    assert stopped.draft == "half"


def test_lines_that_begin_with_a_model_go_to_that_model(session: Session, heard: Heard) -> None:
    talk = replace(session, model=Scripted(local=False))
    typed = [Typed("@offline: what is"), Typed("private here?")]

    sent = slash.run(talk, "multi", "", replace(heard.desk(), lines=lambda: (typed, True)))

    assert sent.kept is not None
    assert sent.kept.context.model == "offline"
    assert sent.model == talk.model


def test_context_shows_what_a_question_to_another_model_would_send(
    session: Session, heard: Heard
) -> None:
    session.notebook.note(NewNote(text="gilts are private words", private=True))
    remote = Scripted(local=False)

    slash.run(replace(session, model=remote), "context", "@offline: what of gilts?", heard.desk())

    assert "gilts are private words" in heard.out.getvalue()


def test_a_note_saved_from_an_answer_tells_that_a_model_said_it(
    say: Say, talk: Session, heard: Heard
) -> None:
    after = say("/note", talk)
    say(f"/mute {talk.answer}", after)

    say("/context which SELECT was that?", after)
    (row,) = (line for line in heard.all.splitlines() if f" {after.note}  model" in line)
    assert row.endswith("said by a model")

    say(f"/why {after.note}", after)
    assert f"{after.note}  saved from {talk.answer}, near/b\n{talk.answer}  b · " in heard.all
