"""Holds the documentation against the code: it names all that is public, is fresh and links to real pages."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

import slimreel
from tests.shape.files import ROOT, docs_text, repository_files

LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)\s#]+)(?:#[^)]*)?\)")


def unnamed(names: Iterable[str], text: str) -> list[str]:
    """The names that stand nowhere in the text as a whole word."""
    return [name for name in names if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)]


def broken_links(page: Path) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return [target for target in LINK.findall(text) if not (page.parent / target).exists()]


def options_of(command: object) -> Iterator[str]:
    for parameter in getattr(command, "params", []):
        if parameter.param_type_name == "option" and not getattr(parameter, "hidden", False):
            yield from (name for name in [*parameter.opts, *parameter.secondary_opts] if name.startswith("--"))
    for child in getattr(command, "commands", {}).values():
        yield from options_of(child)


def test_every_error_is_documented():
    sources = sorted((ROOT / "src/slimreel/errors").glob("*.py"))
    bodies = [node for source in sources for node in ast.parse(source.read_text()).body]
    classes = [node.name for node in bodies if isinstance(node, ast.ClassDef)]
    assert len(classes) > 40
    assert unnamed([name for name in classes if not name.startswith("_")], docs_text()) == []


def test_every_option_is_documented():
    if not find_spec("slimreel.cli.main"):
        pytest.skip("there is no command line yet")
    import typer

    options = set(options_of(typer.main.get_command(import_module("slimreel.cli.main").app)))
    assert options
    assert unnamed(sorted(options), docs_text()) == []


def test_generated_pages_are_fresh():
    found = subprocess.run(
        [sys.executable, "-m", "scripts.reference", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")


def test_every_exported_name_has_a_docstring():
    exported = [name for name in getattr(slimreel, "__all__", []) if not name.startswith("__")]
    # A dataclass without a docstring is given its signature as one; that does not count.
    docs = {name: getattr(slimreel, name).__doc__ or "" for name in exported}
    assert [name for name, doc in docs.items() if not doc or doc.startswith(f"{name}(")] == []


def test_links_lead_somewhere():
    pages = [path for path in repository_files() if path.suffix == ".md"]
    assert pages
    assert {page.name: broken for page in pages if (broken := broken_links(page))} == {}


def test_a_missing_name_and_a_broken_link_are_found(tmp_path: Path):
    assert unnamed(["--size", "--max-size"], "use `--max-size`") == ["--size"]
    page = tmp_path / "page.md"
    page.write_text("[here](page.md#top) [there](nowhere.md) [web](https://example.org/x)")
    assert broken_links(page) == ["nowhere.md"]
