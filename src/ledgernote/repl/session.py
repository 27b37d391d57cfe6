"""What one talk knows between two prompts, as one frozen value, and how it is shown."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Protocol

from ledgernote.domain.entries import Entry, Kind, Status, Thread
from ledgernote.domain.errors import LedgernoteError, ModelError
from ledgernote.domain.frozen import field, frozen, replace
from ledgernote.domain.secrets import blanked
from ledgernote.domain.turns import Consent, Costly, Decision, Kept, Model
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.room import Room
from ledgernote.notebook.turn import Material
from ledgernote.notebook.whose import of_thread
from ledgernote.render.escape import one_line
from ledgernote.render.look import Look
from ledgernote.render.output import Output
from ledgernote.repl.awaited import Awaited
from ledgernote.repl.scope import Scope
from ledgernote.repl.words import Named, Typed

HOW_TO_GET_A_MODEL = (
    "it only quotes what is kept; for a model that thinks: /key keeps a key, /model NAME takes one"
)
WAITS = "key_command runs"
WAYS_TO_A_MODEL = "Paste a key (hidden), press Enter for a local server, or /skip."


@frozen
class Session:
    """Where the talk stands. Every command gives a new one."""

    notebook: Notebook
    model: Model
    chosen: bool = False
    """The model was asked for by name; else each thread goes on with its own."""
    unset: str = ""
    """Why none can be used, where nobody chose one: a person is asked for a model."""
    awaited: Awaited | None = None
    """What says whether one can be used; until then `offline` stands for it."""
    thread: str | None = None
    """Handle; None: the next question begins a thread."""
    title: str = ""
    """Of the thread; of a new one, the name that it will get."""
    at: str | None = None
    """Handle of the entry of the thread that the next question comes after; None: its last."""
    budget: int | None = None
    """None: as the settings say."""
    material: tuple[Material, ...] = ()
    used: tuple[str, ...] = ()
    """Handles. Both come with the next question."""
    question: str | None = None
    answer: str | None = None
    note: str | None = None
    """Handles of the last ones in this talk."""
    kept: Kept | None = None
    """How the last turn ended, if it was in this talk."""
    cost: float = 0.0
    """US dollars of this talk."""
    draft: str = ""
    """What stands in the next prompt, to be changed and sent."""
    held: str = ""
    """What looked like a command; Enter sends it."""
    over: bool = False

    @property
    def asks_for_model(self) -> bool:
        """The next question cannot be answered before a person has said by whom."""
        return bool(self.unset) and self.model.name == "offline"

    @property
    def waits(self) -> bool:
        """The next question is kept and waits, for a person or a command to say by whom."""
        return self.awaited is not None or self.asks_for_model

    @property
    def first_key(self) -> str:
        """How a person is asked for a model."""
        return f"{one_line(self.unset)} {WAYS_TO_A_MODEL}"

    @property
    def room(self) -> int:
        """Tokens that the next context may take."""
        return Room(self.notebook.settings, (self.model,)).budget(self.budget)


class Chooser(Protocol):
    """Asks back with a few possible answers."""

    def __call__(
        self, question: str, answers: Mapping[str, str], default: str, *, insists: bool = False
    ) -> str:
        """The value of the answer typed, *default* for Enter or for anything else.

        One that *insists* takes nothing else, and gives *default* for Ctrl-C.
        """


def _nobody(_: Consent | Costly) -> Decision | None:
    """Where nobody can decide."""
    return None


@frozen(kw_only=False)
class Desk:
    """What a command may use beside the session."""

    out: Output
    choose: Chooser
    warm: Callable[[Model], None]
    """Gets a model ready while nobody waits for it."""
    decide: Callable[[Consent | Costly], Decision | None] = _nobody
    """Asks whether entries of an import may leave."""
    lines: Callable[[], tuple[Sequence[Typed], bool]] = lambda: ((), False)
    """Takes lines until a dot or Ctrl-D; whether that is how they ended."""
    pressed: Callable[[], bool] = lambda: False
    """Whether Ctrl-C was pressed since the last prompt; it counts once."""
    pick: Callable[[Sequence[Scope]], str | None] | None = None
    """Shows a list and gives the key of a row; None where nothing can be picked."""

    ahead: Callable[[], AbstractContextManager[None]] = nullcontext
    """Reads what is typed as long as it is held."""

    secret: Callable[[], Typed] | None = None
    """Reads one line that is not shown; None where nobody can type one."""
    later: Callable[[Typed], None] = lambda _: None
    """The next prompt gets a line that was typed for it."""
    commands: Mapping[str, Named] = field(default_factory=dict)
    """What a slash begins."""
    renew: Callable[[], None] = lambda: None
    """Has the prompt shown anew, from any thread: who answers is known now."""

    def look(self, session: Session, *, talk: bool = False) -> Look:
        """How views are to look now."""
        return self.out.look(now=session.notebook.clock(), me=session.notebook.actor, talk=talk)


def tell(out: Output, error: Exception) -> None:
    """An error in one sentence. Nothing that was typed may end the talk."""
    if isinstance(error, LedgernoteError):
        out.error(str(error), in_talk(error.hint))
        return
    words = one_line(blanked(str(error)), 200) or type(error).__name__
    out.error(f"that did not work: {words}", "What was kept stands; --verbose shows the detail.")
    out.detail(blanked("".join(traceback.format_exception(error))))


_OPTION = re.compile(r"(?<![\w-])(-m|--model|--budget)\b")
_SLASH = {"-m": "model", "--model": "model", "--budget": "budget"}
_EXPORT = re.compile(r"(?<!or )\bexport \w+=…")
_ALIKE = "find import models mute note private show tag threads undo unprivate why"
SLASH_OF = {
    **{name: name for name in _ALIKE.split()},
    "keys set": "key",
    "project use": "project",
    "projects": "project",
}
"""Commands and the slash commands of the same meaning; `pin`, for one, has another."""
_COMMAND = re.compile(rf"(?<!shell: )(?<!\| )\bledgernote ({'|'.join(SLASH_OF)})(?![\w-])")


def in_talk(hint: str) -> str:
    """A remedy as it is typed here: `/budget 20000` for `--budget 20000`."""
    hint = _COMMAND.sub(lambda found: f"/{SLASH_OF[found[1]]}", hint)
    hint = _EXPORT.sub(r"/exit, then \g<0>, which comes before /key", hint)
    return _OPTION.sub(lambda found: f"/{_SLASH[found[1]]}", hint)


@frozen(kw_only=False)
class Start:
    """A session that goes on with a thread, or with none, and what it found there."""

    session: Session
    thread: Thread | None = None
    entries: Sequence[Entry] = ()
    told: str = ""
    """Why another model than the thread's own answers."""
    later: int = 0
    """Entries that come after those, where the thread is opened at an earlier turn."""

    @classmethod
    def of(cls, session: Session, thread: Thread, entries: Sequence[Entry]) -> Start:
        """*session* in *thread*, with the model that answered there last unless one is chosen."""
        last = {entry.kind: entry.handle for entry in entries}
        model, told = session.model, ""
        if not (session.chosen or session.awaited):
            with suppress(ModelError):  # no key for the default: that was told, and is asked for
                model, told = of_thread(session.notebook, thread.id)
        inside = replace(
            session,
            model=model,
            thread=thread.handle,
            title=thread.title,
            at=None,
            question=last.get(Kind.QUESTION),
            answer=last.get(Kind.ANSWER),
            note=last.get(Kind.NOTE),
            kept=None,
        )
        return cls(inside, thread, entries, in_talk(told))

    def line(self, look: Look) -> str:
        """`fed · rates-thesis · last here 19 Aug 02:31, gpt · the last answer was cut off …`.

        Below it how the last turn begins.
        """
        session, used = self.session, self.thread and self.thread.used
        model = one_line(session.model.name)
        if used:
            answered = [one.model for one in self.entries if one.model] or [session.model.name]
            now = f"{model} answers now" if answered[-1] != session.model.name else ""
            here = f"last here {look.moment(used).strip()}, {one_line(answered[-1])}"
            model = " · ".join(part for part in (here, now) if part)
        if self.told:
            model += f" · {one_line(self.told)}"
        elif session.awaited:
            model = WAITS
        elif session.asks_for_model:
            model = f"{model}, no model yet"
        elif session.model.name == "offline":
            model += f": {HOW_TO_GET_A_MODEL}"
        title = one_line(session.title, 40) or "new thread"
        parts = (one_line(session.notebook.project_name, 40), title, model, cut_off(self.entries))
        line = wrapped(" · ".join(part for part in parts if part), look.width)
        ask = [wrapped(session.first_key, look.width)] if session.asks_for_model else []
        return "\n".join((line, *last_turn(self.entries, look.width), *self._later(look), *ask))

    def _later(self, look: Look) -> Iterator[str]:
        if self.later:
            come = "entry comes" if self.later == 1 else "entries come"
            told = f"{self.later} {come} after this; what you ask goes on from here, in a fork"
            yield wrapped(f"{told}; /resume {self.session.thread} goes to the end", look.width)


