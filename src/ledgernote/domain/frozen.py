"""Frozen values that cost little to define.

`@dataclass(frozen=True, slots=True, kw_only=True)` compiles half a dozen functions for every
class while it is imported: the values that a `note` needs took a fifth of its time that way.
`@frozen` is a dataclass too (`replace` and `fields` work), but shares its methods with all
others and compiles its `__init__` only when the first one is made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError, dataclass, field, fields
from functools import partial
from typing import Any, NoReturn, TypeVar, dataclass_transform, overload

Class = TypeVar("Class")


@overload
def frozen(cls: type[Class]) -> type[Class]: ...


@overload
def frozen(*, kw_only: bool) -> Callable[[type[Class]], type[Class]]: ...


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def frozen(cls: Any = None, *, kw_only: bool = True) -> Any:
    """Make *cls* a frozen value of its annotated fields, given by name or, told so, by place."""
    if cls is None:
        return partial(frozen, kw_only=kw_only)
    # Without a docstring, dataclass() would spell out the signature, which is slow.
    cls.__doc__ = cls.__doc__ or cls.__name__
    for name, method in _METHODS.items():
        if name not in cls.__dict__:
            setattr(cls, name, method)
    return dataclass(init=False, repr=False, eq=False, kw_only=kw_only)(cls)


def _first(self: Any, *placed: Any, **given: Any) -> None:
    """The `__init__` of a class that has made no value yet: write the real one, and use it."""
    cls = type(self)
    names: list[str] = []
    made: list[str] = []
    defaults: dict[str, Any] = {}
    for each in fields(cls):
        default = each.default if each.default_factory is MISSING else each.default_factory
        shown = each.name if default is MISSING else f"{each.name}=_{each.name}"
        names.append(shown)
        defaults[f"_{each.name}"] = default
        if each.default_factory is not MISSING:
            made.append(f"  if {each.name} is _{each.name}: {each.name} = _{each.name}()\n")
    held = ", ".join(f"{each.name}={each.name}" for each in fields(cls))
    star = ", *, " if names and fields(cls)[0].kw_only else ", "
    text = f"def __init__(self{star}{', '.join(names)}):\n{''.join(made)}"
    then = "  self.__post_init__()\n" if hasattr(cls, "__post_init__") else ""
    exec(f"{text}  self.__dict__.update({held})\n{then}", defaults)
    cls._names = tuple(each.name for each in fields(cls))
    cls.__init__ = defaults["__init__"]
    cls.__init__(self, *placed, **given)


def _held(self: Any) -> tuple[Any, ...]:
    return tuple(map(self.__dict__.__getitem__, self._names))


def _equal(self: Any, other: object) -> bool:
    return self.__dict__ == other.__dict__ if type(self) is type(other) else NotImplemented


def _hash(self: Any) -> int:
    return hash(_held(self))


def _told(self: Any) -> str:
    shown = ", ".join(f"{e.name}={self.__dict__[e.name]!r}" for e in fields(self) if e.repr)
    return f"{type(self).__qualname__}({shown})"


def _refuse(self: Any, name: str, *_: object) -> NoReturn:
    raise FrozenInstanceError(f"cannot change {name!r} of a {type(self).__name__}")


_METHODS = {
    "__init__": _first,
    "__eq__": _equal,
    "__hash__": _hash,
    "__repr__": _told,
    "__setattr__": _refuse,
    "__delattr__": _refuse,
}
