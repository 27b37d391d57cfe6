"""The interpreter's search for garbage, which walks through all that there is, held back."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock


class _Search:
    """Is held back by threads beside each other, and goes on when the last is done."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._holding = 0

    @contextmanager
    def held_back(self) -> Iterator[None]:
        """No garbage is looked for meanwhile, in no thread: for what makes much and no garbage."""
        holds = self._hold()
        try:
            yield
        finally:
            if holds:
                self._let_go()

    def _hold(self) -> bool:
        """False where the program itself has turned the search off: it stays so."""
        with self._lock:
            if not self._holding and not gc.isenabled():
                return False
            gc.disable()
            self._holding += 1
            return True

    def _let_go(self) -> None:
        with self._lock:
            self._holding -= 1
            if not self._holding:
                gc.enable()


uncollected = _Search().held_back
