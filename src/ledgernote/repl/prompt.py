"""The prompt: reads one message. Owns prompt-toolkit, and nothing of what the words mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app, get_app_or_none
from prompt_toolkit.completion import Completer
from prompt_toolkit.cursor_shapes import ModalCursorShapeConfig
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import DummyHistory, History
from prompt_toolkit.input import Input
from prompt_toolkit.input.typeahead import get_typeahead, store_typeahead
from prompt_toolkit.input.vt100_parser import Vt100Parser
from prompt_toolkit.key_binding.key_processor import KeyPress
from prompt_toolkit.keys import Keys
from prompt_toolkit.output import ColorDepth, Output
from prompt_toolkit.styles import Style

from ledgernote.render.wrap import wrapped
from ledgernote.repl.history import Rest
from ledgernote.repl.keys import Draft, bindings, unfenced
from ledgernote.repl.picker import Picker
from ledgernote.repl.scope import Scope
from ledgernote.repl.words import Typed

T = TypeVar("T")

STYLE = Style.from_dict(
    {"bottom-toolbar": "noreverse ansibrightblack", "auto-suggestion": "ansibrightblack"}
)

_TYPED = len(" private")
"""Columns for the longest answer to a question."""
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


class Renewed(Exception):
    """The prompt is to come again, below what is said first; `Reader.unsent` stood in it."""


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
        self.draft = ""
        """What stands in the next prompt, to be changed and sent."""
        self.held = ""
        """What the next prompt sends when Enter is pressed and nothing is typed."""
        self.unsent = ""
        """What stood in a prompt that neither Enter nor a key has ended."""
        self.hides: Callable[[str], bool] = lambda _: False
        """What tells a key, as it stands in the prompt now."""
        self.stale: Callable[[], bool] = lambda: False
        """Whether what the prompt shows is over, though nobody told a prompt that was there."""
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
            is_password=Condition(lambda: self.hidden(get_app().current_buffer.text)),
            tempfile_suffix=".md",
            prompt_continuation="  ",
            key_bindings=bindings(self._draft, search=completer is not None),
            auto_suggest=Rest() if self._color and completer else None,
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

    def hidden(self, text: str) -> bool:
        """Whether *text* is a key: it is not shown, and in no history."""
        return self.hides(text)

    def _shown(self) -> None:
        seen, self._seen = self._seen, lambda: None
        seen()
        if self.stale():
            self.renew()

    def read(self, bar: Callable[[int], str], scopes: Sequence[Scope] = ()) -> Typed:
        """The next message; Ctrl-R looks for older ones in *scopes*.

        Raises EOFError to leave, KeyboardInterrupt for Ctrl-C when empty.
        """
        if self._again:
            return self._again.pop()
        return self._prompt(self._talking, "> ", bar, scopes)

    def take(self) -> None:
        """Read what is typed now; the next prompt gets it."""
        store_typeahead(self._keyboard, self._keyboard.read_keys())

    def ahead(self) -> tuple[str, str]:
        """What was typed and no prompt has read: lines that Enter sent, and the draft behind."""
        keys = get_typeahead(self._keyboard)
        pairs = enumerate(pairwise(["", *(key.data for key in keys)]), start=1)
        # Behind these two, Enter makes a new line.
        ends = (at for at, (one, two) in pairs if two == "\r" and one not in {"\x1b", "\\"})
        sent = max(ends, default=0)
        cleared = max((at for at, key in enumerate(keys, 1) if key.key is Keys.ControlC), default=0)
        return self._words(keys[:sent]), self._words(keys[max(sent, cleared) :])

    def _words(self, keys: Sequence[KeyPress]) -> str:
        said = ("\n" if key.data == "\r" else key.data for key in keys if key.data != "\x7f")
        text = "".join(data for data in said if not data.startswith("\x1b"))
        return "".join(line for line in text.splitlines(keepends=True) if not self.hidden(line))

    def pressed(self) -> bool:
        """Whether Ctrl-C was typed behind the last message; it is taken out of what follows."""
        keys = [*get_typeahead(self._keyboard), *self._keyboard.read_keys()]
        others = [key for key in keys if key.key not in {Keys.ControlC, Keys.SIGINT}]
        store_typeahead(self._keyboard, others)
        return len(others) < len(keys)

    def end(self, code: int) -> bool:
        """End the prompt or list on the screen as an exit would; False when there is none.

        In its own time: raised in one of its tasks, the exit would be shown and waited for.
        """
        app = get_app_or_none()
        if app is None or app.loop is None:
            return False

        def leave() -> None:
            if not app.is_done:
                app.exit(exception=SystemExit(code))

        app.loop.call_soon_threadsafe(leave)
        return True

    def renew(self) -> None:
        """Have the prompt on the screen, if it is one, make room: `read` raises `Renewed`."""
        app = self._talking.app
        if app.loop is None:
            return

        def leave() -> None:
            if app.is_running and not app.is_done:
                app.erase_when_done = True
                app.exit(exception=Renewed())

        app.loop.call_soon_threadsafe(leave)

    def pick(self, scopes: Sequence[Scope], words: str = "") -> str | None:
        """The key of a row that a person picks from a list, None for none of them."""
        return Picker(scopes, words, color=self._color).run(self._keyboard, self._screen).key

    def choose(
        self, question: str, answers: Mapping[str, str], default: str, *, insists: bool = False
    ) -> str:
        """Ask back; *default* for Enter, and for a text that is no answer: that is read next.

        One that *insists* asks again instead, until there is an answer, or Ctrl-C.
        """
        while True:
            try:
                typed = self._prompt(self._asking, self._put(question), None)
            except (EOFError, KeyboardInterrupt):
                return default
            finally:
                self.unsent = ""
            word = typed.text.strip().lower()
            if word in answers or not (word and insists):
                break
        if word and word not in answers:
            self._again.append(typed)
        return answers.get(word, default)

    def secret(self) -> Typed:
        """One line that is not shown and stands in no history.

        Raises EOFError and KeyboardInterrupt.
        """
        hides, self.hides = self.hides, lambda _: True
        try:
            return self._prompt(self._asking, "* ", None)
        finally:
            self.hides, self.unsent = hides, ""
            self._asking.default_buffer.reset()

    def later(self, typed: Typed) -> None:
        """The next prompt gets *typed*, behind what waits already."""
        self._again.insert(0, typed)

    def lines(self) -> tuple[list[Typed], bool]:
        """What is typed until a line is a dot or Ctrl-D; False when Ctrl-C ended it."""
        found: list[Typed] = []
        while True:
            try:
                typed = self._prompt(self._asking, ". ", None)
            except (EOFError, KeyboardInterrupt) as end:
                return found, isinstance(end, EOFError)
            except SystemExit:
                self.unsent = "\n".join([one.text for one in found] + [self.unsent])
                raise
            if typed.text.strip() == ".":
                return found, True
            found.append(typed)

    def decide(self, question: str, answers: Mapping[str, T]) -> T:
        """Ask what only a person may answer: not with what was typed before the question.

        That is put aside for the next prompt. Asks again until the text is an answer. Raises
        EOFError and KeyboardInterrupt.
        """
        keyboard = self._keyboard
        before = [*get_typeahead(keyboard), *keyboard.read_keys(), *keyboard.flush_keys()]
        try:
            while True:
                word = self._prompt(self._asking, self._put(question), None).text.strip().lower()
                if word in answers:
                    return answers[word]
        finally:
            self.unsent = ""
            store_typeahead(keyboard, before + get_typeahead(keyboard))

    def _put(self, question: str) -> str:
        """A question in lines that end at words, with room for what is typed to it."""
        width = self._screen.get_size().columns - _TYPED
        return "\n".join(wrapped(line, width) for line in question.split("\n")) + " "

    def _line(self, bar: Callable[[int], str]) -> FormattedText:
        # Plain text: a title must not be read as anything else.
        return FormattedText([("", bar(self._screen.get_size().columns))])

    def _prompt(
        self,
        session: PromptSession[str],
        words: str,
        bar: Callable[[int], str] | None,
        scopes: Sequence[Scope] = (),
    ) -> Typed:
        self._draft.pastes.clear()
        session.app.erase_when_done = False
        self._draft.held = self.held if bar else ""
        toolbar = (lambda: self._line(bar)) if bar else None
        default, self.draft = (self._draft.fold(self.draft), "") if bar else ("", self.draft)
        # Ctrl-C is a key here. While it leaves, prompt-toolkit would lose a signal that it handles.
        ask = partial(session.prompt, words, bottom_toolbar=toolbar, handle_sigint=False)
        text = default
        try:
            text = ask(default=text)
            while self._draft.searching:
                self._draft.searching = session.app.erase_when_done = False
                text = self.pick(scopes, text) or text
                text = ask(default=text)
        except BaseException:
            left = session.default_buffer.text or text
            self.unsent = "" if self.hidden(left) else self._draft.unfold(left)
            raise
        text = self._draft.unfold(text)
        if self._draft.pasted(text):
            return Typed(text, pasted=True, pastes=tuple(self._draft.pastes))
        bare = unfenced(text)
        return Typed(bare, pasted=bare is not text, pastes=tuple(self._draft.pastes))
