"""What people type is forgiven: slips, inflections, accents; and hits come as people want them."""

from __future__ import annotations

import json

import pytest
from shell import Run


@pytest.fixture
def filled(run: Run) -> Run:
    notes: list[dict[str, object]] = [
        {"text": "inflation is falling, the café says", "created": "2026-01-01T12:00:00Z"},
        {"text": "get_max_tokens in v1.2.3 of TSLA-2027", "created": "2026-01-02T12:00:00Z"},
        {"text": "expectations of inflation", "created": "2026-01-03T12:00:00Z"},
        {"text": "Zinsen und Währungen", "created": "2026-01-04T12:00:00Z"},
        {"text": "ставка центрального банка", "created": "2026-01-05T12:00:00Z"},
        {"text": "займы и πληθωρισμός, التضخم, ריבית", "created": "2026-01-06T12:00:00Z"},
    ]
    run("import", "jsonl", "-", stdin="\n".join(json.dumps({"kind": "note", **n}) for n in notes))
    return run


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("inflaton", "inflation"),
        ("nflation", "inflation"),
        ("infaltion", "inflation"),
        ("inflattoin", "inflation"),
        ("expecttaions", "expectations"),
        ("Währungne", "währungen"),
        ("ставкка", "ставка"),
        ("займыы", "займы"),
        ("πληθωρσμός", "πληθωρισμός"),
        ("цетрального", "центрального"),
        ("центральнаго", "центрального"),
        ("πλυθωρισμός", "πληθωρισμός"),
        ("التصخم", "التضخم"),
        ("רבית", "ריבית"),
    ],
)
def test_a_slip_is_mended_when_nothing_holds_the_word_and_stderr_says_so(
    filled: Run, typed: str, meant: str
) -> None:
    ran = filled("find", typed)

    assert ran.code == 0
    assert f"nothing holds {typed}; showing {meant}" in ran.err


def test_a_slip_is_mended_beside_other_words_and_never_with_exact(filled: Run) -> None:
    ran = filled("find", "inflaton", "expectations", "--json")

    assert [hit["text"] for hit in ran.records] == ["expectations of inflation"]
    assert filled("find", "inflaton", "--exact").code == 1
    assert "showing inflation" in filled("find", "zinc OR inflaton").err


def test_each_says_how_a_line_was_read_and_a_mended_word_is_why(filled: Run) -> None:
    ran = filled("find", "--each", "--json", "--explain", stdin="rain\ninflaton expectations\n")
    (hit,) = ran.records

    assert hit["why"] == "spelling"
    assert "line 2: nothing holds inflaton; showing inflation" in ran.err
    assert "line 2: words: inflaton and expectations" in ran.err


@pytest.mark.parametrize("word", ["v1.2.4", "TSLA-2028", "zinc", "xyz", "2027", "ca"])
def test_figures_identifiers_and_short_words_are_never_mended(filled: Run, word: str) -> None:
    ran = filled("find", word)

    assert "showing" not in ran.err


@pytest.mark.parametrize(
    "word",
    ["get_max_tokens", "TSLA-2027", "v1.2.3", "Inflations", "expected", "cafe", "wahrung*"],
)
def test_code_tickers_inflections_and_words_without_accents_are_found(
    filled: Run, word: str
) -> None:
    assert len(filled("find", word).lines) >= 1


