"""`llm`'s logs.db, both generations of it: the tables as its migrations make them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from interchange.hands import damages, left_out, lines, rows

OLD = """
    CREATE TABLE conversations (id TEXT PRIMARY KEY, name TEXT, model TEXT);
    CREATE TABLE responses (id TEXT PRIMARY KEY, model TEXT, prompt TEXT, system TEXT,
        prompt_json TEXT, options_json TEXT, response TEXT, response_json TEXT,
        conversation_id TEXT, duration_ms INTEGER, datetime_utc TEXT);
    CREATE TABLE attachments (id TEXT PRIMARY KEY, type TEXT, path TEXT, url TEXT, content BLOB);
    CREATE TABLE prompt_attachments (response_id TEXT, attachment_id TEXT, "order" INTEGER);
    CREATE TABLE fragments (id INTEGER PRIMARY KEY, hash TEXT, content TEXT,
        datetime_utc TEXT, source TEXT);
    CREATE TABLE prompt_fragments (response_id TEXT, fragment_id INTEGER, "order" INTEGER);
    INSERT INTO conversations VALUES ('c1', 'what is carry', 'gpt-4o');
    INSERT INTO responses VALUES
        ('r2', 'gpt-4o', 'and then?', NULL, NULL, '{}', 'Roll.', NULL, 'c1', 1,
         '2024-03-01T10:00:05.5+00:00'),
        ('r1', 'gpt-4o', 'what is carry', 'be brief', NULL, '{}', 'Yield.', NULL, 'c1', 1,
         '2024-03-01T10:00:00+00:00'),
        ('r3', 'm', 'alone', NULL, NULL, NULL, 'so', NULL, NULL, 1, '2024-01-01T00:00:00');
    INSERT INTO attachments VALUES ('at', 'image/png', '/tmp/chart.png', NULL, NULL);
    INSERT INTO prompt_attachments VALUES ('r2', 'at', 0);
    INSERT INTO fragments VALUES (1, 'h', 'a fragment', NULL, NULL);
    INSERT INTO prompt_fragments VALUES ('r1', 1, 0);
"""

NEW = """
    CREATE TABLE messages (hash TEXT PRIMARY KEY, parent_hash TEXT, role TEXT,
        provider_metadata TEXT);
    CREATE TABLE parts (id INTEGER PRIMARY KEY, message_hash TEXT, position INTEGER, type TEXT,
        tool_name TEXT, text TEXT, payload TEXT);
    CREATE TABLE part_attachments (part_id INTEGER, attachment_id TEXT, "order" INTEGER);
    CREATE TABLE threads (id TEXT PRIMARY KEY, name TEXT, tip_message_hash TEXT,
        forked_from TEXT, datetime_utc TEXT);
    CREATE TABLE turns (id TEXT PRIMARY KEY, thread_id TEXT, parent_message_hash TEXT,
        tip_message_hash TEXT, model TEXT, resolved_model TEXT, datetime_utc TEXT);
    INSERT INTO threads VALUES ('th', 'neutral rate', 'b2:e', NULL, '2026-11-21 02:54:42+00:00');
    INSERT INTO messages VALUES ('b2:s', NULL, 'system', NULL), ('b2:a', 'b2:s', 'user', NULL),
        ('b2:b', 'b2:a', 'assistant', NULL), ('b2:c', 'b2:b', 'tool', NULL),
        ('b2:d', 'b2:c', 'assistant', NULL), ('b2:e', 'b2:a', 'assistant', NULL),
        ('b2:f', 'b2:d', 'user', NULL), ('b2:g', 'b2:f', 'assistant', NULL);
    INSERT INTO parts VALUES (1, 'b2:s', 0, 'text', NULL, 'be brief', NULL),
        (2, 'b2:a', 0, 'text', NULL, NULL,
         '{"text_ref": [{"fragment": 1}, {"literal": "\\nsum it up"}]}'),
        (3, 'b2:b', 0, 'reasoning', NULL, 'secret', NULL),
        (4, 'b2:b', 1, 'tool_call', 'search', NULL, '{"name": "search", "arguments": {"q": "r"}}'),
        (5, 'b2:c', 0, 'tool_result', 'search', NULL, '{"name": "search", "output": "two"}'),
        (6, 'b2:d', 0, 'text', NULL, 'Two.', NULL),
        (7, 'b2:e', 0, 'text', NULL, 'Again two.', NULL),
        (8, 'b2:f', 0, 'text', NULL, 'sure?', NULL), (9, 'b2:f', 1, 'attachment', NULL, NULL, NULL),
        (10, 'b2:g', 0, 'text', NULL, 'Yes.', 'no json');
    INSERT INTO part_attachments VALUES (9, 'at', 0);
    INSERT INTO turns VALUES
        ('t1', 'th', 'b2:a', 'b2:b', 'gpt-5', 'gpt-5-2026', '2026-11-21T02:54:42+00:00'),
        ('t2', 'th', 'b2:c', 'b2:d', 'gpt-5', NULL, '2026-11-21T02:54:43+00:00'),
        ('t3', 'th', 'b2:a', 'b2:e', 'claude', NULL, '2026-11-21T02:54:50+00:00'),
        ('t4', 'th', 'b2:f', 'b2:g', 'gpt-5', NULL, '2026-11-21T02:55:00+00:00'),
        ('t5', 'th', 'b2:gone', 'b2:missing', 'gpt-5', NULL, NULL);
