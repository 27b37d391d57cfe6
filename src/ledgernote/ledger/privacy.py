"""What is private: an entry by its own mark, a tag, its project, or anything it was made from.

An answer was made from all of its context. Its receipt holds what is new in that; the rest
stands in the contexts that its recipe extends, one behind the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ledgernote.ledger.connection import Reader

ANY_MARK = "SELECT 1 FROM private_mark LIMIT 1"
SOURCES = "SELECT entry, source FROM made_from WHERE entry IN ({})"
EXTENDS = """
    SELECT entry.id, json_extract(event.meta, '$.recipe.extends') AS earlier
      FROM entry JOIN event ON event.id = entry.born
     WHERE entry.kind IN ('answer', 'summary') AND entry.id IN ({}) AND earlier IS NOT NULL"""
HELD = """
    SELECT event.id, held.key, held.value FROM event, json_tree(event.meta, '$.recipe') AS held
     WHERE event.id IN ({}) AND held.key IN ('entry', 'extends') AND held.type = 'text'"""
MARKED = """
    SELECT id FROM entry WHERE id IN ({}) AND (
        id IN (SELECT entity FROM private_mark)
        OR project IN (SELECT entity FROM private_mark)
        OR EXISTS (SELECT 1 FROM entry_tag
                     JOIN tag AS own ON own.id = entry_tag.tag
                     JOIN tag AS alike ON alike.name = own.name
                     JOIN private_mark ON private_mark.entity = alike.id
                    WHERE entry_tag.entry = entry.id))"""
REACHED = """
    SELECT ?1 UNION SELECT id FROM entry WHERE project = ?1
    UNION SELECT entry FROM entry_tag WHERE tag = ?1
    UNION SELECT entry FROM made_from WHERE source = ?1"""
IS_MARKED = "SELECT 1 FROM private_mark WHERE entity = ?"
MARKS = "SELECT entity FROM private_mark WHERE entity IN ({})"
# A turn is one step: the question and what came with it, and the answers. An import is one step
# altogether; there our own form tells it of each.
SAID_AT_HOME = """
    WITH said AS (SELECT entry.id, event.step, imported,
                         json_extract(event.meta, '$.remote') AS remote
                    FROM entry JOIN event ON event.id = entry.born WHERE entry.id IN ({}))
    SELECT id FROM said WHERE imported = 1 AND remote = 0 OR imported = 0 AND step IN (
        SELECT step FROM event
         WHERE step IN (SELECT step FROM said WHERE imported = 0)
           AND kind = 'entry.new' AND json_extract(meta, '$.kind') != 'note'
         GROUP BY step HAVING max(json_extract(meta, '$.remote')) IS NULL)
"""


_CONTEXT = b"context of "
"""Before the id of an answer's event: what that answer was made from, without the answer.

The answer itself may be private by a mark of its own, and was then left out of what grew from
its context.
"""
_held: dict[bytes, tuple[bytes, ...]] = {}
"""What contexts were made from. They never change, so each is read once in a process."""


def made_from(reader: Reader, made: set[bytes]) -> list[tuple[bytes, bytes]]:
    """(made, source) for entries and for contexts, which stand for all that was in them."""
    contexts = {each for each in made if each.startswith(_CONTEXT)}
    found = [(row[0], row[1]) for row in reader.among(SOURCES, made - contexts)]
    found += [(row[0], _context(row[1])) for row in reader.among(EXTENDS, made - contexts)]
    _read_contexts(reader, contexts - _held.keys())
    return found + [(each, source) for each in contexts for source in _held.get(each, ())]


def _context(event: str) -> bytes:
    return _CONTEXT + bytes.fromhex(event)


def _read_contexts(reader: Reader, contexts: set[bytes]) -> None:
    sources: dict[bytes, list[bytes]] = {}
    for event, key, value in reader.among(HELD, {each[len(_CONTEXT) :] for each in contexts}):
        source = _context(value) if key == "extends" else bytes.fromhex(value)
        sources.setdefault(_CONTEXT + event, []).append(source)
    _held.update({each: tuple(found) for each, found in sources.items()})


def private_among(reader: Reader, ids: Iterable[bytes]) -> set[bytes]:
    """Those of *ids* that are private now, by themselves or by what they were made from."""
    asked = set(ids)
    if not asked or reader.one(ANY_MARK) is None:
        return set()
    made: dict[bytes, set[bytes]] = {}  # source → what was made from it
    seen, frontier = set(asked), asked
    while frontier:
        found = made_from(reader, frontier)
        for entry, source in found:
            made.setdefault(source, set()).add(entry)
        frontier = {source for _, source in found} - seen
        seen |= frontier
    tainted: set[bytes] = set()
    spreading = {row[0] for row in reader.among(MARKED, seen)}  # contexts are in no table
    while spreading:
        tainted |= spreading
        spreading = {entry for source in spreading for entry in made.get(source, ())} - tainted
    return tainted & asked


def said_at_home(reader: Reader, ids: Iterable[bytes]) -> set[bytes]:
    """Those of *ids* that stand in turns of local models alone: questions, material, answers."""
    return {row[0] for row in reader.among(SAID_AT_HOME, set(ids))}


def reached(reader: Reader, entities: Iterable[bytes]) -> set[bytes]:
    """What a change of *entities* (entries, tags, projects) could reveal; nothing without marks."""
    if reader.one(ANY_MARK) is None:
        return set()
    return {row[0] for entity in set(entities) for row in reader.rows(REACHED, (entity,))}


def is_private_draft(
    reader: Reader, question: bytes | None, project: bytes, meta: Mapping[str, Any]
) -> bool:
    """Whether an answer in progress is private: by what it is made from, like any other."""
    if meta.get("private") or is_marked(reader, project):
        return True
    recipe = meta.get("recipe", {})
    sources = {*_named(recipe), *([question] if question else [])}
    if earlier := recipe.get("extends"):
        sources.add(_context(earlier))
    return bool(private_among(reader, sources))


def _named(recipe: Any) -> list[bytes]:
    """The entries that a recipe names."""
    if isinstance(recipe, list):
        return [name for part in recipe for name in _named(part)]
    if not isinstance(recipe, dict):
        return []
    own = [bytes.fromhex(recipe["entry"])] if recipe.get("entry") else []
    return own + [name for part in recipe.values() for name in _named(part)]


def is_marked(reader: Reader, entity: bytes) -> bool:
    """Whether this very entry, tag or project carries a mark."""
    return reader.one(IS_MARKED, (entity,)) is not None


def marked_among(reader: Reader, entities: Iterable[bytes]) -> set[bytes]:
    """Those of these very entries, tags and projects that carry a mark."""
    return {row[0] for row in reader.among(MARKS, entities)}
