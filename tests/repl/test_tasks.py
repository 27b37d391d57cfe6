"""`/compact` and `/title`: what a model makes of a whole thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from notebook.hands import Scripted, ask
from repl.people import Heard

from ledgernote.domain.entries import Kind
from ledgernote.domain.errors import Refused, UsageError
from ledgernote.notebook.notebook import Notebook
from ledgernote.repl import slash, tasks
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


AWAY = "away/b"


@pytest.mark.parametrize("once", [True, False])
@pytest.mark.parametrize("line", ["/compact", "/title"])
def test_what_was_put_to_a_local_model_is_read_by_that_and_by_no_other_unnamed(
    line: str, session: Session, say: Say, heard: Heard, *, once: bool
) -> None:
    mine = Scripted(("Cheap.",), name="house/a")
    ask(session.notebook, "are gilts cheap?", mine, thread="rates", once=once)
    start = Start.of(session, *session.notebook.thread("rates")).session
    away = Scripted(("Cheap gilts",), name=AWAY, local=False)

    with pytest.raises(Refused, match="put to house/a, a local model") as refused:
        say(line, replace(start, model=away))
    unnamed = len(away.contexts)
    say(line, replace(start, model=away, chosen=True))

    assert refused.value.hint == "/model NAME names one, and that gets it."
    assert (unnamed, len(away.contexts)) == (0, 1)


@pytest.mark.parametrize("line", ["/compact", "/title"])
def test_the_local_model_that_was_asked_last_is_asked_where_it_can_be(
    line: str, session: Session, say: Say, heard: Heard
) -> None:
    settings = session.notebook.settings
    house = {"house": {"api_base": "http://127.0.0.1:9/v1", "local": True}}
    session.notebook.settings = replace(settings, models=house)
    ask(session.notebook, "gilts?", Scripted(("Cheap.",), name="house"), thread="rates", once=True)
    start = Start.of(session, *session.notebook.thread("rates")).session
    away = Scripted(name=AWAY, local=False)

    say(line, replace(start, model=away))

    assert "house is asked, as before; /model NAME asks another" in heard.all
    assert "no answer at http://127.0.0.1:9/v1" in heard.all
    assert away.contexts == []


def test_where_a_model_of_that_name_is_local_no_more_it_is_not_asked_unnamed(
    session: Session, say: Say
) -> None:
    ask(session.notebook, "gilts?", Scripted(("Cheap.",), name="house"), thread="rates")
    start = Start.of(session, *session.notebook.thread("rates")).session
    away = Scripted(name="house", local=False)

    with pytest.raises(Refused):
        say("/title", replace(start, model=away))

    assert away.contexts == []


def outgrown(session: Session, model: Scripted, **more: bool) -> Session:
    """A talk with a remote model whose last turn, put to *model*, no longer fitted."""
    session.notebook.settings = replace(session.notebook.settings, compact=True)
    kept = ask(session.notebook, "are gilts cheap?", model, thread="rates", **more).kept
    start = Start.of(session, *session.notebook.thread("rates")).session
    away = Scripted(("Gilts are cheap.",), name=AWAY, local=False)
    kept = replace(kept, context=replace(kept.context, replanned=True))
    return replace(start, model=away, kept=kept, chosen=False)


def test_a_talk_that_is_outgrown_is_summed_up_where_the_settings_say_so(
    session: Session, heard: Heard
) -> None:
    talk = outgrown(session, Scripted(name=AWAY, local=False))

    after = tasks.compact_outgrown(replace(talk, budget=9_000), heard.desk())

    (handle,) = summaries(session.notebook)
    assert f"{handle} stands in for the talk before it" in heard.err.getvalue()
    assert after.budget == 9_000


@pytest.mark.parametrize("name", ["offline", "house/a"])
def test_where_nobody_can_sum_up_what_is_outgrown_nothing_is_said_and_the_turn_stands(
    name: str, session: Session, heard: Heard
) -> None:
    talk = outgrown(session, Scripted(name=name), once=True)

    after = tasks.compact_outgrown(talk, heard.desk())

    assert after == talk
    assert heard.all == ""
    assert isinstance(talk.model, Scripted)
    assert talk.model.contexts == []
