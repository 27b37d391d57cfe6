"""A paste of any size, read in time proportional to it.

prompt-toolkit looks for the end of a paste in all that has come of it, with every piece anew:
10 MB took a minute.
"""

from __future__ import annotations

from prompt_toolkit.input import Input
from prompt_toolkit.input.vt100_parser import Vt100Parser

END = "\x1b[201~"


class Pastes(Vt100Parser):
    """Holds the pieces of a paste back until its end has come."""

    _pieces: list[str]
    _tail = ""

    def feed(self, data: str) -> None:
        """Take the next piece of what is typed or pasted."""
        if not self._in_bracketed_paste:
            self._pieces = []
            super().feed(data)
            return
        self._pieces.append(data)
        self._tail = self._tail[-len(END) :] + data
        if END in self._tail:
            whole, self._pieces, self._tail = "".join(self._pieces), [], ""
            super().feed(whole)


def quickly(keyboard: Input) -> Input:
    """*keyboard*, which takes long pastes quickly where it is a terminal."""
    if parser := getattr(keyboard, "vt100_parser", None):
        keyboard.vt100_parser = Pastes(parser.feed_key_callback)  # type: ignore[attr-defined]
    return keyboard
