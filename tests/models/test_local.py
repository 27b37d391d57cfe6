"""Servers that answer on this machine."""

from __future__ import annotations

import socket
import time

from scripted import ScriptedServer

from ledgernote.models.local import Server, look


def test_the_models_of_each_kind_of_server_are_listed_and_none_that_only_embed() -> None:
    with ScriptedServer() as server:
        server.models = ("llama3.2:latest", "nomic-embed-text")
        ollama = Server(name="Ollama", base=server.root, provider="ollama", lists="/api/tags")
        other = Server(name="LM Studio", base=server.base, provider="lm_studio")

        found = look([ollama, other])

    assert [one.name for models in found.values() for one in models] == [
        "ollama/llama3.2:latest",
        "lm_studio/llama3.2:latest",
    ]


def test_a_server_without_a_list_answers_and_a_closed_port_does_not() -> None:
    with ScriptedServer() as server:
        there = Server(name="a", base=server.base, provider="openai")
        gone = Server(name="b", base="http://127.0.0.1:9/v1", provider="openai")

        found = look([there, gone])

    assert found == {server.base: []}


def test_a_server_that_says_nothing_is_not_waited_for() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        silent = Server(
            name="s", base=f"http://127.0.0.1:{deaf.getsockname()[1]}", provider="openai"
        )
        begun = time.monotonic()

        found = look([silent] * 3, seconds=0.2)

    assert found == {}
    assert time.monotonic() - begun < 2
