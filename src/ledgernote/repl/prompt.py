"""The prompt: reads one message. Owns prompt-toolkit, and nothing of what the words mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import Completer
from prompt_toolkit.cursor_shapes import ModalCursorShapeConfig
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import DummyHistory, History
from prompt_toolkit.input import Input
from prompt_toolkit.input.typeahead import store_typeahead
from prompt_toolkit.input.vt100_parser import Vt100Parser
from prompt_toolkit.key_binding.key_processor import KeyPress
from prompt_toolkit.output import ColorDepth, Output
from prompt_toolkit.styles import Style

from ledgernote.repl.keys import Draft, bindings, unfenced
from ledgernote.repl.words import Typed

STYLE = Style.from_dict({"bottom-toolbar": "noreverse ansibrightblack"})

_MODE = re.compile(r"\s*set\s+editing-mode\s+(vi|emacs)\b")


def wants_vi(setting: str, inputrc: Path) -> bool:
    """As the settings say, else as readline would do in other programs."""
    if setting:
        return setting == "vi"
    try:
        lines = inputrc.expanduser().read_text("utf-8", "replace").splitlines()
    except (OSError, RuntimeError):
        return False
    mode, depth = "emacs", 0
    for line in lines:
        # What stands under a condition is for some terminal or program, not for us.
        depth += line.lstrip().startswith("$if") - line.lstrip().startswith("$endif")
        if depth == 0 and (found := _MODE.match(line)):
            mode = found[1]
    return mode == "vi"


def hand_back(keyboard: Input, raw: bytes) -> None:
    """Give bytes that were read too early to the next prompt."""
    keys: list[KeyPress] = []
    parser = Vt100Parser(keys.append)
    parser.feed(raw.decode("utf-8", "surrogateescape"))
    parser.flush()
    store_typeahead(keyboard, keys)


class Reader:
    """Reads messages; *seen* is called once, when the first prompt is on the screen."""

    def __init__(
        self,
        keyboard: Input,
        screen: Output,
        *,
        vi: bool = False,
        color: bool = True,
        seen: Callable[[], None] = lambda: None,
    ) -> None:
        self._draft = Draft()
        self._again: list[Typed] = []
        self._seen = seen
        self._keyboard, self._screen = keyboard, screen
        self._vi, self._color = vi, color
        self._asking = self._new(DummyHistory(), None)
        self._talking = self._asking

    def serve(self, history: History, completer: Completer) -> None:
        """Take the history and the completions of another project."""
        self._talking = self._new(history, completer)

    def _new(self, history: History, completer: Completer | None) -> PromptSession[str]:
        session: PromptSession[str] = PromptSession(
            multiline=True,
            vi_mode=self._vi,
            history=history,
            completer=completer,
            complete_in_thread=True,
            complete_while_typing=False,
            enable_history_search=True,
            enable_open_in_editor=True,
            enable_suspend=True,
            tempfile_suffix=".md",
            prompt_continuation="  ",
            key_bindings=bindings(self._draft),
            cursor=ModalCursorShapeConfig() if self._vi else None,
            style=STYLE,
            color_depth=None if self._color else ColorDepth.DEPTH_1_BIT,
            input=self._keyboard,
            output=self._screen,
        )
        # Alt-Enter and a lone Escape begin alike; this long the second one waits.
        session.app.ttimeoutlen = 0.05
        session.app.timeoutlen = 0.1 if self._vi else 1.0
        session.app.after_render += lambda _: self._shown()
        return session

    def _shown(self) -> None:
        seen, self._seen = self._seen, lambda: None
        seen()

    def read(self, bar: Callable[[int], str]) -> Typed:
        """The next message. Raises EOFError to leave, KeyboardInterrupt for Ctrl-C when empty."""
        if self._again:
            return self._again.pop()
        return self._prompt(self._talking, "> ", bar)

    def choose(self, question: str, answers: Mapping[str, str], default: str) -> str:
        """Ask back; *default* for Enter, and for a text that is no answer: that is read next."""
        try:
            typed = self._prompt(self._asking, f"{question} ", None)
        except (EOFError, KeyboardInterrupt):
            return default
        word = typed.text.strip().lower()
        if word and word not in answers:
            self._again.append(typed)
        return answers.get(word, default)

    def _prompt(
        self, session: PromptSession[str], words: str, bar: Callable[[int], str] | None
    ) -> Typed:
        self._draft.pastes.clear()
        # Plain text: a title must not be read as anything else.
        toolbar = FormattedText([("", bar(self._screen.get_size().columns))]) if bar else None
        text = session.prompt(words, bottom_toolbar=toolbar)
        if self._draft.pasted(text):
            return Typed(text, pasted=True, pastes=tuple(self._draft.pastes))
        bare = unfenced(text)
        return Typed(bare, pasted=bare is not text, pastes=tuple(self._draft.pastes))
