"""How a turn ends when a model fails: the table of models-that-fail.md.

tests/cli/test_failures.py has each of them happen, in `ask` and in `chat`, and compares.
"""

from __future__ import annotations

from typing import NamedTuple

NOTHING, HALF = "an answer `failed`, without a word", "an answer `interrupted`, with what came"


class Failure(NamedTuple):
    """One way to fail."""

    what: str
    sentence: str
    """`{where}` is the address."""
    remedy: str
    again: bool = False
    """It is asked again by itself."""
    kept: str = NOTHING
    code: int = 6


AGAIN, LATER = "Ask again.", "Ask again in a while."
SILENT = "openai/gpt-5.4 said nothing for 1 seconds"
DOWN = "no answer at {where}: is the server running?"

FAILURES = {
    "refused": Failure("nobody listens at the address", DOWN, "Check the address.", again=True),
    "unknown": Failure("no such host", DOWN, "Check the address.", again=True),
    "moved": Failure(
        "307, another server is named",
        "{where} sends questions on to: http://127.0.0.1:9/v1",
        "Set OPENAI_API_BASE to where it is now.",
    ),
    "401": Failure(
        "401, the key is wrong",
        "openai refused the key: so the server said",
        "Set another: export OPENAI_API_KEY=…",
    ),
    "402": Failure(
        "402, nothing is paid for",
        "openai wants payment first: so the server said",
        "Pay there, or choose another model with -m.",
    ),
    "403": Failure(
        "403, the key may not use the model",
        "openai does not let this key use openai/gpt-5.4: so the server said",
        "Choose another model with -m.",
    ),
    "404": Failure(
        "404, no such model",
        "openai has no model openai/gpt-5.4: so the server said",
        "`ledgernote models` lists what it has.",
    ),
    "408": Failure("408, it took too long", "openai gave up waiting", AGAIN, again=True),
    "429": Failure(
        "429, with `Retry-After: 0`",
        "openai asks to wait: too many questions, or no credit left: so the server said",
        "Wait a minute, or choose another model with -m.",
        again=True,
    ),
    "429 for long": Failure(
        "429, with `Retry-After: 3600`",
        "openai asks to wait: too many questions, or no credit left: so the server said",
        "It asks to wait 3,600 s; or choose another model with -m.",
    ),
    "500": Failure("500", "openai has a fault of its own: so the server said", LATER, again=True),
    "503": Failure("503", "openai is overloaded or down: so the server said", LATER, again=True),
    "cut before": Failure(
        "the connection breaks before the first word",
        "openai/gpt-5.4 broke off before it answered",
        "Ask again, or send less: --budget N",
        again=True,
    ),
    "cut": Failure(
        "the connection breaks in mid-answer",
        "the connection broke in mid-answer",
        AGAIN,
        kept=HALF,
    ),
    "fault": Failure(
        "the server tells of a fault in mid-answer",
        "openai broke off in mid-answer: so the server said",
        AGAIN,
        kept=HALF,
    ),
    "silence": Failure("silence for longer than `first_seconds`", SILENT, AGAIN),
    "silence in it": Failure(
        "silence in mid-answer for longer than `silence_seconds`", SILENT, AGAIN, kept=HALF
    ),
    "garbage": Failure(
        "what comes is no JSON",
        "what came from {where} is no answer of a model",
        "Check the address, and which protocol it speaks.",
    ),
    "no length": Failure(
        "the model thinks until it has no tokens left",
        "openai/gpt-5.4 came to the end of its length before it said anything",
        "Give it more tokens: `ledgernote ask -c -o max_tokens=N`, or ask another model with -m.",
    ),
    "filtered": Failure(
        "a content filter stops it before the first word",
        "the content filter of openai/gpt-5.4 ended its answer before it said anything",
        "Ask in other words, or ask another model with -m.",
    ),
    "empty": Failure(
        "an empty answer",
        "openai/gpt-5.4 answered with nothing",
        "Ask again, or ask another model with -m.",
    ),
    "too long": Failure(
        "the context is larger than the window, and the question alone is too",
        "the question needs 97 tokens of 75: openai/gpt-5.4 has a window of 100, as a refusal told",
        "Ask a model with a larger window with -m, or give less of it. "
        "If it is larger: ledgernote config set models.openai/gpt-5.4.window N",
        code=7,
    ),
}
