"""What an entry must be beside what the index is asked for: filters, times, the project."""

from __future__ import annotations

from collections.abc import Iterator

from ledgernote.domain.entries import Filter, Query, Term
from ledgernote.domain.text import clean_name, to_bytes
from ledgernote.ledger import called
from ledgernote.ledger.connection import Reader
from ledgernote.ledger.entries import REPLACED
from ledgernote.ledger.migrations import INDEXES
from ledgernote.ledger.search import (
    GRAMS,
    WORDS,
    Search,
    any_of,
    bare_text,
    expression,
    is_run,
    phrases,
    without,
)

FEW = 500
"""Entries that can each be asked whether they match."""
CONDITIONS = {
    "tag": """EXISTS (SELECT 1 FROM entry_tag JOIN tag ON tag.id = entry_tag.tag
                WHERE entry_tag.entry = passage.entry AND tag.name = CAST({} AS TEXT))""",
    "kind": "entry.kind = {}",
    "project": "entry.project IN (SELECT id FROM project WHERE shown = CAST({} AS TEXT))",
    "thread": f"entry.thread IN ({called.THREAD})",
    "model": "instr(lower(entry.model), lower(CAST({} AS TEXT))) > 0",
    "actor": """(entry.actor IN (SELECT id FROM actor WHERE name = CAST({0} AS TEXT))
                AND (entry.kind NOT IN ('answer', 'summary') OR entry.model IS NULL)
                OR entry.kind IN ('answer', 'summary') AND entry.model = CAST({0} AS TEXT))""",
    "is:pinned": """EXISTS (SELECT 1 FROM pin WHERE pin.entry = entry.id
                AND (until IS NULL OR until > :now))""",
    "is:muted": "entry.muted = 1",
    "is:superseded": REPLACED,
}

MATCHING = "SELECT rowid FROM {0} WHERE {0} MATCH CAST({1} AS TEXT)"
HELD = "passage.rowid IN ({})"
TYPED = """ AND typed(CAST({} AS TEXT), {}, CAST(entry.title AS BLOB), (
     SELECT body FROM payload
      WHERE payload.event = entry.head AND slot = 0 AND payload.part = passage.part))"""
"""To the letter: `--exact` takes no other form of a word."""
LEFT_OUT = """entry.id NOT IN (
     SELECT other.entry FROM passage AS other WHERE other.rowid IN ({}))"""
ALSO_LEFT_OUT = f"""(
     NOT EXISTS (SELECT 1 FROM passage AS second WHERE second.entry = entry.id AND second.part = 1)
     OR {LEFT_OUT})"""
"""The same where NOT has left out passages already: SQLite gathers them for a long entry only."""
# The entries that a filter leaves, for when they are few.
PLACES = {
    "tag": """SELECT entry FROM entry_tag JOIN tag ON tag.id = entry_tag.tag
               WHERE tag.name = CAST({} AS TEXT)""",
    "thread": "SELECT entry.id FROM entry WHERE " + CONDITIONS["thread"],
    "project": "SELECT entry.id FROM entry WHERE " + CONDITIONS["project"],
    "is:pinned": "SELECT entry FROM pin",
    "is:superseded": "SELECT supersedes FROM entry WHERE supersedes IS NOT NULL",
}
OF_PROJECT = "SELECT id FROM entry WHERE project = :project"
IN_TIME = "SELECT id FROM entry WHERE created >= :since AND created < :until"
IS_LARGE = "SELECT 1 FROM ({}) LIMIT 1 OFFSET {}"
CREATED = "SELECT entry.id FROM entry WHERE {}"
HOLDING_IT = "SELECT entry FROM passage WHERE rowid IN ({})"


def conditions(search: Search, values: dict[str, object], *, first: str = "") -> str:
    """What an entry must be beside what `expression` asks for; of *first*, a `small_place`,
    SQLite should look at each.
    """
    parts = [first] if first else []
    values["now"] = search.now
    if first:  # it may name a time that has only one end
        values |= {"since": -(2**62), "until": 2**62}
    if search.project is not None:
        # What is asked of the index, or lies in a small place, is looked up first.
        looked_up = first or search.query.either or any(_further(search.query))
        parts.append(f"{'+' if looked_up else ''}entry.project = :project")
        values["project"] = search.project
    for name, sign in (("since", ">="), ("until", "<")):
        if (limit := getattr(search, name)) is not None:
            parts.append(f"entry.created {sign} :{name}")
            values[name] = limit
    parts += [f"NOT {_within(*span)}" for span in search.outside]
    parts += [one for one, _ in _filters(search, values) if one]
    parts += [f"({' OR '.join(one for one, _ in group)})" for group in _either(search, values)]
    parts += _indexed(search.query, values)
    return "".join(f"\n AND {part}" for part in parts)


