"""Every key of the contract, pressed in a real tmux; what is then on the screen, as text.

One chat serves all rows of a table, each in a thread of its own and on a clear screen.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from repl.tmux import Tmux
from scripted import Say, ScriptedServer

from ledgernote.config import Settings
from ledgernote.domain.entries import INBOX, Entry, Kind, Status
from ledgernote.ledger import places
from ledgernote.ledger.keep import New, keep
from ledgernote.notebook.notebook import NewNote, Notebook, now_here

pytestmark = pytest.mark.skipif(
    shutil.which("tmux") is None,
    reason="tmux is not installed; the tests in a pseudo-terminal beside this press the keys too",
)

CHAT = [sys.executable, "-m", "ledgernote", "--as", "ann", "chat"]
SLOW = Say(" ".join(f"word{number}" for number in range(200)), delay=0.05)
OFFLINE = ["-m", "offline"]
"""Starts without loading what a remote model needs."""
LEFT = "\nleft with "
DONE = "gpt-5 · 11 in, 7 out"


def _prompt(screen: str) -> bool:
    """Whether there is a prompt, with its bar below."""
    return re.search(r"(?m)^>( .*)?\n(\n*|  .*\n)*inbox · ", screen) is not None


def _empty(screen: str) -> bool:
    """Whether the last prompt is there and empty."""
    return re.search(r"(?m)^>\n+inbox · ", screen) is not None


@dataclass
class Desk:
    """A tmux with a chat in it, the server that answers there, and the ledger behind it."""

    tmux: Tmux
    server: ScriptedServer
    settings: Settings
    handles: dict[str, str] = field(default_factory=dict)
    """Names of the table for the handles of what was kept before."""

    def entries(self, kind: Kind) -> list[Entry]:
        with closing(Notebook.open(self.settings, create=False, say=print)) as book:
            return [entry for entry in book.latest(0) if entry.kind is kind]

    def asked(self) -> str:
        """The last question."""
        return self.entries(Kind.QUESTION)[-1].text

    def press(self, *keys: str) -> None:
        """Type, or wait for what a key in `«»` says."""
        for key in keys:
            if key.startswith("«"):
                self.sees(key[1:-1])
            elif key.startswith("paste:"):
                self.tmux.pastes(key.removeprefix("paste:"))
            else:
                self.tmux.types(self._with_handles(key))

    def _with_handles(self, key: str) -> str:
        for name, handle in self.handles.items():
            key = key.replace(name, handle)
        return key

    def screen(self) -> str:
        """The screen without what differs from run to run: handles, times, sums, what matched."""
        text = self.tmux.screen()
        for name, handle in self.handles.items():
            text = text.replace(handle, name)
        text = text.replace(f"{now_here():%-d %b} ", "DAY ")
        text = re.sub(r"(?m)^  (?:(?:match|near) .*\n(?:    .*\n)*|and \d+ more\n)", "", text)
        text = re.sub(r"(?m)^recalled.*(?:\n  \S+ of 16k$)?", "recalled", text)
        text = re.sub(r"(?m)( · 11 in, 7 out) .*(\n  .*)?", r"\1", text)
        text = re.sub(r"(?m)^  given  (?!NOTE1)\w{5}", "  given  OTHER", text)
        text = re.sub(r"(?<=\S)  +(?=\S)", "  ", text)
        return re.sub(r"\d\d:\d\d", "00:00", text)

    def sees(self, words: str) -> str:
        """Wait until these lines stand on the screen."""
        self.tmux.until(lambda _: words in self.screen(), words)
        return self.screen()

    def sits_down(self, *options: str) -> None:
        """A chat that has just begun."""
        self.tmux.runs([*CHAT, "--new", *options])
        if not _empty(self.tmux.until(_prompt, "a prompt")):
            self.gives_up()  # what a row that failed has left

    def gives_up(self) -> None:
        """Clear what stands in the prompt."""
        self.tmux.types("<C-c>")
        self.tmux.until(_empty, "an empty prompt")

    def clears_up(self) -> None:
        """An empty prompt on a clear screen, in a new thread."""
        screen = self.tmux.until(lambda seen: _prompt(seen) or LEFT in seen, "a prompt or the end")
        if LEFT in screen or not _empty(screen):
            self.sits_down()
        self.tmux.types("/new", "<Enter>")
        self.sees("memory comes along\n>")
        self.tmux.types("<C-l>")
        self.tmux.until(lambda screen: screen.startswith(">\n"), "a clear screen")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys")


@pytest.fixture(scope="module")
def settings(folder: Path) -> Settings:
    return Settings(
        ledger=folder / "ledger.db",
        state=folder / "state",
        config=folder / "config.toml",
        actor="ann",
    )


@pytest.fixture(scope="module")
def handles(settings: Settings) -> dict[str, str]:
    """A notebook with something for every key; the handles in it by the table's names."""
    with closing(Notebook.open(settings, create=True, say=print)) as book:
        cuts = book.note(NewNote(text="Cuts are priced in.", tags=("rates",))).handle
        with book.writing() as tx:
            thesis = places.new_thread(tx, INBOX, "rates-thesis")
            silver = places.new_thread(tx, INBOX, "silver-ratio")
            fed = places.need_project(tx, "fed")
            for words, project, thread in (
                (b"elsewhere: a cut?", fed, None),
                (b"outside: a cut?", INBOX, None),
                (b"and silver?", INBOX, silver),
                (b"inside: when is the cut?", INBOX, thesis),
            ):
                keep(tx, New(kind=Kind.QUESTION, text=words, project=project, thread=thread))
        threads = {"THESI": "rates-thesis", "RATIO": "silver-ratio"}
        found = {name: book.thread(title)[0].handle for name, title in threads.items()}
        found["NOTE1"] = cuts
    return {name: handle for name, handle in found.items() if len(handle) == len(name)}


