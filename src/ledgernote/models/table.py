"""What litellm's table of models says: the JSON that its wheel carries, never litellm itself."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from ledgernote.domain.frozen import frozen

# Providers that litellm knows and its table of models does not list; a test compares.
_UNLISTED = frozenset(
    {
        *("custom_openai", "hosted_vllm", "huggingface", "litellm_proxy", "llamafile"),
        *("lm_studio", "ollama_chat", "openai_like", "xinference"),
    }
)
_NAMES = """
    a2a a2a_agent ai21_chat aiohttp_openai anthropic_text apertis auto_router aws_textract
    azure_speech bytez charity_engine chutes clarifai cohere_chat cometapi compactifai cortecs
    cursor custom datarobot docker_model_runner dotprompt edenai empower galadriel gdc github
    helicone humanloop infinity langflow langfuse langgraph litellm_agent manus maritalk milvus
    modelscope mongodb nadir nano-gpt neosantara nvidia_riva oobabooga parasail petals pg_vector
    poe predibase ragflow reka s3_vectors sagemaker_chat sagemaker_nova sap synthetic topaz
    triton valkey vertex_ai_beta vllm watsonx_text
"""
SELDOM = frozenset(_NAMES.split())
"""More of them. Where the settings give such a name an address, it is one of the user's own."""

_SPELLINGS = {
    "cohere_chat": "cohere",
    "vertex_ai-language-models": "vertex_ai",
    "vertex_ai-anthropic_models": "vertex_ai",
}
"""Names of providers in the table → as they are typed."""


LEAST_WINDOW = 4_096
"""Tokens; what has less is a filter or a tool, and asked for by its whole name only."""


@frozen
class Facts:
    """What the table says of a model; None where it says nothing."""

    price_in: float | None
    price_out: float | None
    """US dollars for a million tokens."""
    tools: bool


def names_of(providers: Iterable[str], *, leaving: bool = False) -> Iterator[str]:
    """The chat models that the table has of these, as `provider/model`, in its order.

    With *leaving* also those that their provider is going to take away, and odd ones. None that
    guard others: they only say whether a text is harmless.
    """
    wanted = frozenset(providers)
    for name, row in _table().items():
        provider = _spelled(row)
        if (
            provider in wanted
            and _talks(row)
            and "guard" not in name
            and (leaving or _stays(name, row))
        ):
            yield name if name.startswith(provider + "/") else f"{provider}/{name}"


def _stays(name: str, row: Mapping[str, Any]) -> bool:
    """Not on its way out, nobody's own, and with room for a talk."""
    room = tokens(row, "max_input_tokens", "max_tokens") or 0
    return "deprecation_date" not in row and not name.startswith("ft:") and room >= LEAST_WINDOW


def facts_of(name: str) -> Facts:
    """What the table says of `provider/model`."""
    info = row_of(name)
    return Facts(
        price_in=_per_million(info.get("input_cost_per_token")),
        price_out=_per_million(info.get("output_cost_per_token")),
        tools=bool(info.get("supports_function_calling")),
    )


def _per_million(price: object) -> float | None:
    return round(price * 1e6, 6) if isinstance(price, int | float) else None


def serves(provider: str, model: str) -> bool:
    """Whether a provider has a chat model of that name."""
    table = _table()
    row = table.get(f"{provider}/{model}") or table.get(model)
    return row is not None and _talks(row) and _spelled(row) == provider


def provider_of(model: str) -> str | None:
    """Whose chat model the table has under a bare name."""
    row = _table().get(model)
    return _spelled(row) or None if row is not None and _talks(row) else None


def _talks(row: Mapping[str, Any]) -> bool:
    return row.get("mode") == "chat" or (row.get("mode") == "responses" and _speaks_responses())


@lru_cache(maxsize=1)
def _speaks_responses() -> bool:
    """Whether litellm has what it needs for OpenAI's other protocol."""
    return importlib.util.find_spec("mcp") is not None


def _spelled(row: Mapping[str, Any]) -> str:
    provider = str(row.get("litellm_provider") or "")
    return _SPELLINGS.get(provider, provider)


def row_of(name: str) -> Mapping[str, Any]:
    """The table's row for `provider/model`; empty when it has none."""
    table = _table()
    provider, _, model = name.partition("/")
    row = table.get(name)
    if row is None and _spelled(table.get(model, {})) == provider:
        row = table[model]
    return row or {}


def spelled(name: str) -> str:
    """`provider/model` as the table writes it; as it is where the table has it in no case."""
    if row_of(name):
        return name
    provider, _, model = name.partition("/")
    found = _by_case().get(name.casefold()) or _by_case().get(model.casefold(), "")
    if not found or _spelled(_table()[found]) != provider:
        return name
    return found if found.startswith(f"{provider}/") else f"{provider}/{found}"


@lru_cache(maxsize=1)
def _by_case() -> Mapping[str, str]:
    """Names of the table, in lower case → as they stand there."""
    return {name.casefold(): name for name in _table()}


def is_listed(name: str) -> bool:
    """Whether the table knows `provider/model`, and so what it costs."""
    return bool(row_of(name))


def tokens(info: Mapping[str, Any], *names: str) -> int | None:
    """The first of these that is a number; a few rows hold words instead."""
    values = (info.get(name) for name in names)
    return next((int(value) for value in values if isinstance(value, int | float) and value), None)


@lru_cache(maxsize=1)
def providers() -> frozenset[str]:
    """Every provider that litellm knows, as they are typed."""
    return _UNLISTED | SELDOM | {_spelled(row) for row in _table().values()} - {""}


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Mapping[str, Any]]:
    """Model name → its row, from the JSON beside litellm; empty when it is not there."""
    spec = importlib.util.find_spec("litellm")
    if spec is None or spec.origin is None:
        return {}
    path = Path(spec.origin).with_name("model_prices_and_context_window_backup.json")
    if not path.is_file():
        return {}
    rows: dict[str, dict[str, Any]] = json.loads(path.read_bytes())
    rows.pop("sample_spec", None)
    return rows
