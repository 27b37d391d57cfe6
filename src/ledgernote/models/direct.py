"""The short way to a server that speaks OpenAI's protocol as it is: one's own, mostly.

litellm would add nothing there but its import, which takes ten times as long as all else that a
question needs (docs/decisions/0015). What differs from the way through litellm is here: the
request, and the stream, which has the fields that `served` reads of litellm's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from itertools import chain
from types import SimpleNamespace
from typing import Any

from ledgernote.domain.addresses import below
from ledgernote.domain.turns import Context, as_sent
from ledgernote.models import given, proxies
from ledgernote.models.choice import ModelChoice
from ledgernote.models.moved import guarded
from ledgernote.models.patience import timeout
from ledgernote.models.providers import PLAIN
from ledgernote.models.refused import NoAnswer, Refused
from ledgernote.models.served import Remote
from ledgernote.models.table import is_listed


def is_direct(choice: ModelChoice) -> bool:
    """Whether a model is asked here. What the table knows has a price, which litellm knows."""
    return bool(choice.api_base) and choice.provider in PLAIN and not is_listed(choice.listed)


class Direct(Remote):
    """A model at an address. Satisfies `domain.turns.Model`."""

    __slots__ = ()

    def load(self) -> None:
        """Import what asks. Safe in any thread."""
        _client(local=self.local)

    def warm(self) -> None:
        """The same: no first call is slow."""
        _client(local=self.local)

    def _open(self, context: Context) -> Stream:
        body: Any = self.options.get("extra_body") or {}
        plain = {name: self.options[name] for name in self.options if name not in given.MAPPINGS}
        request = {
            **plain,
            **body,
            "model": self.choice.model,
            "messages": as_sent(context.messages),
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        key = {"authorization": f"Bearer {self.choice.key}"} if self.choice.key else {}
        headers = given.headers(self.options)
        url = below(self.choice.api_base or "", "/chat/completions")
        proxies.pass_by(self.choice)
        client = _client(local=self.local)
        sent = client.build_request(
            "POST", url, json=request, headers=key, timeout=timeout(self.patience)
        )
        sent.headers.update(headers)  # one that is called as ours is, in any case, is in its place
        return Stream(client.send(sent, stream=True))

    def _cost(self, tokens_in: int, tokens_out: int, usage: Any) -> None:
        """Nobody knows it."""


@lru_cache(maxsize=2)
def _client(*, local: bool) -> Any:
    """Kept from turn to turn with its open connections.

    What a *local* model gets may be private, so no proxy of the environment hears it.
    """
    import httpx

    return guarded(httpx.Client(mounts={"http://": None, "https://": None} if local else None))


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
        self._begun = False
        self._listed = False
        """An event of an answer came; beside those some servers tell of other things."""
        if response.status_code != 200:
            raise Refused(response.read().decode("utf-8", "replace"), response)

    def close(self) -> None:
        self.response.close()

    def __iter__(self) -> Iterator[Any]:
        """Whatever the server calls it: a stream is known by its first line."""
        lines = _lines(self.response.iter_bytes())
        first = next(filter(str.strip, lines), "")
        if not first or _EVENTS.match(first):  # one that ends before its first word broke off
            came = False
            for name, data in _events(chain((first,), lines)):
                if name == "error":
                    raise Refused(data)
                if data == "[DONE]":
                    if self._begun:
                        self._complete()
                    break
                came = True
                yield self._as_litellm(_chunk(data))
            if came and not self._listed:
                raise NoAnswer
            return
        chunk = _chunk("\n".join((first, *lines)))
        if not isinstance(getattr(chunk, "choices", None), list):
            raise NoAnswer
        yield self._as_litellm(chunk)
        self._complete()

    def _complete(self) -> None:
        """Some small servers name no reason why an answer is at its end."""
        self.received_finish_reason = self.received_finish_reason or "stop"

    def _as_litellm(self, chunk: Any) -> Any:
        """With the fields that it would have."""
        choices = getattr(chunk, "choices", None)
        found = choices if isinstance(choices, list) else []
        self._listed = self._listed or isinstance(choices, list)
        # Only one was asked for.
        chunk.choices = [
            one
            for one in found
            if isinstance(one, SimpleNamespace) and getattr(one, "index", None) in (0, None)
        ]
        chunk.hidden_params = {"provider_response_model": getattr(chunk, "model", None)}
        for choice in chunk.choices:
            finish = getattr(choice, "finish_reason", None)
            self.received_finish_reason = finish or self.received_finish_reason
            choice.delta = _said(choice)
            if thought := getattr(choice.delta, "reasoning", None):
                choice.delta.reasoning_content = thought
            self._begun = self._begun or bool(getattr(choice.delta, "content", None))
        if getattr(chunk, "usage", None):
            self.chunks.append(chunk)
        return chunk


def _said(choice: Any) -> Any:
    """What is said in a choice: the next of it, or all, or as servers before chat said it."""
    for name in ("delta", "message"):
        if isinstance(found := getattr(choice, name, None), SimpleNamespace):
            return found
    return SimpleNamespace(content=getattr(choice, "text", None))


def _lines(parts: Iterable[bytes]) -> Iterator[str]:
    """As events end them; httpx ends one at U+2028 too, which many servers write as it is."""
    line: list[bytes] = []
    ended = False
    for part in parts:
        more, *begun = _ENDS.split(part[1:] if ended and part.startswith(b"\n") else part)
        ended = part.endswith(b"\r")
        line.append(more)
        for next_one in begun:
            yield b"".join(line).decode("utf-8", "replace")
            line = [next_one]
    yield b"".join(line).decode("utf-8", "replace")


_ENDS = re.compile(rb"\r\n|[\r\n]")
_EVENTS = re.compile("\ufeff?(?:data|event|id|retry)?:")


def _events(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What each event is called and says; other lines keep the connection awake.

    It may say that in several lines. Servers that leave the empty one behind an event away are
    understood by what is whole.
    """
    name, said = "", ""
    for line in lines:
        field, _, value = line.removeprefix("\ufeff").partition(":")
        if field == "event":
            name = value.strip()
        elif field == "data":
            said = f"{said}\n{value}".strip()
        if said and (not line or _is_whole(said)):
            yield name, said
            name, said = "", ""
    if said:
        yield name, said


def _is_whole(said: str) -> bool:
    with suppress(ValueError):
        return said == "[DONE]" or bool(json.loads(said))
    return False


def _chunk(data: str) -> Any:
    """An object with the fields of *data*. Raises `NoAnswer`, and `Refused` where it says so."""
    try:
        chunk = json.loads(data, object_hook=_fields)
    except ValueError:
        raise NoAnswer from None
    if getattr(chunk, "error", None):
        raise Refused(data)
    if not isinstance(chunk, SimpleNamespace):
        raise NoAnswer
    return chunk


def _fields(row: dict[str, Any]) -> SimpleNamespace:
    return SimpleNamespace(**row)
