"""Which model goes on with a thread, and which takes up a question, as the ledger has it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest
from notebook.hands import Scripted, ask, dead

from ledgernote.domain.entries import Entry
from ledgernote.domain.turns import Asked
from ledgernote.ledger import recipes
from ledgernote.ledger.recipes import PutTo
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.turn import Question, asked_already, keep_unasked, take_turn
from ledgernote.notebook.whose import put_to

QUESTION = Question(text="what holds gilts?", thread="talk")
LOCAL, REMOTE = Scripted(name="house/a"), Scripted(name="away/b", local=False)


def killed(notebook: Notebook, question: Question, *models: Scripted) -> Entry:
    """As it stands where the program ends between the question and its draft."""
    with closing(take_turn(notebook, question, *models)) as events:
        asked = next(events)
    assert isinstance(asked, Asked)
    return asked.question


def goes_on(notebook: Notebook) -> str | None:
    thread = notebook.thread_id("talk")
    last = recipes.last_model(notebook.ledger, thread) if thread else None
    return last[0] if last else None


@pytest.mark.parametrize("model", [LOCAL, REMOTE])
def test_a_question_says_whom_it_was_put_to_before_there_is_a_draft(
    notebook: Notebook, model: Scripted
) -> None:
    asked = killed(notebook, QUESTION, model)

    notebook.rebuild()

    assert put_to(notebook, asked.handle) == PutTo(model.name, not model.local, once=False)
    assert notebook.verify().faults == ()
    assert model.contexts == []


def test_a_thread_stays_with_the_local_model_that_was_asked_last_not_with_a_remote_one(
    notebook: Notebook,
) -> None:
    ask(notebook, replace(QUESTION, text="one?"), REMOTE)

    killed(notebook, QUESTION, LOCAL)
    after_local = goes_on(notebook)
    killed(notebook, QUESTION, REMOTE)

    assert (after_local, goes_on(notebook)) == ("house/a", "house/a")


def test_what_was_meant_once_is_taken_up_by_that_model_and_the_thread_keeps_its_own(
    notebook: Notebook,
) -> None:
    ask(notebook, replace(QUESTION, text="one?"), REMOTE)

    half = dead(notebook, replace(QUESTION, once=True), ("half ",))
    while_open = goes_on(notebook)
    ask(notebook, replace(QUESTION, once=True), LOCAL)

    assert put_to(notebook, half.handle) == PutTo("scripted/a", remote=False, once=True)
    assert (while_open, goes_on(notebook)) == ("away/b", "away/b")


def test_whoever_was_asked_for_it_since_takes_it_up_unless_it_was_put_to_a_local_one(
    notebook: Notebook,
) -> None:
    other = Scripted(pieces=(), name="away/c", local=False)
    found = []
    for model in (REMOTE, LOCAL):
        asked = killed(notebook, QUESTION, model)
        ask(notebook, Question(text="", again=asked.handle, thread="talk"), other)
        found.append(put_to(notebook, asked.handle))

    assert found == [
        PutTo("away/c", remote=True, once=False),
        PutTo("house/a", remote=False, once=False),
    ]


def test_a_question_that_was_kept_before_anybody_was_known_is_of_whoever_was_asked_then(
    notebook: Notebook,
) -> None:
    kept = keep_unasked(notebook, QUESTION)

    ask(notebook, asked_already(notebook, QUESTION, kept), LOCAL)

    assert put_to(notebook, kept.question.handle) == PutTo("house/a", remote=False, once=False)


def test_of_a_question_that_nobody_could_be_asked_nothing_is_known(notebook: Notebook) -> None:
    plain = keep_unasked(notebook, QUESTION).question
    named = keep_unasked(notebook, QUESTION, named=True).question

    assert put_to(notebook, plain.handle) is None
    assert put_to(notebook, named.handle) == PutTo("", remote=False, once=False)
    assert goes_on(notebook) is None
