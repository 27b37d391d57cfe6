"""The one door to YAML: every value as text, list or table; nothing is executed or guessed."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def load(text: str | bytes) -> Any:
    """The document; None where it is none."""
    yaml: Any = import_module("yaml")  # it comes without types
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        # The base loader makes plain values only, whatever tags the document has.
        return yaml.load(text, Loader=loader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
