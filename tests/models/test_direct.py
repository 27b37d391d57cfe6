"""The short way to a server of one's own; all that test_remote.py asks of litellm it asks of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import canary
import pytest
from models.test_remote import ask, at, fail
from scripted import Garbage, Json, Say, ScriptedServer

from ledgernote.models.catalog import Known, ModelSettings, choose
from ledgernote.models.direct import Direct, is_direct
from ledgernote.models.remote import Remote

OWN = {"mine": ModelSettings(api_base="http://127.0.0.1:8080/v1")}


@pytest.mark.parametrize(
    ("name", "direct"),
    [
        ("mine", True),
        ("lm_studio/qwen3", True),
        ("openai/own-model", True),
        ("openai/gpt-4o", False),  # the table has its price
        ("anthropic/claude-sonnet-4-5", False),
        ("ollama/llama3", False),
    ],
)
def test_servers_of_ones_own_that_speak_openai_are_asked_directly(name: str, direct: bool) -> None:
    environ = {"OPENAI_API_BASE": "http://127.0.0.1:1/v1", "OPENAI_API_KEY": canary.OPENAI}

    choice = choose(name, Known(settings=OWN, environ=environ))

    assert is_direct(choice) == direct


def test_an_openai_model_without_an_address_goes_through_litellm() -> None:
    assert not is_direct(choose("openai/unheard-of", Known(environ={})))


def test_the_same_is_sent_on_both_ways() -> None:
    with ScriptedServer() as server:
        model = at(server, "openai/own-model")
        assert isinstance(model, Direct)
        options = {"temperature": 0.25, "reasoning_effort": "low"}
        ask(Direct(model.choice, options))
        ask(Remote(model.choice, options))

    assert server.requests[0] == server.requests[1]
    assert server.headers[0]["authorization"] == server.headers[1]["authorization"]


def test_an_answer_that_comes_whole_is_one() -> None:
    whole = {"choices": [{"message": {"content": "yes"}, "finish_reason": "stop"}], "model": "m"}
    with ScriptedServer() as server:
        server.tells = {"/v1/chat/completions": whole}
        said, _, usage = ask(at(server, "openai/own-model"))

    assert (said, usage.served_model, usage.source) == ("yes", "m", "counted")


@pytest.mark.parametrize("tells", [{"welcome": "to nginx"}, {"choices": "many"}])
def test_a_server_that_says_something_else_is_no_model(tells: Json) -> None:
    with ScriptedServer() as server:
        server.tells = {"/v1/chat/completions": tells}
        said, error = fail(at(server, "openai/own-model"))

    assert said == ""
    assert "is no answer of a model" in str(error)


def test_lines_that_are_no_events_keep_the_connection_awake() -> None:
    with ScriptedServer() as server:
        server.script(Garbage('{"choices": []}\n\n: ping\n\ndata: ' + CHUNK), Say("so"))

        assert ask(at(server, "openai/own-model"))[0] == "yes"


CHUNK = '{"choices": [{"delta": {"content": "yes"}, "finish_reason": "stop"}]}'

WITHOUT = """
import sys
from models.test_remote import ask, at
from scripted import ScriptedServer
before = "litellm" in sys.modules
with ScriptedServer() as server:
    print(ask(at(server, "openai/own-model"))[0], before, "litellm" in sys.modules)
"""


def test_litellm_is_not_loaded() -> None:
    tests = str(Path(__file__).parent.parent)
    path = os.pathsep.join([tests, os.environ.get("PYTHONPATH", "")])
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": path}

    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], env=environ, capture_output=True, text=True, check=False
    )

    assert done.stdout == "answer 1 False False\n", done.stderr
