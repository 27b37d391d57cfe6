"""A cap on what a month may cost asks before it is passed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from notebook.hands import Scripted, Turn, ask, dead
from scripted import Cut, Say, ScriptedServer

from ledgernote.config import load
from ledgernote.config.writing import write
from ledgernote.domain.entries import Kind, Status
from ledgernote.domain.errors import ModelError, OverCap
from ledgernote.domain.turns import Consent, Context, Costly, Decision, Kept, Piece, Usage
from ledgernote.notebook.answering import the_model
from ledgernote.notebook.consent import Asker
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.spending import spent
from ledgernote.notebook.turn import Question, recorded, take_turn
from ledgernote.render.receipts import decision_wanted

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


def test_a_turn_that_reached_no_model_is_no_answer_and_counts_no_tokens(notebook: Notebook) -> None:
    ask(notebook, "one?", Scripted((), error=ModelError("nobody listens")), thread="talk")
    ask(notebook, "two?", Scripted(("half",), error=ModelError("it broke off")), thread="talk")

    (failed, half) = [one for one in notebook.latest(0) if one.kind is Kind.ANSWER]
    (row,) = spent(notebook, thread="talk")

    assert failed.status is Status.FAILED
    assert (row.entries, row.answers) == (2, 1)
    assert row.tokens_in == recorded(notebook, half.handle).tokens


class Priced(Scripted):
    """Knows what its tokens cost."""

    def priced(self, usage: Usage) -> Usage:
        return replace(usage, cost=0.01 * (usage.tokens_out or 0), price="a table")


def test_an_answer_that_was_cut_short_has_the_price_of_what_was_counted(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ScriptedServer() as server:
        monkeypatch.setenv("OPENAI_API_BASE", server.base)
        server.script(Cut(after_pieces=3), Say("one two three", usage=False))
        model = the_model(notebook, "openai/gpt-4.1")
        half = ask(notebook, "one?", model).kept
        whole = ask(notebook, "one?", model).kept

    assert (half.status, whole.status) == (Status.INTERRUPTED, Status.COMPLETE)
    assert half.usage.cost
    assert whole.usage.cost
    assert half.usage.price == whole.usage.price
    assert (half.usage.source, whole.usage.source) == ("counted", "counted")
    assert half.usage.cost == pytest.approx(whole.usage.cost, rel=0.3)
    (row,) = spent(notebook)
    assert row.cost == pytest.approx(half.usage.cost + whole.usage.cost)
    assert row.priced == 2


def test_so_has_one_whose_program_was_killed(notebook: Notebook) -> None:
    half = dead(notebook, Question(text="one?"), ("the print ", "was soft"), Priced)

    ask(notebook, "two?", Scripted(name="other/b"))

    rows = {row.name: row for row in spent(notebook) if row.cost}
    (row,) = rows.values()
    assert half.text == "the print was soft"
    assert row.cost == pytest.approx(0.01 * row.tokens_out)
    assert row.priced == 1
    assert notebook.verify().faults == ()


class Thinking(Scripted):
    """Thinks and says nothing; what it is sent has a price."""

    def stream(self, context: Context) -> Iterator[Piece | Usage]:
        for piece in super().stream(context):
            assert isinstance(piece, Piece)
            yield Piece(text="", reasoning=piece.text)

    def priced(self, usage: Usage) -> Usage:
        return replace(usage, cost=0.01 * (usage.tokens_in or 0), price="a table")


def test_so_has_one_that_was_killed_while_it_thought(notebook: Notebook) -> None:
    dead(notebook, Question(text="one?"), ("the print ", "was soft"), Thinking)

    ask(notebook, "two?", Scripted(name="other/b"))

    (row,) = (row for row in spent(notebook) if row.cost)
    assert row.cost == pytest.approx(0.01 * row.tokens_in)


def test_a_question_that_alone_costs_more_than_the_cap_is_asked_about(notebook: Notebook) -> None:
    book = capped(notebook, cap=0.01)
    words = "the rates were cut " * 4_000
    model = replace(remote(), name="openai/gpt-4o")  # $2.50 for a million tokens

    with pytest.raises(OverCap, match=r"\$0.00 of \$0.01; this context alone costs \$0.0[34]"):
        ask(book, words, model, budget=100_000)

    assert model.contexts == []


def test_the_question_says_for_how_long_a_yes_stands(notebook: Notebook) -> None:
    book = capped(notebook, cap=0.5)

    ask(book, "one?", remote())
    (asked,) = carried(book, Decision.ONCE)[1]

    assert "$0.60 of $0.50; answers cost $0.60 on average. Go" in decision_wanted(asked)[0]
    assert "Go on, here up to $1.50 unasked? [y/N]" in decision_wanted(asked)[0]
    assert carried(book, Decision.ONCE)[1] != []  # $1.20 are spent by now


def test_a_small_context_is_not_said_to_cost_what_answers_do(notebook: Notebook) -> None:
    book = capped(notebook, cap=0.5)
    ask(book, "one?", remote())

    with pytest.raises(OverCap) as refused:
        ask(book, "two?", replace(remote(), name="openai/gpt-4o"))

    told = str(refused.value)
    assert "answers cost $0.60 on average; this context alone costs $0.000" in told


def test_a_cap_may_be_of_cents(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    write(path, "cap", "0.5")
    write(path, "projects.fed.cap", "2")

    settings = load({"LEDGERNOTE_CONFIG": str(path)}, ledger=None, actor="me")

    assert settings.cap == 0.5
    assert settings.projects["fed"]["cap"] == 2.0
