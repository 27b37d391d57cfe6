"""Frozen values, alone and as `dataclasses` sees them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pytest

from ledgernote.domain.frozen import field, frozen, replace


def defined() -> Any:
    """A class that has made no value yet."""

    @frozen
    class Price:
        """What something costs."""

        cents: int = 0
        name: str
        """Needed, though it stands behind one that is not."""
        notes: Mapping[str, int] = field(default_factory=dict)
        key: str | None = field(default=None, repr=False)

    return Price


def test_a_value_holds_what_was_given_and_the_defaults_of_the_rest() -> None:
    price = defined()(name="tea")

    assert (price.cents, price.name, price.notes, price.key) == (0, "tea", {}, None)


def test_what_is_made_for_each_value_is_made_anew() -> None:
    kind = defined()

    assert kind(name="a").notes is not kind(name="b").notes


def test_a_value_cannot_be_changed() -> None:
    price = defined()(name="tea")

    with pytest.raises(AttributeError, match="cannot change 'cents' of a Price"):
        price.cents = 5
    with pytest.raises(AttributeError, match="cannot change 'name'"):
        del price.name


def test_values_are_equal_when_their_fields_are() -> None:
    kind, other = defined(), defined()

    assert kind(name="tea") == kind(name="tea", cents=0)
    assert kind(name="tea") != kind(name="tea", cents=1)
    assert kind(name="tea") != other(name="tea")


def test_values_that_are_equal_have_one_hash() -> None:
    @frozen(kw_only=False)
    class Point:
        x: int
        y: int = 0

    assert len({Point(1), Point(1, 0), Point(x=1, y=0)}) == 1


def test_a_value_by_place_can_be_matched_by_place() -> None:
    @frozen(kw_only=False)
    class Point:
        x: int
        y: int = 0

    match Point(1):
        case Point(x, y):
            assert (x, y) == (1, 0)


def test_a_field_can_be_kept_out_of_what_is_shown() -> None:
    shown = repr(defined()(name="tea", key="secret"))

    assert shown.endswith("Price(cents=0, name='tea', notes={})")


@pytest.mark.parametrize("given", [{}, {"name": "a", "nmae": "b"}])
def test_a_missing_and_an_unknown_field_are_refused(given: dict[str, str]) -> None:
    with pytest.raises(TypeError, match=r"name|nmae"):
        defined()(**given)


def test_a_value_by_name_takes_nothing_by_place() -> None:
    with pytest.raises(TypeError, match="positional"):
        defined()("tea")


@pytest.mark.parametrize("change", [replace, dataclasses.replace])
def test_a_value_with_one_field_replaced_keeps_the_others(change: Any) -> None:
    price = defined()(name="tea", notes={"a": 1}, key="secret")

    assert change(price, cents=5) == type(price)(name="tea", cents=5, notes={"a": 1}, key="secret")
    with pytest.raises(TypeError, match="nmae"):
        change(price, nmae="b")


@pytest.mark.parametrize("made_before", [True, False])
def test_to_dataclasses_it_is_a_dataclass(*, made_before: bool) -> None:
    kind = defined()
    if made_before:
        kind(name="tea")

    fields = {one.name: one for one in dataclasses.fields(kind)}

    assert list(fields) == ["cents", "name", "notes", "key"]
    assert fields["name"].default is dataclasses.MISSING
    assert (fields["notes"].default_factory, fields["key"].repr) == (dict, False)
    assert all(one.kw_only for one in fields.values())
    assert dataclasses.asdict(kind(name="tea"))["notes"] == {}
    assert dataclasses.is_dataclass(kind)


def test_a_class_has_the_fields_of_the_one_that_it_extends() -> None:
    @frozen
    class Price:
        cents: int = 0
        notes: Mapping[str, int] = field(default_factory=dict)

    @frozen
    class Offer(Price):
        until: str

    assert Offer(until="today").notes == {}
    assert [one.name for one in dataclasses.fields(Offer(until="today"))] == [
        "cents",
        "notes",
        "until",
    ]
