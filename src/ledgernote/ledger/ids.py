"""Names for things: UUIDv7 ids and the handles that people type.

Pure but for the random bits of `new_id`. Order never comes from an id.
"""

from __future__ import annotations

import os
from functools import lru_cache

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
SHORTEST = 5
"""Letters of the shortest handle."""
LONGEST = 32
"""Letters of the base32 of SHA-256 that are ever looked at."""


def new_id(milliseconds: int) -> bytes:
    """A UUIDv7 of this moment, with 74 freshly drawn random bits and no counter."""
    number = int.from_bytes(os.urandom(10), "big")
    number = (
        (milliseconds & (2**48 - 1)) << 80
        | 7 << 76
        | (number >> 62 & 0xFFF) << 64
        | 2 << 62
        | number & (2**62 - 1)
    )
    return number.to_bytes(16, "big")


@lru_cache(maxsize=64)  # a new entry is asked for its own three times in a row
def full_handle(id_: bytes) -> str:
    """The lower-case Crockford base32 of SHA-256(id), of which every handle is a prefix."""
    import hashlib  # loads OpenSSL; who only reads makes no handle

    number = int.from_bytes(hashlib.sha256(id_).digest()[:20], "big")
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(150, -1, -10)])


# The standard module for these loads `platform`, for two lines.


def from_uuid(text: str) -> bytes | None:
    """The 16 bytes of a UUID as people write it, or None."""
    digits = text.replace("-", "")
    if len(text) != 36 or len(digits) != 32 or not digits.isascii() or not digits.isalnum():
        return None
    try:
        return bytes.fromhex(digits)
    except ValueError:
        return None


def to_uuid(id_: bytes) -> str:
    """The 16 bytes of an id as people write a UUID."""
    digits = id_.hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
