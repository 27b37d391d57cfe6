"""A cap on what a month may cost asks before it is passed."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest
from notebook.hands import Scripted, Turn, ask

from ledgernote.domain.entries import Kind, Status
from ledgernote.domain.errors import ModelError, OverCap
from ledgernote.domain.turns import Consent, Costly, Decision, Kept, Usage
from ledgernote.notebook.consent import Asker
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.spending import spent
from ledgernote.notebook.turn import Question, recorded, take_turn

DEAR = Usage(tokens_in=1000, tokens_out=10, cost=0.6, source="provider")


def remote() -> Scripted:
    return Scripted(local=False, usage=DEAR)


def capped(notebook: Notebook, **settings: object) -> Notebook:
    notebook.settings = replace(notebook.settings, **settings)  # type: ignore[arg-type]
    return notebook


def carried(notebook: Notebook, decision: Decision | None) -> tuple[Turn, list[Costly]]:
    told: list[Costly] = []

    def decide(asked: Consent | Costly) -> Decision | None:
        assert isinstance(asked, Costly)
        told.append(asked)
        return decision

    model = remote()
    turn = take_turn(notebook, Question(text="and?"), model)
    with closing(Asker(notebook, print, decide).events(turn, (model,))) as events:
        return Turn(list(events)), told


def test_the_answer_that_would_pass_the_cap_is_asked_about(notebook: Notebook) -> None:
    book = capped(notebook, cap=1)

    first = ask(book, "one?", remote())
    second, told = carried(book, Decision.ONCE)

    assert first.kept.usage.cost == 0.6
    assert [(one.project, one.spent, one.cap) for one in told] == [(None, 0.6, 1)]
    assert second.kept.text == "As you noted."


def test_whoever_went_on_is_asked_again_at_as_much_once_more(notebook: Notebook) -> None:
    book = capped(notebook, cap=1)
    ask(book, "one?", remote())

    caps = [one.cap for _ in range(4) for one in carried(book, Decision.ONCE)[1]]

    assert caps == [1, 2]  # with 0.60 and 1.80 spent


def test_where_nobody_goes_on_nothing_is_sent_and_the_question_is_kept(
    notebook: Notebook,
) -> None:
    book = capped(notebook, cap=1)
    ask(book, "one?", remote())
    model = remote()

    with pytest.raises(OverCap, match=r"\$0.60 of \$1"):
        ask(book, "two?", model)

    assert model.contexts == []
    assert book.latest(1)[0].text == "two?"


def test_a_project_may_have_a_cap_of_its_own(notebook: Notebook) -> None:
    book = capped(notebook, projects={notebook.project_name: {"cap": 1}})
    ask(book, "one?", remote())

    _, told = carried(book, Decision.ONCE)

    assert [one.project for one in told] == [book.project_name]


def test_a_local_model_is_never_asked_about(notebook: Notebook) -> None:
    book = capped(notebook, cap=1)
    ask(book, "one?", remote())
    ask(book, "more?", Scripted())

    assert isinstance(ask(book, "more?", Scripted()).kept, Kept)


def test_a_turn_that_reached_no_model_counts_no_tokens(notebook: Notebook) -> None:
    ask(notebook, "one?", Scripted((), error=ModelError("nobody listens")), thread="talk")
    ask(notebook, "two?", Scripted(("half",), error=ModelError("it broke off")), thread="talk")

    (failed, half) = [one for one in notebook.latest(0) if one.kind is Kind.ANSWER]
    (row,) = spent(notebook, thread="talk")

    assert failed.status is Status.FAILED
    assert row.answers == 2
    assert row.tokens_in == recorded(notebook, half.handle).tokens
