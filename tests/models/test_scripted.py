"""The scripted server itself, where other tests lean on it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import scripted
from scripted import Say, ScriptedServer


def post(url: str, body: object) -> dict[str, object]:
    request = urllib.request.Request(url, json.dumps(body).encode())
    with urllib.request.urlopen(request, timeout=5) as answer:
        whole: dict[str, object] = json.loads(answer.read())
    return whole


def ask(*roles: str) -> dict[str, object]:
    return {"messages": [{"role": role, "content": "hi"} for role in roles]}


def test_it_answers_without_a_stream_too_and_counts_when_the_script_is_empty() -> None:
    with ScriptedServer() as server:
        server.script(Say("scripted"))

        answers = [str(post(server.base + "/chat/completions", ask("user"))) for _ in range(3)]

    assert [
        word in answer
        for word, answer in zip(("scripted", "answer 2", "answer 3"), answers, strict=True)
    ]
    assert len(server.requests) == 3


@pytest.mark.parametrize("roles", [("user", "user"), ("system", "user")])
def test_as_anthropic_it_refuses_what_anthropic_refuses(roles: tuple[str, ...]) -> None:
    with ScriptedServer() as server, pytest.raises(urllib.error.HTTPError, match="400"):
        post(server.root + "/v1/messages", ask(*roles))


@pytest.mark.parametrize("pieces", [0, 1, 2, 3, 99])
def test_pieces_join_to_the_text(pieces: int) -> None:
    text = "one  two three\nfour "

    parts = scripted.split(text, pieces)

    assert "".join(parts) == text
    assert pieces == 0 or len(parts) <= pieces


def test_it_runs_as_a_program(tmp_path: Path) -> None:
    port_file = tmp_path / "port"
    program = [sys.executable, scripted.__file__, "--port-file", str(port_file), "--pieces", "3"]
    with subprocess.Popen(program) as server:
        try:
            until = time.monotonic() + 5
            while not port_file.exists() and time.monotonic() < until:
                time.sleep(0.02)
            url = f"http://127.0.0.1:{port_file.read_text()}/v1/chat/completions"

            assert "word1 word2 word3" in str(post(url, ask("user")))
        finally:
            server.terminate()
