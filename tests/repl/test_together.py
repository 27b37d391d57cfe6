"""One thread, two terminals; one thread, several models."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import pytest
from repl.people import Person
from scripted import Say, ScriptedServer

from ledgernote.config import Settings
from ledgernote.domain.entries import Kind
from ledgernote.notebook.notebook import Notebook

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


def test_one_history_goes_to_every_model_it_is_switched_to(online: SitDown) -> None:
    with ScriptedServer() as server:
        server.script(*(Say(f"reply {number}.") for number in range(5)))
        ann = online(server)
        for number, model in enumerate((ONE, TWO, ONE, TWO, ONE)):
            ann.types(f"/model {model}\rquestion {number}\r")
            ann.sees(f"reply {number}.")
        requests = server.requests

    assert [one["model"] for one in requests] == ["gpt-5", "gpt-4o", "gpt-5", "gpt-4o", "gpt-5"]
    for number, request in enumerate(requests):
        sent = str(request["messages"])
        assert all(f"question {before}" in sent for before in range(number + 1))
        assert all(f"reply {before}." in sent for before in range(number))
