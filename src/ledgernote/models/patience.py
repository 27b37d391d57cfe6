"""How long a model is waited for, and who hangs up when it has been silent for longer."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
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


class Watch:
    """Hangs up on a stream that is silent for too long: the read that waits for it then fails.

    A thread of its own does that, since signs of life that carry no words (Anthropic's `ping`)
    reset the time limit of every single read.
    """

    def __init__(self, stream: Any, patience: Patience) -> None:
        self._stream, self._patience = stream, patience
        self._over = threading.Event()
        self.waited = 0.0
        """Seconds of silence after which it has hung up; 0 while it has not."""
        self._limit = patience.first
        self._since = time.monotonic()
        threading.Thread(target=self._wait, daemon=True).start()

    def heard(self) -> None:
        """A piece came."""
        self._limit, self._since = self._patience.silence, time.monotonic()

    def end(self) -> None:
        """Nothing more is waited for."""
        self._over.set()

    def _wait(self) -> None:
        while (left := self._since + self._limit - time.monotonic()) > 0:
            if self._over.wait(min(left, self._patience.silence)):
                return
        self.waited = self._limit
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
