"""Several answers to one question, beside each other where the screen is wide enough."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import zip_longest

from ledgernote.domain.turns import Context, Kept, Replayed, Retry, TurnEvent
from ledgernote.render.ended import REST, cut_line, usage_line
from ledgernote.render.escape import cells, one_line
from ledgernote.render.look import Look
from ledgernote.render.output import Output
from ledgernote.render.receipts import receipt_view
from ledgernote.render.waiting import Waiting

_NARROWEST = 44
"""Columns that an answer needs to be read beside another."""
_GAP = 3
_SGR = re.compile(r"\x1b\[[0-9;]*m")


def paint_together(
    events: Iterable[TurnEvent],
    out: Output,
    *,
    models: int,
    now: datetime,
    me: str = "",
    goes_on: str = REST,
) -> list[Kept]:
    """Show a turn that so many models answer; gives how each did.

    Columns are shown when all have ended; what stands one after the other as soon as it has.
    *goes_on* is as in `cut_line`.
    """
    look = out.look(now=now, me=me, talk=True)
    kept: list[Kept] = []
    shown = 0
    beside = _column(out.look(now=now, me=me), models) is not None
    waiting = Waiting(out)
    sent: Context | None = None
    try:
        for event in events:
            if isinstance(event, Replayed):
                if sent is None:  # they have one context
                    out.talk(receipt_view(event.context, look))
                sent = event.context
                waiting.start(sent.model, tuple(one.context.model for one in kept))
            elif isinstance(event, Retry):
                waiting.retry(event)
            elif isinstance(event, Kept):
                waiting.stop()
                kept.append(event)
                if not beside:
                    view = answers_view([event], out.look(now=now, me=me), goes_on)
                    out.data("\n" * bool(shown) + view)
                    shown += 1
    finally:
        waiting.stop()
        if kept[shown:]:
            out.data(answers_view(kept, out.look(now=now, me=me), goes_on))
    return kept


def answers_view(kept: Sequence[Kept], look: Look, goes_on: str = REST) -> str:
    """Each answer below its model, in columns or, where they do not fit, one after the other."""
    from ledgernote.render.markdown import painted  # rich is only needed for this

    width = look.width or 80
    column = _column(look, len(kept)) or width
    shown = [
        [_title(one, look), "", *painted(one.text, width=column, color=look.color).split("\n"), ""]
        + [look.dim(line) for line in _told(one, column, goes_on)]
        for one in kept
    ]
    if column == width:
        return "\n\n".join("\n".join(lines) for lines in shown)
    rows = zip_longest(*shown, fillvalue="")
    return "\n".join(
        (" " * _GAP).join(_padded(cell, column) for cell in row).rstrip() for row in rows
    )


def _column(look: Look, models: int) -> int | None:
    """How wide the column of each is; None where so many do not fit beside each other."""
    column = ((look.width or 80) - _GAP * (models - 1)) // models
    return column if column >= _NARROWEST else None


def _title(kept: Kept, look: Look) -> str:
    handle = f"  {look.style('cyan', kept.answer.handle)}" if kept.answer else ""
    return look.bold(one_line(kept.context.model)) + handle


def _told(kept: Kept, width: int, goes_on: str) -> list[str]:
    """How it ended and what it used, in lines of that width."""
    why = one_line(str(kept.error)) if isinstance(kept.error, Exception) else ""
    parts = [why, cut_line(kept, goes_on), *usage_line(kept).split(" · ")]
    lines: list[str] = []
    for part in filter(None, parts):
        if lines and cells(f"{lines[-1]} · {part}") <= width:
            lines[-1] += f" · {part}"
        else:
            lines.append(one_line(part, width))
    return lines


def _padded(line: str, width: int) -> str:
    """The line and blanks up to the width; colours take no room."""
    return line + " " * max(width - cells(_SGR.sub("", line)), 0)
