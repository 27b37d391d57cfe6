"""What models have shown of themselves: a window that nobody knew, and how they count tokens.

Kept in the state directory: without it the next answer teaches it again.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ledgernote.config import Settings
from ledgernote.domain.errors import TooLong
from ledgernote.domain.frozen import frozen
from ledgernote.domain.secrets import shown
from ledgernote.domain.turns import Context, Model, Piece, Usage, WindowFrom

FILE = "models.json"
ENOUGH = 1_000
"""Tokens of a context from which its provider's count tells of more than of its frame."""
MOST = 4.0
"""A larger factor is a mistake of somebody's."""
STEP = 0.5
"""What one report may move the factor by, at most."""
RESERVE = 4_096
"""Tokens of the window kept for the answer, or a quarter of a small window."""
LESS = 0.75
"""Of what was sent: as much is tried next where nobody has told how large the window is."""
FLOOR = 2_048
"""Tokens: no less is tried, and who refuses so little has another reason than the window."""
HELD = 24 * 3_600
"""Seconds that a learned window holds; its server may have been given a larger one meanwhile."""


@frozen
class Learned:
    """Of one model."""

    factor: float = 1.0
    """Its tokens for each of ours, 1 or more."""
    window: int | None = None
    said: WindowFrom = WindowFrom.REFUSAL
    """Whether a refusal named it."""
    known: int = 0
    """The window that was known then: where that has changed, what was learned counts no more."""

    def window_of(self, model: Model) -> tuple[int, WindowFrom]:
        """Tokens, as the model counts, of context and answer together; and who says so."""
        guess = self.said is WindowFrom.GUESS and model.window_from is WindowFrom.SERVER
        if self.window and self.known == model.window and not (guess or _is_known(model)):
            return self.window, self.said
        return model.window, model.window_from


def _is_known(model: Model) -> bool:
    """Whether its window needs no learning: the settings say it, or the table of its provider.

    At an address of the user's own another may answer to the name, with less.
    """
    said = model.window_from
    learned = said in (WindowFrom.REFUSAL, WindowFrom.GUESS)
    table = said is WindowFrom.TABLE and model.address is None
    return learned or table or said is WindowFrom.SETTINGS


def _key(model: Model) -> str:
    """What is learned belongs to a model at an address."""
    return f"{model.name} at {shown(model.address)}" if model.address else model.name


@frozen(kw_only=False)
class Smaller:
    """A model as its refusal has shown it to be. Satisfies `domain.turns.Model`."""

    model: Model
    learned: Learned
    """With a window; kept or not, it holds in this turn."""

    @property
    def name(self) -> str:
        """Its own."""
        return self.model.name

    @property
    def window(self) -> int:
        """As it was found to be."""
        return self.learned.window or self.model.window

    @property
    def window_from(self) -> WindowFrom:
        """Whether the refusal named it."""
        return self.learned.said

    @property
    def address(self) -> str | None:
        """Where it is."""
        return self.model.address

    @property
    def local(self) -> bool:
        """As it is."""
        return self.model.local

    @property
    def sees(self) -> bool:
        """As it does."""
        return self.model.sees

    def priced(self, usage: Usage) -> Usage:
        """At its own price."""
        return priced(self.model, usage)

    def stream(self, context: Context) -> Iterator[Piece | Usage]:
        """Its own answer."""
        return self.model.stream(context)


def priced(model: Model, usage: Usage) -> Usage:
    """What was counted of an answer of *model*, with its price where somebody knows that."""
    known = getattr(model, "priced", None)
    return known(usage) if known else usage


def of(settings: Settings, model: Model) -> Learned:
    """What is known of a model by now."""
    if isinstance(model, Smaller):
        return model.learned
    row = _read(settings.state / FILE).get(_key(model), {})
    with suppress(TypeError, ValueError, AttributeError):
        fresh = 0 <= time.time() - float(row.get("since", 0)) < HELD
        return Learned(
            factor=min(max(float(row.get("factor", 1.0)), 1.0), MOST),
            window=int(row["window"]) if fresh and row.get("window") else None,
            said=WindowFrom(row.get("said", "")),
            known=int(row.get("known", 0)),
        )
    return Learned()


