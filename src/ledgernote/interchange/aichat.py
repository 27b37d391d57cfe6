"""aichat's sessions, a YAML file each, and its log `messages.md`.

No message has a time: a session that was saved by itself has one in its name, for the
others there is the time of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from ledgernote.domain.text import to_text
from ledgernote.interchange import parts, yaml
from ledgernote.interchange.place import UNREADABLE, Member, Place
from ledgernote.interchange.plain import Table, items, key, moment, name, table, tables, text
from ledgernote.interchange.talk import Role, Said, Talk, lines
from ledgernote.interchange.values import Damaged, Read, Skipped

SOURCE = "aichat"
ENDINGS = (".yaml", ".yml", ".md")
SAVED = re.compile(r"(?:^|/)(\d{8}T\d{6})(?:-([^/]+?))?\.ya?ml$")
"""Time and title in the name of a session that was saved by itself."""
MESSAGES = re.compile(rb"^(compressed_)?messages:", re.MULTILINE)
CHAT = re.compile(r"^# CHAT: (.*?) ?\[([^\]\n]+)\](?: ?\([^)\n]*\))?\n", re.MULTILINE)
RULE = "--------"
ROLES = {"user": Role.USER, "assistant": Role.ASSISTANT, "tool": Role.TOOL}


def recognise(place: Place) -> bool:
    """Whether a file has messages and roles, or is the log."""
    return any(
        (MESSAGES.search(head) and b"role:" in head) or head.startswith(b"# CHAT: ")
        for head in place.heads(*ENDINGS)
    )


def read(place: Place) -> Iterator[Read]:
    """The messages of every session and of the log."""
    for number, member in enumerate(place.members(*ENDINGS), start=1):
        try:
            raw = member.read()
        except UNREADABLE as error:
            yield Damaged(number=number, why=f"{member.name}: {error}")
            continue
        if raw.startswith(b"# CHAT: "):
            yield from _log(number, to_text(raw))
        elif not member.name.endswith(".md"):
            yield from _session(number, member, table(yaml.load(raw)))


def _talk(number: int, ref: str, title: str | None, created: datetime | None) -> Talk:
    return Talk(
        number=number, source=SOURCE, speaker="aichat", ref=ref, title=title, created=created
    )


# ---- sessions ------------------------------------------------------------------------


def _session(number: int, member: Member, plain: Table) -> Iterator[Read]:
    older, newer = tables(plain.get("compressed_messages")), tables(plain.get("messages"))
    if not older and not newer:
        yield Damaged(number=number, why=f"{member.name} is no session")
        return
    saved = SAVED.search(member.name)
    created = saved and _saved_at(saved[1])
    title = name((saved[2] or "").replace("-", " ")) if saved else member.stem
    ref = member.name.rpartition(".")[0]
    talk = _talk(number, ref, title, created or member.modified)
    said: list[Said] = []
    skipped: list[Read] = []
    for message in [*older, *newer]:
        role = ROLES.get(text(message.get("role")), Role.HIDDEN)
        if role is Role.HIDDEN:  # the recap of what was compressed stands there too
            skipped.append(Skipped(number=number, reason="hidden", why="a system prompt"))
            continue
        said.append(
            Said(
                id=f"{ref}#{len(said)}",
                parent=said[-1].id if said else None,
                role=role,
                text=_content(message.get("content"), number, skipped),
                model=key(plain.get("model")) if role is Role.ASSISTANT else None,
            )
        )
    yield from lines(talk, said)
    yield from skipped


def _saved_at(digits: str) -> datetime | None:
    try:
        return datetime.strptime(digits, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _content(content: object, number: int, skipped: list[Read]) -> str:
    """Text, blocks of text and images, or what tools gave back."""
    if isinstance(content, dict):
        calls = tables(content.get("tool_results"))
        said = [piece for one in calls for piece in _tool(one)]
        return "\n\n".join(piece for piece in [text(content.get("text")), *said] if piece)
    if isinstance(content, str):
        return content
    pieces = []
    for block in map(table, items(content)):
        if block.get("type") == "image_url":
            skipped.append(Skipped(number=number, reason="images", why="an image"))
            url = text(table(block.get("image_url")).get("url"))
            pieces.append(parts.picture(None if url.startswith("data:") else url))
        else:
            pieces.append(text(block.get("text")))
    return "\n\n".join(piece for piece in pieces if piece)


def _tool(one: Table) -> tuple[str, str]:
    call = table(one.get("call"))
    return parts.tool(call.get("name"), call.get("arguments")), parts.result(one.get("output"))


# ---- the log -------------------------------------------------------------------------


def _log(number: int, whole: str) -> Iterator[Read]:
    """Blocks of a heading, the prompt, a rule, the answer, a rule."""
    heads = list(CHAT.finditer(whole))
    ends = [head.start() for head in heads[1:]] + [len(whole)]
    for head, end in zip(heads, ends, strict=True):
        asked, _, answer = whole[head.end() : end].strip().removesuffix(RULE).partition(f"\n{RULE}")
        ref = f"messages.md/{head[2]}"
        said = [
            Said(id=f"{ref}#0", parent=None, role=Role.USER, text=asked.strip()),
            Said(id=f"{ref}#1", parent=f"{ref}#0", role=Role.ASSISTANT, text=answer.strip()),
        ]
        yield from lines(_talk(number, ref, name(head[1]), moment(head[2])), said)
