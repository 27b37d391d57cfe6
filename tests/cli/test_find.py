"""`find`: hits on stdout, the rest on stderr; nothing that can be typed is an error."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from shell import Run

AWKWARD = [
    *("c++", "it's", "foo-bar", "-debt", "-tariff", "-project", '"', "AND", "a OR", "(", "*"),
    *("BRK.B", "-0.75%", "📈", "", "NOT", "NEAR(a", "tag:", "-", "--", "since:whenever", "^", "\\"),
]


@pytest.fixture
def filled(run: Run) -> Run:
    notes: list[dict[str, object]] = [
        {"text": "rates are high in c++ land", "tags": ["macro"], "pinned": "project"},
        {"text": "debt and rates", "created": "2026-01-05T12:00:00Z"},
        {"text": "oil alone", "project": "oil"},
    ]
    lines = "\n".join(json.dumps({"kind": "note", "project": "fed", **one}) for one in notes)
    assert run("import", "jsonl", "-", stdin=lines).code == 0
    return run


@pytest.mark.parametrize("dashes", [(), ("--",)])
@pytest.mark.parametrize("word", AWKWARD)
def test_no_word_is_an_error_and_none_opens_another_ledger(
    filled: Run, word: str, dashes: tuple[str, ...]
) -> None:
    ran = filled("find", *dashes, word)

    assert ran.code in {0, 1}, ran.err
    assert [path.name for path in filled.cwd.iterdir()] == []


def test_a_minus_leaves_out(filled: Run) -> None:
    assert len(filled("find", "-p", "fed", "rates", "--ids").lines) == 2
    assert len(filled("find", "-p", "fed", "rates", "-debt", "--ids").lines) == 1


def test_all_searches_every_project(filled: Run) -> None:
    assert filled("find", "oil", "-p", "fed").code == 1
    assert filled("find", "oil", "-p", "fed", "-a").code == 0


def test_nothing_found_is_exit_1_and_says_where_it_looked(filled: Run) -> None:
    ran = filled("find", "zinc", "-p", "fed")

    assert (ran.code, ran.out) == (1, "")
    assert "nothing found in fed; -a for all projects" in ran.err


def test_the_closest_is_shown_and_named_so(filled: Run) -> None:
    ran = filled("find", "-p", "fed", "debt", "zinc")

    assert ran.code == 0
    assert len(ran.lines) == 1
    assert "nothing holds all of the words" in ran.err
    assert filled("find", "-p", "fed", "debt", "zinc", "--exact").code == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("tag:macro OR tag:gold", ["gold", "rates are high in c++ land"]),
        (
            "project:fed OR project:oil",
            ["debt and rates", "oil alone", "rates are high in c++ land"],
        ),
        ("gold OR tag:macro", ["gold", "rates are high in c++ land"]),
        ("high OR on:2026-01-05", ["debt and rates", "rates are high in c++ land"]),
        ("gold OR -kind:note", ["gold"]),
        ('"debt and" OR is:pinned', ["debt and rates", "rates are high in c++ land"]),
        ("tag:gold OR @macro", ["gold", "rates are high in c++ land"]),
        ("rates -@macro", ["debt and rates"]),
    ],
)
def test_an_or_holds_filters(filled: Run, query: str, found: list[str]) -> None:
    filled("note", "gold", "-t", "gold")
    filled("find", "-a", "--save", "macro", "tag:macro")

    ran = filled("find", "-a", query, "--json")

    assert sorted(hit["text"] for hit in ran.records) == found
    assert "OR" not in ran.err


def test_an_or_that_joins_nothing_is_a_word_and_stderr_says_so(filled: Run) -> None:
    ran = filled("find", "-a", "rates OR is:private")

    assert "OR is a word there: it joins two words, phrases or filters" in ran.err


@pytest.mark.parametrize("typed", ["on:7may", 'since:"two weeks ago"', "-until:2026-02-30"])
def test_a_time_that_is_none_is_said_to_be_words(filled: Run, typed: str) -> None:
    ran = filled("find", "-a", typed)

    assert "is words there" in ran.err
    assert "is no time, such as 7d, friday or 2026-05-01" in ran.err


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("rates before:2025-03-01", "before; times take since:, until:, on:"),
        ("rates -by:robot", "by; there is actor:robot"),
        ("in:gold", "in; there is project:gold"),
        *(("from:jun", "from; there is actor:jun"), ("date:jun", "date; times take since:")),
        ("foo:bar", "foo; those there are: tag, kind, project, "),
    ],
)
def test_a_field_that_there_is_not_is_told_with_the_one_that_was_meant(
    run: Run, typed: str, said: str
) -> None:
    run.note("rates", "--as", "robot", "-p", "gold")
    run.note("steel", "--as", "jun")

    ran = run("find", "-a", typed)

    assert f" is words there: no field is called {said}" in ran.err


@pytest.mark.parametrize("typed", ["note:this", "12:30", "http://x.org", "std::vector"])
def test_what_is_written_like_a_field_and_stands_there_or_is_none_is_not_told(
    run: Run, typed: str
) -> None:
    run.note("note:this")

    assert "is words there" not in run("find", typed).err


def test_a_filter_that_is_the_only_argument_takes_the_words_that_its_quotes_held(
    filled: Run,
) -> None:
    ran = filled("find", "-a", "on:5 january 2026", "--ids")

    assert ran.lines == filled("find", "-a", "debt", "--ids").lines


def test_a_saved_search_keeps_the_quotes_that_a_shell_took(filled: Run) -> None:
    filled("find", "-p", "fed", "--save", "epiphany", "on:5 january 2026")

    assert filled("find", "@epiphany", "--json").records[0]["text"] == "debt and rates"


def test_a_time_of_which_only_the_first_word_was_read_is_told_to_take_quotes(filled: Run) -> None:
    ran = filled("find", "-a", "on:5", "january", "debt")

    assert 'several words take quotes: on:"5 may"' in ran.err


def test_a_query_of_thousands_of_words_is_no_error(filled: Run) -> None:
    filled("note", "加息 by 0.25")  # figures are looked for beside such text as well
    forms = ["{}.{}", "tag:x{}", "w{}*", '"powell w{}"', "W{}", "加{}", "-w{}", "w{} OR"]

    queries = [" ".join(form.format(n, n) for n in range(1500)) for form in forms]
    ran = filled("find", "-a", "--each", stdin="\n".join(queries))

    assert ran.code in (0, 1), ran.err
    assert ran.err.count("of 1,500 words and filters the first 500 are looked for") == 7, ran.err
    assert "line 2: of 1,500" in ran.err


@pytest.mark.parametrize("few", [("-n", "1"), ("-n1",), ("-1",), ("--number=1",)])
def test_a_cut_list_says_so(filled: Run, few: tuple[str, ...]) -> None:
    ran = filled("find", "rates", "-p", "fed", *few)

    assert len(ran.lines) == 1
    assert "1 of 2; -n 0 for all" in ran.err


@pytest.mark.parametrize(
    ("options", "hits"),
    [
        (("-t", "macro"), 1),
        (("-t", "macro,none"), 0),
        (("--kind", "note"), 2),
        (("--kind", "answer"), 0),
        (("--pinned",), 1),
        (("--on", "2026-01-05"), 1),
        (("--until", "2026-01-05"), 1),
        (("--since", "2026-01-06"), 1),
        (("--actor", "ann"), 2),
        (("--actor", "bob"), 0),
        (("--model", "gpt"), 0),
        (("-r", "nothread"), 0),
    ],
)
def test_options_filter(filled: Run, options: tuple[str, ...], hits: int) -> None:
    ran = filled("find", "-p", "fed", *options, "--json")

    assert len(ran.records) == hits, ran.err
    assert ran.code == (0 if hits else 1)


def test_bad_values_are_usage_errors(filled: Run) -> None:
    assert filled("find", "x", "--kind", "novel").code == 2
    assert filled("find", "x", "--since", "whenever").code == 2
    assert filled("find", "x", "-n", "-5x").code == 2
    assert filled("find", "x", "--ids", "--json").code == 2
    assert filled("find", "x", "-p", "nowhere").code == 4


def test_json_hits_have_score_and_passage(filled: Run) -> None:
    hit = filled("find", "debt", "-p", "fed", "--json").records[0]

    assert list(hit)[-3:] == ["score", "passage", "why"]
    assert hit["passage"] == "debt and rates"


def test_a_json_hit_has_the_whole_of_a_long_text(run: Run) -> None:
    long = "a heron among reeds\n" * 2_000 + "the end"
    run("note", stdin=long)

    hit = run("find", "heron", "--json").records[0]
    (each,) = run("find", "--each", "--json", stdin="heron\n").records

    assert hit["text"] == each["text"] == long


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("tag:RATES", "there is no tag RATES; there is rates"),
        ("tag:nosuch", "there is no tag nosuch"),
        ("actor:jose", "there is no actor jose; there is José"),
        ("actor:gpt-5", "there is no actor gpt-5"),
        ("project:INBOX", "there is no project INBOX; there is inbox"),
        ("thread:brids", "there is no thread brids; there is birds"),
        ("thread:k3f9a", "there is no thread k3f9a"),
        ("model:snonet-4", "no model snonet-4 has answered; there is sonnet-4"),
        ("model:gpt", "no model gpt has answered"),
    ],
)
def test_a_name_that_nothing_has_is_told_with_the_one_that_was_meant(
    run: Run, query: str, told: str
) -> None:
    run("note", "a heron", "-t", "rates", "--as", "José")
    answer = {"kind": "answer", "text": "yes", "model": "anthropic/sonnet-4", "thread": "birds"}
    run("import", "jsonl", "-", stdin=json.dumps(answer))

    done = run("find", query)

    assert done.code == 1
    assert told in done.err.splitlines()


@pytest.mark.parametrize("query", ["actor:openai/gpt-5", "model:GPT", "thread:birds", "thread:{}"])
def test_nothing_is_told_of_a_name_that_is_there(run: Run, query: str) -> None:
    answer = {"kind": "answer", "text": "yes", "model": "openai/gpt-5", "thread": "birds"}
    run("import", "jsonl", "-", stdin=json.dumps(answer))
    (thread,) = run("threads", "--json").records

    done = run("find", "bittern", query.format(thread["handle"]))

    assert done.err.strip() == "nothing found in inbox; -a for all projects"


def test_a_name_that_nothing_has_is_told_in_an_or_and_behind_a_minus_where_others_are_found(
    run: Run,
) -> None:
    run("note", "a heron", "-t", "rates", "-p", "metals")
    run("find", "-p", "metals", "--save", "cpi", "tag:rates")

    done = run("find", "tag:rats OR project:metls OR heron", "-p", "metals")
    left_out = run("find", "-tag:rats", "-tag:rates", "heron", "-p", "metals")
    saved = run("find", "@cpa", "-p", "metals")
    elsewhere = run("find", "heron", "-p", "metls")

    told = ["there is no tag rats; there is rates", "there is no project metls; there is metals"]
    assert (len(done.lines), done.err.splitlines()) == (1, told)
    assert left_out.err.splitlines()[0] == told[0]
    assert saved.err.splitlines()[0] == "no search is saved as @cpa; there is @cpi"
    assert "There is metals. `ledgernote projects` lists them." in elsewhere.err


def test_hits_stand_in_the_order_of_their_scores(run: Run) -> None:
    for text in ("BRK.B fell today and more words stand here", "brk b", "are", "are are", "I ARE"):
        run("note", text)

    for query in ("BRK.B", "ARE", "kind:note"):
        scores = [hit["score"] for hit in run("find", query, "--json").records]
        assert scores == sorted(scores, reverse=True)
        assert "-0.0" not in map(str, scores)


@pytest.mark.parametrize("word", ["one", "two", "four", "five"])
def test_a_passage_goes_on_after_a_nul_byte(run: Run, word: str) -> None:
    run("note", stdin=b"one\0two three\0four \xff five\0")

    hit = run("find", word, "--json").records[0]

    assert hit["passage"] == "one two three four \udcff five "


def test_each_answers_line_by_line(filled: Run) -> None:
    ran = filled("find", "-p", "fed", "--each", "--json", "-n", "1", stdin="rates\nzinc\n\ndebt\n")

    assert [(hit["query"], hit["line"]) for hit in ran.records] == [("rates", 1), ("debt", 4)]
    assert ran.code == 0
    assert filled("find", "-p", "fed", "--each", stdin="zinc\ntin\n").code == 1


def test_many_matches_are_ranked_among_the_newest_and_a_short_list_among_all(run: Run) -> None:
    lines = [json.dumps({"kind": "note", "text": "rates", "project": "old"})]
    lines += [json.dumps({"kind": "note", "text": f"rates {number}"}) for number in range(4_001)]
    run("import", "jsonl", "-", stdin="\n".join(lines))

    many, few = run("find", "rates", "-n", "1"), run("find", "rates", "-p", "old")

    assert "1 of many, the best of the newest 4,000; -n 0 for all" in many.err
    assert run("find", "rates", "-n", "3", "--sort", "old").err == "3 of many; -n 0 for all\n"
    assert (len(few.lines), few.err) == (1, "")
    assert len(run("find", "rates", "-n", "0", "-a").lines) == 4_002


@pytest.mark.parametrize(
    ("notes", "said"),
    [
        (20, ""),
        (21, "20 of 21; -n 0 for all"),
        (1_019, "20 of 1,019; -n 0 for all"),
        (1_030, "20 of more than 1,020; -n 0 for all"),
    ],
)
def test_a_cut_list_says_how_many_there_are(run: Run, notes: int, said: str) -> None:
    lines = (json.dumps({"kind": "note", "text": f"rates {number}"}) for number in range(notes))
    run("import", "jsonl", "-", stdin="\n".join(lines))

    assert run("find", "rates").err.strip() == said


def test_what_holds_some_of_the_words_is_not_counted(run: Run) -> None:
    lines = (json.dumps({"kind": "note", "text": f"rates {number}"}) for number in range(150))
    run("import", "jsonl", "-", stdin="\n".join(lines))

    assert "20 of many; -n 0 for all" in run("find", "rates", "zinc").err


def test_marks_are_said_to_be_of_the_newest_where_there_are_more(run: Run) -> None:
    texts = ["gold -> cash", *("x" for _ in range(1_999)), "cash -> gold"]
    lines = (json.dumps({"kind": "note", "text": text}) for text in texts[:-1])
    run("import", "jsonl", "-", stdin="\n".join(lines))

    few, nothing = run("find", "->"), run("find", "=>")
    run("note", texts[-1])
    many = run("find", "->")

    assert (len(few.lines), few.err) == (1, "")
    assert nothing.err == "nothing found in inbox; -a for all projects\n"
    assert (len(many.lines), many.err) == (1, "1, the best of the newest 2,000; -n 0 for all\n")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("gold -since:2026-02-15", ["gold 1"]),
        ("gold not:until:2026-02-15", ["gold 3"]),
        ('gold -on:"15 february 2026"', ["gold 1", "gold 3"]),
        ("-on:2026-02", ["gold 1", "gold 3"]),
        ("-on:2026-02 -on:2026-01 since:2026", ["gold 3"]),
    ],
)
def test_a_time_that_is_left_out_leaves_the_others(run: Run, typed: str, found: list[str]) -> None:
    for number, when in enumerate(("2026-01-15", "2026-02-15T12:00", "2026-03-15"), start=1):
        run("note", f"gold {number}", "--at", when)

    ran = run("find", typed, "--json", "--sort", "old")

    assert [hit["text"] for hit in ran.records] == found


def test_a_broken_pipe_is_success(run: Run) -> None:
    run("note", "--each", stdin="".join(f"rates {number}\n" for number in range(300)))
    program = f"{sys.executable} -m ledgernote"
    done = subprocess.run(
        ["bash", "-c", f"{program} find rates -n 0 --json | head -1; echo ${{PIPESTATUS[0]}}"],
        capture_output=True,
        env=run.env,
        timeout=60,
        check=False,
    )

    assert done.stdout.splitlines()[-1] == b"0"
    assert done.stderr == b""
