"""Asking a person yes or no, where there is one to ask."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from ledgernote.cli.call import Call, has_terminal
from ledgernote.domain.errors import UsageError, WouldReveal

T = TypeVar("T")


def confirmed(call: Call, question: str) -> bool:
    """Whether the person at the terminal says yes; False where nobody is there."""
    return has_terminal(call.out) and typed(call, f"{question} [y/N] ") in {"y", "yes"}


def typed(call: Call, question: str) -> str:
    """What the person at the terminal types to *question*, in small letters."""
    path = Path("/dev/tty")  # opened twice: one stream of both ways would have to seek
    with (
        path.open("w", encoding="utf-8", errors="replace") as screen,
        path.open(encoding="utf-8", errors="replace") as keyboard,
    ):
        call.out.flush()
        screen.write(question)
        screen.flush()
        return keyboard.readline().strip().lower()


def demand(call: Call, question: str, *, yes: bool) -> None:
    """Go on only when told to: by *yes*, or by a person. Raises `UsageError`."""
    if not yes and not confirmed(call, question):
        raise UsageError("nothing was changed", "-y does it without asking.")


def agreeing(call: Call, do: Callable[..., T], *, yes: bool) -> T:
    """Do what may reveal something private; its keyword `agreed` says whether that may be.

    Raises `WouldReveal` when nobody agrees.
    """
    try:
        return do(agreed=yes)
    except WouldReveal as error:
        if not confirmed(call, f"{error}. Go on?"):
            raise
        return do(agreed=True)
