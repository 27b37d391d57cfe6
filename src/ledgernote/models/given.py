"""Options as a question gives them: which may be set there, what may stand in them, what is kept.

It knows no provider and sends nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ledgernote.domain.errors import UsageError
from ledgernote.domain.secrets import SHORTEST, hidden, hold

HEADERS = ("headers", "extra_headers")
"""Options that hold further headers; of one that both name the last counts, as in litellm."""

MAPPINGS = (*HEADERS, "extra_body")
"""Those, and the one that holds further fields of what is sent."""

# What is set here; the rest of litellm's parameters may come as options.
_OUR_PARAMETERS = """api_base api_key base_url callbacks client custom_llm_provider fallbacks
    max_retries messages mock_response model num_retries stream stream_options timeout"""
_OURS = frozenset(_OUR_PARAMETERS.split())

# Those of litellm's parameters of a chat whose texts are no secrets; in `tools` stand some.
_USUAL_PARAMETERS = """additional_drop_params allowed_openai_params api_version audio
    context_management drop_params frequency_penalty function_call functions
    include_server_side_tool_invocations logit_bias logprobs max_completion_tokens max_tokens
    modalities n parallel_tool_calls prediction presence_penalty prompt_cache_key
    prompt_cache_retention reasoning_effort response_format safety_identifier seed service_tier
    stop store temperature thinking tool_choice top_logprobs top_p user verbosity
    web_search_options"""
USUAL = frozenset(_USUAL_PARAMETERS.split())

_OBJECT = 'Such as -o \'{}={{"x-team": "rates"}}\''
_SENDABLE = "One line of ASCII is, without a blank at either end."
_NAME = re.compile(r"[-!#$%&'*+.^_`|~0-9A-Za-z]+")
_VALUE = re.compile(r"(?:[!-~](?:[\t -~]*[!-~])?)?")
_DIGIT = re.compile(r"\d")


def headers(options: Mapping[str, Any]) -> dict[str, str]:
    """The further headers among *options*."""
    found = [pair for name in HEADERS for pair in (options.get(name) or {}).items()]
    return {name: str(value) for name, value in found}


def without_secrets(options: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of *options*: where a secret may stand, the name, with None for the value."""
    return {
        name: value if _is_plain(name, value) else None
        for name, value in options.items()
        if hidden(name) == name
    }


def _is_plain(name: str, value: object) -> bool:
    """Whether it is a number, or one of the usual parameters without what looks like a key.

    A secret need not look like any, and its provider may call it anything.
    """
    told = json.dumps(value, ensure_ascii=False)
    return isinstance(value, int | float) or (name in USUAL and hidden(told) == told)


def check(options: Mapping[str, Any]) -> None:
    """Refuse what cannot be sent, and hold what may be a key. Raises `UsageError`.

    The libraries that send would repeat a value that they cannot.
    """
    for name in MAPPINGS:
        if not isinstance(options.get(name) or {}, Mapping):
            raise UsageError(f"the option {name!r} takes a JSON object", _OBJECT.format(name))
    if taken := sorted(_OURS & {*options, *(options.get("extra_body") or {})}):
        raise UsageError(f"the option {taken[0]!r} is not for a question to set")
    for option in HEADERS:
        for name, value in headers({option: options.get(option)}).items():
            if not (_NAME.fullmatch(name) and _VALUE.fullmatch(value)):
                raise UsageError(f"the option {option!r} holds what is no header", _SENDABLE)
    for name, value in options.items():
        words = [] if _is_plain(name, value) else " ".join(_texts(value)).split()
        for word in words:
            if len(word) >= SHORTEST and _DIGIT.search(word):  # it may be a key
                hold(word)


def _texts(value: Any) -> Iterator[str]:
    """All that stands in it."""
    if isinstance(value, Mapping | list):
        for part in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(part)
    else:
        yield str(value)
