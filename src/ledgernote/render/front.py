"""Whether a terminal listens to us, or to another program in front of it."""

from __future__ import annotations

import os


def in_front(terminal: int) -> bool:
    """Whether keys typed at *terminal* come to us.

    A program in the background that reads them, or changes its mode, is stopped until somebody
    brings it to the front; `timeout 3 ledgernote` in a script would wait for ever.
    """
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:  # a terminal that controls no jobs has no background
        return True
