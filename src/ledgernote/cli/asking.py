"""What `ask`, `context` and `chat` share: the material, the numbers, and how a turn is shown."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from ledgernote.cli import pipe
from ledgernote.cli.call import Call, read_file
from ledgernote.domain.errors import (
    Ambiguous,
    DoesNotFit,
    ModelError,
    NoSuchThing,
    Refused,
    UsageError,
)
from ledgernote.domain.images import taken
from ledgernote.domain.text import to_text
from ledgernote.domain.tokens import tokens
from ledgernote.domain.turns import Asked, Kept, Model, Replayed, Retry, TurnEvent
from ledgernote.notebook.answering import Options
from ledgernote.notebook.consent import Asker
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.question import body_of, spot_of
from ledgernote.notebook.turn import Material, Question, material, take_turn
from ledgernote.notebook.whose import NOT_KEPT, of_question, of_thread
from ledgernote.render.heard import Heard
from ledgernote.render.receipts import receipt_view
from ledgernote.render.rescue import rescuing

STDIN = "stdin"


def size(text: str | None, option: str, least: int = 1) -> int | None:
    """The tokens that an option names, if it was given. Raises `UsageError`."""
    return None if text is None else tokens(text, option, least)


def asked(
    call: Call, words: tuple[str, ...], held: bytearray | None = None, *, takes_up: bool = False
) -> tuple[str, tuple[Material, ...]]:
    """The question, and the text piped beside it; without words the pipe is the question.

    What has come of the pipe stands in *held*. Raises `UsageError` when there is neither, unless a
    question that is kept may be taken up then.
    """
    if words == ("-",):
        words, piped = (), pipe.read(held=held)
    elif pipe.is_given() or not (words or pipe.is_terminal()):
        piped = pipe.read(call.out.say, held)
    else:
        piped = b""
    if not words and taken(piped, STDIN):
        raise UsageError(
            "an image is piped in, and no question", 'ledgernote ask "what does it show?" <FILE'
        )
    text = " ".join(words) if words else to_text(piped).strip()
    if not text.strip() and not takes_up:
        raise UsageError("there is no question", 'ledgernote ask "what changed since June?"')
    beside = (material(piped, STDIN),) if words and piped.strip() else ()
    return text, beside


def brought(files: Iterable[str]) -> tuple[tuple[Material, ...], tuple[str, ...]]:
    """What `-f` brings along: files, and handles of entries. Raises `UsageError`."""
    found, given = [], []
    for name in files:
        if name.startswith(("http://", "https://")) or Path(name).expanduser().exists():
            found.append(material(read_file(name), name))
        else:
            given.append(name)
    return tuple(found), tuple(given)


def demand(notebook: Notebook, given: Iterable[str]) -> None:
    """Raises `NoSuchThing` for what `-f` names and nothing answers to."""
    for name in given:
        try:
            notebook.entry(name)
        except Ambiguous:
            raise
        except NoSuchThing:
            path = Path(name).expanduser().absolute()
            raise NoSuchThing(
                f"-f {name}: neither a file, an address nor an entry",
                f"Looked for the file {path}, for http:// or https://, and for a handle.",
            ) from None


def model_for(call: Call, notebook: Notebook, question: Question, options: Options) -> Model:
    """The model that answers where nobody named one; says so when it is not the expected one."""
    found = of_question(notebook, question.again, options) if question.again else None
    thread = spot_of(notebook, notebook.ledger, question).thread
    model, told = found or of_thread(notebook, thread, options)
    if question.again and not found:
        told = told or NOT_KEPT.format(model.name, question.again)
    if told:
        call.out.say(told)
    return model


def typed(question: Question) -> list[bytes]:
    """The words of a question that stand nowhere else: files stay where they are."""
    piped = [each.body for each in question.material if each.source == STDIN]
    return [body_of(question.text), *piped]


def not_asked(kept: Asked, *, again: bool = False, sent: bool = False, each: bool = False) -> str:
    """What became of a question that has no answer now; *sent* where a model has refused it.

    One of *each* line is not the last one, which `-c` takes up.
    """
    handle = kept.question.handle
    if again:
        begun = "" if sent else "nothing was sent; "
        return f"{begun}`ask --of {handle} -m MODEL` asks {handle} again"
    begun = "" if sent else "not asked yet; "
    way = f"`ask --of {handle} -m MODEL` asks it" if each else "`ask -c -m MODEL` takes it up"
    return f"{begun}the question is kept as {handle}; {way}"


class Watched:
    """Passes the events of a turn on, and remembers how its question was kept."""

    def __init__(self, asker: Asker, *, each: bool) -> None:
        self.each = each
        """The next question comes whatever becomes of this one."""
        self.asked: Asked | None = None
        self.sent = False
        """A model was asked; it may have refused."""
        self.heard = Heard()
        self._asker = asker

    def __call__(
        self, notebook: Notebook, question: Question, models: tuple[Model, ...]
    ) -> Generator[TurnEvent, None, None]:
        turn = take_turn(notebook, question, *models)
        with closing(self._asker.events(turn, models)) as events:
            for event in events:
                self.heard.hear(event)
                self.sent = self.sent or isinstance(event, Replayed)
                if isinstance(event, Asked):
                    self.asked = event
                    _load(models)
                yield event


def _load(models: Iterable[Model]) -> None:
    """Import what the models need while the context is planned and the disk is waited for."""
    loads = [load for model in models if (load := getattr(model, "load", None))]
    if loads:  # what one imports serves all of them
        threading.Thread(target=_quietly, args=(loads[0],), daemon=True).start()


def _quietly(load: Callable[[], None]) -> None:
    # Whatever fails here fails again when the model is asked, and is said then.
    with suppress(Exception):
        load()


def streamed(
    call: Call, notebook: Notebook, question: Question, model: Model, watched: Watched
) -> Kept:
    """Carry a question through, its answer on stdout as it comes.

    Whatever was said is kept when it is cut short, and the reader is told as what.
    """
    from ledgernote.render.stream import paint

    now, me = notebook.clock(), notebook.actor
    with (
        _nothing_lost(call, notebook, question, watched),
        closing(watched(notebook, question, (model,))) as events,
    ):
        kept = paint(events, call.out, markdown=True, now=now, me=me)
    if kept is None:
        raise ModelError("the model said nothing", "Try again, or another model with -m.")
    return kept


def together(
    call: Call, notebook: Notebook, question: Question, models: tuple[Model, ...], watched: Watched
) -> list[Kept]:
    """Carry a question to several models, their answers shown when all have ended."""
    from ledgernote.render.beside import paint_together

    now, me = notebook.clock(), notebook.actor
    with (
        _nothing_lost(call, notebook, question, watched),
        closing(watched(notebook, question, models)) as events,
    ):
        return paint_together(events, call.out, models=len(models), now=now, me=me)


def collected(
    call: Call,
    notebook: Notebook,
    question: Question,
    models: tuple[Model, ...],
    watched: Watched,
) -> Iterator[Kept]:
    """Carry a question through; each model's answer as a whole, and nothing on stdout."""
    from ledgernote.render.waiting import Waiting

    waiting = Waiting(call.out)
    with (
        _nothing_lost(call, notebook, question, watched),
        closing(watched(notebook, question, models)) as events,
    ):
        try:
            for event in events:
                if isinstance(event, Replayed):
                    look = call.look(notebook, talk=True)
                    call.out.talk(receipt_view(event.context, look))
                    waiting.start(event.context.model)
                elif isinstance(event, Retry):
                    waiting.retry(event)
                elif isinstance(event, Kept):
                    waiting.stop()
                    yield event
        finally:
            waiting.stop()


@contextmanager
def _nothing_lost(
    call: Call, notebook: Notebook, question: Question, watched: Watched
) -> Iterator[None]:
    """What was asked is saved where it could not be kept; an interrupt tells what was kept."""
    begun = notebook.clock()

    def unkept() -> list[bytes]:
        return typed(question) if question.log and not watched.asked else []

    try:
        with rescuing(call.out, unkept), watched.heard.rescuing(call.out):
            yield
    except (DoesNotFit, Refused):
        if watched.asked:
            again, sent = question.again is not None, watched.sent
            call.out.say(not_asked(watched.asked, again=again, sent=sent, each=watched.each))
        raise
    except KeyboardInterrupt:
        for entry in notebook.latest(1, since=begun) if watched.asked else ():
            call.out.say(f"interrupted; the {entry.kind} is kept as {entry.handle}")
        raise
