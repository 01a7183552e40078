"""Makes the draft that a request is said in: its clips as files that nobody has, its elements, its last operations.

It fills in what a context may leave out, so that commands can be carried out; nothing is opened or measured.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from fractions import Fraction
from typing import Any

from slimreel.agent.context import (
    LUT_FILES,
    PICTURE_FILES,
    SOUND_FILES,
    SUBTITLE_FILES,
    ClipFact,
    Context,
    ElementFact,
)
from slimreel.core.timing import SOURCE, TimeRange
from slimreel.edit.adding import Adding
from slimreel.edit.begin import begin
from slimreel.edit.command import apply_all
from slimreel.edit.draft import Draft, even
from slimreel.edit.facts import Asset, AssetKind, Facts, Silence, Transcript
from slimreel.edit.log import EditCommand
from slimreel.edit.registry import operations
from slimreel.errors import EditRefused

UNKNOWN_S = 7200.0  # of a clip whose length is not told: long enough for any time that is named
_CLIP = ClipFact(id="c1", name="video.mp4")
_HEARD = "heard.srt"
_ADDED_BY = {
    "text": "add_text",
    "image": "add_image",
    "pip": "pip",
    "music": "add_music",
    "voiceover": "replace_audio",
    "subtitles": "subtitles",
    "blur": "blur_region",
}
_FILES = {"image": ".png", "pip": ".mp4", "music": ".mp3", "voiceover": ".wav", "subtitles": ".srt"}
# The clips of the context are as these have left them.
_TOLD_BY_CLIPS = frozenset("trim cut split delete_clip reorder concat loop freeze remove_silence".split())


def facts_for(context: Context, labels: Iterable[Mapping[str, Any]], others: Iterable[Mapping[str, Any]]) -> Facts:
    """What an edit may know there. Files exist that the context or the labels name; one that only `others` name does
    not. Pauses and words are there for every threshold and language that any of them asks for."""
    labels, others = list(labels), list(others)
    clips = [_clip_asset(place, clip) for place, clip in enumerate(context.clips or (_CLIP,), 1)]
    assets = {asset.name.casefold(): asset for asset in clips}
    said = [one["params"].get("file") for one in labels if isinstance(one["params"].get("file"), str)]
    for name in [*context.assets, *(file_of(one) for one in context.elements), *said]:
        if name and name.casefold() not in assets:
            assets[name.casefold()] = _asset(f"f{len(assets) + 1}", name)
    asked = [*labels, *others]
    named = [one["params"].get("threshold_db", -35) for one in asked if one["op"] == "remove_silence"]
    levels = {float(level) for level in named if isinstance(level, int | float)}
    captions = [one for one in asked if one["op"] == "auto_captions"]
    heard = [_asset("heard", _HEARD)] if captions else []
    languages = ["auto", *(str(one["params"].get("language", "auto")) for one in captions)]
    return Facts(
        assets=(*clips, *(one for one in assets.values() if one not in clips), *heard),
        silences=tuple(
            Silence(asset=one.id, threshold_db=level, ranges=_pauses(one, level)) for one in clips for level in levels
        ),
        transcripts=tuple(
            Transcript(asset=one.id, subtitles="heard", language=language)
            for one in (clips if captions else ())
            for language in dict.fromkeys(languages)
        ),
        has_speech_engine=True,
    )


def draft_of(context: Context, facts: Facts) -> Draft:
    """The draft at the time of the request. Raises EditRefused where the context describes none."""
    clips = context.clips or (_CLIP,)
    draft = begin(facts, [f"a{place}" for place in range(1, len(clips) + 1)])
    names = {f"c{place}": clip.id.lower() for place, clip in enumerate(clips, 1)}
    main = replace(draft.tracks[0], segments=tuple(replace(one, id=names[one.id]) for one in draft.tracks[0].segments))
    draft = _with_taken(replace(draft, tracks=(main,)), names.values())
    for element in context.elements:
        draft = _with_element(draft, element, facts)
    present = {_ADDED_BY.get(one.type, "") for one in context.elements}
    for last in context.last_ops:
        draft = _with_last(draft, last, present, facts)
    return draft


def file_of(element: ElementFact) -> str:
    """The name of the file that an element shows or plays; one is made up where it is not told."""
    return element.file or (element.id + _FILES[element.type] if element.type in _FILES else "")


def _with_element(draft: Draft, element: ElementFact, facts: Facts) -> Draft:
    op = _ADDED_BY.get(element.type)
    if op is None:
        return draft
    known = {field.name for field in fields(operations()[op])}
    params = {name: value for name, value in element.facts.items() if name in known and value is not None}
    if element.type == "text":
        params["text"] = element.text or "Text"
    if element.type in _FILES:
        params["file"] = file_of(element)
    if element.type == "blur" and "position" not in params and "x" not in params:
        params["position"] = "center"
    before = {one.id for one in draft.segments()}
    after, _ = apply_all(draft, [EditCommand(op=op, params=params)], facts)
    tracks = tuple(
        replace(
            track,
            segments=tuple(
                one if one.id in before else replace(one, id=element.id.lower() or one.id) for one in track.segments
            ),
        )
        for track in after.tracks
    )
    return _with_taken(replace(after, tracks=tracks, outputs=()), [element.id.lower()])


def _with_taken(draft: Draft, ids: Iterable[str]) -> Draft:
    """The draft that will not give these ids away once more."""
    taken = dict(draft.next_id)
    for one in ids:
        if one[1:].isdecimal():
            taken[one[0]] = max(taken.get(one[0], 1), int(one[1:]) + 1)
    return replace(draft, next_id=taken)


def _with_last(draft: Draft, last: Mapping[str, Any], present: set[str], facts: Facts) -> Draft:
    """The draft after an operation of the turn before, unless clips and elements tell of it already."""
    op, params = str(last.get("op")), last.get("params")
    kind = operations().get(op)
    if kind is None or kind.stage in ("output", "history") or op in {"reset", *present, *_TOLD_BY_CLIPS}:
        return draft
    is_of_clips = not isinstance(params, Mapping) or params.get("target") in {None, "all", *(c.id for c in draft.clips)}
    if not is_of_clips and not issubclass(kind, Adding) and op in ("update", "nudge", "remove"):
        return draft
    try:
        return apply_all(draft, [EditCommand(op=op, params=dict(params or {}))], facts)[0]
    except EditRefused:
        return draft


def _clip_asset(place: int, clip: ClipFact) -> Asset:
    return Asset(
        id=f"a{place}",
        name=clip.name or f"clip{place}.mp4",
        kind="video",
        width=even(clip.width or 1920),
        height=even(clip.height or 1080),
        rate=Fraction(clip.fps or 30).limit_denominator(1001),
        duration=SOURCE.ticks(Fraction(clip.duration_s or UNKNOWN_S).limit_denominator(1000)),
        has_audio=True,
    )


def _asset(asset_id: str, name: str) -> Asset:
    kind = kind_of(name)
    if kind == "video":
        return replace(_clip_asset(1, ClipFact("", name, 60)), id=asset_id)
    duration = SOURCE.ticks(60) if kind in ("audio", "subtitles") else 0
    width, height = (400, 200) if kind == "image" else (0, 0)
    sounds = kind == "audio"
    return Asset(
        id=asset_id, name=name, kind=kind, width=width, height=height, duration=duration, has_audio=sounds
    )  # fmt: skip


def kind_of(name: str) -> AssetKind:
    """What kind of file a name is of, by its ending; a video where the ending is unknown."""
    kinds: tuple[tuple[AssetKind, tuple[str, ...]], ...] = (
        ("audio", SOUND_FILES), ("image", PICTURE_FILES), ("subtitles", SUBTITLE_FILES), ("lut", LUT_FILES),
    )  # fmt: skip
    return next((kind for kind, endings in kinds if name.lower().endswith(endings)), "video")


def _pauses(asset: Asset, threshold_db: float) -> tuple[TimeRange, ...]:
    """Pauses of a quarter second and more, each a tenth longer than the one before, as far as the file lasts. The
    higher the threshold, the longer they are, so that every parameter of `remove_silence` shows in what it removes."""
    found: list[TimeRange] = []
    at = SOURCE.ticks(1)
    for tenth in range(30):
        length = SOURCE.ticks(max(0.05, 0.25 + tenth / 10 + (threshold_db + 35) / 100))
        if at + length + SOURCE.ticks(1) > asset.duration:
            break
        found.append(TimeRange(at, length))
        at += length + SOURCE.ticks(1)
    return tuple(found)
