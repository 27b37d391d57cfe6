"""A notebook in memory, just enough of one to plan turns, keep them and plan the next."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ledgernote.domain.entries import EntryId, EventId, Status, ThreadId
from ledgernote.domain.turns import Message
from ledgernote.models.counter import count, count_messages
from ledgernote.replay.assemble import Ask, Limits, Past, Plan, assemble, kept
from ledgernote.replay.rank import Scored
from ledgernote.replay.recipe import Identity, Place, Recipe, Source, blocks_of
from ledgernote.replay.written import from_json, to_json

START = datetime(2026, 5, 8, 9, 30, tzinfo=UTC)
THREAD = ThreadId(b"t" * 16)
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"


def identity(seed: object) -> bytes:
    return hashlib.sha256(repr(seed).encode()).digest()[:16]


def handle(entry: bytes) -> str:
    number = int.from_bytes(entry[:5])
    return "".join(_LETTERS[number >> 5 * place & 31] for place in range(5))


def scored(*sources: Source) -> tuple[Scored, ...]:
    """The sources as ranked, the first one best."""
    return tuple(
        Scored(source=each, score=1 - at / 1000, features=(1.0 - at / 1000,))
        for at, each in enumerate(sources)
    )


@dataclass
class Book:
    """Entries, their revisions, and one thread with the recipes of its answers."""

    now: dict[EntryId, Source] = field(default_factory=dict)
    texts: dict[tuple[EventId, str], str] = field(default_factory=dict)
    pins: list[EntryId] = field(default_factory=list)
    since: list[EntryId] = field(default_factory=list)
    recipes: dict[EventId, str] = field(default_factory=dict)
    last: EventId | None = None
    made: int = 0

    def keep(self, text: str, **fields: Any) -> Source:
        """A new entry, an hour after the one before it."""
        self.made += 1
        entry = EntryId(identity(self.made))
        source = Source(
            entry=entry,
            handle=fields.pop("handle", None) or handle(entry),
            revision=EventId(identity(("revision", self.made))),
            created=START + timedelta(hours=self.made),
            order=(self.made, 0, b"r", self.made),
            text=text,
            **fields,
        )
        if source.actor:
            self.texts[EventId(source.actor), "name"] = source.who
        return self._keep(source)

    def edit(self, source: Source, text: str) -> Source:
        self.made += 1
        revision = EventId(identity(("revision", self.made)))
        return self._keep(replace(source, text=text, revision=revision))

    def supersede(self, old: Source, new: Source) -> Source:
        self.now[new.entry] = replace(new, supersedes=old.entry)
        self.now[old.entry] = replace(old, superseded_by=new.entry)
        return self.now[old.entry]

    def _keep(self, source: Source) -> Source:
        self.now[source.entry] = source
        self.texts[source.revision, "text"] = source.text
        self.texts[source.revision, "source"] = source.source or ""
        return source

    def words(self, place: Place) -> str:
        return self.texts[place.event, place.slot][place.start : place.end]

    def recipe(self, answer: EventId) -> Recipe:
        return from_json(json.loads(self.recipes[answer]))

    def past(self, ranked: Sequence[Scored] = ()) -> Past:
        base = blocks_of(self.recipe(self.last), self.recipe) if self.last else ()
        return Past(
            extends=self.last,
            base=base,
            words=self.words,
            now=self.now,
            since=tuple(self.now[each] for each in self.since if each in self.now),
            pins=tuple(self.now[each] for each in self.pins if each in self.now),
            ranked=tuple(ranked),
        )

    def plan(
        self,
        question: str,
        ranked: Sequence[Scored] = (),
        limits: Limits | None = None,
        **fields: Any,
    ) -> Plan:
        """A dry run: nothing is kept."""
        fields = {"day": "2026-11-21", "model": "offline", "clearance": True, **fields}
        ask = Ask(question=question, **fields)
        return assemble(ask, self.past(ranked), limits or Limits(), count, count_messages)

    def turn(
        self,
        question: str,
        ranked: Sequence[Scored] = (),
        limits: Limits | None = None,
        answer: str = "An answer.",
        status: Status = Status.COMPLETE,
        **fields: Any,
    ) -> Plan:
        """Plan, and keep the question, its material, the answer and the recipe."""
        plan = self.plan(question, ranked, limits, **fields)
        asked = self.keep(question, kind="question", thread=THREAD)
        if fields.get("system") is not None:
            self.texts[asked.revision, "system"] = fields["system"]
        if fields.get("brief") is not None:
            event, text = fields["brief"]
            self.texts[event, "brief"] = text
        given = [
            self.keep(each.text, source=each.source)
            for each in fields.get("material", ())
            if not each.handle
        ]
        names = [Identity(each.entry, each.revision, each.handle) for each in (asked, *given)]
        plan = kept(plan, names[0], names[1:])
        said = self.keep(answer, kind="answer", who="model", thread=THREAD, status=status)
        self.last, self.since = said.revision, [said.entry]
        self.recipes[said.revision] = json.dumps(to_json(plan.recipe))
        return plan


def material(text: str, source: str = "", **fields: Any) -> Source:
    """New material, not kept yet."""
    return Source(
        entry=EntryId(b""),
        revision=EventId(b""),
        created=START,
        order=(0, 0, b"r", 0),
        text=text,
        source=source,
        **fields,
    )


def joined(messages: Sequence[Message]) -> str:
    return "\n".join(message.content for message in messages)
