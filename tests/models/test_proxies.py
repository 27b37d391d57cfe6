"""A proxy of the environment that fails is named, on both ways to a model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from models.test_served import KEY, ask, at, fail, remote
from scripted import Raw, Refuse, ScriptedServer

from ledgernote.domain.errors import ModelBusy, ModelError
from ledgernote.models import direct
from ledgernote.models.remote import library

both_ways = pytest.mark.parametrize("name", ["openai/gpt-4o", "openai/own-model"])
Failed = Callable[[str, str], ModelError]


def forget_clients() -> None:
    """Each keeps the proxies that it was made with."""
    library().in_memory_llm_clients_cache.flush_cache()
    direct._client.cache_clear()


@pytest.fixture
def failed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Failed]:
    """How a model at http://far.example fails behind a proxy."""
    for name in ("http_proxy", "https_proxy", "no_proxy", "NO_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)

    def ask(name: str, proxy: str) -> ModelError:
        monkeypatch.setenv("HTTP_PROXY", proxy)
        environ = {"OPENAI_API_BASE": "http://far.example/v1", "OPENAI_API_KEY": KEY}
        return fail(remote(name, environ))[1]

    forget_clients()
    yield ask
    forget_clients()


@both_ways
@pytest.mark.parametrize("proxy", ["::::", "http://127.0.0.1:none", "foo://x"])
def test_a_proxy_at_no_address_is_told_by_its_variable(
    name: str, proxy: str, failed: Failed
) -> None:
    error = failed(name, proxy)

    assert str(error) == "HTTP_PROXY names no address of a proxy"
    assert not isinstance(error, ModelBusy)


@both_ways
@pytest.mark.parametrize("excepted", [True, False])
def test_a_proxy_at_no_address_stops_nobody_who_is_not_asked_through_it(
    name: str, excepted: bool, failed: Failed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "::::")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1" if excepted else "")
    with ScriptedServer() as server:
        near = at(server, name)
        said, _, _ = ask(replace(near, choice=replace(near.choice, local=not excepted)))
    error = failed(name, "::::")

    assert said == "answer 1"
    assert str(error) == "HTTP_PROXY names no address of a proxy"


@both_ways
@pytest.mark.parametrize("scheme", ["", "http://"])
def test_a_proxy_that_is_not_there_is_told_without_its_password(
    name: str, scheme: str, failed: Failed
) -> None:
    error = failed(name, f"{scheme}ann:pass-canary@127.0.0.1:9")

    assert str(error) == "no answer from the proxy 127.0.0.1:9, which HTTP_PROXY names"
    assert "pass-canary" not in error.hint


@both_ways
def test_a_proxy_that_wants_a_password_says_so(name: str, failed: Failed) -> None:
    with ScriptedServer(Refuse(407, "who are you?")) as proxy:
        error = failed(name, proxy.root)

    assert str(error) == f"the proxy {proxy.root[7:]} wants a name and a password"


@both_ways
def test_a_question_that_is_sent_on_before_it_has_come_to_its_server_names_the_proxy(
    name: str, failed: Failed
) -> None:
    with ScriptedServer(Raw("", 302, (("location", "http://login.example/"),))) as proxy:
        error = failed(name, proxy.root)

    assert str(error) == (
        f"the proxy {proxy.root[7:]}, which HTTP_PROXY names, or http://far.example/v1 behind it, "
        "sends questions on to: http://login.example/"
    )


@both_ways
def test_a_server_that_no_proxy_stands_before_is_told_itself(
    name: str, failed: Failed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "far.example")

    error = failed(name, "http://127.0.0.1:9")

    assert str(error) == "no answer at http://far.example/v1: is the server running?"


@both_ways
def test_a_server_that_speaks_no_tls_is_told_so(name: str) -> None:
    with ScriptedServer() as server:
        server.base = server.base.replace("http:", "https:")
        _, error = fail(at(server, name))

    assert str(error).startswith(f"{server.base} is no server that TLS lets anyone trust: ")
    assert not isinstance(error, ModelBusy)
