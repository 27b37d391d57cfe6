"""The searches that have a name: listed and forgotten, as `find` is asked to."""

from __future__ import annotations

from collections.abc import Sequence

from ledgernote.cli.call import NOTHING, Call
from ledgernote.domain.errors import UsageError
from ledgernote.notebook import saved
from ledgernote.render.views import search_line


def searches(call: Call, forgotten: str | None, words: Sequence[str]) -> int | None:
    """Forget a saved search, or list them."""
    if words:
        raise UsageError("--saved and --forget take no query", "`ledgernote find @NAME` searches.")
    with call.notebook(writes=forgotten is not None) as notebook:
        if forgotten is not None:
            call.out.say(f"forgotten: @{saved.forget(notebook, forgotten)}; undo brings it back")
            return None
        found = saved.searches(notebook)
        for one in found:
            if call.out.json:
                call.out.record({"name": one.name, "query": one.query, "project": one.project_name})
            else:
                where = one.project_name or "everywhere"
                call.out.data(search_line(one.name, where, one.query, call.look(notebook)))
    if not found:
        call.out.say("no search is saved; `find --save NAME QUERY…` saves one")
        return NOTHING
    return None
