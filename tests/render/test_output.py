"""stdout is data, stderr is talk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap

import pytest
from render.made import Heard, Stream

from ledgernote.render.output import Output, color_allowed


def run(code: str, shell: str) -> subprocess.CompletedProcess[bytes]:
    environ = os.environ | {"PYTHON": sys.executable, "CODE": textwrap.dedent(code)}
    return subprocess.run(["bash", "-c", shell], env=environ, capture_output=True, check=False)


def test_bytes_leave_as_they_came() -> None:
    out = Heard()

    out.data(b"caf\xe9 \xff\r\n\x1b".decode("utf-8", "surrogateescape"))

    assert out.data_written == b"caf\xe9 \xff\r\n\x1b\n"


def test_a_terminal_gets_no_lone_bytes() -> None:
    out = Heard(tty=True)

    out.data("a \udc9b b")

    assert out.data_written == b"a \\x9b b\n"


def test_half_a_pair_does_not_stop_the_output() -> None:
    out = Heard()

    out.data("a \ud800 \udcff")

    assert out.data_written == b"a \\ud800 \xff\n"


@pytest.mark.parametrize("tty", [False, True])
def test_a_record_is_one_line_of_valid_json(tty: bool) -> None:
    out = Heard(tty=tty)
    record = {"z": "caf\u00e9 \udcff\n\x9b\u202e\x7f", "a": None}

    out.record(record)

    line = out.data_written.decode()
    assert json.loads(line) == record
    assert line.startswith('{"z": "caf\u00e9 \\udcff\\n')
    assert line.count("\n") == 1
    assert tty != ("\x9b" in line)


def test_talk_goes_to_stderr_escaped_and_can_be_silenced() -> None:
    out, quiet = Heard(), Heard(quiet=True)

    for each in (out, quiet):
        each.say("kept \x1b[2J")
        each.detail("only when verbose")
        each.warn("folder is wide open")
        each.error("no ledger at ./x", "Make one\nwith note.")

    failure = (
        "ledgernote: warning: folder is wide open\n"
        "ledgernote: no ledger at ./x\n  Make one\n  with note.\n"
    )
    assert out.said == "kept \\x1b[2J\n" + failure
    assert quiet.said == failure
    assert out.data_written == b""


def test_data_stands_before_the_talk_that_follows_it() -> None:
    done = run(
        """
        from ledgernote.render.output import Output
        out = Output()
        out.data("data"); out.say("talk"); out.data("more"); out.flush()
        """,
        '"$PYTHON" -c "$CODE" 2>&1',
    )

    assert done.stdout == b"data\ntalk\nmore\n"


@pytest.mark.parametrize("flush", ["out.flush()", "out.say('x')"])
def test_a_broken_pipe_is_success_and_silent(flush: str) -> None:
    done = run(
        f"""
        from ledgernote.render.output import Output
        out = Output(quiet=True)
        for number in range(100_000):
            out.data(str(number))
        {flush}
        print("still here", flush=True)
        """,
        '"$PYTHON" -c "$CODE" | head -1; echo ${PIPESTATUS[0]}',
    )

    assert done.stdout == b"0\n0\n"
    assert done.stderr == b""


def test_a_full_disk_behind_stdout_is_no_success() -> None:
    done = run(
        """
        from ledgernote.render.output import Output
        out = Output()
        out.data("x")
        out.flush()
        """,
        '"$PYTHON" -c "$CODE" > /dev/full; echo $?',
    )

    assert done.stdout == b"1\n"
    assert b"No space left" in done.stderr


def test_closed_streams_are_no_crash() -> None:
    done = run(
        """
        from ledgernote.render.output import Output
        out = Output()
        out.data("x"); out.say("y"); out.flush()
        """,
        '"$PYTHON" -c "$CODE" >&- 2>&-; echo $?',
    )

    assert done.stdout == b"0\n"


@pytest.mark.parametrize(
    ("tty", "no_color", "environ", "wanted"),
    [
        (True, False, {"TERM": "xterm"}, True),
        (True, False, {"NO_COLOR": ""}, True),
        (True, False, {"NO_COLOR": "1"}, False),
        (True, False, {"TERM": "dumb"}, False),
        (True, True, {}, False),
        (False, False, {"TERM": "xterm"}, False),
    ],
)
def test_colour_is_only_for_those_who_want_it(
    tty: bool, no_color: bool, environ: dict[str, str], wanted: bool
) -> None:
    allowed = color_allowed(no_color=no_color, environ=environ)

    assert Output(color=allowed, streams=(Stream(tty=tty), None)).color == wanted


def test_talk_takes_the_passing_line_away_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    out = Heard(tty=True)

    out.status("waiting")
    out.say("done")
    out.say("more")

    assert out.said == "waiting\r\x1b[2Kdone\nmore\n"


def test_a_pipe_has_no_width() -> None:
    from render.made import NOW

    assert Output(streams=(Stream(), Stream())).look(now=NOW).width is None
