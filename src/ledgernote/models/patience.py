"""How long a model is waited for, and who hangs up when it has been silent for longer."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from ledgernote.domain.frozen import frozen


@frozen
class Patience:
    """Seconds."""

    connect: float = 30.0
    """To reach the server."""
    first: float = 300.0
    """Until the first word; some models think long and say nothing of it."""
    silence: float = 120.0
    """Between two pieces of an answer."""


PATIENCE = Patience()
"""Where nobody says otherwise."""


def timeout(patience: Patience) -> Any:
    """The limits of httpx for one request."""
    import httpx

    return httpx.Timeout(patience.first, connect=patience.connect)


SLICE = 0.5
"""Seconds of silence that are counted at a time."""


class Watch:
    """Hangs up on a stream that is silent for too long: the read that waits for it then fails.

    A thread of its own does that, since signs of life that carry no words (Anthropic's `ping`)
    reset the time limit of every single read. It counts what it has waited, never the clock: a
    process that was stopped (Ctrl-Z) has not listened meanwhile.
    """

    def __init__(self, stream: Any, patience: Patience) -> None:
        self._stream, self._patience = stream, patience
        self._over = threading.Event()
        self.waited = 0.0
        """Seconds of silence after which it has hung up; 0 while it has not."""
        self._heard, self._paused = 0, False
        threading.Thread(target=self._wait, daemon=True).start()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """A piece came; until whoever reads it wants the next, nobody is waited for."""
        self._heard, self._paused = self._heard + 1, True
        try:
            yield
        finally:
            self._paused = False

    def end(self) -> None:
        """Nothing more is waited for."""
        self._over.set()

    def _wait(self) -> None:
        heard, silence, limit = 0, 0.0, self._patience.first
        while silence < limit:
            part = min(limit - silence, SLICE)
            if self._over.wait(part):
                return
            silence += part
            if self._paused or self._heard != heard:
                heard, silence, limit = self._heard, 0.0, self._patience.silence
        self.waited = limit
        hang_up(self._stream)


def hang_up(stream: Any) -> None:
    """Shut the connection under a stream of litellm's, whoever reads from it just now."""
    reader = getattr(stream, "completion_stream", None)
    lines = getattr(getattr(reader, "streaming_response", None), "gi_frame", None)
    response = getattr(reader, "response", None) or (lines and lines.f_locals.get("self"))
    network: Any = getattr(response, "extensions", {}).get("network_stream")
    # Where litellm keeps its connection elsewhere, the time limit of a read has to do.
    with suppress(AttributeError, OSError):
        network.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
