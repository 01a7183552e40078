"""Answers about timelines: of the keys of a draft those that a client needs. Others may stand beside them."""

from __future__ import annotations

from typing import Any, Literal, NotRequired

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

_open = with_config(ConfigDict(extra="allow"))


class Command(TypedDict):
    op: str
    params: dict[str, Any]


@_open
class SegmentTitle(TypedDict):
    """`title` is what people call it."""

    title: NotRequired[str]


@_open
class Segment(TypedDict):
    """`b` and `d` are begin and duration in ms, `a` the file, `s` begin and duration in it (ticks of 1/240000 s)."""

    id: str
    k: Literal["media", "text", "subtitles", "blur"]
    b: int
    d: int
    m: NotRequired[SegmentTitle]
    a: NotRequired[str]
    s: NotRequired[tuple[int, int]]
    tx: NotRequired[str]


@_open
class Track(TypedDict):
    """`tt` is 0 for pictures, 1 for sound, 7 for text."""

    id: str
    tt: Literal[0, 1, 7]
    sg: list[Segment]
    d: int


class CanvasView(TypedDict):
    """`r` is the frame rate as a fraction, `x` whether it was chosen."""

    w: int
    h: int
    r: str
    x: bool


@_open
class DraftSize(TypedDict):
    width: int
    height: int


@_open
class DraftLog(TypedDict):
    """`r` revision, `s` the files it began with, `y` turns that were done, `z` turns that were undone."""

    r: int
    s: list[str]
    y: list[list[Command]]
    z: list[list[Command]]


@_open
class DraftView(TypedDict):
    """A timeline: `t` tracks, `d` ms, `c` canvas, `g` what is wanted of the file, `l` how it came to be."""

    id: str
    revision: int
    v: int
    t: list[Track]
    d: int
    m: DraftSize
    c: CanvasView
    g: NotRequired[dict[str, Any] | None]
    l: DraftLog  # noqa: E741 - a key of the wire form


class NoDraft(TypedDict):
    """There is no video in the session yet: an empty object."""


class DraftTold(TypedDict):
    id: str
    revision: int
    is_latest: bool
    summary: str
    draft: DraftView


class Drafts(TypedDict):
    drafts: list[DraftTold]


class ChangeView(TypedDict):
    """One thing that was done: the id of its message with its fields, and the sentence."""

    id: str
    target: str
    fields: dict[str, Any]
    text: str


class EditedDraft(TypedDict):
    """`draft` has every value that took effect; `kept` is false after a dry run."""

    draft_id: str
    revision: int
    kept: bool
    draft: DraftView
    summary: str
    changes: list[ChangeView]


class Operations(TypedDict):
    """By name, the JSON schema of the parameters."""

    operations: dict[str, dict[str, Any]]
