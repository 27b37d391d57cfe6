"""Our own lossless form: one entry a line, as `--json` prints it."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, TypeVar

from ledgernote.domain import images
from ledgernote.domain.entries import Kind, Scope, Status
from ledgernote.domain.text import to_bytes
from ledgernote.domain.times import parse_iso
from ledgernote.interchange.values import Damaged, Line, reason

__all__ = ["Damaged", "Line", "read"]

Named = TypeVar("Named", Kind, Scope, Status)
NAMES = frozenset(
    (
        *("id", "handle", "project", "thread", "thread_id", "thread_name", "title", "model"),
        *("actor", "reply_to", "supersedes", "source", "ref", "pinned_thread_id"),
        *("reply_to_id", "supersedes_id", "saved_from_id", "project_brief"),
    )
)
"""Fields that are text or null."""
MOST, LONGEST = 16, 128
"""Models that a question is put to, and characters of the name of one."""


def _text(plain: dict[str, Any], name: str) -> str | None:
    value = plain.get(name)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    raise ValueError(f"`{name}` must be text")


def _texts(plain: dict[str, Any]) -> dict[str, Any]:
    return {name: _text(plain, name) for name in NAMES.intersection(plain)}


def _time(plain: dict[str, Any], name: str) -> datetime | None:
    text = _text(plain, name)
    if text is None:
        return None
    moment = parse_iso(text)
    if moment is None:
        raise ValueError(f"`{name}` is no ISO time: {text[:40]!r}")
    return moment


def _body(plain: dict[str, Any]) -> bytes:
    if isinstance(plain.get("bytes"), str):
        try:
            return b64decode(plain["bytes"], validate=True)
        except ValueError:
            raise ValueError("`bytes` is no base64") from None
    text = _text(plain, "text")
    if text is None:
        raise ValueError("`text` is missing")
    return to_bytes(text)


def _image(plain: dict[str, Any]) -> bytes | None:
    image = plain.get("image")
    if image is None:
        return None
    try:
        body = b64decode(image["base64"], validate=True)
    except (LookupError, TypeError, ValueError):
        raise ValueError("`image` holds no `base64`") from None
    if images.read(body) is None or len(body) > images.LARGEST:
        raise ValueError("`image` is none that models take")
    return body


def _names(plain: dict[str, Any], name: str) -> tuple[str, ...] | None:
    found = plain.get(name)
    if not found and not isinstance(found, list):
        return None
    if isinstance(found, list) and all(isinstance(one, str) for one in found):
        return tuple(found)
    raise ValueError(f"`{name}` must be a list of names")


def _whom(plain: dict[str, Any]) -> dict[str, object] | None:
    """Whom it was put to or told. What does not say that a model is remote is kept from those."""
    models, remote = _models(plain), plain.get("remote")
    if remote not in (None, False, True):
        raise ValueError("`remote` must be true or false")
    if models is None:
        return None if remote is None else {"remote": bool(remote)}
    once = {"once": True} if plain.get("once") else {}
    return {"models": models, "remote": bool(remote), **once}


def _models(plain: dict[str, Any]) -> list[str] | None:
    """Whom a question was put to, as far as that can be names of models.

    An event keeps them where no word can be erased, so no words may come in as such.
    """
    found = _names(plain, "models")
    if found is None or plain["kind"] != Kind.QUESTION:
        return None
    return [name for name in found[:MOST] if _is_name(name)]


def _is_name(text: str) -> bool:
    return 0 < len(text) <= LONGEST and text.isprintable() and " " not in text


def _one_of(kind: type[Named], plain: dict[str, Any], name: str) -> Named:
    try:
        return kind(plain[name])
    except ValueError:
        known = ", ".join(kind)
        raise ValueError(f"`{name}` must be one of {known}: {str(plain[name])[:40]!r}") from None


def _line(number: int, raw: bytes) -> Line:
    plain = json.loads(raw)
    if not isinstance(plain, dict):
        raise ValueError("not an object")  # noqa: TRY004  a fault of the file, not of ours
    if plain.get("kind") is None:
        raise ValueError("`kind` is missing")
    return Line(
        number=number,
        kind=_one_of(Kind, plain, "kind"),
        text=_body(plain),
        image=_image(plain),
        tags=_names(plain, "tags") or (),
        whom=_whom(plain),
        pinned=_one_of(Scope, plain, "pinned") if plain.get("pinned") else None,
        pinned_until=_time(plain, "pinned_until"),
        muted=bool(plain.get("muted")),
        private=bool(plain.get("private")),
        project_private=bool(plain.get("project_private")),
        created=_time(plain, "created"),
        edited=_time(plain, "edited"),
        status=_one_of(Status, plain, "status") if plain.get("status") else Status.COMPLETE,
        **_texts(plain),
    )


def read(lines: Iterable[bytes]) -> Iterator[Line | Damaged]:
    """Each line as a value; blank lines are nothing, bad ones are named."""
    for number, raw in enumerate(lines, start=1):
        if not raw.strip():
            continue
        try:
            yield _line(number, raw)
        except (ValueError, RecursionError) as error:
            yield Damaged(number=number, why=reason(error))
