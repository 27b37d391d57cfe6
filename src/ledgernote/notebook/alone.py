"""The only argument of a shell, which took the quotes of a filter away: `on:"7 may"`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ledgernote.domain.entries import TIMES
from ledgernote.domain.text import clean_name
from ledgernote.ledger import places
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.recipes import actor_names
from ledgernote.ledger.tags import find_tags
from ledgernote.replay.query import parse

THERE: Mapping[str, Callable[[Reader, str], object]] = {
    "tag": find_tags,
    "project": places.find_project,
    "thread": lambda reader, name: any(
        places.by_name(reader, project, name) for project in places.project_ids(reader)
    ),
    "actor": lambda reader, name: clean_name(name) in actor_names(reader),
}
"""What tells whether something is called so."""


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
        there = THERE.get(one.field)
        if one.field in TIMES or (there and there(reader, one.value)):
            return written
    return text
