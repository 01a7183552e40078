"""The documentation as Markdown for programs: a list of contents (llms.txt), all of it in one text, and each page.
It reads the pages that come with the package and changes only their links."""

from __future__ import annotations

import posixpath
import re
from functools import cache
from pathlib import Path

from slimreel.data.shipped import folder

_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
_ROW = re.compile(r"^\| ([^|]+?) \| (.+) \|$")
_SUMMARY = """# slimreel

> Compresses and edits videos by conversation: say a bitrate, a size or a quality and get a checked file that keeps it.
> A program (`pip install slimreel`), a Python library, a service with an HTTP API, and a skill for agents.

Units are exact: Mbps are bits, MB are a million bytes. A size is an upper bound, a bitrate is met within 1 %.
"""
_PLACE = "/docs/guide/"


def contents(docs: Path, place: str) -> str:
    """llms.txt: the rows of the index, with links that begin with `place`. The reference is listed as optional."""
    main: list[str] = []
    optional: list[str] = []
    for line in (docs / "index.md").read_text(encoding="utf-8").splitlines():
        row = _ROW.match(line)
        for shown, title, target in _LINK.findall(row[2]) if row else ():
            if not shown and not target.startswith("..") and row and (docs / target).is_file():
                listed = optional if target.startswith(("reference/", "decisions/")) else main
                listed.append(f"- [{row[1]}: {title}]({place}{target})")
    operations = sorted(path.name for path in (docs / "reference/operations").glob("*.md"))
    optional += [f"- [operation {name.removesuffix('.md')}]({place}reference/operations/{name})" for name in operations]
    return "\n".join([_SUMMARY, "## Docs", "", *main, "", "## Optional", "", *optional]) + "\n"


@cache
def index() -> str:
    """llms.txt of a service."""
    return contents(folder("docs"), _PLACE)


@cache
def everything() -> str:
    """llms-full.txt: every page that the index names outside of its optional part, and the list of operations."""
    main = index().partition("## Optional")[0]
    names = [target.removeprefix(_PLACE) for _, _, target in _LINK.findall(main)]
    names += ["reference/operations.md", "reference/errors.md", "reference/presets.md"]
    found = [text for name in dict.fromkeys(names) if (text := page(name)) is not None]
    return "\n\n".join([_SUMMARY, *found])


@cache
def _names() -> frozenset[str]:
    docs = folder("docs")
    return frozenset(path.relative_to(docs).as_posix() for path in docs.rglob("*.md"))


def page(name: str) -> str | None:
    """A page by its name below docs/, such as "howto/serve.md"; None for any other name. Links that would lead
    nowhere here become their text."""
    if name not in _names():
        return None
    text = (folder("docs") / name).read_text(encoding="utf-8")

    def kept(found: re.Match[str]) -> str:
        target = found[3].partition("#")[0]
        if "://" in target or not target:
            return found[0]
        leads_to = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
        return found[0] if leads_to in _names() else found[2]

    return _LINK.sub(kept, text)
