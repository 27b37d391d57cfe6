"""What the transcripts of terminal agents share: JSON objects, one a line, in files that grow."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ledgernote.interchange.place import UNREADABLE, Member, Place
from ledgernote.interchange.plain import Table
from ledgernote.interchange.values import reason

ENDING = ".jsonl"
LOOKED_AT = 10
"""Lines by which a file is recognised."""


def objects(member: Member) -> Iterator[tuple[int, Table | str]]:
    """Number and object of each line; for a damaged one why, as a text."""
    number = 0
    try:
        with member.open() as file:
            for number, raw in enumerate(file, start=1):
                if not raw.strip():
                    continue
                try:
                    plain = json.loads(raw)
                except (ValueError, RecursionError) as error:
                    yield number, f"{member.name}, line {number}: {reason(error)}"
                    continue
                if isinstance(plain, dict):
                    yield number, plain
    except UNREADABLE as error:
        yield number, f"{member.name} cannot be read further: {error}"


def members(place: Place) -> Iterator[Member]:
    """The transcripts, or the one that was given by any name."""
    yield from place.members() if place.is_file else place.members(ENDING)


def beginnings(place: Place) -> Iterator[list[Table]]:
    """The first whole objects of the first files."""
    for count, member in enumerate(members(place)):
        if count == LOOKED_AT:
            return
        found: list[Table] = []
        for raw in member.head().splitlines()[:LOOKED_AT]:
            try:
                plain = json.loads(raw)
            except (ValueError, RecursionError):
                continue
            if isinstance(plain, dict):
                found.append(plain)
        yield found
