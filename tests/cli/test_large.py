"""What takes long: run with `pytest -m slow`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from shell import Run

MAKER = Path(__file__).parents[2] / "benchmarks" / "make_chatgpt.py"


@pytest.mark.slow
def test_a_thousand_talks_come_in_once_go_with_one_undo_and_return(run: Run) -> None:
    subprocess.run(
        [sys.executable, str(MAKER), "--talks", "1000", "export.zip"], cwd=run.cwd, check=True
    )

    def kept() -> int:
        assert run("verify").code == 0
        return len(run("log", "-n", "0", "--json").records)

    assert run("import", "auto", "export.zip").code == 0
    first = kept()
    assert first > 10_000
    assert run("import", "auto", "export.zip").err.startswith("0 entries · 0 threads")
    assert kept() == first

    assert run("undo").code == 0
    assert kept() == 0
    assert run("threads", "-p", "chatgpt").code == 4
    assert run("undo", "--redo").code == 0
    assert kept() == first


@pytest.mark.slow
def test_a_word_of_all_passages_of_a_huge_note_is_found_in_each_note_that_holds_it(
    run: Run,
) -> None:
    (run.cwd / "huge.txt").write_text("a heron among reeds, and the wind\n" * 2_000_000)

    older = run("note", "another heron").out.strip()
    huge = run("note", "-f", "huge.txt").out.strip()
    newer = run("note", "a third heron").out.strip()
    found = run("find", "heron", "--json").records

    assert {older, newer} - {one["handle"] for one in found} == set()
    assert huge in {one["handle"] for one in found}
