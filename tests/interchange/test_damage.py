"""Damage costs what is damaged: the rest comes in, and nothing ends in a traceback."""

from __future__ import annotations

import json
import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from interchange.hands import SAMPLES, damages, lines, read

from ledgernote.domain.errors import UsageError

FILES = {
    "chatgpt": "chatgpt/conversations.json",
    "claude": "claude/conversations.json",
    "claude-code": "claude-code/s-1.jsonl",
    "codex": "codex/rollout-old.jsonl",
    "aichat": "aichat/_/20240501T121314-neutral-rate.yaml",
    "markdown": "vault/Thesis.md",
}


def talks(number: int) -> list[dict[str, Any]]:
    """Conversations of a question each."""
    return [
        {
            "title": f"talk {at}",
            "mapping": {
                f"q{at}": {
                    "id": f"q{at}",
                    "parent": None,
                    "message": {
                        "id": f"q{at}",
                        "author": {"role": "user"},
                        "content": {"content_type": "text", "parts": [f"question {at} " * 50]},
                    },
                }
            },
            "conversation_id": f"c{at}",
        }
        for at in range(number)
    ]


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_damage_is_told_and_nothing_more(name: str, data: st.DataObject) -> None:
    raw = bytearray((SAMPLES / FILES[name]).read_bytes())
    for _ in range(data.draw(st.integers(0, 8))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(0, len(raw)))

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, FILES[name].rpartition("/")[2])
        path.write_bytes(raw[:end])
        with suppress(UsageError):  # nothing of the format can be seen any more
            read(path, name)


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "mapping",
                        "message",
                        "author",
                        "content",
                        "parts",
                        "parent",
                        "metadata",
                        "chat_messages",
                        "uuid",
                        "sender",
                        "text",
                        "type",
                        "create_time",
                        "role",
                    ]
                ),
                inner,
            )
        ),
        max_leaves=12,
    )
)
def test_values_of_any_type_are_read(value: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for key in ("mapping", "chat_messages"):
            path = Path(folder, "conversations.json")
            node = {"id": "a", "message": value, "parent": value}
            inner = {"a": node, "b": value} if key == "mapping" else [value, node]
            path.write_text(
                json.dumps([{key: inner}, {key: value}, value, {"title": value, key: inner}])
            )
            read(path)


def test_a_file_that_was_cut_gives_what_came_before(tmp_path: Path) -> None:
    path = tmp_path / "conversations.json"
    whole = json.dumps(talks(200)).encode()
    path.write_bytes(whole[: len(whole) // 2])

    refs = [one.ref for one in lines(path)]

    ends = whole[: len(whole) // 2].count(b'"conversation_id": "')
    assert refs == [f"q{at}" for at in range(len(refs))]
    assert len(refs) in {ends - 1, ends}
    assert len(list(damages(path))) == 1


def test_a_break_in_the_middle_costs_one_talk(tmp_path: Path) -> None:
    path = tmp_path / "conversations.json"
    whole = bytearray(json.dumps(talks(300)).encode())
    for quarter in (1, 2, 3):
        at = whole.index(b'"author"', len(whole) * quarter // 4)
        whole[at : at + 3] = b"\0]}"
    path.write_bytes(whole)

    refs = [one.ref for one in lines(path)]

    assert len(refs) == len(set(refs)) == 297
    assert any("damaged" in why for why in damages(path))


def test_a_zip_that_was_cut_gives_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("conversations.json", json.dumps(talks(3_000)))
        archive.writestr("user.json", "{}")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])

    refs = [one.ref for one in lines(path)]

    assert refs == [f"q{at}" for at in range(len(refs))]
    assert len(refs) > 500
    assert len(list(damages(path))) == 1


def test_a_zip_with_a_damaged_or_locked_file_gives_the_others(tmp_path: Path) -> None:
    path = tmp_path / "vault.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.md", "first note")
        archive.writestr("b.md", "second note")
    whole = bytearray(path.read_bytes())
    whole[whole.index(b"second note")] ^= 1
    path.write_bytes(whole)

    assert [one.ref for one in lines(path)] == ["a.md"]
    assert [why.partition(":")[0] for why in damages(path)] == ["b.md"]


def test_a_message_of_ten_megabytes_comes_in_whole(tmp_path: Path) -> None:
    path = tmp_path / "conversations.json"
    one = talks(1)
    one[0]["mapping"]["q0"]["message"]["content"]["parts"] = ["wörter " * 1_500_000]
    path.write_text(json.dumps(one))

    (found,) = lines(path)

    assert len(found.text) > 10_000_000


def test_a_long_talk_does_not_take_long(tmp_path: Path) -> None:
    path = tmp_path / "conversations.json"
    said = {"author": {"role": "user"}, "content": {"content_type": "text", "parts": ["x"]}}
    mapping = {
        str(at): {"parent": str(at - 1), "message": {"id": str(at), **said}}
        for at in range(20_000, 0, -1)
    }
    path.write_text(json.dumps([{"mapping": mapping}]))

    assert [one.ref for one in lines(path)] == [str(at) for at in range(1, 20_001)]


def test_lists_within_lists_do_not_take_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "conversations.json"
    path.write_bytes(b'[{"title": "x", "mapping": ' + b"[" * 1_000_000)

    assert lines(path) == []
    assert "lists within lists" in next(damages(path))
