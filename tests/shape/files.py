"""Finds the files of the repository for the shape tests: those in git, or all but the ignored folders."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.shape.rules import Module

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {".git", ".venv", "__pycache__", "build", "dist", "node_modules"}


def repository_files() -> list[Path]:
    """Committed files and those about to be; without a usable git, whatever lies there."""
    listing = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        found = subprocess.run(listing, check=True, capture_output=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return sorted(_walk())
    return sorted(path for name in found.split(b"\0") if name and (path := ROOT / os.fsdecode(name)).is_file())


def _walk() -> Iterator[Path]:
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in NOT_OURS and not name.endswith(("_cache", ".egg-info"))]
        yield from (Path(folder) / name for name in names if name != "uv.lock")


def modules(*folders: str) -> list[Module]:
    """The Python files under these folders, parsed, with paths from the top of the repository."""
    paths = [path.relative_to(ROOT) for path in repository_files() if path.suffix == ".py"]
    return [
        Module.parse(path.as_posix(), (ROOT / path).read_text(encoding="utf-8"))
        for path in paths
        if path.parts[0] in folders
    ]


def docs_text() -> str:
    """Everything under docs/ as one text."""
    pages = sorted((ROOT / "docs").rglob("*.md"))
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)
