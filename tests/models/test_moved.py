"""Servers that send questions on, on every way to a model: nobody gets what another should."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from models.test_served import KEY, NAMES, ask, at, fail, remote
from scripted import Raw, Say, ScriptedServer, Step

from ledgernote.domain.errors import ModelBusy, ModelError
from ledgernote.models.catalog import Known, ModelSettings, choose
from ledgernote.models.choose import open_model
from ledgernote.models.moved import HOPS
from ledgernote.models.patience import PATIENCE
from ledgernote.models.served import embeddings

every_provider = pytest.mark.parametrize("name", NAMES)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def other() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


def moved(to: str, status: int = 307) -> Step:
    return Raw("", status, (("location", to),))


@every_provider
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_question_is_not_sent_on_to_another_server(
    name: str, status: int, server: ScriptedServer, other: ScriptedServer
) -> None:
    server.script(moved(f"{other.root}/there", status))

    _, error = fail(at(server, name))

    assert str(error).endswith(f" sends questions on to: {other.root}/there")
    assert not isinstance(error, ModelBusy)
    assert other.paths == []
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("name", "environ", "set_by"),
    [
        ("openai/own-model", "OPENAI_BASE_URL", "OPENAI_BASE_URL"),
        ("ollama/llama3", "OLLAMA_HOST", "OLLAMA_HOST"),
        ("house", "", "models.house.api_base"),
        ("other", "", "models.openai/far.api_base"),
    ],
)
def test_what_set_the_address_is_named_where_a_server_has_moved(
    name: str, environ: str, set_by: str, server: ScriptedServer
) -> None:
    server.script(moved("http://127.0.0.1:9"))
    settings = {
        "house": ModelSettings(api_base=server.base),
        "other": ModelSettings(model="openai/far"),
        "openai/far": ModelSettings(api_base=server.base),
    }
    there = server.root if environ == "OLLAMA_HOST" else server.base

    _, error = fail(
        open_model(choose(name, Known(settings=settings, environ={environ: there})), {})
    )

    assert error.hint == f"Set {set_by} to where it is now."


@every_provider
def test_nor_is_one_to_a_local_model(
    name: str, server: ScriptedServer, other: ScriptedServer
) -> None:
    server.script(moved(f"{other.root}/there"))

    _, error = fail(open_model(replace(at(server, name).choice, local=True), {}))

    assert "sends questions on to" in str(error)
    assert other.paths == []


@pytest.mark.parametrize(
    "name",
    [
        "azure/gpt-4o",
        "cohere/command-r",
        "groq/llama-3.3-70b-versatile",
        "text-completion-openai/gpt-3.5-turbo-instruct",
    ],
)
def test_nor_is_one_by_the_clients_of_others(
    name: str, server: ScriptedServer, other: ScriptedServer
) -> None:
    server.moved = f"{other.root}/there"

    _, error = fail(remote(name, {}, api_base=server.base, key=KEY))

    assert "sends questions on to" in str(error)
    assert other.paths == []


@pytest.mark.parametrize(
    "name", ["openai/text-embedding-3-small", "gemini/gemini-embedding-001", "ollama/nomic"]
)
def test_nor_is_what_is_to_be_embedded(
    name: str, server: ScriptedServer, other: ScriptedServer
) -> None:
    server.moved = f"{other.root}/there"

    with pytest.raises(ModelError, match=f"sends questions on to: {other.root}/there"):
        embeddings(at(server, name).choice, ["my own position"], PATIENCE)

    assert other.paths == []


@every_provider
@pytest.mark.parametrize("status", [301, 308])
def test_a_server_that_has_moved_its_door_is_asked_there(
    name: str, status: int, server: ScriptedServer
) -> None:
    usual = at(server, name)
    ask(usual)
    door = server.paths[-1]
    server.script(moved(f"/moved{door}", status), Say("so"))

    assert ask(usual)[0] == "so"
    assert server.paths[-2:] == [door, f"/moved{door}"]
    assert server.requests[-1] == server.requests[-2]


@every_provider
def test_a_server_that_sends_questions_round_in_a_circle_is_left(
    name: str, server: ScriptedServer
) -> None:
    usual = at(server, name)
    ask(usual)
    server.script(*[moved(server.paths[-1])] * 9)

    _, error = fail(usual)

    assert str(error).endswith(" sends questions round in a circle")
    assert len(server.requests) == 1 + 1 + HOPS


@every_provider
def test_a_server_that_does_not_say_where_it_has_moved_to_gives_no_answer(
    name: str, server: ScriptedServer
) -> None:
    server.script(Raw("", 302))

    _, error = fail(at(server, name))

    assert str(error).endswith(" is no answer of a model")


def test_an_address_that_is_none_is_told_as_it_came(server: ScriptedServer) -> None:
    server.script(moved("http://nowhere:no-port"))

    _, error = fail(at(server, "openai/gpt-4o"))

    assert str(error).endswith(" sends questions on to: http://nowhere:no-port")
