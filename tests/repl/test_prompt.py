from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import DummyCompleter
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from ledgernote.repl.prompt import Reader, Renewed, hand_back, wants_vi
from ledgernote.repl.words import Typed

Read = Callable[[str], Typed]


@pytest.fixture
def read() -> Iterator[Read]:
    """Send keys to a prompt, and read one message."""
    with create_pipe_input() as keyboard:
        reader = Reader(keyboard, DummyOutput())
        reader.serve(InMemoryHistory(["older", "newer"]), DummyCompleter())

        def keys(sent: str) -> Typed:
            keyboard.send_text(sent)
            return reader.read(lambda width: "a bar")

        yield keys


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("hello\r", "hello"),
        ("one\ntwo\r", "one\ntwo"),
        ("one\x1b\rtwo\r", "one\ntwo"),
        ("one\\\rtwo\r", "one\ntwo"),
        ("a share is C:\\\\\r", "a share is C:\\\\"),
        ("\x1b[200~line\x1b[201~\r", "line"),
        ("what is \x1b[200~this\x1b[201~?\r", "what is this?"),
        ("\r", ""),
    ],
)
def test_enter_sends_and_three_keys_make_a_new_line(read: Read, keys: str, text: str) -> None:
    assert read(keys) == Typed(text)


def test_a_paste_of_several_lines_is_one_message_and_text(read: Read) -> None:
    paste = "/exit\nmore\n"

    typed = read("\x1b[200~/exit\r\nmore\r\n\x1b[201~\r")

    assert typed == Typed(paste, pasted=True, pastes=(paste,))


def test_a_paste_that_was_deleted_again_counts_no_more(read: Read) -> None:
    assert not read("\x1b[200~a\nb\x1b[201~\x1b\x7f\x1b\x7f\x08\x15/help\r").pasted


def test_what_a_paste_mentions_was_not_typed(read: Read) -> None:
    assert read("see @one \x1b[200~a @two\nb\x1b[201~ @three\r").own == "see @one   @three"


def test_of_a_paste_that_was_changed_nothing_counts_as_typed(read: Read) -> None:
    assert read("see @one \x1b[200~a @two\nbc\x1b[201~\x7f\r").own == ""


def test_a_paste_behind_a_typed_command_leaves_the_command(read: Read) -> None:
    assert read("/note \x1b[200~one\ntwo\x1b[201~\r").pasted is False


def test_a_block_ends_where_its_quotes_do(read: Read) -> None:
    assert read('"""\r/exit\rtwo\r"""\r') == Typed("/exit\ntwo", pasted=True)


@pytest.mark.parametrize(
    ("keys", "sent", "draft"),
    [
        ("one\rtwo\r", "one\ntwo\n", ""),
        ("one\rtwo", "one\n", "two"),
        ("one\x1b\rtwo", "", "one\ntwo"),
        ("one\rtwo\\\rthree", "one\n", "two\\\nthree"),
        ("one\rtwo\x03three", "one\n", "three"),
        ("cleared\x03", "", ""),
    ],
)
def test_what_was_typed_ahead_is_what_enter_sent_and_a_draft(
    keys: str, sent: str, draft: str
) -> None:
    with create_pipe_input() as keyboard:
        hand_back(keyboard, keys.encode())

        assert Reader(keyboard, DummyOutput()).ahead() == (sent, draft)


def test_keys_typed_ahead_are_read_next(read: Read) -> None:
    assert [read("one\rtwo\rthree\r"), read(""), read("")] == [
        Typed("one"),
        Typed("two"),
        Typed("three"),
    ]


def test_keys_typed_before_the_start_are_read_first() -> None:
    with create_pipe_input() as keyboard:
        hand_back(keyboard, "früh\rtwo".encode())
        reader = Reader(keyboard, DummyOutput())
        keyboard.send_text(" more\r")

        first, second = reader.read(lambda _: ""), reader.read(lambda _: "")

    assert (first.text, second.text) == ("früh", "two more")


