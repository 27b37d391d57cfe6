"""Servers that answer on this machine, or at an address of the settings: who is there, with what.

Asked all at once, for a moment only: a server that is there lists its models at once, and a port
where nobody listens refuses at once. Never goes through a proxy, and sends no key of a provider.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from ledgernote.domain.frozen import frozen

SECONDS = 0.6
"""For one server, from the first byte to the last."""
MOST_BYTES = 4_000_000


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


@frozen
class Served:
    """One model that a server has."""

    server: Server
    model: str
    """As the server calls it."""
    window: int | None = None

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
        found = _get(server.base.rstrip("/") + server.lists, seconds)
    except Exception:  # noqa: BLE001  nobody there, or nobody who speaks so
        return None
    rows = found.get("models") or found.get("data") if isinstance(found, dict) else None
    named = ((row, _name(row)) for row in rows or () if isinstance(row, dict))
    return [
        Served(server=server, model=name, window=_window(row))
        for row, name in named
        if name and "embed" not in name.casefold()
    ]


def _name(row: dict[str, Any]) -> str:
    # llama.cpp lists its models twice, once as Ollama does and once as OpenAI does.
    return str(row.get("id") or row.get("name") or row.get("model") or "")


def _window(row: dict[str, Any]) -> int | None:
    meta = row.get("meta") if isinstance(row.get("meta"), dict) else {}
    found = (row | (meta or {})).get
    tokens = found("n_ctx") or found("max_model_len") or found("max_context_length")
    return tokens if isinstance(tokens, int) and tokens > 0 else None


def _get(url: str, seconds: float) -> Any:
    import http.client

    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=seconds)
    try:
        connection.request("GET", parts.path, headers={"accept": "application/json"})
        answer = connection.getresponse()
        body = answer.read(MOST_BYTES)
        # One that wants a key, or lists nothing, is there all the same.
        return json.loads(body) if answer.status == 200 else {}
    finally:
        connection.close()
