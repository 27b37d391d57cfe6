"""A server that sends a question on: it is followed on its own host, and to nobody else.

What is asked may be private, and a key goes with it: both are meant for the address that the
settings name, or for the provider's own. What is sent is counted, so that who was never asked is
not blamed.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import local
from typing import Any

from ledgernote.models.refused import ELSEWHERE, NoAnswer, Refused, refuse

HOPS = 4
"""So often a server is believed that it has moved."""

# After the first two httpx would ask without the question, which nobody means by them here.
_WITH_THE_QUESTION = {301: 308, 302: 307, 307: 307, 308: 308}


def guarded(client: Any, *more: Callable[[Any], None]) -> Any:
    """*client*, of httpx: it follows a server on its own host alone, and hears whole errors.

    *more* hear each response too.
    """
    client.follow_redirects, client.max_redirects = True, HOPS
    hooks = client.event_hooks
    if _stay in hooks["response"]:  # one that two libraries share
        return client
    client.event_hooks = {
        "request": [*hooks["request"], _count],
        "response": [*hooks["response"], _stay, refuse, *more],
    }
    return client


class _Sent(local):
    """By thread: several are asked at once."""

    questions = 0


_SENT = _Sent()


def sent() -> int:
    """Questions that guarded clients have sent in this thread, or tried to."""
    return _SENT.questions


def _count(request: Any) -> None:
    _SENT.questions += request.method == "POST"  # litellm may look elsewhere for a template first


def _stay(response: Any) -> None:
    """Raises `Refused` with the other's address before anything goes there."""
    if response.status_code // 100 != 3:
        return
    told = response.headers.get("location")
    if not told:
        raise NoAnswer
    there = _joined(response.url, told)
    again = _WITH_THE_QUESTION.get(response.status_code)
    if again is None or there is None or not _is_same(response.url, there):
        raise Refused(str(there or told), kind=ELSEWHERE)
    response.status_code = again


def _joined(here: Any, told: str) -> Any:
    """The address, read as httpx will read it; None where it is none."""
    import httpx

    try:
        return here.join(told)
    except httpx.InvalidURL:
        return None


def _is_same(here: Any, there: Any) -> bool:
    """The same port of the same host, or its usual one for https in place of that for http."""
    safer = here.scheme == "http" and here.port is None
    places = [(here.scheme, here.port)] + [("https", None)] * safer
    return there.host == here.host and (there.scheme, there.port) in places
