"""Codex's transcripts: `rollout-*.jsonl`, a session a file, and the older bare lines.

A message has no name of its own there: the session and the line are its name, which holds
because the file only grows. What the program tells the model by itself is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from ledgernote.domain.entries import Status
from ledgernote.domain.frozen import replace
from ledgernote.interchange import parts
from ledgernote.interchange.place import Member, Place
from ledgernote.interchange.plain import Table, key, moment, table, tables, text
from ledgernote.interchange.talk import Role, Said, Talk, lines
from ledgernote.interchange.transcripts import beginnings, members, objects
from ledgernote.interchange.values import Damaged, Read, Skipped

SOURCE = "codex"
LINES = {"session_meta", "response_item", "event_msg", "turn_context", "compacted"}
BY_PROGRAM = re.compile(r"\s*(<[a-z_ ]*(context|instructions|aborted)>|# AGENTS\.md instructions)")
"""How texts begin that stand as the user's and were typed by nobody."""
ROLES = {"user": Role.USER, "assistant": Role.ASSISTANT}
CALLS = {"function_call": "arguments", "custom_tool_call": "input"}
OUTPUTS = {"function_call_output", "custom_tool_call_output"}


def recognise(place: Place) -> bool:
    """Whether lines are of its types, or older ones."""
    return any(_is_ours(one) for lines_ in beginnings(place) for one in lines_)


def _is_ours(one: Table) -> bool:
    if one.get("record_type") == "state":
        return True
    if one.get("type") == "message":
        return isinstance(one.get("content"), list) and "sessionId" not in one
    return one.get("type") in LINES and isinstance(one.get("payload"), dict)


def read(place: Place) -> Iterator[Read]:
    """The messages of every session."""
    for number, member in enumerate(members(place), start=1):
        yield from _Reading(number, member).lines()


class _Reading:
    """One session: messages follow each other as they stand."""

    def __init__(self, number: int, member: Member) -> None:
        self.number, self.member = number, member
        self.said: list[Said] = []
        self.skipped: list[Read] = []
        self.ref: str | None = None
        self.created: datetime | None = None
        self.model: str | None = None

    def lines(self) -> Iterator[Read]:
        """Its entries, then what is none."""
        for number, one in objects(self.member):
            if isinstance(one, str):
                self.skipped.append(Damaged(number=self.number, why=one))
            else:
                self._line(number, one)
        session = self.ref or self.member.stem
        talk = Talk(
            number=self.number,
            source=SOURCE,
            speaker="Codex",
            ref=session,
            created=self.created or self.member.modified,
            grows=True,
        )
        yield from lines(talk, [replace(one, ref=f"{session}:{one.id}") for one in self.said])
        yield from self.skipped

    def _line(self, number: int, line: Table) -> None:
        payload = table(line.get("payload")) if "payload" in line else line
        kind = text(line.get("type"))
        if kind == "session_meta" or (not kind and line.get("id")):
            # A session that goes on from another repeats that one's head: the first is its own.
            self.ref = self.ref or key(payload.get("id"))
            self.created = self.created or moment(payload.get("timestamp"))
        elif kind == "turn_context":
            self.model = key(payload.get("model")) or self.model
        elif kind == "event_msg":
            if payload.get("type") == "turn_aborted" and self.said:
                self.said[-1] = replace(self.said[-1], status=Status.INTERRUPTED)
        elif kind != "compacted" and "record_type" not in line:
            self._item(number, payload, moment(line.get("timestamp")))

    def _item(self, number: int, item: Table, created: datetime | None) -> None:
        role, words = self._words(item)
        if role is Role.HIDDEN:
            return
        self.said.append(
            Said(
                id=str(number),
                parent=self.said[-1].id if self.said else None,
                role=role,
                text=words,
                created=created,
                model=self.model if role is Role.ASSISTANT else None,
            )
        )

    def _words(self, item: Table) -> tuple[Role, str]:
        kind = text(item.get("type"))
        if kind == "message" or (not kind and item.get("role")):
            return self._message(item)
        if kind == "reasoning":
            self._skip("reasoning", "thoughts of a model")
        elif kind in CALLS:
            return Role.TOOL, parts.tool(item.get("name"), item.get(CALLS[kind]))
        elif kind in OUTPUTS:
            return Role.TOOL, parts.result(item.get("output"))
        elif kind in {"local_shell_call", "web_search_call"}:
            action = table(item.get("action"))
            given = action.get("command") or action.get("query") or action.get("url")
            return Role.TOOL, parts.tool(kind.removesuffix("_call"), given)
        elif kind:
            self._skip("other parts", kind)
        return Role.HIDDEN, ""

    def _message(self, item: Table) -> tuple[Role, str]:
        content = item.get("content")
        blocks = [{"text": content}] if isinstance(content, str) else tables(content)
        pieces = []
        for block in blocks:
            if text(block.get("type")).endswith("image"):
                self._skip("images", "an image")
                pieces.append(parts.picture(None))
            else:
                pieces.append(text(block.get("text")))
        words = "\n\n".join(one for one in pieces if one.strip())
        role = ROLES.get(text(item.get("role")), Role.HIDDEN)
        if role is Role.USER and BY_PROGRAM.match(words):
            role = Role.HIDDEN
        if role is Role.HIDDEN and words:
            self._skip("hidden", "instructions of the program")
        return role, words

    def _skip(self, reason: str, why: str) -> None:
        self.skipped.append(Skipped(number=self.number, reason=reason, why=why))
