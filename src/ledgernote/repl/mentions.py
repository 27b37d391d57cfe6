"""`@handle`, `@file`, `@thread` in a question, and `@model:` before it.

What resolves comes along, in that order of meaning; what does not is text and stays untouched.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from ledgernote.domain.entries import Status
from ledgernote.domain.errors import Ambiguous, NoSuchThing, UsageError
from ledgernote.domain.frozen import frozen
from ledgernote.domain.turns import Model
from ledgernote.notebook.answering import mentioned
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.turn import Material, Question, material
from ledgernote.repl.session import Session
from ledgernote.repl.words import Typed

_MENTION = re.compile(r"""(?:^|(?<=[\s(\["'«“]))@(?:"([^"\n]+)"|([^\s"]+))""")
_TRAILING = ".,;:!?)]}'»”…"
_TO_MODEL = re.compile(r"@([^\s:]+(?::[^\s:]+)*):\s+(\S.*)", re.DOTALL)

_HANDLE = re.compile(r"[0-9a-z]{5,}|last(\.[a-z]+)?|[0-9a-f-]{36}")
"""Handles have five letters or more; with fewer, words would be taken for prefixes of some."""


@frozen(kw_only=False)
class Brought:
    """What comes along with a question."""

    given: tuple[str, ...] = ()
    """Handles."""
    material: tuple[Material, ...] = ()


def question_of(session: Session, typed: Typed) -> tuple[Question, Model | None]:
    """What is asked with a message, with all that comes along, and who else is to be asked."""
    model, text = (None, typed.text) if typed.pasted else to_model(session.notebook, typed.text)
    brought = bring(session.notebook, typed.own)
    question = Question(
        text=text,
        thread=session.thread or session.title or None,
        material=session.material + brought.material,
        given=brought.given,
        used=session.used,
        budget=session.budget,
        once=model is not None,
    )
    return question, model


def bring(notebook: Notebook, text: str) -> Brought:
    """Everything that *text* mentions. Raises `Ambiguous`, and `UsageError` for a sealed file
    and a damaged image."""
    found = [one for one in (_resolve(notebook, m) for m in _MENTION.finditer(text)) if one]
    given = (handle for one in found for handle in one.given)
    material = {one.source: one for brought in found for one in brought.material}
    return Brought(tuple(dict.fromkeys(given)), tuple(material.values()))


def _resolve(notebook: Notebook, match: re.Match[str]) -> Brought | None:
    name = match[1] or match[2]
    for spelling in dict.fromkeys((name, name.rstrip(_TRAILING))):
        for mean in _MEANINGS:
            if spelling and (brought := mean(notebook, spelling)):
                return brought
    return None


def _entry(notebook: Notebook, name: str) -> Brought | None:
    if not _HANDLE.fullmatch(name.lower()):
        return None
    try:
        return Brought((notebook.entry(name).handle,))
    except Ambiguous:
        raise
    except NoSuchThing:
        return None


def _file(_: Notebook, name: str) -> Brought | None:
    try:
        path = Path(name).expanduser()
        if not path.is_file():
            return None
        return Brought(material=(material(path.read_bytes(), name),))
    except PermissionError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}") from error
    except (OSError, ValueError, RuntimeError):
        return None  # no name that a file could have


def _thread(notebook: Notebook, name: str) -> Brought | None:
    if notebook.thread_id(name) is None:
        return None
    thread, entries = notebook.thread(name)
    if thread.title != name and not _HANDLE.fullmatch(name.lower()):
        return None
    return Brought(tuple(e.handle for e in entries if e.status is not Status.STREAMING))


_MEANINGS: tuple[Callable[[Notebook, str], Brought | None], ...] = (_entry, _file, _thread)


def to_model(notebook: Notebook, text: str) -> tuple[Model | None, str]:
    """Another model for this question alone, and the question without its address."""
    found = _TO_MODEL.fullmatch(text.strip())
    if found is None:
        return None, text
    model = mentioned(notebook, found[1])
    return (model, found[2]) if model else (None, text)
