"""What was raised when a model failed: all that led to it, its words, what it asks for.

Knows the errors of litellm and httpx by name only, so that it loads neither; never repeats a key.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress

from ledgernote.domain.secrets import blanked, shown
from ledgernote.models.choice import ModelChoice


def behind(error: BaseException) -> Iterator[BaseException]:
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
    r"\.?\s(?:Traceback \(most recent call last\)|Handle with `litellm|Original exception: "
    r"|To drop |[Ss]et `?(?:litellm\.)?drop_params).*$",
    re.DOTALL,
)
_PAGE = re.compile(r"(?is)<(?:!doctype html|html)\b.*?(?:<title[^>]*>(.*?)</title>|\Z)")
_INNER = re.compile(r"""["'](?:message|error)["']:\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")


def words(error: BaseException, choice: ModelChoice) -> str:
    """What the provider said, on one line of at most 300 characters, without any key."""
    said = _SUFFIX.sub("", str(error))
    while (shorter := _PREFIX.sub("", said, count=1)) != said:
        said = shorter
    if page := _PAGE.search(said):  # of something that stands before the server
        said = page[1] or "a web page"
    elif inner := _INNER.search(said):
        said = re.sub(r"\\(['\"])", r"\1", inner[1] or inner[2] or "")
    # Before it is cut: a half key would not be known for one.
    said = " ".join(blanked(shown(said), [choice.key or ""]).split())
    return said if len(said) <= 300 else said[:299] + "…"


def missing(chain: Sequence[BaseException]) -> str:
    """A package that litellm needs for this model alone and that is not installed."""
    names = (one.name for one in chain if isinstance(one, ModuleNotFoundError))
    return next((name.partition(".")[0] for name in names if name), "")


_NETWORKS = frozenset({"aiohttp", "httpcore", "httpx", "requests", "socket", "urllib3"})
_REFUSERS = frozenset({"ClientError", "HTTPClientError", "RefreshError", "TransportError"})
"""What the libraries of Amazon and Google, which ask by themselves, raise of what they heard."""


def is_asked(chain: Sequence[BaseException]) -> bool:
    """Whether somebody was looked for: what tells of it was raised on the way there or back."""
    kinds = [kind for one in chain for kind in type(one).__mro__]
    return any(
        kind.__module__.partition(".")[0] in _NETWORKS or kind.__name__ in _REFUSERS
        for kind in kinds
    )


def wait(chain: Sequence[BaseException]) -> float | None:
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


def untrusted(chain: Sequence[BaseException]) -> str:
    """Why there is no safe connection, as OpenSSL says it: `[SSL: CODE] words (_ssl.c:1)`."""
    wrong = (
        str(one) for one in chain if "SSLError" in (kind.__name__ for kind in type(one).__mro__)
    )
    return re.sub(r"^\[.*?\] *| *\(_ssl\.c:\d+\)$", "", next(wrong, ""))


def is_gibberish(chain: Sequence[BaseException]) -> bool:
    """Whether what came is no HTTP, as a chunk without a length: nobody has hung up."""
    broken = (one for one in chain if type(one).__name__ == "RemoteProtocolError")
    return any(not _LEFT.search(str(one)) for one in broken)


_LEFT = re.compile(r"(?i)\bclosed\b|\bdisconnected\b")


def is_garbled(error: BaseException) -> bool:
    """Whether litellm has stumbled over what came: an answer's pieces were no such thing."""
    *_, first = behind(error)
    return type(first).__name__ in _STUMBLED and not _INNER.search(str(error))


_STUMBLED = frozenset({"AttributeError", "IndexError", "KeyError", "TypeError", "ValidationError"})
