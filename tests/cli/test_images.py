"""Images by the command line: brought, kept, shown, exported, refused."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path

import canary
import pytest
from drawn import png
from scripted import Refuse, ScriptedServer
from shell import Run

CHART = png(200, 100)
LINE = f"image chart.png, PNG, 200 × 100, {len(CHART):,} bytes"
SEES = ("-m", "openai/gpt-5.4")


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def remote(run: Run, server: ScriptedServer) -> Run:
    env = {"OPENAI_API_BASE": server.base, "OPENAI_API_KEY": canary.OPENAI}
    (run.cwd / "chart.png").write_bytes(CHART)
    return Run(env={**run.env, **env}, cwd=run.cwd, ledger=run.ledger)


def urls(server: ScriptedServer) -> list[str]:
    content = server.requests[-1]["messages"][-1]["content"]
    return [part["image_url"]["url"] for part in content if part["type"] == "image_url"]


def test_a_picture_is_brought_by_file_and_by_pipe(remote: Run, server: ScriptedServer) -> None:
    remote.note("something")
    question = ("ask", "what is it?", "-f", "chart.png", *SEES, "--json")

    dry = remote(*question, "--dry-run").records[0]
    asked = remote(*question).records[0]
    of_file = urls(server)
    remote("ask", "what is it?", *SEES, stdin=CHART)

    told = remote("context", "--of", asked["answer"], "--json").records[0]
    assert of_file == urls(server) == ["data:image/png;base64," + b64encode(CHART).decode()]
    assert dry["digest"] == asked["digest"] == told["digest"]
    assert told["messages"] == dry["messages"]


def test_a_context_names_its_images_for_people(remote: Run) -> None:
    remote.note("something")

    told = remote("context", "what is it?", *SEES, stdin=CHART)

    assert f"\nImage of material 1: {LINE.replace(' chart.png', '')}\n" in told.out
    assert len(told.out) < 5_000


def test_a_model_that_cannot_see_is_refused_before_anything_is_sent(
    remote: Run, server: ScriptedServer
) -> None:
    ran = remote("ask", "what is it?", "-f", "chart.png", "-m", "openai/gpt-3.5-turbo")
    offline = remote("ask", "what is it?", "-f", "chart.png", "-m", "offline")

    assert (ran.code, offline.code) == (2, 2)
    assert f"openai/gpt-3.5-turbo cannot see: {LINE}" in ran.err
    assert "set models.NAME.sees" in ran.err
    assert "not asked yet; the question is kept as" in ran.err
    assert f"offline cannot see: {LINE}" in offline.err
    assert server.requests == []


def test_the_config_says_of_an_unknown_model_that_it_sees(
    remote: Run, server: ScriptedServer
) -> None:
    asked = ("ask", "what is it?", "-f", "chart.png", "-m", "openai/of-my-own")

    before = remote(*asked).code
    remote("config", "set", "models.openai/of-my-own.sees", "true")

    assert (before, remote(*asked).code) == (2, 0)
    assert len(urls(server)) == 1
    listed = {one["model"]: one for one in remote("models", "--json").records}
    assert listed["openai/of-my-own"]["vision"]


def test_a_note_of_a_picture_is_its_line_below_the_words(remote: Run) -> None:
    handle = remote.note("the CPI chart", "-f", "chart.png")
    piped = remote.note(stdin=CHART)

    (record,) = remote("show", handle, "--json").records
    assert record["text"] == f"the CPI chart\n\n{LINE}"
    assert record["source"] == "chart.png"
    assert record["image"] == {
        **{"media": "image/png", "width": 200, "height": 100, "bytes": len(CHART)}
    }
    assert remote("show", piped).out == f"{LINE.replace(' chart.png', '')}\n"
    assert remote("find", "cpi", "--ids").out == f"{handle}\n"


def test_split_leaves_the_picture_with_the_last_paragraph(remote: Run) -> None:
    ran = remote("note", "first\n\nsecond", "-f", "chart.png", "--split", "--json")

    assert [("image" in record, record["text"]) for record in ran.records] == [
        *((False, "first"), (False, "second"), (True, LINE))
    ]


def test_an_export_holds_the_bytes_and_an_import_takes_them_back(
    remote: Run, tmp_path: Path
) -> None:
    handle = remote.note("-f", "chart.png")
    lines = remote("export").stdout
    other = {"LEDGERNOTE_LEDGER": str(tmp_path / "other.db")}

    known = remote("import", "jsonl", "-", stdin=lines).err
    remote("import", "jsonl", "-", stdin=lines, env=other)

    assert b64decode(json.loads(lines)["image"]["base64"]) == CHART
    assert "1 known" in known
    assert remote("export", env=other).stdout == lines
    assert remote("show", handle, env=other).out == f"{LINE}\n"


@pytest.mark.parametrize("image", ["text", {}, {"base64": "%"}, {"base64": "aGVsbG8="}])
def test_a_line_with_an_image_that_is_none_is_left_out_and_named(run: Run, image: object) -> None:
    line = json.dumps({"kind": "note", "text": "a chart", "image": image})

    ran = run("import", "jsonl", "-", "--verbose", stdin=line)

    assert "1: `image`" in ran.err
    assert "skipped 1 (1 damaged" in ran.err


@pytest.mark.parametrize("command", ["note", "ask"])
def test_a_broken_or_empty_picture_is_refused_and_nothing_is_kept(run: Run, command: str) -> None:
    (run.cwd / "cut.png").write_bytes(CHART[:500])
    (run.cwd / "empty.png").touch()
    (run.cwd / "page.png").write_text("<html>Not found</html>")

    page = run(command, "look:", "-f", "page.png")
    cut = run(command, "look:", "-f", "cut.png")
    empty = run(command, "look:", "-f", "empty.png")

    assert (cut.code, empty.code, page.code) == (2, 2, 2)
    assert "page.png is called an image and is none" in page.err
    assert "cut.png begins as a PNG image and is damaged or cut off" in cut.err
    assert "empty.png is empty" in empty.err


def test_a_picture_that_no_model_takes_is_refused_with_its_size(run: Run) -> None:
    (run.cwd / "huge.png").write_bytes(CHART + bytes(20_000_000))

    ran = run("note", "-f", "huge.png")

    assert ran.code == 2
    assert (
        f"huge.png has {20_000_000 + len(CHART):,} bytes; an image may have 20,000,000" in ran.err
    )


def test_a_piped_picture_is_no_question(run: Run) -> None:
    ran = run("ask", stdin=CHART)

    assert ran.code == 2
    assert "an image is piped in, and no question" in ran.err


def test_bytes_that_are_no_image_are_material_as_before(remote: Run) -> None:
    (remote.cwd / "data.bin").write_bytes(b"\x00\xff\x01 revenue 4.1")

    ran = remote("ask", "which revenue?", "-f", "data.bin", "-m", "offline")

    assert ran.code == 0


def test_a_purged_picture_is_gone_from_lists_and_exports(remote: Run) -> None:
    handle = remote.note("-f", "chart.png")

    remote("purge", handle, "-y")

    assert "image" not in remote("export").out
    assert b64encode(CHART)[:200] not in remote.ledger.read_bytes()
    assert remote("verify").code == 0


def test_a_provider_that_refuses_an_image_does_not_spoil_the_thread(
    remote: Run, server: ScriptedServer
) -> None:
    server.script(Refuse(400, "image exceeds 5 MB maximum"))

    ran = remote("ask", "what is it?", "-f", "chart.png", "-r", "talk", *SEES)
    (image,) = remote("find", "kind:note", "chart", "--ids").lines
    remote("mute", image)
    after = remote("ask", "and now?", "-r", "talk", *SEES)

    assert ran.code == 6
    assert "image exceeds 5 MB maximum" in ran.err
    assert "If an image is why: `ledgernote mute HANDLE` takes one out of the thread." in ran.err
    assert after.code == 0
    assert isinstance(server.requests[-1]["messages"][-1]["content"], str)


BITMAP = b"BM" + (58).to_bytes(4, "little") + bytes(52)


@pytest.mark.parametrize(
    ("name", "body", "remedy"),
    [
        ("paper.pdf", b"%PDF-1.7\n%\xe2\xe3\n", "pdftotext"),
        ("scan.bmp", BITMAP, "PNG or JPEG"),
        ("scan.tiff", b"II*\0\x08\0\0\0", "PNG or JPEG"),
        ("photo.heic", b"\0\0\0\x18ftypheic\0\0", "PNG or JPEG"),
    ],
)
def test_a_file_that_is_neither_words_nor_a_picture_for_models_goes_to_none(
    name: str, body: bytes, remedy: str, remote: Run, server: ScriptedServer
) -> None:
    (remote.cwd / name).write_bytes(body)

    ran = remote("ask", "what is it?", "-f", name, *SEES)

    assert (ran.code, server.requests) == (2, [])
    assert name in ran.err
    assert remedy in ran.err


def test_words_that_begin_as_a_bitmap_does_are_words(remote: Run, server: ScriptedServer) -> None:
    (remote.cwd / "car.txt").write_text("BMW rose by 3 %")

    remote("ask", "what is it?", "-f", "car.txt", *SEES)

    assert "BMW rose" in str(server.requests)