@pytest.fixture(scope="module")
def chat(folder: Path, settings: Settings, handles: dict[str, str]) -> Iterator[Desk]:
    editor = folder / "editor"
    editor.write_text('#!/bin/sh\nprintf "%s" "$(cat "$2") $1" > "$2"\n')
    editor.chmod(0o700)
    (folder / "other.txt").touch()
    (folder / "table.csv").write_text("5.25\n")
    with ScriptedServer(Say("It shines.")) as server:
        environ = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(folder),
            "TERM": "xterm-256color",
            "SHELL": "/bin/sh",
            "EDITOR": f"{editor} edited",
            "LEDGERNOTE_LEDGER": str(settings.ledger),
            "LEDGERNOTE_STATE": str(settings.state),
            "LEDGERNOTE_CONFIG": str(settings.config),
            "LEDGERNOTE_MODEL": "openai/gpt-5",
            "LEDGERNOTE_EMBEDDER": "none",
            "LEDGERNOTE_LOCAL_PORTS": "none",
            "OPENAI_API_KEY": "none",
            "OPENAI_API_BASE": server.base,
        }
        with closing(Tmux(folder, environ)) as tmux:
            desk = Desk(tmux, server, settings, handles)
            desk.sits_down()
            yield desk


@pytest.fixture
def desk(chat: Desk) -> Desk:
    """The chat at an empty prompt on a clear screen, in a new thread."""
    chat.clears_up()
    return chat


ANSWERED = f"""recalled
It shines.
{DONE}
>"""

SENT = [
    pytest.param(["what of gold?", "<Enter>"], "what of gold?", id="Enter"),
    pytest.param(["one", "<M-Enter>", "two", "<Enter>"], "one\ntwo", id="Alt-Enter"),
    pytest.param(["one", "<C-j>", "two", "<Enter>"], "one\ntwo", id="Ctrl-J"),
    pytest.param(["one\\", "<Enter>", "two", "<Enter>"], "one\ntwo", id="trailing backslash"),
    pytest.param(["paste:/exit\ntwo", "<Enter>"], "/exit\ntwo", id="paste"),
    pytest.param(["tell ", "<C-g>", "«edited»", "<Enter>"], "tell  edited", id="Ctrl-G"),
    pytest.param(["a", "<C-x>", "<C-e>", "«edited»", "<Enter>"], "a edited", id="Ctrl-X Ctrl-E"),
    pytest.param(["a draft", "<C-c>", "<Up>", "!", "<Enter>"], "a draft!", id="Ctrl-C, Up"),
    pytest.param(["a", "<C-c>", "b", "<C-c>", "<Up>", "<Up>", "<Down>", "<Enter>"], "b", id="Down"),
    pytest.param(["first, ", "<Enter>", "«>»", "<Up>", "gold", "<Enter>"], "first, gold", id="Up"),
    pytest.param(["/ES is down", "<Enter>"], "/ES is down", id="no command"),
    pytest.param(["/etc/hosts says so", "<Enter>"], "/etc/hosts says so", id="a path"),
    pytest.param([".5% on the 10y, why?", "<Enter>"], ".5% on the 10y, why?", id="a figure"),
    pytest.param(["#1 risk?", "<Enter>"], "#1 risk?", id="no tag"),
    pytest.param(["@john: thanks", "<Enter>"], "@john: thanks", id="no model"),
    pytest.param(["/ES", "<Enter>", "«Enter again»", "<Enter>"], "/ES", id="a doubtful word"),
]


