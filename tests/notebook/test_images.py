"""Images come along with a question, stay in the ledger, and go only where they are seen."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from typing import Any

import pytest
from drawn import png
from notebook.conftest import Named
from notebook.hands import Scripted, Turn, ask, everything, sent
from scripted import Refuse, ScriptedServer

from ledgernote.domain.entries import INBOX, Entry, Kind, Scope
from ledgernote.domain.errors import CannotSee, DoesNotFit
from ledgernote.domain.images import Image
from ledgernote.domain.turns import UNSEEN, Context, Kept, Reason
from ledgernote.ledger import integrity, keep
from ledgernote.ledger.verdict import verify
from ledgernote.models.counter import LARGE_IMAGE, count_messages
from ledgernote.notebook import labels
from ledgernote.notebook.answering import the_model
from ledgernote.notebook.notebook import NewNote, Notebook
from ledgernote.notebook.turn import Question, material, preview, recorded

CHART = png(200, 100)
SEES, BLIND = "openai/gpt-5.4", "openai/gpt-3.5-turbo"
ASKED = Question(text="what does it show?", material=(material(CHART, "a/chart.png"),))
LINE = f"image chart.png, PNG, 200 × 100, {len(CHART):,} bytes"


def url(body: bytes = CHART) -> str:
    return "data:image/png;base64," + b64encode(body).decode()


def shown(body: dict[str, Any]) -> list[str]:
    """The addresses of the images in a request, in their order."""
    parts = [p for m in body["messages"] if isinstance(m["content"], list) for p in m["content"]]
    return [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]


def images(context: Context) -> list[str]:
    """The labels of the images in a context."""
    return [each.label.strip() for message in context.messages for each in message.images]


def eyes(**more: Any) -> Scripted:
    return Scripted(sees=True, **more)


def kept_image(notebook: Notebook, body: bytes = CHART, **more: Any) -> Entry:
    brought = material(body, "chart.png")
    return notebook.note(NewNote(text=brought.text, source="chart.png", image=body, **more))


def test_an_image_leaves_once_behind_the_line_that_stands_for_it(
    notebook: Notebook, named: Named, server: ScriptedServer
) -> None:
    turn = ask(notebook, ASKED, named(SEES))

    content = server.requests[0]["messages"][-1]["content"]
    assert [part["type"] for part in content] == ["text", "text", "image_url"]
    assert f"Material 1, from a/chart.png:\n```\n{LINE}\n```" in content[0]["text"]
    assert content[1]["text"] == "\n\nImage of material 1:"
    assert shown(server.requests[0]) == [url()]
    assert [(one.text, one.source) for one in turn.material] == [(LINE, "a/chart.png")]


def test_what_a_later_version_keeps_of_an_image_beside_hides_no_entry(notebook: Notebook) -> None:
    looks = {"media": "image/png", "width": 200, "height": 100, "bytes": len(CHART), "frames": 2}
    new = keep.New(kind=Kind.NOTE, text=b"a chart", project=INBOX, image=CHART)
    with notebook.writing() as tx:
        keep.keep(tx, replace(new, more={"image": looks}))

    (entry,) = notebook.latest()

    assert entry.image == Image(media="image/png", width=200, height=100, size=len(CHART))


def test_each_vendor_gets_it_in_its_own_form(
    notebook: Notebook, named: Named, server: ScriptedServer
) -> None:
    ask(notebook, ASKED, named("anthropic/claude-sonnet-5"))

    (part,) = [p for p in server.requests[0]["messages"][0]["content"] if p["type"] == "image"]
    told = {"type": "base64", "media_type": "image/png", "data": b64encode(CHART).decode()}
    assert part["source"] == told


def test_a_dry_run_the_turn_and_what_was_sent_have_one_digest(notebook: Notebook) -> None:
    dry = preview(notebook, ASKED, eyes())
    turn = ask(notebook, ASKED, eyes())
    again = recorded(notebook, turn.answer.handle)

    assert dry.digest == turn.context.digest == again.digest
    assert again.messages == turn.context.messages
    assert again.tokens == dry.tokens == count_messages(dry.messages)
    assert again.faithful


def test_an_image_is_counted_by_its_pixels_and_may_not_fit(notebook: Notebook) -> None:
    large = replace(ASKED, material=(material(png(2000, 2000), "big.png"),))

    (row,) = ask(notebook, large, eyes()).context.receipt
    with pytest.raises(DoesNotFit, match=rf"material 1 has {row.tokens:,}"):
        preview(notebook, replace(large, budget=2_000), eyes())

    assert LARGE_IMAGE < row.tokens < LARGE_IMAGE + 80


def test_what_is_asked_about_an_image_goes_to_no_model_that_cannot_see(notebook: Notebook) -> None:
    model = Scripted()

    with pytest.raises(CannotSee, match=f"scripted/a cannot see: {LINE}"):
        ask(notebook, ASKED, model)

    assert model.contexts == []
    assert [entry.text for entry in notebook.latest()] == [LINE, ASKED.text]


def test_a_refused_question_is_asked_again_with_its_image(notebook: Notebook) -> None:
    with pytest.raises(CannotSee):
        ask(notebook, ASKED, Scripted())
    question = notebook.latest()[-1]

    turn = ask(notebook, "", eyes(), again=question.handle, thread=question.thread)

    assert images(turn.context) == ["Image of material 1:"]
    assert len(notebook.latest()) == 3


def test_an_image_of_a_refused_question_is_seen_in_the_next_one(notebook: Notebook) -> None:
    with pytest.raises(CannotSee):
        ask(notebook, replace(ASKED, thread="talk"), Scripted())

    turn = ask(notebook, "and what is on it?", eyes(), thread="talk")

    assert images(turn.context) == ["Image of material 1:"]
    assert f"Material 1, from a/chart.png:\n```\n{LINE}\n```" in sent(turn.context)


def test_a_model_that_cannot_see_gets_the_line_and_says_so_and_a_later_one_the_image_again(
    notebook: Notebook,
) -> None:
    def go_on(model: Scripted) -> Turn:
        return ask(notebook, "go on", model, thread="talk")

    first = ask(notebook, replace(ASKED, thread="talk"), eyes())
    blind, after = go_on(Scripted()), go_on(eyes())

    (image,) = first.material
    assert [(one.handle, one.why) for one in blind.context.left_out] == [(image.handle, UNSEEN)]
    assert blind.context.left_out_count == 1
    assert [row.why for row in blind.context.receipt if row.handle == image.handle] == [
        "line only: sees no image"
    ]
    assert images(blind.context) == []
    assert sent(blind.context).count(LINE) == 1
    assert images(after.context) == ["Image of material 1:"]
    assert after.context.messages[: len(first.context.messages)] == first.context.messages
    assert blind.context.tokens == count_messages(blind.context.messages)


def test_what_a_blind_model_was_sent_can_be_told_later(notebook: Notebook) -> None:
    ask(notebook, replace(ASKED, thread="talk"), eyes())
    turn = ask(notebook, "go on", Scripted(), thread="talk")

    again = recorded(notebook, turn.answer.handle)

    assert again.messages == turn.context.messages
    assert again.receipt == tuple(replace(row, rank=None) for row in turn.context.receipt)
    assert again.faithful


def test_another_answer_to_an_old_question_gets_its_image_too(notebook: Notebook) -> None:
    first = ask(notebook, ASKED, eyes())

    second = ask(notebook, "", eyes(), again=first.question.handle, thread=first.question.thread)
    with pytest.raises(CannotSee):
        ask(notebook, "", Scripted(), again=first.question.handle, thread=first.question.thread)

    assert second.context.messages == first.context.messages


@pytest.mark.parametrize("how", ["given", "used"])
def test_an_image_that_is_brought_by_its_handle_is_shown(notebook: Notebook, how: str) -> None:
    note = kept_image(notebook)

    turn = ask(notebook, "what is it?", eyes(), **{how: (note.handle,)})
    with pytest.raises(CannotSee):
        ask(notebook, "what is it?", Scripted(), **{how: (note.handle,)})

    assert images(turn.context) == ["Image of material 1:"]


def test_an_image_that_is_found_or_pinned_brings_its_line_alone(notebook: Notebook) -> None:
    kept_image(notebook)
    pinned = kept_image(notebook, png(9, 9), pin=Scope.PROJECT)

    context = ask(notebook, "what about the chart?", eyes()).context

    reasons = {row.handle: row.reason for row in context.receipt}
    assert sorted(reasons.values()) == [Reason.MATCH, Reason.PIN]
    assert reasons[pinned.handle] is Reason.PIN
    assert images(context) == []


def test_a_private_image_never_leaves(
    notebook: Notebook, named: Named, server: ScriptedServer
) -> None:
    note = kept_image(notebook, private=True)
    first = ask(notebook, replace(ASKED, thread="talk"), named(SEES))
    notebook.change([first.material[0].handle], lambda tx, entry: keep.mark_private(tx, entry.id))

    ask(notebook, "what is it?", named(SEES), given=(note.handle,))
    ask(notebook, "go on", named(SEES), thread="talk")

    assert [shown(request) for request in server.requests] == [[url()], [], []]


def test_an_edited_image_note_still_has_its_image(notebook: Notebook) -> None:
    note = kept_image(notebook)
    notebook.change([note.handle], lambda tx, entry: keep.revise(tx, entry.id, b"the CPI chart"))

    turn = ask(notebook, "what is it?", eyes(), given=(note.handle,))

    assert [one.data for m in turn.context.messages for one in m.images] == [
        b64encode(CHART).decode()
    ]
    assert notebook.image(notebook.entry(note.handle)) == CHART


def test_purge_leaves_no_byte_of_an_image_in_the_file(notebook: Notebook) -> None:
    body = png(300, 300, seed="to be erased")
    turn = ask(notebook, replace(ASKED, material=(material(body, "x.png"),)), eyes())
    with notebook.writing() as tx:
        integrity.purge(tx, turn.material[0].id)
    integrity.scrub(notebook.ledger, by="ann", now=notebook.clock())

    path = notebook.ledger.path
    held = b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))

    assert not [at for at in range(0, len(body) - 32, 16) if body[at : at + 32] in held]
    assert verify(notebook.ledger).faults == ()
    assert images(recorded(notebook, turn.answer.handle)) == []
    assert not recorded(notebook, turn.answer.handle).faithful


def test_an_image_that_is_not_logged_goes_along_and_stays_nowhere(notebook: Notebook) -> None:
    notebook.note(NewNote(text="something"))
    before = everything(notebook.ledger)

    turn = ask(notebook, replace(ASKED, log=False), eyes())

    assert images(turn.context) == ["Image of material 1:"]
    assert everything(notebook.ledger) == before


def test_a_muted_image_no_longer_goes_along(notebook: Notebook) -> None:
    first = ask(notebook, replace(ASKED, thread="talk"), eyes())
    labels.mute(notebook, [first.material[0].handle])

    after = ask(notebook, "go on", eyes(), thread="talk")

    assert images(after.context) == []
    assert LINE not in sent(after.context)


def test_a_question_that_a_blind_model_answered_is_asked_again_of_one_that_sees(
    notebook: Notebook,
) -> None:
    ask(notebook, replace(ASKED, thread="talk"), eyes())
    blind = ask(notebook, "go on", Scripted(), thread="talk")
    again = blind.question.handle

    seen = ask(notebook, "", eyes(), again=again, thread="talk")
    unseen = ask(notebook, "", Scripted(), again=again, thread="talk")

    assert images(seen.context) == ["Image of material 1:"]
    assert seen.context.left_out_count == 0
    assert [one.why for one in unseen.context.left_out] == [UNSEEN]
    assert unseen.context.left_out_count == 1


def test_ollama_gets_the_labels_on_lines_of_their_own(
    notebook: Notebook, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLLAMA_API_BASE", server.root)
    models = {"ollama/llava": {"sees": True}}
    notebook.settings = replace(notebook.settings, models=models)

    ask(notebook, ASKED, the_model(notebook, "ollama/llava"))

    (message,) = [m for m in server.requests[0]["messages"] if m["role"] == "user"]
    assert message["images"] == [b64encode(CHART).decode()]
    assert message["content"].endswith("what does it show?\n\nImage of material 1:")


def test_another_answer_about_an_image_of_before_is_refused_by_a_blind_model_too(
    notebook: Notebook,
) -> None:
    note = kept_image(notebook)
    turn = ask(notebook, "what is it?", eyes(), given=(note.handle,))

    with pytest.raises(CannotSee, match=f"image @{note.handle}, PNG"):
        ask(notebook, "", Scripted(), again=turn.question.handle, thread=turn.question.thread)


def test_who_answers_instead_must_see_as_well(
    notebook: Notebook, named: Named, server: ScriptedServer
) -> None:
    others = (BLIND, "anthropic/claude-sonnet-5")
    notebook.settings = replace(notebook.settings, fallback=others)
    server.script(Refuse(404, "no such model"))

    turn = ask(notebook, ASKED, named(SEES))

    assert turn.all(Kept)[-1].context.model == "anthropic/claude-sonnet-5"
    assert len(server.requests) == 2
    assert "image" in [part["type"] for part in server.requests[1]["messages"][0]["content"]]