def test_ctrl_c_clears_a_draft_into_history(read: Read) -> None:
    assert read("a draft\x03other\r") == Typed("other")
    assert read("\x1b[A\x1b[A\r") == Typed("a draft")


def test_ctrl_c_on_an_empty_line_interrupts(read: Read) -> None:
    with pytest.raises(KeyboardInterrupt):
        read("\x03")


def test_ctrl_d_leaves_only_on_an_empty_line(read: Read) -> None:
    assert read("ab\x02\x04\r") == Typed("a")
    with pytest.raises(EOFError):
        read("\x04")


@pytest.mark.parametrize("keys", ["\x07", "\x18\x05"])
def test_the_editor_opens(
    keys: str, read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nprintf " and more" >> "$1"\n')
    editor.chmod(0o700)
    monkeypatch.setenv("VISUAL", str(editor))

    # The text comes back in its own time: only then may Enter be pressed.
    with create_pipe_input() as keyboard:
        reader = Reader(keyboard, DummyOutput())
        buffer = reader._talking.default_buffer

        def send_when_back(changed: Buffer) -> None:
            if changed.text.endswith("more"):
                keyboard.send_text("\r")

        buffer.on_text_changed += send_when_back
        keyboard.send_text(f"words{keys}")
        typed = reader.read(lambda _: "")

    assert typed.text == "words and more"


def test_vi_keys_edit_when_asked_for() -> None:
    with create_pipe_input() as keyboard:
        reader = Reader(keyboard, DummyOutput(), vi=True)
        keyboard.send_text("one two\x1b")
        keyboard.send_text("0dwi")
        keyboard.send_text("\x1bi\r")

        assert reader.read(lambda _: "").text == "two"


@pytest.mark.parametrize(
    ("setting", "inputrc", "vi"),
    [
        ("", "set editing-mode vi\n", True),
        ("", "set editing-mode emacs\n", False),
        ("", "$if Bash\nset editing-mode vi\n$endif\n", False),
        ("", "# set editing-mode vi\n", False),
        ("emacs", "set editing-mode vi\n", False),
        ("vi", "", True),
    ],
)
def test_vi_as_the_settings_or_inputrc_say(
    setting: str, inputrc: str, vi: bool, tmp_path: Path
) -> None:
    path = tmp_path / "inputrc"
    path.write_text(inputrc)

    assert wants_vi(setting, path) is vi


def test_no_inputrc_means_emacs(tmp_path: Path) -> None:
    assert wants_vi("", tmp_path / "none") is False


def test_a_later_prompt_that_is_stale_when_it_comes_makes_room() -> None:
    with create_pipe_input() as keyboard:
        reader = Reader(keyboard, DummyOutput())
        keyboard.send_text("one\rtwo")
        first = reader.read(lambda width: "a bar")
        reader.stale = lambda: True

        with pytest.raises(Renewed):
            reader.read(lambda width: "a bar")

    assert (first, reader.unsent) == (Typed("one"), "two")


def test_a_choice_takes_its_answers() -> None:
    with create_pipe_input() as keyboard:
        reader = Reader(keyboard, DummyOutput())
        keyboard.send_text("Y\r\r\x03")

        answers = [reader.choose("keep it?", {"y": "yes"}, "no") for _ in range(3)]

    assert answers == ["yes", "no", "no"]


def test_a_choice_that_insists_takes_nothing_but_its_answers() -> None:
    with create_pipe_input() as keyboard:
        reader = Reader(keyboard, DummyOutput())
        keyboard.send_text("/models\r2\r3\r\x03")

        answers = [reader.choose("1 or 2?", {"2": "b"}, "", insists=True) for _ in range(2)]

    assert answers == ["b", ""]


def test_what_is_no_answer_to_a_choice_is_read_next() -> None:
    with create_pipe_input() as keyboard:
        reader = Reader(keyboard, DummyOutput())
        keyboard.send_text("and what of gold?\r")

        answer = reader.choose("keep it?", {"y": "yes"}, "no")
        typed = reader.read(lambda _: "")

    assert (answer, typed.text) == ("no", "and what of gold?")
