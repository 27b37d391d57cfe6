"""A text that could not be kept is not lost: it goes into a private file, or onto the screen."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from ledgernote.domain.errors import LedgernoteError
from ledgernote.domain.text import to_text
from ledgernote.render.output import Output

Texts = Iterable[bytes] | Callable[[], Iterable[bytes]]

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def rescuing(
    out: Output,
    texts: Texts,
    on: type[BaseException] | tuple[type[BaseException], ...] = (Exception, KeyboardInterrupt),
    what: str = "Your text",
) -> Iterator[None]:
    """Save *texts* (or what they give by then) when what is done inside fails or is interrupted."""
    try:
        yield
    except on as error:
        with undisturbed():
            save(out, texts() if callable(texts) else texts, error, what)
        raise


def save(
    out: Output, texts: Iterable[bytes], error: BaseException, what: str = "Your text"
) -> None:
    """Put *texts* into a file that is named with the *error*; blank ones are nobody's words."""
    body = b"\n\n".join(text for text in texts if text.strip())
    if not body:
        return
    path = _saved(body)
    if path is None:
        out.error(
            f"{what[0].lower()}{what[1:]} could not be saved either; here it is", to_text(body)
        )
    elif isinstance(error, LedgernoteError):
        error.hint = f"{error.hint}\n{what} is safe in {path}".lstrip()
    else:
        interrupted = isinstance(error, KeyboardInterrupt)
        sentence = "interrupted before it was kept" if interrupted else "this was not kept"
        out.error(sentence, f"{what} is safe in {path}")


@contextmanager
def undisturbed() -> Iterator[None]:
    """Nothing but a kill ends the process meanwhile: people press Ctrl-C more than once."""
    before = [(one, signal.signal(one, signal.SIG_IGN)) for one in SIGNALS]
    try:
        yield
    finally:
        for one, handler in before:
            signal.signal(one, handler)


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
