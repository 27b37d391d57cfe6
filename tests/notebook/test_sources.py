"""Folders that are looked at: files are the master, what was given here stays here."""

from __future__ import annotations

import json
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from notebook.hands import beside

from ledgernote.config import Settings
from ledgernote.domain.entries import Entry, Kind, Scope
from ledgernote.domain.errors import UsageError
from ledgernote.ledger import integrity, keep
from ledgernote.ledger.alone import alone
from ledgernote.ledger.sources import files as known_files
from ledgernote.ledger.tags import find_tags
from ledgernote.notebook import labels, opening, pulling, sources
from ledgernote.notebook.notebook import Notebook
from ledgernote.notebook.seeing import Seen, see
from ledgernote.notebook.sources import Pulled
from ledgernote.notebook.transfer import ImportReceipt, import_from


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    folder = tmp_path / "vault"
    folder.mkdir()
    write(folder / "cut.md", "# Cut\n\nNo cut before September #fed #macro\n")
    write(folder / "daily" / "sunday.md", "Oil is up, see [[nowhere]]\n")
    return folder


def write(path: Path, text: str) -> None:
    """A file that was written long enough ago to be believed."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    os.utime(path, ns=(time.time_ns(), time.time_ns() - 10**9))


def pull(notebook: Notebook) -> ImportReceipt:
    """Pull the only source; nothing stands in its way."""
    pulled = pull_any(notebook)
    assert not pulled.problem
    return pulled.receipt


def pull_any(notebook: Notebook) -> Pulled:
    [source] = sources.every(notebook)
    return sources.pull(notebook, source)


def shown(notebook: Notebook) -> dict[str | None, Entry]:
    """What stands, by its name where it came from."""
    return {entry.ref: entry for entry in notebook.every()}


# ---- files are the master ------------------------------------------------------------


def test_an_edited_file_is_a_revision_and_keeps_what_was_given_here(
    notebook: Notebook, vault: Path
) -> None:
    sources.add(notebook, vault)
    before = shown(notebook)["cut.md"]
    labels.tag(notebook, [before.handle], ["fed", "mine"])
    labels.pin(notebook, [before.handle], Scope.PROJECT)

    write(vault / "cut.md", "# No cut\n\nNo cut this year #rates\n")
    receipt = pull(notebook)

    after = shown(notebook)["cut.md"]
    assert (receipt.entries, receipt.revised) == (0, 1)
    assert (after.handle, after.title, after.pinned) == (before.handle, "No cut", Scope.PROJECT)
    assert "this year" in after.text
    # `macro` came from the file and is gone from it; `fed` was given here too.
    assert set(after.tags) == {"fed", "mine", "rates"}


def test_a_file_that_is_gone_hides_its_note_and_shows_it_when_it_is_back(
    notebook: Notebook, vault: Path
) -> None:
    sources.add(notebook, vault)
    handle = shown(notebook)["cut.md"].handle

    kept = (vault / "cut.md").rename(vault.parent / "cut.md")
    assert pull(notebook).hidden == 1
    assert "cut.md" not in shown(notebook)

    kept.rename(vault / "cut.md")
    assert pull(notebook).shown == 1
    assert shown(notebook)["cut.md"].handle == handle


def test_what_was_removed_here_stays_removed_whatever_its_file_does(
    notebook: Notebook, vault: Path
) -> None:
    sources.add(notebook, vault)
    with notebook.writing() as tx:
        keep.remove(tx, shown(notebook)["cut.md"].id)

    write(vault / "cut.md", "other words\n")
    pull(notebook)
    (vault / "cut.md").rename(vault.parent / "cut.md")
    pull(notebook)
    (vault.parent / "cut.md").rename(vault / "cut.md")
    pull(notebook)

    assert "cut.md" not in shown(notebook)


@pytest.mark.parametrize("way", ["moved", "copied"])
def test_a_renamed_file_keeps_its_entry(notebook: Notebook, vault: Path, way: str) -> None:
    sources.add(notebook, vault)
    handle = shown(notebook)["cut.md"].handle

    if way == "copied":
        shutil.copy(vault / "cut.md", vault / "daily" / "rate cut.md")
        (vault / "cut.md").unlink()
    else:
        (vault / "cut.md").rename(vault / "daily" / "rate cut.md")
    receipt = pull(notebook)

    found = shown(notebook)
    assert (receipt.renamed, receipt.hidden) == (1, 0)
    assert found["daily/rate cut.md"].handle == handle
    assert len(found) == 2


def test_a_file_that_is_only_touched_leaves_what_was_written_here(
    notebook: Notebook, vault: Path
) -> None:
    sources.add(notebook, vault)
    entry = shown(notebook)["cut.md"]
    with notebook.writing() as tx:
        keep.revise(tx, entry.id, b"Said better here")

    os.utime(vault / "cut.md", (1, 1))
    pull(notebook)

    assert shown(notebook)["cut.md"].text == "Said better here"


def test_an_emptied_file_leaves_the_last_words(notebook: Notebook, vault: Path) -> None:
    sources.add(notebook, vault)

    write(vault / "cut.md", "")
    receipt = pull(notebook)

    assert receipt.reasons["empty files"] == 1
    assert "September" in shown(notebook)["cut.md"].text


def test_two_vaults_of_one_name_are_two(notebook: Notebook, vault: Path, tmp_path: Path) -> None:
    other = tmp_path / "old" / "vault"
    other.mkdir(parents=True)
    write(other / "cut.md", "the other vault\n")

    sources.add(notebook, vault)
    pulled = sources.add(notebook, other)

    assert pulled.source.name == "vault-2"
    assert [entry.ref for entry in notebook.every()].count("cut.md") == 2


def test_a_folder_that_was_imported_before_does_not_double(notebook: Notebook, vault: Path) -> None:
    import_from(notebook, vault, "markdown")
    before = [entry.id for entry in notebook.every()]

    pulled = sources.add(notebook, vault)
    sources.remove(notebook, "vault")
    sources.add(notebook, vault)

    assert pulled.receipt.known == 2
    assert [entry.id for entry in notebook.every()] == before


def test_what_was_purged_does_not_come_again_from_its_file(notebook: Notebook, vault: Path) -> None:
    sources.add(notebook, vault)
    with notebook.writing() as tx:
        integrity.purge(tx, shown(notebook)["cut.md"].id)

    write(vault / "cut.md", "No cut before September, they say\n")
    pull(notebook)

    assert "September" not in " ".join(entry.text for entry in notebook.every())
    assert notebook.ledger.rows("SELECT 1 FROM source_file WHERE digest IS NULL") == [(1,)]


def test_a_tag_that_keeps_a_note_private_does_not_go_with_its_file(
    notebook: Notebook, vault: Path
) -> None:
    sources.add(notebook, vault)
    with notebook.writing() as tx:
        [tag] = find_tags(tx, "macro")
        keep.mark_private(tx, tag)

    write(vault / "cut.md", "no tags at all\n")
    pull(notebook)

    entry = shown(notebook)["cut.md"]
    assert (entry.tags, entry.private) == (("macro",), True)


# ---- nothing is hidden by mistake ----------------------------------------------------


@pytest.mark.parametrize("how", ["gone", "empty", "a file", "unreadable"])
def test_a_folder_that_cannot_be_seen_hides_nothing_and_is_named(
    notebook: Notebook, vault: Path, how: str
) -> None:
    sources.add(notebook, vault)

    away = vault.rename(vault.parent / "away")
    if how == "a file":
        vault.write_text("")
    elif how != "gone":
        vault.mkdir(mode=0o700 if how == "empty" else 0)
    if how == "unreadable" and os.access(vault, os.R_OK):
        pytest.skip("this user reads everything")
    problem = pull_any(notebook).problem

    assert str(vault) in problem
    assert "nothing of it is hidden" in problem
    assert opening.look(notebook).news == ()
    assert len(shown(notebook)) == 2
    if how == "a file":
        vault.unlink()
    elif how != "gone":
        vault.rmdir()
    away.rename(vault)
    assert pull(notebook).hidden == 0


def test_what_lies_in_a_folder_that_cannot_be_read_is_neither_here_nor_gone(
    notebook: Notebook, vault: Path
) -> None:
    sources.add(notebook, vault)

    (vault / "daily").chmod(0)
    if os.access(vault / "daily", os.R_OK):
        pytest.skip("this user reads everything")
    problem = pull_any(notebook).problem
    (vault / "daily").chmod(0o700)

    assert "daily/" in problem
    assert len(shown(notebook)) == 2


def test_a_file_that_cannot_be_read_keeps_its_words_and_is_tried_again(
    notebook: Notebook, vault: Path
) -> None:
    sources.add(notebook, vault)
    write(vault / "cut.md", "new words\n")
    (vault / "cut.md").chmod(0)
    if os.access(vault / "cut.md", os.R_OK):
        pytest.skip("this user reads everything")

    assert pull(notebook).reasons["damaged"] == 1
    assert "September" in shown(notebook)["cut.md"].text
    assert opening.look(notebook) == opening.Opened()

    (vault / "cut.md").chmod(0o600)
    assert pull(notebook).revised == 1


def test_loops_links_to_nowhere_and_pipes_are_passed_by(notebook: Notebook, vault: Path) -> None:
    (vault / "round").symlink_to(vault)
    (vault / "self.md").symlink_to(vault / "self.md")
    (vault / "nowhere.md").symlink_to("gone.md")
    os.mkfifo(vault / "pipe.md")

    pulled = sources.add(notebook, vault)

    assert pulled.receipt.entries == 2


def test_a_name_that_is_no_text_and_bytes_that_are_none_come_in(
    notebook: Notebook, vault: Path
) -> None:
    Path(os.fsdecode(bytes(vault) + b"/\xff.md")).write_bytes(b"raw \xfe words")

    sources.add(notebook, vault)

    assert shown(notebook)["\udcff.md"].text == "raw \udcfe words"
    assert pull(notebook).entries == 0


def test_a_link_whose_end_is_away_hides_nothing(notebook: Notebook, vault: Path) -> None:
    disk = vault.parent / "disk"
    disk.mkdir()
    write(disk / "far.md", "far away\n")
    (vault / "far.md").symlink_to(disk / "far.md")
    sources.add(notebook, vault)

    disk.rename(vault.parent / "unmounted")

    assert pull(notebook).hidden == 0
    assert "far.md" in shown(notebook)


# ---- what changes under the eyes -----------------------------------------------------


def test_a_file_that_changes_while_it_is_taken_in_is_read_again(
    notebook: Notebook, vault: Path
) -> None:
    source = sources.add(notebook, vault).source
    write(vault / "new.md", "half")
    seen = see(notebook, source, again=True)
    assert isinstance(seen, Seen)

    write(vault / "new.md", "half and the rest")
    (vault / "cut.md").unlink()
    pulling.take(notebook, source, seen)
    pull(notebook)

    assert shown(notebook)["new.md"].text == "half and the rest"
    assert "cut.md" not in shown(notebook)


def test_a_second_writing_of_the_same_size_within_one_tick_is_seen(
    notebook: Notebook, vault: Path
) -> None:
    sources.add(notebook, vault)
    (vault / "cut.md").write_text("aaaa")
    changed = time.time_ns() + 10**9  # as good as now: no pull can be later
    os.utime(vault / "cut.md", ns=(changed, changed))
    pull(notebook)

    (vault / "cut.md").write_text("bbbb")
    os.utime(vault / "cut.md", ns=(changed, changed))
    opening.look(notebook)

    assert shown(notebook)["cut.md"].text == "bbbb"


def test_a_file_that_vanishes_before_it_is_read_is_counted_and_nothing_else(
    notebook: Notebook, vault: Path
) -> None:
    source = sources.add(notebook, vault).source
    write(vault / "a.md", "one")
    write(vault / "b.md", "two")
    seen = see(notebook, source, again=True)
    assert isinstance(seen, Seen)

    (vault / "a.md").unlink()
    receipt = pulling.take(notebook, source, seen)

    assert (receipt.entries, receipt.reasons["damaged"]) == (1, 1)
    assert pull(notebook).hidden == 0
    assert {"b.md", "cut.md"} <= set(shown(notebook))


# ---- transcripts ---------------------------------------------------------------------


def session(path: Path, *texts: str) -> None:
    """A transcript of that many prompts."""
    lines = []
    for number, text in enumerate(texts):
        message = {"role": "user", "content": text}
        before = f"{path.stem}{number - 1}" if number else None
        ids = {"uuid": f"{path.stem}{number}", "parentUuid": before, "sessionId": path.stem}
        lines.append(json.dumps({"type": "user", **ids, "message": message}))
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, "\n".join(lines) + "\n")


def test_a_transcript_that_grew_adds_what_is_new_and_a_deleted_one_stays(
    notebook: Notebook, tmp_path: Path
) -> None:
    top = tmp_path / "projects"
    session(top / "p" / "s1.jsonl", "first")
    session(top / "p" / "s2.jsonl", "other")
    sources.add(notebook, top)

    session(top / "p" / "s1.jsonl", "first", "second")
    (top / "p" / "s2.jsonl").unlink()
    grown = pull(notebook)
    (top / "p" / "s1.jsonl").unlink()

    assert (grown.entries, grown.hidden) == (1, 0)
    assert not pull_any(notebook).is_news
    assert sorted(entry.text for entry in notebook.every()) == ["first", "other", "second"]


def test_a_line_that_is_half_written_comes_when_it_is_whole(
    notebook: Notebook, tmp_path: Path
) -> None:
    path = tmp_path / "projects" / "s1.jsonl"
    session(path, "first", "second")
    whole = path.read_text()
    write(path, whole[:-20])
    sources.add(notebook, path.parent)

    write(path, whole)

    assert pull(notebook).entries == 1
    assert {entry.kind for entry in notebook.every()} == {Kind.QUESTION}


# ---- whose step it is ----------------------------------------------------------------


def test_a_look_on_opening_belongs_to_the_source_and_the_notes_to_who_named_it(
    notebook: Notebook, vault: Path
) -> None:
    sources.add(notebook, vault)
    notebook.actor = "bot"
    write(vault / "new.md", "a new note\n")

    opened = opening.look(notebook)

    assert opened.news == ("new: 1 entry from vault",)
    assert shown(notebook)["new.md"].actor == "ann"
    assert opening.look(notebook) == opening.Opened()


def test_a_large_change_is_said_on_opening_and_left_to_a_pull(
    notebook: Notebook, vault: Path
) -> None:
    sources.add(notebook, vault)
    for number in range(1_100):
        write(vault / "many" / f"{number}.md", f"note {number}\n")

    opened = opening.look(notebook)

    assert opened.news == ("1,100 new files in vault; `ledgernote pull` takes them in",)
    assert len(shown(notebook)) == 2
    assert pull(notebook).entries == 1_100


def test_who_is_not_pulling_passes_by_while_another_does(notebook: Notebook, vault: Path) -> None:
    sources.add(notebook, vault)
    write(vault / "new.md", "a new note\n")

    with alone(notebook.ledger, "pull", wait=False) as ours:
        assert ours
        assert opening.look(notebook).news == ()
    assert opening.look(notebook).news != ()


def test_two_folders_of_one_name_that_are_added_at_once_are_both_looked_at(
    notebook: Notebook, settings: Settings, tmp_path: Path
) -> None:
    folders = [tmp_path / where / "notes" for where in ("home", "work")]
    for folder in folders:
        folder.mkdir(parents=True)
        write(folder / "one.md", f"a note of {folder}\n")

    def add(folder: Path) -> None:
        with beside(settings) as other:
            sources.add(other, folder)

    with ThreadPoolExecutor() as pool:
        with alone(
            notebook.ledger, "pull", wait=True
        ):  # so that both have looked before either writes
            added = [pool.submit(add, folder) for folder in folders]
            time.sleep(0.5)
        for one in added:
            one.result()
    assert [one.name for one in sources.every(notebook)] == ["notes", "notes-2"]


def test_a_source_is_let_go_when_the_pull_under_way_has_ended(
    notebook: Notebook, settings: Settings, vault: Path
) -> None:
    sources.add(notebook, vault)
    [source] = sources.every(notebook)
    write(vault / "new.md", "a new note\n")

    def remove() -> None:
        with beside(settings) as other:
            sources.remove(other, "vault")

    with ThreadPoolExecutor() as pool:
        with alone(notebook.ledger, "pull", wait=True):
            removed = pool.submit(remove)
            time.sleep(0.3)
            seen = see(notebook, source, again=True)
            assert isinstance(seen, Seen)
            pulling.take(notebook, source, seen)
        removed.result()
    assert known_files(notebook.ledger, "vault") == {}
    assert sources.pull(notebook, source).problem == "vault is no source any more"


def test_folders_within_one_another_and_formats_that_are_no_folders_are_refused(
    notebook: Notebook, vault: Path
) -> None:
    sources.add(notebook, vault)

    with pytest.raises(UsageError, match="is the source vault already"):
        sources.add(notebook, vault)
    with pytest.raises(UsageError, match="lie in one another"):
        sources.add(notebook, vault / "daily")
    with pytest.raises(UsageError, match="no format of a folder"):
        sources.add(notebook, vault.parent / "other", "chatgpt")


def test_what_is_done_alone_fails_with_its_own_error(notebook: Notebook) -> None:
    with pytest.raises(BlockingIOError, match="full"), alone(notebook.ledger, "pull", wait=False):
        raise BlockingIOError("full")
