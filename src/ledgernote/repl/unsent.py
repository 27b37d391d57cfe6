"""What stood in a prompt that a signal or a closed window ended: the next talk offers it again.

A file for each in the state directory, for its owner alone; whoever takes one takes it away.
"""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import suppress
from pathlib import Path

from ledgernote.domain.errors import NoSuchThing
from ledgernote.domain.text import to_bytes, to_text
from ledgernote.notebook.notebook import Notebook
from ledgernote.render.output import Output
from ledgernote.render.rescue import save, undisturbed

FOLDER = "unsent"


def keep(notebook: Notebook, text: str, out: Output) -> None:
    """Keep *text* for the next talk in this project; where that fails it is saved and named."""
    if not text.strip():
        return
    with undisturbed():
        path = notebook.settings.state / FOLDER / f"{_place(notebook)}-{time.time_ns()}"
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(to_bytes(text))
        except OSError as error:
            save(out, [to_bytes(text)], error)


def take(notebook: Notebook) -> str:
    """The newest one of this project, which is then nobody else's; empty when there is none."""
    folder = notebook.settings.state / FOLDER
    for path in sorted(folder.glob(f"{_place(notebook)}-*[0-9]"), reverse=True):
        mine = path.with_name(f"{path.name}.{os.getpid()}")
        with suppress(OSError):  # another terminal was quicker
            path.rename(mine)
            text = to_text(mine.read_bytes())
            mine.unlink()
            return text
    return ""


def _place(notebook: Notebook) -> str:
    """A name for the ledger and the project; what is private in one stays out of another."""
    try:
        project: bytes = notebook.project_id()
    except NoSuchThing:  # nobody has made it yet
        project = to_bytes(notebook.project_name)
    ledger = to_bytes(str(Path(notebook.settings.ledger).absolute()))
    return hashlib.sha256(ledger + b"\0" + project).hexdigest()[:16]
