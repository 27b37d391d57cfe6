"""Claude's data export: `conversations.json`, `projects.json`, `memories.json`, `design_chats/`.

It names no model anywhere; captures of the page do. Files that were pasted come with their
words, others by name only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ledgernote.domain.entries import Kind
from ledgernote.domain.text import to_bytes
from ledgernote.interchange import parts
from ledgernote.interchange.arrays import talks
from ledgernote.interchange.place import Member, Place
from ledgernote.interchange.plain import Table, items, key, moment, name, table, tables, text
from ledgernote.interchange.talk import Role, Said, Talk, lines
from ledgernote.interchange.values import Damaged, Line, Read, Skipped

SOURCE, SPEAKER = "claude", "Claude"
KEYS = {
    re.compile(r"(^|/)projects[^/]*\.json$"): "docs",
    re.compile(r"(^|/)memories[^/]*\.json$"): "conversations_memory",
    re.compile(r"(^|/)design_chats/[^/]*\.json$"): "messages",
    re.compile(r"(^|/)conversations[^/]*\.json$"): "chat_messages",
}
"""Which files are read, and what an object of each must have."""
MARKS = (b'"chat_messages"', b'"prompt_template"')
ROLES = {"human": Role.USER, "user": Role.USER, "assistant": Role.ASSISTANT}


def _members(place: Place) -> Iterator[tuple[Member, str]]:
    """The files, projects first, and what an object of each must have."""
    if place.is_file:
        found = list(place.members())
        known = (key for file, key in KEYS.items() if file.search(found[0].name))
        yield found[0], next(known, "chat_messages")
        return
    for file, wanted in KEYS.items():
        yield from ((one, wanted) for one in place.members(".json") if file.search(one.name))


def recognise(place: Place) -> bool:
    """Whether a file holds chat messages or projects."""
    return any(mark in member.head() for member, _ in _members(place) for mark in MARKS)


def read(place: Place) -> Iterator[Read]:
    """The messages of every talk, and the documents of projects as notes."""
    number = 0
    projects: dict[str | None, str | None] = {}
    for member, wanted in _members(place):
        for one in talks(member, wanted):
            number += 1
            if isinstance(one, str):
                yield Damaged(number=number, why=one)
            elif wanted == "docs":
                projects[key(one.get("uuid"))] = name(one.get("name"))
                yield from _project(number, one)
            elif wanted == "conversations_memory":
                yield from _memories(number, one, projects)
            else:
                yield from _Reading(number, one, wanted).lines()


def _note(number: int, words: str, **more: object) -> Iterator[Line]:
    if words.strip():
        yield Line(
            number=number,
            kind=Kind.NOTE,
            text=to_bytes(words),
            source=SOURCE,
            **more,  # type: ignore[arg-type]
        )


def _project(number: int, plain: Table) -> Iterator[Line]:
    """Its instructions and its documents."""
    project, id_ = name(plain.get("name")), key(plain.get("uuid"))
    place = {"project": project, "created": moment(plain.get("created_at"))}
    words = text(plain.get("prompt_template"))
    yield from _note(number, words, title="Instructions", ref=f"{id_}/prompt", **place)
    for doc in tables(plain.get("docs")):
        title, created = name(doc.get("filename")), moment(doc.get("created_at"))
        place |= {"created": created or place["created"]}
        words = text(doc.get("content"))
        yield from _note(number, words, title=title, ref=key(doc.get("uuid")), **place)


def _memories(
    number: int, plain: Table, projects: Mapping[str | None, str | None]
) -> Iterator[Line]:
    """What it was told to remember."""
    account = key(plain.get("account_uuid"))
    words = text(plain.get("conversations_memory"))
    yield from _note(number, words, title="Memory", ref=f"memory/{account}")
    for id_, memory in table(plain.get("project_memories")).items():
        place = {"ref": f"memory/{id_}", "project": projects.get(id_)}
        yield from _note(number, text(memory), title="Memory", **place)


class _Reading:
    """One talk, and what of it is left out."""

    def __init__(self, number: int, plain: Table, messages: str) -> None:
        self.number, self.plain, self._messages = number, plain, messages
        self.skipped: list[Read] = []

    def lines(self) -> Iterator[Read]:
        """Its entries, then what is none."""
        plain, said = self.plain, []
        messages = tables(plain.get(self._messages))
        is_tree = any(one.get("parent_message_uuid") for one in messages)
        before: str | None = None
        for place, message in enumerate(messages):
            id_ = key(message.get("uuid")) or f"{key(plain.get('uuid'))}/{place}"
            parent = key(message.get("parent_message_uuid")) if is_tree else before
            said.append(self._said(id_, parent, message))
            before = id_
        talk = Talk(
            number=self.number,
            source=SOURCE,
            speaker=SPEAKER,
            ref=key(plain.get("uuid")) or (said[0].id if said else f"talk-{self.number}"),
            title=name(plain.get("name")) or name(plain.get("title")),
            project=name(table(plain.get("project")).get("name")) or name(plain.get("project")),
            created=moment(plain.get("created_at")),
        )
        yield from lines(talk, said)
        yield from self.skipped

    def _skip(self, reason: str, why: str) -> None:
        self.skipped.append(Skipped(number=self.number, reason=reason, why=why))

    def _said(self, id_: str, parent: str | None, message: Table) -> Said:
        inner = message.get("content")
        if isinstance(inner, dict):  # a design chat: the message is one level deeper
            message = {**message, **inner, "content": inner.get("content")}
        role = ROLES.get(text(message.get("sender")) or text(message.get("role")), Role.HIDDEN)
        pieces = [self._words(message), *self._attached(message)]
        words = "\n\n".join(one for one in pieces if one.strip())
        if role is Role.HIDDEN and words:
            self._skip("hidden", "a message of nobody known")
        return Said(
            id=id_,
            parent=parent,
            role=role,
            text=words,
            created=moment(message.get("created_at")) or moment(message.get("timestamp")),
            model=key(message.get("model")) or key(self.plain.get("model")),
        )

    def _words(self, message: Table) -> str:
        """The blocks, text joined as it stands; older exports have the flat text alone."""
        whole = ""
        for block in items(message.get("content")):
            kind, piece = self._block(table(block))
            apart = whole and piece and kind != "text"
            whole += ("\n\n" if apart and not whole.endswith("\n\n") else "") + piece
            whole += "\n\n" if piece and kind != "text" else ""
        return whole.rstrip("\n") if whole.strip() else parts.of_table(message, "text", "content")

    def _block(self, block: Table) -> tuple[str, str]:
        kind = text(block.get("type"))
        if kind == "text":
            return kind, text(block.get("text"))
        if kind in {"thinking", "redacted_thinking"}:
            self._skip("reasoning", "thoughts of a model")
            return "text", ""
        if kind == "tool_use":
            return kind, parts.tool(block.get("name"), block.get("input"))
        if kind == "tool_result":
            return kind, parts.result(parts.in_blocks(block.get("content")))
        if kind == "image":
            self._skip("images", "an image")
            return kind, parts.picture(block.get("file_name"))
        if kind not in {"token_budget", "flag"}:
            self._skip("other parts", kind or "a part of no known type")
        return "text", ""

    def _attached(self, message: Table) -> Iterator[str]:
        for one in tables(message.get("attachments")):
            called = key(one.get("file_name")) or "pasted text"
            words = text(one.get("extracted_content"))
            yield f"{parts.described('file', called)}\n{words}" if words else self._left(one)
        for one in tables(message.get("files")):
            yield self._left(one)

    def _left(self, file: Table) -> str:
        called, is_picture = key(file.get("file_name")), parts.is_picture(file)
        self._skip("images" if is_picture else "attachments", f"the file {called}")
        return parts.described("image" if is_picture else "file", called)
