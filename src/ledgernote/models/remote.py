"""The one door to litellm: every model that is not `offline` is asked here and nowhere else.

It owns what goes over the wire and what comes back: the request, the pieces, the usage, and one
sentence for each way in which a provider fails. It refuses to know the ledger, the terminal and
the config; it asks once and never again by itself, and it never lets a private entry through.

litellm costs seconds to import and half a second more in its first call, so nothing of it loads
with this module: `warm()` pays for both ahead of time, in a thread of the caller's; `load()` for
the import alone, while what is to be sent is still being planned.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import version
from operator import itemgetter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ledgernote.domain.errors import ModelError, UsageError
from ledgernote.domain.frozen import frozen, replace
from ledgernote.domain.turns import Context, Piece, Usage, WindowFrom, as_sent
from ledgernote.models import heard, proxies, table
from ledgernote.models.choice import ModelChoice, keyed, window_of
from ledgernote.models.counter import count, count_messages
from ledgernote.models.failures import broken, explain, silent
from ledgernote.models.garbage import uncollected
from ledgernote.models.heard import Heard
from ledgernote.models.moved import guarded
from ledgernote.models.patience import PATIENCE, Patience, Watch
from ledgernote.models.raised import is_garbled
from ledgernote.models.refused import NoAnswer

# What this door sets itself; the rest of litellm's parameters may come as options.
_OUR_PARAMETERS = """api_base api_key base_url callbacks client custom_llm_provider fallbacks
    max_retries messages mock_response model num_retries stream stream_options timeout"""
_OURS = frozenset(_OUR_PARAMETERS.split())

# ollama's older protocol wraps the messages in a template of its own; the chat one does not.
_WIRE_PROVIDERS = {"ollama": "ollama_chat"}

_MARKED = ("anthropic",)
"""Providers that keep what they have read only where it is marked; the others do of themselves."""

_PRICES = ("input_cost_per_token", "output_cost_per_token")


@frozen(kw_only=False)
class Remote:
    """A model behind litellm. Satisfies `domain.turns.Model`."""

    choice: ModelChoice
    options: Mapping[str, object]
    """Further parameters of the request, e.g. `temperature`, as the provider names them."""
    patience: Patience = PATIENCE

    def __post_init__(self) -> None:
        """Raises `UsageError` for an option that this door sets itself."""
        taken = sorted(_OURS & self.options.keys())
        if taken:
            raise UsageError(f"the option {taken[0]!r} is not for a question to set")

    @property
    def name(self) -> str:
        """`provider/model`."""
        return self.choice.name

    @property
    def local(self) -> bool:
        """Private entries may go there."""
        return self.choice.local

    @property
    def window(self) -> int:
        """Tokens of context and answer together; a server of the user's own is asked, once."""
        return window_of(self.choice)[0]

    @property
    def window_from(self) -> WindowFrom:
        """Who says that."""
        return window_of(self.choice)[1]

    @property
    def address(self) -> str | None:
        """Where it is asked; None where its provider always is."""
        return self.choice.api_base

    @property
    def sees(self) -> bool:
        """Images may go there."""
        return self.choice.sees

    def load(self) -> None:
        """Import litellm. Safe in any thread."""
        _litellm()

    def warm(self) -> None:
        """Import litellm and make its slow first call, with no network. Safe in any thread."""
        _rehearse()

    def stream(self, context: Context) -> Iterator[Piece | Usage]:
        """Ask; pieces as they come, then one `Usage`.

        Closing the iterator closes the connection. Raises `ModelError` when the model does not
        answer or not to the end, `RuntimeError` when a private entry would leave: a bug of ours.
        """
        if not self.local and any(row.private for row in context.receipt):
            raise RuntimeError(f"a private entry was on its way to {self.name}")
        choice = keyed(self.choice)
        if choice is not self.choice:
            return replace(self, choice=choice).stream(context)
        return self._answer(context)

    def _answer(self, context: Context) -> Iterator[Piece | Usage]:
        end = Heard()
        yield from self._pieces(context, end)
        yield self._usage(context, end)

    def _open(self, context: Context) -> Any:
        """The stream of an answer, as litellm gives it. Raises anything."""
        litellm = _litellm()
        if self.choice.provider == "ollama":
            # A model that is not in its table litellm would ask ollama about after every answer,
            # and not at the address in use but on this machine. It costs nothing: say so.
            free = {"litellm_provider": "ollama", "mode": "chat"} | dict.fromkeys(_PRICES, 0.0)
            litellm.model_cost.setdefault(f"ollama/{self.choice.model}", free)
        _past_proxies(self.choice)
        with uncollected():  # its first call imports, too
            return litellm.completion(**self._request(context))

    def _pieces(self, context: Context, end: Heard) -> Iterator[Piece]:
        """What is said, to the end; *end* hears the rest."""
        stream: Any = None
        watch: Watch | None = None
        try:
            stream = self._open(context)
            if self.choice.provider == "gemini":
                end.listen(stream)
            if self.choice.provider == "anthropic":
                heard.tell_faults(stream)
            watch = Watch(stream, self.patience)
            for chunk in stream:
                piece = end.read(chunk)
                if piece is not None:
                    with watch.paused():  # a slow reader is no silent model
                        yield piece
        except Exception as error:  # noqa: BLE001  litellm raises anything, bare Exception too
            # Not chained: the provider's own error holds the request, and so the key.
            raise self._failure(error, context, end, watch) from None
        finally:
            if watch is not None:
                watch.end()
            heard.close(stream)
        if end.ended is False or heard.is_broken(stream):
            raise self._failure(None, context, end, watch)
        end.reported = heard.reported(stream)

    def _failure(
        self, error: Exception | None, context: Context, end: Heard, watch: Watch | None
    ) -> ModelError:
        """Why a stream did not come to its end; without an *error* it just stopped."""
        if watch is not None and watch.waited:
            return silent(self.choice, watch.waited)
        if error is None:
            return broken(self.choice, begun=bool(end.said))
        return explain(
            NoAnswer() if watch is not None and is_garbled(error) else error,
            self.choice,
            begun=bool(end.said),
            seconds=self.patience.first,
            images=any(message.images for message in context.messages),
        )

    def _request(self, context: Context) -> dict[str, Any]:
        choice = self.choice
        provider = _WIRE_PROVIDERS.get(choice.provider, choice.provider)
        request: dict[str, Any] = {
            **self.options,
            "model": f"{provider}/{choice.model}",
            "messages": as_sent(context.messages),
            "stream": True,
            "stream_options": {"include_usage": True},
            "num_retries": 0,
            "max_retries": 0,
            "timeout": timeout(self.patience),
        }
        if choice.provider == "gemini":
            # Else it asks with a client of its own, which does not know how long to wait.
            request["client"] = _client(self.patience)
        if choice.provider in _MARKED:
            # All of it is marked: what the next turn has in common with this one costs a tenth.
            request["cache_control_injection_points"] = [{"location": "message", "index": -1}]
        request |= _reached(choice)
        if choice.provider == "ollama":
            # Without it ollama cuts the context to its own default, and says nothing.
            request.setdefault("num_ctx", self.window)
        return request

    def _usage(self, context: Context, end: Heard) -> Usage:
        """What the provider reported, or else our own count; litellm's guess is not used."""
        reported = end.usage if end.reported else None
        tokens_in = heard.tokens(reported, "prompt_tokens")
        tokens_out = heard.tokens(reported, "completion_tokens")
        if tokens_in is None or tokens_out is None:
            reported = None
            tokens_in, tokens_out = count_messages(context.messages), count("".join(end.said))
        cost = self._cost(tokens_in, tokens_out, reported)
        return Usage(
            served_model=end.served_model,
            tokens_in=tokens_in,
            tokens_out=tokens_out,
            tokens_cached=heard.cached(reported),
            finish=end.finish,
            cost=cost,
            price=None if cost is None else _price_table(),
            source="counted" if reported is None else "provider",
        )

    def _cost(self, tokens_in: int, tokens_out: int, usage: Any) -> float | None:
        """US dollars by litellm's own table; None when it does not know the model."""
        try:
            paid_in, paid_out = _litellm().cost_per_token(
                model=self.choice.model,
                custom_llm_provider=self.choice.provider,
                prompt_tokens=tokens_in,
                completion_tokens=tokens_out,
                usage_object=usage,  # knows of cached tokens, which cost less
            )
        except Exception:  # noqa: BLE001  an unknown model is a bare Exception
            return None
        paid = float(paid_in + paid_out)
        priced = paid or self.choice.provider == "ollama"  # else it knows the name, and no price
        return paid if priced or table.facts_of(self.choice.listed).price_in is not None else None


