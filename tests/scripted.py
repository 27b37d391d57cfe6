"""A scripted model server on loopback: real HTTP, no model, answers by the script.

It speaks OpenAI chat completions (streamed or not), Anthropic messages, Gemini (streamed) and
Ollama chat, as far as a chat client needs them, and is as strict as they are about roles, empty
messages and thoughts that another model has signed.

    with ScriptedServer() as server:
        server.script(Say("Hello there."), Cut(after_pieces=2))
        os.environ["OPENAI_API_BASE"] = server.base      # http://127.0.0.1:PORT/v1
        os.environ["ANTHROPIC_API_BASE"] = server.root   # http://127.0.0.1:PORT

Each request takes the next step of the script; with none left it says "answer N", N counting the
requests from 1. As a program: `python tests/scripted.py --port-file F --delay 0.2 --pieces 50`
serves until it is killed; every answer is then as many numbered words as `--pieces` says.
"""

from __future__ import annotations

import argparse
import json
import socket
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

Json = dict[str, Any]

SERVED = "scripted-2026-01-01"
"""The model that the server says has answered."""

TOKENS_IN, TOKENS_OUT = 11, 7
"""The usage that the server reports."""

LETTERS = "abcdefghijklmnopqrstuvwxyz"
CACHED = 5
"""Tokens that Anthropic says it had read before, where the last message is marked."""


@dataclass(frozen=True, slots=True)
class Say:
    """Answer *text* in *pieces* parts (0: a word a part), *delay* seconds before each."""

    text: str
    pieces: int = 0
    delay: float = 0.0
    usage: bool = True
    """False: says nothing of tokens, as many small servers do."""
    finish: str = "stop"


@dataclass(frozen=True, slots=True)
class Think:
    """Think *thinking* first, then answer *text*."""

    thinking: str
    text: str


@dataclass(frozen=True, slots=True)
class Cut:
    """Begin *text* and end after so many pieces.

    The connection drops; *tidy* instead ends the body properly, but without a last word.
    """

    after_pieces: int = 2
    text: str = "one two three four five six"
    tidy: bool = False


