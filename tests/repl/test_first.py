"""The first key: asked for unseen when there is no model, and the question is answered."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from repl.people import Heard, Person
from scripted import Refuse, ScriptedServer

from ledgernote.config import Settings
from ledgernote.domain.entries import Entry, Kind
from ledgernote.domain.errors import NoSuchThing, UsageError
from ledgernote.notebook.notebook import Notebook
from ledgernote.repl import first
from ledgernote.repl.session import Session

KEY = "sk-proj-canary0123456789abcdef"
ASKS = "No model yet. Paste a key (hidden), press Enter for a local server, or /skip."

SitDown = Callable[..., Person]


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as one:
        yield one


@pytest.fixture
def newcomer(person: SitDown, server: ScriptedServer, settings: Settings) -> SitDown:
    """A person without any model; OpenAI and Ollama are the scripted server."""

    def sit_down(**more: object) -> Person:
        settings.config.write_text(str(more.pop("config", "")))
        places = {"OPENAI_API_BASE": server.base, "OLLAMA_HOST": server.root}
        return person(columns=100, **{**places, **more})

    return sit_down


@pytest.fixture
def run_ask(environ: dict[str, str], server: ScriptedServer) -> Callable[[str], None]:
    """A question that was answered in the shell, while there was a key."""

    def ask(model: str) -> None:
        key = {"OPENAI_API_BASE": server.base, "OPENAI_API_KEY": "once"}
        subprocess.run(
            [sys.executable, "-m", "ledgernote", "ask", "--as", "ann", "-m", model, "what now?"],
            env={**environ, **key},
            capture_output=True,
            check=True,
        )

    return ask


def entries(settings: Settings) -> list[Entry]:
    book = Notebook.open(settings, create=False, say=lambda _: None)
    try:
        return book.latest(0)
    finally:
        book.close()


def test_a_question_is_kept_then_a_key_is_asked_for_and_then_it_is_answered(
    newcomer: SitDown, server: ScriptedServer, settings: Settings
) -> None:
    ann = newcomer(OLLAMA_HOST="")
    ann.sees(ASKS)
    ann.types("what is a dot plot?\r")
    ann.sees("\n*")
    waiting = [entry.text for entry in entries(settings)]
    ann.types(f"{KEY}\r")

    screen = ann.sees("answer 1")

    assert waiting == ["what is a dot plot?"]
    assert "openai/gpt-5.4 answers" in screen
    assert "canary" not in screen
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    assert [entry.kind for entry in entries(settings)] == [Kind.QUESTION, Kind.ANSWER]


def test_a_key_at_the_prompt_is_taken_as_one_before_any_question(
    newcomer: SitDown, server: ScriptedServer, settings: Settings
) -> None:
    ann = newcomer(OLLAMA_HOST="")
    ann.sees(ASKS)
    ann.types(f"\x1b[200~{KEY}\x1b[201~\r")
    ann.sees("openai/gpt-5.4 answers")
    ann.types("hello\r")

    screen = ann.sees("answer 1")

    assert "canary" not in screen
    assert [entry.text for entry in entries(settings)] == ["hello", "answer 1"]


def test_a_key_comes_up_in_no_history_and_stands_in_no_file_but_its_own(
    newcomer: SitDown, settings: Settings, tmp_path: Path
) -> None:
    ann = newcomer(OLLAMA_HOST="")
    ann.sees(ASKS)
    ann.types(f"{KEY}\r")
    ann.sees("openai/gpt-5.4 answers")
    ann.types(f"/key {KEY}\r")
    ann.sees("is kept in")
    ann.types("\x1b[A\x1b[A\x1b[A")
    ann.watches(0.5)
    ann.types(f"\x03{KEY}")
    ann.watches(0.5)

    screen = ann.screen()
    ann.closes()

    assert "canary" not in screen
    assert settings.keys
    assert json.loads(settings.keys.read_text()) == {"openai": KEY}
    holding = [
        one.name for one in tmp_path.rglob("*") if one.is_file() and b"canary" in one.read_bytes()
    ]
    assert holding == ["keys.json"]


@pytest.mark.parametrize(
    ("line", "owner"),
    [
        (f"/key openai {KEY}", "openai"),
        ("/key mistral canary0123456789abcdef", "mistral"),
        (f"/key {KEY} openai", ""),
        (f"/key opnai {KEY}", ""),
        ("/key canary0123456789abcdef", ""),
        (f"/key openai {KEY} please", ""),
    ],
)
def test_a_key_behind_a_provider_is_kept_for_it_and_never_shown(
    session: Session, heard: Heard, settings: Settings, line: str, owner: str
) -> None:
    told = ""

    try:
        first.key(replace(session, chosen=True), line.removeprefix("/key "), heard.desk())
    except (NoSuchThing, UsageError) as error:
        told = f"{error} {error.hint}"

    assert first.is_hidden(session, line)
    assert "canary" not in told + heard.all
    assert settings.keys
    assert list(json.loads(settings.keys.read_text()) if owner else {}) == [owner] * bool(owner)
    assert settings.keys.exists() == bool(owner)


def test_enter_takes_the_local_server_that_answers_and_remembers_it(
    newcomer: SitDown, server: ScriptedServer, settings: Settings
) -> None:
    ann = newcomer(OLLAMA_HOST="", config=f'[models."house/llama"]\napi_base = "{server.base}"')
    ann.sees(ASKS)
    ann.types("what now?\r")
    ann.sees("\n*")
    ann.types("\r")

    screen = ann.sees("answer 1")

    assert "openai/house/llama answers" in screen
    assert 'model = "house/llama"' in settings.config.read_text()


def test_enter_with_no_server_says_so_and_asks_on(newcomer: SitDown) -> None:
    ann = newcomer(OLLAMA_HOST="", OPENAI_API_BASE="")
    ann.sees(ASKS)
    ann.types("\r")

    ann.sees("no server answers here")


def test_skip_goes_on_with_the_notebook_alone_and_answers_the_question(
    newcomer: SitDown, settings: Settings
) -> None:
    ann = newcomer(OLLAMA_HOST="")
    ann.sees(ASKS)
    ann.types("what now?\r")
    ann.sees("\n*")
    ann.types("/skip\r")

    ann.sees("offline · ~")

    assert [entry.kind for entry in entries(settings)] == [Kind.QUESTION, Kind.ANSWER]


def test_a_key_after_skip_is_used_at_once_in_the_model_that_the_thread_had(
    newcomer: SitDown, run_ask: Callable[[str], None]
) -> None:
    run_ask("openai/gpt-4o")
    ann = newcomer(OLLAMA_HOST="", OPENAI_API_BASE="")
    ann.sees(ASKS)
    ann.types("/skip\r")
    ann.sees("offline answers")
    ann.types(f"{KEY}\r")

    ann.sees("openai/gpt-4o answers")


def test_a_key_that_begins_like_nobodys_is_kept_for_whom_the_person_names(
    newcomer: SitDown, settings: Settings
) -> None:
    ann = newcomer(OLLAMA_HOST="")
    ann.sees(ASKS)
    ann.types("canary0123456789abcdef\r")
    ann.sees("Whose key is it?")
    ann.types("mistral\r")

    screen = ann.sees("mistral/mistral-medium-latest answers")

    assert "canary" not in screen


def test_a_refusal_that_repeats_the_key_is_shown_without_it(
    newcomer: SitDown, server: ScriptedServer, settings: Settings
) -> None:
    server.script(Refuse(401, "the key {key} is no good, {key}"))
    ann = newcomer(OLLAMA_HOST="")
    ann.sees(ASKS)
    ann.types(f"{KEY}\r")
    ann.sees("answers")
    ann.types("hello\r")

    screen = ann.sees("Set another: /key openai")

    assert "the key Bearer [key] is no good" in " ".join(screen.split())
    assert "canary" not in screen
    assert b"canary" not in settings.ledger.read_bytes()


def test_a_question_that_cannot_be_kept_before_the_key_is_saved(
    newcomer: SitDown, settings: Settings
) -> None:
    ann = newcomer(OLLAMA_HOST="")
    ann.sees(ASKS)
    ann.types("/note first\r")
    ann.sees("kept")
    with closing(sqlite3.connect(settings.ledger)) as newer:
        newer.execute("PRAGMA user_version = 999")
        newer.commit()

    ann.types("what now?\r")

    ann.sees("Your text is safe in")


def test_ctrl_c_leaves_the_question_kept_and_retry_asks_it_when_there_is_a_key(
    newcomer: SitDown, settings: Settings
) -> None:
    ann = newcomer(OLLAMA_HOST="")
    ann.sees(ASKS)
    ann.types("what now?\r")
    ann.sees("\n*")
    ann.types("\x03")
    ann.sees("the question is kept as")
    ann.types("/key\r")
    ann.sees("Enter leaves it")
    ann.types(f"{KEY}\r")
    ann.sees("openai/gpt-5.4 answers")
    ann.types("/retry\r")

    ann.sees("answer 1")

    assert [entry.kind for entry in entries(settings)] == [Kind.QUESTION, Kind.ANSWER]


def test_a_line_that_is_no_key_is_the_next_message(newcomer: SitDown, settings: Settings) -> None:
    ann = newcomer(OLLAMA_HOST="")
    ann.sees(ASKS)
    ann.types("what now?\r")
    ann.sees("\n*")
    ann.types("and what then?\r")
    ann.sees("that is no key")
    ann.types(f"{KEY}\r")

    ann.sees("answer 2")

    asked = [entry.text for entry in entries(settings) if entry.kind is Kind.QUESTION]
    assert asked == ["what now?", "and what then?"]