def last_turn(entries: Sequence[Entry], width: int | None) -> Iterator[str]:
    """The last question, and the first two lines of the answer that it has; a note after them."""
    room = (width or 78) - 4
    yield from _last_asked(entries, room)
    if entries and entries[-1].kind not in _TURN:
        yield f"  {one_line(f'{entries[-1].actor}: {entries[-1].text}', room + 2)}"


def _last_asked(entries: Sequence[Entry], room: int) -> Iterator[str]:
    asked = next((one for one in reversed(entries) if one.kind is Kind.QUESTION), None)
    if asked is None:
        return
    yield f"  > {one_line(asked.text, room)}"
    answers = (one for one in reversed(entries) if one.reply_to == asked.handle and one.text)
    if answer := next(answers, None):
        first, _, rest = wrapped(one_line(answer.text, 2 * room), room + 2).partition("\n")
        yield f"  {first}"
        if rest:
            yield f"  {one_line(rest, room)}"


def cut_off(entries: Sequence[Entry]) -> str:
    """What became of the last answer; empty when it came to its end."""
    last = next((one for one in reversed(entries) if one.kind in _TURN), None)
    if last is None or last.status is Status.COMPLETE:
        waits = last is not None and last.kind is Kind.QUESTION
        return "the last question has no answer; /retry asks it again" if waits else ""
    if last.status is Status.STREAMING:
        return "another terminal is still writing the last answer"
    if last.text.strip():
        return "the last answer was cut off, half of it is kept; /continue, /retry"
    return "the last answer was cut off, nothing of it came; /retry asks again"


_TURN = (Kind.QUESTION, Kind.ANSWER)


def wrapped(line: str, width: int | None, indent: str = "  ") -> str:
    """*line* broken between words, its further lines set in."""
    import textwrap

    return "\n".join(textwrap.wrap(line, width or 78, subsequent_indent=indent)) or line
