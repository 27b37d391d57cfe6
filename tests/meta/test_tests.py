"""What the tests promise of themselves."""

from __future__ import annotations

from pathlib import Path

from meta.imports import imported

TESTS = Path(__file__).parents[1]


def test_nothing_of_ours_is_mocked() -> None:
    files = TESTS.rglob("*.py")

    names = {name for path in files for name in imported(path.read_text(encoding="utf-8"))}

    assert not [name for name in names if name.startswith("unittest.mock")]
