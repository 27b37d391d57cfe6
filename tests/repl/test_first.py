"""The first key: asked for unseen when there is no model, and the question is answered."""

from __future__ import annotations

import json
import os
import select
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import canary
import pytest
from repl.people import PATIENCE, Heard, Person
from scripted import Refuse, ScriptedServer
from started import beside

from ledgernote.config import Settings
from ledgernote.domain.entries import Entry, Kind
from ledgernote.domain.errors import NoSuchThing, UsageError
from ledgernote.models.keys import BEGINNINGS
from ledgernote.notebook.answering import the_model
from ledgernote.notebook.keys import provider_of
from ledgernote.notebook.notebook import Notebook
from ledgernote.repl.awaited import Awaited
from ledgernote.repl.first import chosen, is_hidden, key
from ledgernote.repl.session import Desk, Session
from ledgernote.repl.slash import KNOWN
from ledgernote.repl.words import Typed

KEY = canary.OPENAI
ASKS = "No model yet. Paste a key (hidden), press Enter for a local server, or /skip."

SitDown = Callable[..., Person]


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as one:
        yield one


@pytest.fixture
def newcomer(person: SitDown, server: ScriptedServer, settings: Settings) -> SitDown:
    """A person without any model; OpenAI's usual one and Ollama are at the scripted server."""
    there = f'[models."openai/gpt-5.4"]\napi_base = "{server.base}"'

    def sit_down(**more: object) -> Person:
        settings.config.write_text(str(more.pop("config", there)))
        places = {"OLLAMA_HOST": server.root}
        return person(columns=100, **{**places, **more})

    return sit_down


@pytest.fixture
def run_ask(environ: dict[str, str], server: ScriptedServer) -> Callable[[str], None]:
    """A question that was answered in the shell, while there was a key."""

    def ask(model: str) -> None:
        key = {"OPENAI_API_BASE": server.base, "OPENAI_API_KEY": "once"}
        command = ("ask", "--as", "ann", "-m", model, "what now?")
        with beside(*command, env={**environ, **key}, stdin=subprocess.DEVNULL) as asking:
            asking.communicate(timeout=60)
        assert asking.returncode == 0

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


def test_the_dialogue_says_that_the_command_for_keys_failed_and_comes_before_a_kept_one(
    newcomer: SitDown,
) -> None:
    locked = 'key_command = "echo the vault is locked >&2; exit 3"'
    ann = newcomer(OLLAMA_HOST="", config=locked)
    ann.sees("No model yet: key_command gave no key: exit 3: the vault is locked. Paste a key")
    ann.types(f"{KEY}\r")

    ann.sees("key_command in the settings comes first: unset it, or this key is not used")


def test_a_prompt_stands_while_a_command_for_keys_runs_and_a_question_is_kept_and_waits(
    newcomer: SitDown, server: ScriptedServer, settings: Settings, tmp_path: Path
) -> None:
    gate, usual = tmp_path / "gate", f'[models."openai/gpt-5.4"]\napi_base = "{server.base}"'
    os.mkfifo(gate)
    ann = newcomer(OLLAMA_HOST="", config=f"key_command = 'cat {gate}'\n{usual}")
    ann.until(lambda screen: screen.count("key_command runs") == 2, "the prompt and its bar")
    ann.types("what now?\r")
    ann.sees("key_command runs; the question is kept")
    kept = [entry.text for entry in entries(settings)]
    ann.types("\x03")
    ann.sees("not asked yet; the question is kept as")
    ann.types("half a dr")
    ann.sees("> half a dr")

    gate.write_text(f"{KEY}\n")
    ann.sees("openai/gpt-5.4 answers")
    ann.types("aft\r")
    ann.sees("answer 1")

    assert kept == ["what now?"]
    assert [one.text for one in entries(settings)] == ["what now?", "half a draft", "answer 1"]


def test_a_command_for_keys_that_fails_is_run_once_in_a_thread_that_has_a_model(
    newcomer: SitDown, run_ask: Callable[[str], None], tmp_path: Path
) -> None:
    run_ask("openai/gpt-5.4")
    gate, log = tmp_path / "gate", tmp_path / "log"
    os.mkfifo(gate)
    told = f"key_command = 'echo run >> {log}; cat {gate}; exit 3'"
    ann = newcomer(OLLAMA_HOST="", config=told)
    ann.until(lambda screen: screen.count("key_command runs") == 2, "the prompt and its bar")

    gate.write_text("")
    ann.sees("openai/gpt-5.4 answers")

    assert log.read_text().split() == ["run"]


