"""What is no text, described in words: `[image: chart.png 1024×768]`, `[tool search: "cpi"]`."""

from __future__ import annotations

import json

from ledgernote.interchange.plain import Table, key, table, tables, text

LONG = 500
"""Characters shown of what goes into a tool or comes out of one."""
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".heic", ".svg", ".bmp")


def short(value: object) -> str:
    """A value on one line, cut with the number of characters that are left out."""
    plain = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    plain = " ".join(plain.split())
    if len(plain) <= LONG:
        return plain
    return f"{plain[:LONG]} … {len(plain) - LONG:,} characters more"


def described(what: str, *words: object) -> str:
    """The thing in brackets; empty words are left out."""
    said = " ".join(str(word) for word in words if word)
    return f"[{what}: {said}]" if said else f"[{what}]"


def tool(name: object, given: object) -> str:
    """A call of a tool with what it was given."""
    if isinstance(given, dict) and len(given) == 1:
        given = next(iter(given.values()))
    return described(f"tool {key(name) or ''}".strip(), short(given) if given else "")


def result(value: object) -> str:
    """What a tool gave back."""
    return described("result", short(value)) if value else ""


def picture(name: object, width: object = None, height: object = None) -> str:
    """An image, which stays where it is."""
    return described("image", key(name), f"{width}×{height}" if width and height else "")


def is_picture(file: Table) -> bool:
    """Whether an attached file is an image, by its type or its name."""
    kind = text(file.get("mime_type") or file.get("file_type") or file.get("type"))
    named = text(file.get("name") or file.get("file_name")).lower()
    return kind.startswith("image") or named.endswith(PICTURES)


def in_blocks(value: object) -> str:
    """The words in a text, or in a list of text blocks."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return text(value.get("text"))
    return "\n".join(words for one in tables(value) if (words := text(one.get("text"))))


def of_table(value: object, *names: str) -> str:
    """The first of these fields that says something."""
    plain = table(value)
    return next((found for one in names if (found := text(plain.get(one)))), "")
