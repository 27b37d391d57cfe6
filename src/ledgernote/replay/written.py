"""The JSON form of a recipe: fields under their own names, ids in hex, defaults left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from typing import Any, TypeVar

from ledgernote.domain.entries import EventId, Status
from ledgernote.domain.frozen import replace
from ledgernote.domain.images import Image
from ledgernote.domain.turns import Reason
from ledgernote.replay.recipe import (
    Answer,
    Block,
    Head,
    Pins,
    Place,
    Recipe,
    Span,
    Summary,
    Task,
    Turn,
    Who,
)

_BLOCKS: dict[str, type[Block]] = {
    "head": Head,
    "pins": Pins,
    "summary": Summary,
    "turn": Turn,
    "answer": Answer,
}


def to_json(recipe: Recipe) -> dict[str, Any]:
    """A recipe as JSON-ready values."""
    plain: dict[str, Any] = _plain(replace(recipe, blocks=()))
    names = {type_: name for name, type_ in _BLOCKS.items()}
    plain["blocks"] = [{"is": names[type(block)], **_plain(block)} for block in recipe.blocks]
    return plain


def from_json(plain: Mapping[str, Any]) -> Recipe:
    """The recipe that `to_json` wrote. Raises KeyError or TypeError for anything else."""
    blocks = tuple(_block(dict(row)) for row in plain["blocks"])
    rest = {**plain, "extends": _id(plain.get("extends")), "blocks": blocks}
    return Recipe(**rest)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float):  # nearly all are
        return value
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return {
        each.name: _plain(getattr(value, each.name))
        for each in fields(value)
        if each.default is MISSING or getattr(value, each.name) != each.default
    }


def _id(text: str | None) -> EventId | None:
    return None if text is None else EventId(bytes.fromhex(text))


def _place(plain: Mapping[str, Any]) -> Place:
    return Place(**{**plain, "event": EventId(bytes.fromhex(plain["event"]))})


_FIELDS: dict[str, Callable[[Any], Any]] = {
    "place": _place,
    "system": _place,
    "brief": _place,
    "image": lambda plain: Image(**plain),
    "entry": bytes.fromhex,
    "actor": bytes.fromhex,
    "who": Who,
    "reason": Reason,
    "status": Status,
    "task": Task,
    "features": tuple,
    "question": lambda plain: plain and _span(plain),
    "span": lambda plain: plain and _span(plain),
    "rows": lambda rows: tuple(map(_span, rows)),
    "material": lambda rows: tuple(map(_span, rows)),
}

_Made = TypeVar("_Made")


def _made(kind: type[_Made], plain: Mapping[str, Any]) -> _Made:
    return kind(**{name: _FIELDS.get(name, _same)(value) for name, value in plain.items()})


def _same(value: Any) -> Any:
    return value


def _span(plain: Mapping[str, Any]) -> Span:
    return _made(Span, plain)


def _block(plain: dict[str, Any]) -> Block:
    return _made(_BLOCKS[plain.pop("is")], plain)
