"""What was done: a change of an entry, a step that was taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ledgernote.domain.frozen import frozen


@frozen
class Change:
    """Something that happened to an entry."""

    at: datetime
    actor: str
    kind: str
    """The kind of event: `entry.new`, `entry.tag` …"""
    what: str
    """In words: `kept in fed`, `tagged #rates`."""
    text: str | None = None
    """The words that it brought."""
    undone: bool = False


@frozen
class Undone:
    """A step that was taken back, or brought back."""

    step: bytes
    done: Mapping[str, int]
    """How many events of each kind it holds."""
    at: datetime
    """When it was done."""
    standing: tuple[str, ...] = ()
    """Handles of entries that it made and that stay, because somebody else built on them."""


@frozen
class Erased:
    """An entry whose words are gone, and the answers that had replayed it, which stay."""

    handle: str
    answers: tuple[str, ...]
