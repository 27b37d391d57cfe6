"""What a thread's next context goes on from: its last answer or summary whose context was kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from ledgernote.domain.entries import Entry, EntryId, EventId, Kind, Order, ThreadId
from ledgernote.ledger import entries, recipes
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.drafts import Draft
from ledgernote.ledger.recipes import Line
from ledgernote.replay.frame import FRAME
from ledgernote.replay.recipe import Block, Recipe, Summary, Turn, blocks_of
from ledgernote.replay.written import from_json

MORE_ROOM = 1.25
"""Times the budget that a thread was cut to, from which what was cut is read anew: the factor of a
model that is being learned moves the budget a little at each turn."""


class Base(NamedTuple):
    """The last answer or summary of a thread whose context was kept."""

    answer: EntryId
    kind: Kind
    """A summary stands in place of its context; an answer's is gone on with."""
    event: EventId | None
    """None while it is a dead writer's draft: nothing can extend that."""
    blocks: tuple[Block, ...]
    """All blocks of its context."""
    sent_to: str
    """The model, not a local one, that said something to it; empty where none did."""
    recipe: Recipe

    @property
    def summaries(self) -> set[EntryId]:
        """The summaries that it stands on."""
        rows = {s.entry for b in self.blocks if isinstance(b, Summary) for s in b.rows}
        return {self.answer} if self.kind is Kind.SUMMARY else rows


class Bases:
    """The bases of one snapshot, for a context of so much *budget*."""

    def __init__(
        self, reader: Reader, upto: Order, budget: int, drafts: Mapping[bytes, Draft]
    ) -> None:
        """*drafts* are those of dead writers, which nobody has closed yet."""
        self._reader, self._upto, self._budget = reader, upto, budget
        self._drafts = drafts

    def of(self, thread: ThreadId, dead: Sequence[Entry], kind: Kind) -> Base | None:
        """The thread's newest, an entry of *kind* or a summary, before what was cut."""
        return self._before_cuts(thread, self._newest(thread, dead, kind))

    def _before_cuts(self, thread: ThreadId, found: Base | None) -> Base | None:
        """What stood there before it was cut to less room than there is now.

        What came after that is read anew. A summary stays: it stands in place of what is older.
        """
        while found and found.kind is Kind.ANSWER:
            budget, asked = self._planned_anew(found)
            if asked is None or self._budget < MORE_ROOM * budget:
                break
            earlier = self._newest(thread, (), Kind.ANSWER, asked.order)
            if earlier is None or earlier.summaries != found.summaries:
                break
            found = earlier
        return found

    def _planned_anew(self, base: Base) -> tuple[int, Entry | None]:
        """The budget of the plan that it grew from, and the question which that was made for."""
        first, recipe = bytes(base.answer), base.recipe
        while recipe.extends is not None:
            first = recipes.entity_of(self._reader, recipe.extends)
            recipe = recipe_of(self._reader, recipe.extends)
        answer = next(iter(entries.by_ids(self._reader, [first])), None)
        asked = [answer.reply_to_id] if answer and answer.reply_to_id else []
        return recipe.budget, next(iter(entries.by_ids(self._reader, asked)), None)

    def _newest(
        self, thread: ThreadId, dead: Sequence[Entry], kind: Kind, upto: Order | None = None
    ) -> Base | None:
        """The last summary, or one of *kind*, that has a recipe; *dead* ones as they will be."""
        line = Line(thread, upto or self._upto)
        found = recipes.last_with_recipe(self._reader, line, FRAME, kind)
        last = entries.by_ids(self._reader, [found[1]])[0] if found else None
        for entry in reversed(dead):
            if last is None or entry.order > last.order:
                return self._base(entry, None, self._drafts[entry.id].meta)
        if found is None or last is None:
            return None
        return self._base(last, found[0], recipes.meta_of(self._reader, found[0]))

    def _base(self, answer: Entry, event: EventId | None, meta: Mapping[str, Any]) -> Base:
        recipe = from_json(meta["recipe"])
        heard = answer.size > 0 and meta.get("remote", False)
        blocks = blocks_of(recipe, partial(recipe_of, self._reader))
        return Base(answer.id, answer.kind, event, blocks, recipe.model if heard else "", recipe)


def recipe_of(reader: Reader, event: EventId) -> Recipe:
    """The recipe that an answer's event holds."""
    return from_json(recipes.meta_of(reader, event)["recipe"])


def answers(entry: Entry, base: Base) -> bool:
    """Whether an entry answers the question that the base's answer answers."""
    last = next((each for each in reversed(base.blocks) if isinstance(each, Turn)), None)
    asked = last.question.entry if last and last.question else None
    return entry.kind is Kind.ANSWER and asked is not None and entry.reply_to_id == asked
