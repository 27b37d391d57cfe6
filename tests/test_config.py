"""Where the program keeps its files."""

from __future__ import annotations

import platformdirs
import pytest

from ledgernote.config.settings import config_path, default_ledger, state_path
from ledgernote.config.values import path_of


@pytest.mark.parametrize(
    "environ",
    [
        {"HOME": "/home/ann"},
        {"HOME": "/home/ann/"},
        {
            "HOME": "/home/ann",
            "XDG_CONFIG_HOME": "/etc/c",
            "XDG_DATA_HOME": "/d/",
            "XDG_STATE_HOME": "/s",
        },
        {
            "HOME": "/home/ann",
            "XDG_CONFIG_HOME": "",
            "XDG_DATA_HOME": "data",
            "XDG_STATE_HOME": "~/s",
        },
        {"HOME": "", "XDG_CONFIG_HOME": "/c"},
        {"HOME": "here"},
        {},
    ],
)
def test_files_lie_where_platformdirs_has_them(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str]
) -> None:
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)

    found = (config_path({}), default_ledger(), state_path({}))

    assert found == (
        platformdirs.user_config_path("ledgernote") / "config.toml",
        platformdirs.user_data_path("ledgernote") / "ledger.db",
        platformdirs.user_state_path("ledgernote"),
    )


@pytest.mark.parametrize("name", ['"my proj.v2"', "'my proj.v2'", "my proj.v2"])
def test_a_name_may_stand_in_quotes_as_in_the_file(name: str) -> None:
    assert path_of(f"projects.{name}.replay_from") == [
        "projects",
        "my proj.v2",
        "replay_from",
    ]
