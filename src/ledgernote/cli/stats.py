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
    by: tuple[str, ...] = (),
    since: str | None = None,
) -> int | None:
    """Count entries, tokens and cost: of all projects unless one was chosen."""
    if wrong := [one for one in by if one not in GROUPS]:
        raise UsageError(f"{wrong[0]!r} cannot be counted by", f"--by takes {', '.join(GROUPS)}.")
    start = call.moment(since) if since is not None else None
    with call.notebook() as notebook:
        found = counted(notebook, everywhere=not call.place.chosen, since=start)
        look = call.look(notebook)
    wanted = {one: found[one] for one in by} if by else found
    if call.out.json:
        for name, rows in wanted.items():
            for row in rows:
                call.out.record(stats_record(name, row))
    elif found["day"]:
        views = [group_view(one, wanted[one], look) for one in wanted if by]
        views = views or [stats_view(found, look, call.moment("today").date())]
        call.out.data("\n\n".join(views))
    if not found["day"]:
        call.out.say("nothing was kept yet" if start is None else "nothing was kept since then")
        return NOTHING
    return None
