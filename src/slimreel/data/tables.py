"""Loads the TOML tables beside it, once each. Knows nothing of what the tables mean."""

from __future__ import annotations

import tomllib
import zlib
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("en", "zh")


@cache
def _table(*path: str) -> dict[str, Any]:
    text = files("slimreel.data").joinpath(*path).read_text(encoding="utf-8")
    return tomllib.loads(text)


def word_table(language: str) -> dict[str, Any]:
    """The words of a language by meaning: `concepts`, `fields`, and for Chinese `traditional`."""
    return _table("words", f"{language}.toml")


def edit_table(language: str) -> dict[str, Any]:
    """The words of edits in a language: `concepts` by what they mean, `values` by the parameter they give."""
    return _table("words", f"edits.{language}.toml")


def outside_table() -> dict[str, dict[str, list[str]]]:
    """Patterns of what lies outside, by reason, in the order in which reasons count."""
    return _table("words", "outside.toml")


def outside_classes() -> dict[str, str]:
    """The classes of words that those patterns name in angle brackets, each as one alternation."""
    classes: dict[str, str] = _table("words", "outside.words.toml")["classes"]
    return classes


def route_table(language: str) -> dict[str, Any]:
    """Sentences of a language that are said to the session: what is said around them, their classes of words, the
    patterns, and what says nothing beside them."""
    return _table("words", f"routes.{language}.toml")


def message_table(language: str) -> dict[str, str]:
    """The sentences of a language by message id."""
    return _table("words", f"messages.{language}.toml")


def label_table(language: str) -> dict[str, str]:
    """The short forms of a language by id."""
    return _table("words", f"labels.{language}.toml")


def report_table(language: str) -> dict[str, str]:
    """The texts of the report page by id."""
    return _table("words", f"report.{language}.toml")


def error_table(language: str) -> dict[str, dict[str, str]]:
    """How errors are told: `sentences` by code (English has them in slimreel.errors), `things` by what a goal calls
    them, and `details` by their English words."""
    return _table("words", f"errors.{language}.toml")


@cache
def real_words() -> frozenset[str]:
    """Common English words that are one slip away from a word slimreel knows, and no slip of it."""
    return frozenset(files("slimreel.data").joinpath("words", "real.en.txt").read_text(encoding="utf-8").split())


@cache
def common_words() -> frozenset[str]:
    """Common Chinese words that no list knows, so that no character of theirs is taken for a word of edits."""
    return frozenset(files("slimreel.data").joinpath("words", "real.zh.txt").read_text(encoding="utf-8").split())


@cache
def report_file(name: str) -> str:
    """A template, style or script of the report page."""
    return files("slimreel.data").joinpath("report", name).read_text(encoding="utf-8")


@cache
def learned(name: str) -> bytes:
    """What a model has learned, unpacked: a line of JSON, and weights."""
    return zlib.decompress(files("slimreel.data").joinpath("learned", f"{name}.zlib").read_bytes())


@cache
def preset_tables() -> dict[str, dict[str, Any]]:
    """Every preset's table by its id, which is the name of its file."""
    folder = files("slimreel.data").joinpath("presets")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return {name.removesuffix(".toml"): _table("presets", name) for name in names}
