"""The kinds of arguments that several commands share, as typer declares them."""

from __future__ import annotations

from typing import Annotated

import typer

Words = Annotated[list[str] | None, typer.Argument()]
Handles = Annotated[list[str], typer.Argument(metavar="HANDLE…")]
Yes = Annotated[bool, typer.Option("--yes")]
Names = Annotated[list[str] | None, typer.Option()]


def listed(values: list[str] | None) -> tuple[str, ...]:
    """Values of an option that is repeatable and takes a list with commas."""
    every = (part.strip() for value in values or () for part in value.split(","))
    return tuple(part for part in every if part)
