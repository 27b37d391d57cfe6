"""A recipe survives being written down, and holds no words."""

from __future__ import annotations

import json
import re

from hypothesis import given
from hypothesis import strategies as st
from replay.builders import Book, material, scored

from ledgernote.domain.entries import EntryId, EventId, Status
from ledgernote.domain.images import Image
from ledgernote.domain.turns import Reason
from ledgernote.replay.recipe import (
    Answer,
    Head,
    Identity,
    Pins,
    Place,
    Recipe,
    Span,
    Turn,
    Who,
    blocks_of,
    spans_of,
    unkept,
    with_kept,
    without,
)
from ledgernote.replay.written import from_json, to_json

ids = st.binary(min_size=16, max_size=16).map(EventId)
numbers = st.integers(0, 10**9)
places = st.builds(
    Place,
    event=ids,
    slot=st.sampled_from(["text", "system"]),
    start=numbers,
    end=st.none() | numbers,
)
SIZES = ("width", "height", "size")
handles = st.text("0123456789abcdefghjkmnpqrstvwxyz", min_size=5, max_size=8)
spans = st.builds(
    Span,
    place=places,
    entry=ids.map(EntryId),
    handle=handles,
    marked=st.booleans(),
    day=st.dates().map(str),
    who=st.sampled_from(Who),
    actor=st.none() | ids,
    label=numbers,
    sign=st.sampled_from(["", "…", "~"]),
    reason=st.sampled_from(Reason),
    score=st.none() | st.floats(0, 4),
    features=st.lists(st.floats(0, 1), max_size=8).map(tuple),
    tokens=numbers,
    replaces=st.none() | handles,
    replaced_by=st.none() | handles,
    edited=st.booleans(),
    image=st.none() | st.builds(Image, media=st.just("image/png"), **dict.fromkeys(SIZES, numbers)),
    seen=numbers,
)
rows = st.lists(spans, max_size=3).map(tuple)
blocks = st.one_of(
    st.builds(Head, system=st.none() | places, brief=st.none() | places),
    st.builds(Pins, rows=rows),
    st.builds(
        Turn,
        rows=rows,
        material=rows,
        question=st.none() | spans,
        day=st.dates().map(str),
        offset=st.integers(-86400, 86400),
    ),
    st.builds(Answer, span=st.none() | spans, status=st.sampled_from(Status)),
)
recipes = st.builds(
    Recipe,
    frame=numbers,
    counter=st.just("cl100k-1"),
    model=st.just("offline"),
    budget=numbers,
    replay=numbers,
    factor=st.floats(0.5, 2),
    sees=st.booleans(),
    extends=st.none() | ids,
    blocks=st.lists(blocks, max_size=4).map(tuple),
)


@given(recipes)
def test_a_recipe_comes_back_from_its_json(recipe: Recipe) -> None:
    assert from_json(json.loads(json.dumps(to_json(recipe)))) == recipe


def test_a_recipe_holds_no_word_of_anybody() -> None:
    book = Book()
    note = book.keep("Zanzibar", who="Wilhelmina", actor=b"w" * 16)
    given = (material("Quixotic", "zeppelin.txt"),)
    book.turn("xylophone?", scored(note), answer="Yggdrasil", system="Jabberwock", material=given)
    book.turn("Vortex?")

    kept = " ".join(book.recipes.values())

    words = "Zanzibar|Wilhelmina|Quixotic|zeppelin|xylophone|Yggdrasil|Jabberwock|Vortex"
    assert not re.findall(words, kept)


def test_a_recipe_that_extends_another_holds_only_what_is_new() -> None:
    book = Book()
    for question in ("one?", "two?", "three?"):
        book.turn(question)
    assert book.last
    last = book.recipe(book.last)

    assert [type(block) for block in last.blocks] == [Answer, Turn]
    assert [type(block) for block in blocks_of(last, book.recipe)] == [
        Head, Pins, Turn, Answer, Turn, Answer, Turn,
    ]  # fmt: skip


def test_the_unkept_get_their_names() -> None:
    asked = Span(place=Place(event=unkept(0)), entry=EntryId(b""), reason=Reason.RECENT)
    given = Span(place=Place(event=unkept(1), end=4), entry=EntryId(b""), reason=Reason.GIVEN)
    head = Head(system=Place(event=unkept(0), slot="system"))
    turn = Turn(question=asked, material=(given,), day="2026-11-21", offset=0)
    recipe = Recipe(frame=1, counter="", model="", budget=1, replay=1, blocks=(head, turn))
    names = [Identity(EntryId(bytes([n])), EventId(bytes([n, n])), f"h{n}") for n in (5, 6)]

    kept = with_kept(recipe, names[0], names[1:])

    assert kept.blocks[0] == Head(system=Place(event=EventId(b"\5\5"), slot="system"))
    one, two = spans_of(kept.blocks[1])
    assert (one.entry, one.handle, one.place) == (b"\6", "h6", Place(event=EventId(b"\6\6"), end=4))
    assert (two.entry, two.handle, two.place.event) == (b"\5", "h5", b"\5\5")


@given(blocks)
def test_a_block_without_anything_has_no_spans(block: Head | Pins | Turn | Answer) -> None:
    assert without(block, lambda _: True) == block
    assert spans_of(without(block, lambda _: False)) == ()
