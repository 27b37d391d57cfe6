"""What a source file imports, read without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator


def imported(source: str) -> Iterator[str]:
    """Every module that *source* imports, with the names taken from it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)
