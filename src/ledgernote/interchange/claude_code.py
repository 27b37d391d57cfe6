"""Claude Code's transcripts: a session a file, a line a block of a message.

What it did between two prompts is one answer, which grows while the session goes on. What
its helpers said among themselves, and what the program put in by itself, is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ledgernote.domain.entries import Status
from ledgernote.domain.frozen import replace
from ledgernote.interchange import parts
from ledgernote.interchange.place import Member, Place
from ledgernote.interchange.plain import Table, key, moment, name, table, tables, text
from ledgernote.interchange.talk import Role, Said, Talk, lines
from ledgernote.interchange.transcripts import beginnings, members, objects
from ledgernote.interchange.values import Damaged, Read, Skipped

SOURCE = "claude-code"
REMINDER = re.compile(r"<system-reminder>.*?</system-reminder>\s*", re.DOTALL)
BY_PROGRAM = re.compile(
    r"\s*<(command-\w+|local-command-\w+|bash-(input|stdout|stderr)|task-notification)>|\s*Caveat: "
)
"""How texts begin that stand as the user's and were typed by nobody, or are commands."""
STOPPED = "[Request interrupted by user"
NO_MODEL = "<synthetic>"


def recognise(place: Place) -> bool:
    """Whether a line names a session."""
    return any("sessionId" in one for lines_ in beginnings(place) for one in lines_)


def read(place: Place) -> Iterator[Read]:
    """The messages of every session."""
    for number, member in enumerate(members(place), start=1):
        yield from _Reading(number, member).lines()


class _Reading:
    """One session."""

    def __init__(self, number: int, member: Member) -> None:
        self.number, self.member = number, member
        self.said: list[Said] = []
        self.skipped: list[Read] = []
        self.ref: str | None = None
        self.title: str | None = None
        self._summaries: list[tuple[str | None, str | None]] = []

    def lines(self) -> Iterator[Read]:
        """Its entries, then what is none."""
        for _, one in objects(self.member):
            if isinstance(one, str):
                self.skipped.append(Damaged(number=self.number, why=one))
            else:
                self._line(one)
        ids = {one.id for one in self.said}
        # A summary may be of a talk in another file: its leaf tells.
        titles = [title for leaf, title in self._summaries if leaf in ids]
        talk = Talk(
            number=self.number,
            source=SOURCE,
            speaker="Claude Code",
            ref=self.ref or self.member.stem,
            title=self.title or (titles[-1] if titles else None),
            grows=True,
        )
        yield from lines(talk, self.said)
        yield from self.skipped

    def _skip(self, reason: str, why: str) -> None:
        self.skipped.append(Skipped(number=self.number, reason=reason, why=why))

    def _line(self, line: Table) -> None:
        kind = line.get("type")
        if kind == "summary":
            self._summaries.append((key(line.get("leafUuid")), name(line.get("summary"))))
        elif kind in {"custom-title", "ai-title"}:
            self.title = name(line.get("customTitle")) or name(line.get("aiTitle")) or self.title
        id_ = key(line.get("uuid"))
        if id_ is None:
            return
        if line.get("isSidechain") is True:
            self._skip("side talks", "a message between helpers")
            return
        self.ref = self.ref or key(line.get("sessionId"))
        role, words = self._words(line)
        message = table(line.get("message"))
        model = key(message.get("model"))
        self.said.append(
            Said(
                id=id_,
                parent=key(line.get("parentUuid")) or key(line.get("logicalParentUuid")),
                role=role,
                text=words,
                created=moment(line.get("timestamp")),
                model=model if role is Role.ASSISTANT and model != NO_MODEL else None,
            )
        )

    def _words(self, line: Table) -> tuple[Role, str]:
        kind, content = line.get("type"), table(line.get("message")).get("content")
        by_program = line.get("isMeta") is True or line.get("isCompactSummary") is True
        if kind not in {"user", "assistant"} or by_program or line.get("isApiErrorMessage") is True:
            return Role.HIDDEN, ""
        if isinstance(content, str):
            content = [{"type": "text", "text": content}]
        blocks = tables(content)
        pieces = [self._block(block) for block in blocks]
        words = "\n\n".join(piece for piece in pieces if piece.strip())
        if kind == "assistant":
            return Role.ASSISTANT, words
        if blocks and all(block.get("type") == "tool_result" for block in blocks):
            return Role.TOOL, words
        if words.startswith(STOPPED):
            self._stop(key(line.get("parentUuid")))
            return Role.HIDDEN, ""
        words = REMINDER.sub("", words)
        if BY_PROGRAM.match(words):
            self._skip("commands", parts.short(words)[:80])
            return Role.HIDDEN, ""
        return Role.USER, words

    def _block(self, block: Table) -> str:
        kind = block.get("type")
        if kind == "text":
            return text(block.get("text"))
        if kind == "tool_use":
            return parts.tool(block.get("name"), block.get("input"))
        if kind == "tool_result":
            return parts.result(parts.in_blocks(block.get("content")))
        if kind == "image":
            self._skip("images", "an image")
            return parts.picture(table(block.get("source")).get("media_type"))
        reason = "reasoning" if "thinking" in text(kind) else "other parts"
        self._skip(reason, f"a part of the type {kind}")
        return ""

    def _stop(self, id_: str | None) -> None:
        """The user stopped what this message belongs to."""
        for place in range(len(self.said) - 1, -1, -1):
            if self.said[place].id == id_:
                self.said[place] = replace(self.said[place], status=Status.INTERRUPTED)
                return
