"""Asking a person before something private is let go."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ledgernote.domain.errors import WouldReveal
from ledgernote.repl.session import Desk

T = TypeVar("T")


def agreeing(desk: Desk, do: Callable[..., T]) -> T:
    """Do what may reveal something private, once the person agrees. Raises `WouldReveal`."""
    try:
        return do(agreed=False)
    except WouldReveal as error:
        yes = {"y": "y", "yes": "y", "n": "", "no": ""}
        if not desk.choose(f"{error}. Go on? [y/N]", yes, ""):
            raise
        return do(agreed=True)
