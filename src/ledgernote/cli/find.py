"""`find`: notes and talk that match, once or for each line of a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ledgernote.cli import pipe
from ledgernote.cli.argv import phrase_words
from ledgernote.cli.call import NOTHING, Call
from ledgernote.cli.where import How
from ledgernote.cli.words import listed
from ledgernote.domain.entries import Filter, Hit
from ledgernote.domain.errors import UsageError
from ledgernote.domain.frozen import replace
from ledgernote.domain.text import to_text
from ledgernote.notebook import find as search
from ledgernote.notebook.hits import Found, Wanted
from ledgernote.notebook.notebook import Notebook
from ledgernote.render.records import hit_record
from ledgernote.render.views import hit_view


def find(  # noqa: PLR0913  each is an option of the contract
    call: Call,
    *query: str,
    tag: tuple[str, ...] = (),
    kind: str | None = None,
    thread: str | None = None,
    model: str | None = None,
    actor: str | None = None,
    since: str | None = None,
    until: str | None = None,
    on: str | None = None,
    pinned: bool = False,
    number: int = 20,
    everywhere: bool = False,
    ids: bool = False,
    exact: bool = False,
    sort: str = "score",
    explain: bool = False,
    each: bool = False,
    like: str | None = None,
    save: str | None = None,
    saved: bool = False,
    forget: str | None = None,
) -> int | None:
    """Search notes and talk together."""
    if saved or forget is not None:
        from ledgernote.cli.saved import searches  # most calls search

        return searches(call, forget, query)
    if ids and call.out.json:
        raise UsageError("--ids prints handles alone, --json objects", "Leave one of them away.")
    if each and save is not None:
        raise UsageError("--save keeps one query, --each asks many", "Leave one of them away.")
    wanted = Wanted(
        text=phrase_words(query),
        filters=_filters(
            *(("tag", name.removeprefix("#")) for name in listed(tag)),
            *(("kind", kind), ("thread", thread), ("model", model), ("actor", actor)),
            *(("since", since), ("until", until), ("on", on)),
            ("is", "pinned" if pinned else None),
        ),
        everywhere=everywhere,
        number=number,
        exact=exact,
        order=sort,
        like=like,
        here=call.place.how is How.NAMED,
    )
    with call.notebook(looks=True, writes=save is not None) as notebook:
        wanted = _quoted(notebook, wanted) if len(query) == 1 else wanted
        if each:
            return _each(call, notebook, wanted, ids=ids, explain=explain)
        found = search.find(notebook, wanted)
        if save is not None:  # what can be searched for
            from ledgernote.notebook.saving import save as keep

            _say(call, keep(notebook, save, wanted))
        _say(call, _explained(found, wanted) if explain else ())
        with call.paged():
            _show(call, notebook, found, ids=ids)
        return _tell(call, found, saves=save is not None)


def _filters(*given: tuple[str, str | None]) -> tuple[Filter, ...]:
    return tuple(Filter(field=field, value=value) for field, value in given if value is not None)


def _quoted(notebook: Notebook, wanted: Wanted) -> Wanted:
    """The same, but that a filter has the quotes again that a shell took."""
    if ":" not in wanted.text:
        return wanted
    from ledgernote.notebook.alone import quoted  # most queries begin with no filter

    return replace(wanted, text=quoted(notebook.ledger, wanted.text))


def _explained(found: Found, wanted: Wanted) -> Iterator[str]:
    """How the query was read, and what was done."""
    from ledgernote.render.explain import explained  # seldom asked for

    yield from explained(found.query, found.corrected)
    yield from found.done(wanted.order)


def _say(call: Call, sentences: Iterable[str]) -> None:
    for sentence in sentences:
        call.out.say(sentence)


def _show(call: Call, notebook: Notebook, found: Found, *, ids: bool) -> None:
    out = call.out
    look = call.look(notebook)
    for place, hit in enumerate(found.hits):
        if out.json:
            out.record(_record(notebook, hit))
        elif ids:
            out.data(hit.entry.handle)
        else:
            out.data("\n" * (look.tty and place > 0) + hit_view(hit, look))


def _record(notebook: Notebook, hit: Hit) -> dict[str, object]:
    """A line of a list is cut, a record is whole."""
    return hit_record(replace(hit, entry=notebook.whole(hit.entry)))


def _tell(call: Call, found: Found, *, saves: bool) -> int | None:
    """What the list itself does not say; gives the exit code."""
    _say(call, found.freely)
    if saves:
        return None
    if not found.hits:
        elsewhere = f" in {found.where}; -a for all projects" if found.where else ""
        if found.among:
            elsewhere = f" in the newest {found.among:,} entries; -n 0 for all"
        call.out.say(f"nothing found{elsewhere}")
        return NOTHING
    if found.cut:
        call.out.say(f"{found.cut}; -n 0 for all")
    return None


def _each(
    call: Call, notebook: Notebook, wanted: Wanted, *, ids: bool, explain: bool
) -> int | None:
    """One query a line; each line's hits are handed over before the next is read."""
    any_hit = False
    for number, raw in enumerate(pipe.lines(), start=1):
        line = to_text(raw)
        if not line.strip():
            continue
        query = f"{wanted.text} {line}" if wanted.text else line
        found = search.find(notebook, replace(wanted, text=query))
        any_hit = any_hit or bool(found.hits)
        for sentence in [*(_explained(found, wanted) if explain else ()), *found.freely]:
            call.out.say(f"line {number}: {sentence}")
        if call.out.json:
            for hit in found.hits:
                call.out.record({**_record(notebook, hit), "query": line, "line": number})
        else:
            _show(call, notebook, found, ids=ids)
        call.out.flush()
    return None if any_hit else NOTHING
