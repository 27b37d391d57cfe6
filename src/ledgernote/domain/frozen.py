"""Frozen values that cost little to define.

`@dataclass(frozen=True, slots=True, kw_only=True)` compiles half a dozen functions for every
class while it is imported, and `dataclasses` itself loads `inspect` and the compiler's own
modules: a quarter of the time of a `find`. `@frozen` does without either. Its classes share their
methods, and compile an `__init__` only when the first value is made; whoever asks `dataclasses`
about one (`fields`, `replace`, `is_dataclass`) gets a dataclass.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, dataclass_transform, overload

if TYPE_CHECKING:  # which knows what these two do
    from dataclasses import field, replace
else:

    def field(**said):
        """A field that is more than a default: `default_factory`, `repr=False`."""
        return _Said(said)

    def replace(value, /, **changes):
        """A value with other words in some fields."""
        held = value.__dict__
        return type(value)(**{**{name: held[name] for name in value._fields}, **changes})


__all__ = ("field", "frozen", "replace")

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
    own = {name: cls.__dict__.get(name, _NONE) for name in cls.__annotations__}
    cls._fields = {**getattr(cls, "_fields", {}), **own}
    cls._kw_only = kw_only
    cls.__match_args__ = () if kw_only else tuple(cls._fields)  # type: ignore[misc]
    cls.__dataclass_fields__ = _Dataclass(cls)
    for name, method in _METHODS.items():
        if name not in cls.__dict__:
            setattr(cls, name, method)
    return cls


_NONE = object()
"""The default of a field that has none."""


class _Said:
    """What was said of a field, until the class is made a dataclass."""

    def __init__(self, said: dict[str, Any]) -> None:
        self.said = said


class _Dataclass:
    """Makes a class a dataclass, once its fields are asked for."""

    def __init__(self, cls: Any) -> None:
        self._cls = cls

    def __get__(self, _value: object, _cls: type) -> Any:
        from dataclasses import dataclass, field

        cls = self._cls
        for name in cls.__annotations__:
            default = cls._fields[name]
            if isinstance(default, _Said):
                setattr(cls, name, field(**default.said))
        # Without a docstring, dataclass() would spell out the signature, which is slow.
        cls.__doc__ = cls.__doc__ or cls.__name__
        dataclass(init=False, repr=False, eq=False, kw_only=cls._kw_only)(cls)
        return cls.__dict__["__dataclass_fields__"]


def _first(self: Any, *placed: Any, **given: Any) -> None:
    """The `__init__` of a class that has made no value yet: write the real one, and use it."""
    cls = type(self)
    names: list[str] = []
    made: list[str] = []
    defaults: dict[str, Any] = {}
    for name, default in cls._fields.items():
        said = default.said if isinstance(default, _Said) else {"default": default}
        factory = said.get("default_factory")
        defaults[f"_{name}"] = factory or said.get("default", _NONE)
        names.append(name if defaults[f"_{name}"] is _NONE else f"{name}=_{name}")
        if factory:
            made.append(f"  if {name} is _{name}: {name} = _{name}()\n")
    held = ", ".join(f"{name}={name}" for name in cls._fields)
    star = ", *, " if names and cls._kw_only else ", "
    text = f"def __init__(self{star}{', '.join(names)}):\n{''.join(made)}"
    then = "  self.__post_init__()\n" if hasattr(cls, "__post_init__") else ""
    exec(f"{text}  self.__dict__.update({held})\n{then}", defaults)
    cls.__init__ = defaults["__init__"]
    cls.__init__(self, *placed, **given)


def _held(self: Any) -> tuple[Any, ...]:
    return tuple(map(self.__dict__.__getitem__, self._fields))


def _equal(self: Any, other: object) -> bool:
    return self.__dict__ == other.__dict__ if type(self) is type(other) else NotImplemented


def _hash(self: Any) -> int:
    return hash(_held(self))


def _told(self: Any) -> str:
    shown = ", ".join(
        f"{name}={self.__dict__[name]!r}"
        for name, default in self._fields.items()
        if not isinstance(default, _Said) or default.said.get("repr", True)
    )
    return f"{type(self).__qualname__}({shown})"


def _refuse(self: Any, name: str, *_: object) -> NoReturn:
    raise AttributeError(f"cannot change {name!r} of a {type(self).__name__}")


_METHODS = {
    "__init__": _first,
    "__eq__": _equal,
    "__hash__": _hash,
    "__repr__": _told,
    "__setattr__": _refuse,
    "__delattr__": _refuse,
}
