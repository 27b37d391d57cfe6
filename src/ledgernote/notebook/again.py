"""A question that is asked once more: what it was, and what was sent for it the first time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ledgernote.domain.entries import Entry, Kind
from ledgernote.domain.errors import UsageError
from ledgernote.domain.frozen import frozen, replace
from ledgernote.domain.turns import Context, Model, Reason
from ledgernote.ledger import entries, recipes
from ledgernote.ledger.connection import Reader
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.question import Earlier, Material, Question, before
from ledgernote.notebook.room import Room
from ledgernote.replay.frame import FRAME
from ledgernote.replay.recipe import Recipe, Turn
from ledgernote.replay.written import from_json


@frozen(kw_only=False)
class Again:
    """A question that is there already, ready to be asked once more."""

    entry: Entry
    material: tuple[Entry, ...]
    """What was kept with it and is to be planned anew, in its order."""
    asked: Question
    """As a face would ask it now."""
    earlier: Earlier


def again(notebook: Notebook, question: Question, models: Sequence[Model]) -> Again:
    """What `question.again` names. Raises `NoSuchThing`, and `UsageError` for no question.

    Where nothing new comes along and as much may be sent, or it is asked for exactly, what was sent
    is sent once more; else the context is planned from what there was before the question.
    """
    named = entry = notebook.entry(question.again or "")
    if entry.kind is Kind.ANSWER and entry.reply_to:
        entry = notebook.entry(entry.reply_to)
    if entry.kind is not Kind.QUESTION:
        raise UsageError(f"{entry.handle} is no question", "Name one, or its answer.")
    if not entry.text.strip():
        raise UsageError(f"the words of {entry.handle} were erased", "Type the question anew.")
    ledger = notebook.ledger
    material = entries.by_ids(ledger, recipes.material_of(ledger, entry.id))
    meta = _sent(ledger, entry, named if question.exactly else entry)
    recipe = from_json(meta["recipe"]) if meta else None
    question = _as_large(question, recipe, models)
    own = (entry, *material)
    as_it_was = recipe is not None and not any(one.muted for one in own)
    if question.exactly and not as_it_was and recipes.answers_to(ledger, entry.id):
        notebook.say(f"what was sent for {entry.handle} cannot be sent again: all is planned anew")
    if not question.exactly:
        as_it_was = as_it_was and _is_alike(notebook, question, models, (entry, recipe, meta))
    asked = replace(question, text=entry.text, mute=entry.muted)
    if not as_it_was:
        asked = _as_then(ledger, asked, own, recipe)
    earlier = Earlier(
        upto=before(own),
        own=own,
        sent=recipe if as_it_was else None,
        told=meta if as_it_was else {},
        exactly=question.exactly and as_it_was,
    )
    return Again(entry, () if as_it_was else tuple(material), asked, earlier)


def _as_large(question: Question, recipe: Recipe | None, models: Sequence[Model]) -> Question:
    """The question with as much room as it had, where nothing else is said now."""
    if recipe is None:
        return question
    if question.exactly:
        return replace(question, replay=recipe.replay, budget=recipe.budget)
    same = [model.name for model in models] == [recipe.model]
    return replace(
        question,
        replay=recipe.replay if question.replay is None else question.replay,
        budget=recipe.budget if question.budget is None and same else question.budget,
    )


def tell_of_change(notebook: Notebook, again: Again, context: Context) -> None:
    """Say so where what is sent is not exactly what was."""
    earlier = again.earlier
    if earlier.exactly and context.digest != earlier.told.get("digest"):
        notebook.say(
            f"not all that was sent for {again.entry.handle} then may go now: "
            "what is private, muted, removed or erased since is missing"
        )


def _sent(reader: Reader, question: Entry, named: Entry) -> dict[str, Any]:
    """What the answer that is *named* holds, if its context was kept in a frame we know.

    The newest one to the question, where that is named.
    """
    answers = [named.id] if named is not question else recipes.answers_to(reader, question.id)
    for answer in reversed(answers):
        meta = recipes.answer_meta(reader, answer)
        if "recipe" in meta and meta["recipe"]["frame"] <= FRAME:
            return meta
    return {}


def _is_alike(
    notebook: Notebook,
    question: Question,
    models: Sequence[Model],
    before: tuple[Entry, Recipe | None, dict[str, Any]],
) -> bool:
    """Whether nothing is asked for that was not then, and no more may be sent than then."""
    entry, recipe, meta = before
    if recipe is None or meta.get("no_consent"):
        return False
    new = question.material or question.given or question.used or question.system is not None
    settings = notebook.settings
    replay = settings.replay if question.replay is None else question.replay
    budget = Room(settings, models).budget(question.budget)
    room = (recipe.budget, recipe.replay) == (budget, replay)
    remote = any(not model.local for model in models)
    last = recipe.blocks[-1]
    asked = last.question if isinstance(last, Turn) else None
    same_words = asked is not None and asked.place.event == entry.revision
    return not new and room and same_words and meta.get("remote", False) == remote


def _as_then(
    reader: Reader, question: Question, own: Sequence[Entry], recipe: Recipe | None
) -> Question:
    """The question with what came along with it then, before what comes along now."""
    entry, *material = own
    then = [
        Material(
            text=entries.raw_text(reader, one.revision),
            source=one.source or "",
            image=entries.image_bytes(reader, one) or None,
        )
        for one in material
    ]
    return replace(
        question,
        material=(*then, *question.material),
        given=_with(_named(reader, recipe, Reason.GIVEN), question.given),
        used=_with(_named(reader, recipe, Reason.USED), question.used),
        system=question.system or recipes.words(reader, entry.id, "system") or None,
    )


def _with(then: Iterable[str], now: Sequence[str]) -> tuple[str, ...]:
    """What was brought along then and what is now, each once: as now where it is in both."""
    return (*(handle for handle in then if handle not in now), *now)


def _named(reader: Reader, recipe: Recipe | None, reason: Reason) -> Iterator[str]:
    """Handles of the entries that were brought along with it then and still stand."""
    last = recipe.blocks[-1] if recipe else None
    spans = last.material if isinstance(last, Turn) else ()
    wanted = [span for span in spans if span.marked and span.reason is reason]
    standing = set(recipes.not_removed(reader, [span.entry for span in wanted]))
    yield from (span.handle for span in wanted if span.entry in standing)
