"""Models behind a real server on loopback, for tests of what leaves this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import canary
import pytest
from scripted import ScriptedServer

from ledgernote.domain.turns import Model
from ledgernote.notebook.answering import the_model
from ledgernote.notebook.notebook import Notebook

Named = Callable[[str], Model]


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """A server that speaks as OpenAI and Anthropic do, and keeps every request."""
    with ScriptedServer() as server:
        yield server


@pytest.fixture
def named(server: ScriptedServer, notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> Named:
    """The model by that name, at the server."""
    for variable, value in {
        "OPENAI_API_BASE": server.base,
        "OPENAI_API_KEY": canary.OPENAI,
        "ANTHROPIC_API_BASE": server.root,
        "ANTHROPIC_API_KEY": canary.OPENAI,
    }.items():
        monkeypatch.setenv(variable, value)
    return lambda name: the_model(notebook, name)
