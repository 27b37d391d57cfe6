"""What would be sent with a question: a face's words become the plan of a context.

Writes nothing. Plans are checked against what is private twice: when they are made, and once
more when they leave.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Generator, Iterator, Sequence
from datetime import datetime
from functools import cached_property

from ledgernote.domain import images
from ledgernote.domain.entries import Entry, EntryId, ProjectId
from ledgernote.domain.errors import DoesNotFit, ModelError, PrivateProject
from ledgernote.domain.frozen import replace
from ledgernote.domain.turns import A_PART, UNSEEN, Consent, Decision, LeftOut, Model
from ledgernote.ledger import integrity, keep, places, privacy
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.ledger import Ledger
from ledgernote.models.counter import count, count_messages
from ledgernote.models.garbage import uncollected
from ledgernote.notebook.consent import Consents
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.past import brief_of, once_more, past_of
from ledgernote.notebook.question import (
    Earlier,
    Question,
    Spot,
    as_kept,
    as_they_stand,
    before,
    system_text,
)
from ledgernote.notebook.reading import Reading, source_of
from ledgernote.notebook.recorded import no_consent_of
from ledgernote.notebook.refusing import refuse_floods, refuse_unseen
from ledgernote.notebook.room import Room
from ledgernote.replay.assemble import Ask, Limits, Past, Plan, assemble
from ledgernote.replay.rank import Scored
from ledgernote.replay.recipe import Source, unkept

NOWHERE = ProjectId(bytes(16))
"""The project of a question whose project is still to be made."""


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
        then = earlier.sent.sees if earlier and earlier.exactly and earlier.sent else True
        self.sees = then and all(model.sees for model in models)
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
    def _room(self) -> Room:
        """Not before it is known that the models may be asked."""
        return Room(self.notebook.settings, self.models)

    @cached_property
    def _limits(self) -> Limits:
        return self._room.limits(self.question)

    @uncollected()
    def plan(self, reader: Reader, spot: Spot) -> Plan | Consent:
        """The plan; made once more when something became private while we planned.

        Or the question whether what it would send may go, for `settle`. Raises
        `PrivateProject`, `CannotSee`, `DoesNotFit` and `UsageError`.
        """
        self._refuse_private(spot.project)
        refuse_floods(self._limits.budget, self.question, self.given)
        own, sent = (self._earlier.own, self._earlier.sent) if self._earlier else ((), None)
        refuse_unseen(self.models, self.question, (*self.given, *own), sent)
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
                return told(plan, self._earlier, reader)
            also_private |= fresh

    def _assembled(self, ask: Ask, past: Past) -> Plan:
        """The plan. Raises `DoesNotFit`; where a window is too small, more budget is no remedy."""
        try:
            return assemble(ask, past, self._limits, count, count_messages)
        except DoesNotFit as error:
            if error.needs <= self._limits.most:
                raise
            why, hint = self._room.least()
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
            self.given = as_they_stand(self.notebook, [entry.handle for entry in self.given])
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
            past = once_more(reading, project, spot.thread, self._earlier.sent)
            return ask, replace(past, exactly=self._earlier.exactly)
        return ask, past_of(reading, ask, project, spot.thread, given, self._ranked)

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


def told(plan: Plan, earlier: Earlier | None, reader: Reader) -> Plan:
    """What is sent once more leaves out and withholds what it did the first time.

    Which images are left out is for the model of now to say, and of what a part is sent its plan.
    """
    if earlier is None or earlier.sent is None:
        return plan
    left = [LeftOut(handle=handle, why=why) for handle, why in earlier.told.get("left_out", ())]
    now = [one for one in left if one.why in {UNSEEN, A_PART}]
    left = [one for one in left if one not in now]
    number = earlier.told.get("left_out_count", 0) - len(now)
    context = replace(
        plan.context,
        left_out=(*plan.context.left_out, *left),
        left_out_count=plan.context.left_out_count + number,
        withheld=plan.context.withheld + earlier.told.get("withheld", 0),
        no_consent=(*plan.context.no_consent, *no_consent_of(reader, earlier.told)),
    )
    return replace(plan, context=context)
