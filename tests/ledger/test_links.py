"""`[[names]]` in notes: which are links, where they lead, and that they follow what happens."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Literal
from unicodedata import normalize

import pytest

from ledger.hands import make_older, note, open_ledger, tables, writing
from ledgernote.domain.entries import INBOX, Entry, EntryId, Kind
from ledgernote.ledger import entries, integrity, keep, links, places
from ledgernote.ledger.ledger import Ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return open_ledger(tmp_path)


def entry(ledger: Ledger, id_: EntryId) -> Entry:
    return entries.by_ids(ledger, [id_])[0]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("see [[k3f9a]] and [[Sept print]].", ["k3f9a", "Sept print"]),
        ("[[Ölpreis|oil]] [[日本 銀行]]", ["Ölpreis", "日本 銀行"]),
        ("[[a [[b]] ]] [[c\nd]] [[]] [[e]", ["b"]),
        ('if [[ -f x ]]; then [["$y"]]', ['"$y"']),
        ("a[[1, 2]] [[FED]] [[fed]]", ["1, 2", "FED"]),
        ("\udcff [[caf\udce9]] \0 [[nul\0]]", ["caf\udce9", "nul\0"]),
        ("x" * 20_000 + " [[far]]", ["far"]),
        (f"[[{'x' * 400}]] no", []),
    ],
)
def test_what_a_link_is(ledger: Ledger, text: str, names: list[str]) -> None:
    id_ = note(ledger, text.encode("utf-8", "surrogateescape"))

    found = links.names(ledger, id_)

    assert sorted(found) == sorted(names)


def test_only_notes_link(ledger: Ledger) -> None:
    with writing(ledger) as tx:
        id_ = keep.keep(tx, keep.New(kind=Kind.ANSWER, text=b"[[x]]", project=INBOX))

    assert links.names(ledger, id_) == []


def test_a_link_leads_to_a_handle_then_to_the_newest_of_a_title_here_first(ledger: Ledger) -> None:
    with writing(ledger) as tx:
        oil = places.need_project(tx, "oil")
        there = keep.keep(tx, keep.New(kind=Kind.NOTE, text=b"x", project=oil, title="Cut odds"))
    first = note(ledger, "one", title="cut odds")
    link = note(ledger, "[[CUT ODDS]]")
    second = note(ledger, "two", title="Cut Odds")

    ends = [links.end(ledger, name, link) for name in ("Cut odds", entry(ledger, first).handle)]

    assert ends == [second, first]
    assert links.linking(ledger, entry(ledger, second)) == [link]
    assert links.linking(ledger, entry(ledger, first)) == []
    assert links.linking(ledger, entry(ledger, there)) == []
    assert links.end(ledger, "nothing", link) is None


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_link_leads_to_a_title_and_is_seen_from_there_however_its_accents_are_typed(
    ledger: Ledger, form: Literal["NFC", "NFD"]
) -> None:
    target = note(ledger, "x", title="Café odds")
    name = normalize(form, "Café odds")

    link = note(ledger, f"[[{name}]]")

    assert links.end(ledger, name, link) == target
    assert links.linking(ledger, entry(ledger, target)) == [link]


def test_a_link_leads_to_a_file_of_the_same_folder_by_its_path(ledger: Ledger) -> None:
    file = note(ledger, "x", title="A heading", source="markdown:vault", ref="rates/Cuts.md")
    link = note(ledger, "[[rates/Cuts]]", source="markdown:vault", ref="Index.md")
    other = note(ledger, "[[rates/Cuts]]")

    assert links.end(ledger, "rates/Cuts", link) == file
    assert links.end(ledger, "rates/Cuts", other) is None
    assert links.linking(ledger, entry(ledger, file)) == [link]


@pytest.mark.parametrize("name", ["Cut odds", "rates/Cuts", "HANDLE", "@HANDLE", "cut ODDS"])
def test_a_link_to_a_heading_leads_to_the_note_and_is_seen_from_there(
    ledger: Ledger, name: str
) -> None:
    target = note(ledger, "x", title="Cut odds", source="markdown:vault", ref="rates/Cuts.md")
    name = name.replace("HANDLE", entry(ledger, target).handle) + "#In September"

    link = note(ledger, f"[[{name}]]", source="markdown:vault", ref="Index.md")

    assert links.end(ledger, name, link) == target
    assert links.linking(ledger, entry(ledger, target)) == [link]


def test_a_title_with_a_hash_is_no_heading(ledger: Ledger) -> None:
    plain, sharp = note(ledger, "x", title="C"), note(ledger, "x", title="C# notes")

    link = note(ledger, "[[C# notes]] [[#alone]]")

    assert links.end(ledger, "C# notes", link) == sharp
    assert links.end(ledger, "#alone", link) is None
    assert links.linking(ledger, entry(ledger, sharp)) == [link]
    assert links.linking(ledger, entry(ledger, plain)) == []


def test_links_follow_edits_and_removals_and_may_come_before_their_end(ledger: Ledger) -> None:
    link = note(ledger, "[[later]]")
    later = note(ledger, "x", title="later")
    seen = [links.linking(ledger, entry(ledger, later))]

    with writing(ledger) as tx:
        keep.revise(tx, later, b"x", title="otherwise")
    seen.append(links.linking(ledger, entry(ledger, later)))
    with writing(ledger) as tx:
        keep.revise(tx, link, b"[[otherwise]]")
    seen.append(links.linking(ledger, entry(ledger, later)))
    with writing(ledger) as tx:
        keep.remove(tx, link)
    seen.append(links.linking(ledger, entry(ledger, later)))

    assert seen == [[link], [], [link], []]


def test_a_purge_erases_the_names_of_links(ledger: Ledger) -> None:
    link = note(ledger, "[[secret name]]")

    with writing(ledger) as tx:
        integrity.purge(tx, link)

    assert links.names(ledger, link) == []
    assert ledger.rows("SELECT * FROM link") == []


def test_an_older_ledger_gets_the_links_of_the_notes_it_has(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    note(ledger, "[[one]] and [[two|2]]", title="three")
    before = tables(ledger)
    ledger.close()
    with sqlite3.connect(tmp_path / "ledger.db") as raw:
        for table in ("link", "saved_search", "embedder", "vector", "vector_signs", "passage_gram"):
            raw.execute(f"DROP TABLE {table}")
        raw.execute("DROP INDEX entry_title")
        make_older(raw, 3)
    raw.close()

    ledger = open_ledger(tmp_path)

    assert tables(ledger) == before
    assert len(before["link"]) == 2


def test_a_lookup_by_title_or_name_reads_no_whole_table(ledger: Ledger) -> None:
    plans = [
        ledger.rows(f"EXPLAIN QUERY PLAN {sql}", values)
        for sql, values in (
            (links.BY_TITLE, (b"x", b"y")),
            (links.BY_FILE, (b"x", b"y")),
            (links.NAMING, ("x", b"y", b"y", None, b"z")),
        )
    ]

    assert not [row[3] for plan in plans for row in plan if row[3].startswith("SCAN")]