"""

OLD_ROWS = [
    ("question", "r3/prompt", None, "alone"),
    ("answer", "r3", "r3/prompt", "so"),
    ("question", "r1/prompt", None, "a fragment\nwhat is carry"),
    ("answer", "r1", "r1/prompt", "Yield."),
    ("question", "r2/prompt", None, "and then?\n[image: /tmp/chart.png]"),
    ("answer", "r2", "r2/prompt", "Roll."),
]
NEW_ROWS = [
    ("question", "t1/prompt", None, "a fragment\nsum it up"),
    ("answer", "t2", "t1/prompt", "[tool search: r]\n\n[result: two]\n\nTwo."),
    ("answer", "t3", "t1/prompt", "Again two."),
    ("question", "t4/prompt", "t2", "sure?\n\n[image: /tmp/chart.png]"),
    ("answer", "t4", "t4/prompt", "Yes."),
]


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """A logs.db of both generations, with one response in both."""
    path = tmp_path / "logs.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(OLD + NEW)
        connection.execute("INSERT INTO responses (id, prompt) VALUES ('t1', 'twice')")
    connection.close()
    return path


def test_both_generations_come_in_and_nothing_twice(logs: Path) -> None:
    assert rows(logs) == NEW_ROWS + OLD_ROWS


def test_models_times_and_titles_are_known(logs: Path) -> None:
    found = {one.ref: one for one in lines(logs)}

    assert [found[ref].model for ref in ("t2", "t3", "t4", "r1", "r3")] == [
        *("gpt-5", "claude", "gpt-5", "gpt-4o", "m")
    ]
    assert str(found["r2"].created) == "2024-03-01 10:00:05.500000+00:00"
    assert found["t4"].thread_name == "neutral rate"
    assert found["r1"].thread_name == "what is carry"


def test_what_is_left_out_is_counted(logs: Path) -> None:
    assert left_out(logs) == {"reasoning": 1, "hidden": 1, "images": 1, "attachments": 1} | {
        "damaged": 1
    }
    assert "b2:missing" in next(damages(logs))


def test_an_old_file_without_the_newer_tables_comes_in(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(OLD)
    connection.close()

    assert rows(path) == OLD_ROWS


def test_the_file_is_never_changed(logs: Path) -> None:
    before = logs.read_bytes()

    lines(logs)

    assert logs.read_bytes() == before
    assert [one.name for one in logs.parent.iterdir()] == ["logs.db"]


def test_a_damaged_database_is_told(logs: Path) -> None:
    whole = bytearray(logs.read_bytes())
    whole[4096 * 2 :] = b"\xff" * (len(whole) - 4096 * 2)
    logs.write_bytes(whole)

    assert any("damaged" in why for why in damages(logs, "llm"))