def _within(start: int, end: int) -> str:
    return f"(entry.created >= {start} AND entry.created < {end})"


def _filters(search: Search, values: dict[str, object]) -> Iterator[tuple[str, str]]:
    """The filters as conditions, each with the entries that it leaves where it leaves few."""
    for number, one in enumerate(search.query.filters):
        yield _filter(one, f"v{number}", values)


def _filter(one: Filter, name: str, values: dict[str, object]) -> tuple[str, str]:
    field = f"is:{one.value}" if one.field == "is" else one.field
    if field not in CONDITIONS:  # another field of the search says it
        return "", ""
    values[name] = one.value if one.field == "kind" else to_bytes(_named(one))
    condition, place = (known.get(field, "").format(f":{name}") for known in (CONDITIONS, PLACES))
    return (f"NOT COALESCE({condition}, 0)", "") if one.negated else (condition, place)


def _either(search: Search, values: dict[str, object]) -> Iterator[list[tuple[str, str]]]:
    """The groups of an OR that holds filters: what each alternative asks, likewise."""
    spans = dict(search.spans)
    for number, group in enumerate(search.query.either):
        asked = []
        for at, one in enumerate(group):
            if isinstance(one, Term):
                asked.append(_word(one, f"e{number}_{at}", values, exact=search.exact))
            elif one in spans:
                within = _within(*spans[one])
                asked.append(
                    (f"NOT {within}", "") if one.negated else (within, CREATED.format(within))
                )
            else:
                asked.append(_filter(one, f"e{number}_{at}", values))
        yield asked


def _word(term: Term, name: str, values: dict[str, object], *, exact: bool) -> tuple[str, str]:
    index, match = expression(Query(groups=((term,),)))
    if not match:  # no index knows it
        return "0", "SELECT NULL"
    values[name] = to_bytes(match)
    matching = MATCHING.format(index, f":{name}")
    held = HELD.format(matching)
    if exact and index == WORDS:
        values[f"{name}_typed"] = to_bytes(bare_text(term, exact=True))
        held += TYPED.format(f":{name}_typed", int(term.prefix))
    return held, HOLDING_IT.format(matching)


def _named(one: Filter) -> str:
    """The value of a filter; a name is written as names are kept."""
    return one.value if one.field == "model" else clean_name(one.value)


def _further(query: Query) -> Iterator[tuple[str, str]]:
    """What `expression` does not ask for: what to ask the two indexes for, beside it."""
    index, _ = expression(query)
    for group in query.groups:
        found = phrases(group)
        if found and not (index == GRAMS and is_run(group)):
            yield any_of(term for term in group if not phrases([term])), found


def _indexed(query: Query, values: dict[str, object]) -> Iterator[str]:
    """Conditions that the indexes tell."""
    further = [(HELD, *each) for each in _further(query)]
    for number, (form, *asked) in enumerate([*further, (_left_out(query), *without(query))]):
        matches = []
        for index, match in zip(INDEXES, asked, strict=True):
            if match:
                name = f"{'word' if index == WORDS else 'run'}{number}"
                values[name] = to_bytes(match)
                matches.append(MATCHING.format(index, f":{name}"))
        if matches:
            yield form.format(" UNION ALL ".join(matches))


def _left_out(query: Query) -> str:
    """How that is left out: by entry, for it may stand in another passage than what is wanted."""
    index, match = expression(query)
    by_passage = match and index == WORDS and not phrases(query.without)
    return ALSO_LEFT_OUT if by_passage else LEFT_OUT


def small_place(reader: Reader, search: Search, most: int = FEW) -> str:
    """A condition that leaves few entries, by the filter that does; nothing when none does."""
    values: dict[str, object] = {}
    conditions(search, values, first="1")
    places = [place for _, place in _filters(search, values) if place]
    groups = [[place for _, place in group] for group in _either(search, values)]
    places += [" UNION ".join(group) for group in groups if all(group)]
    if search.project is not None:
        places.append(OF_PROJECT)
    if search.since is not None or search.until is not None:
        places.append(IN_TIME)
    for place in places:
        if reader.one(IS_LARGE.format(place, most), values) is None:
            return f"entry.id IN ({place})"
    return ""
