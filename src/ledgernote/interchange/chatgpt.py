"""ChatGPT's data export: `conversations.json`, or several of them, in a zip or folder.

A message is a node of a tree. What the assistant sends to a tool and what a tool says back
are nodes too, and become described parts of the answer; thoughts are left out and counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ledgernote.domain.entries import Status
from ledgernote.interchange import parts
from ledgernote.interchange.arrays import talks
from ledgernote.interchange.place import Member, Place
from ledgernote.interchange.plain import Table, items, key, moment, name, table, tables, text
from ledgernote.interchange.talk import Role, Said, Talk, lines
from ledgernote.interchange.values import Damaged, Read, Skipped

SOURCE = "chatgpt"
FILES = re.compile(r"(^|/)conversations[^/]*\.json$", re.IGNORECASE)
UNTITLED = {"new chat", "untitled"}
"""What a talk is called that nobody has named."""
PROJECT = "g-p-"
"""How the ids of projects begin; other gizmos are assistants."""
CITATION = re.compile("\ue200[^\ue201]{0,2000}\ue201")
"""Marks for its own page, such as `cite turn0search3`: outside it they say nothing."""
CUT_SHORT = {"interrupted", "cancelled"}
THOUGHTS = {"thoughts", "reasoning_recap"}
SETTINGS = {"user_editable_context", "model_editable_context"}
RESULTS = {"execution_output", "computer_output", "tether_browsing_display", "citable_code_output"}
QUOTES = {"tether_quote", "sonic_webpage"}


def recognise(place: Place) -> bool:
    """Whether a file holds trees of messages."""
    return any(b'"mapping"' in member.head() for member in _members(place))


def _members(place: Place) -> Iterator[Member]:
    """The files by their names, or the one that was given by any name."""
    found = place.members(".json")
    yield from (one for one in found if place.is_file or FILES.search(one.name))


def read(place: Place) -> Iterator[Read]:
    """The messages of every talk."""
    number = 0
    for member in _members(place):
        for one in talks(member, "mapping"):
            number += 1
            if isinstance(one, str):
                yield Damaged(number=number, why=one)
            else:
                yield from _Reading(number, one).lines()


class _Reading:
    """One talk, and what of it is left out."""

    def __init__(self, number: int, plain: Table) -> None:
        self.number, self.plain = number, plain
        self.skipped: list[Read] = []

    def lines(self) -> Iterator[Read]:
        """Its entries, then what is none."""
        nodes = table(self.plain.get("mapping"))
        said = [self._said(id_, table(node)) for id_, node in nodes.items()]
        title = name(self.plain.get("title"))
        first = next(iter(nodes), f"talk-{self.number}")
        talk = Talk(
            number=self.number,
            source=SOURCE,
            speaker="ChatGPT",
            ref=key(self.plain.get("conversation_id")) or key(self.plain.get("id")) or first,
            title=None if title and title.lower() in UNTITLED else title,
            project=_project(self.plain),
            created=moment(self.plain.get("create_time")) or moment(self.plain.get("update_time")),
        )
        yield from lines(talk, said)
        yield from self.skipped

    def _skip(self, reason: str, why: str) -> None:
        self.skipped.append(Skipped(number=self.number, reason=reason, why=why))

    def _said(self, id_: str, node: Table) -> Said:
        message = table(node.get("message"))
        role, words = self._words(message)
        meta = table(message.get("metadata"))
        ended = key(table(meta.get("finish_details")).get("type"))
        cut_short = message.get("status") == "in_progress" or ended in CUT_SHORT
        return Said(
            id=id_,
            parent=key(node.get("parent")),
            ref=key(message.get("id")) or id_,
            role=role,
            text=words,
            created=moment(message.get("create_time")),
            model=key(meta.get("model_slug")) if role is Role.ASSISTANT else None,
            status=Status.INTERRUPTED if cut_short else Status.COMPLETE,
        )

    def _words(self, message: Table) -> tuple[Role, str]:
        """Who said it, and what: what a person did not see or say is hidden."""
        author, content = table(message.get("author")), table(message.get("content"))
        role, kind = author.get("role"), content.get("content_type")
        if kind in THOUGHTS:
            self._skip("reasoning", "thoughts of a model")
            return Role.HIDDEN, ""
        unseen = table(message.get("metadata")).get("is_visually_hidden_from_conversation") is True
        if role not in {"user", "assistant", "tool"} or unseen or kind in SETTINGS:
            if kind in SETTINGS or self._content(content, message).strip():
                self._skip("hidden", f"a hidden message of {key(role) or 'nobody'}")
            return Role.HIDDEN, ""
        to = message.get("recipient")
        if role == "assistant" and to not in {None, "all"}:
            return Role.TOOL, parts.tool(to, self._content(content, message))
        if role == "tool":
            words = self._content(content, message)
            seen = words.startswith("[") or not words
            return Role.TOOL, words if seen else parts.result(words)
        return Role.USER if role == "user" else Role.ASSISTANT, self._content(content, message)

    def _content(self, content: Table, message: Table) -> str:
        kind = content.get("content_type")
        if kind in RESULTS:
            return parts.result(parts.of_table(content, "text", "result", "output_str"))
        if kind in QUOTES:
            words = parts.short(parts.of_table(content, "text", "snippet"))
            return parts.described("quote", *(key(content.get(x)) for x in ("title", "url")), words)
        if kind == "system_error":
            return parts.described("error", parts.of_table(content, "text", "name"))
        pieces = [self._piece(one, message) for one in items(content.get("parts"))]
        if not pieces and kind not in {"text", "multimodal_text"}:
            pieces = [parts.of_table(content, "text", "content", "result")]
        pieces += self._attached(message, pieces)
        return CITATION.sub("", "\n\n".join(one for one in pieces if one.strip()))

    def _piece(self, part: object, message: Table) -> str:
        if isinstance(part, str):
            return part
        plain = table(part)
        kind = text(plain.get("content_type"))
        if words := text(plain.get("text")):  # what was said aloud
            return words
        if kind == "image_asset_pointer":
            self._skip("images", "an image")
            named = next(
                (
                    one.get("name")
                    for one in tables(table(message.get("metadata")).get("attachments"))
                    if (id_ := key(one.get("id"))) and id_ in text(plain.get("asset_pointer"))
                ),
                None,
            )
            return parts.picture(named, plain.get("width"), plain.get("height"))
        what = "audio" if "audio" in kind else kind or "part"
        self._skip("audio" if what == "audio" else "other parts", kind or "a part of no known type")
        return parts.described(what)

    def _attached(self, message: Table, pieces: list[str]) -> list[str]:
        """Files that came along and are not shown already."""
        found = []
        for one in tables(table(message.get("metadata")).get("attachments")):
            called = key(one.get("name")) or key(one.get("id"))
            if parts.is_picture(one) and any(piece.startswith("[image") for piece in pieces):
                continue
            self._skip("attachments", f"the file {called}")
            found.append(parts.described("image" if parts.is_picture(one) else "file", called))
        return found


def _project(plain: Table) -> str | None:
    """Named by its id: the export does not tell the name that people see."""
    for field in ("conversation_template_id", "gizmo_id"):
        id_ = key(plain.get(field))
        if id_ and (id_.startswith(PROJECT) or plain.get("gizmo_type") == "snorlax"):
            called = name(plain.get("project_name")) or name(plain.get("gizmo_name"))
            return called or f"ChatGPT {id_.removeprefix(PROJECT)[:8]}"
    return None
