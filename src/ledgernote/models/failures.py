"""How providers fail, in our words: one sentence and one remedy for each way.

Knows the errors of litellm and httpx by name only, so that it loads neither; never repeats a key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ledgernote.domain.errors import ModelBusy, ModelError, TooLong
from ledgernote.domain.frozen import frozen
from ledgernote.domain.secrets import shown
from ledgernote.models import lacking, proxies
from ledgernote.models.choice import ModelChoice, another
from ledgernote.models.raised import behind, is_gibberish, untrusted, wait, words
from ledgernote.models.refused import (
    ANSWER,
    BAD,
    DOWN,
    ELSEWHERE,
    OVERLOADED,
    PAYMENT,
    TOO_LONG,
    Refused,
    kind_by,
    kind_of,
    sent_in,
    window_in,
)

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
    "Ask again.",
)
_NO_TRUST = (
    "{where} is no server that TLS lets anyone trust: {tls}",
    "Check the address, http:// where it speaks no TLS; SSL_CERT_FILE names whom to trust.",
)
_CIRCLE = ("{where} sends questions round in a circle", "Set {set_by} to where it answers.")
_NO_NETWORK = ("no answer from {provider}: is there a network?", "Check the network.")
_NO_ADDRESS = ("{where} is no address", "Set {set_by} to http://HOST:PORT/v1")
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
    PAYMENT: ("{provider} wants payment first", "Pay there, or choose another model with -m."),
    "Timeout": ("{provider} gave up waiting", "Ask again."),
    "BadRequestError": ("{provider} did not take the question", ""),
    "ServiceUnavailableError": ("{provider} is overloaded or down", "Ask again in a while."),
    "InternalServerError": ("{provider} has a fault of its own", "Ask again in a while."),
    # Not the connection: that would have been found above. A fault told inside the stream.
    "APIConnectionError": ("{provider} has a fault of its own", "Ask again in a while."),
    ELSEWHERE: ("{where} sends questions on to", "Set {set_by} to where it is now."),
    "begun": ("{provider} broke off in mid-answer", "Ask again."),
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
_WITHOUT = (
    "If an option is why: ask in words again without that -o; `ask -c` alone takes options along."
)
_OPTION = re.compile(
    r"(?i)(?:doesn't|don't|does not|do not) support|not supported"
    r"|unsupported (?:parameter|value)|unrecognized request argument|extra inputs"
)
_NO_CREDIT = re.compile(r"(?i)insufficient_quota|exceeded your current quota|credit|billing")


def explain(
    error: BaseException, choice: ModelChoice, *, begun: bool, seconds: float, images: bool = False
) -> ModelError:
    """The one sentence for *error*, whatever raised it.

    *begun*: a part of the answer came; *seconds*: the silence that is waited for; *images* were
    sent with the question.
    """
    if isinstance(error, ModelError):  # told already
        return error
    chain = list(behind(error))
    facts = {
        "provider": choice.owner or choice.provider,
        "name": choice.name,
        "where": shown(choice.api_base or choice.provider),
        "set_by": choice.set_by,
        "another": another(choice),
        "seconds": seconds,
        "images": images,
    }
    if theirs := proxies.blamed(chain, choice) or lacking.library(chain, choice):
        return theirs
    names = {kind.__name__ for one in chain for kind in type(one).__mro__}
    if "ConnectError" in names and (tls := untrusted(chain)):
        return ModelError(*(part.format(tls=tls, **facts) for part in _NO_TRUST))
    if unheard := next((name for name in _CONNECTION if name in names), None):
        ours = choice.api_base or unheard == "ReadTimeout"
        said = _CONNECTION[unheard] if ours else _NO_NETWORK
        # Who was silent for minutes is not waited for once more.
        family = ModelError if begun or unheard == "ReadTimeout" else ModelBusy
        return family(*(part.format(**facts) for part in said))
    if found := _nonsense(names, begun=begun, gibberish=is_gibberish(chain)):
        return ModelError(*(part.format(**facts) for part in found))
    if names & {"RemoteProtocolError", "ReadError", "WriteError", "IncompleteRead"}:
        return broken(choice, begun=begun)
    one, kind = _called(chain)
    if OVERLOADED in map(_status, chain):
        kind = DOWN
    told = _Told(words(one, choice), wait(chain), begun=begun)
    return _refusal(_BEGUN if begun and kind in _VAGUE else kind, told, facts, choice)


def _nonsense(names: set[str], *, begun: bool, gibberish: bool) -> tuple[str, str] | None:
    """What to say where an address is none, or leads to no model."""
    if names & {"UnsupportedProtocol", "InvalidURL"}:
        return _NO_ADDRESS
    if gibberish or names & {"JSONDecodeError", "NoAnswer", "DecodingError"}:
        return _NO_MORE if begun else _NO_ANSWER
    return _CIRCLE if "TooManyRedirects" in names else None


def _called(chain: Sequence[BaseException]) -> tuple[BaseException, str]:
    """What tells of the failure, and what litellm calls that."""
    if ours := next((one for one in chain if isinstance(one, Refused)), None):
        return ours, ours.kind
    if told := next(filter(None, map(_told_in_stream, chain)), None):
        return told, told.kind
    for one in chain:
        for kind in type(one).__mro__:
            # The class in which litellm wraps every fault in mid-stream descends from this one.
            if kind.__name__ in _REFUSALS and type(one).__name__ != "MidStreamFallbackError":
                refused = getattr(one, "status_code", 0) == FORBIDDEN  # so it tells of Gemini's
                bad = kind.__name__ == "BadRequestError"
                return one, "PermissionDeniedError" if bad and refused else kind.__name__
    return chain[0], kind_of(next(filter(None, map(_status, chain)), 0))


def _told_in_stream(error: BaseException) -> Refused | None:
    """What OpenAI's client makes of an error that an answer ends in: it drops what kind it is."""
    body = getattr(error, "body", None) if type(error).__name__ == "APIError" else None
    return Refused(json.dumps({"error": body})) if body else None


