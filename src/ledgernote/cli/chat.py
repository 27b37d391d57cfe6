"""`chat`: the door to the talk at the terminal."""

from __future__ import annotations

from ledgernote.cli import pipe
from ledgernote.cli.asking import STDIN
from ledgernote.cli.call import Call, has_terminal
from ledgernote.cli.options import PICK
from ledgernote.domain.errors import LedgernoteError, ModelError, UsageError
from ledgernote.notebook.turn import Material, material
from ledgernote.render.front import in_front
from ledgernote.render.rescue import rescuing


def chat(  # noqa: PLR0913  each is an option of the contract
    call: Call,
    *,
    goes_on: bool = False,
    thread: str | None = None,
    at: str | None = None,
    new: bool = False,
    model: str | None = None,
    vi: bool = False,
) -> int:
    """Talk with a model; everything said is kept."""
    if new and (goes_on or thread):
        raise UsageError("--new begins a thread, the other goes on with one", "Give one of them.")
    if at is not None and (new or goes_on or thread == PICK):
        raise UsageError("--at opens the thread of its entry", "Give it alone, or with -r THREAD.")
    if call.out.json and has_terminal(call.out):
        raise UsageError(
            "chat --json is for pipes, one question a line; here is a terminal",
            'Ask once: ledgernote ask --json "…", or pipe: … | ledgernote chat --json | cat',
        )
    if thread == PICK and not has_terminal(call.out):
        raise UsageError("there is no terminal to pick a thread at", "Name it: chat -r THREAD.")
    if pipe.is_terminal() and not in_front(pipe.STDIN):
        raise UsageError(
            "chat was started in the background, where no keys come to it",
            "Start it in front; in a script: timeout --foreground 60 ledgernote chat",
        )
    from ledgernote.repl.loop import run

    held = bytearray()
    first: tuple[Material, ...] = ()
    if pipe.is_given() and has_terminal(call.out) and (piped := pipe.read(call.out.say)):
        first = (material(piped, STDIN),)
    with (
        rescuing(call.out, [one.body for one in first], LedgernoteError),
        rescuing(call.out, lambda: [bytes(held)], (KeyboardInterrupt, ModelError)),
        call.notebook(writes=True, looks=True) as notebook,
    ):
        return run(
            notebook,
            thread=None if thread == PICK else thread,
            at=at,
            pick=thread == PICK,
            goes_on=goes_on,
            fresh=new,
            model=model,
            vi=vi,
            material=first,
            piped=pipe.lines(held, stays=False),
            out=call.out,
        )
