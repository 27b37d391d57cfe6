"""How providers fail, in our words: one sentence and one remedy for each way.

Knows the errors of litellm and httpx by name only, so that it loads neither; never repeats a key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ledgernote.domain.errors import ModelError
from ledgernote.domain.secrets import blanked
from ledgernote.models.catalog import ModelChoice

# How providers fail. First by what happened to the connection (names of httpx's errors, found
# anywhere behind what was raised), then by what litellm calls it (any class it descends from).
# Each: the sentence and the remedy, with {provider}, {name}, {where}, {key_env}, {seconds}.
_CONNECTION: Mapping[str, tuple[str, str]] = {
    "ConnectError": ("no answer at {where}: is the server running?", "Check the address."),
    "ConnectTimeout": ("no answer at {where}: is the server running?", "Check the network."),
    "ReadTimeout": ("{name} said nothing for {seconds:g} seconds", "Ask again."),
}
_REFUSALS: Mapping[str, tuple[str, str]] = {
    "AuthenticationError": ("{provider} refused the key", "Set another: {another}"),
    "PermissionDeniedError": (
        "{provider} does not let this key use {name}",
        "Choose another model with -m.",
    ),
    "ContextWindowExceededError": (
        "the context is larger than the window of {name}",
        "Send less: --budget N",
    ),
    "ContentPolicyViolationError": ("{provider} refused the question by its content policy", ""),
    "NotFoundError": ("{provider} has no model {name}", "`ledgernote models` lists what it has."),
    "RateLimitError": (
        "{provider} asks to wait: too many questions, or no credit left",
        "Wait a minute, or choose another model with -m.",
    ),
    "Timeout": ("{name} said nothing for {seconds:g} seconds", "Ask again."),
    "BadRequestError": ("{provider} did not take the question", ""),
    "ServiceUnavailableError": ("{provider} is overloaded or down", "Ask again in a while."),
    "InternalServerError": ("{provider} has a fault of its own", "Ask again in a while."),
    # Not the connection: that would have been found above. A fault told inside the stream.
    "APIConnectionError": ("{provider} has a fault of its own", "Ask again in a while."),
    "begun": ("{provider} broke off in mid-answer", "What came is kept; ask again."),
}
_BEGUN, _UNKNOWN = "begun", "InternalServerError"
# What litellm calls a fault that a provider told in mid-stream: any of these, by chance.
_VAGUE = frozenset(
    {"APIConnectionError", "BadRequestError", "InternalServerError", "ServiceUnavailableError"}
)

# litellm knows this complaint of the large providers only.
_TOO_LONG = re.compile(r"(?i)context.(?:length|window|size)|prompt is too long|too many tokens")


def explain(
    error: BaseException, choice: ModelChoice, *, begun: bool, seconds: float, images: bool = False
) -> ModelError:
    """The one sentence for *error*, whatever raised it.

    *begun*: a part of the answer came; *seconds*: the silence that is waited for; *images* were
    sent with the question.
    """
    chain = list(_behind(error))
    facts = {
        "provider": choice.provider,
        "name": choice.name,
        "model": choice.model,
        "where": choice.api_base or choice.provider,
        "another": f"ledgernote keys set {choice.provider}"
        if choice.kept
        else f"export {choice.api_key_env}=…",
        "seconds": seconds,
        "images": images,
    }
    names = {kind.__name__ for one in chain for kind in type(one).__mro__}
    for name, (sentence, hint) in _CONNECTION.items():
        if name in names:
            return ModelError(sentence.format(**facts), hint.format(**facts))
    if names & {"RemoteProtocolError", "ReadError", "WriteError", "IncompleteRead"}:
        return broken(choice, begun=begun)
    for one in chain:
        for kind in type(one).__mro__:
            # The class in which litellm wraps every fault in mid-stream descends from this one.
            if kind.__name__ in _REFUSALS and type(one).__name__ != "MidStreamFallbackError":
                kind_name = _BEGUN if begun and kind.__name__ in _VAGUE else kind.__name__
                return _refusal(kind_name, _words(one, choice), facts, choice)
    return _refusal(_BEGUN if begun else _UNKNOWN, _words(chain[0], choice), facts, choice)


def _refusal(kind: str, words: str, facts: Mapping[str, Any], choice: ModelChoice) -> ModelError:
    if kind == "BadRequestError" and _TOO_LONG.search(words):
        kind = "ContextWindowExceededError"
    sentence, hint = (part.format(**facts) for part in _REFUSALS[kind])
    if kind == "NotFoundError" and choice.provider == "ollama":
        hint = f"ollama pull {choice.model}"
    if kind == "BadRequestError" and facts["images"]:
        hint = "If an image is why: `ledgernote mute HANDLE` takes one out of the thread."
    if kind == "AuthenticationError" and choice.api_key_env is None:
        hint = ""
    detail = "" if kind == "Timeout" else words
    return ModelError(f"{sentence}: {detail}" if detail else sentence, hint)


def broken(choice: ModelChoice, *, begun: bool) -> ModelError:
    """For a stream that ended without its last word."""
    if begun:
        return ModelError(
            "the connection broke in mid-answer",
            "What came is kept; ask again.",
        )
    return ModelError(f"{choice.name} broke off before it answered", "Ask again.")


def _behind(error: BaseException) -> Iterator[BaseException]:
    """*error* and all that led to it, each once, nearest first."""
    seen: set[int] = set()
    left: list[BaseException | None] = [error]
    while left:
        one = left.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        left += [getattr(one, "original_exception", None), one.__cause__, one.__context__]


# `litellm.RateLimitError: OpenAIException - b'{"error": {"message": "slow down", …`
_PREFIX = re.compile(r"^(?:litellm\.)?\w+(?:Error|Exception)\b\s*[:-]\s*")
_SUFFIX = re.compile(r"\.? (?:Handle with `litellm|Original exception: ).*$", re.DOTALL)
_INNER = re.compile(r"""["'](?:message|error)["']: (?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")


def _words(error: BaseException, choice: ModelChoice) -> str:
    """What the provider said, on one line of at most 300 characters, without any key."""
    words = _SUFFIX.sub("", str(error))
    while (shorter := _PREFIX.sub("", words, count=1)) != words:
        words = shorter
    inner = _INNER.search(words)
    if inner:
        words = re.sub(r"\\(['\"])", r"\1", inner[1] or inner[2] or "")
    # Before it is cut: a half key would not be known for one.
    words = " ".join(blanked(words, [choice.key or ""]).split())
    return words if len(words) <= 300 else words[:299] + "…"
