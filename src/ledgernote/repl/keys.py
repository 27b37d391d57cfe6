"""What keys do at the prompt, beyond prompt-toolkit's own Emacs and vi keys."""

from __future__ import annotations

from prompt_toolkit.application import get_app
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.filters import Condition, has_focus, is_searching, vi_navigation_mode
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.key_binding.key_processor import KeyPress
from prompt_toolkit.keys import Keys

BLOCK = '"""'

FOLDED = 5_000
"""Characters; a longer paste stands in the prompt as one word, which the next key can move."""


class Draft:
    """What is known of the text being typed beside its words."""

    def __init__(self) -> None:
        self.pastes: list[str] = []
        """Of several lines."""
        self.folded: dict[str, str] = {}
        """What stands for a long paste in the prompt, also when the draft comes back later."""
        self.searching = False
        """It was left for a search of older questions, and is gone on with then."""
        self.held = ""
        """What Enter sends when nothing is typed."""
        self.waiting: list[KeyPress] | None = None
        """Keys that wait, from an Up on, until the history is read."""

    def fold(self, words: str) -> str:
        """What stands in the prompt for a paste: itself, or a few words for a long one."""
        if len(words) <= FOLDED:
            return words
        size = f"{len(words):,} characters, {words.count(chr(10)) + 1:,} lines"
        name = f"[paste {len(self.folded) + 1}: {size}]"
        self.folded[name] = words
        return name

    def unfold(self, text: str) -> str:
        """*text* with its long pastes as they were."""
        for name, words in self.folded.items():
            text = text.replace(name, words)
        return text

    def pasted(self, text: str) -> bool:
        """Whether *text* still begins as a paste did: then it is text, whatever it looks like."""
        heads = (paste.strip().partition("\n")[0] for paste in self.pastes)
        return "\n" in text and any(text.lstrip().startswith(head) for head in heads)


def in_block(text: str) -> bool:
    """Whether *text* opens a block that its last line does not close."""
    text = text.strip()
    return text.startswith(BLOCK) and (len(text) < 2 * len(BLOCK) or not text.endswith(BLOCK))


def unfenced(text: str) -> str:
    """The words inside a closed block; any other text as it is."""
    bare = text.strip()
    if not bare.startswith(BLOCK) or in_block(bare):
        return text
    return bare.removeprefix(BLOCK).removesuffix(BLOCK).strip("\n")


def _breaks(line: str) -> bool:
    """Whether a line's trailing backslash asks for another line; two of them are text."""
    return line.endswith("\\") and not line.endswith("\\\\")


def _enter(buffer: Buffer, draft: Draft) -> None:
    document = buffer.document
    if draft.held and not buffer.text.strip():
        buffer.text = draft.held  # seen as it is sent
    if buffer.complete_state and buffer.complete_state.current_completion:
        buffer.complete_state = None  # the choice is taken, the line goes on
    elif _breaks(document.current_line_before_cursor) and document.is_cursor_at_the_end_of_line:
        buffer.delete_before_cursor()
        buffer.newline(copy_margin=False)
    elif not draft.pasted(buffer.text) and in_block(buffer.text):
        buffer.insert_text("\n")
    else:
        buffer.validate_and_handle()


def _interrupt(event: KeyPressEvent, draft: Draft) -> None:
    buffer = event.current_buffer
    if not buffer.text:
        event.app.exit(exception=KeyboardInterrupt())
        return
    buffer.append_to_history()
    buffer.reset()
    draft.pastes.clear()


def _paste(event: KeyPressEvent, draft: Draft) -> None:
    buffer = event.current_buffer
    words = event.data.replace("\r\n", "\n").replace("\r", "\n")
    if "\n" in words.strip("\n"):
        draft.pastes.append(words)
    buffer.insert_text(draft.fold(words))


def _search(event: KeyPressEvent, draft: Draft) -> None:
    # Another application cannot run inside this one without taking the keys typed ahead.
    draft.searching = event.app.erase_when_done = True
    event.app.exit(result=event.current_buffer.text)


def _history_comes() -> bool:
    """Whether older messages are still to be read: they are read anew for every prompt."""
    reading = get_app().current_buffer._load_history_task  # noqa: SLF001  nothing public tells
    return reading is None or not reading.done()


def _wait(event: KeyPressEvent, draft: Draft) -> None:
    """Hold this key and all behind it until the history is read: then they act as typed."""
    processor, waiting = event.app.key_processor, list(event.key_sequence)
    draft.waiting = waiting

    def go_on(_: object) -> None:
        draft.waiting = None
        processor.feed_multiple(waiting)
        processor.process_keys()

    buffer = event.current_buffer
    buffer.load_history_if_not_yet_loaded()
    if reading := buffer._load_history_task:  # noqa: SLF001
        reading.add_done_callback(go_on)


def bindings(draft: Draft, *, search: bool) -> KeyBindings:
    """The table of our keys; with *search* Ctrl-R leaves the draft to look for older ones."""
    keys = KeyBindings()
    writing = has_focus("DEFAULT_BUFFER") & ~is_searching
    empty = Condition(lambda: not get_app().current_buffer.text)

    def edit(event: KeyPressEvent) -> None:
        event.current_buffer.text = draft.unfold(event.current_buffer.text)
        event.current_buffer.open_in_editor()

    def newline(event: KeyPressEvent) -> None:
        event.current_buffer.newline(copy_margin=False)

    def leave(event: KeyPressEvent) -> None:
        event.app.exit(exception=EOFError())

    keys.add("enter", filter=writing)(lambda event: _enter(event.current_buffer, draft))
    keys.add("c-j", filter=writing)(newline)
    keys.add("escape", "enter", filter=writing)(newline)
    keys.add("c-c", filter=writing)(lambda event: _interrupt(event, draft))
    keys.add("c-d", filter=writing & empty)(leave)
    keys.add("c-x", "c-e", filter=writing)(edit)
    keys.add("c-g", filter=writing)(edit)
    if search:
        inserting = writing & ~vi_navigation_mode  # there it does again what was undone
        keys.add("c-r", filter=inserting)(lambda event: _search(event, draft))
    keys.add(Keys.BracketedPaste, filter=writing)(lambda event: _paste(event, draft))
    comes, waits = Condition(_history_comes), Condition(lambda: draft.waiting is not None)
    for name in ("up", "c-p"):
        keys.add(name, filter=writing & comes)(lambda event: _wait(event, draft))
    keys.add(Keys.Any, filter=waits, eager=True)(
        lambda event: (draft.waiting or []).extend(event.key_sequence)
    )
    return keys
