"""`stats`: entries, tokens and cost."""

from __future__ import annotations

from ledgernote.cli.call import NOTHING, Call
from ledgernote.domain.errors import UsageError
from ledgernote.notebook.spending import GROUPS
from ledgernote.notebook.spending import stats as counted
from ledgernote.render.records import stats_record
from ledgernote.render.stats import group_view, stats_view


def stats(
    call: Call,
    *,
    by: str | None = None,
    since: str | None = None,
) -> int | None:
    """Count entries, tokens and cost: of all projects unless one was chosen."""
    if by is not None and by not in GROUPS:
        raise UsageError(f"{by!r} cannot be counted by", f"--by takes {', '.join(GROUPS)}.")
    start = call.moment(since) if since is not None else None
    with call.notebook() as notebook:
        found = counted(notebook, everywhere=not call.place.chosen, since=start)
        look = call.look(notebook)
    wanted = {by: found[by]} if by else found
    if call.out.json:
        for name, rows in wanted.items():
            for row in rows:
                call.out.record(stats_record(name, row))
    elif found["day"]:
        view = (
            group_view(by, found[by], look)
            if by
            else stats_view(found, look, call.moment("today").date())
        )
        call.out.data(view)
    if not found["day"]:
        call.out.say("nothing was kept yet" if start is None else "nothing was kept since then")
        return NOTHING
    return None