def test_a_command_for_keys_that_failed_runs_once_more_for_what_is_typed_next(
    newcomer: SitDown, server: ScriptedServer, tmp_path: Path
) -> None:
    vault, usual = tmp_path / "vault", f'[models."openai/gpt-5.4"]\napi_base = "{server.base}"'
    ann = newcomer(OLLAMA_HOST="", config=f"key_command = 'cat {vault}'\n{usual}")
    ann.sees("No model yet: key_command gave no key")
    ann.types("what now?\r")
    ann.until(lambda screen: screen.count("No model yet: key_command gave no key") == 2, "it again")
    ann.types("\x03")
    ann.sees("not asked yet; the question is kept as")

    vault.write_text(f"{KEY}\n")
    ann.types("/retry\r")

    ann.sees("answer 1")
    vault.unlink()


@pytest.mark.parametrize("end", ["\x04", signal.SIGTERM, signal.SIGHUP])
def test_a_command_for_keys_ends_with_the_talk(
    newcomer: SitDown, tmp_path: Path, end: str | signal.Signals
) -> None:
    gate, alive = tmp_path / "gate", tmp_path / "alive"
    os.mkfifo(gate)
    os.mkfifo(alive)
    ann = newcomer(OLLAMA_HOST="", config=f"key_command = 'cat {gate} >{alive}; true'")
    with alive.open("rb") as written:  # until nobody is left who could
        ann.sees("key_command runs")
        ann.types(end) if isinstance(end, str) else ann.chat.kill(end)
        ann.leaves()

        assert select.select([written], [], [], PATIENCE)[0]


def test_a_thread_that_is_gone_when_the_model_is_known_ends_no_talk(
    session: Session, heard: Heard
) -> None:
    awaited = Awaited(session.notebook.settings, session.notebook.project_name)
    awaited.wait(lambda: False)

    after = chosen(replace(session, thread="zzzzz", awaited=awaited), heard.desk())

    assert (after.awaited, after.asks_for_model) == (None, True)


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
        key(replace(session, chosen=True), line.removeprefix("/key "), heard.desk())
    except (NoSuchThing, UsageError) as error:
        told = f"{error} {error.hint}"

    assert is_hidden(session, line)
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
    ann.types("/models\r")

    assert "\nhouse/llama answers" in screen
    assert "\n* house/llama" in ann.sees("the model of the settings")
    assert 'model = "house/llama"' in settings.config.read_text()


def test_what_is_none_of_the_numbers_chooses_no_server(
    newcomer: SitDown, server: ScriptedServer, settings: Settings
) -> None:
    both = "".join(f'[models."house/{name}"]\napi_base = "{server.base}"\n' for name in "ab")
    ann = newcomer(OLLAMA_HOST="", config=both)
    ann.sees(ASKS)
    ann.types("what now?\r")
    ann.sees("\n*")
    ann.types("\r")
    ann.sees("Which one?")

    ann.types("/models\r2\r")

    assert "house/b answers" in ann.sees("answer 1")
    assert 'model = "house/b"' in settings.config.read_text()


def test_enter_with_no_server_says_so_and_asks_on(newcomer: SitDown) -> None:
    ann = newcomer(OLLAMA_HOST="", config="")
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
    ann = newcomer(OLLAMA_HOST="")
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


def test_a_damaged_key_at_the_hidden_prompt_is_shown_nowhere_and_asked_for_again(
    newcomer: SitDown, server: ScriptedServer, settings: Settings, tmp_path: Path
) -> None:
    ann = newcomer(OLLAMA_HOST="")
    ann.sees(ASKS)
    ann.types("what now?\r")
    ann.sees("\n*")
    ann.types("canary#1 is a secret\r")
    ann.sees("that is no key, and is not kept")
    ann.types("\x1b[200~sk-proj-canary\n0123456789 abcdef\x1b[201~\r")
    ann.sees("answer 1")
    ann.types("half")
    screen = ann.sees("> half")
    ann.closes()

    asked = [entry.text for entry in entries(settings) if entry.kind is Kind.QUESTION]
    holding = [
        one.name for one in tmp_path.rglob("*") if one.is_file() and b"canary" in one.read_bytes()
    ]
    assert asked == ["what now?"]
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    assert "canary" not in screen
    assert holding == ["keys.json"]


