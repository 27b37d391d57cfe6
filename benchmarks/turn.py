"""What does a turn of `chat` cost beside the model? A real terminal, a server that notes the time.

    python benchmarks/turn.py                          100,000 entries of this machine's own text
    python benchmarks/turn.py --dir CACHE --turns 60

From a key to its letter on the screen, from Enter to the request at the server; beside them the
notebook's own part, and the same request by litellm and by httpx alone, in the same run. What
each figure should be stands in README.md beside this.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import corpus
import speed
from terminal import Terminal

from ledgernote.config import load
from ledgernote.domain.turns import Context, Model, Piece, Usage, WindowFrom, as_sent
from ledgernote.notebook.answering import the_model
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.turn import Question, take_turn

ENTER, KEY, TOKEN = 60.0, 16.0, 0.1
"""Milliseconds: what the figures should be."""
WARM = 8.0
"""Seconds that litellm gets for its start, as if somebody read and typed."""
QUIET = 0.6
"""Seconds without a byte on the screen after which a turn is over."""
TOKENS = 2_000
"""Pieces of a long answer."""
MODEL = "openai/gpt-4o"


# ---- a server that notes the time ----------------------------------------------------


class Server(ThreadingHTTPServer):
    """Speaks OpenAI chat completions; notes when each request was there, all of it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.arrived: list[float] = []
        self.notes: Callable[[], object] = lambda: None
        """What else is to be noted then."""
        self.body: dict[str, Any] = {}
        self.words = ["An ", "answer."]
        self.base = f"http://127.0.0.1:{self.server_address[1]}/v1"

    @classmethod
    @contextmanager
    def serving(cls) -> Iterator[Server]:
        """A server for as long as this lasts."""
        server = cls()
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
            server.server_close()


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.arrived.append(time.perf_counter())
        self.server.notes()
        self.server.body = json.loads(body)
        rows: list[dict[str, Any]] = [_row({"content": word}) for word in self.server.words]
        rows += [_row({}, "stop"), {"choices": [], "usage": _USAGE}]
        head = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m"}
        events = [f"data: {json.dumps(head | row)}\n\n" for row in rows]
        text = "".join([*events, "data: [DONE]\n\n"]).encode()
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


_USAGE = {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18}


def _row(delta: dict[str, str], finish: str | None = None) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


# ---- what is measured ----------------------------------------------------------------


@dataclass(slots=True)
class Report:
    """Rows as they are measured, and whether a goal was missed."""

    missed: list[str] = field(default_factory=list)

    def row(self, name: str, times: Sequence[float], goal: float | None = None) -> None:
        """The middle and the 95th of a hundred, in milliseconds; both have to reach the goal."""
        middle, late = (1000 * seconds for seconds in (median(times), quantiles(times, n=20)[-1]))
        good = goal is None or late <= goal
        if not good:
            self.missed.append(name)
        aim = "" if goal is None else f"<= {goal:g}"
        verdict = "" if goal is None else "ok" if good else "MISSED"
        print(f"{name:44}{middle:9.2f}{late:9.2f}  {aim:8}{verdict}", flush=True)


@dataclass(frozen=True, slots=True)
class Place:
    """What every measurement needs."""

    bench: speed.Bench
    server: Server
    questions: list[str]

    @property
    def environ(self) -> dict[str, str]:
        """A user whose only provider is our server."""
        own = ("OPENAI_API_KEY", "OPENAI_API_BASE")
        return dict(self.bench.environ) | {name: os.environ[name] for name in own}


def talking(place: Place, report: Report) -> None:
    """A person who types questions into one thread, letter by letter."""
    keys: list[float] = []
    enters: list[float] = []
    command = place.bench.command("chat", "--new", "-m", MODEL)
    with closing(Terminal(command, place.environ)) as terminal:
        terminal.until_prompt()
        terminal.until_quiet(WARM, at_least=WARM)
        for question in place.questions:
            keys += [terminal.key(letter) for letter in question]
            terminal.until_quiet(QUIET)
            number = len(place.server.arrived)
            begun = time.perf_counter()
            terminal.send("\r")
            terminal.until_quiet(QUIET, and_then=lambda n=number: len(place.server.arrived) > n)
            enters.append(place.server.arrived[number] - begun)
    report.row("key to its letter on the screen", keys, KEY)
    report.row("Enter to the request at the server", enters, ENTER)


class Noting:
    """A model that notes when it is asked, and says nothing else."""

    name, local, window, sees = MODEL, False, 128_000, False
    window_from, address = WindowFrom.TABLE, None

    def __init__(self) -> None:
        self.asked = self.worked = 0.0
        self.context: Context | None = None

    def stream(self, context: Context) -> Iterator[Piece | Usage]:
        self.asked, self.worked = time.perf_counter(), time.thread_time()
        self.context = context
        yield Piece(text="An answer.")
        yield Usage()


