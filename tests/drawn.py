"""Small images, made here byte by byte; no two of different *seed* have bytes in common."""

from __future__ import annotations

import hashlib
import zlib


def png(width: int = 40, height: int = 30, seed: str = "a chart") -> bytes:
    """A whole PNG that any program opens; noise, so that it does not get smaller."""
    noise = hashlib.shake_128(seed.encode()).digest(width * height)
    rows = (b"\0" + noise[at : at + width] for at in range(0, len(noise), width))
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\0\0\0\0"
    body = zlib.compress(b"".join(rows))
    chunks = _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _chunk(name: bytes, body: bytes) -> bytes:
    whole = name + body
    return len(body).to_bytes(4, "big") + whole + zlib.crc32(whole).to_bytes(4, "big")


def jpeg(width: int, height: int) -> bytes:
    """As much of a JPEG as its header needs, behind a thumbnail that is one too."""
    size = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    inner = b"\xff\xd8\xff\xc0\x00\x11\x08\x00\x08\x00\x08" + bytes(10) + b"\xff\xd9"
    exif = b"\xff\xe1" + (len(inner) + 2).to_bytes(2, "big") + inner
    frame = b"\xff\xc2\x00\x11\x08" + size + b"\x03" + bytes(9)
    return b"\xff\xd8" + exif + frame + b"\xff\xda\x00\x02pixels\xff\xd9"


def gif(width: int, height: int) -> bytes:
    """A GIF of two colours with a comment and an image, whose pixels are nobody's."""
    size = width.to_bytes(2, "little") + height.to_bytes(2, "little")
    image = b"," + bytes(4) + size + b"\0" + b"\x02\x03,;!\0"
    return b"GIF89a" + size + b"\x80\0\0" + b"\0\0\0\xff\xff\xff" + b"!\xfe\x02,;\0" + image + b";"


def webp(width: int, height: int, form: bytes) -> bytes:
    """A WebP of one of its three forms: `VP8X`, `VP8L` or `VP8 `."""
    if form == b"VP8X":
        head = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    elif form == b"VP8L":
        head = b"\x2f" + (width - 1 | (height - 1) << 14).to_bytes(4, "little") + bytes(5)
    else:
        size = width.to_bytes(2, "little") + height.to_bytes(2, "little")
        head = b"\x30\x01\x00\x9d\x01\x2a" + size
    chunk = form + len(head).to_bytes(4, "little") + head
    chunk += b"VP8 \x02\0\0\0ab" if form == b"VP8X" else b""
    return b"RIFF" + (len(chunk) + 4).to_bytes(4, "little") + b"WEBP" + chunk