def _status(error: BaseException) -> int:
    told = getattr(error, "status_code", 0)
    return told if isinstance(told, int) else 0


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
    elif kind == BAD and _OPTION.search(words):
        hint = _WITHOUT
    said = f"{sentence}: {words}" if words and kind != "Timeout" else sentence
    if kind == TOO_LONG:
        if ANSWER.search(words):
            hint += ", or ask for a shorter answer: `ledgernote ask -c -o max_tokens=N`"
        if choice.api_base:
            hint += ", or start its server with a larger window"
        return TooLong(said, hint, window_in(words), sent_in(words))
    if told.wait:
        hint = f"It asks to wait {told.wait:,.0f} s; or choose another model with -m."
    if kind in _BUSY and not told.begun and not (_NO_CREDIT.search(words) and told.wait is None):
        return ModelBusy(said, hint, told.wait)
    return ModelError(said, hint)


def silent(choice: ModelChoice, seconds: float) -> ModelError:
    """For a model that has said nothing for so long."""
    sentence, hint = _CONNECTION["ReadTimeout"]
    return ModelError(sentence.format(name=choice.name, seconds=seconds), hint)


_WORDLESS: Mapping[str | None, tuple[str, str]] = {
    None: ("{name} answered with nothing", "Ask again, or ask another model with -m."),
    "length": (
        "{name} came to the end of its length before it said anything",
        "Give it more tokens: `ledgernote ask -c -o max_tokens=N`, or ask another model with -m.",
    ),
    "content_filter": (
        "the content filter of {name} ended its answer before it said anything",
        "Ask in other words, or ask another model with -m.",
    ),
}


def wordless(name: str, finish: str | None) -> ModelError:
    """For an answer without a word that came to its end, and *finish* says which."""
    sentence, hint = _WORDLESS.get(finish, _WORDLESS[None])
    return ModelError(sentence.format(name=name), hint)


def broken(choice: ModelChoice, *, begun: bool) -> ModelError:
    """For a stream that ended without its last word."""
    if begun:
        return ModelError(
            "the connection broke in mid-answer",
            "Ask again.",
        )
    # llama.cpp's Python server streams nothing, and no reason, where its window is too small.
    hint = "Ask again, or send less: --budget N" if choice.api_base else "Ask again."
    return ModelBusy(f"{choice.name} broke off before it answered", hint)
