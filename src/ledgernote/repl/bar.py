"""The bottom bar: project · thread · model · context of its budget · pins · cost of the thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from ledgernote.domain.errors import LedgernoteError
from ledgernote.domain.frozen import frozen
from ledgernote.notebook.spending import spent
from ledgernote.render.escape import cells, one_line
from ledgernote.render.receipts import short
from ledgernote.repl.session import WAITS, Session

GAUGE = 6
"""Columns of the gauge."""


@frozen
class Facts:
    """What the bar shows beside the session."""

    pins: int = 0
    cost: float = 0.0
    """US dollars of the thread, whoever spent them."""


def bar(session: Session, facts: Facts, width: int) -> str:
    """One line; where the room is short, the least needed parts are left away."""
    room = short(session.room)
    used = f"{short(session.kept.context.tokens)} of {room}" if session.kept else room
    bring = len(session.material) + len(session.used)
    parts = {
        "project": one_line(session.notebook.project_name, 20),
        "thread": one_line(session.title, 24) or "new thread",
        "model": one_line(_called(session), 20),
        "context": f"{gauge(session)} {used}".lstrip(),
        "pins": f"{facts.pins} pin{'s' * (facts.pins != 1)}" if facts.pins else "",
        "cost": f"${facts.cost:.3f}" if facts.cost >= 0.0005 else "",
        "material": f"+{bring} to bring" if bring else "",
    }
    line = ""
    for least in ("", "gauge", "cost", "pins", "project", "context", "material"):
        parts.pop(least, None)
        if least == "gauge":
            parts["context"] = used
        line = " · ".join(part for part in parts.values() if part)
        if cells(line) <= width:
            break
    return one_line(line, width)


def _called(session: Session) -> str:
    """The model, as short as it is understood: a name of the settings stays whole."""
    if session.awaited:
        return WAITS
    name = session.model.name
    return name if name in session.notebook.settings.models else name.rpartition("/")[2]


def gauge(session: Session) -> str:
    """How full the last context was, empty before there was one."""
    if session.kept is None or not session.room:
        return ""
    share = session.kept.context.tokens / session.room
    full = min(round(share * GAUGE), GAUGE)
    return "█" * full + "░" * (GAUGE - full)


class Bar:
    """Makes the bar of every prompt; what a thread has cost is summed when it is come to."""

    def __init__(self) -> None:
        self._place: tuple[str, str | None] | None = None
        self._before = 0.0
        """What the thread had cost, less what the talk had then."""

    def of(self, session: Session) -> Callable[[int], str]:
        """The line for a width, made once for each while the prompt stands."""
        try:
            facts = self._facts(session)
        except LedgernoteError:
            facts = Facts()  # the bar is no place to complain, and must not keep the prompt away
        return cache(lambda width: bar(session, facts, width))

    def _facts(self, session: Session) -> Facts:
        notebook, thread = session.notebook, session.thread
        if self._place != (notebook.project, thread):
            told = spent(notebook, thread=thread) if thread else []
            self._before = sum(one.cost for one in told) - session.cost
            self._place = (notebook.project, thread)
        return Facts(pins=len(notebook.pins(thread)), cost=self._before + session.cost)