@pytest.mark.parametrize(
    ("query", "found", "said"),
    [
        ("powell's", ["Powell said"], "nothing holds powell's; showing powell"),
        ("Powell’s café’s", ["Powell said", "waller café"], "these hold some of them"),
        ("Fed's", ["the Fed"], "nothing holds Fed's; showing Fed"),
        ("Powell’s rates", ["Powell said"], "nothing holds all of the words"),
        ("powell,waller", ["Powell said", "waller café"], "these hold some of them"),
        ("copper&waller", ["copper", "waller café"], "these hold some of them"),
        ("copper—waller", ["copper", "waller café"], "these hold some of them"),
        ("copper.waller", ["copper", "waller café"], "these hold some of them"),
        ("copper:waller", ["copper", "waller café"], "these hold some of them"),
        ("l'copper", ["copper"], "these hold some of them"),
        ('"copper waller"', ["copper", "waller café"], "these hold some of them"),
        ('"copper of the waller"', ["copper", "waller café"], "these hold some of them"),
        ("BRK.COPPER", [], "nothing found"),
        ("cop* zinc", ["copper"], "these hold some of them"),
        ("-18bps", ["wider by -18 bps"], "nothing holds -18bps; showing -18 bps"),
        ('"-18 bps"', ["wider by -18 bps"], ""),
    ],
)
def test_a_word_with_an_apostrophe_or_a_mark_and_a_phrase_have_closest_ones(
    run: Run, query: str, found: list[str], said: str
) -> None:
    run("note", "--each", stdin="Powell said\nwaller café\ncopper\nthe Fed\nwider by -18 bps\n")

    ran = run("find", query, "--json")

    assert sorted(hit["text"] for hit in ran.records) == found
    assert said in ran.err


@pytest.mark.parametrize("query", ["know copper", "what pet did Maya get", "Ford copper"])
def test_common_words_of_a_question_are_no_slips_and_none_of_three_letters(
    run: Run, query: str
) -> None:
    run("note", "--each", stdin="copper now\nyou may get copper\nfor once\n")

    assert "showing" not in run("find", query).err


def test_a_slip_of_a_word_that_the_project_has_not_is_none(run: Run) -> None:
    run("note", "rainfall", "-p", "weather")
    run("note", "inflation", "-p", "fed")

    ran = run("find", "-p", "weather", "inflaton rainfall")

    assert "showing" not in ran.err
    assert "nothing holds all of the words" in ran.err
    assert "showing inflation" in run("find", "-a", "inflaton").err


def test_the_words_of_a_purged_note_are_suggested_no_more(run: Run) -> None:
    handle = run("note", "the zebrafinch sings").lines[0]

    before = run("find", "zebrafinhc")
    run("purge", handle, "-y")
    after = run("find", "zebrafinhc")

    assert "showing zebrafinch" in before.err
    assert (after.code, after.err.count("zebrafinch")) == (1, 0)


def test_most_words_come_before_fewer(run: Run) -> None:
    for text in ("copper and copper, copper!", "iron copper", "iron, copper and coal"):
        run("note", text)

    ran = run("find", "iron", "copper", "coal", "tungsten", "--json")

    assert [hit["text"] for hit in ran.records] == [
        "iron, copper and coal",
        "iron copper",
        "copper and copper, copper!",
    ]


def test_title_pin_and_tag_weigh_and_of_alike_the_newer_comes_first(run: Run) -> None:
    (older,) = run("note", "the copper price").lines
    (pinned,) = run("note", "the copper price", "--pin").lines
    (tagged,) = run("note", "the copper price", "-t", "copper").lines
    (titled,) = run("note", "the metal price", "--title", "copper").lines
    (newer,) = run("note", "the copper price").lines

    hits = run("find", "copper", "--ids").lines

    assert hits == [titled, tagged, pinned, newer, older]


@pytest.mark.parametrize(("order", "first"), [("new", "expectations"), ("old", "inflation is")])
def test_hits_are_sorted_by_time_when_that_is_asked_for(
    filled: Run, order: str, first: str
) -> None:
    ran = filled("find", "inflation", "--sort", order, "--json")

    assert len(ran.records) == 2
    assert str(ran.records[0]["text"]).startswith(first)
    assert filled("find", "inflation", "--sort", "size").code == 2


