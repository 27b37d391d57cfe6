"""The only argument of a shell, which took the quotes of a filter away: `on:"7 may"`."""

from __future__ import annotations

import re

from ledgernote.domain.entries import TIMES
from ledgernote.ledger.connection import Reader
from ledgernote.notebook.absent import is_there
from ledgernote.replay.query import parse


def quoted(reader: Reader, text: str) -> str:
    """A query with the quotes of the filter that it begins with put back.

    That filter takes all that follows, where this is a time or a name that there is; else nothing
    changes.
    """
    found = re.fullmatch(r'(-?(?:[A-Za-z]+:)+)([^\s"][^"]*\s[^"]*)', text.strip())
    if found is None:
        return text
    written = f'{found[1]}"{found[2]}"'
    for one in parse(written).filters:
        if one.field in TIMES or is_there(reader, one):
            return written
    return text
