"""Values of foreign JSON, whatever type they turn out to have: nothing here ever raises."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ledgernote.domain.times import parse_iso

Table = dict[str, Any]

LATEST = 4_102_444_800
"""2100-01-01: a larger number is no time in seconds."""


def table(value: object) -> Table:
    """The object, or an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    """The list, or an empty one."""
    return value if isinstance(value, list) else []


def tables(value: object) -> list[Table]:
    """The objects among the items of a list."""
    return [one for one in items(value) if isinstance(one, dict)]


def text(value: object) -> str:
    """The text, or an empty one."""
    return value if isinstance(value, str) else ""


def name(value: object) -> str | None:
    """A text that says something, in one piece; None where there is none."""
    return " ".join(value.split()) or None if isinstance(value, str) else None


def key(value: object) -> str | None:
    """An id: text as it stands, a number as text."""
    if isinstance(value, str):
        return value or None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def moment(value: object) -> datetime | None:
    """An aware time from ISO text, or from seconds since 1970 as a number or text."""
    if isinstance(value, str):
        found = parse_iso(value)
        if found is not None:
            return found
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return datetime.fromtimestamp(value, UTC) if 0 < value < LATEST else None
