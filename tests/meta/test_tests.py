"""What the tests promise of themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]


def imported(source: str) -> Iterator[str]:
    """Every module that *source* imports, with the names taken from it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)


def test_nothing_of_ours_is_mocked() -> None:
    files = TESTS.rglob("*.py")

    names = {name for path in files for name in imported(path.read_text(encoding="utf-8"))}

    assert not [name for name in names if name.startswith("unittest.mock")]
