"""What is said when the program itself is at fault: a sentence, then the traceback.

Without local variables, which hold notes, and without anything that looks like a key.
"""

from __future__ import annotations

import errno
import traceback
from collections.abc import Mapping

from ledgernote.domain.secrets import blanked
from ledgernote.render.output import Output

BUG = 3
FULL = 5

SECRET_NAMES = ("KEY", "TOKEN", "SECRET", "PASSWORD", "CREDENTIAL")


def told(error: Exception, out: Output, environ: Mapping[str, str]) -> int:
    """Say what happened; gives the exit code."""
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        out.error(
            f"not all could be written: {error.strerror}",
            "What was kept before stands in the ledger; free some room.",
        )
        return FULL
    words = redacted("".join(traceback.format_exception(error)), environ)
    sentence = f"this is a bug in ledgernote: {type(error).__name__}: {error}"
    out.error(redacted(sentence, environ), f"Nothing that was kept is lost. Details:\n{words}")
    return BUG


def redacted(text: str, environ: Mapping[str, str]) -> str:
    """*text* without the values of keys, wherever they came from."""
    named = (
        value
        for name, value in environ.items()
        if any(secret in name.upper() for secret in SECRET_NAMES)
    )
    return blanked(text, named)
