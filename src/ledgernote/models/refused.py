"""What a server says in place of an answer, as read from its words, its codes and its status.

Kinds are called as litellm calls them; what is said of each to a person stands in `failures`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

BAD, UNKNOWN, TOO_LONG, BUSY = (
    "BadRequestError",
    "InternalServerError",
    "ContextWindowExceededError",
    "RateLimitError",
)
PAYMENT, DOWN = "PaymentRequiredError", "ServiceUnavailableError"
OVERLOADED = 529
"""A status of Anthropic's, of which litellm says that the server has a fault."""
ELSEWHERE = "elsewhere"
"""It names another address."""

_STATUSES: Mapping[int, str] = {
    401: "AuthenticationError",
    402: PAYMENT,
    403: "PermissionDeniedError",
    404: "NotFoundError",
    408: "Timeout",
    429: BUSY,
    503: DOWN,
    OVERLOADED: DOWN,
}
_CODES: Mapping[str, str] = {
    "authentication_error": "AuthenticationError",
    "billing_error": PAYMENT,
    "content_filter": "ContentPolicyViolationError",
    "content_policy_violation": "ContentPolicyViolationError",
    "context_length_exceeded": TOO_LONG,
    "exceed_context_size_error": TOO_LONG,
    "insufficient_quota": BUSY,
    "invalid_api_key": "AuthenticationError",
    "model_not_found": "NotFoundError",
    "not_found_error": "NotFoundError",
    "overloaded_error": DOWN,
    "permission_error": "PermissionDeniedError",
    "rate_limit_error": BUSY,
    "rate_limit_exceeded": BUSY,
}
"""Of OpenAI, Anthropic and llama.cpp."""

# In the order in which they stand: `(40000) exceeds the maximum number of tokens allowed (32768)`.
_WINDOW = re.compile(
    r"""(?ix) (\d[\d,]{2,}) \ maximum\ context\ length
    | (?:context\ (?:window|length|size|limit) (?:\ is|\ of(?:\ only)?)? | tokens\ allowed) \ \(?
      (\d[\d,]{2,})
    | > \ * (\d[\d,]{2,})"""
)
_OF_IT = re.compile(
    r"(?i)(\d[\d,]*) (?:tokens )?(?:in|from) (?:the|your) (?:messages|input|prompt)"
)
_NUMBER = re.compile(r"\b\d[\d,]*\b")
ANSWER = re.compile(r"(?i)completion|max_(?:completion_|output_)?tokens|you requested")
"""A refusal that counts what the model may answer, too."""
_LONG = re.compile(
    r"""(?ix) context.(?:length|window|size|limit) | (?:context|prompt|input)\ (?:is\ )?too\ long
    | too\ many\ tokens | number\ of\ tokens\ allowed | reduce\ the\ length\ of\ the
    | (?:payload|entity|content|body)\ (?:is\ )?too\ large"""
)
_RATE = re.compile(r"(?i)tokens per (?:minute|day)|rate.limit|\bTPM\b")


class NoAnswer(Exception):
    """What came is no answer of a model."""


class Refused(Exception):
    """What a server said in place of an answer, or of the rest of it: a body, or one event."""

    def __init__(self, said: str, response: Any = None, kind: str = "") -> None:
        fault = _fault(said)
        super().__init__(next(_words(fault), said))
        self.response = response
        status = getattr(response, "status_code", 0)
        self.kind = kind or next(_kinds(fault, status), kind_of(status))


def refuse(response: Any) -> None:
    """Raises `Refused` where a body that says it is a whole one tells of an error.

    litellm reads what it takes for a stream, finds no event in it, and the reason is lost.
    """
    headers = response.headers
    whole = "content-length" in headers and "json" in headers.get("content-type", "")
    if response.status_code == 200 and whole and b'"error"' in response.read()[:MOST_OF_A_FAULT]:
        told = _parsed(response.text)
        if isinstance(told, dict) and told.get("error"):
            raise Refused(response.text, response)


def demand_answer(response: Any) -> None:
    """Raises `NoAnswer` for a whole body, or a web page, without a line that could be of an answer.

    litellm passes such lines over, and what is left is a stream that broke off.
    """
    kind = response.headers.get("content-type", "")
    ended = "content-length" in response.headers or "html" in kind
    if response.status_code != 200 or not ended or not kind.startswith("text/"):
        return
    response.read()
    text = response.text.strip()
    lines = (line.removeprefix("data:") for line in text.splitlines())
    if text and text[0] not in "{[" and not any(_parsed(line) for line in lines):
        raise NoAnswer


MOST_OF_A_FAULT = 200
"""Bytes, within which an error is called one."""


def kind_of(status: int) -> str:
    """What a status says: of those it has no name for, the question is to blame below 500."""
    return _STATUSES.get(status, BAD if 400 <= status < 500 else UNKNOWN)


def _fault(said: str) -> Any:
    """What JSON says of an error: an object, words, or nothing."""
    told = _parsed(said)
    return (told.get("error") or told) if isinstance(told, dict) else told


def _parsed(said: str) -> Any:
    with suppress(ValueError):
        return json.loads(said)
    return None


def _words(fault: Any) -> Iterator[str]:
    told = [fault.get(name) for name in ("message", "detail")] if isinstance(fault, dict) else fault
    for one in told if isinstance(told, list) else [told]:
        if isinstance(one, str) and one.strip():
            yield one


def _kinds(fault: Any, status: int) -> Iterator[str]:
    """Words tell more than numbers: a 400 may be of many kinds; within a stream it has none."""
    told = [fault.get(name) for name in ("code", "type")] if isinstance(fault, dict) else []
    yield from (_CODES[one] for one in told if isinstance(one, str) and one in _CODES)
    numbers = (int(one) for one in map(str, told) if one.isdecimal())
    yield from (kind_of(one) for one in numbers if 400 <= one < 600)
    if status < 400 and "invalid_request_error" in told:  # which OpenAI says of a key, too, by 401
        yield BAD


def kind_by(words: str, kind: str) -> str:
    """*kind*, unless what was said tells better; litellm knows the large providers' words only."""
    if kind in (BAD, UNKNOWN) and _LONG.search(words):
        kind = TOO_LONG
    # What is sent in a minute is limited too: that says nothing of a window.
    return BUSY if kind in (BAD, TOO_LONG) and _RATE.search(words) else kind


def window_in(words: str) -> int | None:
    """The tokens of the window, where they are named."""
    found = _WINDOW.search(words)
    return int(next(filter(None, found.groups())).replace(",", "")) if found else None


def sent_in(words: str) -> int | None:
    """The tokens that were sent, as it counts them: the one number there above the window.

    None where the answer may be counted, too.
    """
    window, part = window_in(words), _OF_IT.search(words)
    if part:
        return int(part[1].replace(",", ""))
    numbers = {int(one.replace(",", "")) for one in _NUMBER.findall(words)}
    above = [one for one in numbers if window and one > window]
    return above[0] if len(above) == 1 and not ANSWER.search(words) else None
