"""The one door to litellm, against a scripted server on loopback."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import canary
import httpx
import pytest
from scripted import (
    CACHED,
    SERVED,
    TOKENS_IN,
    TOKENS_OUT,
    Cut,
    Fault,
    Hang,
    Raw,
    Refuse,
    Say,
    ScriptedServer,
    Step,
    Think,
)
from started import Beside

from ledgernote.domain.entries import EntryId, EventId
from ledgernote.domain.errors import ModelBusy, ModelError, UsageError
from ledgernote.domain.turns import Context, Message, Model, Piece, Reason, ReceiptRow, Usage
from ledgernote.models.catalog import Known, ModelSettings, choose
from ledgernote.models.choose import open_model
from ledgernote.models.counter import count_messages
from ledgernote.models.failures import explain
from ledgernote.models.given import USUAL
from ledgernote.models.patience import Patience
from ledgernote.models.remote import library
from ledgernote.models.served import Remote, embeddings

KEY = canary.OPENAI
NAMES = (
    "openai/gpt-4o",
    "anthropic/claude-sonnet-4-5",
    "ollama/llama3",
    "gemini/gemini-2.5-flash",
    "openai/own-model",
)

every_provider = pytest.mark.parametrize("name", NAMES)
but_gemini = pytest.mark.parametrize("name", [*NAMES[:3], NAMES[4]])
"""Gemini's requests read otherwise (tests/notebook/test_vendors.py has them)."""


@pytest.fixture(scope="session", autouse=True)
def _imported() -> None:
    """Pay for the import and the slow first call once, outside of any test."""
    remote("openai/gpt-4o", {"OPENAI_API_KEY": KEY}).warm()


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


def remote(name: str, environ: Mapping[str, str], **settings: object) -> Remote:
    chosen = choose(name, Known(environ=environ))
    model = open_model(replace(chosen, **settings), {}, Patience(first=5.0, silence=5.0))  # type: ignore[arg-type]
    assert isinstance(model, Remote)
    return model


def at(server: ScriptedServer, name: str) -> Remote:
    addresses = {
        "OPENAI_API_BASE": server.base,
        "ANTHROPIC_API_BASE": server.root,
        "OLLAMA_HOST": server.root,
    }
    keys = {"OPENAI_API_KEY": KEY, "ANTHROPIC_API_KEY": KEY, "GEMINI_API_KEY": KEY}
    own = {"api_base": server.root} if name.startswith("gemini/") else {}
    return remote(name, addresses | keys, **own)


def context(*rows: ReceiptRow) -> Context:
    messages = (
        Message(role="system", content="Be brief."),
        Message(role="user", content="Is it so?"),
        Message(role="assistant", content="It is."),
        Message(role="user", content="Why?"),
    )
    return Context(
        model="x",
        budget=16_000,
        tokens=count_messages(messages),
        messages=messages,
        receipt=rows,
        left_out=(),
        left_out_count=0,
    )


def ask(model: Model) -> tuple[str, str, Usage]:
    """The whole answer, the whole reasoning, and the usage."""
    *pieces, usage = model.stream(context())
    assert isinstance(usage, Usage)
    said = [piece for piece in pieces if isinstance(piece, Piece)]
    return "".join(one.text for one in said), "".join(one.reasoning for one in said), usage


def fail(model: Model) -> tuple[str, ModelError]:
    """What was said before it failed, and how it failed."""
    said = ""
    try:
        for piece in model.stream(context()):
            assert isinstance(piece, Piece)
            said += piece.text
    except ModelError as error:
        return said, error
    raise AssertionError("it answered to the end")


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("authentication_error", "anthropic refused the key: no"),
        ("permission_error", "anthropic does not let this key use"),
        ("billing_error", "anthropic wants payment first: no"),
        ("invalid_request_error", "anthropic did not take the question: no"),
    ],
)
def test_what_anthropic_refuses_within_its_stream_is_not_asked_again(
    kind: str, sentence: str, server: ScriptedServer
) -> None:
    told = {"type": "error", "error": {"type": kind, "message": "no"}}
    server.script(Raw(f"event: error\ndata: {json.dumps(told)}\n\n"))

    _, error = fail(at(server, NAMES[1]))

    assert str(error).startswith(sentence)
    assert not isinstance(error, ModelBusy)