@dataclass(frozen=True, slots=True)
class Hang:
    """Keep silent for so many seconds, before the first byte or after some pieces, then end."""

    seconds: float
    after_pieces: int | None = None
    text: str = "one two three four five six"


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answer with an error status; *message* is put into the provider's own form.

    `{key}` in it is the key that came with the request: some servers repeat it.
    """

    status: int
    message: str = ""
    code: str | None = None
    wait: str | None = None
    """What stands in the header `retry-after`."""

    @classmethod
    def too_long(cls) -> Refuse:
        """The way OpenAI says that the context is larger than the window."""
        words = "This model's maximum context length is 8192 tokens. However, you asked for 9000."
        return cls(400, words, "context_length_exceeded")


@dataclass(frozen=True, slots=True)
class Fault:
    """Begin *text*, then say inside the stream that something went wrong, and end."""

    message: str
    after_pieces: int = 2
    text: str = "one two three four five six"


@dataclass(frozen=True, slots=True)
class Garbage:
    """Answer 200 with what is no answer: *text* where the pieces would stand."""

    text: str = "<html>{not json"


@dataclass(frozen=True, slots=True)
class Raw:
    """Answer with these bytes and nothing else, as no real server should."""

    body: str | bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("content-type", "text/event-stream"),)


Streamed = Say | Think | Cut | Hang | Fault
Step = Streamed | Refuse | Garbage | Raw


def split(text: str, pieces: int) -> list[str]:
    """*text* in so many parts that join to it again; by words when *pieces* is 0."""
    words = [word + " " for word in text.split(" ")]
    words[-1] = words[-1][:-1]
    if pieces <= 0 or pieces >= len(words):
        return words
    size = -(-len(words) // pieces)
    return ["".join(words[at : at + size]) for at in range(0, len(words), size)]


class ScriptedServer:
    """The server; a context manager. Thread-safe, one thread a connection."""

    def __init__(self, default: Step | None = None, port: int = 0) -> None:
        self.requests: list[Json] = []
        """The parsed body of every request, in order of arrival."""
        self.headers: list[dict[str, str]] = []
        """Their headers, names in lower case."""
        self.paths: list[str] = []
        """Of everything that was ever asked for, also what is not served."""
        self.embedded: list[str] = []
        """Every text that was to be embedded."""
        self.models: tuple[str, ...] = ()
        """What it lists when it is asked for its models; a server without any knows no list."""
        self.tells: dict[str, Json] = {}
        """What stands at further paths, also where something is sent there."""
        self.moved = ""
        """Where it sends whatever is sent to it."""
        self.broken = threading.Event()
        """Set when a client went away while an answer was being sent."""
        self.closing = threading.Event()
        self._default = default
        self._steps: deque[Step] = deque()
        self._lock = threading.Lock()
        self._http = _Http(("127.0.0.1", port), _Handler)
        self._http.scripted = self
        self.root = f"http://127.0.0.1:{self._http.server_address[1]}"
        self.base = self.root + "/v1"

    def script(self, *steps: Step) -> None:
        """Add steps; each request takes one."""
        with self._lock:
            self._steps.extend(steps)

    def take(self, headers: dict[str, str], body: Json) -> Step:
        """Record a request and say what to do with it."""
        with self._lock:
            self.requests.append(body)
            self.headers.append(headers)
            if self._steps:
                return self._steps.popleft()
            return self._default or Say(f"answer {len(self.requests)}")

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()

    def serve_forever(self) -> None:
        """Serve in this thread until the process ends."""
        self._http.serve_forever()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    scripted: ScriptedServer

    def handle_error(self, *_: object) -> None:
        """A client that went away is noted, not printed."""
        if not isinstance(sys.exception(), OSError):
            traceback.print_exc()
        self.scripted.broken.set()


def _embedded(server: ScriptedServer, texts: list[str]) -> Json:
    """A vector of each text: how often it holds each letter, the last text first."""
    server.embedded += texts
    rows = [
        {"object": "embedding", "index": at, "embedding": [text.count(c) / 9 for c in LETTERS]}
        for at, text in enumerate(texts)
    ]
    return {"object": "list", "data": rows[::-1], "model": SERVED, "usage": {"prompt_tokens": 1}}


class _Gone(Exception):
    """The client went away."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Http

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self.server.scripted.paths.append(self.path)
        models = self.server.scripted.models
        if self.path in self.server.scripted.tells:
            self._answer(200, self.server.scripted.tells[self.path])
        elif models and self.path == "/api/tags":
            self._answer(200, {"models": [{"name": name} for name in models]})
        elif models and self.path == "/v1/models":
            self._answer(200, {"object": "list", "data": [{"id": name} for name in models]})
        else:
            self._answer(404, {"error": {"message": f"no such path {self.path}"}})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or b"{}")
        kind = _speech_of(self.path)
        self.server.scripted.paths.append(self.path)
        if to := self.server.scripted.moved:
            self._raw(Raw("", 307, (("location", to),)))
            return
        if self.path in self.server.scripted.tells:
            self._answer(200, self.server.scripted.tells[self.path])
            return
        if self.path.endswith("/embeddings"):
            self._answer(200, _embedded(self.server.scripted, body["input"]))
            return
        if kind is None:
            self._answer(404, {"error": {"message": f"no such path {self.path}"}})
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        step = self.server.scripted.take(headers, body)
        if isinstance(step, Refuse):
            key = headers.get("authorization") or headers.get("x-api-key") or ""
            step = replace(step, message=step.message.replace("{key}", key))
        speech = kind(body)
        complaint = speech.complaint()
        if complaint:
            step = Refuse(400, complaint)
        try:
            self._play(speech, step)
        except (_Gone, OSError):
            self.server.scripted.broken.set()
            self.close_connection = True

    def _play(self, speech: _Speech, step: Step) -> None:
        if isinstance(step, Refuse):
            self._answer(step.status, speech.error(step), step.wait)
        elif isinstance(step, Raw):
            self._raw(step)
        elif isinstance(step, Garbage):
            self._garble(speech, step.text)
        elif isinstance(step, Hang) and step.after_pieces is None:
            self._wait(step.seconds)
            self._drop()
        elif speech.streamed():
            self._stream(speech, step)
        else:
            thinking, text = _words_of(step)
            self._answer(200, speech.whole(thinking, text))

    def _stream(self, speech: _Speech, step: Streamed) -> None:
        self.send_response(200)
        self.send_header("content-type", speech.mime)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        thinking, text = _words_of(step)
        parts = split(text, step.pieces if isinstance(step, Say) else 0)
        if isinstance(step, Cut | Hang | Fault):
            parts = parts[: step.after_pieces]
        for block in speech.begin():
            self._chunk(block)
        for part in split(thinking, 0) if thinking else []:
            self._chunk(speech.thought(part))
        for part in parts:
            if isinstance(step, Say):
                self._wait(step.delay)
            self._chunk(speech.piece(part))
        self._end(speech, step)

    def _end(self, speech: _Speech, step: Streamed) -> None:
        if isinstance(step, Hang):
            self._wait(step.seconds)
        if isinstance(step, Hang) or (isinstance(step, Cut) and not step.tidy):
            self._drop()
            return
        if isinstance(step, Fault):
            self._chunk(speech.fault(step.message))
        elif not isinstance(step, Cut):
            told = not isinstance(step, Say) or step.usage
            finish = step.finish if isinstance(step, Say) else "stop"
            for block in speech.end(finish, told):
                self._chunk(block)
        self.wfile.write(b"0\r\n\r\n")

    def _chunk(self, block: str) -> None:
        data = block.encode()
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _wait(self, seconds: float) -> None:
        """Sleep, but notice when the client leaves or the server closes."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if self.server.scripted.closing.wait(min(left, 0.02)):
                raise _Gone
            self.connection.setblocking(False)
            try:
                if self.connection.recv(1, socket.MSG_PEEK) == b"":
                    raise _Gone
            except BlockingIOError:
                pass
            finally:
                self.connection.setblocking(True)

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _garble(self, speech: _Speech, text: str) -> None:
        data = f"data: {text}\n\n".encode()
        self.send_response(200)
        self.send_header("content-type", speech.mime)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _raw(self, step: Raw) -> None:
        data = step.body.encode() if isinstance(step.body, str) else step.body
        self.send_response(step.status)
        for name, value in (*step.headers, ("content-length", str(len(data)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _answer(self, status: int, body: Json, wait: str | None = None) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        if wait is not None:
            self.send_header("retry-after", wait)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _words_of(step: Streamed) -> tuple[str, str]:
    return (step.thinking if isinstance(step, Think) else "", step.text)


def _empty_message(body: Json) -> str:
    rows = body.get("messages") or []
    if not rows:
        return "messages: at least one message is required"
    if any(not row.get("content") for row in rows):
        return "messages: text content blocks must be non-empty"
    return ""


class _Speech:
    """One provider's way of saying things; the base is OpenAI's."""

    mime = "text/event-stream"

    def __init__(self, body: Json) -> None:
        self.body = body

    def streamed(self) -> bool:
        return bool(self.body.get("stream"))

    def complaint(self) -> str:
        """As strict as the templates of local servers, not only as OpenAI itself."""
        roles = [row.get("role") for row in self.body.get("messages") or []]
        talk = [role for at, role in enumerate(roles) if at or role != "system"]
        if any(role not in ("user", "assistant") for role in talk):
            return "Only the first message may be of the system; roles are user and assistant."
        if any(one == two for one, two in pairwise(talk)) or talk[:1] == ["assistant"]:
            return "Conversation roles must alternate user/assistant/user/assistant/..."
        return _empty_message(self.body)

    def error(self, step: Refuse) -> Json:
        words = step.message or f"scripted refusal {step.status}"
        return {"error": {"message": words, "type": "scripted", "param": None, "code": step.code}}

    def _event(self, delta: Json, finish: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return "data: " + json.dumps({**_OPENAI_HEAD, "choices": [choice]}) + "\n\n"

    def begin(self) -> Iterator[str]:
        yield self._event({"role": "assistant", "content": ""})

    def thought(self, text: str) -> str:
        return self._event({"reasoning_content": text})

    def piece(self, text: str) -> str:
        return self._event({"content": text})

    def fault(self, message: str) -> str:
        return f"data: {json.dumps({'error': {'message': message, 'type': 'scripted'}})}\n\n"

    def end(self, finish: str, told: bool) -> Iterator[str]:
        yield self._event({}, finish)
        if told and (self.body.get("stream_options") or {}).get("include_usage"):
            row = {**_OPENAI_HEAD, "choices": [], "usage": _OPENAI_USAGE}
            yield "data: " + json.dumps(row) + "\n\n"
        yield "data: [DONE]\n\n"

    def whole(self, thinking: str, text: str) -> Json:
        message: Json = {"role": "assistant", "content": text}
        if thinking:
            message["reasoning_content"] = thinking
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        head = {**_OPENAI_HEAD, "object": "chat.completion"}
        return {**head, "choices": [choice], "usage": _OPENAI_USAGE}


_OPENAI_HEAD: Json = {
    "id": "chatcmpl-1",
    "object": "chat.completion.chunk",
    "created": 1767225600,
    "model": SERVED,
}
_OPENAI_USAGE: Json = {
    "prompt_tokens": TOKENS_IN,
    "completion_tokens": TOKENS_OUT,
    "total_tokens": TOKENS_IN + TOKENS_OUT,
}


class _Anthropic(_Speech):
    """Anthropic's messages: the system apart, roles taking turns, named events."""

    def complaint(self) -> str:
        rows = self.body.get("messages") or []
        roles = [row.get("role") for row in rows]
        if any(role not in ("user", "assistant") for role in roles):
            return "messages: unexpected role"
        if any(one == two for one, two in pairwise(roles)):
            return "messages: roles must alternate between user and assistant"
        if any(block.get("text") == "" for row in rows for block in _blocks(row)):
            return "messages: text content blocks must be non-empty"
        if any("thinking" in str(block.get("type")) for row in rows for block in _blocks(row)):
            return "messages: invalid `signature` in `thinking` block"
        if roles and roles[0] != "user":
            return "messages: first message must use the user role"
        return _empty_message(self.body)

    def error(self, step: Refuse) -> Json:
        words = step.message or f"scripted refusal {step.status}"
        return {"type": "error", "error": {"type": "scripted", "message": words}}

    def _named(self, kind: str, **rest: object) -> str:
        return f"event: {kind}\ndata: {json.dumps({'type': kind, **rest})}\n\n"

    def _read(self) -> Json:
        rows = self.body.get("messages") or [{}]
        marked = any("cache_control" in block for block in _blocks(rows[-1]))
        cached = {"cache_read_input_tokens": CACHED, "cache_creation_input_tokens": 0}
        return {"input_tokens": TOKENS_IN - CACHED * marked} | (cached if marked else {})

    def begin(self) -> Iterator[str]:
        usage = {**self._read(), "output_tokens": 1}
        head = {"id": "msg_1", "type": "message", "role": "assistant", "model": SERVED}
        yield self._named("message_start", message={**head, "content": [], "usage": usage})
        block = {"type": "text", "text": ""}
        yield self._named("content_block_start", index=0, content_block=block)

    def thought(self, text: str) -> str:
        delta = {"type": "thinking_delta", "thinking": text}
        return self._named("content_block_delta", index=0, delta=delta)

    def piece(self, text: str) -> str:
        delta = {"type": "text_delta", "text": text}
        return self._named("content_block_delta", index=0, delta=delta)

    def fault(self, message: str) -> str:
        return self._named("error", error={"type": "overloaded_error", "message": message})

    def end(self, finish: str, told: bool) -> Iterator[str]:
        del told  # Anthropic always tells
        yield self._named("content_block_stop", index=0)
        reason = _ANTHROPIC_ENDS[finish]
        usage = {"output_tokens": TOKENS_OUT}
        yield self._named("message_delta", delta={"stop_reason": reason}, usage=usage)
        yield self._named("message_stop")

    def whole(self, thinking: str, text: str) -> Json:
        del thinking
        head = {"id": "msg_1", "type": "message", "role": "assistant", "model": SERVED}
        usage = {**self._read(), "output_tokens": TOKENS_OUT}
        content = [{"type": "text", "text": text}]
        return {**head, "content": content, "stop_reason": "end_turn", "usage": usage}


