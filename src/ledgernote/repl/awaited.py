"""The model of a talk, while a `key_command` has to say first whose key there is.

It may wait for a person's finger, so it runs beside the talk: the prompt stands, and what is asked
meanwhile is kept and waits.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from ledgernote.config import Settings
from ledgernote.notebook.answering import unset

EVERY = 0.1
"""Seconds between two looks at whether Ctrl-C was pressed."""


class Awaited:
    """Whether there is a default model, found out in a thread of its own."""

    def __init__(self, settings: Settings, project: str) -> None:
        self.unset = ""
        """Why there is none; only when `over`."""
        self.then: Callable[[], None] = lambda: None
        """Called, in that thread, when it is over."""
        self._over = threading.Event()
        threading.Thread(target=self._find, args=(settings, project), daemon=True).start()

    @property
    def over(self) -> bool:
        """Whether it is known now."""
        return self._over.is_set()

    def wait(self, pressed: Callable[[], bool]) -> bool:
        """Wait until it is known; False where it was not, and Ctrl-C was *pressed*."""
        while not (self.over or pressed()):
            self._over.wait(EVERY)
        return self.over

    def _find(self, settings: Settings, project: str) -> None:
        try:
            self.unset = unset(settings, project)
        finally:
            self._over.set()
            self.then()