@pytest.mark.parametrize("name", NAMES[:4])
def test_an_address_that_ends_in_a_query_is_refused_where_litellm_would_lose_it(
    name: str, server: ScriptedServer
) -> None:
    model = at(server, name)

    _, error = fail(replace(model, choice=replace(model.choice, api_base=f"{server.base}?v=7")))

    assert f"ends in a ?query, which {name} cannot be asked with" in str(error)
    assert server.paths == []


@every_provider
def test_no_proxy_hears_what_a_local_model_gets(
    name: str, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ScriptedServer() as proxy:
        for variable in ("http_proxy", "HTTP_PROXY"):
            monkeypatch.setenv(variable, proxy.root)
        for variable in ("no_proxy", "NO_PROXY"):
            monkeypatch.setenv(variable, "")
        elsewhere = at(server, name)
        if type(elsewhere) is Remote:  # the other way would keep this proxy for the next tests
            ask(elsewhere)
            assert proxy.requests
            proxy.requests.clear()

        ask(open_model(replace(elsewhere.choice, local=True), {}))

    assert proxy.requests == []
    assert len(server.requests) == 1


@every_provider
def test_an_answer_comes_in_pieces_with_the_usage_the_provider_reports(
    name: str, server: ScriptedServer
) -> None:
    server.script(Say("Because it is so."))

    text, _, usage = ask(at(server, name))

    assert text == "Because it is so."
    assert (usage.tokens_in, usage.tokens_out, usage.source) == (TOKENS_IN, TOKENS_OUT, "provider")
    assert usage.served_model == ("llama3" if name == "ollama/llama3" else SERVED)


@pytest.mark.parametrize("name", ["openai/gpt-4o", "ollama/llama3"])
def test_a_server_that_tells_no_usage_is_counted_by_ourselves(
    name: str, server: ScriptedServer
) -> None:
    server.script(Say("two words", usage=False))

    _, _, usage = ask(at(server, name))

    assert usage.source == "counted"
    assert (usage.tokens_in, usage.tokens_out) == (count_messages(context().messages), 2)


def test_a_model_that_litellm_knows_by_name_and_no_price_of_has_no_known_cost(
    server: ScriptedServer,
) -> None:
    usage = ask(at(server, "gemini/gemini-3-flash"))[2]

    assert (usage.cost, usage.price) == (None, None)


def test_the_cost_is_known_for_a_known_model_and_none_for_another(server: ScriptedServer) -> None:
    known = ask(at(server, "openai/gpt-4o"))[2]
    other = ask(at(server, "openai/whatever-7"))[2]

    assert known.cost == pytest.approx(11 * 2.5e-6 + 7 * 1e-5)
    assert re.fullmatch(
        rf"litellm {version('litellm')}, installed \d{{4}}-\d\d-\d\d", known.price or ""
    )
    assert (other.cost, other.price) == (None, None)


@but_gemini
def test_what_the_provider_had_read_before_is_marked_where_it_wants_marks_and_counted(
    name: str, server: ScriptedServer
) -> None:
    usage = ask(at(server, name))[2]

    body = next(body for body in server.requests if "messages" in body)
    marked = "cache_control" in json.dumps(body["messages"][-1])
    assert marked == name.startswith("anthropic/")
    assert usage.tokens_in == TOKENS_IN
    assert (usage.tokens_cached == CACHED) == marked


@every_provider
def test_reasoning_is_kept_apart_from_the_answer(name: str, server: ScriptedServer) -> None:
    server.script(Think("well, hm", "Yes."))

    assert ask(at(server, name))[:2] == ("Yes.", "well, hm")


@but_gemini
def test_the_messages_go_out_as_they_stand(name: str, server: ScriptedServer) -> None:
    ask(at(server, name))

    body = next(body for body in server.requests if "messages" in body)
    rows = [(row["role"], str(row["content"])) for row in body["messages"]]
    apart = name.startswith("anthropic")
    assert [role for role, _ in rows] == ["system"] * (not apart) + ["user", "assistant", "user"]
    assert "Why?" in rows[-1][1]
    assert ("Be brief." in str(body.get("system"))) is apart


@pytest.mark.parametrize("name", ["openai/o3", "openai/o3-mini", "openai/o4-mini", "openai/o1"])
def test_a_model_that_reasons_hears_one_system_and_no_two_of_one_role(
    name: str, server: ScriptedServer
) -> None:
    sent = context()

    ask(at(server, name))

    (request,) = server.requests
    assert [row["role"] for row in request["messages"]] == [one.role for one in sent.messages]


TWICE = """
from threading import Barrier, Thread
from ledgernote.models.remote import library
found, both = [], Barrier(2)
def load():
    both.wait()
    found.append(library())
threads = [Thread(target=load) for _ in range(2)]
[each.start() for each in threads]
[each.join() for each in threads]
print(len(found), len(set(map(id, found))))
"""


def test_two_threads_may_load_the_library_at_once() -> None:
    done = subprocess.run(
        [sys.executable, "-c", TWICE], capture_output=True, text=True, check=False
    )

    assert done.stdout == "2 1\n", done.stderr


def test_a_model_of_gemini_without_a_system_hears_it_from_its_user(server: ScriptedServer) -> None:
    model = at(server, "gemini/gemma-3-27b-it")

    ask(model)

    (request,) = server.requests
    assert [row["role"] for row in request["contents"]] == ["user", "model", "user"]
    assert "Be brief." in json.dumps(request["contents"][0])


def test_options_are_sent_and_those_of_the_door_are_refused(server: ScriptedServer) -> None:
    model = at(server, "openai/gpt-4o")

    ask(Remote(model.choice, {"temperature": 0.25}))

    assert server.requests[0]["temperature"] == 0.25
    with pytest.raises(UsageError, match="api_base"):
        Remote(model.choice, {"api_base": "http://elsewhere"})


def test_a_model_of_ollama_costs_nothing_and_nothing_but_its_window_is_asked_about_it(
    server: ScriptedServer,
) -> None:
    assert ask(at(server, "ollama/my-own:7b"))[2].cost == 0.0
    assert server.paths == ["/api/show", "/api/chat"]


def test_ollama_is_told_the_window_so_that_it_does_not_cut_the_context(
    server: ScriptedServer,
) -> None:
    ask(at(server, "ollama/llama3"))

    assert server.requests[0]["options"]["num_ctx"] == 8192


def test_an_address_from_the_settings_needs_no_key(server: ScriptedServer) -> None:
    settings = {"mine": ModelSettings(api_base=server.base)}
    model = Remote(choose("mine", Known(settings=settings)), {})

    assert ask(model)[0] == "answer 1"
    assert server.requests[0]["model"] == "mine"


def test_a_missing_key_is_told_before_anything_is_sent() -> None:
    _, error = fail(remote("openai/gpt-4o", {}))

    assert "OPENAI_API_KEY is not set" in str(error)
    assert "export OPENAI_API_KEY" in error.hint


@every_provider
@pytest.mark.parametrize("key", ["sk-caf\u00e9-0123456789", "sk-of\ntwo-lines-0123456789"])
def test_a_key_that_cannot_be_one_is_told_before_anything_is_sent(
    name: str, key: str, server: ScriptedServer
) -> None:
    provider = name.partition("/")[0]
    variable = f"{provider.upper()}_API_KEY"
    here = at(server, name).choice
    model = Remote(replace(here, key=key, api_key_env=variable), {})

    _, error = fail(model)

    assert str(error) == f"the key of {provider} holds a letter that no key has"
    assert error.hint == f"Set another: export {variable}=…"
    assert server.requests == []


@every_provider
@pytest.mark.parametrize("kind", ["text/html", "text/event-stream", "text/plain; charset=utf-8"])
@pytest.mark.parametrize("body", ["<html>{not json", "data: <html>{not json\n\n"])
def test_a_web_page_is_no_answer_and_not_one_that_broke_off(
    name: str, kind: str, body: str, server: ScriptedServer
) -> None:
    server.script(Raw(body, 200, (("content-type", kind),)))

    _, error = fail(at(server, name))

    assert re.fullmatch(r"what came from \S+ is no answer of a model", str(error))


@every_provider
@pytest.mark.parametrize("data", ["[1, 2]", "42", '"words"'])
def test_a_stream_of_something_else_is_no_answer(
    name: str, data: str, server: ScriptedServer
) -> None:
    server.script(Raw(f"data: {data}\n\n"))

    _, error = fail(at(server, name))

    assert re.fullmatch(r"what came from \S+ is no answer of a model", str(error))
    assert not isinstance(error, ModelBusy)


@pytest.mark.parametrize("name", ["openai/gpt-4o", "openai/own-model"])
@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ({"message": "because", "code": 401}, "openai refused the key: because"),
        ({"message": "because", "code": 402}, "openai wants payment first: because"),
        ({"message": "because", "type": "scripted"}, "openai has a fault of its own: because"),
        ("because", "openai has a fault of its own: because"),
    ],
)
def test_an_error_in_place_of_an_answer_keeps_its_reason_on_both_ways(
    name: str, whole: bool, fault: object, sentence: str, server: ScriptedServer
) -> None:
    told = json.dumps({"error": fault})
    json_only = (("content-type", "application/json"),)
    server.script(Raw(told, 200, json_only) if whole else Raw(f"data: {told}\n\n"))

    assert str(fail(at(server, name))[1]) == sentence


