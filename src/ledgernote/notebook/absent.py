"""What a query names and nothing is called: the tag, the project, the thread, the writer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from ledgernote.domain.entries import TIMES, Filter
from ledgernote.domain.near import nearest
from ledgernote.domain.text import clean_name
from ledgernote.domain.times import is_time
from ledgernote.ledger import called, places
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.recipes import actor_names
from ledgernote.ledger.search import Search, holding
from ledgernote.ledger.tags import find_tags, tags_of
from ledgernote.ledger.ways import terms
from ledgernote.notebook.titled import titled
from ledgernote.replay.query import FIELDS

NAMES: Mapping[str, Callable[[Reader], list[str]]] = {
    "tag": lambda reader: [name for name, _ in tags_of(reader)],
    "project": lambda reader: [project.name for project in places.projects(reader)],
    "thread": called.threads,
    "actor": actor_names,
}
THERE: Mapping[str, Callable[[Reader, str], object]] = {
    "tag": find_tags,
    "project": places.find_project,
    "thread": lambda reader, name: called.is_thread(reader, name) or titled(reader, name),
    "actor": lambda reader, name: clean_name(name) in actor_names(reader),
}


def is_there(reader: Reader, one: Filter) -> bool:
    """Whether something is called as a filter says."""
    return one.field in THERE and bool(THERE[one.field](reader, one.value))


def absent(reader: Reader, filters: Iterable[Filter], *, found: bool) -> Iterator[str]:
    """What of *filters* names nothing that there is, in sentences.

    For its models, which an actor may be, the whole ledger is looked through: only where nothing
    was *found*. Else nothing is said of models, nor of an actor that is like no other.
    """
    every = dict.fromkeys(one for one in filters if not is_there(reader, one))
    answered = not found and any(one.field in {"model", "actor"} for one in every)
    models = called.models(reader) if answered else []
    for one in every:
        if one.field == "model" and not found:
            yield from _unanswered(one.value, models)
        elif one.field in NAMES and one.value not in models:
            names = NAMES[one.field](reader)
            near = nearest(one.value, [*names, *models] if one.field == "actor" else names)
            if near or one.field != "actor" or not found:
                yield f"there is no {one.field} {one.value}{_meant(near)}"


def no_fields(reader: Reader, asked: Search) -> Iterator[str]:
    """What of a query reads like a filter, names no field and stands nowhere, in sentences."""
    for term in dict.fromkeys(terms(asked.query)):
        name, _, value = term.text.partition(":")
        plain = name.isalpha() and value[:1].isalnum() and name.lower() not in FIELDS
        if plain and not holding(reader, asked, term, 1):
            meant = _field(reader, name, value)
            yield f"{term.text} is words there: no field is called {name}; {meant}"


def _field(reader: Reader, name: str, value: str) -> str:
    """What is meant by a field that there is not: what a value is tells most."""
    there = [each for each in THERE if is_there(reader, Filter(field=each, value=value))]
    if is_time(value) and (not there or name.lower() in _WHEN):
        return f"times take {', '.join(f'{each}:' for each in TIMES)}"
    if there:
        return f"there is {there[0]}:{value}"
    return f"those there are: {', '.join(FIELDS)}"


_WHEN = frozenset(("after", "before", "date", "day", "month", "time", "when", "year"))
"""Of what is called so a time is meant, whoever is called like one (*jun*)."""


def _unanswered(name: str, models: Iterable[str]) -> Iterator[str]:
    """Of a model it is enough to name a part: `gpt-5` is `openai/gpt-5`."""
    if not any(name.lower() in model.lower() for model in models):
        near = nearest(name, [each for model in models for each in (model, model.split("/")[-1])])
        yield f"no model {name} has answered{_meant(near)}"


def _meant(near: str | None) -> str:
    return f"; there is {near}" if near else ""
