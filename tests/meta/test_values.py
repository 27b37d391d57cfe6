"""Frozen values are made in one way."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from meta.imports import imported

SOURCES = [
    path
    for path in (Path(__file__).parents[2] / "src").rglob("*.py")
    if "@frozen" in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_the_fields_of_a_frozen_value_are_those_of_frozen(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    classes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)]

    frozen = [one for one in classes if any("frozen" in ast.unparse(d) for d in one.decorator_list)]
    said = " ".join(ast.unparse(line) for one in frozen for line in one.body)

    # That of dataclasses would be taken for a default, and its marker for a field.
    assert "KW_ONLY" not in said
    assert "= field(" not in said or "ledgernote.domain.frozen.field" in imported(source)
