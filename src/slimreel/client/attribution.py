"""Which skill a call is made for: its name and version from its SKILL.md, and the platform from where that lies.

Reads that one file and nothing else.
"""

from __future__ import annotations

import re
from pathlib import Path

OWN = {"X-Skill-Source": "slimreel", "X-Skill-Version": "0.1.0", "X-Skill-Platform": "unknown"}
_PLATFORMS = (
    ((".clawhub",), "clawhub"),
    ((".cursor", "skills"), "cursor"),
    ((".claude",), "claude_code"),
)
_LINE = re.compile(r"^(?P<indent>\s*)(?P<key>[A-Za-z_][\w-]*)\s*:\s*(?P<value>.*?)\s*$")
_PLAIN = re.compile(r"[^\x20-\x7e]")


def attribution(skill: Path | None) -> dict[str, str]:
    """The three headers for a skill's SKILL.md, or its folder; those of this library where there is none."""
    if skill is None:
        return dict(OWN)
    path = skill / "SKILL.md" if skill.is_dir() else skill
    try:
        found = frontmatter(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError):
        found = {}
    return {
        "X-Skill-Source": _header(found.get("name") or path.parent.name),
        "X-Skill-Version": _header(found.get("version") or OWN["X-Skill-Version"]),
        "X-Skill-Platform": platform_of(path),
    }


def platform_of(path: Path) -> str:
    """Named after the folder that a skill is installed below."""
    parts = path.absolute().parts
    for folders, name in _PLATFORMS:
        width = len(folders)
        if any(parts[at : at + width] == folders for at in range(len(parts))):
            return name
    return "unknown"


def frontmatter(text: str) -> dict[str, str]:
    """The plain values between the two lines of dashes, one below `metadata:` too. Not all of YAML, by intent."""
    head, *rest = text.lstrip("\ufeff").splitlines() or [""]
    if head.strip() != "---":
        return {}
    found: dict[str, str] = {}
    parent = ""
    for line in rest:
        if line.strip() == "---":
            break
        if (match := _LINE.match(line)) is None:
            continue
        value = match["value"].split(" #")[0].strip().strip("\"'")
        if not match["indent"]:
            parent = match["key"]
            found[parent] = value
        elif parent == "metadata":
            found.setdefault(match["key"], value)
    return found


def _header(value: str) -> str:
    """A header holds printable ASCII alone."""
    return _PLAIN.sub("", value)[:200] or "unknown"
