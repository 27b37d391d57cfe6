"""The longest files and functions, to look at: python tests/meta/sizes.py. A sign, not a limit."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHOWN = 10


def functions(path: Path) -> Iterator[tuple[int, str]]:
    """Lines and name of each function of a file, the docstring counted."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            yield lines, f"{path.relative_to(ROOT)}: {node.name}"


def main() -> None:
    """Print both lists, longest first."""
    paths = list((ROOT / "src").rglob("*.py"))
    files = [
        (len(path.read_text(encoding="utf-8").splitlines()), str(path.relative_to(ROOT)))
        for path in paths
    ]
    found = [one for path in paths for one in functions(path)]
    for title, rows in (("files", files), ("functions", found)):
        lines = sorted(count for count, _ in rows)
        print(f"{len(rows)} {title}, median {lines[len(lines) // 2]} lines; the longest:")
        for count, name in sorted(rows, reverse=True)[:SHOWN]:
            print(f"{count:6}  {name}")


if __name__ == "__main__":
    main()
