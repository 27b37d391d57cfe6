"""What a filter in an OR or a tag finds stands behind what holds the words, the newest first."""

from __future__ import annotations

import json

import pytest
from shell import Run

NOTES: list[dict[str, object]] = [
    {"text": "powell said so", "ref": "said"},
    {"text": "of powell, and of much else that is of no matter to him", "ref": "much"},
    {"text": "powells of this world", "ref": "powells"},
    {"text": "ten years of yields", "ref": "old", "tags": ["rates"]},
    {"text": "the curve", "ref": "new", "tags": ["rates"]},
    {"text": "on debt: powell", "ref": "debt", "tags": ["rates"]},
    {"text": "the ceiling was reached", "ref": "ceiling", "tags": ["debt"]},
    {"text": "what a nation owes", "ref": "owes", "tags": ["debt"]},
    {"text": "人民币50", "ref": "glued"},
]


@pytest.fixture
def filled(run: Run) -> Run:
    days = enumerate(NOTES, start=1)
    dated = ({"kind": "note", "created": f"2026-01-0{n}T12:00:00Z", **note} for n, note in days)
    run("import", "jsonl", "-", stdin="\n".join(map(json.dumps, dated)))
    return run


def refs(run: Run, *argv: str) -> list[object]:
    return [hit["ref"] for hit in run("find", "--json", *argv).records]


def test_what_holds_the_word_of_an_or_comes_best_first_and_before_what_a_filter_finds(
    filled: Run,
) -> None:
    found = filled("find", "--json", "tag:rates OR powell").records

    assert [hit["ref"] for hit in found] == ["debt", "said", "powells", "much", "new", "old"]
    assert [hit["why"] for hit in found] == ["all words"] * 4 + ["filters"] * 2
    scores = [hit["score"] for hit in found]
    assert scores == sorted(scores, reverse=True)


def test_an_or_with_a_filter_takes_a_word_to_the_letter_where_that_is_asked(filled: Run) -> None:
    found = refs(filled, "--exact", "tag:rates OR powell")

    assert sorted(map(str, found)) == ["debt", "much", "new", "old", "said"]
    assert sorted(map(str, refs(filled, "--exact", "-n", "0", "tag:gold OR powell"))) == [
        *("debt", "much", "said")
    ]


def test_an_or_with_a_filter_sorts_by_time_where_that_is_asked(filled: Run) -> None:
    found = refs(filled, "--sort", "old", "tag:rates OR powell")

    assert found == ["said", "much", "powells", "old", "new", "debt"]


def test_an_or_of_a_filter_and_a_figure_looks_beside_text_without_spaces(filled: Run) -> None:
    ran = filled("find", "50 OR tag:rates", "--ids")

    assert len(ran.lines) == 4
    assert "of" not in ran.err


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("debt", ["debt", "owes", "ceiling"]),
        ("Debt", ["debt", "owes", "ceiling"]),
        ("debt ceiling", ["ceiling"]),
        ("debt -ceiling", ["debt", "owes"]),
        ("debt OR curve", ["new", "debt", "owes", "ceiling"]),
    ],
)
def test_a_word_that_is_the_name_of_a_tag_finds_what_has_it(
    filled: Run, query: str, found: list[str]
) -> None:
    ran = filled("find", query, "--json")

    assert [hit["ref"] for hit in ran.records] == found
    assert {hit["why"] for hit in ran.records if hit["ref"] != "debt"} <= {"tag", "all words"}


def test_a_tag_stands_in_for_no_part_of_a_word_nor_where_words_are_meant_to_the_letter(
    filled: Run,
) -> None:
    assert refs(filled, "--exact", "debt") == ["debt"]
    assert refs(filled, "deb*") == ["debt"]
    assert refs(filled, "debts") == ["debt"]


def test_a_list_that_words_fill_does_not_say_how_many_a_tag_or_filter_would_add(
    filled: Run,
) -> None:
    assert "2 of 4 or more; -n 0 for all" in filled("find", "-n", "2", "powell OR tag:rates").err
    assert "1 of 3; -n 0 for all" in filled("find", "-n", "1", "debt").err
    assert refs(filled, "debt", "-n", "1", "--sort", "new") == ["owes"]
