"""What a query says, and which words of a question matter."""

from __future__ import annotations

import ast
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgernote.domain.entries import Filter, Query, Term
from ledgernote.domain.frozen import replace
from ledgernote.replay import query as module
from ledgernote.replay.query import STOP_WORDS, content_words, gist, parse


def words(*texts: str) -> Query:
    return Query(groups=tuple((Term(text=text),) for text in texts))


def narrowed(field: str, value: str, *, negated: bool = False) -> Query:
    return Query(filters=(Filter(field=field, value=value, negated=negated),))


def without(text: str, *, prefix: bool = False) -> Query:
    return Query(without=(Term(text=text, prefix=prefix),))


def test_every_word_is_needed() -> None:
    assert parse(" rates \t inflation\n") == words("rates", "inflation")


def test_no_text_is_no_query() -> None:
    assert parse("") == parse(" \n\0") == parse('""') == parse('" "') == Query()


def test_a_phrase_is_one_term() -> None:
    assert parse('fed "hard landing" now') == words("fed", "hard landing", "now")


def test_a_star_makes_a_beginning() -> None:
    assert parse("infl*") == Query(groups=((Term(text="infl", prefix=True),),))
    assert parse('"real yi"*') == Query(groups=((Term(text="real yi", prefix=True),),))


@pytest.mark.parametrize("text", ["-debt", "not:debt", "NOT:debt", "-not:debt", '-"debt"'])
def test_a_word_can_be_left_out(text: str) -> None:
    assert parse(text) == without("debt")


def test_whatever_is_a_term_can_be_left_out() -> None:
    assert parse('-"hard landing"') == parse('not:"hard landing"') == without("hard landing")
    assert parse("-infl*") == without("infl", prefix=True)
    assert parse("-$T") == without("$T")
    assert parse("-🚀") == without("🚀")
    assert parse("not:5") == without("5")


def test_or_joins_the_terms_beside_it() -> None:
    one, other, third = (Term(text=text) for text in ("one", "the other", "third"))

    assert parse('one OR "the other"').groups == ((one, other),)
    assert parse('one OR "the other" third').groups == ((one, other), (third,))
    assert parse('third one OR "the other"').groups == ((third,), (one, other))
    assert parse('one OR "the other" OR third').groups == ((one, other, third),)


def test_or_joins_filters_and_terms() -> None:
    tag, other, term = (
        Filter(field="tag", value="a"),
        Filter(field="tag", value="b"),
        Term(text="c"),
    )

    assert parse("tag:a OR tag:b") == Query(either=((tag, other),))
    assert parse("tag:a OR tag:b OR c") == Query(either=((tag, other, term),))
    assert parse("c OR -tag:a") == Query(either=((term, replace(tag, negated=True)),))
    assert parse("c tag:a OR tag:b") == Query(groups=((term,),), either=((tag, other),))


@pytest.mark.parametrize("text", ["a OR", "OR b", "OR", "OR OR OR", "a OR OR b", "a or b", "Or"])
def test_or_elsewhere_is_a_word(text: str) -> None:
    assert parse(text) == words(*text.split())


def test_or_beside_what_is_no_term_is_a_word() -> None:
    assert parse("-a OR b").groups == words("OR", "b").groups
    assert parse("a OR is:private").groups == words("a", "OR").groups
    assert parse('a "OR" b') == words("a", "OR", "b")


@pytest.mark.parametrize("field", ["tag", "project", "thread", "model", "actor"])
def test_a_field_takes_any_value(field: str) -> None:
    assert parse(f"{field}:A/b-c") == narrowed(field, "A/b-c")
    assert parse(f"-{field}:x") == parse(f"not:{field}:x") == narrowed(field, "x", negated=True)
    assert parse(f'{field.upper()}:"rates thesis"') == narrowed(field, "rates thesis")
    assert parse(f'-{field}:"a b"') == narrowed(field, "a b", negated=True)


@pytest.mark.parametrize("value", ["7d", "2026-05-01", "yesterday", '"3 months ago"'])
@pytest.mark.parametrize("field", ["since", "until", "on"])
def test_a_time_field_takes_a_time(field: str, value: str) -> None:
    assert parse(f"{field}:{value}") == narrowed(field, value.strip('"'))


def test_kind_and_state_leave_in_lower_case() -> None:
    assert parse("kind:Note") == narrowed("kind", "note")
    for state in ("pinned", "private", "muted", "superseded"):
        assert parse(f"-is:{state.upper()}") == narrowed("is", state, negated=True)


def test_a_hash_is_a_tag() -> None:
    assert parse("#fed") == parse("tag:fed") == narrowed("tag", "fed")
    assert parse("-#2nd-half") == narrowed("tag", "2nd-half", negated=True)
    assert parse('#"real yields"') == narrowed("tag", "real yields")


