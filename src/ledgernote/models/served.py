"""Models behind litellm: every one that is not `offline`, nor asked directly, is asked here.

It owns what goes over the wire and what comes back: the request, the pieces, the usage, and one
sentence for each way in which a provider fails. It refuses to know the ledger, the terminal and
the config; it asks once and never again by itself, and it never lets a private entry through.

What litellm costs to import and to call for the first time `warm()` pays ahead, in a thread of the
caller's; `load()` the import alone, while what is to be sent is still being planned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any
from urllib.parse import urlsplit

from ledgernote.domain.errors import ModelError
from ledgernote.domain.frozen import frozen, replace
from ledgernote.domain.turns import Context, Piece, Usage, WindowFrom, as_sent
from ledgernote.models import given, heard, lacking, remote, table
from ledgernote.models.choice import ModelChoice, keyed, window_of
from ledgernote.models.counter import count, count_messages
from ledgernote.models.failures import broken, explain, silent
from ledgernote.models.garbage import uncollected
from ledgernote.models.heard import Heard
from ledgernote.models.patience import PATIENCE, Patience, Watch, timeout
from ledgernote.models.raised import is_garbled
from ledgernote.models.refused import NoAnswer

# ollama's older protocol wraps the messages in a template of its own; the chat one does not.
WIRE_PROVIDERS = {"ollama": "ollama_chat"}

_MARKED = ("anthropic",)
"""Providers that keep what they have read only where it is marked; the others do of themselves."""

_PRICES = ("input_cost_per_token", "output_cost_per_token")


def takes(choice: ModelChoice, name: str, value: object) -> bool:
    """Whether litellm sends such an option to a model."""
    provider = WIRE_PROVIDERS.get(choice.provider, choice.provider)
    try:
        remote.library().utils.get_optional_params(
            model=choice.model, custom_llm_provider=provider, drop_params=False, **{name: value}
        )
    except Exception:  # noqa: BLE001  it raises anything for what it would not send
        return False
    return True


@frozen(kw_only=False)
class Remote:
    """A model behind litellm. Satisfies `domain.turns.Model`."""

    choice: ModelChoice
    options: Mapping[str, object]
    """Further parameters of the request, e.g. `temperature`, as the provider names them."""
    patience: Patience = PATIENCE

    def __post_init__(self) -> None:
        """Raises `UsageError` for an option that is set here, or cannot be sent."""
        given.check(self.options)

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
        remote.library()

    def warm(self) -> None:
        """Import litellm and make its slow first call, with no network. Safe in any thread."""
        remote.rehearse()

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
        litellm = remote.library()
        if self.choice.provider == "ollama":
            # A model that is not in its table litellm would ask ollama about after every answer,
            # and not at the address in use but on this machine. It costs nothing: say so.
            free = {"litellm_provider": "ollama", "mode": "chat"} | dict.fromkeys(_PRICES, 0.0)
            litellm.model_cost.setdefault(f"ollama/{self.choice.model}", free)
        lacking.demand(self.choice, litellm)
        remote.past_proxies(self.choice)
        with lacking.named(self.choice, litellm), uncollected():  # its first call imports, too
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
        provider = WIRE_PROVIDERS.get(choice.provider, choice.provider)
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
        if not takes(choice, "stream_options", request["stream_options"]):
            del request["stream_options"]  # what nobody reports is counted
        if choice.provider == "gemini":
            # Else it asks with a client of its own, which does not know how long to wait.
            request["client"] = remote.client(self.patience)
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
        usage = Usage(
            served_model=end.served_model,
            tokens_in=tokens_in,
            tokens_out=tokens_out,
            tokens_cached=heard.cached(reported),
            finish=end.finish,
            source="counted" if reported is None else "provider",
        )
        return self.priced(usage, reported)

    def priced(self, usage: Usage, reported: Any = None) -> Usage:
        """*usage* with what its tokens cost; *reported* knows of cached ones, which cost less."""
        cost = self._cost(usage.tokens_in or 0, usage.tokens_out or 0, reported)
        return replace(usage, cost=cost, price=None if cost is None else remote.price_table())

    def _cost(self, tokens_in: int, tokens_out: int, usage: Any) -> float | None:
        """US dollars by litellm's own table; None when it does not know the model."""
        try:
            paid_in, paid_out = remote.library().cost_per_token(
                model=self.choice.model,
                custom_llm_provider=self.choice.provider,
                prompt_tokens=tokens_in,
                completion_tokens=tokens_out,
                usage_object=usage,
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
        remote.past_proxies(choice)
        lacking.demand(choice, remote.library())
        with lacking.named(choice, remote.library()), uncollected():
            rows = remote.library().embedding(**request).data
        return [row["embedding"] for row in sorted(rows, key=itemgetter("index"))]
    except Exception as error:  # noqa: BLE001  litellm raises anything, bare Exception too
        found = NoAnswer() if is_garbled(error) else error
        raise explain(found, choice, begun=False, seconds=patience.first) from None


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
    elif choice.api_base and (
        choice.api_key_env
        or choice.owner != choice.provider
        or lacking.is_bare(choice, remote.library())
    ):
        # A server of the user's own that wants no key; the client library insists on one.
        found["api_key"] = "none"
    return found
