"""Servers that answer on this machine."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress

import pytest
from scripted import Json, ScriptedServer

from ledgernote.domain.waiting import before_waiting
from ledgernote.models.local import Server, look, window


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


@pytest.mark.parametrize("begins", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 4000\r\n\r\n"])
def test_a_server_that_says_a_byte_now_and_then_is_not_heard_out(begins: bytes) -> None:
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as slow:
        threading.Thread(target=trickle, args=(slow, begins, done), daemon=True).start()
        base = f"http://127.0.0.1:{slow.getsockname()[1]}/v1"
        begun = time.monotonic()

        found = window(Server(name="s", base=base, provider="openai"), "a", seconds=0.3)
        took = time.monotonic() - begun
        done.set()

    assert found is None
    assert took < 3


def trickle(slow: socket.socket, begins: bytes, done: threading.Event) -> None:
    """Answer whoever comes with a byte each tenth of a second."""
    with suppress(OSError):
        while not done.is_set():
            caller, _ = slow.accept()
            with caller, suppress(OSError):
                caller.sendall(begins)
                while not done.wait(0.1):
                    caller.sendall(b"H")


@pytest.mark.parametrize(
    ("provider", "path", "tells"),
    [
        (
            "ollama",
            "/api/show",
            {"model_info": {"llama.context_length": 8192, "llama.block_count": 4}},
        ),
        ("openai", "/v1/models", {"data": [{"id": "b"}, {"id": "a", "max_model_len": 8192}]}),
        ("openai", "/v1/models", {"data": [{"id": "a", "meta": {"n_ctx": 8192, "n_vocab": 9}}]}),
        ("llamafile", "/props", {"default_generation_settings": {"n_ctx": 8192}}),
        (
            "lm_studio",
            "/api/v0/models",
            {"data": [{"id": "a", "max_context_length": 32768, "loaded_context_length": 8192}]},
        ),
    ],
)
def test_each_kind_of_server_tells_how_large_a_window_is(
    provider: str, path: str, tells: Json
) -> None:
    with ScriptedServer() as server:
        server.tells = {path: tells}
        base = server.root if provider == "ollama" else server.base

        # Long: it is the answer that is tested, and none is kept of a port that is given out again.
        found = window(Server(name="s", base=base, provider=provider), "a", seconds=30)

    assert found == 8192


def test_a_list_is_asked_for_with_what_the_address_ends_in() -> None:
    with ScriptedServer() as server:
        server.tells = {"/v1/models?key=k": {"data": [{"id": "a"}]}}

        found = look([Server(name="s", base=f"{server.base}?key=k", provider="openai")])

    assert [one.model for models in found.values() for one in models] == ["a"]


@pytest.mark.parametrize(
    "tells",
    [
        {},
        {"data": "x"},
        *({"data": [{"id": "a", "n_ctx": no}]} for no in ("many", -5, 0, True, 3, 8192.0, 10**12)),
    ],
)
def test_a_server_that_does_not_say_how_large_a_window_is_is_no_error(tells: Json) -> None:
    with ScriptedServer() as server:
        server.tells = {"/v1/models": tells}

        found = window(Server(name="s", base=server.base, provider="openai"), "a")

    assert found is None


def test_what_comes_before_a_wait_is_done_where_a_server_is_asked() -> None:
    done = []
    gone = Server(name="b", base="http://127.0.0.1:9/v1", provider="openai")

    with before_waiting(lambda: done.append("kept")):
        look([])
        before = list(done)
        look([gone])

    assert (before, done) == ([], ["kept"])
