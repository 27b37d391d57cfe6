"""`/compact` and `/title`: what a model makes of a whole thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from notebook.hands import Scripted, ask
from repl.people import Heard

from ledgernote.domain.entries import Kind
from ledgernote.domain.errors import UsageError
from ledgernote.notebook.notebook import Notebook
from ledgernote.repl import slash
from ledgernote.repl.session import Session, Start


@pytest.fixture
def talk(session: Session) -> Session:
    ask(session.notebook, "are gilts cheap?", Scripted(("They are.",)), thread="rates")
    return Start.of(session, *session.notebook.thread("rates")).session


@pytest.fixture
def say(heard: Heard) -> Callable[[str, Session], Session]:
    def run(line: str, now: Session) -> Session:
        name, _, words = line.removeprefix("/").partition(" ")
        return slash.run(now, name, words, heard.desk())

    return run


def summaries(notebook: Notebook) -> list[str]:
    return [entry.handle for entry in notebook.latest(0) if entry.kind is Kind.SUMMARY]


Say = Callable[[str, Session], Session]


def test_compact_shows_the_summary_and_says_what_it_stands_for(
    talk: Session, say: Say, heard: Heard
) -> None:
    after = say("/compact", replace(talk, model=Scripted(("Gilts are cheap.",))))

    (handle,) = summaries(talk.notebook)
    assert "Gilts are cheap." in heard.out.getvalue()
    assert f"{handle} stands in for the talk before it" in heard.err.getvalue()
    assert after.thread == talk.thread


@pytest.mark.parametrize("budget", [None, 2000])
def test_compact_reads_no_more_than_the_budget_of_the_talk(
    budget: int | None, talk: Session, say: Say
) -> None:
    for number in range(5):
        ask(talk.notebook, f"bund {number}? " + "word " * 600, Scripted(("No.",)), thread="rates")

    kept = say("/compact", replace(talk, model=Scripted(("Gilts.",)), budget=budget)).kept

    assert kept
    assert (kept.context.tokens <= 2000) == (budget is not None)


def test_compact_that_ctrl_c_stops_keeps_the_half_and_says_nothing_of_standing_in(
    talk: Session, say: Say, heard: Heard
) -> None:
    say("/compact", replace(talk, model=Scripted(("Gilts",), error=KeyboardInterrupt())))

    (handle,) = summaries(talk.notebook)
    assert f"half kept as {handle}" in heard.all
    assert "stands in" not in heard.all


def test_title_calls_the_thread_what_the_model_says(talk: Session, say: Say, heard: Heard) -> None:
    after = say("/title", replace(talk, model=Scripted(("Cheap gilts",))))

    assert after.title == "Cheap gilts"
    assert after.kept == talk.kept
    assert talk.notebook.thread("Cheap gilts")[0].handle == talk.thread
    assert "renamed: Cheap gilts" in heard.all


def test_a_model_that_names_nothing_leaves_the_name(talk: Session, say: Say) -> None:
    after = say("/title", replace(talk, model=Scripted(("**",))))

    assert after.title == "rates"


@pytest.mark.parametrize("line", ["/compact", "/title"])
def test_there_must_be_a_talk(line: str, session: Session, say: Say) -> None:
    with pytest.raises(UsageError, match="no talk here yet"):
        say(line, session)
