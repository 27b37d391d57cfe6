"""What is asked, as a face gives it: a question, what comes with it, and where it goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ledgernote.domain import images
from ledgernote.domain.entries import Entry, EventId, Order, ProjectId, Status, ThreadId
from ledgernote.domain.errors import UsageError
from ledgernote.domain.frozen import field, frozen, replace
from ledgernote.domain.text import to_bytes, to_text
from ledgernote.ledger import places
from ledgernote.ledger.connection import Reader
from ledgernote.notebook.notebook import Notebook
from ledgernote.replay.recipe import Recipe, Task


@frozen
class Material:
    """Text that comes with a question: piped, from a file, from a command."""

    text: str | bytes
    source: str
    """Where it came from, e.g. `stdin`, a path, `!ls`."""
    image: bytes | None = None
    """What `text` is the line of."""

    @property
    def body(self) -> bytes:
        """What came, as it came."""
        return self.image or body_of(self.text)


def material(body: bytes, source: str) -> Material:
    """What comes with a question, whatever it is: words, or an image and its line.

    Raises `UsageError` for an image or a PDF that no model could be sent.
    """
    image = images.taken(body, source)
    if image is None:
        images.demand_words(body, source)
        return Material(text=body, source=source)
    return Material(text=images.line(image, source), source=source, image=body)


@frozen
class Question:
    """What is asked, as a face gives it."""

    text: str
    """Empty where a task is asked."""
    task: Task | None = None
    thread: str | None = None
    """Name or handle of the thread; made by that name when new. None: see `goes_on`."""
    goes_on: bool = False
    """In the thread that this actor used last; else a new one."""
    material: tuple[Material, ...] = ()
    given: tuple[str, ...] = ()
    """Handles of entries to bring along."""
    used: tuple[str, ...] = ()
    """Handles of entries that `/use` asked for."""
    system: str | None = None
    options: Mapping[str, object] = field(default_factory=dict)
    """Of the model, which has them already; they are kept for when it is asked once more."""
    budget: int | None = None
    replay: int | None = None
    """Tokens; None means as the settings say."""
    log: bool = True
    """False writes nothing at all."""
    mute: bool = False
    again: str | None = None
    """Handle of a question that is kept already, or of its answer: it gets another. Its words are
    asked."""
    exactly: bool = False
    """With nothing but what was sent for that answer, as far as it may go."""
    step: bytes | None = None
    """What another answer joins that is of the same turn."""
    once: bool = False
    """Its model was named for it alone: the thread goes on with its own."""


@frozen
class Earlier:
    """A question that is asked once more: only what was there before it is replayed."""

    upto: Order
    """The last place in the one order that belongs to its past."""
    own: tuple[Entry, ...]
    """The question and its material."""
    sent: Recipe | None = None
    """What was sent for it, to be sent again as far as it may; None plans anew."""
    told: Mapping[str, Any] = field(default_factory=dict)
    """What that answer's event says was left out and withheld."""
    exactly: bool = False
    """As `Question.exactly`, where it is kept what was sent."""


def before(own: Iterable[Entry]) -> Order:
    """The last place in the one order before a question and its material."""
    first = min(one.order for one in own)
    return (*first[:3], first[3] - 1)


@frozen(kw_only=False)
class Spot:
    """Where a question goes; None is still to be made."""

    project: ProjectId | None
    thread: ThreadId | None


def spot_of(notebook: Notebook, reader: Reader, question: Question) -> Spot:
    """Where the question goes, as far as that exists.

    A thread named by its handle may be of another project, and then the question is too.
    Raises `Ambiguous`.
    """
    project = places.find_project(reader, notebook.project)
    thread = None
    if question.thread is not None:
        thread = places.find_thread(reader, project or ProjectId(b""), question.thread)
    elif question.goes_on and project is not None:
        thread = places.to_go_on(reader, project, notebook.actor)
    return Spot(places.project_of(reader, thread) if thread else project, thread)


def brought(notebook: Notebook, question: Question) -> list[Entry]:
    """The entries that a question names: given ones first, then used ones.

    Raises `NoSuchThing`, and `UsageError` for an answer that is still being written.
    """
    return as_they_stand(notebook, (*question.given, *question.used))


def as_they_stand(notebook: Notebook, names: Iterable[str]) -> list[Entry]:
    """The entries of these handles. Raises as `brought` does."""
    found = [notebook.entry(name) for name in names]
    for entry in found:
        if entry.status is Status.STREAMING:
            raise UsageError(
                f"the answer {entry.handle} is still being written", "Ask when it has ended."
            )
    # The answer of a dead writer that nobody has closed yet has no event, only its id.
    return [replace(e, revision=e.revision or EventId(e.id)) for e in found]


def system_text(notebook: Notebook, question: Question, spot: Spot) -> str | None:
    """The system text to set now: a thread keeps the one it has until another is given."""
    if question.system is None and spot.thread is None:
        return notebook.settings.system if notebook.settings.system.strip() else None
    return "" if question.system is not None and not question.system.strip() else question.system


def body_of(text: str | bytes) -> bytes:
    """Words as they will be kept."""
    return text if isinstance(text, bytes) else to_bytes(text)


def as_kept(text: str | bytes) -> str:
    """Words as they will read once they are kept, lone halves of pairs included."""
    return to_text(body_of(text))
