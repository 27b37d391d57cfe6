"""Who answers, and where an answer comes from: `models`, `why`."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from ledgernote.cli.call import Call
from ledgernote.domain.errors import UsageError


def why(
    call: Call,
    name: Annotated[str, Argument(metavar="HANDLE")],
    *,
    to: Annotated[bool, Option("--to")] = False,
) -> None:
    """Show where an answer comes from."""
    raise NotImplementedError
