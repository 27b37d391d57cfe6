"""What README's commands install is what `pyproject.toml` asks for."""

from __future__ import annotations

import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from meta.imports import imported
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]

OF_LITELLM = {"httpx", "openai"}
"""What litellm itself is built on; `models/remote.py` speaks to it through them."""


def locked() -> dict[str, Requirement]:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    found = [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]
    return {canonicalize_name(one.name): one for one in found}


def test_every_dependency_is_locked_to_a_version_in_its_range() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = map(Requirement, [*project["dependencies"], *project["optional-dependencies"]["dev"]])

    pins = locked()

    for one in wanted:
        (pin,) = pins[canonicalize_name(one.name)].specifier
        assert one.specifier.contains(pin.version), f"{one} is locked to {pin.version}"


def test_the_lock_names_versions_only() -> None:
    pins = locked().values()

    assert all([part.operator for part in pin.specifier] == ["=="] for pin in pins)
    assert not any(pin.url for pin in pins)


def test_every_library_that_is_imported_is_asked_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["keyring"], *extras["meaning"]]
    asked = {canonicalize_name(Requirement(one).name) for one in wanted}
    owners = packages_distributions()

    used = {
        canonicalize_name(owners.get(module, [module])[0])
        for path in ROOT.glob("src/**/*.py")
        for name in imported(path.read_text(encoding="utf-8"))
        if (module := name.partition(".")[0]) not in sys.stdlib_module_names
    }

    assert used - asked - OF_LITELLM == {"ledgernote"}
