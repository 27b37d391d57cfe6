"""A text that could not be kept is not lost: it goes into a private file, or onto the screen."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from ledgernote.cli.call import Call
from ledgernote.domain.errors import LedgernoteError
from ledgernote.domain.text import to_text

Texts = Sequence[bytes] | Callable[[], Sequence[bytes]]


@contextmanager
def rescuing(
    call: Call, texts: Texts, on: type[LedgernoteError] = LedgernoteError
) -> Iterator[None]:
    """Save *texts* (or what they give by then) when what is done inside fails."""
    try:
        yield
    except on as error:
        body = b"\n\n".join(texts() if callable(texts) else texts)
        if body and (path := _saved(body)):
            error.hint = f"{error.hint}\nYour text is safe in {path}".lstrip()
        elif body:
            call.out.error("your text could not be saved either; here it is", to_text(body))
        raise


def _saved(body: bytes) -> str | None:
    """The path of a file with the text that only its owner can read; None when none can be."""
    import tempfile

    path = None
    try:
        descriptor, path = tempfile.mkstemp(prefix="ledgernote-", suffix=".txt")
        with os.fdopen(descriptor, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        if path:  # half a text would pass for all of it
            os.unlink(path)  # noqa: PTH108
        return None
    return path
