"""Text that sets no spaces between words is found by any part of it; so is an emoji."""

from __future__ import annotations

import json

import pytest
from shell import Run

NOTES = {
    "zh": "央行今天宣布加息50个基点，A股下跌",
    "ja": "日本銀行は金利を据え置いた",
    "ko": "한국은행이 기준금리를 동결했다",
    "th": "ธนาคารแห่งประเทศไทยขึ้นอัตราดอกเบี้ย",
    "km": "ធនាគារជាតិ",
    "emoji": "to the moon 🚀 they said",
    "en": "rates and the central bank",
    "mixed": "台积电 TSMC earnings",
}


@pytest.fixture
def filled(run: Run) -> Run:
    lines = [json.dumps({"kind": "note", "text": t, "ref": r}) for r, t in NOTES.items()]
    run("import", "jsonl", "-", stdin="\n".join(lines))
    return run


@pytest.mark.parametrize(
    ("query", "found"),
    [
        *(
            ("央行", ["zh"]),
            ("加息", ["zh"]),
            ("宣布加息", ["zh"]),
            ("股", ["zh"]),
            ("A股", ["zh"]),
        ),
        *(
            ("B股", []),
            ("金利", ["ja"]),
            ("据え置い*", ["ja"]),
            ("금리", ["ko"]),
            ("기준금리", ["ko"]),
        ),
        *(("อัตรา", ["th"]), ("ดอกเบี้ย", ["th"]), ("ជាតិ", ["km"]), ("🚀", ["emoji"])),
        *(("moon 🚀", ["emoji"]), ("台积电 earnings", ["mixed"]), ("台积电 gold OR 加息", [])),
        *(("-央行 is:muted", []), ("-加息 kind:note 银行", []), ('"加息50"', ["zh"])),
    ],
)
def test_a_part_of_a_run_is_found(filled: Run, query: str, found: list[str]) -> None:
    ran = filled("find", query, "--exact", "--json")

    assert [hit["ref"] for hit in ran.records] == found


@pytest.mark.parametrize(("query", "found"), [("加息 OR bank", {"zh", "en"}), ("-加息", None)])
def test_runs_and_words_go_together(filled: Run, query: str, found: set[str] | None) -> None:
    refs = {str(hit["ref"]) for hit in filled("find", query, "--json").records}

    assert refs == (found if found is not None else set(NOTES) - {"zh"})


def test_the_part_is_marked_and_a_longer_question_finds_the_closest(filled: Run) -> None:
    ran = filled("find", "央行什么时候加息", "--json")

    assert [hit["ref"] for hit in ran.records] == ["zh"]
    assert "nothing holds all of the words" in ran.err


def test_the_index_of_runs_follows_edits_purges_and_a_rebuild(run: Run) -> None:
    first, second = (run("note", text).lines[0] for text in ("央行加息", "央行降息"))

    run("purge", first, "-y")
    run("doctor", "--rebuild")

    assert run("find", "央行", "--ids").lines == [second]
    assert run("find", "加息", "--exact").code == 1
    assert b"052a00606f" not in run.ledger.read_bytes()


@pytest.mark.parametrize("whole", ["央行加息50个基点", "ราคา50บาท", "50억 달러", "by 50 points"])
def test_a_whole_figure_stands_before_a_part_of_one_in_every_script(run: Run, whole: str) -> None:
    run("note", "--each", stdin=f"{whole}\n한국은행이 3.50%로 동결했다\n金利は3.50だった\n")

    ran = run("find", "50", "--json")

    assert ran.records[0]["text"] == whole
    assert ran.records[0]["score"] > ran.records[1]["score"]


@pytest.mark.parametrize("query", ["50 OR yuan", "yuan OR 50", "加息 50 OR 75"])
def test_an_or_with_a_figure_looks_beside_text_without_spaces(filled: Run, query: str) -> None:
    ran = filled("find", query, "--exact", "--json")

    assert [hit["ref"] for hit in ran.records] == ["zh"]