@every_provider
@pytest.mark.parametrize("tidy", [False, True])
def test_a_stream_without_its_last_word_is_broken_not_complete(
    name: str, tidy: bool, server: ScriptedServer
) -> None:
    server.script(Cut(after_pieces=2, tidy=tidy))

    said, error = fail(at(server, name))

    assert said == "one two "
    assert str(error) == "the connection broke in mid-answer"


@every_provider
@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        (Refuse(401, "bad key"), "refused the key: bad key"),
        (Refuse(403, "not you"), "does not let this key use"),
        (Refuse(404, "no such model"), "has no model"),
        (Refuse(429, "slow down"), "asks to wait"),
        (Refuse.too_long(), "the context is larger than the window of"),
        (Refuse(400, "odd request"), "did not take the question: odd request"),
        (Refuse(500, "oops"), "has a fault of its own: oops"),
        (Refuse(503, "later"), "later"),
        (Refuse(529, "too many"), "is overloaded or down: too many"),
        (Fault("overloaded"), "broke off in mid-answer: overloaded"),
        (Cut(after_pieces=0), "broke off before it answered"),
    ],
    ids=str,
)
def test_each_failure_has_its_sentence(
    name: str, step: Step, sentence: str, server: ScriptedServer
) -> None:
    server.script(step)

    _, error = fail(at(server, name))

    assert sentence in str(error)
    assert "litellm" not in str(error).casefold()
    assert error.exit_code == 6
    assert len(server.requests) == 1, "asked once, never again by itself"


