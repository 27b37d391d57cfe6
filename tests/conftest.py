"""What every test stands on: a home of its own, the real command line, a real ledger."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import canary
import hypothesis
import pytest
import warm
from shell import Run

from ledgernote.config import Settings
from ledgernote.notebook.notebook import Notebook

# The same examples in every run: what fails once fails again.
hypothesis.settings.register_profile("same", derandomize=True, database=None, deadline=None)
hypothesis.settings.load_profile("same")

HARMLESS = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "PYTHONPATH", "VIRTUAL_ENV")
"""All that a test sees of the surrounding environment: no keys, no settings."""


MEMORY = "/dev/shm"
ROOM = 4 << 30
"""Bytes, ten times what all tests leave behind."""


def pytest_configure() -> None:
    """Tests write to memory: no disk has to confirm what nobody cuts the power of.

    Who names a folder, by `--basetemp` or TMPDIR, has them there.
    """
    os.environ["LEDGERNOTE_LOCAL_PORTS"] = NOBODYS
    named = "TMPDIR" in os.environ
    if not named and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        tempfile.tempdir = MEMORY


NOBODYS = "1,7,9"
"""Ports at which no model of this machine is found, for tests that are to find none."""

MANY = 100
"""Tests from which on the commands in them are forked."""


def pytest_collection_finish(session: pytest.Session) -> None:
    if len(session.items) >= MANY:
        warm.start()


def pytest_sessionfinish() -> None:
    warm.stop()


@pytest.fixture(autouse=True)
def no_key_stands_anywhere(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[None]:
    """Nor does one in what the test leaves behind: no file, no output, no line of a log."""
    yield
    nests = list(canary.nests(tmp_path))
    assert not nests, f"a key stands in {nests}"
    sections = getattr(request.node, "_report_sections", ())
    assert not any(canary.sings(text.encode("utf-8", "replace")) for *_, text in sections)


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment in which nothing of this machine's user can be read or written."""
    env = {name: os.environ[name] for name in HARMLESS if name in os.environ}
    folders = {
        "HOME": "home",
        "XDG_DATA_HOME": "data",
        "XDG_CONFIG_HOME": "config",
        "XDG_STATE_HOME": "state",
        "XDG_CACHE_HOME": "cache",
        "LEDGERNOTE_STATE": "state/ledgernote",
        "TMPDIR": "tmp",
    }
    for name, folder in folders.items():
        env[name] = str(tmp_path / folder)
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    env["LEDGERNOTE_CONFIG"] = str(tmp_path / "config" / "config.toml")
    env["LEDGERNOTE_LEDGER"] = str(tmp_path / "ledger.db")
    env["LEDGERNOTE_EMBEDDER"] = "none"  # its tests say otherwise; it takes a third of a second
    env["LEDGERNOTE_LOCAL_PORTS"] = NOBODYS
    return env | {"TERM": "xterm-256color", "LOGNAME": "ann", "TZ": "UTC"}


@pytest.fixture
def run(home: dict[str, str], tmp_path: Path) -> Run:
    """`run("note", "hello", stdin=…)` → code, out, err."""
    folder = tmp_path / "work"
    folder.mkdir()
    return Run(env=home, cwd=folder, ledger=Path(home["LEDGERNOTE_LEDGER"]))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings as they are without flags, environment and file."""
    return Settings(
        ledger=tmp_path / "ledger.db",
        state=tmp_path / "state" / "ledgernote",
        config=tmp_path / "config.toml",
        keys=tmp_path / "keys.json",
        actor="ann",
        embedder="none",
    )


@pytest.fixture
def notebook(settings: Settings) -> Iterator[Notebook]:
    """An open notebook on a ledger of its own."""
    opened = Notebook.open(settings, create=True, say=lambda _: None)
    yield opened
    opened.close()
