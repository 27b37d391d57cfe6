"""Going back: undo, fork, rewind, edit, retry, continue. Nothing is overwritten."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import canary
import pytest
from notebook.hands import Scripted, ask, dead
from repl.people import Heard
from scripted import ScriptedServer

from ledgernote.domain.errors import ModelError, NoSuchThing, Refused, UsageError, WouldReveal
from ledgernote.domain.turns import Usage
from ledgernote.notebook.answering import the_model
from ledgernote.notebook.keys import ending
from ledgernote.notebook.notebook import NewNote
from ledgernote.notebook.transfer import import_lines
from ledgernote.notebook.turn import Material, Question
from ledgernote.repl import slash
from ledgernote.repl.awaited import Awaited
from ledgernote.repl.back import GO_ON
from ledgernote.repl.meanwhile import Meanwhile
from ledgernote.repl.session import Session, Start
from ledgernote.repl.words import Typed

Say = Callable[..., Session]


@pytest.fixture
def say(session: Session, heard: Heard) -> Say:
    def run(line: str, now: Session = session) -> Session:
        name, _, words = line.removeprefix("/").partition(" ")
        return slash.run(now, name, words, heard.desk())

    return run


@pytest.fixture
def talk(session: Session) -> Session:
    """A thread of three turns, the second with material."""
    book = session.notebook
    ask(book, "one?", Scripted(("First.",)), thread="rates")
    ask(book, "two?", Scripted(("Second.",)), thread="rates", material=(TABLE,))
    ask(book, "three?", Scripted(("Third.",)), thread="rates")
    return Start.of(session, *book.thread("rates")).session


TABLE = Material(text="table A", source="a.txt")


def texts(session: Session) -> list[str]:
    assert session.thread is not None
    return [entry.text for entry in session.notebook.thread(session.thread)[1]]


def test_undo_takes_the_last_turn_back_and_redo_returns_it(
    say: Say, talk: Session, heard: Heard
) -> None:
    after = say("/undo", talk)
    left = texts(after)
    again = say("/undo redo", after)

    assert left[-1] == "Second."
    assert (again.question, again.answer) == (talk.question, talk.answer)
    assert after.answer != talk.answer
    assert "taken back: 2 entries kept" in heard.all
    assert "/undo redo returns" in heard.all


def test_undo_of_the_first_turn_leaves_the_thread(say: Say, session: Session) -> None:
    ask(session.notebook, "one?", thread="rates")
    now = Start.of(session, *session.notebook.thread("rates")).session

    after = say("/undo", now)

    assert (after.thread, after.question, after.answer) == (None, None, None)
    with pytest.raises(NoSuchThing):
        say("/retry", after)


def test_undo_with_nothing_to_undo_says_so(say: Say, heard: Heard) -> None:
    say("/undo")

    assert "nothing of ann's to undo" in heard.all
    with pytest.raises(UsageError, match="cannot 'everything'"):
        say("/undo everything")


def test_an_undo_that_reveals_asks_first(say: Say, session: Session, heard: Heard) -> None:
    note = session.notebook.note(NewNote(text="my position"))
    hidden = say(f"/private {note.handle}")

    with pytest.raises(WouldReveal):
        say("/undo", hidden)
    assert session.notebook.entry(note.handle).private
    heard.answers = ["y"]
    say("/undo", hidden)
    assert not session.notebook.entry(note.handle).private


def test_a_fork_goes_on_beside_the_thread(say: Say, talk: Session, heard: Heard) -> None:
    forked = say("/fork what if", talk)
    after = ask(talk.notebook, "four?", thread=forked.thread)

    assert forked.thread != talk.thread
    assert forked.title == "what if"
    assert texts(forked)[:-2] == texts(talk)
    assert after.question.text not in texts(talk)
    assert f"/resume {talk.thread} goes back" in heard.all


@pytest.mark.parametrize(
    ("words", "left"),
    [("", ["one?", "First.", "table A", "two?", "Second."]), ("2", ["one?", "First."])],
)
def test_rewind_ends_before_a_turn_and_its_material(
    words: str, left: list[str], say: Say, talk: Session
) -> None:
    after = say(f"/rewind {words}".rstrip(), talk)

    assert texts(after) == left
    assert len(texts(talk)) == 7


def test_rewind_takes_the_handle_of_a_question_or_an_answer(say: Say, talk: Session) -> None:
    answer = next(one for one in talk.notebook.thread("rates")[1] if one.text == "Second.")

    after = say(f"/rewind {answer.handle}", talk)

    assert texts(after) == ["one?", "First."]
    stranger = talk.notebook.note(NewNote(text="elsewhere"))
    with pytest.raises(UsageError, match="no question or answer of this thread"):
        say(f"/rewind {stranger.handle}", talk)
    with pytest.raises(UsageError, match="3 turns, no 4"):
        say("/rewind 4", talk)


def test_rewind_to_the_beginning_begins_a_new_thread(say: Say, talk: Session, heard: Heard) -> None:
    after = say("/rewind 3", talk)

    assert (after.thread, after.question) == (None, None)
    assert f"/resume {talk.thread} goes back to rates" in heard.all


def test_edit_puts_the_last_question_into_the_prompt(say: Say, talk: Session) -> None:
    after = say("/edit", talk)

    assert after.draft == "three?"
    assert texts(after)[-1] == "Second."


def test_edit_of_what_was_asked_of_another_model_names_it(say: Say, session: Session) -> None:
    ask(session.notebook, "one?", Scripted(name="house/a"), thread="rates", once=True)

    after = say("/edit", Start.of(session, *session.notebook.thread("rates")).session)

    assert after.draft == "@house/a: one?"


def test_rename_names_the_thread_or_the_one_to_come(
    say: Say, talk: Session, session: Session
) -> None:
    renamed = say("/rename real yields", talk)
    ahead = say("/rename gilts", session)

    assert talk.notebook.thread("real yields")[0].handle == renamed.thread
    assert (ahead.thread, ahead.title) == (None, "gilts")


def test_a_thread_to_come_gets_no_name_that_another_has(
    say: Say, talk: Session, session: Session
) -> None:
    say("/rename real yields", talk)

    with pytest.raises(UsageError, match="called 'real yields' already"):
        say("/rename real  yields", session)


def test_retry_keeps_both_answers_and_show_names_the_other(
    say: Say, talk: Session, heard: Heard
) -> None:
    after = say("/retry offline", talk)
    say(f"/show {after.answer}", after)
    say(f"/show {after.question}", after)

    assert after.question == talk.question
    assert after.answer != talk.answer
    assert f"other answers: {talk.answer} scripted/a" in heard.all
    assert f"answers: {talk.answer} scripted/a, {after.answer} offline" in heard.all
    assert after.model == talk.model


def test_retry_asks_with_the_options_that_the_question_had(
    say: Say, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ScriptedServer() as server:
        monkeypatch.setenv("OPENAI_API_BASE", server.base)
        model = the_model(session.notebook, "openai/a")
        ask(session.notebook, "so?", model, thread="rates", options={"temperature": 0.2})
        talk = Start.of(session, *session.notebook.thread("rates")).session

        say("/retry", talk)

    assert [body.get("temperature") for body in server.requests] == [None, 0.2]


@pytest.mark.parametrize("options", [{}, {"temperature": 0.2}])
@pytest.mark.parametrize("line", ["retry", "continue"])
def test_who_is_asked_again_is_waited_for_while_a_command_for_keys_runs(
    session: Session, heard: Heard, tmp_path: Path, line: str, options: dict[str, object]
) -> None:
    book, gate = session.notebook, tmp_path / "gate"
    os.mkfifo(gate)
    cut = Scripted(("half",), error=ModelError("it broke off"))
    ask(book, "so?", cut, thread="rates", options=options)
    desk = replace(heard.desk(), secret=lambda: Typed(""), pressed=lambda: True)
    with ending():
        awaited = Awaited(replace(book.settings, key_command=f"cat {gate}"), book.project_name)
        talk = Start.of(replace(session, awaited=awaited), *book.thread("rates")).session

        after = slash.run(talk, line, "", desk)

    assert after.answer == talk.answer
    assert "not asked yet; the question is kept as" in heard.all
    assert "offline" not in heard.all


def test_retry_asks_with_those_options_the_model_that_was_waited_for(
    session: Session, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = session.notebook
    desk = replace(heard.desk(), secret=lambda: Typed(""))
    with ScriptedServer() as server:
        monkeypatch.setenv("OPENAI_API_BASE", server.base)
        model = the_model(book, "openai/a")
        ask(book, "so?", model, thread="rates", options={"temperature": 0.2})
        awaited = Awaited(book.settings, book.project_name)
        talk = Start.of(replace(session, awaited=awaited), *book.thread("rates")).session

        slash.run(talk, "retry", "", desk)

    assert [body.get("temperature") for body in server.requests] == [None, 0.2]


@pytest.mark.parametrize(("once", "chosen"), [(True, True), (True, False), (False, False)])
def test_retry_asks_the_local_model_that_the_question_was_put_to(
    say: Say, session: Session, heard: Heard, *, once: bool, chosen: bool
) -> None:
    mine = Scripted(name="offline", pieces=("half",))
    ask(session.notebook, "one?", mine, thread="rates", once=once)
    start = Start.of(session, *session.notebook.thread("rates")).session
    elsewhere = replace(start, model=Scripted(name="away/b", local=False), chosen=chosen)

    after = say("/retry", elsewhere)

    assert after.kept is not None
    assert after.kept.context.model == "offline"
    assert "offline is asked, as before; /retry NAME asks another" in heard.all


@pytest.mark.parametrize("chosen", [True, False])
def test_retry_says_who_is_asked_what_was_imported_unless_that_one_was_named(
    say: Say, session: Session, heard: Heard, *, chosen: bool
) -> None:
    row = {"kind": "question", "text": "and since?", "thread": "rates"}
    import_lines(session.notebook, [json.dumps(row).encode()])
    start = Start.of(session, *session.notebook.thread("rates")).session

    say("/retry", replace(start, model=Scripted(), chosen=chosen))

    told = f"scripted/a is asked: whom {start.question} was put to is not kept; /retry NAME asks"
    assert (told in heard.all) is not chosen


@pytest.mark.parametrize("once", [True, False])
def test_continue_goes_on_with_the_local_model_that_was_cut_off(
    say: Say, session: Session, heard: Heard, *, once: bool
) -> None:
    mine = Scripted(name="offline", pieces=("half",), usage=Usage(finish="length"))
    ask(session.notebook, "one?", mine, thread="rates", once=once)
    start = Start.of(session, *session.notebook.thread("rates")).session
    away = Scripted(name="away/b", local=False)

    after = say("/continue", replace(start, model=away))

    assert after.kept is not None
    assert after.kept.context.model == "offline"
    assert away.contexts == []


def test_retry_says_where_that_model_is_local_no_more(say: Say, session: Session) -> None:
    ask(session.notebook, "one?", Scripted(), thread="rates")
    start = Start.of(session, *session.notebook.thread("rates")).session
    away = Scripted(name="away/b", local=False)

    with pytest.raises(Refused, match="put to scripted/a, a local model") as refused:
        say("/retry", replace(start, model=away))

    assert refused.value.hint == "/retry NAME names one, and that gets it."
    assert away.contexts == []


def test_a_retry_in_a_fork_stays_in_the_fork(say: Say, talk: Session) -> None:
    forked = say("/fork what if", talk)

    after = say("/retry", forked)

    assert (after.thread, after.title) == (forked.thread, "what if")
    assert after.answer != talk.answer
    assert texts(talk)[-1] == "Third."
    assert len(texts(after)) == len(texts(talk)) + 1
    assert say("/undo", after).answer == talk.answer


def test_retry_brings_along_what_was_asked_for_since(say: Say, talk: Session) -> None:
    note = talk.notebook.note(NewNote(text="services turned"))
    used = say(f"/use {note.handle}", talk)

    after = say("/retry", used)

    assert after.kept is not None
    assert [row.handle for row in after.kept.context.receipt if row.reason == "used"] == [
        note.handle
    ]
    assert after.used == ()


def test_continue_goes_on_with_a_half_answer_only(say: Say, talk: Session, heard: Heard) -> None:
    with pytest.raises(UsageError, match="came to its end"):
        say("/continue", talk)

    def fall(piece: str) -> None:
        if piece == "never":
            raise KeyboardInterrupt

    half = Scripted(("The first half", "never"), pause=fall)
    ask(talk.notebook, "four?", half, thread=talk.thread)
    after = say("/continue", talk)

    assert texts(after)[-2] == GO_ON
    assert after.kept is not None
    assert "The first half\n\n(cut off here)" in after.kept.context.messages[-2].content


def test_a_half_answer_that_was_there_is_no_news_when_the_next_turn_keeps_it(
    say: Say, session: Session, heard: Heard
) -> None:
    half = dead(session.notebook, Question(text="count", thread="rates"), ("one ",))
    talk = Start.of(session, *session.notebook.thread("rates")).session
    news, look = Meanwhile(), heard.desk().look(session)
    news.lines(talk, look)

    after = say("/continue", talk)

    assert session.notebook.entry(half.handle).text == "one "
    assert news.lines(after, look) == []


def test_continue_goes_on_with_an_answer_that_the_model_cut_off(say: Say, talk: Session) -> None:
    long = Scripted(("As much as I say at once",), usage=Usage(finish="length"))
    ask(talk.notebook, "four?", long, thread=talk.thread)
    assert talk.thread is not None
    reopened = Start.of(talk, *talk.notebook.thread(talk.thread)).session

    after = say("/continue", reopened)

    assert texts(after)[-3:-1] == ["As much as I say at once", GO_ON]


def test_a_talk_names_its_own_way_to_the_rest_of_an_answer(
    say: Say, talk: Session, heard: Heard
) -> None:
    long = Scripted(("As much as I say at once",), usage=Usage(finish="length"))

    say("/retry", replace(talk, model=long))

    assert "; /continue asks for the rest" in heard.err.getvalue()
    assert "ask -c" not in heard.err.getvalue()


def test_without_a_thread_going_back_is_one_sentence(say: Say) -> None:
    for line in ("/rewind", "/edit", "/retry", "/continue"):
        with pytest.raises(NoSuchThing):
            say(line)
    with pytest.raises(UsageError, match="no thread yet"):
        say("/fork")


def test_compare_asks_several_at_once_and_keeps_every_answer(
    say: Say, talk: Session, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ScriptedServer() as server:
        monkeypatch.setenv("OPENAI_API_BASE", server.base)
        monkeypatch.setenv("OPENAI_API_KEY", canary.OPENAI)
        say("/compare openai/a openai/b", talk)

    answers = [one for one in talk.notebook.thread("rates")[1] if one.reply_to == talk.question]
    assert {one.model for one in answers} >= {"openai/a", "openai/b"}
    assert all(one.text in heard.all for one in answers[1:])


def test_compare_needs_two_models(say: Say, talk: Session) -> None:
    with pytest.raises(UsageError, match="two models or more"):
        say("/compare offline", talk)
