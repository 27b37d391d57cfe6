"""The set that ships with the benchmarks: it is what its script makes, and it can be run."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The loader, found as the scripts beside it find it."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("neutral")


def run(script: str, *options: str) -> subprocess.CompletedProcess[str]:
    """One benchmark as a newcomer runs it."""
    return subprocess.run(
        [sys.executable, str(BENCHMARKS / script), *options],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_files_are_what_the_script_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))

    made = [importlib.import_module(script).files() for script in ("make_sample", "make_market")]

    for name, text in (made[0] | made[1]).items():
        assert (BENCHMARKS / "data" / name).read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", ["sample", "market", "followups"])
def test_each_piece_of_evidence_is_a_turn_of_its_conversation(
    module: ModuleType, name: str
) -> None:
    sample = module.load(BENCHMARKS / "data", name)

    known = {(turn["conv"], turn["id"]) for turn in sample.turns}

    assert len(known) == len(sample.turns)
    for asked in sample.questions:
        assert asked.evidence
        assert {(asked.conv, ref) for ref in asked.evidence} <= known


def test_people_write_notes_and_a_user_asks_a_model(module: ModuleType) -> None:
    turn = {"conv": "c", "id": "1:1", "session": 2, "date": "2031-01-01", "text": "Hello."}

    kinds = {
        speaker: next(module.entries([{**turn, "speaker": speaker}]))
        for speaker in ("user", "assistant", "Ines")
    }

    assert kinds["user"]["kind"] == "question"
    assert "actor" not in kinds["user"]  # whoever imports has asked
    assert (kinds["assistant"]["kind"], kinds["assistant"]["model"]) == ("answer", "assistant")
    assert (kinds["Ines"]["kind"], kinds["Ines"]["actor"]) == ("note", "Ines")
    places = {(one["project"], one["thread"], one["ref"]) for one in kinds.values()}
    assert places == {("c", "session 2", "1:1")}


def test_a_set_in_another_folder_is_found_and_loaded(module: ModuleType, tmp_path: Path) -> None:
    turn = {"conv": "c", "turn": 0, "id": "a", "session": 1, "date": "2031-01-01"}
    asked = {"conv": "c", "category_name": "x", "question": "Who?", "evidence": ["a", "a"]}
    (tmp_path / "mine.turns.jsonl").write_text(json.dumps(turn | {"speaker": "Al", "text": "I."}))
    (tmp_path / "mine.queries.jsonl").write_text(json.dumps(asked))
    (tmp_path / "half.turns.jsonl").write_text("")

    assert module.names(tmp_path) == ["mine"]
    (question,) = module.load(tmp_path, "mine").questions
    assert (question.text, question.evidence) == ("Who?", ("a",))


def test_the_replay_benchmark_finds_most_of_the_evidence() -> None:
    done = run("replay.py", "--set", "sample", "--limit", "6", "--replay", "500", "--goal", "0.7")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "evidence" in done.stdout
    assert "\nall                              6" in done.stdout


def test_replay_finds_nearly_all_of_the_sample_in_little_room() -> None:
    done = run("replay.py", "--set", "sample", "--replay", "100", "--goal", "0.8")

    assert done.returncode == 0, done.stdout + done.stderr


def test_what_leans_on_the_talk_is_found_and_what_stands_alone_as_well_as_before() -> None:
    done = run("replay.py", "--set", "followups", "--replay", "500")

    found = {
        line[:28].strip(): line.split()[-2] for line in done.stdout.splitlines() if "%" in line
    }
    assert float(found["all"].rstrip("%")) >= 80, done.stdout
    assert float(found["alone (apart)"].rstrip("%")) >= 90, done.stdout


def test_the_newest_is_found_with_what_it_replaced_among_many_alike() -> None:
    done = run("replay.py", "--set", "market", "--replay", "500", "--goal", "0.87")

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_replay_benchmark_fails_below_its_goal() -> None:
    done = run("replay.py", "--limit", "2", "--budget", "1", "--goal", "0.1")

    assert done.returncode == 1, done.stdout + done.stderr
    assert "0.0%" in done.stdout


def test_contexts_grow_from_the_one_before_until_the_budget_is_outgrown() -> None:
    done = run("prefix.py", "--turns", "8", "--budget", "16000", "1200")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "7 of 7 contexts begin with all of the one before" in done.stdout
    assert "planned anew" in done.stdout.partition("budget 1,200")[2]
    assert "BROKEN" not in done.stdout
