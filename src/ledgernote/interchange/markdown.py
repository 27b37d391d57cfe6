"""Notes in Markdown: an Obsidian vault, any folder of them, one file.

A file is a note. Its front matter gives title, tags and times; what else stands there is
kept above the text. `#tags` of the text are tags, `[[links]]` stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from ledgernote.domain.entries import Kind
from ledgernote.domain.text import to_bytes, to_text
from ledgernote.interchange import plain, yaml
from ledgernote.interchange.folder import NOTES
from ledgernote.interchange.place import UNREADABLE, Member, Place
from ledgernote.interchange.values import Damaged, Line, Read, Skipped

ENDINGS = NOTES["markdown"]
FRONT = re.compile(r"\A---[ \t]*\n(.*?\n)?(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
LARGEST = 65_536
"""Characters of a front matter; a longer one is text."""
OURS = {"title", "tags", "tag", "created", "date", "modified", "updated"}
BLOCK = re.compile(r"^([^\s:#-][^:\n]*):.*\n(?:(?:[ \t-].*)?\n)*", re.MULTILINE)
"""A key of the front matter with the lines that belong to it."""
HEADING = re.compile(r"^# +(.+?)[ #]*$", re.MULTILINE)
TAG = re.compile(r"(?:^|(?<=\s))#([^\W\d_][\w/-]*)", re.MULTILINE)
CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]+`", re.MULTILINE | re.DOTALL)


def recognise(place: Place) -> bool:
    """Whether there is a file of that name."""
    if place.is_file and not place.path.name.lower().endswith(ENDINGS):
        return False
    return next(place.members(*ENDINGS), None) is not None


def read(place: Place) -> Iterator[Read]:
    """A note a file."""
    source = f"markdown:{place.name}"
    for number, member in enumerate(place.members(), start=1):
        if not place.is_file and not member.name.lower().endswith(ENDINGS):
            yield Skipped(number=number, reason="other files", why=member.name)
            continue
        try:
            raw = member.read()
        except UNREADABLE as error:
            yield Damaged(number=number, why=f"{member.name}: {error}")
            continue
        if raw.strip():
            yield note(number, source, member, raw)
        else:
            yield Skipped(number=number, reason="empty files", why=member.name)


def note(number: int, source: str, member: Member, raw: bytes) -> Line:
    """A file as a note."""
    whole = to_text(raw).removeprefix("\ufeff").replace("\r\n", "\n")
    fields, text = _front(whole)
    heading = HEADING.search(text)
    title = plain.name(fields.get("title")) or (heading and plain.name(heading[1]))
    return Line(
        number=number,
        kind=Kind.NOTE,
        text=to_bytes(text) if text.strip() else raw,
        title=title or member.stem,
        tags=tuple(dict.fromkeys([*_given_tags(fields), *_tags(text)])),
        created=_time(fields, "created", "date") or member.modified,
        edited=_time(fields, "modified", "updated"),
        source=source,
        ref=member.name,
        revises=True,
    )


def _front(whole: str) -> tuple[plain.Table, str]:
    """The fields of the front matter, and the text with those that are not ours above it."""
    found = FRONT.match(whole, 0, LARGEST)
    if found is None:
        return {}, whole
    fields = plain.table(yaml.load(found[1] or ""))
    if not fields:
        return {}, whole if found[1] else whole[found.end() :]
    kept = [one[0] for one in BLOCK.finditer(found[1]) if one[1].strip().lower() not in OURS]
    text = whole[found.end() :].lstrip("\n")
    others = "".join(kept).strip("\n")
    return {str(one).lower(): it for one, it in fields.items()}, "\n\n".join(
        piece for piece in (others, text) if piece
    )


def _given_tags(fields: plain.Table) -> Iterator[str]:
    """A list, or words parted by spaces or commas, with or without `#`."""
    for name in ("tags", "tag"):
        given = fields.get(name)
        words = given if isinstance(given, list) else re.split(r"[,\s]+", plain.text(given))
        for word in words:
            if isinstance(word, str) and (tag := word.strip().lstrip("#").strip()):
                yield tag


def _tags(text: str) -> Iterator[str]:
    if "#" in text:
        for found in TAG.finditer(CODE.sub(" ", text)):
            yield found[1].rstrip("/-")


def _time(fields: plain.Table, *names: str) -> datetime | None:
    return next((found for one in names if (found := plain.moment(fields.get(one)))), None)