@pytest.mark.parametrize(("keys", "text"), SENT)
def test_keys_send_this(keys: list[str], text: str, desk: Desk) -> None:
    desk.press(*keys)

    echo = text.replace("\n", "\n  ")
    desk.sees(f"> {echo}\n{ANSWERED}")
    assert desk.asked() == text


GIVEN = "  given  {}  you  00:00  {}  given with the question\n"

BROUGHT = [
    pytest.param("@NOTE1", GIVEN.format("NOTE1", '"Cuts are priced in."'), id="@handle"),
    pytest.param("@table.csv", GIVEN.format("OTHER", '"5.25"'), id="@file"),
    pytest.param(
        "@rates-thesis", GIVEN.format("OTHER", '"inside: when is the cut?"'), id="@thread"
    ),
]


@pytest.mark.parametrize(("name", "row"), BROUGHT)
def test_a_thing_that_is_mentioned_comes_along(name: str, row: str, desk: Desk) -> None:
    desk.press(f"what of {name}?", "<Enter>")

    desk.sees(f"> what of {name}?\nrecalled\n{row}It shines.\n{DONE}\n>")


def test_a_model_that_is_addressed_is_asked_once(desk: Desk) -> None:
    desk.press("@openai/gpt-4o: gold?", "<Enter>", "«7 out\n>»", "and tin?", "<Enter>")

    desk.sees(
        "> @openai/gpt-4o: gold?\nrecalled\nIt shines.\ngpt-4o · 11 in, 7 out\n"
        f"> and tin?\n{ANSWERED}"
    )
    assert desk.asked() == "and tin?"


def test_what_a_command_prints_can_come_along(desk: Desk) -> None:
    desk.press("!echo a b", "<Enter>", "«[y/N]»", "y", "<Enter>", "«to bring»", "so?", "<Enter>")

    row = GIVEN.format("OTHER", '"a b"')
    desk.sees(
        "> !echo a b\na b\nbring it along with the next question? [y/N] y\n"
        f"> so?\nrecalled\n{row}It shines.\n"
    )


TABS = [
    pytest.param(["/hel", "<Tab>"], "> /help", id="command"),
    pytest.param(["/model ofl", "<Tab>"], "> /model offline", id="model"),
    pytest.param(["/resume silv", "<Tab>"], "> /resume RATIO", id="thread"),
    pytest.param(["/tag rat", "<Tab>"], "> /tag rates", id="tag"),
    pytest.param(["a #rat", "<Tab>"], "> a #rates", id="#tag"),
    pytest.param(["/show priced", "<Tab>"], "> /show NOTE1", id="handle by its words"),
    pytest.param(["see @othrtx", "<Tab>"], "> see @other.txt", id="file"),
    pytest.param(["@offli", "<Tab>"], "> @offline:", id="@model:"),
]


@pytest.mark.parametrize(("keys", "line"), TABS)
def test_tab_completes(keys: list[str], line: str, desk: Desk) -> None:
    desk.press(*keys)

    desk.sees(line)
    desk.gives_up()


def test_a_second_tab_goes_through_what_fits_with_words_beside(desk: Desk) -> None:
    desk.press("/re", "<Tab>", "«ask the last»", "<Tab>")

    desk.sees("resume  go on with a thread\n")
    desk.gives_up()


BELOW = "\n" * 7
"""The rest of a list, which keeps its height whatever is found."""


