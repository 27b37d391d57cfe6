"""What a terminal shows as long as no word of an answer has come: a sign, the seconds, thinking.

It stands on one line below everything else, so that nothing moves when it goes. Of what a model
thinks only the last words are seen; folded, one dim line remains of it.
"""

from __future__ import annotations

import threading
import time

from ledgernote.domain.turns import Retry
from ledgernote.render.ended import retry_line
from ledgernote.render.escape import cells, one_line
from ledgernote.render.output import Output

_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_SEEN = 400
"""Characters of the thinking that are looked at for its last words."""


def _short(model: str) -> str:
    return one_line(model.rpartition("/")[2], 20)


class Waiting:
    """A moving sign and the seconds; nothing where stderr is no terminal."""

    def __init__(self, out: Output) -> None:
        self._out = out
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._model = ""
        self._head = ""
        """The first words that it thought."""
        self._tail = ""
        self._words = 0
        self._begun = 0.0

    def start(self, model: str, done: tuple[str, ...] = ()) -> None:
        """Begin to count; *done* are the models beside it that have answered."""
        if self._out.quiet or not self._out.talk_tty:
            return
        ended = [f"{_short(one)} done" for one in done]
        self._model = " · ".join((*ended, _short(model)))
        self._begun = time.monotonic()
        if self._out.talk_moves:
            self._over.clear()
            self._thread = threading.Thread(target=self._turn, daemon=True)
            self._thread.start()

    def retry(self, event: Retry) -> None:
        """Say why it is asked again, or another is, and begin to count anew."""
        self.stop()
        self._out.say(retry_line(event))
        self.start(event.model)

    def think(self, piece: str) -> None:
        """The model is at work although nothing of the answer can be shown."""
        self._words += piece.count(" ")
        self._head = (self._head + piece)[:_SEEN] if len(self._head) < _SEEN else self._head
        self._tail = (self._tail + piece)[-_SEEN:]

    def stop(self) -> None:
        """Take the sign away, and fold what was thought; nothing when there is none."""
        if self._thread:
            self._over.set()
            self._thread.join()
            self._thread = None
            self._out.status("")
        if self._tail and self._model:
            seconds = time.monotonic() - self._begun
            head = f"thought {seconds:.1f} s, {self._words + 1} words"
            self._out.talk(self._dim(self._fit(f"{head}: {self._head}")))
        self._head = self._tail = ""

    def _turn(self) -> None:
        tick = 0
        # An answer that comes at once needs no sign.
        while not self._over.wait(0.1 if tick else 0.25):
            seconds = time.monotonic() - self._begun
            sign = f"{_FRAMES[tick % len(_FRAMES)]} {self._model}"
            sign += f"{' is thinking' * bool(self._tail)} · {seconds:.1f} s"
            self._out.status(self._dim(self._fit(sign) + self._last_words(cells(sign))))
            tick += 1

    def _last_words(self, used: int) -> str:
        words = one_line(self._tail)
        room = self._out.size()[0] - used - 6
        while words and cells(words) > room:
            words = words[max(len(words) - room, 1) :] if len(words) > room else words[1:]
        return f" · …{words}" if words and room >= 8 else ""

    def _fit(self, line: str) -> str:
        # A line that is full would be two where the terminal breaks it early.
        return one_line(line, max(self._out.size()[0] - 1, 1))

    def _dim(self, line: str) -> str:
        return f"\x1b[2m{line}\x1b[0m" if self._out.talk_color else line