def test_explain_says_how_a_query_was_read(filled: Run) -> None:
    query = 'inflaton "the café" OR expect* -gold tag:macro not:is:muted since:2026'

    ran = filled("find", query, "--explain")

    assert ran.err.splitlines()[:3] == [
        'words: inflaton and ("the café" or expect…)',
        "without: gold",
        "only: tagged macro; not muted; since 2026",
    ]
    assert (
        filled("find", "inflation", "--explain", "--ids").lines
        == filled("find", "inflation", "--ids").lines
    )


def test_to_a_question_what_holds_some_of_its_words_follows_what_holds_all(run: Run) -> None:
    asked = "copper prices falling after strikes"
    for text in (f"{asked} ended", "copper prices rising", "copper mines", "wool"):
        run("note", text)

    ran, exact = run("find", asked, "--json"), run("find", asked, "--json", "--exact")

    assert [hit["why"] for hit in ran.records] == ["all words", "some words", "some words"]
    assert ran.records[0]["text"] == f"{asked} ended"
    assert "the first holds all of the words, the others some" in ran.err
    assert [hit["why"] for hit in exact.records] == ["all words"]


def test_a_word_of_two_parts_that_is_nowhere_is_looked_for_in_its_parts(run: Run) -> None:
    run("note", "the layer at the boundary")

    ran = run("find", "boundary-layer", "--ids")

    assert len(ran.lines) == 1
    assert "nothing holds all of the words" in ran.err


@pytest.mark.parametrize(
    "query",
    ["Anna the", "gold is", "who is Anna", "Anna OR", "OR Anna", "NOT Anna", "Anna OR -bank"],
)
def test_of_one_word_among_common_ones_what_holds_it_is_the_closest(run: Run, query: str) -> None:
    run("note", "Anna likes gold.")
    run("note", "A bank closed on Sunday.")

    ran, exact = run("find", query, "--json"), run("find", query, "--exact")

    assert [hit["text"] for hit in ran.records] == ["Anna likes gold."]
    assert "nothing holds all of the words; these hold some of them" in ran.err
    assert exact.code == 1


@pytest.mark.parametrize(
    ("name", "other", "found"),
    [
        ("Ines", "in", 1),
        ("Andes", "and", 1),
        ("news", "new", 1),
        ("one", "on", 1),
        ("its", "it", 1),
        ("us", "use", 4),
        ("at", "ate", 4),
        ("no", "nos", 4),
        ("Marks", "mark", 4),
        ("Marlow", "Marlowe", 4),
        ("Bond", "bonds", 4),
    ],
)
def test_a_name_comes_before_the_word_that_the_index_takes_it_for(
    run: Run, name: str, other: str, found: int
) -> None:
    (named,) = run(
        "note", f"Lunch with {name} about copper, tin, zinc and what else there is."
    ).lines
    run("note", "--each", stdin=f"{other} x {other} {other}\n" * 3)

    assert len(run("find", name, "--ids").lines) == found
    assert run("find", name, "--ids").lines[0] == named
    assert run("find", name.lower(), "--exact", "--ids").lines == [named]


def test_a_name_is_there_with_its_accent_and_no_short_word_is_a_form_of_it(run: Run) -> None:
    run("note", "--each", stdin="in\nLunch with Inés in town\nthey used it\nlet us go\n")

    typed = ("Ines", "Inés", "use", "Andes")
    ines, accented, use, andes = (run("find", word, "--json") for word in typed)

    assert [hit["text"] for hit in ines.records] == ["Lunch with Inés in town"]
    assert accented.records == ines.records
    assert [hit["text"] for hit in use.records] == ["they used it"]
    assert andes.code == 1