def test_a_key_with_a_line_break_is_taken_as_one_at_the_first_prompt(
    newcomer: SitDown, server: ScriptedServer, settings: Settings
) -> None:
    ann = newcomer(OLLAMA_HOST="")
    ann.sees(ASKS)
    ann.types("\x1b[200~sk-proj-canary012\n3456789abcdef\x1b[201~")
    ann.watches(0.5)
    typed = ann.screen()
    ann.types("\r")

    screen = ann.sees("openai/gpt-5.4 answers")

    assert "canary" not in typed + screen
    assert settings.keys
    assert json.loads(settings.keys.read_text()) == {"openai": KEY}
    assert not entries(settings)


@pytest.mark.parametrize(
    ("provider", "typed", "kept"),
    [
        ("mistral", "abcd1234-efgh secret", None),
        ("mistral", "what is it?", None),
        ("mistral", "short", "short"),
        ("huggingface", "hf_abcdefghijkl", "hf_abcdefghijkl"),
        ("openai", "sk-proj-abc\n  0123456789 def", "sk-proj-abc0123456789def"),
        ("", "short", None),
        ("", "hf_abcdefghijkl", None),
    ],
)
def test_what_is_typed_behind_key_is_a_key_or_dropped(
    session: Session, heard: Heard, settings: Settings, provider: str, typed: str, kept: str | None
) -> None:
    desk, later = hidden(heard, typed)

    key(session, provider, desk)

    assert settings.keys
    found = json.loads(settings.keys.read_text()) if settings.keys.exists() else {}
    assert found == ({provider: kept} if kept else {})
    assert not later
    assert typed not in heard.all
    assert ("not kept; " in heard.all) is (kept is None)


def test_a_command_at_the_hidden_prompt_is_read_next(session: Session, heard: Heard) -> None:
    desk, later = hidden(heard, "/model offline")

    key(session, "mistral", desk)

    assert [typed.text for typed in later] == ["/model offline"]


@pytest.mark.parametrize("chosen", [True, False])
def test_a_key_of_another_vendor_says_what_asks_that_one(
    session: Session, heard: Heard, monkeypatch: pytest.MonkeyPatch, *, chosen: bool
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", canary.ANTHROPIC)
    model = the_model(session.notebook, "anthropic")

    after = key(replace(session, model=model, chosen=chosen), "openai", hidden(heard, KEY)[0])

    said = " ".join(heard.all.split())
    assert after.model is model
    assert f"{model.name} answers as before; /model openai asks openai" in said


@pytest.mark.parametrize("chosen", [True, False])
def test_it_is_used_at_once_where_the_model_that_nobody_named_has_no_key(
    session: Session, heard: Heard, monkeypatch: pytest.MonkeyPatch, *, chosen: bool
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    model = the_model(session.notebook, "anthropic")

    after = key(replace(session, model=model, chosen=chosen), "openai", hidden(heard, KEY)[0])

    assert after.model.name == (model.name if chosen else "openai/gpt-5.4")


def test_a_key_that_replaces_another_or_stands_behind_the_environment_says_so(
    session: Session, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    key(session, "openai", hidden(heard, KEY)[0])
    monkeypatch.setenv("OPENAI_API_KEY", "sk-proj-fromtheenvironment1")

    key(session, "openai", hidden(heard, "sk-proj-another0123456789")[0])

    said = " ".join(heard.all.split())
    assert said.count("it replaces …") == 1
    assert "it replaces …cdef" in said
    assert "OPENAI_API_KEY in the environment comes first: unset it, or this key is not" in said


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_a_key_that_looks_like_that_of_another_than_was_named_says_so(
    session: Session, heard: Heard, provider: str
) -> None:
    key(session, provider, hidden(heard, canary.ANTHROPIC)[0])

    said = " ".join(heard.all.split())
    told = "it looks like a key of anthropic: /key anthropic takes it for that one"
    assert (told in said) is (provider == "openai")


def test_every_provider_whose_keys_are_known_is_one_that_key_takes(settings: Settings) -> None:
    for _, provider in BEGINNINGS:
        assert provider_of(settings, provider) == provider


def hidden(heard: Heard, *typed: str) -> tuple[Desk, list[Typed]]:
    """A desk where that is typed unseen, then Ctrl-C; and what the next prompt gets."""
    lines, later = [Typed(one) for one in typed], list[Typed]()

    def secret() -> Typed:
        if not lines:
            raise KeyboardInterrupt
        return lines.pop(0)

    return replace(heard.desk(), secret=secret, later=later.append, commands=KNOWN), later