def count_of(settings: Settings, model: Model, context: Context, usage: Usage) -> None:
    """Learn from what a provider reports how it counts; the newest report weighs half."""
    told = usage.tokens_in if usage.source == "provider" else None
    if not told or context.tokens < ENOUGH or any(m.images for m in context.messages):
        return
    reported = told / context.tokens
    if not 1 / MOST <= reported <= MOST:
        return
    before = of(settings, model).factor
    moved = min(max((reported - before) / 2, -STEP), STEP)
    factor = round(max(before + moved, 1.0), 2)
    if factor != before:
        _write(settings.state / FILE, _key(model), {"factor": factor})


def window_after(
    settings: Settings, model: Model, context: Context, error: TooLong
) -> tuple[int, WindowFrom] | None:
    """How large the window is, as a refusal tells: what was sent did not fit.

    None where so little was sent that the window cannot be the reason: a server that told of a
    larger one counts the answer, too.
    """
    known = of(settings, model)
    window, _ = known.window_of(model)
    if error.window is not None and error.window < window:
        return error.window, WindowFrom.REFUSAL
    sent = min(int(context.tokens * known.factor), window)
    if sent <= FLOOR or (error.window is not None and sent < error.window / 2):
        return None
    less = max(int(LESS * sent), FLOOR)
    return less + min(RESERVE, less // 3), WindowFrom.GUESS  # the least that has room for both


def refused(
    settings: Settings, model: Model, context: Context, error: TooLong, *, keep: bool
) -> Learned | None:
    """The same, and how it counts; it is learned where something may be kept.

    A guess is not, where the refusal told of a window: that counts for more the next time.
    """
    found = window_after(settings, model, context, error)
    if not found:
        return None
    if keep and not (found[1] is WindowFrom.GUESS and error.window is not None):
        window_is(settings, model, *found)
    before, factor = of(settings, model).factor, _factor_told(context, error)
    if keep and factor > before:
        _write(settings.state / FILE, _key(model), {"factor": factor})
    return Learned(factor=max(before, factor), window=found[0], said=found[1])


def _factor_told(context: Context, error: TooLong) -> float:
    """The model's tokens for each of ours, as a refusal tells what was sent; 1 where none does."""
    if not error.sent or context.tokens < ENOUGH or any(m.images for m in context.messages):
        return 1.0
    return min(round(error.sent / context.tokens, 2), MOST)


def window_is(settings: Settings, model: Model, window: int, said: WindowFrom) -> None:
    """Learn how large it is, where that is not known; a guess stands against nobody who tells."""
    told = model.window_from in (WindowFrom.TABLE, WindowFrom.SERVER)
    if _is_known(model) or (told and said is WindowFrom.GUESS):
        return
    row = {"window": window, "said": said, "known": model.window, "since": int(time.time())}
    _write(settings.state / FILE, _key(model), row)


_SAID: Mapping[WindowFrom, str] = {
    WindowFrom.SETTINGS: "as the settings say",
    WindowFrom.TABLE: "as the table of models says",
    WindowFrom.SERVER: "as its server says",
    WindowFrom.REFUSAL: "as a refusal told",
    WindowFrom.GUESS: "guessed after a refusal",
    WindowFrom.NOBODY: "assumed, as nobody tells",
}


def told(model: Model, learned: Learned) -> tuple[str, str]:
    """How large the window of *model* is and who says so, in words; and what to do about it."""
    window, said = learned.window_of(model)
    hint = "Ask a model with a larger window with -m, or give less of it."
    if said not in (WindowFrom.SETTINGS, WindowFrom.TABLE):
        hint += f" If it is larger: ledgernote config set models.{model.name}.window N"
    return f"{model.name} has a window of {window:,}, {_SAID[said]}", hint


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
