"""The short way to a server that speaks OpenAI's protocol as it is: one's own, mostly.

litellm would add nothing there but its import, which takes ten times as long as all else that a
question needs (docs/decisions/0015). What differs from the way through litellm is here: the
request, and the stream, which has the fields that the door reads of litellm's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from ledgernote.domain.turns import Context, as_sent
from ledgernote.models.catalog import ModelChoice
from ledgernote.models.failures import NoAnswer, Refused
from ledgernote.models.remote import Remote, timeout
from ledgernote.models.table import is_listed

PLAIN = frozenset({"hosted_vllm", "llamafile", "lm_studio", "openai"})
"""Providers whose models are asked in OpenAI's words, and nothing is rewritten."""


def is_direct(choice: ModelChoice) -> bool:
    """Whether a model is asked here. What the table knows has a price, which litellm knows."""
    return bool(choice.api_base) and choice.provider in PLAIN and not is_listed(choice.name)


class Direct(Remote):
    """A model at an address. Satisfies `domain.turns.Model`."""

    __slots__ = ()

    def load(self) -> None:
        """Import what asks. Safe in any thread."""
        _client()

    def warm(self) -> None:
        """The same: no first call is slow."""
        _client()

    def _open(self, context: Context) -> Stream:
        request = {
            **self.options,
            "model": self.choice.model,
            "messages": as_sent(context.messages),
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        key = {"authorization": f"Bearer {self.choice.key}"} if self.choice.key else {}
        url = f"{(self.choice.api_base or '').rstrip('/')}/chat/completions"
        sent = _client().build_request(
            "POST", url, json=request, headers=key, timeout=timeout(self.patience)
        )
        return Stream(_client().send(sent, stream=True))

    def _cost(self, tokens_in: int, tokens_out: int, usage: Any) -> None:
        """Nobody knows it."""


@lru_cache(maxsize=1)
def _client() -> Any:
    """Kept from turn to turn with its open connections."""
    import httpx

    return httpx.Client()


class Stream:
    """The chunks of one answer, as objects with the fields that they have as JSON."""

    def __init__(self, response: Any) -> None:
        """Raises `Refused` where the server does not answer."""
        self.completion_stream = self
        self.response = self.streaming_response = response
        self.received_finish_reason: str | None = None
        """What the server said at the end; nothing where it broke off."""
        self.intermittent_finish_reason = None
        self.chunks: list[Any] = []
        """Those that tell of usage."""
        if response.status_code != 200:
            raise Refused(response.read().decode("utf-8", "replace"), response)

    def close(self) -> None:
        self.response.close()

    def __iter__(self) -> Iterator[Any]:
        if "event-stream" not in self.response.headers.get("content-type", ""):
            yield self._as_litellm(_whole(self.response.read()))
            return
        for data in self._events():
            chunk = json.loads(data, object_hook=_fields)
            if fault := getattr(chunk, "error", None):
                raise Refused(str(getattr(fault, "message", fault)))
            yield self._as_litellm(chunk)

    def _as_litellm(self, chunk: Any) -> Any:
        """With the fields that it would have."""
        chunk.choices = getattr(chunk, "choices", None) or []
        chunk.hidden_params = {"provider_response_model": getattr(chunk, "model", None)}
        for choice in chunk.choices:
            finish = getattr(choice, "finish_reason", None)
            self.received_finish_reason = finish or self.received_finish_reason
            if thought := getattr(choice.delta, "reasoning", None):
                choice.delta.reasoning_content = thought
        if getattr(chunk, "usage", None):
            self.chunks.append(chunk)
        return chunk

    def _events(self) -> Iterator[str]:
        """What each event says, up to the last; other lines keep the connection awake."""
        for line in self.response.iter_lines():
            data = line.removeprefix("data:").strip()
            if data == "[DONE]":
                return
            if line.startswith("data:"):
                yield data


def _whole(body: bytes) -> Any:
    """The answer of a server that streams none, as one chunk. Raises `NoAnswer`."""
    try:
        chunk = json.loads(body, object_hook=_fields)
        for choice in chunk.choices:
            choice.delta = choice.message
    except (AttributeError, ValueError):
        raise NoAnswer from None
    return chunk


def _fields(row: dict[str, Any]) -> SimpleNamespace:
    return SimpleNamespace(**row)
