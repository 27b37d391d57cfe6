"""What models have shown of themselves: a window that nobody knew, and how they count tokens.

Kept in the state directory: without it the next answer teaches it again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ledgernote.config import Settings
from ledgernote.domain.errors import TooLong
from ledgernote.domain.frozen import frozen
from ledgernote.domain.turns import Context, Model, Usage, WindowFrom

FILE = "models.json"
ENOUGH = 1_000
"""Tokens of a context from which its provider's count tells of more than of its frame."""
MOST = 4.0
"""A larger factor is a mistake of somebody's."""
LESS = 0.75
"""What is tried next where nobody has told how large the window is."""


@frozen
class Learned:
    """Of one model."""

    factor: float = 1.0
    """Its tokens for each of ours, 1 or more."""
    window: int | None = None
    known: int = 0
    """The window that was known then: where that has changed, what was learned counts no more."""

    def window_of(self, model: Model) -> int:
        """Tokens, as the model counts, of context and answer together."""
        if self.window and self.known == model.window and not _is_known(model):
            return min(self.window, model.window)
        return model.window


def _is_known(model: Model) -> bool:
    """Whether its window needs no learning: the settings say it, or the table of its provider.

    At an address of the user's own another may answer to the name, with less.
    """
    said = model.window_from
    return said is WindowFrom.SETTINGS or (said is WindowFrom.TABLE and model.address is None)


def _key(model: Model) -> str:
    """What is learned belongs to a model at an address."""
    return f"{model.name} at {model.address}" if model.address else model.name


def of(settings: Settings, model: Model) -> Learned:
    """What is known of a model by now."""
    row = _read(settings.state / FILE).get(_key(model), {})
    with suppress(TypeError, ValueError, AttributeError):
        return Learned(
            factor=min(max(float(row.get("factor", 1.0)), 1.0), MOST),
            window=int(row["window"]) if row.get("window") else None,
            known=int(row.get("known", 0)),
        )
    return Learned()


def count_of(settings: Settings, model: Model, context: Context, usage: Usage) -> None:
    """Learn from what a provider reports how it counts; the newest report weighs half."""
    told = usage.tokens_in if usage.source == "provider" else None
    if not told or context.tokens < ENOUGH or any(m.images for m in context.messages):
        return
    before = of(settings, model).factor
    factor = round(min(max((before + told / context.tokens) / 2, 1.0), MOST), 2)
    if factor != before:
        _write(settings.state / FILE, _key(model), {"factor": factor})


def window_told(settings: Settings, model: Model, context: Context, error: TooLong) -> int:
    """How large the window is, as a refusal tells: what was sent did not fit."""
    window = of(settings, model).window_of(model)
    if error.window is not None and error.window < window:
        return error.window
    return int(LESS * min(context.tokens, window))


def window_is(settings: Settings, model: Model, window: int, error: TooLong) -> None:
    """Learn how large it is, where that is not known; a guess never stands against the table."""
    if _is_known(model) or (model.window_from is WindowFrom.TABLE and error.window is None):
        return
    _write(settings.state / FILE, _key(model), {"window": window, "known": model.window})


def _read(path: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        found = json.loads(path.read_bytes())
        return found if isinstance(found, dict) else {}
    return {}


def _write(path: Path, model: str, facts: Mapping[str, Any]) -> None:
    """Two who write at once may lose one fact, and learn it again."""
    rows = _read(path)
    row = rows.get(model)
    rows[model] = {**(row if isinstance(row, dict) else {}), **facts}
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    with suppress(OSError):  # on a full disk it is learned another time
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh.write_text(json.dumps(rows), "utf-8")
        fresh.replace(path)
