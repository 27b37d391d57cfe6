"""What the words of a command line hold."""

from __future__ import annotations

from collections.abc import Iterable


def listed(values: Iterable[str]) -> tuple[str, ...]:
    """Values of an option that is repeatable and takes a list with commas."""
    every = (part.strip() for value in values for part in value.split(","))
    return tuple(part for part in every if part)
