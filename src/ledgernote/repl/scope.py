"""What a person may pick from a list, and where it is looked for; nothing of how it is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ledgernote.domain.frozen import frozen


@frozen(kw_only=False)
class Row:
    """Something to pick."""

    key: str
    text: str
    preview: Callable[[], str] = str
    """More of it, read when the cursor comes to it."""


@frozen(kw_only=False)
class Scope:
    """A place to look in."""

    name: str
    find: Callable[[str], Sequence[Row]]
    """The rows that fit some words, the best first."""
