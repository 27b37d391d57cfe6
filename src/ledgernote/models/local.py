"""Servers that answer on this machine, or at an address of the settings: who is there, with what.

Asked all at once, for a moment only: a server that is there lists its models at once, and a port
where nobody listens refuses at once. Never goes through a proxy, and sends no key of a provider.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import lru_cache, partial
from time import monotonic
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from ledgernote.domain.addresses import below
from ledgernote.domain.frozen import frozen, replace
from ledgernote.domain.waiting import waits
from ledgernote.models.providers import OPENAI, PLAIN

Json = dict[str, Any]

SECONDS = 0.6
"""For one server, from the first byte to the last."""
MOST_BYTES = 4_000_000
LEAST, MOST = 512, 100_000_000
"""Tokens: no model has a smaller window, nor a larger one; `-1` and the like tell of none."""


@frozen
class Server:
    """An address that may answer, and how its models are called."""

    name: str
    base: str
    provider: str
    """What `provider/model` begins with."""
    lists: str = "/models"
    """The path, below the base, that lists its models."""


OLLAMA = Server(name="Ollama", base="http://127.0.0.1:11434", provider="ollama", lists="/api/tags")
USUAL = (
    OLLAMA,
    Server(name="LM Studio", base="http://127.0.0.1:1234/v1", provider="lm_studio"),
    Server(name="llama.cpp", base="http://127.0.0.1:8080/v1", provider="llamafile"),
)
"""Where the common ones listen unless told otherwise."""
PORTS = "LEDGERNOTE_LOCAL_PORTS"
BASE_ENV, KEY_ENV = (
    {name: (f"{name.upper()}_{what}",) for name in sorted(PLAIN - {OPENAI})}
    for what in ("API_BASE", "API_KEY")
)
"""Where the address of a server that speaks OpenAI's words stands, and its key, if it wants one."""


def usual(environ: Mapping[str, str]) -> list[Server]:
    """Those that are looked for, at the ports that the environment names, in their order.

    One that has no port there is not looked for.
    """
    told = environ.get(PORTS)
    if not told:
        return list(USUAL)
    ports = [port.strip() for port in told.split(",")]
    return [
        replace(one, base=re.sub(r":\d+", f":{int(port)}", one.base))
        for one, port in zip(USUAL, ports, strict=False)
        if port.isdecimal() and int(port) < 1 << 16
    ]


@frozen
class Served:
    """One model that a server has."""

    server: Server
    model: str
    """As the server calls it."""

    @property
    def name(self) -> str:
        """`provider/model`."""
        return f"{self.server.provider}/{self.model}"


def look(servers: Iterable[Server], seconds: float = SECONDS) -> dict[str, list[Served]]:
    """Those that answer: address → its models, in the order of *servers*.

    Takes hardly more than *seconds*.
    """
    from concurrent.futures import ThreadPoolExecutor, wait

    asked = {one.base: one for one in servers}
    if not asked:
        return {}
    waits()
    pool = ThreadPoolExecutor(max_workers=len(asked))
    answers = {base: pool.submit(_models, one, seconds) for base, one in asked.items()}
    wait(answers.values(), timeout=seconds * 1.5)
    # Whoever is slower, a name that does not resolve say, is not waited for.
    pool.shutdown(wait=False, cancel_futures=True)
    done = {base: one.result() for base, one in answers.items() if one.done()}
    return {base: models for base, models in done.items() if models is not None}


def _models(server: Server, seconds: float) -> list[Served] | None:
    """What it lists: nothing where it answers and lists none, None where nobody answers."""
    try:
        found = _ask(below(server.base, server.lists), seconds)
    except Exception:  # noqa: BLE001  nobody there, or nobody who speaks so
        return None
    return [
        Served(server=server, model=name)
        for name in map(_name, _rows(found))
        if name and "embed" not in name.casefold()
    ]


@lru_cache
def window(server: Server, model: str, seconds: float = SECONDS) -> int | None:
    """Tokens of context and answer together, as a server says; None where it does not.

    It is asked once in a process. Ollama tells for what a model was made. OpenAI's protocol has
    no word for it: vLLM tells in its list, llama.cpp in its properties, LM Studio in a list of
    its own.
    """
    parts = urlsplit(server.base)
    root = urlunsplit(parts._replace(path=parts.path.rstrip("/").removesuffix("/v1")))
    ways: tuple[tuple[str, Json | None], ...] = (
        (below(server.base, "/models"), None),
        (below(root, "/props"), None),
        (below(root, "/api/v0/models"), None),
    )
    if server.provider == OLLAMA.provider:
        ways = ((below(server.base, "/api/show"), {"model": model}),)
    until = monotonic() + seconds
    for url, body in ways:
        with suppress(Exception):  # as above
            found = _ask(url, max(until - monotonic(), 0.01), body)
            rows = [row for row in _rows(found) if _name(row) == model] or [found]
            if tokens := _window(rows[0]):
                return tokens
    return None


def _rows(found: Json) -> list[Json]:
    rows = found.get("models") or found.get("data")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _name(row: Json) -> str:
    # llama.cpp lists its models twice, once as Ollama does and once as OpenAI does.
    return str(row.get("id") or row.get("name") or row.get("model") or "")


_NESTED = ("meta", "default_generation_settings", "model_info")
_TOKENS = re.compile(
    r"n_ctx|max_model_len|loaded_context_length|max_context_length|.+\.context_length"
)


def _window(row: Json) -> int | None:
    """The least that it names: one that is loaded with less than it was made for has less."""
    nested = [row[name] for name in _NESTED if isinstance(row.get(name), dict)]
    facts = [pair for part in (row, *nested) for pair in part.items()]
    told = [value for name, value in facts if _TOKENS.fullmatch(name) and type(value) is int]
    return min((value for value in told if LEAST <= value <= MOST), default=None)


def _ask(url: str, seconds: float, body: Json | None = None) -> Json:
    """What stands at *url*, or is said there to *body*."""
    import http.client
    from threading import Timer

    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=seconds)
    sent = None if body is None else json.dumps(body)
    until = monotonic() + seconds
    over = None
    try:
        headers = {"accept": "application/json", "content-type": "application/json"}
        connection.connect()
        # The limit above is that of a single read: a byte now and then would never reach it.
        over = Timer(max(until - monotonic(), 0.01), partial(_hang_up, connection.sock))
        over.daemon = True
        over.start()
        path = parts.path + f"?{parts.query}" * bool(parts.query)
        connection.request("POST" if sent else "GET", path, sent, headers)
        answer = connection.getresponse()
        found = json.loads(answer.read(MOST_BYTES)) if answer.status == 200 else None
        # One that wants a key, or lists nothing, is there all the same.
        return found if isinstance(found, dict) else {}
    finally:
        if over is not None:
            over.cancel()
        connection.close()


def _hang_up(opened: Any) -> None:
    import socket

    with suppress(OSError):
        opened.shutdown(socket.SHUT_RDWR)
