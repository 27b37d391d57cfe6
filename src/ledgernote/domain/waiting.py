"""What comes before a wait: whoever prints a key, or says what a server has, may take long.

A model may be chosen without asking anybody, and mostly is. So who has words that are not kept yet
says here how to keep them, and that is done only where somebody has to be asked first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_FIRST: ContextVar[Callable[[], None]] = ContextVar("first", default=lambda: None)


@contextmanager
def before_waiting(first: Callable[[], None]) -> Iterator[None]:
    """*first* is done before each wait within this, in this thread."""
    token = _FIRST.set(first)
    try:
        yield
    finally:
        _FIRST.reset(token)


def waits() -> None:
    """Somebody is asked now. Raises what `first` raises."""
    _FIRST.get()()
