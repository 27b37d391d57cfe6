"""What is said when the program itself is at fault: a sentence, then the traceback.

Without local variables, which hold notes, and without anything that looks like a key.
"""

from __future__ import annotations

import errno
import re
import traceback
from collections.abc import Mapping

from ledgernote.render.output import Output

BUG = 3
FULL = 5

SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL", re.IGNORECASE)
SECRET = re.compile(r"\b(?:sk|pk|gsk|xai|AIza|ghp)[-_][\w-]{8,}|(?<=[Bb]earer )\S+")


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
    for name, value in environ.items():
        if len(value) >= 6 and SECRET_NAME.search(name):
            text = text.replace(value, "***")
    return SECRET.sub("***", text)