@every_provider
@pytest.mark.parametrize("status", [402, 405, 409, 413, 418, 425, 451])
def test_what_is_the_questions_fault_or_the_purses_is_not_asked_again(
    name: str, status: int, server: ScriptedServer
) -> None:
    server.script(Refuse(status, "said so"))

    _, error = fail(at(server, name))

    said = "wants payment first" if status == 402 else "did not take the question"
    assert str(error).endswith(f" {said}: said so")
    assert not isinstance(error, ModelBusy)


@every_provider
@pytest.mark.parametrize("finish", ["length", "content_filter"])
def test_an_answer_that_is_cut_off_says_by_whom(
    name: str, finish: str, server: ScriptedServer
) -> None:
    server.script(Say("half of an answ", finish=finish), Say("all of it"))

    finishes = [ask(at(server, name))[2].finish for _ in range(2)]

    assert finishes == [finish, None]


def told(usage: object) -> Raw:
    """An answer whose end tells that usage."""
    head = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    said = [{"index": 0, "delta": {"content": "so"}, "finish_reason": "stop"}]
    rows = [{**head, "choices": said}, {**head, "choices": [], "usage": usage}]
    return Raw("".join(f"data: {json.dumps(row)}\n\n" for row in rows) + "data: [DONE]\n\n")


ODD = (
    {"prompt_tokens": -7, "completion_tokens": 3, "total_tokens": 3},
    {"prompt_tokens": 10**30, "completion_tokens": 3, "total_tokens": 3},
    {"prompt_tokens": 3, "completion_tokens": 10**9, "total_tokens": 3},
)
ODDER = (
    [1],
    "x",
    {"total_tokens": 9},
    {"prompt_tokens": "many", "completion_tokens": -5},
    {"prompt_tokens": 1.5, "completion_tokens": 3},
    {"prompt_tokens": True, "completion_tokens": 3},
)
"""With these litellm ends an answer by itself."""


