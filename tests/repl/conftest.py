"""A real notebook for one test, a desk that remembers what was said, and a person at a terminal."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from repl.people import CHAT, Heard, Person

from ledgernote.config import Settings
from ledgernote.notebook.answering import the_model
from ledgernote.notebook.notebook import Notebook
from ledgernote.repl.session import Session


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        ledger=tmp_path / "ledger.db",
        state=tmp_path / "state",
        config=tmp_path / "config.toml",
        keys=tmp_path / "keys.json",
        actor="ann",
    )


@pytest.fixture
def notebook(settings: Settings) -> Iterator[Notebook]:
    book = Notebook.open(settings, create=True, say=lambda _: None)
    yield book
    book.close()


@pytest.fixture
def session(notebook: Notebook) -> Session:
    return Session(notebook=notebook, model=the_model(notebook, "offline"))


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def environ(settings: Settings, tmp_path: Path) -> dict[str, str]:
    """No key, no settings of the machine's owner, a ledger of the test's own.

    `offline` is the default, so that nobody is asked for a model.
    """
    settings.config.write_text('model = "offline"\n', encoding="utf-8")
    own = ("PATH", "LANG", "PYTHONPATH", "LEDGERNOTE_LOCAL_PORTS")
    kept = {name: os.environ[name] for name in own if name in os.environ}
    return kept | {
        "HOME": str(tmp_path),
        "TERM": "xterm-256color",
        "SHELL": "/bin/sh",
        "LEDGERNOTE_LEDGER": str(settings.ledger),
        "LEDGERNOTE_STATE": str(settings.state),
        "LEDGERNOTE_CONFIG": str(settings.config),
        "LEDGERNOTE_KEYS": str(settings.keys),
        "LEDGERNOTE_EMBEDDER": "none",
    }


@pytest.fixture
def person(environ: dict[str, str]) -> Iterator[Callable[..., Person]]:
    people: list[Person] = []

    def sit_down(**more: object) -> Person:
        columns = more.pop("columns", 80)
        shell, chat = str(more.pop("shell", "")), str(more.pop("chat", CHAT))
        assert isinstance(columns, int)
        settled = {**environ, **{name: str(value) for name, value in more.items()}}
        people.append(Person(settled, columns, shell, chat=chat))
        return people[-1]

    yield sit_down
    for one in people:
        if one.chat.isalive():  # what it would do on leaving is nobody's claim any more
            one.chat.kill(signal.SIGKILL)
        one.chat.close()
