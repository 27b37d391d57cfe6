"""What each writer is called in the marks of one context."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from replay.builders import Book, identity, scored

from ledgernote.domain.entries import EntryId, EventId
from ledgernote.domain.turns import Reason
from ledgernote.models.counter import count
from ledgernote.replay.called import Called, called
from ledgernote.replay.frame import label, mark
from ledgernote.replay.recipe import Place, Span, Who


def labels(*names: str, **standing: Called) -> list[str]:
    """What writers of those names are called; *standing* is by name."""
    writers = {str(number).encode(): name for number, name in enumerate(names)}
    stood = {who: standing[name] for who, name in writers.items() if name in standing}
    found = called(writers, stood, (), count)
    return [label(name, found[who].letters, found[who].sign) for who, name in writers.items()]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Caroline", "Caroline"),
        ("Claire Dubois", "Claire Dubois"),
        ("Anna Maria Bergmann", "Anna Maria…"),
        ("김민준", "김민준"),
        ("美玲", "美玲"),
        ("山田太郎", "山田太郎"),
        ("Παναγιώτης", "Πανα…"),
        ("x]y@z", "x y z"),
        ("you", "~you"),
        ("Model", "~Model"),
        ("you\n", "~you"),
    ],
)
def test_a_name_is_cut_with_a_sign_and_keeps_enough_to_be_known(name: str, shown: str) -> None:
    assert labels(name) == [shown]


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (("Anna Maria Berg", "Anna Maria Bergmann"), ["Anna Maria Berg", "Anna Maria Bergm…"]),
        (("Claire", "Claire Dubois"), ["Claire", "Claire Dubois"]),
        (("Παναγιώτης", "Παναγιώτα"), ["Παναγιώτη…", "Παναγιώτα"]),
        (("Jon", "Jon]"), ["Jon", "Jon~"]),
        (("you", "~you"), ["~you", "~you~"]),
    ],
)
def test_two_writers_of_one_context_are_told_apart(
    names: tuple[str, ...], shown: list[str]
) -> None:
    assert labels(*names) == shown


def test_who_came_later_gives_way_to_what_was_sent() -> None:
    assert labels("Anna", "Annabel", Annabel=Called(4, "…")) == ["Anna", "Anna…"]


@given(st.lists(st.text("abç 김🦊~]", max_size=12), max_size=6))
def test_no_two_writers_carry_one_label(names: list[str]) -> None:
    found = labels(*names)

    assert len(set(found)) == len(names)
    assert not any(re.fullmatch("you|model", one, re.IGNORECASE) for one in found)
    for name, shown in zip(names, found, strict=True):
        others = [label(other, len(other)) for other in names if other is not name]
        assert not (shown.endswith("…") and any(o.startswith(shown[:-1]) for o in others))


@pytest.mark.parametrize(
    "name", ["Caroline", "Claire Dubois", "Wolfeschlegelsteinhausenbergerdorff"]
)
@pytest.mark.parametrize("handle", ["k3f9a", "q81mm", "zzzzz", "0h9jt", "w2c4d"])
def test_a_mark_takes_ten_tokens_at_most(name: str, handle: str) -> None:
    one = called({b"a": name}, {}, (), count)[b"a"]
    row = Span(
        place=Place(event=EventId(b"1")),
        entry=EntryId(b"1"),
        handle=handle,
        who=Who.ACTOR,
        actor=b"a",
        label=one.letters,
        sign=one.sign,
        reason=Reason.MATCH,
    )

    assert count(mark(row, lambda _: name)) <= 10


def test_a_writer_has_one_label_in_a_whole_thread() -> None:
    book = Book()
    who = {"who": "Anna Maria Bergmann", "actor": identity("anna")}
    other = {"who": "Anna Maria Berg", "actor": identity("berg")}
    notes = [book.keep(f"cuts {number}", **who) for number in range(8)]
    book.turn("cuts?", scored(*notes[:4]))
    later = book.keep("cuts later", **other)

    messages = book.plan("which cuts?", scored(*notes[4:], later)).context.messages

    said = "\n".join(one.content for one in messages)
    assert set(re.findall(r"\[@\w+ (Anna.*?)\]", said)) == {"Anna Maria…", "Anna Maria Berg"}
