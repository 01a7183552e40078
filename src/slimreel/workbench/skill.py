"""Puts the skill that comes with slimreel where agents look for skills. It knows their folders and which files of an
earlier install somebody has changed; it prints nothing."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from slimreel.data.shipped import folder
from slimreel.errors import PermissionRefused, SkillChanged, StorageError, UsageError

NAME = "video-compressor-bitrate"
# What was put there, so that a later install can tell an older version of ours from a file that somebody changed.
RECEIPT = ".slimreel.json"


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent, the folder whose presence says that it is here, and where its skills are: of a person, of a project."""

    name: str
    title: str
    sign: str
    home: str
    project: str


AGENTS = (
    Agent("claude", "Claude Code", ".claude", ".claude/skills", ".claude/skills"),
    Agent("cursor", "Cursor", ".cursor", ".cursor/skills", ".cursor/skills"),
    Agent("codex", "Codex, and others that read .agents", ".codex", ".agents/skills", ".agents/skills"),
    Agent("clawhub", "ClawHub", ".clawhub", ".clawhub/skills", "skills"),
    Agent("openclaw", "OpenClaw", ".openclaw", ".openclaw/skills", "skills"),
)


@dataclass(frozen=True, slots=True)
class Placement:
    """What an install does, or did, for one agent. Paths of files are relative to `place`."""

    agent: Agent
    place: Path
    written: tuple[str, ...]
    removed: tuple[str, ...]


def source() -> Path:
    """The folder of the skill. Raises UsageError where this slimreel came without it."""
    found = folder("skills") / NAME
    if not (found / "SKILL.md").is_file():
        raise UsageError(detail="This slimreel was packed without its skill. Install it from PyPI or a checkout.")
    return found


def shipped() -> dict[str, bytes]:
    """Every file of the skill by its path in the folder."""
    base = source()
    paths = [path for path in base.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(base).as_posix(): path.read_bytes() for path in sorted(paths)}


def present(home: Path) -> list[Agent]:
    """The agents that have been here."""
    return [agent for agent in AGENTS if (home / agent.sign).is_dir()]


def place_of(agent: Agent, home: Path, project: Path | None) -> Path:
    """Where the skill goes: below the project where one is given, else below the home folder."""
    return (project / agent.project if project else home / agent.home) / NAME


def install(agent: Agent, place: Path, *, overwrite: bool = False, dry_run: bool = False) -> Placement:
    """Writes what differs and takes away what an earlier version left. Nothing is written where a file was changed by
    somebody else, unless `overwrite`. Raises SkillChanged, or StorageError where the folder cannot be written."""
    files = shipped()
    try:
        known = _receipt(place)
        differing = [name for name, content in files.items() if _content(place / name) != content]
        gone = [name for name in known if name not in files and (place / name).is_file()]
        changed = [name for name in [*differing, *gone] if _changed(place / name, known.get(name))]
        if changed and not overwrite:
            raise SkillChanged(path=str(place / changed[0]))
        if not dry_run:
            for name in differing:
                _write(place / name, files[name])
                shutil.copymode(source() / name, place / name)
            for name in gone:
                (place / name).unlink()
            _write(place / RECEIPT, _new_receipt(files))
    except PermissionError as error:
        raise PermissionRefused(path=str(error.filename or place)) from error
    except OSError as error:
        raise StorageError(path=str(error.filename or place), detail=error.strerror or str(error)) from error
    return Placement(agent, place, tuple(differing), tuple(gone))


def _content(path: Path) -> bytes | None:
    """None where there is no plain file: a link is never ours, and is not written through."""
    return path.read_bytes() if path.is_file() and not path.is_symlink() else None


def _changed(path: Path, known: str | None) -> bool:
    if path.is_symlink():
        return True
    found = _content(path)
    return found is not None and hashlib.sha256(found).hexdigest() != known


def _receipt(place: Path) -> dict[str, str]:
    """The hashes by name; empty where there is none that can be read. Names that lead out of the folder are dropped."""
    try:
        found = json.loads((place / RECEIPT).read_bytes())["files"]
        return {str(name): str(value) for name, value in found.items() if _inside(str(name))}
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _inside(name: str) -> bool:
    return not Path(name).is_absolute() and ".." not in Path(name).parts


def _new_receipt(files: dict[str, bytes]) -> bytes:
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return (json.dumps({"files": hashes}, indent=1) + "\n").encode()


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all; what stood there, a link too, is replaced and not written through."""
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=path.parent, prefix=".slimreel-")
    part = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
        part.chmod(0o644)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
