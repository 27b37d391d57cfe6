"""A thread that is opened at an earlier turn: read from there, gone on with in a fork."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from notebook.hands import Scripted, ask
from repl.tmux import Tmux
from shell import Run

from ledgernote.domain.entries import INBOX
from ledgernote.domain.errors import UsageError
from ledgernote.ledger import places
from ledgernote.notebook.notebook import NewNote, Notebook
from ledgernote.notebook.turn import Material
from ledgernote.render.look import Look
from ledgernote.repl.earlier import opened, settled
from ledgernote.repl.session import Session, Start

NOW = datetime(2026, 9, 1, tzinfo=UTC)
TABLE = Material(text="table A", source="a.txt")


@pytest.fixture
def asked(notebook: Notebook) -> dict[str, str]:
    """A thread of three turns, the second with material: its texts, each with its handle."""
    ask(notebook, "one?", Scripted(("First.",)), thread="rates")
    ask(notebook, "two?", Scripted(("Second.",)), thread="rates", material=(TABLE,))
    ask(notebook, "three?", Scripted(("Third.",)), thread="rates")
    return {one.text: one.handle for one in notebook.thread("rates")[1]}


def at(session: Session, name: str) -> Start:
    return opened(session, *session.notebook.thread("rates"), name)


@pytest.mark.parametrize(
    ("name", "last", "later"),
    [
        ("one?", "First.", 5),
        ("First.", "First.", 5),
        ("table A", "Second.", 2),
        ("two?", "Second.", 2),
        ("Third.", "Third.", 0),
    ],
)
def test_the_whole_turn_of_an_entry_is_there_and_nothing_after_it(
    session: Session, asked: dict[str, str], name: str, last: str, later: int
) -> None:
    start = at(session, asked[name])

    assert (start.entries[-1].text, start.later) == (last, later)
    assert start.session.answer == asked[last]
    assert start.session.at == (asked[last] if later else None)


def test_who_only_looks_leaves_no_trace_and_who_asks_goes_on_in_a_fork(
    session: Session, asked: dict[str, str]
) -> None:
    said: list[str] = []
    start = at(session, asked["one?"])
    before = len(session.notebook.threads())

    fork = settled(start.session, said.append)

    assert before == 1
    assert fork.thread != start.session.thread
    assert fork.at is None
    assert fork.thread is not None
    assert [one.text for one in session.notebook.thread(fork.thread)[1]] == ["one?", "First."]
    back = f"/resume {start.session.thread} goes to the end of rates"
    assert said == [f"from here on: rates (fork); {back}"]
    assert settled(fork, said.append) == fork


@pytest.fixture
def told(session: Session) -> list[str]:
    """The handles of a thread of four notes and, after them, two turns."""
    with session.notebook.writing() as tx:
        places.new_thread(tx, INBOX, "rates")
    for number in range(1, 5):
        session.notebook.note(NewNote(text=f"note {number}", thread="rates"))
    for question in ("one?", "two?"):
        ask(session.notebook, question, Scripted(("Answer.",)), thread="rates")
    return [one.handle for one in session.notebook.thread("rates")[1]]


@pytest.mark.parametrize(("place", "later"), [(0, 7), (1, 6), (3, 4), (4, 2), (5, 2), (7, 0)])
def test_a_note_of_a_talk_is_a_turn_of_its_own(
    session: Session, told: list[str], place: int, later: int
) -> None:
    start = at(session, told[place])

    fork = settled(start.session, lambda _: None)

    assert fork.thread is not None
    shared = [one.handle for one in session.notebook.thread(fork.thread)[1]]
    assert start.later == later
    assert shared == told[: len(told) - later]


def test_what_stands_there_is_shown_also_where_it_is_a_note(
    session: Session, told: list[str]
) -> None:
    start = at(session, told[1])

    shown = start.line(Look(now=NOW, width=80))

    assert "\n  ann: note 2\n6 entries come after this; what you ask" in shown


def test_an_answer_that_does_not_say_to_what_is_of_the_turn_before_it(run: Run) -> None:
    kinds = ("note", "question", "answer", "note", "question", "answer")
    lines = [
        {"kind": kind, "text": f"{kind} {n}", "thread": "walk"} for n, kind in enumerate(kinds)
    ]
    run("import", "jsonl", "-", stdin="\n".join(map(json.dumps, lines)))
    asked = run("find", "kind:question", "question 1", "--ids").out.strip()

    run("chat", "-m", "offline", "--at", asked, stdin="and?\n")

    fork = run("threads", "--json").records[0]["handle"]
    shared = [one["text"] for one in run("show", fork, "--json").records]
    assert shared[:4] == ["note 0", "question 1", "answer 2", "and?"]


def test_an_entry_of_another_thread_is_told(session: Session, asked: dict[str, str]) -> None:
    other = session.notebook.note(NewNote(text="x"))

    with pytest.raises(UsageError, match="is not part of 'rates'"):
        at(session, other.handle)


def test_find_leads_to_the_turn_of_a_hit(
    notebook: Notebook, asked: dict[str, str], environ: dict[str, str], tmp_path: Path
) -> None:
    terminal = Tmux(tmp_path, environ)
    program = f"{sys.executable} -m ledgernote"

    terminal.runs(f"{program} chat -m offline --at $({program} find First --kind answer --ids)")

    screen = terminal.sees("5 entries come after this")
    assert "> one?" in screen
    assert "Third." not in screen
    terminal.types("and now?", "<Enter>")
    terminal.sees("from here on: rates (fork); /resume")
    terminal.sees("replayed 2 recent")
    terminal.types("<C-d>")
    terminal.sees("left with 0")
    terminal.close()


def test_a_pipe_forks_the_thread_with_its_first_question_only(run: Run) -> None:
    first = run("ask", "-r", "rates", "-m", "offline", "--json", "one?").records[0]["question"]
    run("ask", "-r", "rates", "-m", "offline", "two?")

    nothing = run("chat", "-m", "offline", "--at", first, stdin="\n")
    looked = run("threads", "--json").records
    run("chat", "-m", "offline", "--at", first, stdin="and?\nso?\n")
    asked = run("threads", "--json").records

    assert nothing.code == 0
    assert [one["title"] for one in looked] == ["rates"]
    assert sorted(one["title"] for one in asked) == ["rates", "rates (fork)"]


@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        (("--at", "NOTE"), 2, "is in no thread"),
        (("--at", "zzzzz"), 4, "nothing is called 'zzzzz'"),
        (("--at", "NOTE", "--new"), 2, "--at opens the thread of its entry"),
    ],
)
def test_what_cannot_be_opened_is_told(
    run: Run, argv: tuple[str, ...], code: int, said: str
) -> None:
    note = run.note("x")

    ran = run("chat", *(note if word == "NOTE" else word for word in argv))

    assert ran.code == code
    assert said in ran.err