def embeddings(
    choice: ModelChoice, texts: Sequence[str], patience: Patience
) -> list[Sequence[float]]:
    """What an embedding model makes of *texts*, in their order. Raises `ModelError`."""
    choice = keyed(choice)
    request: dict[str, Any] = {
        "model": f"{choice.provider}/{choice.model}",
        "input": list(texts),
        "timeout": timeout(patience),
        "max_retries": 0,
        **_reached(choice),
    }
    try:
        _past_proxies(choice)
        with uncollected():
            rows = _litellm().embedding(**request).data
        return [row["embedding"] for row in sorted(rows, key=itemgetter("index"))]
    except Exception as error:  # noqa: BLE001  litellm raises anything, bare Exception too
        found = NoAnswer() if is_garbled(error) else error
        raise explain(found, choice, begun=False, seconds=patience.first) from None


_QUIET: Mapping[str, object] = {
    "suppress_debug_info": True,
    "set_verbose": False,
    "telemetry": False,
    "drop_params": False,
    "DEFAULT_MAX_RETRIES": 0,  # what embeds takes a 0 of ours for nothing said
    "disable_streaming_logging": True,  # it would build a log record for every chunk
    # A table of equal rows is no reason to cut an answer short.
    "REPEATED_STREAMING_CHUNK_LIMIT": sys.maxsize,
}