@pytest.mark.parametrize(
    "word",
    """
    foo:bar 12:30 http://x kind:banana is:funny since:xyz on: tag: not: :x
    - * -- --x -> -* ** a** **bold** ( ) (a b) " "a 5" AND NOT NEAR NEAR(a,b) ^a {a} a:b:c + ~ \\ '
    $T BRK.B c++ foo-bar it's o'neil's 5.25 #1 # ## #!/bin/sh @john: k3f9a @k3f9a % _ a_b
    -5 -0.75% -.5% -$3bn -€4 +3 🚀 株価 é \udce9 a\udcffb \x01 \u200b
    """.split(),  # noqa: SIM905
)
def test_what_is_no_syntax_is_a_word_as_typed(word: str) -> None:
    assert parse(word) == words(word)


def test_an_unknown_field_with_quotes_is_a_phrase() -> None:
    assert parse('foo:"bar baz"') == words("foo:bar baz")
    assert parse('kind:"ba nana"') == words("kind:ba nana")


def test_nul_parts_words() -> None:
    assert parse('a\0b "c\0d"') == words("a", "b", "c d")


PIECES = st.sampled_from(
    [*'"*-#:()+ \0', "OR", "not:", "tag:", "since:", "is:", "7d", "a", "\udce9", "🚀", "$"]
)


@given(st.one_of(st.text(st.characters()), st.lists(PIECES).map("".join)))
def test_no_text_raises_and_no_term_is_empty(text: str) -> None:
    query = parse(text)

    assert all(term.text.strip() for group in query.groups for term in group)
    assert all(term.text.strip() for term in query.without)
    assert all(one.value.strip() for one in query.filters)
    assert len(set(content_words(text))) == len(content_words(text))


@given(st.lists(st.from_regex(r"[a-z0-9.$_][\w.$'+-]{0,9}", fullmatch=True), max_size=9))
def test_words_are_one_group_each(typed: list[str]) -> None:
    assert parse(" ".join(typed)) == words(*typed)


@given(st.text(st.characters()).filter(lambda text: '"' not in text and text.strip("\0").strip()))
def test_quoted_text_is_one_phrase(text: str) -> None:
    assert len(parse(f'"{text}"').groups) <= 1


@pytest.mark.parametrize("piece", ['"a ', "a:", "not:", "-", '"', "#", "a OR ", "*", "a'", "5,"])
def test_long_text_takes_linear_time(piece: str) -> None:
    text = piece * 50_000
    began = process_time()

    parse(text)
    content_words(text)

    assert process_time() - began < 10  # a square of the length takes minutes


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("What did I say about the Fed's dot plot?", "fed dot plot"),
        ("is ARE or ON better than $T", "ARE ON better $t"),
        ("what about IN NO EVENT SHALL THE OWNER?", "event owner"),
        ("Is T or A the one?", "t"),
        ("why is IT so weak AND what did I NOT see", "IT weak see"),
        ("BRK.B fell -0.75% to 1,234.50 at 12:30", "brk.b fell -0.75% 1,234.50 12:30"),
        ("+25bp or −25bp, .5% or $3bn?", "+25bp −25bp .5% $3bn"),
        ("I don’t know what’s in the banks’ books", "know banks books"),
        ("rates/inflation—c++ and C# (foo-bar)", "rates inflation c++ c# foo-bar"),
        ("Rates, rates, RATES!", "rates"),
        ("2026-05-01 S&P", "2026-05-01 s&p"),
        ("what happened in May", "may"),
        ("yesterday's notes of this month's rent", "notes rent"),
        ("what did the Fed say?", "fed"),
        ("what did the Fed say about rates", "fed say rates"),
        ("what is our current view on copper", "copper"),
        ("the up-move is over", "up-move over"),
        ("हिन्दी में café cafe\u0301", "हिन्दी में café cafe\u0301"),
        ("株価 は ARE", "株価 は ARE"),
        ("a\udce9b", "b"),
        ("WHAT IS THE FED DOING", "fed"),
        ("what is it", "what is it"),
        ("whats due, hows the kiln and dont they say im late?", "due kiln say late"),
        ("whats happening to gold in may", "happening gold may"),
        ("whats happened in May", "may"),
        ("Can you list the order in which I brought up yields, in order?", "yields"),
        ("a limit order, and ONLY one", "limit order"),
        ("what did we discuss?", "discuss"),
        ("ARE", "are"),
        ("", ""),
        ("?! 🚀", ""),
    ],
)
def test_the_words_that_a_question_is_about(text: str, kept: str) -> None:
    assert content_words(text) == tuple(kept.split())


def test_stop_words_are_lower_case() -> None:
    assert all(word == word.lower() for word in STOP_WORDS)


def test_the_language_needs_nothing_but_re() -> None:
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    roots = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    plain = {
        name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names
    }

    assert plain == {"re"}
    assert {str(root).partition(".")[0] for root in roots} <= {
        "__future__",
        "collections",
        "dataclasses",
        "ledgernote",
    }


def test_of_a_long_question_whole_words_of_its_beginning_and_its_end_are_read() -> None:
    pasted = "Is this true? " + "pasted " * 20_000 + "Who wrote it?"

    read = gist(pasted)

    assert len(read) < 20_002
    assert read.startswith("Is this true? pasted")
    assert read.endswith("pasted Who wrote it?")
    assert set(read.split()) <= set(pasted.split())


def test_a_question_of_a_page_is_read_whole() -> None:
    page = "What of it? " * 1_000

    assert gist(page) == page