_ANTHROPIC_ENDS = {"stop": "end_turn", "length": "max_tokens", "content_filter": "refusal"}


def _blocks(row: Json) -> list[Json]:
    content = row.get("content")
    return content if isinstance(content, list) else []


class _Gemini(_Speech):
    """Gemini's streamed contents: the system apart, `user` and `model` taking turns, parts."""

    def streamed(self) -> bool:
        return True

    def complaint(self) -> str:
        rows = self.body.get("contents") or []
        roles = [row.get("role") for row in rows]
        parts = [part for row in rows for part in row.get("parts") or [{}]]
        if not rows or any(role not in ("user", "model") for role in roles):
            return "Please use a valid role: user, model."
        if any(one == two for one, two in pairwise(roles)) or roles[-1] != "user":
            return "Please ensure that multiturn requests alternate between user and model."
        if any(not part.get("text") and "inlineData" not in part for part in parts):
            return "Unable to submit request because it must have a text parameter."
        if any("thoughtSignature" in part for part in parts):
            return "Thought signature is not valid."
        return ""

    def error(self, step: Refuse) -> Json:
        words = step.message or f"scripted refusal {step.status}"
        return {"error": {"code": step.status, "message": words, "status": "SCRIPTED"}}

    def _row(self, part: Json, **rest: object) -> str:
        candidate = {"content": {"parts": [part], "role": "model"}, "index": 0, **rest}
        return f"data: {json.dumps({'candidates': [candidate], 'modelVersion': SERVED})}\n\n"

    def begin(self) -> Iterator[str]:
        return iter(())

    def thought(self, text: str) -> str:
        return self._row({"text": text, "thought": True})

    def piece(self, text: str) -> str:
        return self._row({"text": text})

    def end(self, finish: str, told: bool) -> Iterator[str]:
        del told  # Gemini always tells
        reason = {"stop": "STOP", "length": "MAX_TOKENS", "content_filter": "SAFETY"}[finish]
        counts = {"promptTokenCount": TOKENS_IN, "candidatesTokenCount": TOKENS_OUT}
        total = {"totalTokenCount": TOKENS_IN + TOKENS_OUT}
        last = {"candidates": [{"finishReason": reason, "index": 0}], "modelVersion": SERVED}
        yield f"data: {json.dumps({**last, 'usageMetadata': {**counts, **total}})}\n\n"