@pytest.mark.parametrize(
    ("name", "usage"),
    [
        *(("openai/gpt-4o", usage) for usage in ODD),
        *(("openai/own-model", usage) for usage in (*ODD, *ODDER)),
    ],
    ids=str,
)
def test_what_is_no_number_of_tokens_is_as_not_reported(
    name: str, usage: object, server: ScriptedServer
) -> None:
    server.script(told(usage))

    text, _, found = ask(at(server, name))

    assert (text, found.source) == ("so", "counted")
    assert (found.tokens_in, found.tokens_out) == (count_messages(context().messages), 1)


@pytest.mark.parametrize("cached", ["x", -1, 900, 1.5, [], None])
def test_cached_tokens_that_cannot_be_are_as_not_reported(
    cached: object, server: ScriptedServer
) -> None:
    details = {"cached_tokens": cached}
    server.script(
        told({"prompt_tokens": 33, "completion_tokens": 4, "prompt_tokens_details": details})
    )

    usage = ask(at(server, "openai/own-model"))[2]

    assert (usage.tokens_in, usage.tokens_out, usage.tokens_cached) == (33, 4, None)


EMBEDDERS = (
    ("openai/text-embedding-3-small", "/v1/embeddings"),
    ("ollama/nomic", "/api/embed"),
    ("gemini/gemini-embedding-001", "/models/gemini-embedding-001:batchEmbedContents"),
)


@pytest.mark.parametrize(("name", "path"), EMBEDDERS)
@pytest.mark.parametrize(
    ("tells", "sentence"),
    [
        ({"embeddings": 7}, " is no answer of a model"),
        ({"error": {"message": "because", "code": 401}}, " refused the key: because"),
    ],
)
def test_what_does_not_embed_is_asked_once_and_told_in_our_words(
    name: str, path: str, tells: dict[str, object], sentence: str, server: ScriptedServer
) -> None:
    server.tells = {path: tells}

    with pytest.raises(ModelError, match=sentence):
        embeddings(at(server, name).choice, ["so"], Patience(first=5.0))

    assert server.paths == [path]


@pytest.mark.parametrize(
    ("name", "library", "hint"),
    [
        ("openai/o3-pro", "mcp", "pip install mcp"),
        ("vertex_ai/gemini-2.5-pro", "google", "pip install google-cloud-aiplatform"),
        ("databricks/dbrx", "databricks", "pip install databricks-sdk"),
    ],
)
def test_a_library_that_litellm_lacks_is_named_and_what_installs_it(
    name: str, library: str, hint: str, server: ScriptedServer
) -> None:
    _, error = fail(at(server, name))

    assert (
        str(error) == f"{name} cannot be asked without the library {library}, which litellm imports"
    )
    assert error.hint == hint
    assert not isinstance(error, ModelBusy)


@every_provider
def test_nobody_listening_is_told_with_the_address(name: str, server: ScriptedServer) -> None:
    model = at(server, name)
    model = replace(model, choice=replace(model.choice, api_base="http://127.0.0.1:9"))

    _, error = fail(model)

    assert str(error) == "no answer at http://127.0.0.1:9: is the server running?"


def test_a_provider_that_cannot_be_reached_is_no_server_to_be_started() -> None:
    choice = choose("openai/gpt-4o", Known(environ={"OPENAI_API_KEY": KEY}))

    error = explain(httpx.ConnectError("refused"), choice, begun=False, seconds=1.0)

    assert str(error) == "no answer from openai: is there a network?"
    assert isinstance(error, ModelBusy)


@every_provider
@pytest.mark.parametrize("after", [None, 2])
def test_silence_ends_after_the_time_allowed(
    name: str, after: int | None, server: ScriptedServer
) -> None:
    server.script(Hang(30, after))
    begun = time.monotonic()

    _, error = fail(replace(at(server, name), patience=Patience(first=0.2, silence=0.2)))

    assert str(error) == f"{name} said nothing for 0.2 seconds"
    assert time.monotonic() - begun < 20


@every_provider
def test_a_reader_who_pauses_is_no_silent_model(name: str, server: ScriptedServer) -> None:
    server.script(Say("one two three four five six", delay=0.01))
    model = replace(at(server, name), patience=Patience(first=5.0, silence=0.2))

    said = ""
    for piece in model.stream(context()):
        if isinstance(piece, Piece):
            time.sleep(0 if said else 0.4)
            said += piece.text

    assert said == "one two three four five six"


