"""Images: what one says of itself, and the line that stands for it among words.

PNG, JPEG, GIF and WebP, read by how their parts follow each other; no pixel is ever decoded.
"""

from __future__ import annotations

from typing import Literal

from ledgernote.domain.errors import UsageError
from ledgernote.domain.frozen import frozen

LARGEST = 20_000_000
"""Bytes of an image at most: no large provider takes more in one request."""
NAMES = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF", "image/webp": "WebP"}
"""Media type → what people call it."""
ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".webp")

_STARTS = (
    ("image/png", b"\x89PNG\r\n\x1a\n"),
    ("image/jpeg", b"\xff\xd8\xff"),
    ("image/gif", b"GIF87a"),
    ("image/gif", b"GIF89a"),
)

_FOREIGN = (b"II*\0", b"MM\0*")
"""TIFF; what begins with a length and `ftyp` is HEIC, AVIF or MP4."""


@frozen
class Image:
    """What an image says of itself."""

    media: str
    """A key of `NAMES`."""
    width: int
    height: int
    """Pixels."""
    size: int
    """Bytes."""


def media_of(body: bytes) -> str | None:
    """The media type of an image, told from its first bytes; None for anything else."""
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    return next((media for media, start in _STARTS if body.startswith(start)), None)


def read(body: bytes) -> Image | None:
    """The image that *body* is; None where it is none, or one that is damaged."""
    media = media_of(body)
    if media is None:
        return None
    width, height = _READERS[media](body)
    found = Image(media=media, width=width, height=height, size=len(body))
    return found if width and height else None


def taken(body: bytes, name: str) -> Image | None:
    """The image called *name* that somebody brings; None where *body* is words, or anything else.

    Raises `UsageError` for one that is damaged or too large to be sent to any model, and for what
    is an image by its name alone.
    """
    media = media_of(body)
    if media is None:
        if not name.lower().endswith(ENDINGS):
            return None
        if not body:
            raise UsageError(f"{name} is empty", "Save the image once more.")
        demand_words(body, name)
        raise UsageError(
            f"{name} is called an image and is none",
            "Save or fetch it once more; <FILE in place of -f pipes it in as words.",
        )
    if len(body) > LARGEST:
        raise UsageError(
            f"{name} has {len(body):,} bytes; an image may have {LARGEST:,}",
            "Make it smaller: models see it scaled down anyway.",
        )
    found = read(body)
    if found is None and _is_text(body) and not name.lower().endswith(ENDINGS):
        return None  # words about GIF89a, say
    if found is None:
        raise UsageError(
            f"{name} begins as a {NAMES[media]} image and is damaged or cut off",
            "Save or fetch it once more.",
        )
    return found


def _is_text(body: bytes) -> bool:
    try:
        return "\0" not in body.decode()
    except UnicodeDecodeError:
        return False


def demand_words(body: bytes, name: str) -> None:
    """Raises `UsageError` for a file that holds neither words nor an image that models take."""
    if body.startswith(b"%PDF-"):
        raise UsageError(
            f"{name} is a PDF, and models are sent words",
            "pdftotext FILE - | ledgernote ask … takes its words.",
        )
    bitmap = body.startswith(b"BM") and int.from_bytes(body[2:6], "little") == len(body)
    if bitmap or body.startswith(_FOREIGN) or body[4:8] == b"ftyp":
        raise UsageError(
            f"{name} is an image or a film of a kind that models do not take",
            "Save it as PNG or JPEG.",
        )


def line(image: Image, source: str | None) -> str:
    """The words of an image: `image chart.png, PNG, 1200 × 800, 45,123 bytes`."""
    name = " ".join((source or "").rpartition("/")[2].split())
    facts = (NAMES[image.media], f"{image.width} × {image.height}", f"{image.size:,} bytes")
    return ", ".join((f"image {name}".rstrip(), *facts))


def facts(image: Image) -> dict[str, str | int]:
    """What is told of an image, and kept beside its bytes."""
    size = {"width": image.width, "height": image.height, "bytes": image.size}
    return {"media": image.media, **size}


_Size = tuple[int, int]
_NONE: _Size = (0, 0)


def _number(body: bytes, start: int, length: int, order: Literal["little", "big"]) -> int:
    return int.from_bytes(body[start : start + length], order)


def _png(body: bytes) -> _Size:
    # A download that broke off has no end; a model would refuse it in every later turn.
    if body[12:16] != b"IHDR" or b"IEND" not in body:
        return _NONE
    return _number(body, 16, 4, "big"), _number(body, 20, 4, "big")


def _jpeg(body: bytes) -> _Size:
    """The size stands in the first frame header (SOF), behind segments of any length."""
    at = 2
    while at + 9 < len(body) and body[at] == 0xFF:
        kind = body[at + 1]
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            size = _number(body, at + 7, 2, "big"), _number(body, at + 5, 2, "big")
            return size if body.find(b"\xff\xd9", at) > 0 else _NONE
        alone = kind == 0x01 or 0xD0 <= kind <= 0xD8
        fill = kind == 0xFF
        at += 1 if fill else 2 if alone else 2 + _number(body, at + 2, 2, "big")
    return _NONE


def _gif(body: bytes) -> _Size:
    """Blocks follow the screen and its colours: extensions, images, a trailer."""
    at = 13 + _colours(body[10:11])
    images = 0
    while body[at : at + 1] in (b"!", b","):
        is_image = body[at : at + 1] == b","
        at += 11 + _colours(body[at + 9 : at + 10]) if is_image else 2
        while at < len(body) and body[at]:  # pieces of the block, each behind its length
            at += 1 + body[at]
        at, images = at + 1, images + is_image
    # Some have no trailer; one that was cut off has no end of its last block either.
    if not images or not (at == len(body) or b";" in body[at:]):
        return _NONE
    return _number(body, 6, 2, "little"), _number(body, 8, 2, "little")


def _colours(flags: bytes) -> int:
    """Bytes of the table of colours that *flags* tell of."""
    return 3 << (flags[0] & 7) + 1 if flags and flags[0] & 0x80 else 0


def _webp(body: bytes) -> _Size:
    if _number(body, 4, 4, "little") + 8 > len(body) or len(body) < 30:
        return _NONE
    if not _CHUNKS & _chunks(body):
        return _NONE
    form = body[12:16]
    if form == b"VP8X":
        return _number(body, 24, 3, "little") + 1, _number(body, 27, 3, "little") + 1
    if form == b"VP8L" and body[20] == 0x2F:
        both = _number(body, 21, 4, "little")
        return (both & 0x3FFF) + 1, (both >> 14 & 0x3FFF) + 1
    if form == b"VP8 " and body[23:26] == b"\x9d\x01\x2a":
        return _number(body, 26, 2, "little") & 0x3FFF, _number(body, 28, 2, "little") & 0x3FFF
    return _NONE


_CHUNKS = {b"VP8 ", b"VP8L", b"ANMF"}
"""What holds pixels in a WebP."""


def _chunks(body: bytes) -> set[bytes]:
    """The names of the chunks of a WebP; none where those do not fill it."""
    found, at, end = set(), 12, 8 + _number(body, 4, 4, "little")
    while at < end:
        found.add(body[at : at + 4])
        length = _number(body, at + 4, 4, "little")
        at += 8 + length + length % 2
    return found if at - end in (0, 1) else set()  # the last one may lack its filling byte


_READERS = {"image/png": _png, "image/jpeg": _jpeg, "image/gif": _gif, "image/webp": _webp}
