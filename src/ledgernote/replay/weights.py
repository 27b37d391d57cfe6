"""The weights of the features, learned on the given halves of two public sets.

`benchmarks/learn.py` printed them on 2026-11-21; docs/replay.md has what each feature brings.
"""

TALK = {
    "words": 0.318,
    "thread": 0.323,
    "before": -0.016,
    "after": 0.031,
    "who": 0.108,
    "date": 0.333,
    "long": -0.224,
    "superseded": -0.2,
    "text": 0.031,
    "two": -0.219,
    "seven": -0.159,
    "talk": 0.118,
    "covers": 0.249,
    "phrase": 0.077,
    "time": 0.068,
    "number": 0.151,
    "name": 0.028,
    "asks": 0.005,
    "answers": -0.011,
    "first": 0.2,
    "length": -0.543,
    "wish": 0.068,
    "covers_model": -0.338,
}
"""From 179 questions about 10 talks of a user with an assistant (BEAM 100K)."""

PEOPLE = {
    "words": 0.219,
    "thread": 0.22,
    "before": 0.034,
    "after": 0.016,
    "who": 0.269,
    "date": 0.537,
    "long": -0.224,
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
    "length": 0.292,
    "wish": 0.021,
    "covers_model": -0.338,
}
"""From 760 questions about 5 talks of two people (LoCoMo).

No model speaks in them: what weighs a model's words is as in TALK.
"""
