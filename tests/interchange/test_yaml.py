"""YAML from anywhere is read as plain values, or not at all."""

from __future__ import annotations

import pytest

from ledgernote.interchange.yaml import load


def test_every_value_is_text() -> None:
    assert load("a: 2024-01-01\nb: [yes, 1.0, null]\nc: !!python/object:os.system x\n") == {
        "a": "2024-01-01",
        "b": ["yes", "1.0", "null"],
        "c": "x",
    }


@pytest.mark.parametrize(
    "text",
    ["[" * 50_000 + "]" * 50_000, "- " * 50_000 + "a", "{a: " * 50_000, "&a [*a]", "a: [", "\0"],
    ids=["lists", "items", "tables", "circle", "open", "nul"],
)
def test_what_is_none_or_too_deep_is_nothing(text: str) -> None:
    assert load(text) is None
