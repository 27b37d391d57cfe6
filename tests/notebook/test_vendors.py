"""One thread through the protocols of five vendors, each as strict as the real one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import canary
import pytest
from notebook.hands import ask
from scripted import SERVED, Cut, Say, ScriptedServer, Think

from ledgernote.domain.entries import Status
from ledgernote.domain.turns import Context, Model
from ledgernote.notebook.answering import the_model
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.turn import Question, preview

NAMES = (
    "openai/gpt-4o",
    "anthropic/claude-sonnet-4-5",
    "gemini/gemini-2.5-flash",
    "ollama/llama3",
    "openrouter/mistralai/mistral-large",
)
PATHS = ("/v1/chat/completions", "/v1/messages", ":streamGenerateContent", "/api/chat")


@pytest.fixture
def vendors(
    server: ScriptedServer, notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> list[Model]:
    """Five models, each behind another protocol or provider, all at the server."""
    for variable, value in {
        "OPENAI_API_BASE": server.base,
        "ANTHROPIC_API_BASE": server.root,
        "OPENROUTER_API_BASE": server.base,
        "OLLAMA_HOST": server.root,
    }.items():
        monkeypatch.setenv(variable, value)
    for provider in ("OPENAI", "ANTHROPIC", "OPENROUTER", "GEMINI"):
        monkeypatch.setenv(f"{provider}_API_KEY", canary.OPENAI)
    own = {"gemini/gemini-2.5-flash": {"api_base": server.root}}
    notebook.settings = replace(notebook.settings, models=own)
    return [the_model(notebook, name) for name in NAMES]


def handles(context: Context) -> list[str]:
    """Of everything that is replayed, in its order."""
    return [row.handle for row in context.receipt]


def said(server: ScriptedServer) -> Iterator[str]:
    """Each request as one text."""
    return (str(body) for body in server.requests)


def test_each_model_takes_the_thread_that_the_others_have_made(
    notebook: Notebook, server: ScriptedServer, vendors: list[Model]
) -> None:
    kept: list[str] = []

    for number, model in enumerate(vendors):
        server.script(Say(f"answer of number {number}"))
        turn = ask(notebook, f"question {number}?", model, thread="talk")
        assert (turn.kept.error, turn.kept.text) == (None, f"answer of number {number}")
        assert handles(turn.context) == kept
        kept += [turn.question.handle, turn.answer.handle]

    paths = [path.partition("?")[0] for path in server.paths]
    assert all(any(path.endswith(end) for path in paths) for end in PATHS)
    assert [text.count("answer of number") for text in said(server)] == [0, 1, 2, 3, 4]


def test_the_history_in_each_is_the_same_list_of_handles(
    notebook: Notebook, server: ScriptedServer, vendors: list[Model]
) -> None:
    for number, model in enumerate(vendors):
        ask(notebook, f"question {number}?", model, thread="talk")

    question = Question(text="and now?", thread="talk")
    replayed = [handles(preview(notebook, question, model)) for model in vendors]

    assert len(replayed[0]) == 10
    assert replayed == [replayed[0]] * 5


def test_what_one_model_thought_goes_to_no_other(
    notebook: Notebook, server: ScriptedServer, vendors: list[Model]
) -> None:
    for number, model in enumerate(vendors):
        server.script(Think("a zebrafinch came to mind", f"answer {number}"))
        turn = ask(notebook, f"question {number}?", model, thread="talk")
        assert turn.kept.error is None

    assert not any("zebrafinch" in text for text in said(server))


def test_an_answer_that_broke_off_or_failed_is_history_that_every_vendor_takes(
    notebook: Notebook, server: ScriptedServer, vendors: list[Model]
) -> None:
    server.script(Cut(2), Say(""))
    for model in vendors[:2]:
        ask(notebook, "and then?", model, thread="talk")

    turns = [ask(notebook, "well?", model, thread="talk") for model in vendors]

    assert [turn.kept.status for turn in turns] == [Status.COMPLETE] * 5


def test_the_model_that_the_response_names_is_recorded(
    notebook: Notebook, server: ScriptedServer, vendors: list[Model]
) -> None:
    served = [ask(notebook, "so?", model).kept.usage.served_model for model in vendors]

    assert served[:2] == [SERVED, SERVED]
    assert served[3] == "llama3"
