"""What a text from elsewhere names of the notebook, before it is taken in."""

from __future__ import annotations

import re

from ledgernote.ledger import privacy
from ledgernote.ledger.handles import by_handle
from ledgernote.notebook.notebook import Notebook

_HANDLE = re.compile(r"(?<![0-9a-z])[0-9a-hjkmnp-tv-z]{5,26}(?![0-9a-z])")


def private_named(notebook: Notebook, text: str) -> list[str]:
    """The handles of private entries in a text: it may well show their words too."""
    found = {
        entry: name
        for name in dict.fromkeys(_HANDLE.findall(text))
        if (entry := by_handle(notebook.ledger, name, "entry"))
    }
    held = privacy.private_among(notebook.ledger, found)
    return [name for entry, name in found.items() if entry in held]
