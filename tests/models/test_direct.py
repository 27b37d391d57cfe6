"""The short way to a server of one's own; all that test_served.py asks of litellm it asks of it."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import canary
import pytest
from models.test_served import ask, at, fail
from scripted import Garbage, Json, Raw, Refuse, Say, ScriptedServer

from ledgernote.domain.errors import ModelBusy, TooLong, UsageError
from ledgernote.domain.secrets import blanked
from ledgernote.models.catalog import Known, ModelSettings, choose
from ledgernote.models.choose import open_model
from ledgernote.models.direct import Direct, _lines, is_direct
from ledgernote.models.served import Remote

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


def test_further_headers_and_fields_go_where_litellm_puts_them() -> None:
    with ScriptedServer() as server:
        model = at(server, "openai/own-model")
        headers = {"x-team": "rates", "Authorization": "Basic 0123abcd"}
        options = {"extra_headers": headers, "extra_body": {"top_k": 5}}
        ask(Direct(model.choice, options))
        ask(Remote(model.choice, options))

    assert server.requests[0] == server.requests[1]
    assert server.requests[0]["top_k"] == 5
    assert "extra_headers" not in server.requests[0]
    for one in server.headers:
        assert (one["x-team"], one["authorization"]) == ("rates", "Basic 0123abcd")
    assert blanked("you sent 0123abcd") == "you sent [key]"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"extra_headers": "x"}, "'extra_headers' takes a JSON object"),
        ({"headers": "x"}, "'headers' takes a JSON object"),
        ({"extra_body": {"messages": []}}, "'messages' is not for a question to set"),
    ],
)
def test_further_headers_and_fields_that_cannot_be_are_refused(
    options: Json, told: str, server: ScriptedServer
) -> None:
    with pytest.raises(UsageError, match=told):
        Direct(mine(server).choice, options)


@pytest.mark.parametrize("option", ["headers", "extra_headers"])
@pytest.mark.parametrize(
    "header",
    [
        {"x-pass": "correct-horse\n"},
        {"x-pass": " correct-horse"},
        {"x-pass": "correct-horse, İstanbul"},
        {"x-pass": "correct-horse\x00"},
        {"correct-horse:": "x"},
        {"": "correct-horse"},
    ],
)
@pytest.mark.parametrize("way", [Direct, Remote])
def test_a_header_that_cannot_be_sent_is_refused_and_not_repeated(
    way: type[Remote], header: Json, option: str, server: ScriptedServer
) -> None:
    with pytest.raises(UsageError, match=f"'{option}' holds what is no header") as refused:
        way(mine(server).choice, {option: header})

    assert "horse" not in f"{refused.value} {refused.value.hint}"


def test_headers_by_either_name_are_sent_the_same_on_both_ways() -> None:
    with ScriptedServer() as server:
        model = at(server, "openai/own-model")
        options = {
            "headers": {"x-team": "rates", "x-desk": "a \t b"},
            "extra_headers": {"x-team": "fx", "x-none": ""},
        }
        ask(Direct(model.choice, options))
        ask(Remote(model.choice, options))

    assert server.requests[0] == server.requests[1]
    for one in server.headers:
        assert (one["x-team"], one["x-desk"], one["x-none"]) == ("fx", "a \t b", "")


def test_an_answer_that_comes_whole_is_one() -> None:
    whole = {"choices": [{"message": {"content": "yes"}, "finish_reason": "stop"}], "model": "m"}
    with ScriptedServer() as server:
        server.tells = {"/v1/chat/completions": whole}
        said, _, usage = ask(at(server, "openai/own-model"))

    assert (said, usage.served_model, usage.source) == ("yes", "m", "counted")


@pytest.mark.parametrize(
    "body",
    [
        'data: {"choices": [{"delta": {"content": "yes"}}]}\n\ndata: [DONE]\n\n',
        '{"choices": [{"message": {"content": "yes"}}]}',
    ],
)
def test_an_answer_that_names_no_reason_for_its_end_has_come_to_it_all_the_same(
    body: str, server: ScriptedServer
) -> None:
    server.script(Raw(body))

    assert ask(mine(server))[0] == "yes"


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


@pytest.mark.parametrize("usage", ['{"prompt_tokens": 5}', '{"completion_tokens": null}', "7"])
def test_usage_that_tells_half_is_counted_by_us(usage: str) -> None:
    with ScriptedServer() as server:
        server.script(Raw(f'data: {CHUNK}\n\ndata: {{"usage": {usage}}}\n\ndata: [DONE]\n\n'))
        said, _, told = ask(at(server, "openai/own-model"))

    assert (said, told.source, told.tokens_out) == ("yes", "counted", 1)


CHUNK = '{"choices": [{"delta": {"content": "yes"}, "finish_reason": "stop"}]}'


# ---- what servers say in place of an answer ------------------------------------------


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


def mine(server: ScriptedServer, base: str = "") -> Remote:
    """A server under a name of the settings."""
    settings = {"mine": ModelSettings(api_base=base or server.base)}
    model = open_model(choose("mine", Known(settings=settings)), {})
    assert isinstance(model, Direct)
    return model


def event(**fields: object) -> str:
    return f"data: {json.dumps(fields)}\n\n"


BEGUN = event(choices=[{"delta": {"content": "so "}}])
DONE = event(choices=[{"delta": {}, "finish_reason": "stop"}])
JSON = (("content-type", "application/json"),)


@pytest.mark.parametrize(
    ("words", "window"),
    [
        ("This model's maximum context length is 8192 tokens. However, you sent 9000", 8192),
        ("40000 tokens, too large for model with 32768 maximum context length", 32768),
        ("the model is loaded with context length of only 4096 tokens, not enough", 4096),
        ("Input length 40000 exceeds maximum context length 2048 by much", 2048),
        (
            "The input token count (40000) exceeds the maximum number of tokens allowed (32768).",
            32768,
        ),
        ("request (9000 tokens) exceeds the available context size (4096 tokens)", 4096),
        ("Requested tokens (3000) exceed context window of 2048", 2048),
        ("prompt is too long: 210,000 tokens > 200,000 maximum", 200000),
        ("context too long", None),
        ("413 Request Entity Too Large", None),
        ("Please reduce the length of the messages or completion.", None),
    ],
)
@pytest.mark.parametrize("told", ["status", "stream"])
def test_a_context_that_is_too_long_is_known_by_what_servers_say_of_it(
    told: str, words: str, window: int | None, server: ScriptedServer
) -> None:
    error = {"error": {"message": words}}
    server.script(Refuse(400, words) if told == "status" else Raw(event(**error)))

    _, failed = fail(mine(server))

    assert isinstance(failed, TooLong)
    assert failed.window == window


@pytest.mark.parametrize(
    ("words", "sent"),
    [
        ("maximum context length is 4096 tokens. However, you asked for 9000.", 9000),
        ("prompt is too long: 210,000 tokens > 200,000 maximum", 210_000),
        (
            "context length is 4096 tokens. However, you requested 9000 (8000 in the messages)",
            8000,
        ),
        ("maximum context length is 4096 tokens. However, you requested about 9000 tokens", None),
        ("maximum context length is 4096 tokens", None),
    ],
)
def test_what_a_refusal_says_was_sent_is_heard_unless_the_answer_is_in_it(
    words: str, sent: int | None, server: ScriptedServer
) -> None:
    server.script(Refuse(400, words))

    _, failed = fail(mine(server))

    assert isinstance(failed, TooLong)
    assert failed.sent == sent


def test_an_option_that_a_model_does_not_take_has_its_remedy(server: ScriptedServer) -> None:
    server.script(Refuse(400, "Unsupported value: temperature does not support 0.2"))

    _, failed = fail(mine(server))

    assert "without that -o" in failed.hint


def test_a_context_that_the_answer_makes_too_long_names_that_too(server: ScriptedServer) -> None:
    words = "maximum context length is 131072 tokens. However, you requested about 200000 tokens"
    server.script(Refuse(400, words))

    _, failed = fail(mine(server))

    assert str(failed).endswith(words)
    assert "-o max_tokens=N" in failed.hint


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (413, "Request too large for model on tokens per minute (TPM): Limit 6000, Requested 9000"),
        (400, "Rate limit: reduce the length of the messages or wait"),
    ],
)
def test_a_limit_for_a_minute_is_no_window(status: int, words: str, server: ScriptedServer) -> None:
    server.script(Refuse(status, words))

    _, failed = fail(mine(server))

    assert isinstance(failed, ModelBusy)
    assert "mine asks to wait" in str(failed)


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ({"message": "Invalid API key", "code": 401}, "mine refused the key: Invalid API key"),
        ({"message": "no", "code": "invalid_api_key"}, "mine refused the key: no"),
        ({"message": "slow down", "code": "429"}, "mine asks to wait"),
        ({"message": "gone", "code": 404}, "mine has no model mine: gone"),
        ({"message": "too much", "code": "context_length_exceeded"}, "larger than the window"),
        ({"message": "pay up", "code": 402}, "mine wants payment first: pay up"),
        ({"message": "teapot", "code": "418"}, "mine did not take the question: teapot"),
        ({"message": "oops", "code": 503}, "mine is overloaded or down: oops"),
        ("just words", "mine has a fault of its own: just words"),
    ],
)
def test_an_error_told_in_a_stream_is_the_same_as_by_its_status(
    fault: object, sentence: str, server: ScriptedServer
) -> None:
    server.script(Raw(event(error=fault)))

    assert sentence in str(fail(mine(server))[1])


@pytest.mark.parametrize(
    "last", ['event: error\ndata: {"message":"bad thing"}\n\n', event(error="bad thing")]
)
def test_what_a_server_says_of_a_fault_in_mid_stream_is_told(
    last: str, server: ScriptedServer
) -> None:
    server.script(Raw(BEGUN + last))

    said, error = fail(mine(server))

    assert (said, str(error)) == ("so ", "mine broke off in mid-answer: bad thing")


@pytest.mark.parametrize(
    "body",
    ['{"error":{"message":"b is broken"}}', '{"error":"b is broken"}', '{"message":"b is broken"}'],
)
@pytest.mark.parametrize("status", [400, 500])
def test_an_error_in_compact_json_is_told_in_its_words(
    status: int, body: str, server: ScriptedServer
) -> None:
    server.script(Raw(body, status, JSON))

    assert str(fail(mine(server))[1]).endswith(": b is broken")


@pytest.mark.parametrize(
    ("head", "told"),
    [("<title>502 Bad\nGateway</title>", "502 Bad Gateway"), ("", "a web page")],
)
def test_of_a_page_that_stands_before_a_server_its_title_is_told(
    head: str, told: str, server: ScriptedServer
) -> None:
    page = f"<!DOCTYPE html>\n<html><head>{head}</head><body><h1>nginx</h1></body></html>"
    server.script(Raw(page, 502, (("content-type", "text/html"),)))

    assert str(fail(mine(server))[1]) == f"mine has a fault of its own: {told}"


@pytest.mark.parametrize(
    "content", [[{"type": "text", "text": "it "}, {"type": "text", "text": "is"}], "it is"]
)
@pytest.mark.parametrize("whole", [True, False])
def test_an_answer_in_parts_is_their_text(
    whole: bool, content: object, server: ScriptedServer
) -> None:
    field = "message" if whole else "delta"
    row = {"choices": [{field: {"content": content}, "finish_reason": "stop"}]}
    server.script(Raw(json.dumps(row), 200, JSON) if whole else Raw(event(**row)))

    assert ask(mine(server))[0] == "it is"


@pytest.mark.parametrize(
    "headers", [(), JSON, (("content-type", "text/plain; charset=utf-8"),)], ids=str
)
def test_a_stream_is_one_whatever_the_server_calls_it(
    headers: tuple[tuple[str, str], ...], server: ScriptedServer
) -> None:
    server.script(Raw("\n: ping\n\n" + BEGUN + DONE, 200, headers))

    assert ask(mine(server))[0] == "so "


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_line_ends_where_the_server_ends_it_and_nowhere_in_its_words(
    end: str, server: ScriptedServer
) -> None:
    said = "one\u2028two\u0085three"
    row = {"choices": [{"delta": {"content": said}, "finish_reason": "stop"}]}
    server.script(Raw(f"data: {json.dumps(row, ensure_ascii=False)}{end}{end}"))

    assert ask(mine(server))[0] == said


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("gap", [True, False])
def test_an_event_in_several_lines_is_one(gap: bool, end: str, server: ScriptedServer) -> None:
    row = {"choices": [{"delta": {"content": "so "}, "finish_reason": None}]}
    lines = [f"data: {line}" for line in json.dumps(row, indent=1).splitlines()]
    event_ = end.join([*lines, ""]) + end * gap
    server.script(Raw(event_ * 2 + f"data: [DONE]{end}"))

    assert ask(mine(server))[0] == "so so "


def test_a_line_that_ends_between_two_packets_ends_once() -> None:
    assert list(_lines([b"a\r", b"\nb\r", b"c"])) == ["a", "b", "c"]


def test_an_error_in_place_of_a_whole_answer_is_told(server: ScriptedServer) -> None:
    server.script(Raw('{"error":{"message":"no such model loaded"}}', 200, JSON))

    assert str(fail(mine(server))[1]).endswith(": no such model loaded")


@pytest.mark.parametrize(
    ("begun", "body"),
    [
        *((begun, f"data: {no}\n\n") for begun in (False, True) for no in ("42", "null", "{nope")),
        *((False, body) for body in ("<html>please log in</html>", "[]")),
    ],
)
def test_what_is_no_answer_is_told_in_our_words(
    begun: bool, body: str, server: ScriptedServer
) -> None:
    server.script(Raw(BEGUN * begun + body))

    said, error = fail(mine(server))

    middle = " in mid-answer" * begun
    assert str(error) == f"what came from {server.base}{middle} is no answer of a model"
    assert said == "so " * begun


@pytest.mark.parametrize("body", ["", "\n", ": ping\n\n", "data: [DONE]\n\n"])
def test_a_stream_that_ends_before_its_first_word_broke_off(
    body: str, server: ScriptedServer
) -> None:
    server.script(Raw(body))

    assert str(fail(mine(server))[1]).endswith(" broke off before it answered")


@pytest.mark.parametrize("done", ["", "data: [DONE]\n\n"])
def test_events_that_are_json_and_of_no_answer_are_told_as_no_answer(
    done: str, server: ScriptedServer
) -> None:
    server.script(Raw(event(hello="world") + done))

    assert str(fail(mine(server))[1]) == f"what came from {server.base} is no answer of a model"


@pytest.mark.parametrize("begun", [True, False])
def test_chunks_of_no_length_are_no_connection_that_broke(
    begun: bool, server: ScriptedServer
) -> None:
    first = f"{len(BEGUN):x}\r\n{BEGUN}\r\n" * begun
    server.script(Raw(f"{first}zz\r\nno chunk", 200, (("transfer-encoding", "chunked"),)))

    middle = " in mid-answer" * begun
    told = f"what came from {server.base}{middle} is no answer of a model"
    assert str(fail(mine(server))[1]) == told


def test_an_answer_in_the_words_of_servers_before_chat_is_one(server: ScriptedServer) -> None:
    server.script(Raw(event(choices=[{"text": "so", "finish_reason": "stop"}])))

    assert ask(mine(server))[0] == "so"


def test_of_several_answers_the_first_is_taken_also_where_another_comes_before_it(
    server: ScriptedServer,
) -> None:
    other = {"index": 1, "delta": {"content": "other"}, "finish_reason": "stop"}
    server.script(
        Raw(event(choices=[None, other, {"index": 0, "delta": {"content": "one"}}]) + DONE)
    )

    assert ask(mine(server))[0] == "one"


@pytest.mark.parametrize("cut", [0, 12])
def test_a_body_that_cannot_be_unpacked_is_told_in_our_words(
    cut: int, server: ScriptedServer
) -> None:
    packed = gzip.compress((BEGUN + DONE).encode())[:-cut] if cut else BEGUN + DONE
    headers = (("content-type", "text/event-stream"), ("content-encoding", "gzip"))
    server.script(Raw(packed, 200, headers))

    _, error = fail(mine(server))

    assert "is no answer of a model" in str(error) or "broke" in str(error)
    assert "decod" not in str(error).casefold()


@pytest.mark.parametrize(
    ("base", "sentence"),
    [
        ("127.0.0.1:8080/v1", "models.mine.api_base lacks its http://: 127.0.0.1:8080/v1"),
        ("localhost:8080/v1", "models.mine.api_base lacks its http://: localhost:8080/v1"),
        ("box/v1", "models.mine.api_base lacks its http://: box/v1"),
        ("http://[::1", "models.mine.api_base is no address: http://[::1"),
    ],
)
def test_an_address_that_is_none_says_what_it_lacks(
    base: str, sentence: str, server: ScriptedServer
) -> None:
    assert str(fail(mine(server, base))[1]) == sentence


def test_a_password_in_an_address_is_shown_to_nobody(server: ScriptedServer) -> None:
    base = server.base.replace("://", "://user:pass-canary@")
    server.script(Raw("zzz"))

    _, error = fail(mine(server, base))

    assert f"came from {server.base} is no answer" in str(error)
    assert "pass-canary" not in f"{error}{error.hint}"
    assert server.headers[0]["authorization"].startswith("Basic ")


def test_what_an_address_ends_in_stays_behind_what_is_asked_for(server: ScriptedServer) -> None:
    model = mine(server, f"{server.base}?api-version=7&key=pass-canary")
    server.script(Say("It is."), Raw("zzz"))

    said, _, _ = ask(model)
    _, error = fail(model)

    assert said == "It is."
    assert server.paths == ["/v1/chat/completions?api-version=7&key=pass-canary"] * 2
    assert "pass-canary" not in str(error)


# ---- what is loaded ------------------------------------------------------------------

WITHOUT = """
import sys
from models.test_served import ask, at
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
