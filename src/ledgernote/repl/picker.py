"""A list to pick from, below the prompt: typed words narrow it, the cursor shows more of a row.

Finding and previewing run in a thread, so that no key waits for them; whatever goes wrong there
is an empty list. Keys typed ahead are taken as in the prompt.
"""

from __future__ import annotations

import asyncio
import textwrap
from collections.abc import Callable, Sequence
from itertools import islice
from typing import TypeVar

from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import (
    BufferControl,
    FormattedTextControl,
    HSplit,
    Layout,
    VSplit,
    Window,
)
from prompt_toolkit.output import ColorDepth, Output
from prompt_toolkit.styles import Style

from ledgernote.domain.frozen import frozen
from ledgernote.render.escape import one_line
from ledgernote.repl.scope import Row, Scope

T = TypeVar("T")

ROWS, PREVIEW = 8, 5
"""Lines of the list, and of what is shown of the row below the cursor."""

STYLE = Style.from_dict({"row": "bold", "aside": "ansibrightblack"})


@frozen(kw_only=False)
class Picked:
    """What was picked, None when nothing was; and the words typed for it."""

    key: str | None
    words: str


class Picker:
    """One picking; *scopes* from the narrowest to the widest, Ctrl-R goes on to the next."""

    def __init__(self, scopes: Sequence[Scope], words: str = "", *, color: bool) -> None:
        self._scopes, self._scope = scopes, 0
        self._rows: Sequence[Row] = ()
        self._at = 0
        self._preview = ""
        self._asked = 0
        """Answers to an older question come too late."""
        self._found = False
        self._color = color
        self._words = Buffer(
            multiline=False,
            document=Document(words),
            on_text_changed=lambda _: self._find(),
        )

    def run(self, keyboard: Input, screen: Output) -> Picked:
        """Show it until Enter or Escape."""
        app: Application[Picked] = Application(
            layout=Layout(self._layout()),
            key_bindings=self._keys(),
            erase_when_done=True,
            style=STYLE,
            color_depth=None if self._color else ColorDepth.DEPTH_1_BIT,
            input=keyboard,
            output=screen,
        )
        app.ttimeoutlen = 0.05
        self._app = app
        return app.run(pre_run=self._find)

    # ---- what is seen ----------------------------------------------------------------

    def _layout(self) -> HSplit:
        def lines(get: Callable[[], StyleAndTextTuples], height: int | None) -> Window:
            return Window(FormattedTextControl(get), height=height, dont_extend_height=True)

        words = Window(BufferControl(self._words), height=1)
        prompt = Window(FormattedTextControl(self._title), height=1, dont_extend_width=True)
        return HSplit([VSplit([prompt, words]), lines(self._list, ROWS), lines(self._below, None)])

    def _width(self) -> int:
        return self._app.output.get_size().columns - 1

    def _title(self) -> StyleAndTextTuples:
        name = self._scopes[self._scope].name
        return [("class:aside", f"{one_line(name, max(self._width() // 2, 1))} "), ("", "> ")]

    def _list(self) -> StyleAndTextTuples:
        first = max(0, self._at - ROWS + 1)
        shown: StyleAndTextTuples = []
        for at, row in enumerate(self._rows[first : first + ROWS], first):
            chosen = at == self._at
            line = f"{'›' if chosen else ' '} {one_line(row.text, max(self._width() - 2, 1))}\n"
            shown.append(("class:row" if chosen else "", line))
        return shown or [("class:aside", "  nothing fits")] if self._found else shown

    def _below(self) -> StyleAndTextTuples:
        width = max(self._width() - 4, 1)
        paragraphs = [line for line in self._preview.splitlines() if line.strip()]
        lines = (one for line in paragraphs for one in textwrap.wrap(one_line(line), width))
        keys = ["Enter takes, Esc leaves"]
        if self._scope + 1 < len(self._scopes):
            keys.insert(0, f"Ctrl-R: {self._scopes[self._scope + 1].name}")
        text = "".join(f"    {line}\n" for line in islice(lines, PREVIEW))
        return [("class:aside", text + "  " + one_line(" · ".join(keys), width))]

    # ---- what keys do ----------------------------------------------------------------

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()
        wider = Condition(lambda: self._scope + 1 < len(self._scopes))

        def move(by: int) -> Callable[[KeyPressEvent], object]:
            return lambda _: self._move(by)

        for names, by in ((("up", "c-p"), -1), (("down", "c-n", "tab"), 1)):
            for name in names:
                keys.add(name)(move(by))
        keys.add("pageup")(move(-ROWS))
        keys.add("pagedown")(move(ROWS))
        keys.add("c-r", filter=wider)(lambda _: self._widen())
        keys.add("c-r", filter=~wider)(move(1))
        for name in ("escape", "c-c", "c-g", "c-d"):
            keys.add(name, eager=True)(lambda event: self._leave(event, None))
        keys.add("enter")(self._take)
        return keys

    def _move(self, by: int) -> None:
        self._at = min(max(self._at + by, 0), max(len(self._rows) - 1, 0))
        self._look()

    def _widen(self) -> None:
        self._scope += 1
        self._find()

    def _take(self, event: KeyPressEvent) -> None:
        if not self._found:  # typed ahead, Enter comes before what it picks from
            self._rows, self._at = self._look_for(self._words.text), 0
        self._leave(event, self._rows[self._at].key if self._rows else None)

    def _leave(self, event: KeyPressEvent, key: str | None) -> None:
        event.app.exit(result=Picked(key, self._words.text))

    # ---- finding, in a thread --------------------------------------------------------

    def _find(self) -> None:
        self._found = False
        self._asked += 1
        self._app.create_background_task(self._search(self._asked, self._words.text))

    def _look_for(self, words: str) -> Sequence[Row]:
        find, nothing = self._scopes[self._scope].find, list[Row]()
        return _quietly(lambda: find(words), nothing)

    async def _search(self, number: int, words: str) -> None:
        rows = await asyncio.to_thread(self._look_for, words)
        if number == self._asked and not self._found:
            self._rows, self._at, self._found = rows, 0, True
            self._look()
            self._app.invalidate()

    def _look(self) -> None:
        self._preview = ""
        if self._rows:
            self._app.create_background_task(self._read(self._rows[self._at]))

    async def _read(self, row: Row) -> None:
        preview = await asyncio.to_thread(_quietly, row.preview, "")
        if self._rows and self._rows[self._at] is row:
            self._preview = preview
            self._app.invalidate()


def _quietly(do: Callable[[], T], nothing: T) -> T:
    try:
        return do()
    except Exception:  # noqa: BLE001  an empty list is better than a lost draft
        return nothing