class _Ollama(_Speech):
    """Ollama's chat: one JSON object a line; it calls the model what the request called it."""

    mime = "application/x-ndjson"

    def streamed(self) -> bool:
        return bool(self.body.get("stream", True))

    def error(self, step: Refuse) -> Json:
        return {"error": step.message or f"scripted refusal {step.status}"}

    def begin(self) -> Iterator[str]:
        return iter(())

    def _line(self, message: Json, **rest: object) -> str:
        row = {
            "model": self.body["model"],
            "created_at": "2026-01-01T00:00:00Z",
            "message": message,
        }
        return json.dumps({**row, "done": False, **rest}) + "\n"

    def thought(self, text: str) -> str:
        return self._line({"role": "assistant", "content": "", "thinking": text})

    def piece(self, text: str) -> str:
        return self._line({"role": "assistant", "content": text})

    def fault(self, message: str) -> str:
        return json.dumps({"error": message}) + "\n"

    def end(self, finish: str, told: bool) -> Iterator[str]:
        counts = {"prompt_eval_count": TOKENS_IN, "eval_count": TOKENS_OUT} if told else {}
        yield self._line(
            {"role": "assistant", "content": ""}, done=True, done_reason=finish, **counts
        )

    def whole(self, thinking: str, text: str) -> Json:
        del thinking
        message = {"role": "assistant", "content": text}
        counts = {"prompt_eval_count": TOKENS_IN, "eval_count": TOKENS_OUT}
        return {
            "model": self.body["model"],
            "message": message,
            "done": True,
            "done_reason": "stop",
            **counts,
        }


_SPEECHES: dict[str, type[_Speech]] = {
    "/chat/completions": _Speech,
    "/messages": _Anthropic,
    "/api/chat": _Ollama,
    ":streamGenerateContent": _Gemini,
}


def _speech_of(path: str) -> type[_Speech] | None:
    bare = path.partition("?")[0]
    return next((speech for end, speech in _SPEECHES.items() if bare.endswith(end)), None)


def main() -> None:
    """Serve as a program, for tests that drive a whole terminal."""
    parser = argparse.ArgumentParser(description="A scripted model server on loopback.")
    parser.add_argument("--port-file", type=Path, required=True, help="the port is written here")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each piece")
    parser.add_argument("--pieces", type=int, default=0, help="0: says 'answer N'")
    options = parser.parse_args()
    words = " ".join(f"word{number}" for number in range(1, options.pieces + 1))
    default = Say(words, delay=options.delay) if options.pieces else None
    server = ScriptedServer(default, options.port)
    # Renamed into place, so that whoever waits for the file never reads half a number.
    draft = options.port_file.with_name(options.port_file.name + ".new")
    draft.write_text(server.root.rpartition(":")[2], "utf-8")
    draft.rename(options.port_file)
    server.serve_forever()


if __name__ == "__main__":
    main()