def planning(place: Place, report: Report) -> Context:
    """The notebook's own part: from the question to the model. Gives the last context."""
    times, cpu = [], []
    with _opened(place) as notebook:
        model = Noting()
        for place_in_line, question in enumerate(place.questions):
            asked = Question(text=question, thread="the benchmark" if place_in_line else None)
            begun, worked = time.perf_counter(), time.thread_time()
            _take(notebook, asked, model)
            times.append(model.asked - begun)
            cpu.append(model.worked - worked)
    report.row("of it the notebook", times[1:])
    report.row("of that the processor", cpu[1:])
    assert model.context is not None
    return model.context


def asking(place: Place, context: Context, report: Report) -> None:
    """The same request through litellm, and by httpx alone."""
    import httpx

    with _opened(place) as notebook:
        model: Any = the_model(notebook, MODEL)
    model.warm()
    by_litellm = [_until_there(place, lambda: list(model.stream(context))) for _ in range(21)]
    report.row("of it litellm", by_litellm[1:])
    with httpx.Client() as client:
        url, body = f"{place.server.base}/chat/completions", place.server.body

        def post() -> None:
            client.post(url, json=body)

        by_httpx = [_until_there(place, post) for _ in range(21)]
    report.row("the same by httpx alone", by_httpx[1:])


def hearing(place: Place, context: Context, report: Report) -> None:
    """A token of a long answer: by litellm's own stream, and beside that our door and the turn."""
    import litellm

    def plain() -> None:
        asked: Any = {"model": MODEL, "messages": as_sent(context.messages), "stream": True}
        for _ in litellm.completion(**asked, stream_options={"include_usage": True}):
            pass

    place.server.words = ["tick "] * TOKENS
    alone, heard, kept = [], [], []
    with _opened(place) as notebook:
        model = the_model(notebook, MODEL)
        question = Question(text=place.questions[0], thread="the benchmark")
        for _ in range(7):
            alone.append(_seconds(plain) / TOKENS)
            heard.append(_seconds(lambda: list(model.stream(context))) / TOKENS)
            kept.append(_seconds(lambda: _take(notebook, question, model)) / TOKENS)
    report.row("a token of 2,000 by litellm's own stream", alone)
    for name, ours in (("the door to it", heard), ("the turn, door and all", kept)):
        beside = [one - other for one, other in zip(ours, alone, strict=True)]
        report.row(f"beside that, {name}", [median(beside)] * 2, TOKEN)
    place.server.words = ["An ", "answer."]


def _seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _until_there(place: Place, work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return place.server.arrived[-1] - begun


@contextmanager
def _opened(place: Place) -> Iterator[Notebook]:
    settings = load(place.environ, ledger=str(place.bench.ledger), actor="bench")
    with closing(Notebook.open(settings, create=False, say=lambda _: None)) as notebook:
        yield notebook


def _take(notebook: Notebook, question: Question, model: Model) -> None:
    with closing(take_turn(notebook, question, model)) as turn:
        for _ in turn:
            pass


# ---- setting up ----------------------------------------------------------------------


def _questions(file: Path, number: int) -> list[str]:
    """So many questions in the words of notes that lie far apart."""
    step = max(1, sum(1 for _ in file.open("rb")) // number)
    texts = islice(corpus.notes(file), step // 2, None, step)
    return [f"what about {' '.join(text.split()[:9])}?" for text in islice(texts, number)]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when a goal was missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--dir", type=Path, help="keep the ledger here for the next run")
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--corpus", type=Path, help="a text file, or a folder of them")
    parser.add_argument("--turns", type=int, default=40)
    asked = parser.parse_args(argv)
    asked.rounds = 0
    report = Report()
    with tempfile.TemporaryDirectory() as room, Server.serving() as server:
        os.environ |= {"OPENAI_API_KEY": "sk-none", "OPENAI_API_BASE": server.base}
        bench = speed.set_up(asked, asked.dir or Path(room))
        load_ = os.getloadavg()[0]
        print(f"{asked.entries:,} entries · load {load_:.1f} on {os.cpu_count()} cores")
        print(f"{'milliseconds':44}{'p50':>9}{'p95':>9}")
        place = Place(bench, server, _questions(bench.file, asked.turns))
        talking(place, report)
        context = planning(place, report)
        asking(place, context, report)
        hearing(place, context, report)
    return int(bool(report.missed))


if __name__ == "__main__":
    sys.exit(main())
