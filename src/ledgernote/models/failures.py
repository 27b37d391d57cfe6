"""How providers fail, in our words: one sentence and one remedy for each way.

Knows the errors of litellm and httpx by name only, so that it loads neither; never repeats a key.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from ledgernote.domain.errors import ModelBusy, ModelError, TooLong
from ledgernote.domain.frozen import frozen
from ledgernote.domain.secrets import blanked, shown
from ledgernote.models.catalog import ModelChoice
from ledgernote.models.refused import BAD, ELSEWHERE, TOO_LONG, UNKNOWN, Refused, kind_by, window_in

FORBIDDEN = 403

# How providers fail. First by what happened to the connection (names of httpx's errors, found
# anywhere behind what was raised), then by what litellm calls it (any class it descends from).
# Each: the sentence and the remedy, with {provider}, {name}, {where}, {key_env}, {seconds}.
_CONNECTION: Mapping[str, tuple[str, str]] = {
    "ConnectError": ("no answer at {where}: is the server running?", "Check the address."),
    "ConnectTimeout": ("no answer at {where}: is the server running?", "Check the network."),
    "ReadTimeout": ("{name} said nothing for {seconds:g} seconds", "Ask again."),
}
_NO_ANSWER = (
    "what came from {where} is no answer of a model",
    "Check the address, and which protocol it speaks.",
)
_NO_MORE = (
    "what came from {where} in mid-answer is no answer of a model",
    "What came is kept; ask again.",
)
_NO_NETWORK = ("no answer from {provider}: is there a network?", "Check the network.")
_NO_ADDRESS = ("{where} is no address", "Set its api_base: http://HOST:PORT/v1")
_NO_SCHEME = ("the address {where} lacks its http://", "Set its api_base: http://{where}")
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
    "Timeout": ("{provider} gave up waiting", "Ask again."),
    "BadRequestError": ("{provider} did not take the question", ""),
    "ServiceUnavailableError": ("{provider} is overloaded or down", "Ask again in a while."),
    "InternalServerError": ("{provider} has a fault of its own", "Ask again in a while."),
    # Not the connection: that would have been found above. A fault told inside the stream.
    "APIConnectionError": ("{provider} has a fault of its own", "Ask again in a while."),
    ELSEWHERE: ("{where} sends questions on to", "Set its api_base to where it is now."),
    "begun": ("{provider} broke off in mid-answer", "What came is kept; ask again."),
}
_BEGUN = "begun"
# What litellm calls a fault that a provider told in mid-stream: any of these, by chance.
_VAGUE = frozenset(
    {"APIConnectionError", "BadRequestError", "InternalServerError", "ServiceUnavailableError"}
)

# To ask these once more in a while may help; a payment that is due does not come by itself.
_BUSY = frozenset(
    {
        "RateLimitError",
        "Timeout",
        "ServiceUnavailableError",
        "InternalServerError",
        "APIConnectionError",
    }
)
_NO_CREDIT = re.compile(r"(?i)insufficient_quota|exceeded your current quota|credit|billing")


def explain(
    error: BaseException, choice: ModelChoice, *, begun: bool, seconds: float, images: bool = False
) -> ModelError:
    """The one sentence for *error*, whatever raised it.

    *begun*: a part of the answer came; *seconds*: the silence that is waited for; *images* were
    sent with the question.
    """
    chain = list(_behind(error))
    facts = {
        "provider": choice.owner or choice.provider,
        "name": choice.name,
        "where": shown(choice.api_base or choice.provider),
        "another": f"ledgernote keys set {choice.owner}"
        if choice.kept or choice.api_key_env is None
        else f"export {choice.api_key_env}=…",
        "seconds": seconds,
        "images": images,
    }
    names = {kind.__name__ for one in chain for kind in type(one).__mro__}
    if unheard := next((name for name in _CONNECTION if name in names), None):
        ours = choice.api_base or unheard == "ReadTimeout"
        said = _CONNECTION[unheard] if ours else _NO_NETWORK
        # Who was silent for minutes is not waited for once more.
        family = ModelError if begun or unheard == "ReadTimeout" else ModelBusy
        return family(*(part.format(**facts) for part in said))
    if package := _missing(chain):
        return ModelError(
            f"{choice.name} cannot be asked without the package {package}", f"pip install {package}"
        )
    if found := _nonsense(names, choice, begun=begun):
        return ModelError(*(part.format(**facts) for part in found))
    if names & {"RemoteProtocolError", "ReadError", "WriteError", "IncompleteRead"}:
        return broken(choice, begun=begun)
    one, kind = _called(chain)
    told = _Told(_words(one, choice), _wait(chain), begun=begun)
    return _refusal(_BEGUN if begun and kind in _VAGUE else kind, told, facts, choice)


def _nonsense(names: set[str], choice: ModelChoice, *, begun: bool) -> tuple[str, str] | None:
    """What to say where an address is none, or leads to no model."""
    if names & {"UnsupportedProtocol", "InvalidURL"}:
        return _NO_ADDRESS if "://" in (choice.api_base or "") else _NO_SCHEME
    if names & {"JSONDecodeError", "NoAnswer", "DecodingError"}:
        return _NO_MORE if begun else _NO_ANSWER
    return None


def _called(chain: Sequence[BaseException]) -> tuple[BaseException, str]:
    """What tells of the failure, and what litellm calls that."""
    for one in chain:
        if isinstance(one, Refused):
            return one, one.kind
        for kind in type(one).__mro__:
            # The class in which litellm wraps every fault in mid-stream descends from this one.
            if kind.__name__ in _REFUSALS and type(one).__name__ != "MidStreamFallbackError":
                refused = getattr(one, "status_code", 0) == FORBIDDEN  # so it tells of Gemini's
                bad = kind.__name__ == "BadRequestError"
                return one, "PermissionDeniedError" if bad and refused else kind.__name__
    return chain[0], UNKNOWN


@frozen(kw_only=False)
class _Told:
    """What a provider said of its failure."""

    words: str
    wait: float | None
    """Seconds."""
    begun: bool
    """A part of the answer had come."""


def _refusal(kind: str, told: _Told, facts: Mapping[str, Any], choice: ModelChoice) -> ModelError:
    words = told.words
    kind = kind_by(words, kind)
    sentence, hint = (part.format(**facts) for part in _REFUSALS[kind])
    if kind == "NotFoundError" and choice.provider == "ollama":
        hint = f"ollama pull {choice.model}"
    if kind == BAD and facts["images"]:
        hint = "If an image is why: `ledgernote mute HANDLE` takes one out of the thread."
    if (
        kind == "AuthenticationError"
        and choice.provider == choice.owner
        and choice.api_key_env is None
    ):
        hint = ""
    said = f"{sentence}: {words}" if words and kind != "Timeout" else sentence
    if kind == TOO_LONG:
        if choice.api_base:
            hint += ", or start its server with a larger window"
        return TooLong(said, hint, window_in(words))
    if told.wait:
        hint = f"It asks to wait {told.wait:,.0f} s; or choose another model with -m."
    if kind in _BUSY and not told.begun and not (_NO_CREDIT.search(words) and told.wait is None):
        return ModelBusy(said, hint, told.wait)
    return ModelError(said, hint)


def _missing(chain: Sequence[BaseException]) -> str:
    """A package that litellm needs for this model alone and that is not installed."""
    names = (one.name for one in chain if isinstance(one, ModuleNotFoundError))
    return next((name.partition(".")[0] for name in names if name), "")


def _wait(chain: Sequence[BaseException]) -> float | None:
    """The seconds that a provider asks to wait, in its header."""
    from email.utils import parsedate_to_datetime  # who asks nobody to wait need not load it

    for one in chain:
        headers = getattr(getattr(one, "response", None), "headers", None) or {}
        with suppress(TypeError, ValueError):
            told = headers.get("retry-after")
            if told is None:
                continue
            if told.strip().isdigit():
                return float(told)
            return max(0.0, parsedate_to_datetime(told).timestamp() - time.time())
    return None


def silent(choice: ModelChoice, seconds: float) -> ModelError:
    """For a model that has said nothing for so long."""
    sentence, hint = _CONNECTION["ReadTimeout"]
    return ModelError(sentence.format(name=choice.name, seconds=seconds), hint)


def broken(choice: ModelChoice, *, begun: bool) -> ModelError:
    """For a stream that ended without its last word."""
    if begun:
        return ModelError(
            "the connection broke in mid-answer",
            "What came is kept; ask again.",
        )
    # llama.cpp's Python server streams nothing, and no reason, where its window is too small.
    hint = "Ask again, or send less: --budget N" if choice.api_base else "Ask again."
    return ModelBusy(f"{choice.name} broke off before it answered", hint)


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
# `litellm.InternalServerError: Vertex_ai_betaException InternalServerError - UNKNOWN - slow down`
_PREFIX = re.compile(
    r"^(?:(?:litellm\.)?\w+(?:Error|Exception)\b(?:\s*[:-]\s*|\s+(?=\w+(?:Error|Exception)\b))"
    r"|UNKNOWN - )"
)
_SUFFIX = re.compile(
    r"\.? (?:Handle with `litellm|Original exception: "
    r"|To drop |[Ss]et `?(?:litellm\.)?drop_params).*$",
    re.DOTALL,
)
_PAGE = re.compile(r"(?is)<(?:!doctype html|html)\b.*?(?:<title[^>]*>(.*?)</title>|\Z)")
_INNER = re.compile(r"""["'](?:message|error)["']:\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")


def _words(error: BaseException, choice: ModelChoice) -> str:
    """What the provider said, on one line of at most 300 characters, without any key."""
    words = _SUFFIX.sub("", str(error))
    while (shorter := _PREFIX.sub("", words, count=1)) != words:
        words = shorter
    if page := _PAGE.search(words):  # of something that stands before the server
        words = page[1] or "a web page"
    elif inner := _INNER.search(words):
        words = re.sub(r"\\(['\"])", r"\1", inner[1] or inner[2] or "")
    # Before it is cut: a half key would not be known for one.
    words = " ".join(blanked(shown(words), [choice.key or ""]).split())
    return words if len(words) <= 300 else words[:299] + "…"
