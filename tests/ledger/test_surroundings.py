"""Places where a ledger is not safe are named."""

from __future__ import annotations

from pathlib import Path

from ledgernote.ledger.ledger import Ledger
from ledgernote.ledger.surroundings import worries


def test_an_open_folder_is_warned_of_once(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    said: list[str] = []

    for _ in range(2):
        Ledger.open(tmp_path / "x.db", state=tmp_path, create=True, say=said.append).close()

    assert len(said) == 1
    assert "chmod 700" in said[0]


def test_a_folder_of_its_own_is_no_worry(tmp_path: Path) -> None:
    said: list[str] = []

    Ledger.open(tmp_path / "own" / "x.db", state=tmp_path, create=True, say=said.append)

    assert said == []


def test_a_synced_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "Dropbox (Work)").mkdir(mode=0o700)

    (worry,) = worries(tmp_path / "Dropbox (Work)" / "x.db")

    assert "copies the ledger without its newest notes" in worry
