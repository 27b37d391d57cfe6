"""One thread, two terminals; one thread, several models."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from functools import partial

import pytest
from repl.people import Person
from scripted import Say, ScriptedServer

from ledgernote.config import Settings
from ledgernote.domain.entries import Kind
from ledgernote.domain.turns import Context
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.why import why

SitDown = Callable[..., Person]
ONE, TWO = "openai/gpt-5", "openai/gpt-4o"


@pytest.fixture
def online(person: SitDown) -> Callable[..., Person]:
    """A person whose models are all the scripted server."""

    def sit_down(server: ScriptedServer, **more: object) -> Person:
        key = {"OPENAI_API_KEY": "none", "OPENAI_API_BASE": server.base}
        ann = person(**key, LEDGERNOTE_MODEL=ONE, **more)
        ann.sees("\n>")
        return ann

    return sit_down


def said(settings: Settings, *kinds: Kind) -> list[str]:
    with closing(Notebook.open(settings, create=False, say=lambda _: None)) as book:
        assert not book.verify().faults
        return [entry.text for entry in book.latest(0) if entry.kind in kinds]


def test_two_terminals_in_one_thread_see_each_others_turns(
    online: SitDown, settings: Settings
) -> None:
    with ScriptedServer() as server:
        ann = online(server)
        ann.types("the first\r")
        ann.sees("answer 1")
        bob = online(server, THREAD="@last")
        bob.types("asked by bob\r")
        bob.sees("answer 2")
        ann.types("asked by ann\r")
        ann.sees("answer 3")
        ann.sees("asked by bob")
        bob.types("/budget\r")

        assert "asked by ann" in bob.sees("meanwhile")
        sent = str(server.requests[-1]["messages"])
    assert sent.index("the first") < sent.index("asked by bob") < sent.index("asked by ann")
    assert said(settings, Kind.QUESTION) == ["the first", "asked by bob", "asked by ann"]
    assert said(settings, Kind.ANSWER) == ["answer 1", "answer 2", "answer 3"]


def replayed(settings: Settings) -> list[tuple[str, list[str], list[str]]]:
    """For each answer: its model, the handles of its context, and of what was left out of it."""
    with closing(Notebook.open(settings, create=False, say=lambda _: None)) as book:
        contexts = [
            why(book, one.handle).context for one in book.latest(0) if one.kind is Kind.ANSWER
        ]
    return [
        (
            one.model,
            list(dict.fromkeys(row.handle for row in one.receipt)),
            [left.handle for left in one.left_out],
        )
        for one in contexts
    ]


def contexts(settings: Settings) -> tuple[list[str], list[Context]]:
    """The handles of all questions and answers, and what was sent for each of the answers."""
    with closing(Notebook.open(settings, create=False, say=lambda _: None)) as book:
        talk = book.latest(0)
        answers = [one.handle for one in talk if one.kind is Kind.ANSWER]
        return [one.handle for one in talk], [why(book, one).context for one in answers]


def _has_asked(server: ScriptedServer, number: int, _: str) -> bool:
    return len(server.requests) > number


def test_one_history_goes_to_every_model_it_is_switched_to(
    online: SitDown, settings: Settings
) -> None:
    settings.config.write_text(f'[models."{TWO}"]\nwindow = 800\n')
    questions = ("zero", f"/model {TWO}\rone", f"@{ONE}: two", "three", f"/model {ONE}\rfour")
    with ScriptedServer() as server:
        server.script(*(Say(f"reply {number}. " + "word " * 600) for number in range(5)))
        ann = online(server)
        for number, keys in enumerate(questions):
            ann.types(f"{keys}\r")
            ann.until(partial(_has_asked, server, number), keys)
            ann.types("/why\r")
            told = ann.sees("\nreplayed\n" if number else "> /why\n")
            if number == 3:
                assert re.search(r"(?m)^left out\n  (\w+)  .*(?:budget|room)", told)
            ann.types("/clear\r")
            ann.until(lambda seen: "/why" not in seen, "a clear screen")

    handles, told_of = contexts(settings)
    assert [one.model for one in told_of] == [ONE, TWO, ONE, TWO, ONE]
    for number, (context, request) in enumerate(zip(told_of, server.requests, strict=True)):
        sent = {row.handle for row in context.receipt}
        left = {one.handle for one in context.left_out}
        assert sent | left == set(handles[: 2 * number])
        assert not sent & left
        assert bool(left) == (number == 3)
        assert context.tokens <= context.budget
        for row in context.receipt:
            assert (row.excerpt or row.text)[:20] in str(request["messages"])


def test_a_ctrl_c_among_several_models_shows_and_names_each_half(
    online: SitDown, settings: Settings
) -> None:
    with ScriptedServer() as server:
        server.script(Say("yes"), *[Say("word " * 400, delay=0.02)] * 2)
        ann = online(server)
        ann.types("is it so?\r")
        ann.sees("yes")
        ann.types(f"/compare {ONE} {TWO}\r")
        ann.until(partial(_has_asked, server, 2), "both are asked")
        ann.watches(0.5)
        ann.types("\x03")
        ann.sees("interrupted: half kept as")
        screen = ann.until(lambda seen: seen.count("interrupted: half kept as") == 2, "both")

    with closing(Notebook.open(settings, create=False, say=lambda _: None)) as book:
        halves = [one for one in book.latest(0) if one.kind is Kind.ANSWER][1:]
    assert {one.model for one in halves} == {ONE, TWO}
    assert all(f"half kept as {one.handle}" in screen for one in halves)
