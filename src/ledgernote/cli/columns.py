"""Two columns that fit the reader's terminal: what is typed, and what it does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ledgernote.render.wrap import wrapped

WIDEST = 36
"""Columns of what is typed; what is longer has its line to itself."""
NARROWEST = 24
"""With less room than that beside it, what it does stands below."""


def room_for(heads: Iterable[str]) -> int:
    """Columns that what is typed takes."""
    return max((len(head) for head in heads if len(head) <= WIDEST), default=WIDEST)


def two_columns(
    rows: Sequence[tuple[str, str]], width: int | None, room: int | None = None
) -> list[str]:
    """One line a row, more where *width* asks for it; None is a pipe, where nothing is wrapped."""
    room = room or room_for(head for head, _ in rows)
    beside = width is None or width - room - 4 >= NARROWEST
    indent = " " * (room + 4 if beside else 10)
    lines = []
    for head, text in rows:
        told = wrapped(indent + text, width, indent)
        if beside and len(head) <= room:
            told = f"  {head:{room}}  {told.lstrip()}"
        else:
            lines.append(wrapped(f"  {head}", width, " " * 4))
        lines.append(told)
    return lines
