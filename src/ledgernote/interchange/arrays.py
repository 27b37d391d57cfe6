"""The one door to ijson: the talks of a JSON file one by one, in constant memory.

Where the JSON breaks, the search goes on for the next whole talk behind the break.
"""

from __future__ import annotations

import json
import re
from codecs import getincrementaldecoder
from collections import deque
from collections.abc import Iterator
from importlib import import_module
from typing import Any, BinaryIO

from ledgernote.interchange.place import UNREADABLE, Member
from ledgernote.interchange.plain import Table

BLOCK = 1 << 14
"""Bytes parsed at a time; behind a break, twice as much is read again."""
GROWN = 1 << 20
"""Bytes parsed at a time within one long talk: the parser begins a string anew with each piece."""
LONG = 8
"""A talk of more blocks than that is long; an eighth of it is parsed at a time."""
RECENT = 1_000
"""Talks that are known again when they are read again: two blocks hold no more."""
FIRST_KEY = re.compile(rb'\{\s*"(\w{1,40})"\s*:')
TOO_DEEP = b"[" * 1_000
LARGEST = 1 << 26
"""Characters of one talk behind a break."""


class _Remembering:
    """A stream that remembers its last blocks."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._within = 0
        """Bytes since the last talk ended."""
        self.last, self._older = b"", b""

    def read(self, size: int = BLOCK) -> bytes:
        """The next bytes; ijson asks for none of them to see of what type they are."""
        block = self._file.read(max(size, min(self._within // LONG, GROWN)))
        self._within += len(block)
        if TOO_DEEP in block:  # the parser's memory grows with the square of the depth
            raise ValueError("lists within lists without end")
        if block:
            self._older, self.last = self.last, block
        return block

    def another(self) -> None:
        """A talk has ended: the next one may be short."""
        self._within = 0

    @property
    def tail(self) -> bytes:
        """What was read last: where the JSON broke, or just before."""
        return self._older + self.last


def _parse(stream: Any, prefix: str) -> Iterator[Any]:
    """The elements; raises ValueError where the JSON is none."""
    ijson: Any = import_module("ijson")  # it comes without types
    try:
        yield from ijson.items(stream, prefix, buf_size=BLOCK, use_float=True)
    except ijson.JSONError as error:
        why = error.args[0] if error.args else ""
        why = why.decode("utf-8", "replace") if isinstance(why, bytes) else str(why)
        raise ValueError(why.strip().partition("\n")[0] or "it ends too early") from error


def talks(member: Member, key: str) -> Iterator[Table | str]:
    """Each object of the array that has *key*; in place of a damaged one why, as a text.

    A file that is one object is one talk.
    """
    head = member.head().lstrip()
    first = FIRST_KEY.search(head)
    recent: deque[object] = deque(maxlen=RECENT)
    try:
        with member.open() as file:
            stream = _Remembering(file)
            try:
                for one in _parse(stream, "" if head.startswith(b"{") else "item"):
                    stream.another()
                    if isinstance(one, dict) and key in one:
                        recent.append(_known_by(one))
                        yield one
                    else:
                        yield f"no `{key}` in it"
            except ValueError as error:
                yield f"damaged: {error}"
                if first and not head.startswith(b"{"):
                    behind = _behind(_Text(stream), first[1].decode("ascii"), key)
                    yield from (one for one in behind if _known_by(one) not in recent)
    except UNREADABLE as error:
        yield f"{member.name} cannot be read further: {error}"


def _known_by(talk: Table) -> tuple[object, ...]:
    """Its id, title and times."""
    return tuple(value for value in talk.values() if not isinstance(value, (dict, list)))


class _Text:
    """The rest of a stream as text, as much of it as is needed."""

    def __init__(self, stream: _Remembering) -> None:
        self._decode = getincrementaldecoder("utf-8")("surrogateescape").decode
        self._stream, self.text = stream, self._decode(stream.tail)

    def more(self) -> bool:
        """Read as much again; False at the end, or where one talk would be too large."""
        block = self._stream.read(max(BLOCK, len(self.text)))
        self.text += self._decode(block, final=not block)
        return bool(block) and len(self.text) < LARGEST

    def cut(self, at: int) -> None:
        """Let go of what was dealt with."""
        self.text = self.text[at:]


def _behind(rest: _Text, first_key: str, key: str) -> Iterator[Table]:
    """The whole talks behind a break: objects that begin as the first one did and have *key*."""
    mark = re.compile(rf'\{{\s*"{first_key}"\s*:')
    while True:
        found = mark.search(rest.text)
        if found is None:
            rest.cut(max(0, len(rest.text) - 80))
            if not rest.more():
                return
            continue
        rest.cut(found.start())
        one, end = _object(rest)
        rest.cut(end)
        if isinstance(one, dict) and key in one:
            yield one


def _object(rest: _Text) -> tuple[Any, int]:
    """The value at the beginning and where it ends; None where it is damaged."""
    decoder = json.JSONDecoder()
    while True:
        try:
            return decoder.raw_decode(rest.text)
        except json.JSONDecodeError as error:
            # An error far from the end of what is there is no lack of more. A string that
            # does not end is told at its beginning.
            open_ended = error.msg.startswith("Unterminated")
            if not open_ended and error.pos < len(rest.text) - 80:
                return None, 1
        except RecursionError:
            return None, 1
        if not rest.more():
            return None, 1
