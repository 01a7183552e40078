"""Holds the repository against what a fresh clone needs: no local paths, whole locks, a whole wheel."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from slimreel.engine.fonts import PACKAGES
from tests.shape.files import ROOT, repository_files

# Put together here, so that this file does not contain what it looks for.
FORBIDDEN = [
    "files." + "pythonhosted.org",
    "pypi.org" + "/simple",
    "registry." + "npmjs.org",
    "registry." + "yarnpkg.com",
    "--index" + "-url ",
    "--extra-index" + "-url",
    "--find" + "-links",
    "/wo" + "rk/",
    "/ro" + "ot/",
]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def forbidden_in(content: bytes) -> list[str]:
    return [word for word in FORBIDDEN if word.encode() in content]


def pins(lock: str) -> dict[str, str]:
    """Name to version of every pinned package; a pin without a hash is an error."""
    found: dict[str, str] = {}
    entries = re.sub(r"\\\n\s*", "", (ROOT / "requirements" / lock).read_text(encoding="utf-8"))
    for entry in entries.splitlines():
        if entry and not entry.startswith("#"):
            assert "--hash=sha256:" in entry, entry
            requirement = Requirement(entry.partition(" --hash")[0])
            found[canonicalize_name(requirement.name)] = str(requirement.specifier).removeprefix("==")
    return found


def test_no_file_names_an_index_or_this_machine():
    files = repository_files()
    assert ROOT / "pyproject.toml" in files
    found = {str(path.relative_to(ROOT)): forbidden_in(path.read_bytes()) for path in files}
    assert {path: words for path, words in found.items() if words} == {}


def test_a_local_path_would_be_found():
    assert forbidden_in(b"see /wo" + b"rk/main/x") == ["/wo" + "rk/"]


@pytest.mark.parametrize("lock", ["runtime.lock", "dev.lock"])
def test_the_lock_pins_every_direct_dependency(lock: str):
    wanted = [Requirement(text) for text in PROJECT["project"]["dependencies"]]
    if lock == "dev.lock":
        wanted += [Requirement(text) for text in PROJECT["dependency-groups"]["dev"]]
    pinned = pins(lock)
    outside = [str(need) for need in wanted if not need.specifier.contains(pinned[canonicalize_name(need.name)])]
    assert outside == []


def test_the_locks_agree():
    development = pins("dev.lock")
    assert {name: development.get(name) for name in pins("runtime.lock")} == pins("runtime.lock")


def test_readme_gives_the_two_commands():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "pip install uv && uv run slimreel demo" in readme
    assert "pip install uv && uv run pytest" in readme


def test_the_wheel_holds_the_whole_package(tmp_path: Path):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("slimreel-*.whl")
    package = [path for path in repository_files() if path.is_relative_to(ROOT / "src")]
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        (metadata,) = (archive.read(name).decode() for name in names if name.endswith(".dist-info/METADATA"))
    assert {path.relative_to(ROOT / "src").as_posix() for path in package} <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert [name for name in PACKAGES if f"\nRequires-Dist: {name}<" not in metadata] == []


@pytest.mark.parametrize("name", PACKAGES)
def test_the_fonts_come_with_their_licence(name: str):
    files = distribution(name).files or []
    licences = [file.read_text(encoding="utf-8") for file in files if file.name == "LICENSE"]
    assert licences and all("SIL OPEN FONT LICENSE Version 1.1" in text for text in licences)
    assert any(file.suffix in {".ttf", ".ttc"} for file in files)
