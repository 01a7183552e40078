"""The skill goes where agents look, old versions are replaced, and what somebody changed is kept."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from slimreel.errors import PermissionRefused, SkillChanged
from slimreel.workbench import skill
from tests.skills.conftest import ROOT, SKILL

CLAUDE = skill.AGENTS[0]


def program(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "slimreel", "skill", *arguments]
    told = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, cwd=home, env=told, capture_output=True, text=True, check=False)


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_it_goes_to_the_agents_that_are_here(tmp_path: Path):
    for folder in (".claude", ".cursor"):
        (tmp_path / folder).mkdir()
    done = program(tmp_path, "install")
    assert done.returncode == 0, done.stderr
    places = [tmp_path / ".claude/skills" / SKILL.name, tmp_path / ".cursor/skills" / SKILL.name]
    for place in places:
        assert str(place) in done.stdout
        assert names(place) == set(skill.shipped()) | {skill.RECEIPT}
        assert (place / "SKILL.md").read_bytes() == (SKILL / "SKILL.md").read_bytes()
        assert (place / "scripts/quick_edit.py").stat().st_mode & 0o100
    assert not (tmp_path / ".openclaw").exists()
    assert "up to date" in program(tmp_path, "install").stdout


def test_without_an_agent_it_asks_for_one(tmp_path: Path):
    done = program(tmp_path, "install")
    assert done.returncode == 2
    assert "--agent" in done.stderr
    assert names(tmp_path) == set()


def test_a_dry_run_writes_nothing(tmp_path: Path):
    done = program(tmp_path, "install", "--agent", "all", "--dry-run")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == len(skill.AGENTS)
    assert names(tmp_path) == set()


def test_into_a_project(tmp_path: Path):
    assert program(tmp_path, "install", "--agent", "all", "--project").returncode == 0
    found = {path.parent.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("SKILL.md")}
    folders = {".claude/skills", ".cursor/skills", ".agents/skills", "skills"}
    assert found == {f"{folder}/{SKILL.name}" for folder in folders}


def test_what_was_changed_is_kept_whole_unless_asked(tmp_path: Path):
    place = tmp_path / SKILL.name
    skill.install(CLAUDE, place)
    (place / "SKILL.md").write_text("mine")
    (place / "references/api.md").unlink()
    with pytest.raises(SkillChanged, match="--overwrite"):
        skill.install(CLAUDE, place)
    assert (place / "SKILL.md").read_text() == "mine"
    assert not (place / "references/api.md").exists()
    done = skill.install(CLAUDE, place, overwrite=True)
    assert set(done.written) == {"SKILL.md", "references/api.md"}
    assert (place / "SKILL.md").read_bytes() == (SKILL / "SKILL.md").read_bytes()


def test_a_skill_that_somebody_else_put_there_is_kept(tmp_path: Path):
    place = tmp_path / SKILL.name
    place.mkdir()
    (place / "SKILL.md").write_text("another skill of this name")
    with pytest.raises(SkillChanged):
        skill.install(CLAUDE, place)
    assert names(place) == {"SKILL.md"}


def test_an_older_version_is_replaced_and_what_it_had_more_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    place = tmp_path / SKILL.name
    old = skill.shipped() | {"SKILL.md": b"old", "references/gone.md": b"gone"}
    now = skill.shipped
    with monkeypatch.context() as patch:
        patch.setattr(skill, "shipped", lambda: old)
        patch.setattr("shutil.copymode", lambda *_: None)
        skill.install(CLAUDE, place)
    (place / "notes.md").write_text("of the user")
    done = skill.install(CLAUDE, place)
    assert (done.written, done.removed) == (("SKILL.md",), ("references/gone.md",))
    assert names(place) == set(now()) | {skill.RECEIPT, "notes.md"}


def test_links_are_not_written_through(tmp_path: Path):
    place, outside = tmp_path / SKILL.name, tmp_path / "outside.md"
    outside.write_text("precious")
    place.mkdir()
    (place / "SKILL.md").symlink_to(outside)
    with pytest.raises(SkillChanged):
        skill.install(CLAUDE, place)
    skill.install(CLAUDE, place, overwrite=True)
    assert outside.read_text() == "precious"
    assert not (place / "SKILL.md").is_symlink()


def test_a_forged_receipt_removes_nothing_outside(tmp_path: Path):
    place, outside = tmp_path / SKILL.name, tmp_path / "outside.md"
    outside.write_text("precious")
    place.mkdir()
    hashes = {"../outside.md": "whatever", str(outside): "whatever"}
    (place / skill.RECEIPT).write_text(json.dumps({"files": hashes}))
    skill.install(CLAUDE, place, overwrite=True)
    assert outside.read_text() == "precious"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"files": 3}', "\x00"])
def test_a_damaged_receipt_counts_as_none(tmp_path: Path, text: str):
    place = tmp_path / SKILL.name
    skill.install(CLAUDE, place)
    (place / skill.RECEIPT).write_text(text)
    assert skill.install(CLAUDE, place).written == ()


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(tmp_path))

    monkeypatch.setattr("tempfile.mkstemp", refused)
    with pytest.raises(PermissionRefused):
        skill.install(CLAUDE, tmp_path / SKILL.name)


def test_show_prints_its_files_and_no_other(tmp_path: Path):
    assert program(tmp_path, "show").stdout == (SKILL / "SKILL.md").read_text(encoding="utf-8")
    wanted = (SKILL / "references/api.md").read_text(encoding="utf-8")
    assert program(tmp_path, "show", "references/api.md").stdout == wanted
    assert program(tmp_path, "show", "../../pyproject.toml").returncode == 2
    assert Path(program(tmp_path, "show", "--path").stdout.strip()) == SKILL


def test_the_wheel_holds_the_skill_and_the_pages(tmp_path: Path):
    """And what is unpacked from it finds them without the checkout."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("slimreel-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    data = tmp_path / "site/slimreel/data"
    assert names(data / "skills" / SKILL.name) == set(skill.shipped())
    pages = {name for name in names(ROOT / "docs") if name.endswith(".md")}
    assert names(data / "docs") == pages
    code = (
        "from slimreel.workbench import skill; from slimreel.server import guide; print(skill.source()); guide.index()"
    )
    told = {"PYTHONPATH": str(tmp_path / "site"), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=told, capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert Path(done.stdout.strip()) == data / "skills" / SKILL.name
