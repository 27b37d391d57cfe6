"""Options as a question gives them: which may be set there, and what may stand in them.

It knows no provider and sends nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ledgernote.domain.errors import UsageError
from ledgernote.domain.secrets import SHORTEST, hold

HEADERS = ("headers", "extra_headers")
"""Options that hold further headers; of one that both name the last counts, as in litellm."""

MAPPINGS = (*HEADERS, "extra_body")
"""Those, and the one that holds further fields of what is sent. Secrets stand in them mostly, and
need not look like any: they are kept nowhere."""

# What is set here; the rest of litellm's parameters may come as options.
_OUR_PARAMETERS = """api_base api_key base_url callbacks client custom_llm_provider fallbacks
    max_retries messages mock_response model num_retries stream stream_options timeout"""
_OURS = frozenset(_OUR_PARAMETERS.split())

_OBJECT = 'Such as -o \'{}={{"x-team": "rates"}}\''
_SENDABLE = "One line of ASCII is, without a blank at either end."
_NAME = re.compile(r"[-!#$%&'*+.^_`|~0-9A-Za-z]+")
_VALUE = re.compile(r"(?:[!-~](?:[\t -~]*[!-~])?)?")
_DIGIT = re.compile(r"\d")


def headers(options: Mapping[str, Any]) -> dict[str, str]:
    """The further headers among *options*."""
    found = [pair for name in HEADERS for pair in (options.get(name) or {}).items()]
    return {name: str(value) for name, value in found}


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
            for word in value.split():
                if len(word) >= SHORTEST and _DIGIT.search(word):  # it may be a key
                    hold(word)
