"""Drafts as JSON with short keys, and back. This is the only file that knows the keys, and the only one that speaks ms.

    draft    v form · t tracks · d duration · m {width, height} · c canvas {w, h, r rate, x chosen} · fx effects
             g goal · cg goals of clips · o outputs · n next ids · l log {r revision, s start, y done, z undone}
    track    id · tt 0 video, 1 audio, 7 text · sg segments · d duration
    segment  id · k kind · b begin · d duration · m {title} · the rest as in _KEYS

Durations and begins are whole milliseconds, which tell every frame apart up to 250 frames a second; times inside
a source are ticks of 1/240000 s. Keys that are not known are kept and written again. A document of an older form is
brought to the present one step by step; one of a newer form is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields, replace
from fractions import Fraction
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from slimreel.core import records
from slimreel.core.goal import Goal
from slimreel.core.timing import Timebase, TimeRange
from slimreel.edit.draft import (
    SCHEMA,
    AnySegment,
    BlurSegment,
    Canvas,
    Draft,
    Effect,
    MediaSegment,
    Output,
    SubtitleSegment,
    TextSegment,
    Track,
    TrackKind,
)
from slimreel.edit.guard import FOREIGN, Limits, inspect, parse
from slimreel.edit.invariants import check
from slimreel.edit.log import EditCommand, Log, Turn
from slimreel.edit.registry import effects, outputs, read_operation
from slimreel.errors import BadDraft, EditRefused, NewerDraft, UsageError

_MS = Timebase(Fraction(1, 1000))
_KINDS: dict[str, type[AnySegment]] = {
    "media": MediaSegment,
    "text": TextSegment,
    "subtitles": SubtitleSegment,
    "blur": BlurSegment,
}
# Of a segment: each field with its key. Place, title and effects have rules of their own.
_KEYS = {
    "id": "id", "until_end": "ue", "asset": "a", "source": "s", "role": "ro", "backwards": "bw", "repeats": "rp",
    "keep_pitch": "kp", "fit": "ft", "layer": "ly", "enter": "en", "text": "tx", "style": "st", "mode": "mo",
    "language": "la", "position": "po", "size_px": "sz", "color": "co", "offset_ticks": "of", "x": "x", "y": "y",
    "w": "w", "h": "h", "strength": "sr",
}  # fmt: skip
# From the form of this number to the next one.
Upgrade = Callable[[dict[str, Any]], dict[str, Any]]
UPGRADES: dict[int, Upgrade] = {}

_Kind = TypeVar("_Kind")
_Object = dict[str, Any]
_Objects = list[dict[str, Any]]
_Id = Annotated[str, Meta(min_length=1, max_length=80)]
_Whole = Annotated[int, Meta(ge=0, le=2**40)]
_Rate = Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,6}(/[1-9][0-9]{0,6})?$")]


def dump_text(draft: Draft) -> str:
    """A draft as JSON text."""
    return msgspec.json.encode(dump(draft)).decode()


def dump(draft: Draft) -> dict[str, Any]:
    """What JSON holds of a draft: fields that have their defaults are left out."""
    return _merged(_draft_written(draft, brief=True), draft.kept)


def effective(draft: Draft) -> dict[str, Any]:
    """What JSON holds of a draft with every value that holds, defaults among them."""
    return _merged(_draft_written(draft, brief=False), draft.kept)


def load(document: str | bytes | dict[str, Any], limits: Limits = FOREIGN) -> Draft:
    """The draft that JSON holds, checked whole. Raises BadDraft, or NewerDraft (fields: schema, known)."""
    raw = inspect(document, limits) if isinstance(document, dict) else parse(document, limits)
    try:
        draft = _draft_read(_upgraded(raw), limits)
    except records.BadRecord as error:
        raise BadDraft(detail=str(error)) from error
    except EditRefused as error:
        raise BadDraft(detail=f"its history does not fit: {error}") from error
    check(draft)
    return draft


def _upgraded(raw: _Object) -> _Object:
    form = _get(raw, "v", Annotated[int, Meta(ge=1)])
    if form > SCHEMA:
        raise NewerDraft(schema=form, known=SCHEMA)
    for older in range(form, SCHEMA):
        raw = UPGRADES[older](raw) | {"v": older + 1}
    return raw


def _draft_written(draft: Draft, *, brief: bool) -> _Object:
    canvas, log = draft.canvas, draft.log
    found = {
        "v": draft.schema,
        "t": [_track_written(track, draft.timebase, brief=brief) for track in draft.tracks],
        "d": _ms(draft.length, draft.timebase),
        "m": {"width": canvas.width, "height": canvas.height},
        "c": {"w": canvas.width, "h": canvas.height, "r": str(canvas.rate), "x": canvas.chosen},
        "fx": [effect_written(effect, brief=brief) for effect in draft.effects],
        "g": _goal_written(draft.goal, brief=brief) if draft.goal else None,
        "cg": {clip: _goal_written(goal, brief=brief) for clip, goal in draft.clip_goals.items()} or None,
        "o": [_named(output) for output in draft.outputs],
        "n": draft.next_id,
        "l": {"r": log.revision, "s": list(log.start), "y": _turns(log.done), "z": _turns(log.undone)},
    }
    return {key: value for key, value in found.items() if value not in (None, [])} if brief else found


def canvas_read(raw: _Object) -> Canvas:
    """The canvas of a document. Raises BadDraft, BadRecord."""
    canvas = _get(raw, "c", _Object)
    size = _get(canvas, "w", _Whole), _get(canvas, "h", _Whole)
    found = Canvas(
        width=size[0], height=size[1], rate=Fraction(_get(canvas, "r", _Rate)), chosen=_get(canvas, "x", bool, False)
    )
    if not 1 <= found.rate <= 240:
        raise BadDraft(detail=f"{found.rate} is no frame rate")
    return found


def _draft_read(raw: _Object, limits: Limits) -> Draft:
    log = _get(raw, "l", _Object, {})
    frame = canvas_read(raw)
    tracks = _get(raw, "t", _Objects)
    if len(tracks) > limits.tracks:
        raise BadDraft(detail=f"it has {len(tracks)} tracks, more than {limits.tracks}")
    count = sum(len(_get(track, "sg", _Objects, [])) for track in tracks)
    if count > limits.segments:
        raise BadDraft(detail=f"its tracks have {count} parts, more than {limits.segments}")
    goal = _get(raw, "g", _Object | None, None)
    draft = Draft(
        canvas=frame,
        tracks=tuple(_track_read(track, frame.timebase) for track in tracks),
        effects=tuple(_effect_read(effect) for effect in _get(raw, "fx", _Objects, [])),
        goal=None if goal is None else _goal_read(goal),
        clip_goals={clip: _goal_read(one) for clip, one in _get(raw, "cg", dict[_Id, _Object], {}).items()},
        outputs=tuple(_output_read(output) for output in _get(raw, "o", _Objects, [])),
        next_id=_get(raw, "n", dict[Annotated[str, Meta(min_length=1, max_length=1)], _Whole], {}),
        log=Log(
            revision=_get(log, "r", _Whole, 0),
            start=_get(log, "s", tuple[_Id, ...], ()),
            done=_turns_read(log, "y"),
            undone=_turns_read(log, "z"),
        ),
    )
    return replace(draft, kept=_unknown(raw, _draft_written(draft, brief=False)))


def _track_written(track: Track, base: Timebase, *, brief: bool) -> _Object:
    length = max((segment.place.end for segment in track.segments), default=0)
    segments = [segment_written(segment, base, brief=brief) for segment in track.segments]
    return {"id": track.id, "tt": int(track.kind), "sg": segments, "d": _ms(length, base)} | track.kept


def _track_read(raw: _Object, base: Timebase) -> Track:
    segments = tuple(_segment_read(segment, base) for segment in _get(raw, "sg", _Objects, []))
    track = Track(id=_get(raw, "id", _Id), kind=_get(raw, "tt", TrackKind), segments=segments)
    return replace(track, kept=_unknown(raw, _track_written(track, base, brief=True)))


def segment_written(segment: AnySegment, base: Timebase, *, brief: bool = True) -> _Object:
    """What JSON holds of a segment."""
    kind = next(name for name, kind in _KINDS.items() if type(segment) is kind)
    place = segment.place
    found: _Object = {"id": segment.id, "k": kind, "b": _ms(place.start, base), "d": _ms(place.duration, base)}
    for field in fields(segment):
        value = getattr(segment, field.name)
        default = field.default_factory() if field.default_factory is not MISSING else field.default
        if field.name in _KEYS and not (brief and value == default):
            found[_KEYS[field.name]] = _pair(value) if isinstance(value, TimeRange) else msgspec.to_builtins(value)
        elif field.name == "title":
            found["m"] = {"title": value}
        elif field.name == "effects" and (value or not brief):
            found["fx"] = [effect_written(effect, brief=brief) for effect in value]
    return _merged(found, segment.kept)


def _segment_read(raw: _Object, base: Timebase) -> AnySegment:
    name = _get(raw, "k", str)
    if name not in _KINDS:
        raise BadDraft(detail="one of its parts is of a kind that is not known")
    kind = _KINDS[name]
    given: _Object = {field.name: raw[_KEYS[field.name]] for field in fields(kind) if _KEYS.get(field.name) in raw}
    place = [base.ticks(_MS.seconds(_get(raw, key, _Whole))) for key in ("b", "d")]
    given["place"] = {"start": place[0], "duration": place[1]}
    if "source" in given:
        start, duration = _get(raw, "s", tuple[_Whole, _Whole])
        given["source"] = {"start": start, "duration": duration}
    if "m" in raw:
        given["title"] = _get(_get(raw, "m", _Object), "title", str, "")
    segment = records.read(kind, given)
    if isinstance(segment, MediaSegment):
        found = tuple(_effect_read(effect) for effect in _get(raw, "fx", _Objects, []))
        segment = replace(segment, effects=found)
    return replace(segment, kept=_unknown(raw, segment_written(segment, base, brief=False)))


def effect_written(effect: Effect, *, brief: bool = True) -> _Object:
    """What JSON holds of an effect, with the name of its kind; `brief` leaves out fields that have their defaults."""
    facts = _named(effect) if brief else {"k": effect.kind, **records.facts_of(effect)}
    return {name: value for name, value in facts.items() if name != "kept"} | effect.kept


def _effect_read(raw: _Object) -> Effect:
    effect = _of_kind(effects(), raw)
    return replace(effect, kept={key: value for key, value in raw.items() if key not in {"k", *_names(effect)}})


def _output_read(raw: _Object) -> Output:
    return _of_kind(outputs(), raw)


def _of_kind(kinds: dict[str, type[_Kind]], raw: _Object) -> _Kind:
    kind = kinds.get(_get(raw, "k", str))
    if kind is None:
        raise BadDraft(detail="it holds an effect or a file of a kind that is not known")
    return records.read(kind, {key: value for key, value in raw.items() if key != "kept"})


def _named(record: Effect | Output) -> _Object:
    """An effect or output with the name of its kind, and the fields that differ from their defaults."""
    facts = msgspec.to_builtins(records.said(record))
    return {"k": record.kind, **{name: value for name, value in facts.items() if name != "kept"}}


def _names(record: Any) -> set[str]:
    return {field.name for field in fields(record) if field.name != "kept"}


def _goal_written(goal: Goal, *, brief: bool) -> _Object:
    return dict(msgspec.to_builtins(records.said(goal))) if brief else records.facts_of(goal)


def _goal_read(raw: _Object) -> Goal:
    try:
        return records.read(Goal, raw)
    except UsageError as error:
        raise BadDraft(detail=str(error)) from error


def _turns(turns: tuple[Turn, ...]) -> list[_Objects]:
    return [[{"op": command.op, "params": command.params} for command in turn] for turn in turns]


def _turns_read(log: _Object, key: str) -> tuple[Turn, ...]:
    turns = tuple(tuple(turn) for turn in _get(log, key, list[list[EditCommand]], []))
    for turn in turns:
        for command in turn:
            read_operation(command)
    return turns


def _get(raw: _Object, key: str, kind: Any, default: Any = MISSING) -> Any:
    """What stands under a key, if it is of the right kind. Raises BadRecord."""
    if key not in raw and default is not MISSING:
        return default
    records.learn(kind)
    try:
        return msgspec.convert(raw[key], kind)
    except KeyError:
        raise records.BadRecord(key, "it is missing") from None
    except msgspec.ValidationError as error:
        raise records.BadRecord(key, records.in_words(str(error))) from error


def _ms(frames: int, base: Timebase) -> int:
    return _MS.ticks(base.seconds(frames))


def _pair(stretch: TimeRange) -> list[int]:
    return [stretch.start, stretch.duration]


def _unknown(raw: _Object, known: _Object) -> _Object:
    """What an object holds under keys that we would not write, and so within its objects."""
    found: _Object = {key: value for key, value in raw.items() if key not in known}
    for key, value in raw.items():
        if isinstance(value, dict) and isinstance(known.get(key), dict) and (inner := _unknown(value, known[key])):
            found[key] = inner
    return found


def _merged(written: _Object, kept: _Object) -> _Object:
    """What we write, and beneath it what we did not know."""
    merged = dict(written)
    for key, value in kept.items():
        ours = merged.get(key)
        merged[key] = (
            _merged(ours, value) if isinstance(ours, dict) and isinstance(value, dict) else merged.get(key, value)
        )
    return merged
