"""The weights of the features, learned on the given halves of two public sets.

`benchmarks/learn.py` printed them on 2026-11-21; docs/replay.md has what each feature brings.
"""

TALK = {
    "words": 0.4,
    "thread": 0.275,
    "before": -0.006,
    "after": 0.049,
    "who": 0.105,
    "date": 0.32,
    "long": -0.118,
    "superseded": -0.2,
    "text": -0.116,
    "two": 0.031,
    "seven": -0.117,
    "talk": 0.099,
    "covers": 0.09,
    "phrase": 0.059,
    "time": 0.045,
    "number": 0.131,
    "name": 0.122,
    "asks": 0.022,
    "answers": -0.009,
    "first": 0.12,
    "length": -0.301,
    "wish": 0.009,
    "covers_model": -0.296,
    "rule": 0.383,
    "prefers": 0.234,
    "tagged": 0.3,
    "replaces": 1.0,
    "replaced": 1.0,
    "corrects": 1.0,
    "alike": -1.0,
    "disputed": -1.0,
}
"""From 179 questions about 10 talks of a user with an assistant (BEAM 100K)."""

PEOPLE = {
    "words": 0.219,
    "thread": 0.22,
    "before": 0.034,
    "after": 0.016,
    "who": 0.269,
    "date": 0.537,
    "long": -0.118,
    "superseded": -0.2,
    "text": -0.601,
    "two": 0.436,
    "seven": 0.634,
    "talk": 0.169,
    "covers": 0.168,
    "phrase": 0.069,
    "time": 0.153,
    "number": 0.099,
    "name": 0.161,
    "asks": -0.053,
    "answers": 0.05,
    "first": 0.043,
    "length": 0.293,
    "wish": 0.021,
    "covers_model": -0.296,
    "rule": 0.383,
    "prefers": -0.003,
    "tagged": 0.3,
    "replaces": 1.0,
    "replaced": 1.0,
    "corrects": 1.0,
    "alike": -1.0,
    "disputed": -1.0,
}
"""From 760 questions about 5 talks of two people (LoCoMo).

No model speaks in them and nobody asks for anything: `long`, `covers_model`, `rule` are as in TALK.
"""
