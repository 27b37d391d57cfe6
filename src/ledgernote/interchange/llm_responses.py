"""The older half of `llm`'s logs.db: conversations of responses, each a prompt and its answer."""

from __future__ import annotations

from collections.abc import Iterator

from ledgernote.interchange import parts
from ledgernote.interchange.place import Database
from ledgernote.interchange.plain import Table, key, moment, name, text
from ledgernote.interchange.talk import Role, Said, Talk, lines
from ledgernote.interchange.values import Read, Skipped

ROW = ("id", "model", "resolved_model", "prompt", "response", "datetime_utc", "reasoning")


def read(database: Database, number: int) -> Iterator[Read]:
    """The responses that are no turns, conversation by conversation."""
    order = ("conversation_id", "datetime_utc", "id")
    talk: str | None = None
    ids: list[str] = []
    for row in list(database.rows("responses", ("id", "conversation_id"), order=order)):
        id_, conversation = str(row[0]), str(row[1] or row[0])
        if next(database.rows("turns", ("id",), ("id", id_)), None) is not None:
            continue
        if conversation != talk and talk is not None:
            number += 1
            yield from _conversation(database, number, talk, ids)
            ids = []
        talk = conversation
        ids.append(id_)
    if talk is not None:
        yield from _conversation(database, number + 1, talk, ids)


def _conversation(database: Database, number: int, id_: str, ids: list[str]) -> Iterator[Read]:
    titled = next(database.rows("conversations", ("name",), ("id", id_)), (None,))
    talk = Talk(number=number, source="llm", speaker="llm", ref=id_, title=name(titled[0]))
    said: list[Said] = []
    skipped: list[Read] = []
    for response in ids:
        row = next(database.rows("responses", ROW, ("id", response)), None)
        if row is not None:
            plain = dict(zip(ROW, row, strict=True))
            said += _turn(database, plain, said[-1].id if said else None, skipped, number)
    yield from lines(talk, said)
    yield from skipped


def _turn(
    database: Database, plain: Table, before: str | None, skipped: list[Read], number: int
) -> Iterator[Said]:
    id_, created = str(plain["id"]), moment(plain["datetime_utc"])
    asked = f"{id_}/prompt"
    question = [*_fragments(database, id_), text(plain["prompt"])]
    for words in _attachments(database, id_):
        skipped.append(Skipped(number=number, reason="attachments", why=words))
        question.append(words)
    yield Said(
        id=asked,
        parent=before,
        role=Role.USER,
        text="\n".join(one for one in question if one),
        created=created,
    )
    if plain["reasoning"]:
        why = "thoughts of a model"
        skipped.append(Skipped(number=number, reason="reasoning", why=why))
    answer = [text(plain["response"]), *_tools(database, id_)]
    yield Said(
        id=id_,
        parent=asked,
        role=Role.ASSISTANT,
        text="\n\n".join(one for one in answer if one),
        created=created,
        model=key(plain["resolved_model"]) or key(plain["model"]),
    )


def _fragments(database: Database, id_: str) -> Iterator[str]:
    where = ("response_id", id_)
    for row in list(database.rows("prompt_fragments", ("fragment_id",), where, ("order",))):
        found = next(database.rows("fragments", ("content",), ("id", row[0])), None)
        yield text(found[0]) if found else ""


def _attachments(database: Database, id_: str) -> Iterator[str]:
    where = ("response_id", id_)
    for row in list(database.rows("prompt_attachments", ("attachment_id",), where, ("order",))):
        columns = ("type", "path", "url")
        found = next(database.rows("attachments", columns, ("id", row[0])), ("", "", ""))
        kind, path, url = (text(value) for value in found)
        yield parts.described("image" if kind.startswith("image") else "file", path or url or kind)


def _tools(database: Database, id_: str) -> Iterator[str]:
    where = ("response_id", id_)
    for row in list(database.rows("tool_calls", ("name", "arguments"), where, ("id",))):
        yield parts.tool(row[0], row[1])
    for row in list(database.rows("tool_results", ("output",), where, ("id",))):
        yield parts.result(row[0])
