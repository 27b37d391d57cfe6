"""The `logs.db` of the program `llm`: threads and turns, and the older responses.

Both generations may stand in one file, and a response in both: its id says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from ledgernote.interchange import llm_responses, parts
from ledgernote.interchange.place import Database, Place
from ledgernote.interchange.plain import Table, items, key, moment, name, table, text
from ledgernote.interchange.talk import Role, Said, Talk, lines
from ledgernote.interchange.values import Damaged, Read, Skipped

SOURCE = "llm"
MAGIC = b"SQLite format 3\0"
ROLES = {"user": Role.USER, "assistant": Role.ASSISTANT, "tool": Role.TOOL}
TURN = ("id", "parent_message_hash", "tip_message_hash", "model", "resolved_model", "datetime_utc")
PART = ("id", "type", "tool_name", "text", "payload")


def recognise(place: Place) -> bool:
    """Whether it is a database with the tables of either generation."""
    if not place.is_file or not next(place.heads(), b"").startswith(MAGIC):
        return False
    try:
        with place.database() as database:
            return database.has("turns") or database.has("responses")
    except ValueError:
        return False


def read(place: Place) -> Iterator[Read]:
    """The messages of every thread, then what only the older tables have."""
    number = 0
    try:
        with place.database() as database:
            for row in database.rows("threads", ("id", "name", "datetime_utc"), order=("id",)):
                number += 1
                talk = Talk(
                    number=number,
                    source=SOURCE,
                    speaker="llm",
                    ref=str(row[0]),
                    title=name(row[1]),
                    created=moment(row[2]),
                )
                yield from _Thread(database, talk).lines()
            yield from llm_responses.read(database, number)
    except ValueError as error:
        yield Damaged(number=number + 1, why=str(error))


class _Thread:
    """One thread: its turns share the messages of a tree that is kept by hashes."""

    def __init__(self, database: Database, talk: Talk) -> None:
        self.database, self.talk = database, talk
        self.said: dict[str, Said] = {}
        self.skipped: list[Read] = []

    def lines(self) -> Iterator[Read]:
        """Its entries, then what is none."""
        where = ("thread_id", self.talk.ref)
        for row in self.database.rows("turns", TURN, where, order=("id",)):
            self._turn(dict(zip(TURN, row, strict=True)))
        yield from lines(self.talk, list(self.said.values()))
        yield from self.skipped

    def _turn(self, turn: Table) -> None:
        """What was asked and what came: messages from the tip back to one that is known."""
        asked, hash_ = key(turn["parent_message_hash"]), key(turn["tip_message_hash"])
        chain: list[tuple[str, str | None, str]] = []
        seen: set[str] = set()
        while hash_ and hash_ not in self.said and hash_ not in seen:
            seen.add(hash_)
            where = ("hash", hash_)
            row = next(self.database.rows("messages", ("parent_hash", "role"), where), None)
            if row is None:
                why = f"message {hash_} of turn {turn['id']} is missing"
                self.skipped.append(Damaged(number=self.talk.number, why=why))
                break
            chain.append((hash_, key(row[0]), text(row[1])))
            hash_ = key(row[0])
        came = True
        for hash_, parent, role in chain:
            came = came and hash_ != asked
            ref = (
                f"{turn['id']}" if came else f"{turn['id']}/{'prompt' if hash_ == asked else hash_}"
            )
            self.said[hash_] = self._message(hash_, parent, ROLES.get(role), turn, ref)

    def _message(
        self, hash_: str, parent: str | None, role: Role | None, turn: Table, ref: str
    ) -> Said:
        where = ("message_hash", hash_)
        rows = self.database.rows("parts", PART, where, order=("position",))
        pieces = [self._part(dict(zip(PART, row, strict=True))) for row in list(rows)]
        words = "\n\n".join(one for one in pieces if one)
        if role is None and words:
            self._skip("hidden", "a system prompt")
        answer = role is Role.ASSISTANT
        return Said(
            id=hash_,
            parent=parent,
            ref=ref,
            role=role or Role.HIDDEN,
            text=words,
            created=moment(turn["datetime_utc"]),
            model=(key(turn["resolved_model"]) or key(turn["model"])) if answer else None,
        )

    def _skip(self, reason: str, why: str) -> None:
        self.skipped.append(Skipped(number=self.talk.number, reason=reason, why=why))

    def _part(self, part: Table) -> str:
        payload = _json(part["payload"])
        if part["type"] == "text":
            return text(part["text"]) or self._borrowed(payload)
        if part["type"] == "tool_call":
            return parts.tool(part["tool_name"], payload.get("arguments"))
        if part["type"] == "tool_result":
            return parts.result(payload.get("output"))
        if part["type"] == "attachment":
            where = ("part_id", part["id"])
            found = self.database.rows("part_attachments", ("attachment_id",), where, ("order",))
            return "\n".join(self._attachment(row[0]) for row in list(found))
        self._skip("reasoning", "thoughts of a model")
        return ""

    def _attachment(self, id_: object) -> str:
        said, is_picture = attachment(self.database, id_)
        self._skip("images" if is_picture else "attachments", said)
        return said

    def _borrowed(self, payload: Table) -> str:
        """Text that is made of fragments and what stands between them."""
        words = ""
        for one in items(payload.get("text_ref")):
            plain = table(one)
            words += text(plain.get("literal")) or fragment(self.database, plain.get("fragment"))
        return words


def fragment(database: Database, id_: object) -> str:
    """The words of a fragment."""
    row = next(database.rows("fragments", ("content",), ("id", id_)), None)
    return text(row[0]) if row else ""


def attachment(database: Database, id_: object) -> tuple[str, bool]:
    """What came along, in words, and whether it is an image."""
    row = next(database.rows("attachments", ("type", "path", "url"), ("id", id_)), None)
    kind, path, url = (text(value) for value in row) if row else ("", "", "")
    is_picture = kind.startswith("image")
    return parts.described("image" if is_picture else "file", path or url or kind), is_picture


def _json(raw: object) -> Table:
    try:
        return table(json.loads(text(raw) or "{}"))
    except (ValueError, RecursionError):
        return {}
