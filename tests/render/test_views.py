"""What lists, entries and receipts look like, at a terminal and in a pipe."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from render.made import JUNE, NOW, PIPE, context, entry, kept, row, screen

from ledgernote.domain.entries import (
    INBOX,
    MARK_OFF,
    MARK_ON,
    Hit,
    Kind,
    Project,
    Scope,
    Status,
    Thread,
    ThreadId,
)
from ledgernote.domain.turns import PINS_FULL, Citation, LeftOut, Reason, Usage
from ledgernote.render.ended import cut_line, usage_line
from ledgernote.render.escape import cells
from ledgernote.render.receipts import receipt_view, short, why_view
from ledgernote.render.views import (
    entry_line,
    entry_view,
    hit_view,
    kept_line,
    project_line,
    search_line,
    tags_view,
    thread_line,
    thread_view,
)

EVIL = "a\x1b[2J\tb\n\u202ec"
HIT = Hit(
    entry=entry(), score=1.0, passage=f"no {MARK_ON}cut{MARK_OFF}\nbefore Sept", why="words: cut"
)
THREAD = Thread(
    id=ThreadId(bytes(16)), handle="t4h2d", project="fed", title="rates-thesis", named=True,
    entries=212, created=JUNE, used=NOW,
)  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "央行宣布加息五十个基点并将于下周公布更多细节",
        "https://example.org/a/long/path/of/many/parts",
    ],
)
def test_a_passage_without_spaces_keeps_its_indent(text: str) -> None:
    hit = Hit(entry=entry(), score=1.0, passage=f"so {MARK_ON}{text}{MARK_OFF}", why="all words")

    _, *lines = hit_view(hit, screen(34)).splitlines()
    words = [line for line in lines if set(line) & set(text)][-3:]

    assert len(words) > 1
    assert all(line.startswith("    ") and cells(line) <= 34 for line in lines)


def test_the_receipt_on_the_screen_of_the_design() -> None:
    recalled = context(
        row("k3f9a", reason=Reason.PIN, superseded_by="q81mm"),
        row("q81mm", text="Sept cut priced at 80 %"),
        row("w2c4d", kind="answer", who="openai/gpt", excerpt="services ex-shelter turning"),
        row("n0t1t", reason=Reason.RECENT),
        withheld=1,
    )

    assert receipt_view(recalled, screen(80)).splitlines() == [
        "recalled 3   (1 of this thread, 1 withheld: private)                 9.4k of 16k",
        '  pin    k3f9a  you  12 Jun  "no cut before Sept, 5.25"   87 days old, see q81mm',
        '  match  q81mm  you  12 Jun  "Sept cut priced at 80 %"    replaces k3f9a',
        '  match  w2c4d  gpt  12 Jun  "services ex-shelter…"       said by a model',
    ]


def test_a_receipt_uses_the_width_of_its_screen_for_the_words() -> None:
    words = "services ex-shelter is turning, as the print of tonight says, and wages with it"

    (head, wide), (_, *narrow) = (
        receipt_view(context(row(text=words)), screen(width)).splitlines() for width in (200, 80)
    )

    assert len(head) == 200
    assert f'"{words}"' in wide
    assert words not in " ".join(narrow)


def test_a_receipt_says_of_what_a_part_alone_was_sent() -> None:
    rows = [row("k3f9a", reason=Reason.PIN, excerpt="no cut"), row("q81mm", excerpt="priced")]

    _, pin, match = receipt_view(context(*rows), screen(80)).splitlines()

    assert pin.endswith("a part of it, 87 days old")
    assert "part" not in match


def test_a_receipt_names_the_pins_that_there_is_no_room_for() -> None:
    out = [LeftOut(handle="pinne", why=PINS_FULL), LeftOut(handle="other", why="no room")]

    view = receipt_view(context(row(), left_out=tuple(out), left_out_count=2), screen(60))

    assert "no room for what is pinned: pinne;" in view
    assert "other" not in view


def test_a_receipt_names_each_entry_once_and_counts_the_rest() -> None:
    rows = [row(handle) for handle in ("aaaaa", "aaaaa", "bbbbb", "ccccc", "ddddd")]

    lines = receipt_view(context(*rows), screen(), limit=2).splitlines()

    assert lines[0].startswith("recalled 4 ")
    assert [line.split()[1] for line in lines[1:3]] == ["aaaaa", "bbbbb"]
    assert lines[3] == "  and 2 more"


def test_what_was_recalled_for_the_questions_before_is_counted_and_not_listed() -> None:
    then = [row(handle, before=True) for handle in ("aaaaa", "bbbbb")]
    turns = [row("ccccc", before=True, reason=Reason.RECENT)]

    now = receipt_view(context(*then, *turns, row("ddddd", rank=0)), screen())
    nothing = receipt_view(context(*then, *turns), screen())

    assert now.startswith("recalled 1   (1 of this thread, 2 recalled before)")
    assert [line.split()[1] for line in now.splitlines()[1:]] == ["ddddd"]
    assert nothing.startswith("recalled nothing new   (1 of this thread, 2 recalled before)")


def test_what_was_recalled_before_and_is_of_the_best_now_is_shown_behind_what_is_recalled() -> None:
    then = [row(handle, before=True, rank=rank) for handle, rank in (("aaaaa", 2), ("bbbbb", 0))]
    far = [row("ccccc", before=True, rank=3)]

    lines = receipt_view(context(*then, *far, row("ddddd", rank=1)), screen()).splitlines()

    assert [line.split()[1] for line in lines[1:]] == ["ddddd", "bbbbb", "aaaaa"]
    assert [line.endswith("recalled before") for line in lines[1:]] == [False, True, True]


def test_of_many_the_best_are_shown_and_what_was_asked_for_by_name() -> None:
    rows = [row(f"h000{at}", score=at / 10) for at in range(5)]
    rows.append(row("pinne", reason=Reason.PIN, score=None))

    lines = receipt_view(context(*rows), screen(), limit=3).splitlines()

    assert [line.split()[1] for line in lines[1:4]] == ["h0003", "h0004", "pinne"]


@pytest.mark.parametrize("width", [24, 40, 60, 80, 200])
def test_a_receipt_fits_its_screen_and_loses_no_remark(width: int) -> None:
    made = context(row(superseded_by="q81mm", text="今日は " * 40), left_out_count=14)

    view = receipt_view(made, screen(width))

    assert "see q81mm" in view
    assert max(cells(line) for line in view.splitlines()) <= max(width, 32)


def test_lists_in_a_pipe_are_one_line_with_tabs_and_nothing_cut() -> None:
    long = entry("word " * 100)

    assert entry_line(long, PIPE).split("\t") == [
        "k3f9a", "2026-06-12T02:31:00+00:00", "fed", "ann", ("word " * 100).strip(),
    ]  # fmt: skip
    assert hit_view(HIT, PIPE).split("\t")[-1] == "no cut before Sept"


@pytest.mark.parametrize(
    "view",
    [
        lambda look: entry_line(entry(EVIL, actor=EVIL, tags=(EVIL,), project=EVIL), look),
        lambda look: hit_view(Hit(entry=entry(title=EVIL), score=1, passage=EVIL, why=""), look),
        lambda look: receipt_view(context(row(text=EVIL, who=EVIL, why=EVIL)), look),
        lambda look: why_view(entry(EVIL), context(row(text=EVIL, why=EVIL)), (), look),
        lambda look: tags_view([(EVIL, 1)], look),
        lambda look: kept_line(entry(EVIL, project=EVIL), look),
        lambda look: project_line(
            Project(id=INBOX, name=EVIL, entries=1, threads=1, brief=EVIL), look
        ),
        lambda look: usage_line(kept(context=context(model=EVIL))),
    ],
)
def test_no_view_lets_a_control_character_through(view: object) -> None:
    for look in (PIPE, screen(40), screen(100)):
        shown = view(look)  # type: ignore[operator]

        assert not re.search("[\x1b\u202e]", shown)
        assert "\\x1b" in shown


def test_a_show_at_a_terminal_is_safe_and_in_a_pipe_exact() -> None:
    evil = entry(EVIL)

    assert "\x1b" not in entry_view(evil, screen())
    assert entry_view(evil, PIPE, header=False) == EVIL
    assert thread_view([evil, evil], PIPE).count(EVIL) == 2


def test_a_hit_at_a_terminal_shows_its_title_and_tags_and_no_title_twice() -> None:
    named = entry("x", title="Cut odds", tags=("fed", "rates"))
    bare = Hit(entry=named, score=1.0, passage="four weeks", why="tag")
    headed = Hit(
        entry=named, score=1.0, passage=f"# {MARK_ON}Cut{MARK_OFF} odds\nfour weeks", why=""
    )

    head, *lines = hit_view(bare, screen()).splitlines()

    assert head.endswith("#fed #rates")
    assert lines == ["    Cut odds", "    four weeks"]
    assert hit_view(headed, screen()).count("odds") == 1
    assert hit_view(bare, PIPE).split("\t")[-1] == "four weeks"


def test_a_hit_shows_its_words_in_bold() -> None:
    assert "no \x1b[1mcut\x1b[0m\n    before" in hit_view(HIT, screen(color=True))
    assert "\x1b" not in hit_view(HIT, screen())


def test_what_is_special_about_an_entry_is_said_in_words() -> None:
    odd = entry(pinned=Scope.THREAD, private=True, status=Status.INTERRUPTED, superseded_by="q81mm")

    assert "[pinned, private, cut off, see q81mm]" in entry_line(odd, screen(120))


def test_a_header_tells_where_an_entry_comes_from() -> None:
    made = entry(title="CPI", tags=("macro",), supersedes="q81mm", source="bls.gov")

    assert entry_view(made, screen()).split("\n\n")[0].splitlines() == [
        "k3f9a  note · you · 12 Jun 02:31 · fed · rates-thesis",
        "  title: CPI",
        "  tags: macro",
        "  replaces q81mm",
        "  from bls.gov",
    ]


@pytest.mark.parametrize("width", [40, 80, 120])
def test_lists_fit_the_screen(width: int) -> None:
    text = "今日は long words " * 30

    for view in (
        entry_line(entry(text), screen(width)),
        thread_line(THREAD, screen(width)),
        kept_line(entry(text), screen(width)),
    ):
        assert max(cells(line) for line in view.splitlines()) <= max(width, 60)


@pytest.mark.parametrize("color", [False, True])
def test_no_list_breaks_within_a_word_on_a_narrow_screen(color: bool) -> None:
    look = screen(40, color=color)
    tags = ("inflation", "services", "rates")
    long = entry("services inflation is turning down slowly " * 4, tags=tags)
    passage = f"{MARK_ON}services inflation{MARK_OFF} is turning down slowly " * 4
    why = 'match: "services" "inflation" "committee"'

    for view in (
        entry_line(long, look),
        hit_view(Hit(entry=long, score=1.0, passage=passage, why=""), look),
        entry_view(long, look, words=lambda _: ""),
        thread_view([long], look, words=lambda _: ""),
        why_view(long, context(row(why=why, text=long.text)), (), look),
    ):
        lines = re.sub(r"\x1b\[[0-9;]*m", "", view).splitlines()
        assert max(map(cells, lines)) <= 40
        assert all(line.startswith("  ") for line in lines if "turning" in line)


def test_a_thread_says_when_it_was_last_used() -> None:
    assert thread_line(THREAD, screen()).split() == [
        "t4h2d", "7", "Sep", "22:30", "212", "entries", "fed", "rates-thesis",
    ]  # fmt: skip


def test_the_line_after_keeping_a_note() -> None:
    assert kept_line(entry(), screen()) == 'kept k3f9a in fed: "no cut before Sept, 5.25"'


def test_the_line_after_an_answer() -> None:
    known = Citation(start=0, end=1, handle="q81mm", verdict="known")
    unknown = Citation(start=0, end=1, handle="zzzzz", verdict="unknown")

    line = usage_line(kept(citations=(known, known, unknown)), first=0.42, seconds=1.13)

    assert line == (
        "gpt · 1.2k in, 210 out · $0.014 · first word 0.4 s, all 1.1 s · 1 cited"
        " · 1 cited that nothing stands behind"
    )
    assert usage_line(kept(usage=Usage(tokens_out=9))) == "gpt · ~9 out"


def test_the_line_after_an_answer_counts_what_was_replayed_by_its_reason() -> None:
    pin, again = row("aaaaa", reason=Reason.PIN), row("aaaaa", reason=Reason.PIN)
    recent = [row(handle, reason=Reason.RECENT) for handle in ("bbbbb", "ccccc")]

    line = usage_line(kept(context=context(pin, again, *recent)), first=1.0, seconds=1.0)

    assert line.endswith(" · 1.0 s · replayed 1 pin, 2 recent")


def test_an_answer_cut_short_says_what_was_kept() -> None:
    assert cut_line(kept()) == ""
    assert cut_line(kept(status=Status.INTERRUPTED)) == "interrupted: half kept as w2c4d"
    for blank in ("", " \n "):
        cut = cut_line(kept(blank, status=Status.FAILED))
        assert cut == "no answer; the question is kept as q81mm"


@pytest.mark.parametrize(
    ("finish", "words"), [("length", "says no more at once"), ("content_filter", "content filter")]
)
def test_a_whole_answer_that_ended_too_early_says_why(finish: str, words: str) -> None:
    assert words in cut_line(kept(usage=Usage(finish=finish)))


def test_the_rest_of_what_a_model_cut_off_is_had_by_what_can_be_typed_here() -> None:
    cut = kept(usage=Usage(finish="length"))

    assert cut_line(cut).endswith("; `ask -c go on` asks for the rest")
    assert cut_line(cut, "/continue").endswith("at once; /continue asks for the rest")
    assert cut_line(replace(cut, answer=None)).endswith("says no more at once")


def test_a_score_of_nothing_has_no_sign() -> None:
    view = why_view(entry(kind=Kind.ANSWER), context(row(score=-0.001)), (), screen())

    assert " 0.00" in view
    assert "-0.00" not in view


def test_why_lists_reasons_claims_and_what_was_left_out() -> None:
    text = "It is. The print says so [@k3f9a]."
    answer = entry(text, handle="w2c4d", kind=Kind.ANSWER, actor="openai/gpt")
    made = context(row(), left_out=(LeftOut(handle="d7h0t", why="budget"),), left_out_count=3)

    view = why_view(
        answer, made, [Citation(start=25, end=33, handle="k3f9a", verdict="known")], screen()
    )

    assert "match 0.50: words: cut · 21 tokens" in view
    assert "  k3f9a  The print says so" in view
    assert view.endswith("left out\n  d7h0t  budget\n  and 2 more")


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0"), (999, "999"), (1_234, "1.2k"), (16_000, "16k"), (200_000, "200k"), (999_900, "1M")],
)
def test_counts_are_short(number: int, words: str) -> None:
    assert short(number) == words


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "today"), (1, "1 day old"), (87, "87 days old"), (150, "4 months old"),
     (800, "2 years old")],
)  # fmt: skip
def test_ages_are_in_words(days: int, words: str) -> None:
    assert PIPE.age(NOW - timedelta(days=days)) == words


def test_days_are_as_short_as_they_can_be() -> None:
    days = (NOW, JUNE, JUNE - timedelta(days=400))

    assert [PIPE.day(day) for day in days] == ["22:30", "12 Jun", " 8 May 2025"]


def test_the_question_that_names_its_thread_is_not_shown_twice() -> None:
    asked = entry("down  today?", kind=Kind.QUESTION, thread_title="down today?")

    assert entry_line(asked, screen()).count("down") == 1
    assert "· rates-thesis" in entry_line(entry(), screen())


def test_why_something_was_left_out_breaks_between_words() -> None:
    left = LeftOut(handle="k3f9a", why="the same words stand there already, as they were")
    told = context(left_out=(left,), left_out_count=1)

    shown = why_view(entry(kind=Kind.ANSWER), told, (), screen(40))

    assert max(map(cells, shown.splitlines())) <= 40
    assert " ".join(shown.split()).endswith("stand there already, as they were")


def test_a_saved_search_in_a_list() -> None:
    line = ("cuts", "fed", "tag:rates \x1b[2J")

    assert search_line(*line, PIPE) == "cuts\tfed\ttag:rates \\x1b[2J"
    assert search_line(*line, screen(60)) == "@cuts  fed  tag:rates \\x1b[2J"
