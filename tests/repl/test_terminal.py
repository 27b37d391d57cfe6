from __future__ import annotations

import os
import pty
import signal
import termios
from collections.abc import Callable

import pytest
from prompt_toolkit.input import create_input
from prompt_toolkit.output import DummyOutput

from ledgernote.repl.prompt import Reader
from ledgernote.repl.terminal import Interrupts, held

ECHO, CANON, ICRNL = termios.ECHO, termios.ICANON, termios.ICRNL


def modes(fd: int) -> tuple[bool, bool, bool, bool]:
    """Echo, lines, translation of Enter, signals."""
    iflag, _, _, lflag, *_ = termios.tcgetattr(fd)
    bits = (lflag & ECHO, lflag & CANON, iflag & ICRNL, lflag & termios.ISIG)
    return bits[0] > 0, bits[1] > 0, bits[2] > 0, bits[3] > 0


def in_a_terminal(do: Callable[[], None]) -> bytes:
    """Run *do* with a terminal of its own as fd 0; what it put on the screen."""
    child, master = pty.fork()
    if child == 0:
        try:
            do()
        except BaseException as error:  # noqa: BLE001  the child must end here
            os.write(1, repr(error).encode())
        os._exit(0)
    said = b""
    try:
        while piece := os.read(master, 1000):
            said += piece
    except OSError:
        pass
    os.waitpid(child, 0)
    return said


def test_the_terminal_is_held_and_given_back() -> None:
    def do() -> None:
        before = modes(0)
        with held(0, 1):
            inside = modes(0)
        os.write(1, repr((before, inside, modes(0))).encode())

    cooked, ours = (True, True, True, True), (False, False, False, True)
    assert repr((cooked, ours, cooked)).encode() in in_a_terminal(do)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_unwinds_and_gives_it_back(number: int) -> None:
    def do() -> None:
        try:
            with held(0, 1):
                os.kill(os.getpid(), number)
        except SystemExit as left:
            os.write(1, repr((left.code, modes(0)[0])).encode())

    assert repr((128 + number, True)).encode() in in_a_terminal(do)


def test_a_signal_ends_the_prompt_and_breaks_no_task_of_it() -> None:
    async def task() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        os.write(1, b"unbroken ")  # broken, prompt-toolkit would wait for an Enter

    def do() -> None:
        with held(0, 1) as (mode, _):
            reader = Reader(create_input(os.fdopen(0)), DummyOutput())
            mode.prompt_ends = reader.end
            app = reader._talking.app

            def begin() -> None:
                app.create_background_task(task())

            app.pre_run_callables.append(begin)
            reader.read(lambda _: "")

    said = in_a_terminal(do)
    assert b"unbroken" in said
    assert said.endswith(b"SystemExit(143)")


def test_what_was_typed_before_comes_with_its_enters() -> None:
    child, master = pty.fork()
    if child == 0:
        os.read(0, 1)  # wait until the rest is there
        with held(0, 1) as (_, early):
            os.write(1, repr(early).encode())
        os._exit(0)
    os.write(master, b"xearly\rmore\r")

    said = b""
    try:
        while piece := os.read(master, 1000):
            said += piece
    except OSError:
        pass
    os.waitpid(child, 0)

    assert repr(b"early\rmore\r").encode() in said


def press() -> None:
    signal.raise_signal(signal.SIGINT)


def test_ctrl_c_waits_until_the_question_is_committed() -> None:
    with Interrupts() as interrupts:
        press()
        with pytest.raises(KeyboardInterrupt):
            interrupts.asked()


def test_a_second_ctrl_c_does_not_wait_for_a_busy_ledger() -> None:
    with Interrupts():
        press()
        with pytest.raises(KeyboardInterrupt):
            press()


@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_ctrl_c_stops_a_wait_for_a_busy_ledger_that_has_been_told(when: str) -> None:
    with Interrupts() as interrupts:
        if when == "before":
            press()
            with pytest.raises(KeyboardInterrupt):
                interrupts.waits()
        else:
            interrupts.waits()
            with pytest.raises(KeyboardInterrupt):
                press()


def test_only_the_first_ctrl_c_stops_an_answer() -> None:
    with Interrupts() as interrupts:
        interrupts.asked()
        with pytest.raises(KeyboardInterrupt):
            press()
        press()
        press()


def test_a_ctrl_c_that_was_swallowed_is_raised_when_the_turn_goes_on() -> None:
    class Callback:
        def __del__(self) -> None:
            press()

    with Interrupts() as interrupts:
        interrupts.asked()
        Callback()
        with pytest.raises(KeyboardInterrupt):
            interrupts.check()
