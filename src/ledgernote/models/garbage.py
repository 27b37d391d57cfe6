"""The interpreter's search for garbage, which walks through all that there is, held back."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_lock = Lock()
_holding: list[object] = []
"""Who holds it back now: threads do so beside each other."""


@contextmanager
def uncollected() -> Iterator[None]:
    """No garbage is looked for meanwhile, in no thread: for what makes much and no garbage."""
    me = object()
    with _lock:
        if _holding or gc.isenabled():
            gc.disable()
            _holding.append(me)
    try:
        yield
    finally:
        with _lock:
            if me in _holding:
                _holding.remove(me)
                if not _holding:
                    gc.enable()
