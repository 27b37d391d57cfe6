"""`stats`: what was kept and spent."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from shell import Run

LINES = [
    {"kind": "note", "text": "late", "created": "2026-03-02T03:00:00+00:00"},
    {"kind": "note", "text": "one", "created": "2026-03-02T09:00:00+00:00"},
    {"kind": "note", "text": "two", "created": "2026-04-01T09:00:00+00:00", "project": "fed"},
]


@pytest.fixture
def kept(run: Run) -> Run:
    run("import", "jsonl", "-", stdin="\n".join(map(json.dumps, LINES)))
    run("ask", "what of one?", "-r", "rates", "-m", "offline")
    return run


def rows(run: Run, by: str, *more: str) -> dict[str, dict[str, object]]:
    return {row["name"]: row for row in run("stats", "--by", by, "--json", *more).records}


def test_each_group_counts_what_was_kept(kept: Run) -> None:
    today = datetime.now(UTC).astimezone().date().isoformat()

    projects, models, days = rows(kept, "project"), rows(kept, "model"), rows(kept, "day")

    assert {name: row["entries"] for name, row in projects.items()} == {"inbox": 4, "fed": 1}
    assert list(models) == ["offline"]
    assert models["offline"]["answers"] == 1
    assert models["offline"]["tokens_in"] > 0  # type: ignore[operator]
    assert [days["2026-03-01"]["entries"], days["2026-03-02"]["entries"]] == [1, 1]
    assert sorted(rows(kept, "month")) == ["2026-03", "2026-04", today[:7]]


def test_a_thread_is_named_by_its_handle_and_title(kept: Run) -> None:
    (thread,) = rows(kept, "thread").values()

    assert thread["title"] == "rates"
    assert thread["name"] == kept("threads", "--json").records[0]["handle"]


def test_a_chosen_project_and_a_time_limit_what_counts(kept: Run) -> None:
    assert list(rows(kept, "month", "-p", "fed")) == ["2026-04"]
    assert "2026-03" not in rows(kept, "month", "--since", "2026-03-15")


def test_without_json_it_is_drawn(kept: Run) -> None:
    out = kept("stats").out

    assert out.startswith("5 entries, 1 answer since 2026-03-01\n")
    assert [line.split()[0] for line in out.splitlines() if " answers " in line] == [
        "project",
        "thread",
        "model",
        "month",
    ]
    assert "█" in out


def test_nothing_to_count_is_exit_1(run: Run) -> None:
    note = run("note", "words")
    later = run("stats", "--since", "2099-01-01")

    assert note.code == 0
    assert (later.code, later.out) == (1, "")
    assert "nothing was kept since then" in later.err


def test_counted_by_two_is_counted_by_both(kept: Run) -> None:
    both = kept("stats", "--by", "model", "--by", "project", "--json").records
    shown = kept("stats", "--by", "model", "--by", "project").out

    assert list(dict.fromkeys(row["by"] for row in both)) == ["model", "project"]
    assert "\n\nproject " in shown


def test_an_unknown_group_is_refused(run: Run) -> None:
    refused = run("stats", "--by", "week")

    assert refused.code == 2
    assert "project, thread, model, month, day" in refused.err