@pytest.mark.parametrize(
    ("typed", "whole", "other"),
    [
        ("77", "by 77 mm", "by 77.77 mm"),
        ("12", "12, and that", "95.12 95.12"),
        ("50", "about (50) of", "3.50% 3.50%"),
        ("1.0", "in 1.0.", "2.1.0 1.0.7"),
        ("1.2", "in 1.2, and", "1.2.1 1.2.1"),
        ("v8.2", "as v8.2 has", "v8.2.1234 v8.2.1234"),
        ("250.50", "it is 250.50 now", "1,250.50 1,250.50"),
        ("0.75%", "up 0.75% now", "-0.75% -0.75%"),
        ("-0.75%", "down −0.75% now", "0.75% 0.75%"),
    ],
)
def test_a_whole_figure_comes_before_what_only_holds_it_and_is_all_with_exact(
    run: Run, typed: str, whole: str, other: str
) -> None:
    run("note", "--each", stdin=f"{whole}, as they say of copper and of zinc\n{other}\n")

    found, exact = (run("find", typed, *opt, "--json").records for opt in ((), ("--exact",)))

    assert [hit["text"].startswith(whole) for hit in found] == [True, False]
    assert [hit["text"].startswith(whole) for hit in exact] == [True] * (typed[0] != "-")


def test_a_figure_with_a_sign_is_some_of_what_was_typed_where_another_sign_stands(run: Run) -> None:
    run("note", "--each", stdin="cut -0.75% today\n")

    ran = run("find", "+0.75%", "--json")

    assert [hit["why"] for hit in ran.records] == ["some words"]
    assert "nothing holds all of the words; these hold some of them" in ran.err
    assert run("find", "-0.75%", "--json").records[0]["why"] == "all words"


def test_exact_takes_no_other_form_of_a_word_but_other_case_and_accents(run: Run) -> None:
    kept = [run("note", text).lines[0] for text in ("a Café rated it\nhigh", "the CAFE rated it")]
    run("note", "cafés rate it high, it rates the café")

    found = run("find", "cafe", "rated", "--exact", "--ids", "--sort", "old")

    assert found.lines == kept
    assert run("find", "rated it high", "cafe", "--exact", "--ids").lines == kept[:1]
    assert len(run("find", "cafe rat* OR never", "--exact", "--ids").lines) == 3


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("0.25%", [1, 2]),
        ("0.25", [1, 2]),
        ("金利 0.25%", [1]),
        ("2026", [1]),
        ("CPI", [2]),
        ("0.25% -金利", [2]),
        ("5%", []),
        ("50", []),
        ("0.25% CPI is:pinned", []),
    ],
)
def test_a_figure_or_a_ticker_against_text_without_spaces_is_found(
    run: Run, query: str, found: list[int]
) -> None:
    run("note", "2026年、日銀は金利を0.25%に、150円")
    run("note", "美国CPI上涨0.25%")

    ran = run("find", query, "--exact", "--sort", "old", "--json")
    best = run("find", query, "--exact", "--ids")

    texts = {"2": 1, "美": 2}
    assert [texts[hit["text"][0]] for hit in ran.records] == found
    assert len(best.lines) == len(found)


def test_a_figure_in_a_long_text_without_spaces_is_shown_where_it_stands(run: Run) -> None:
    run("note", "日銀は" * 200 + "金利を0.25%に" + "した。" * 100)

    (hit,) = run("find", "0.25%", "--json").records

    assert "0.25%に" in hit["passage"]


@pytest.mark.parametrize(("typed", "other"), [("1250.50", "1,250.50"), ("$1,250,000", "$1250000")])
def test_a_figure_is_found_with_and_without_its_thousands_set_apart(
    run: Run, typed: str, other: str
) -> None:
    (apart,) = run("note", f"it cost {other} then").lines
    (same,) = run("note", f"it cost {typed} then").lines
    run("note", "it cost 1.25 of 250 then")

    found = run("find", typed, "--json").records

    assert [hit["handle"] for hit in found] == [same, apart]
    assert other.lstrip("$") in found[1]["passage"].replace("\x02", "").replace("\x03", "")
    assert run("find", typed, "--exact", "--ids").lines == [same]
    assert run("find", f"cost not:{typed}", "--json").records[0]["text"].startswith("it cost 1.25")
