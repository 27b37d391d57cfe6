"""Leaving a talk: what was piped or typed and nobody asked any more is kept."""

from __future__ import annotations

from contextlib import suppress

from ledgernote.domain.errors import LedgernoteError
from ledgernote.notebook.notebook import NewNote
from ledgernote.notebook.question import Material, body_of
from ledgernote.render.rescue import rescuing
from ledgernote.render.views import kept_line
from ledgernote.repl.session import Desk, Session, tell


def leave(session: Session, desk: Desk, ahead: str = "") -> int:
    """Keep the material as notes of the project, or in a file that is named; the exit code.

    Also what was typed *ahead* of a prompt that never came.
    """
    material = (*session.material, Material(text=ahead, source="typed ahead"))
    waiting = [one for one in material if body_of(one.text).strip()]
    if not waiting:
        return 0
    ends = (Exception, KeyboardInterrupt, SystemExit)
    try:
        with rescuing(desk.out, [one.body for one in waiting], ends):
            new = (NewNote(text=one.text, source=one.source, image=one.image) for one in waiting)
            kept = session.notebook.notes(new)
    except LedgernoteError as error:
        tell(desk.out, error)
        return error.exit_code
    with suppress(OSError):  # the terminal may be gone
        desk.out.say("nothing was asked about what came along:")
        for entry in kept:
            desk.out.talk(kept_line(entry, desk.look(session, talk=True)))
    return 0
