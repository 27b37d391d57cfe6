"""What would be sent with a question: a face's words become the plan of a context.

Owns what a question may bring along and where it goes; writes nothing. Plans are checked
against what is private twice: when they are made, and once more when they leave.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from ledgernote.config import Settings
from ledgernote.domain import images
from ledgernote.domain.entries import (
    Entry,
    EntryId,
    EventId,
    Order,
    ProjectId,
    Status,
    ThreadId,
)
from ledgernote.domain.errors import (
    CannotSee,
    DoesNotFit,
    ModelError,
    PrivateProject,
    UsageError,
)
from ledgernote.domain.frozen import field, frozen, replace
from ledgernote.domain.text import to_bytes, to_text
from ledgernote.domain.turns import UNSEEN, Consent, Decision, LeftOut, Model
from ledgernote.ledger import integrity, keep, places, privacy
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.ledger import Ledger
from ledgernote.models.catalog import OFFLINE
from ledgernote.models.counter import COUNTER, count, count_messages, count_up_to
from ledgernote.models.garbage import uncollected
from ledgernote.notebook import learned
from ledgernote.notebook.consent import Consents
from ledgernote.notebook.learned import Learned
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.past import Reading, brief_of, source_of
from ledgernote.replay.assemble import Ask, Limits, Past, Plan, assemble
from ledgernote.replay.rank import Scored
from ledgernote.replay.recipe import Recipe, Source, Task, Turn, unkept

RESERVE = 4_096
"""Tokens of the window kept for the answer, or a quarter of a small window."""
NOWHERE = ProjectId(bytes(16))
"""The project of a question whose project is still to be made."""
FLOOD = 500_000
"""Tokens of one text up to which a refusal names the exact number; more are not counted."""


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
    budget: int | None = None
    replay: int | None = None
    """Tokens; None means as the settings say."""
    log: bool = True
    """False writes nothing at all."""
    mute: bool = False
    again: str | None = None
    """Handle of a question that is kept already, or of its answer: it gets another. Its words are
    asked."""
    step: bytes | None = None
    """What another answer joins that is of the same turn."""


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
    return _whole(notebook, (*question.given, *question.used))


def _whole(notebook: Notebook, names: Iterable[str]) -> list[Entry]:
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
    if question.system is not None or spot.thread is not None:
        return question.system
    return notebook.settings.system or None


def budget_of(settings: Settings, wanted: int | None, models: Sequence[Model]) -> int:
    """Tokens that a context may take: as *wanted*, else as the settings say, within each window."""
    return _within(settings, wanted, _learned(settings, models))


def _learned(settings: Settings, models: Iterable[Model]) -> list[tuple[Model, Learned]]:
    return [(model, learned.of(settings, model)) for model in models]


def _within(settings: Settings, wanted: int | None, models: Iterable[tuple[Model, Learned]]) -> int:
    return min(wanted or settings.budget, *(_room(model, known) for model, known in models))


def _room(model: Model, known: Learned) -> int:
    """Tokens, as we count, that the window of a model leaves beside the answer."""
    window, _ = known.window_of(model)
    return int((window - min(RESERVE, window // 4)) / known.factor)


def _limits(
    settings: Settings, question: Question, known: Sequence[tuple[Model, Learned]]
) -> Limits:
    return Limits(
        budget=_within(settings, question.budget, known),
        replay=settings.replay if question.replay is None else question.replay,
        counter=COUNTER,
        factor=max(one.factor for _, one in known),
    )


def body_of(text: str | bytes) -> bytes:
    """Words as they will be kept."""
    return text if isinstance(text, bytes) else to_bytes(text)


def as_kept(text: str | bytes) -> str:
    """Words as they will read once they are kept, lone halves of pairs included."""
    return to_text(body_of(text))


class Planner:
    """Plans one context, for one model or the same for several."""

    def __init__(
        self,
        notebook: Notebook,
        question: Question,
        models: tuple[Model, ...],
        given: list[Entry],
        moment: datetime,
        earlier: Earlier | None = None,
    ) -> None:
        self.notebook, self.question, self.models = notebook, question, models
        self.given, self.moment, self._earlier = given, moment, earlier
        self.clearance = all(model.local for model in models)
        self.sees = all(model.sees for model in models)
        self._watched: set[bytes] = set()
        """Whose words stand in the plan, and what they belong to."""
        self._upto = earlier.upto if earlier else places.ENDLESS
        self._ranked: tuple[Scored, ...] = ()
        """What an earlier look at the ledger has found."""
        self._own = frozenset(one.id for one in earlier.own) if earlier else frozenset()
        self._consents = Consents(notebook, models, earlier.own if earlier else ())
        self.private_head = False
        """The system text or brief of the thread is private; no row of the receipt says so."""

    @cached_property
    def _known(self) -> Sequence[tuple[Model, Learned]]:
        return _learned(self.notebook.settings, self.models)

    @cached_property
    def _limits(self) -> Limits:
        """Not before it is known that the models may be asked: a server may tell its window."""
        return _limits(self.notebook.settings, self.question, self._known)

    @uncollected()
    def plan(self, reader: Reader, spot: Spot) -> Plan | Consent:
        """The plan; made once more when something became private while we planned.

        Or the question whether what it would send may go, for `settle`. Raises
        `PrivateProject`, `CannotSee`, `DoesNotFit` and `UsageError`.
        """
        self._refuse_private(spot.project)
        self._refuse_floods()
        self._refuse_images()
        also_private: set[bytes] = set()
        while True:
            self._refuse_private(spot.project)
            reading = self._reading(reader, also_private)
            ask, past = self._read(reading, spot)
            self._ranked = past.ranked
            self._consents.look(ask, past)
            limited = self._consents.limited(ask)
            if kept_back := past.summaries & limited.no_consent.keys():
                also_private |= kept_back  # the talk itself goes, as far as it may
                continue
            plan = self._assembled(limited, past)
            if wanted := self._consents.wanted(plan.context):
                return wanted
            self._consents.demand_own()
            self.private_head = self.clearance and bool(past.held)
            self._watched = {row.entry for row in plan.context.receipt}
            self._watched |= {*reading.heads.values(), spot.project or NOWHERE} - also_private
            self._watched |= self._own
            fresh = self._private_now(self._watched | self._consents.marked) - also_private
            if not fresh:
                return told(plan, self._earlier)
            also_private |= fresh

    def _assembled(self, ask: Ask, past: Past) -> Plan:
        """The plan. Raises `DoesNotFit`; where a window is too small, more budget is no remedy."""
        try:
            return assemble(ask, past, self._limits, count, count_messages)
        except DoesNotFit as error:
            if self._limits.budget >= (self.question.budget or self.notebook.settings.budget):
                raise
            why, hint = learned.told(*min(self._known, key=lambda pair: _room(*pair)))
            raise DoesNotFit(f"{error}: {why}", hint) from None

    def settle(
        self, found: Plan | Consent, spot: Spot, own: Sequence[Entry] = ()
    ) -> Generator[Consent, Decision | None, Plan]:
        """The plan, when all is decided that has to be. *own*: the question and its material.

        No snapshot is open while a person decides: it would keep a purge from erasing for as
        long as they think. So all is read again, from a new one that ends before *own*.
        """
        while isinstance(found, Consent):
            self._consents.take(found, (yield found))
            if own and self._earlier is None:
                self._upto = before(own)
            self.given = _whole(self.notebook, [entry.handle for entry in self.given])
            with self.notebook.ledger.snapshot() as reader:
                found = self.plan(reader, spot)
        return found

    def check(self, ledger: Ledger | None = None) -> None:
        """Raises `ModelError` when something on its way may no longer go.

        *ledger* is the one of the thread that asks, where that is another.
        """
        ledger = ledger or self.notebook.ledger
        private = self._private_now(self._watched, ledger)
        # Asked last: a rebuild that begins before takes the marks away.
        if private or (not self.clearance and "rebuild" in integrity.pending(ledger)):
            raise ModelError(
                "something of the context became private on its way; nothing was sent",
                "Ask again: it is withheld then.",
            )
        self._consents.check(ledger)

    def _private_now(self, watched: set[bytes], reader: Reader | None = None) -> set[bytes]:
        """What of it may not leave as things are at this moment."""
        if self.clearance:
            return set()
        ledger = reader or self.notebook.ledger
        return privacy.marked_among(ledger, watched) | privacy.private_among(ledger, watched)

    def _refuse_private(self, project: ProjectId | None) -> None:
        """A model that is not local gets nothing of a private project. Raises."""
        if self.clearance:
            return
        if "rebuild" in integrity.pending(self.notebook.ledger):
            raise PrivateProject(
                "the tables are being made again: what is private is not known until that ends",
                "`ledgernote doctor --rebuild` ends it; a local model may be asked meanwhile.",
            )
        what = ""
        if project is not None and privacy.is_marked(self.notebook.ledger, project):
            what = f"the project {places.name_of(self.notebook.ledger, project)}"
        if self._private_now({*self._own}):
            what = what or "the question, or what came with it,"
        if what:
            names = ", ".join(model.name for model in self.models if not model.local)
            raise PrivateProject(
                f"{what} is private and {names} is not local",
                "Ask a local model: -m offline, or set models.NAME.local in the config.",
            )

    def _refuse_images(self) -> None:
        """What is asked about an image goes to no model that would not see it."""
        if self.sees:
            return
        own, sent = (self._earlier.own, self._earlier.sent) if self._earlier else ((), None)
        last = sent.blocks[-1] if sent else None
        spans = last.material if isinstance(last, Turn) else ()
        brought = [as_kept(m.text) for m in self.question.material if m.image]
        brought += [entry.text for entry in (*self.given, *own) if entry.image]
        brought += [images.line(span.image, f"@{span.handle}") for span in spans if span.image]
        if not brought:
            return
        blind = [model.name for model in self.models if not model.sees]
        more = ", or set models.NAME.sees where one does" if blind != [OFFLINE] else ""
        raise CannotSee(
            f"{', '.join(blind)} cannot see: {brought[0].splitlines()[-1]}",
            f"Ask a model that sees (-m NAME; in a chat /model NAME, then /retry){more}.",
        )

    def _refuse_floods(self) -> None:
        """Refuse in no time what is too large by far: counting 100 MB takes many seconds."""
        budget = self._limits.budget
        texts = [("the question", self.question.text)]
        texts += [
            (f"material {n}", as_kept(m.text)) for n, m in enumerate(self.question.material, 1)
        ]
        texts += [(f"@{entry.handle}", entry.text) for entry in self.given]
        for name, text in texts:
            if count_up_to(text, max(budget, FLOOD)) is None:
                raise DoesNotFit(
                    f"{name} has more than {max(budget, FLOOD):,} tokens; all may take {budget:,}",
                    "Give less of it: a part of the file, or a search in it.",
                )

    def _reading(self, reader: Reader, also_private: set[bytes]) -> Reading:
        budget = self._limits.budget
        reading = Reading(self.notebook, reader, self.moment, also_private, budget, self._upto)
        reading.own = self._own
        return reading

    def _read(self, reading: Reading, spot: Spot) -> tuple[Ask, Past]:
        """What is asked, and all that there is to answer it from."""
        notebook, question = self.notebook, self.question
        project = spot.project or NOWHERE
        given = [reading.marked(source_of(entry, notebook.actor)) for entry in self.given]
        number = len(question.given)
        offset = self.moment.utcoffset()
        system = system_text(notebook, question, spot)
        ask = Ask(
            question=as_kept(question.text),
            task=question.task,
            day=self.moment.date().isoformat(),
            offset=int(offset.total_seconds()) if offset else 0,
            material=(*self._material(), *given[:number]),
            used=tuple(given[number:]),
            system=None if system is None else as_kept(system),
            brief=brief_of(reading.reader, project),
            model=self.models[0].name,
            clearance=self.clearance,
            sees=self.sees,
        )
        if self._earlier and self._earlier.sent:
            return ask, reading.once_more(project, spot.thread, self._earlier.sent)
        return ask, reading.past(ask, project, spot.thread, given, self._ranked)

    def _material(self) -> Iterator[Source]:
        for number, each in enumerate(self.question.material, start=1):
            yield Source(
                entry=EntryId(bytes(16)),
                text=as_kept(each.text),
                source=as_kept(each.source),
                image=images.read(each.image) if each.image else None,
                data=b2a_base64(each.image, newline=False).decode() if each.image else "",
                created=self.moment,
                revision=unkept(number),
                order=(keep.microseconds(self.moment), 0, b"", number),
            )


def told(plan: Plan, earlier: Earlier | None) -> Plan:
    """What is sent once more leaves out and withholds what it did the first time.

    Which images are left out is for the model of now to say.
    """
    if earlier is None or earlier.sent is None:
        return plan
    left = [LeftOut(handle=handle, why=why) for handle, why in earlier.told.get("left_out", ())]
    unseen = [one for one in left if one.why == UNSEEN]
    left = [one for one in left if one.why != UNSEEN]
    number = earlier.told.get("left_out_count", 0) - len(unseen)
    context = replace(
        plan.context,
        left_out=(*plan.context.left_out, *left),
        left_out_count=plan.context.left_out_count + number,
        withheld=plan.context.withheld + earlier.told.get("withheld", 0),
    )
    return replace(plan, context=context)
