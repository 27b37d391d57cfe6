"""Plain text: a file is a note."""

from __future__ import annotations

from collections.abc import Iterator

from ledgernote.domain.entries import Kind
from ledgernote.interchange.folder import NOTES
from ledgernote.interchange.place import UNREADABLE, Place
from ledgernote.interchange.values import Damaged, Line, Read, Skipped

ENDINGS = NOTES["text"]


def recognise(place: Place) -> bool:
    """Whether there is a file of such a name, or one that holds text and no data."""
    if not place.is_file:
        return next(place.members(*ENDINGS), None) is not None
    head = next(place.heads(), b"")
    if not head.strip() or b"\0" in head or head.lstrip()[:1] in (b"{", b"["):
        return False
    try:
        head[: len(head) - 4].decode()
    except UnicodeDecodeError:
        return place.path.name.lower().endswith(ENDINGS)
    return True


def read(place: Place) -> Iterator[Read]:
    """A note a file."""
    for number, member in enumerate(place.members(), start=1):
        if not place.is_file and not member.name.lower().endswith(ENDINGS):
            yield Skipped(number=number, reason="other files", why=member.name)
            continue
        try:
            raw = member.read()
        except UNREADABLE as error:
            yield Damaged(number=number, why=f"{member.name}: {error}")
            continue
        if b"\0" in raw[:65_536] or not raw.strip():
            yield Skipped(number=number, reason="no text", why=member.name)
            continue
        yield Line(
            number=number,
            kind=Kind.NOTE,
            text=raw,
            title=member.stem,
            created=member.modified,
            source=f"text:{place.name}",
            ref=member.name,
        )