def test_a_process_that_was_stopped_has_not_waited_meanwhile(server: ScriptedServer) -> None:
    server.script(Say("one two", pieces=2, delay=1.6))
    asking = [sys.executable, "-c", ASKED_PATIENTLY.format(base=server.base)]
    process = Beside(asking, env=dict(os.environ), stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "one \n"

    process.send_signal(signal.SIGSTOP)
    time.sleep(1.4)
    process.send_signal(signal.SIGCONT)

    assert process.communicate(timeout=30)[0] == "two\n"


ASKED_PATIENTLY = """
from ledgernote.domain.turns import Context, Message, Piece
from ledgernote.models.catalog import Known, choose
from ledgernote.models.patience import Patience
from ledgernote.models.served import Remote, embeddings
choice = choose("openai/x", Known(environ={{"OPENAI_API_BASE": "{base}", "OPENAI_API_KEY": "k"}}))
asked = Context(model="x", budget=1, tokens=1, messages=(Message(role="user", content="hi"),),
                receipt=(), left_out=(), left_out_count=0)
for piece in Remote(choice, {{}}, Patience(first=20, silence=1)).stream(asked):
    if isinstance(piece, Piece):
        print(piece.text, flush=True)
"""


@every_provider
def test_no_message_holds_the_key(name: str, server: ScriptedServer) -> None:
    server.script(Refuse(401, f"Incorrect API key provided: {KEY}, or Bearer {KEY[:9]}***wxyz"))

    _, error = fail(at(server, name))

    assert "canary" not in f"{error}{error.hint}{error.__cause__}"
    assert error.__suppress_context__


def test_a_key_of_one_letter_leaves_the_words_alone(server: ScriptedServer) -> None:
    server.script(Refuse(400, "next to the maximum: key x is odd"))
    keys = {"OPENAI_API_BASE": server.base, "OPENAI_API_KEY": "x"}

    _, error = fail(remote("openai/gpt-5", keys))

    assert "next to the maximum: key [key] is odd" in str(error)


def test_what_only_a_programmer_can_do_is_left_out_of_a_refusal(server: ScriptedServer) -> None:
    advice = "To drop unsupported params set `litellm.drop_params = True`"
    server.script(Refuse(400, f"temperature=hot is not supported. {advice}"))
    keys = {"OPENAI_API_BASE": server.base, "OPENAI_API_KEY": "none"}

    _, error = fail(remote("openai/gpt-5", keys))

    assert str(error).endswith("temperature=hot is not supported")


@every_provider
def test_closing_the_stream_closes_the_connection(name: str, server: ScriptedServer) -> None:
    server.script(Say("word " * 500, delay=0.02))
    stream = at(server, name).stream(context())
    next(stream)
    next(stream)

    stream.close()  # type: ignore[attr-defined]

    assert server.broken.wait(1)


@every_provider
@pytest.mark.parametrize("after", [None, 2])
def test_ctrl_c_gets_through_while_the_model_is_silent(
    name: str, after: int | None, server: ScriptedServer
) -> None:
    server.script(Hang(30, after))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    start = time.monotonic()

    try:
        with pytest.raises(KeyboardInterrupt):
            list(at(server, name).stream(context()))
    finally:
        signal.signal(signal.SIGINT, before)

    assert time.monotonic() - start < 15  # the server is silent for 30
    assert server.broken.wait(1)


@every_provider
def test_a_model_that_says_the_same_again_and_again_is_heard_out(
    name: str, server: ScriptedServer
) -> None:
    server.script(Say("same " * 300))

    assert ask(at(server, name))[0].count("same") == 300


@every_provider
def test_a_private_entry_never_passes_to_a_model_that_is_not_local(
    name: str, server: ScriptedServer
) -> None:
    row = ReceiptRow(
        entry=EntryId(bytes(16)),
        handle="k3f9a",
        ref=None,
        kind="note",
        who="you",
        created="2026-06-12T02:10:00+02:00",
        reason=Reason.PIN,
        why="",
        score=None,
        tokens=1,
        excerpt=None,
        text="secret",
        revision=EventId(bytes(16)),
        private=True,
    )
    model = at(server, name)

    with pytest.raises(RuntimeError, match="private"):
        model.stream(context(row))

    assert server.paths == []
    assert list(replace(model, choice=replace(model.choice, local=True)).stream(context(row)))


ALONE = """
import os, sys, warnings
seen = set()
def hook(event, args):
    if event == "socket.connect" and isinstance(args[1], tuple):
        seen.add(args[1][0])
    if event == "socket.getaddrinfo":
        seen.add(str(args[0]))
sys.addaudithook(hook)
from scripted import Cut, Refuse, Say, ScriptedServer
from ledgernote.domain.errors import ModelError
from ledgernote.domain.turns import Context, Message
from ledgernote.models.catalog import Known, choose
from ledgernote.models.patience import Patience
from ledgernote.models.served import Remote, embeddings
asked = Context(model="x", budget=1, tokens=1, messages=(Message(role="user", content="hi"),),
                receipt=(), left_out=(), left_out_count=0)
with ScriptedServer() as server:
    environ = {"OPENAI_API_BASE": server.base, "OPENAI_API_KEY": "k",
               "ANTHROPIC_API_BASE": server.root, "ANTHROPIC_API_KEY": "k",
               "OLLAMA_HOST": server.root}
    for name in ("openai/gpt-4o", "openai/what", "anthropic/claude-sonnet-4-5", "ollama/my-own:7b"):
        model = Remote(choose(name, Known(environ=environ)), {})
        model.warm()
        for step in (Say("ok"), Say("ok", usage=False), Cut(), Refuse(401), Refuse(500)):
            server.script(step)
            try:
                list(model.stream(asked))
            except ModelError:
                pass
assert "FROM_DOTENV" not in os.environ
print(sorted(seen))
"""


def test_a_fresh_process_prints_nothing_reads_no_dotenv_and_talks_to_the_model_alone(
    tmp_path: Path,
) -> None:
    (tmp_path / ".env").write_text("FROM_DOTENV=1\n")
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    environ["PYTHONPATH"] = str(Path(__file__).parent.parent)

    done = subprocess.run(
        [sys.executable, "-c", ALONE],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr == ""
    assert done.stdout == "['127.0.0.1']\n"


BLANKS = """
import os
from ledgernote.models.remote import library
library()
print([name for name in os.environ if name.startswith("OPENAI_")])
"""


def test_a_variable_of_blanks_is_no_address(tmp_path: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "OPENAI_API_BASE": " "}
    environ |= {"PYTHONPATH": os.environ.get("PYTHONPATH", "")}

    done = subprocess.run(
        [sys.executable, "-c", BLANKS], env=environ, capture_output=True, text=True, check=False
    )

    assert done.stdout == "[]\n", done.stderr


COLLECTED = """
import gc
from scripted import ScriptedServer
from ledgernote.domain.turns import Context, Message
from ledgernote.models.catalog import Known, choose
from ledgernote.models.served import Remote, embeddings
searches = []
gc.callbacks.append(lambda phase, about: searches.append(phase))
with ScriptedServer() as server:
    environ = {"OPENAI_API_BASE": server.base, "OPENAI_API_KEY": "k"}
    model = Remote(choose("openai/gpt-4o", Known(environ=environ)), {})
    searches.clear()
    model.load()
    loading = len(searches)
    asked = Context(model=model.name, budget=1, tokens=1, receipt=(), left_out=(),
                    left_out_count=0, messages=(Message(role="user", content="so?"),))
    list(model.stream(asked))
print(loading, gc.isenabled(), gc.get_freeze_count() > 100_000)
"""


def test_no_garbage_is_looked_for_while_litellm_is_imported_and_it_is_again_afterwards() -> None:
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parent.parent)}

    done = subprocess.run(
        [sys.executable, "-c", COLLECTED], env=environ, capture_output=True, text=True, check=False
    )

    assert done.stdout == "0 True True\n", done.stderr


def test_the_usual_parameters_are_all_of_litellms_in_whose_texts_no_secret_stands() -> None:
    library()
    from litellm.constants import DEFAULT_CHAT_COMPLETION_PARAM_VALUES

    ours = {"model", "messages", "stream", "stream_options", "custom_llm_provider", "max_retries"}
    theirs = DEFAULT_CHAT_COMPLETION_PARAM_VALUES.keys() - ours

    assert theirs - USUAL == {"extra_headers", "metadata", "tools"}
    assert theirs >= USUAL