@lru_cache(maxsize=1)
def _litellm() -> Any:
    """litellm, imported once and made silent: 2 to 3 s, so never before a prompt is shown."""
    # Else it fetches its price table over the network while it is imported …
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    # … and takes keys and addresses from any `.env` in the folder it is started in.
    os.environ.setdefault("LITELLM_MODE", "PRODUCTION")
    with uncollected():
        import litellm

        # Else the next search walks through all of it, and does so while an answer streams.
        gc.freeze()

    for name, value in _QUIET.items():
        setattr(litellm, name, value)
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = False
        logger.disabled = True
    _stay_there()
    return litellm


def _stay_there() -> None:
    """Have every client that litellm makes, or has OpenAI's library make, follow nobody else."""
    from litellm.llms.custom_httpx.http_handler import HTTPHandler
    from openai import OpenAI

    create, make = HTTPHandler.create_client, OpenAI.__init__

    def made(self: Any, *given: Any, **named: Any) -> None:
        make(self, *given, **named)
        guarded(self._client)

    HTTPHandler.create_client = lambda self: guarded(create(self))  # type: ignore[method-assign]
    OpenAI.__init__ = made  # type: ignore[method-assign]


def _rehearse() -> None:
    """One whole call that never reaches a socket: the slow part of a first call is in the code."""
    import httpx
    import openai

    chunk = {"delta": {"content": "."}, "finish_reason": None, "index": 0}
    last = {"delta": {}, "finish_reason": "stop", "index": 0}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}

    class Echo(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            head: dict[str, Any] = {"id": "1", "created": 0, "model": "m"}
            rows: list[dict[str, Any]] = [
                {"choices": [chunk]},
                {"choices": [last]},
                {"choices": [], "usage": usage},
            ]
            events = [json.dumps(head | row) for row in rows]
            body = "".join(f"data: {event}\n\n" for event in [*events, "[DONE]"])
            headers = {"content-type": "text/event-stream"}
            return httpx.Response(200, text=body, headers=headers, request=request)

    with httpx.Client(transport=Echo()) as http:
        client = openai.OpenAI(api_key="none", base_url="http://127.0.0.1", http_client=http)
        messages = [{"role": "user", "content": "."}]
        answer = _litellm().completion(
            model="openai/gpt-4o",
            messages=messages,
            stream=True,
            stream_options={"include_usage": True},
            client=client,
            num_retries=0,
        )
        for _ in answer:
            pass


def timeout(patience: Patience) -> Any:
    """The limits of httpx for one request."""
    import httpx

    return httpx.Timeout(patience.first, connect=patience.connect)


@lru_cache(maxsize=1)
def _client(patience: Patience) -> Any:
    """litellm's own, kept from turn to turn with its open connections."""
    from litellm.llms.custom_httpx.http_handler import HTTPHandler

    return HTTPHandler(timeout=timeout(patience))


def _past_proxies(choice: ModelChoice) -> None:
    """Let no proxy hear what is not for it. litellm keeps its clients, made as things were."""
    if proxies.pass_by(choice):
        _litellm().in_memory_llm_clients_cache.flush_cache()
        vars(_litellm()).pop("module_level_client", None)
        _client.cache_clear()


def _reached(choice: ModelChoice) -> dict[str, str]:
    """Where a model is, and what opens it. Raises `ModelError` for an address with a ?query.

    litellm would set what is asked for behind that.
    """
    if urlsplit(choice.api_base or "").query:
        raise ModelError(
            f"{choice.set_by} ends in a ?query, which {choice.name} cannot be asked with",
            "A server that speaks OpenAI's protocol can, under a name of its own: "
            "ledgernote config set models.NAME.api_base URL",
        )
    found = {"api_base": choice.api_base} if choice.api_base else {}
    if choice.key:
        found["api_key"] = choice.key
    elif choice.api_base and (choice.api_key_env or choice.owner != choice.provider):
        # A server of the user's own that wants no key; the client library insists on one.
        found["api_key"] = "none"
    return found


@lru_cache(maxsize=1)
def _price_table() -> str:
    """Whose prices these are: a wheel tells its version, and its files when it was installed."""
    day = datetime.fromtimestamp(Path(_litellm().__file__).stat().st_mtime, UTC).date()
    return f"litellm {version('litellm')}, installed {day}"
