"""What was sent for an answer, made again from its recipe and the words of that time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from ledgernote.domain.entries import EntryId, EventId, Status
from ledgernote.domain.errors import UsageError
from ledgernote.domain.frozen import replace
from ledgernote.domain.turns import Context, LeftOut, NoConsent
from ledgernote.ledger import entries, places, recipes
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.consent import imports_of
from ledgernote.models.counter import count_messages
from ledgernote.notebook.base import recipe_of
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.reading import Reading, source_of
from ledgernote.replay.cite import receipt
from ledgernote.replay.frame import FRAME, render
from ledgernote.replay.recipe import Block, Source, blocks_of, spans_of
from ledgernote.replay.written import from_json


def recorded(notebook: Notebook, name: str) -> Context:
    """What was sent for an answer, also for one that is still a draft.

    `faithful` is False where words were erased since. Raises `NoSuchThing`, and `UsageError`
    for what is no answer whose context was kept.
    """
    answer = notebook.entry(name)
    with notebook.ledger.snapshot() as reader:
        meta = recipes.answer_meta(reader, answer.id)
        if "recipe" not in meta:
            raise UsageError(
                f"{answer.handle} is no answer whose context was kept",
                "Questions, notes and what was imported have none.",
            )
        reading = Reading(notebook, reader, notebook.clock())
        if meta["recipe"]["frame"] > FRAME:
            raise UsageError(
                f"the context of {answer.handle} was kept by a newer ledgernote",
                "Upgrade: pip install --upgrade ledgernote",
            )
        recipe = from_json(meta["recipe"])
        blocks = blocks_of(recipe, partial(recipe_of, reading.reader))
        messages = render(blocks, reading.words, recipe.frame, sees=recipe.sees)
        context = Context(
            model=recipe.model,
            budget=recipe.budget,
            tokens=count_messages(messages),
            messages=messages,
            receipt=receipt(blocks, reading.words, _standing(reading, blocks), sees=recipe.sees),
            left_out=tuple(_left_out(meta)),
            left_out_count=meta.get("left_out_count", 0),
            withheld=meta.get("withheld", 0),
            no_consent=tuple(no_consent_of(reader, meta)),
        )
        return replace(context, faithful=context.digest == meta.get("digest"))


def no_consent_of(reader: Reader, meta: Mapping[str, Any]) -> Iterator[NoConsent]:
    """What was withheld of imports, each named by one of its entries."""
    for name, number in meta.get("no_consent", ()):
        example = EntryId(bytes.fromhex(name))
        sources = sorted(imports_of(reader, [example]).get(example, ("an import",)))
        yield NoConsent(source=sources[0], entries=number, example=example)


def _left_out(meta: dict[str, Any]) -> Iterator[LeftOut]:
    for handle, why in meta.get("left_out", ()):
        yield LeftOut(handle=handle, why=why)


def _standing(reading: Reading, blocks: Iterable[Block]) -> Mapping[EntryId, Source]:
    """How each entry of a context stands now; what is gone keeps its name only."""
    spans = {span.entry: span for block in blocks for span in spans_of(block)}
    found = {e.id: source_of(e, reading.asker) for e in entries.by_ids(reading.reader, spans)}
    for entry, span in spans.items():
        if entry not in found:
            found[entry] = _gone(entry, span.handle, span.place.event)
    heirs = {s.superseded_by for s in found.values() if s.superseded_by} - set(found)
    for entry_ in entries.by_ids(reading.reader, heirs):
        found[entry_.id] = source_of(entry_, reading.asker)
    return found


def _gone(entry: EntryId, handle: str, revision: EventId) -> Source:
    return Source(
        entry=entry,
        handle=handle,
        who="",
        created=places.moment(0, 0),
        revision=revision,
        status=Status.COMPLETE,
        order=(0, 0, b"", 0),
    )