def test_ctrl_r_widens_from_the_thread_to_all(desk: Desk) -> None:
    desk.press("/resume THESI", "<Enter>", "«last here»", "cut", "<C-r>", "«› inside:»")
    desk.sees(f"questions of this thread > cut\n› inside: when is the cut?\n{BELOW}    DAY 00:00\n")
    desk.press("<C-r>", "<C-r>")

    desk.sees("of all > cut\n› inside: when is the cut?\n  outside: a cut?\n  elsewhere: a cut?\n")
    desk.press("<Down>", "<Enter>")
    desk.sees("> outside: a cut?")
    desk.gives_up()


def test_a_block_of_quotes_is_one_message(desk: Desk) -> None:
    desk.press('"""', "<Enter>", "/exit", "<Enter>", 'two"""', "<Enter>")

    desk.sees(f'> """\n  /exit\n  two"""\n{ANSWERED}')
    assert desk.asked() == "/exit\ntwo"


def test_ctrl_c_stops_an_answer_and_keeps_the_half(desk: Desk) -> None:
    desk.server.script(SLOW)
    desk.press("count", "<Enter>", "«word3»", "<C-c>")

    desk.sees("interrupted: half kept as ")
    half = desk.entries(Kind.ANSWER)[-1]
    assert half.status is Status.INTERRUPTED
    assert half.text.startswith("word0 word1 word2 word3")


def test_keys_typed_in_mid_stream_act_as_typed(desk: Desk) -> None:
    desk.server.script(Say("one two three four five six", delay=0.1))
    desk.press(
        "count", "<Enter>", "«two»", "gold?", "<Enter>", "an", "<C-j>", "d tin?", "<Enter>", "draft"
    )

    desk.sees(
        f"one two three four five six\n{DONE}\n> gold?\n{ANSWERED} an\n  d tin?\n{ANSWERED} draft"
    )
    desk.gives_up()


def test_ctrl_d_on_a_line_with_words_leaves_not(desk: Desk) -> None:
    desk.press("ab", "<Left>", "<C-d>", "c", "<Enter>")

    desk.sees(f"> ac\n{ANSWERED}")


def test_keys_typed_before_the_prompt_act_as_typed(desk: Desk) -> None:
    # Words of no other row: what those asked would be recalled, and push the first line away.
    desk.tmux.runs([*CHAT, "--new", *OFFLINE])
    desk.press("opal?", "<Enter>", "<Up>", " quartz?", "<Enter>", "draft")

    screen = desk.sees("\n> draft")
    assert "> opal?\nrecalled\n" in screen
    assert "> opal? quartz?\nrecalled\n" in screen
    desk.gives_up()
    desk.press("<C-d>", "«left with»")


LEAVING = [
    pytest.param(["<C-d>"], id="Ctrl-D"),
    pytest.param(["<C-c>", "«again leaves»", "<C-c>"], id="Ctrl-C twice"),
    pytest.param(["/exit", "<Enter>"], id="/exit"),
]


@pytest.mark.parametrize("keys", LEAVING)
def test_a_key_leaves(keys: list[str], desk: Desk) -> None:
    desk.press(*keys)

    desk.sees("left with 0")


@pytest.mark.parametrize("how", ["--vi", "inputrc"])
def test_vi_keys_edit(how: str, desk: Desk, folder: Path) -> None:
    (folder / ".inputrc").write_text("set editing-mode vi\n" if how == "inputrc" else "")
    desk.sits_down(*OFFLINE, *["--vi"] * (how == "--vi"))
    desk.press("old gold?", "<Escape>", "0dwA!", "<Enter>")

    (folder / ".inputrc").unlink()
    desk.sees("> gold?!\nrecalled\n")
    desk.press("<C-d>")
    desk.sees(LEFT)


def test_piped_lines_are_no_commands_and_the_talk_goes_on(desk: Desk, folder: Path) -> None:
    page = folder / "page"
    page.write_text("/exit\n!touch touched\n@NOTE1\n")
    desk.tmux.runs(f"cat page | {shlex.join([*CHAT, *OFFLINE])} --new")
    desk.press("«to bring»", "sum up?", "<Enter>")

    row = GIVEN.format("OTHER", '"/exit !touch touched…"')
    desk.sees(f"> sum up?\nrecalled\n{row}")
    assert not (folder / "touched").exists()
    assert desk.entries(Kind.NOTE)[-1].text == page.read_text()
    desk.press("<C-d>")
    desk.sees(LEFT)
