"""The files of a zip whose list is gone: a download that was cut, most of the time.

Each file of a zip begins with a header of its own, and deflate says itself where it ends.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

HEADER = b"PK\x03\x04"
FIXED = struct.Struct("<4xHHH2x2x4xLLHH")
"""version, flags, method, (time, date, crc), packed size, size, length of name and of extra."""
BLOCK = 1 << 20
DEFLATED = 8


class _Inflated(io.RawIOBase):
    """What one deflated file holds, as far as it goes."""

    def __init__(self, path: Path, start: int) -> None:
        self._file = path.open("rb")
        self._file.seek(start)
        self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._inflate.eof:
            packed = self._inflate.unconsumed_tail or self._file.read(BLOCK)
            if not packed:
                break
            piece = self._inflate.decompress(packed, len(buffer))
            if piece:
                buffer[: len(piece)] = piece
                return len(piece)
        return 0

    def close(self) -> None:
        self._file.close()
        super().close()


def _opened(path: Path, start: int) -> BinaryIO:
    return io.BufferedReader(_Inflated(path, start), BLOCK)


def _found(path: Path) -> Iterator[int]:
    """Where a header seems to begin."""
    with path.open("rb") as file:
        offset, kept = 0, b""
        while block := file.read(BLOCK):
            window = kept + block
            at = window.find(HEADER)
            while at >= 0:
                yield offset - len(kept) + at
                at = window.find(HEADER, at + 1)
            offset, kept = offset + len(block), window[-3:]


def salvaged(path: Path) -> Iterator[tuple[str, Callable[[], BinaryIO]]]:
    """Name and opener of each deflated file that can be found."""
    with path.open("rb") as file:
        for start in _found(path):
            file.seek(start)
            fixed = file.read(FIXED.size)
            if len(fixed) < FIXED.size:
                return
            _, flags, method, _, _, name, extra = FIXED.unpack(fixed)
            raw = file.read(name)
            if method != DEFLATED or flags & 1 or not raw or raw.endswith(b"/"):
                continue
            data = start + FIXED.size + name + extra
            yield raw.decode("utf-8", "replace"), partial(_opened, path, data)
