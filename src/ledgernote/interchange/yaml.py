"""The one door to YAML: every value as text, list or table; nothing is executed or guessed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

DEEPEST = 100
"""Lists within lists. The fast loader recurses in C and takes the program down at thousands."""


def load(text: str | bytes) -> Any:
    """The document; None where it is none."""
    yaml: Any = import_module("yaml")  # it comes without types
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        if _is_too_deep(yaml, loader, text):
            return None
        # The base loader makes plain values only, whatever tags the document has.
        return yaml.load(text, Loader=loader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


def _is_too_deep(yaml: Any, loader: Any, text: str | bytes) -> bool:
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            return True
    return False
