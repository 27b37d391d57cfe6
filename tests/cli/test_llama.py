"""A server that is not ours: llama.cpp's own, with a tiny model that the test makes.

pip install -e '.[llama]' && python -m pytest -m llama
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
import tiny
from shell import Run

pytestmark = pytest.mark.llama

NEEDS = "pip install -e '.[llama]' compiles llama.cpp"
WINDOW = 8_192
PATIENCE = 60
"""Seconds until the server has loaded."""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the server."""
    for module in ("llama_cpp", "gguf", "uvicorn"):
        pytest.importorskip(module, reason=NEEDS)
    folder = tmp_path_factory.mktemp("llama")
    tiny.write(folder / "tiny.gguf", WINDOW)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "llama_cpp.server", "--host", "127.0.0.1", "--port", port]
    command += ["--model", str(folder / "tiny.gguf"), "--n_ctx", str(WINDOW)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        yield _until_it_answers(f"http://127.0.0.1:{port}/v1", server, folder / "log")
    finally:
        server.kill()
        server.wait()


def _until_it_answers(base: str, server: subprocess.Popen[bytes], log: Path) -> str:
    limit = time.monotonic() + PATIENCE
    while True:
        try:
            urlopen(f"{base}/models", timeout=5).close()
        except (URLError, OSError):
            said = log.read_text(errors="replace")
            assert server.poll() is None, said
            assert time.monotonic() < limit, said
            time.sleep(0.1)
        else:
            return base


@pytest.fixture
def local(run: Run, base: str) -> Run:
    """A run whose model is the server's."""
    settings = f'model = "tiny"\n[models.tiny]\napi_base = "{base}"\nwindow = {WINDOW}\n'
    Path(run.env["LEDGERNOTE_CONFIG"]).write_text(settings, "utf-8")
    return run


def test_ask_streams_what_llama_cpp_says_and_keeps_it(local: Run) -> None:
    local.note("rates are at 5.25 since July")
    ran = local("ask", "where are rates?")

    assert (ran.code, ran.out.strip()) == (0, tiny.SAID), ran.err
    assert "recalled 1" in ran.err
    assert local("log", "--answer").out.strip() == tiny.SAID


def test_chat_goes_on_with_llama_cpp_in_one_thread(local: Run) -> None:
    ran = local("chat", "--new", stdin="first question\nsecond question\n")

    assert ran.code == 0, ran.err
    answers = [one for one in local("log", "--json").records if one["kind"] == "answer"]
    assert [(one["text"].strip(), one["status"]) for one in answers] == [
        (tiny.SAID, "complete")
    ] * 2
    assert len({one["thread"] for one in answers}) == 1


def test_a_context_that_llama_cpp_has_no_room_for_is_told_with_the_remedy(local: Run) -> None:
    larger = local("config", "set", "models.tiny.window", str(4 * WINDOW))
    ran = local("ask", "so?", stdin="rates are at five and a quarter. " * 400)
    less = local("ask", "so?", "--budget", "500")

    assert (larger.code, ran.code) == (0, 6)
    assert "broke off before it answered\n  Ask again, or send less: --budget N\n" in ran.err
    assert (less.code, less.out.strip()) == (0, tiny.SAID)
