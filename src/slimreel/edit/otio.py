"""A draft as an OpenTimelineIO document, for other editors, and what they will not see of it. Writes no file.

Lengths are whole frames of the canvas, so that every track is as long as the timeline. Where a clip begins in its file
is told at the rate of the file. Transitions of ours overlap two clips; there they lie around a cut, which is put into
the middle, and the clips are cut back to it. Every item carries what a saved draft holds of it as
`metadata["slimreel"]`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from slimreel.core.events import Reason
from slimreel.core.timing import SOURCE, TimeRange, scaled
from slimreel.edit import otio_schema as schema
from slimreel.edit import wire
from slimreel.edit.draft import (
    AnySegment,
    BlurSegment,
    Draft,
    Effect,
    MediaSegment,
    SubtitleSegment,
    TextSegment,
    Track,
    TrackKind,
)
from slimreel.edit.facts import Asset
from slimreel.edit.follow import base_id
from slimreel.edit.ops.volume import sounds
from slimreel.edit.otio_schema import Node

# Dividing a clip rounds its source; what differs by less than 0.1 ms still plays at its own speed.
_SAME_SPEED_TICKS = SOURCE.ticks(Fraction(1, 10_000))
_OURS = "slimreel"


@dataclass(frozen=True, slots=True)
class Exchange:
    """The document, ready for JSON, and a sentence for each kind of thing that it cannot tell other editors."""

    document: Node
    unseen: tuple[Reason, ...]


def to_otio(draft: Draft, assets: Mapping[str, Asset], urls: Mapping[str, str], name: str) -> Exchange:
    """The draft as a timeline called `name`. `assets` and `urls` go by the ids of assets that the draft uses."""
    writer = _Writer(draft, assets, urls)
    first, *others = draft.tracks
    pictures = [writer.main(first)]
    pictures += [writer.lane(track) for track in others if track.kind == TrackKind.VIDEO]
    pictures += [writer.lane(track) for track in others if track.kind == TrackKind.TEXT]
    sound = [heard for track in draft.tracks if (heard := writer.sound(track))]
    whole = writer.effects("", draft.effects)
    kept = {key: value for key, value in wire.dump(draft).items() if key in ("v", "c", "g", "cg", "fx", "o")}
    document = schema.timeline(name, schema.stack([*pictures, *sound], whole), {_OURS: kept})
    return Exchange(document, tuple(writer.unseen()))


@dataclass(slots=True)
class _Writer:
    draft: Draft
    assets: Mapping[str, Asset]
    urls: Mapping[str, str]
    lost: dict[str, list[str]] = field(default_factory=dict)  # by the id of the message, who is concerned

    def main(self, track: Track) -> Node:
        """The clips one after the other."""
        children = self._joined([self._clip(clip, shown) for clip, shown in self._cut_back()])
        for clip in self.draft.clips:
            if clip.fit.mode != "pad":
                self._lose("otio_fits", clip.id)
            if clip.enter and clip.enter.type != "dissolve":
                self._lose("otio_transitions", f"{clip.enter.type} ({clip.id})")
        return schema.track(track.id, "Video", children)

    def lane(self, track: Track) -> Node:
        """What lies over the clips, with gaps between."""
        is_subtitles = all(isinstance(one, SubtitleSegment) for one in track.segments)
        items = [(one.place, self._element(one)) for one in track.segments]
        return schema.track(track.id, "Subtitle" if is_subtitles else "Video", list(self._spaced(items)))

    def sound(self, track: Track) -> Node | None:
        """The sound of a track's segments as a track of its own; None where nothing of it is heard."""
        heard = [one for one in track.segments if isinstance(one, MediaSegment) and self._is_heard(one)]
        if not heard:
            return None
        if track is self.draft.tracks[0]:
            loud = {one.id for one in heard}
            parts = [
                self._clip(clip, shown, sound=True) if clip.id in loud else schema.gap(self._frames(shown.duration))
                for clip, shown in self._cut_back()
            ]
            return schema.track(f"{track.id} sound", "Audio", self._joined(parts, sound=True))
        items = [item for one in heard for item in self._played(one)]
        name = track.id if track.kind == TrackKind.AUDIO else f"{track.id} sound"
        return schema.track(name, "Audio", list(self._spaced(items)))

    def effects(self, owner: str, effects: Sequence[Effect]) -> list[Node]:
        """Effects by their names, with all that they are in the metadata."""
        for one in effects:
            self._lose("otio_effects", f"{one.kind} ({owner})" if owner else one.kind)
        return [schema.effect(f"{_OURS}.{one.kind}", {_OURS: wire.effect_written(one)}) for one in effects]

    def unseen(self) -> Iterator[Reason]:
        for message, whom in self.lost.items():
            yield Reason(id=message, fields={"what": ", ".join(dict.fromkeys(whom))})

    def _lose(self, message: str, whom: str) -> None:
        self.lost.setdefault(message, []).append(whom)

    def _is_heard(self, one: MediaSegment) -> bool:
        return self.assets[one.asset].has_audio and not one.is_still and sounds(one)

    def _frames(self, count: int) -> Node:
        return schema.instant(count, self.draft.canvas.rate)

    def _cut_back(self) -> Iterator[tuple[MediaSegment, TimeRange]]:
        """Each clip with the frames of it, from its start, that lie between the middles of its transitions."""
        clips = self.draft.clips
        for clip, behind in zip(clips, [*clips[1:], None], strict=True):
            late = clip.overlap // 2
            early = behind.overlap - behind.overlap // 2 if behind else 0
            yield clip, TimeRange.between(late, clip.place.duration - early)

    def _joined(self, items: list[Node], *, sound: bool = False) -> list[Node]:
        """The items of the main track with the transitions between them."""
        found: list[Node] = []
        for clip, item in zip(self.draft.clips, items, strict=True):
            if clip.enter:
                kind = "SMPTE_Dissolve" if sound or clip.enter.type == "dissolve" else "Custom_Transition"
                before = clip.overlap // 2
                ours = {_OURS: {"type": clip.enter.type, "frames": clip.overlap}}
                offsets = self._frames(before), self._frames(clip.overlap - before)
                found.append(schema.transition(clip.enter.type, kind, *offsets, ours))
            found.append(item)
        return found

    def _spaced(self, items: Sequence[tuple[TimeRange, Node]]) -> Iterator[Node]:
        """The items at their places, and nothing in between and up to the end of the timeline."""
        at = 0
        for place, node in items:
            if place.start > at:
                yield schema.gap(self._frames(place.start - at))
            yield node
            at = place.end
        if at < self.draft.length:
            yield schema.gap(self._frames(self.draft.length - at))

    def _clip(self, one: MediaSegment, shown: TimeRange, *, sound: bool = False) -> Node:
        """The frames `shown` of a segment, counted from its start. The source range of one that plays backwards begins
        at the earliest picture of it, the last that is shown."""
        speed = self.draft.speed(one)
        ratio = speed * self.draft.timebase.tick_s / SOURCE.tick_s
        first, last = scaled(shown.start, ratio), scaled(shown.end, ratio)
        start = one.source.end - last if one.backwards else one.source.start + first
        kept = [effect for effect in one.effects if (effect.slot == "sound") == sound]
        effects = [*self._warp(one), *self.effects(one.id, kept)]
        return schema.clip(
            one.title,
            self._source(self.assets[one.asset], max(0, start), shown.duration),
            self._media(one.asset),
            effects=effects,
            metadata={_OURS: wire.segment_written(one, self.draft.timebase)},
        )

    def _warp(self, one: MediaSegment) -> list[Node]:
        if one.is_still:
            return [schema.time_warp(0)] if self.assets[one.asset].kind == "video" else []
        return self._warped(one, backwards=one.backwards) if one.role == "clip" else []

    def _warped(self, one: MediaSegment | SubtitleSegment, *, backwards: bool) -> list[Node]:
        lasts = SOURCE.ticks(self.draft.timebase.seconds(one.place.duration))
        is_same = abs(one.source.duration - lasts) <= _SAME_SPEED_TICKS
        speed = Fraction(1) if is_same else Fraction(one.source.duration, lasts)
        return [] if speed == 1 and not backwards else [schema.time_warp(float(-speed if backwards else speed))]

    def _played(self, one: MediaSegment) -> Iterator[tuple[TimeRange, Node]]:
        """A sound at its place: over and over where it repeats, each time from the nearest frame on."""
        length, at, times = one.place.duration, 0, 0
        once = max(Fraction(1), SOURCE.seconds(one.source.duration) * self.draft.canvas.rate)
        while at < length:
            times += 1
            end = min(length, scaled(times, once)) if one.repeats else length
            part = TimeRange.between(at, end)
            yield part.moved(one.place.start), self._clip(one, TimeRange(0, part.duration), sound=True)
            at = end

    def _element(self, one: AnySegment) -> Node:
        ours = {_OURS: wire.segment_written(one, self.draft.timebase)}
        match one:
            case MediaSegment():
                self._lose("otio_layers", one.id)
                return self._clip(one, TimeRange(0, one.place.duration))
            case TextSegment():
                self._lose("otio_titles", one.id)
                media = schema.generator(f"{_OURS}.title", {"text": one.text})
                return schema.clip(one.text, self._source(None, 0, one.place.duration), media, metadata=ours)
            case SubtitleSegment():
                self._lose("otio_subtitles", base_id(one.id))
                source = self._source(None, one.source.start, one.place.duration)
                warp = self._warped(one, backwards=False)
                return schema.clip(one.title, source, self._media(one.asset), effects=warp, metadata=ours)
            case BlurSegment():
                self._lose("otio_blurs", one.id)
                effect = schema.effect(f"{_OURS}.blur", ours)
                return schema.gap(self._frames(one.place.duration), name=one.id, effects=[effect], metadata=ours)

    def _source(self, asset: Asset | None, start: int, frames: int) -> Node:
        """From `start` ticks of the file on, for so many frames of the canvas."""
        rate = asset.rate if asset and asset.rate else self.draft.canvas.rate
        return schema.stretch(schema.instant(SOURCE.seconds(start) * rate, rate), self._frames(frames))

    def _media(self, asset_id: str) -> Node:
        asset = self.assets[asset_id]
        rate = asset.rate or self.draft.canvas.rate
        whole = None
        if asset.duration:
            length = SOURCE.seconds(asset.duration) * rate
            whole = schema.stretch(schema.instant(0, rate), schema.instant(length, rate))
        return schema.external(self.urls[asset_id], whole)
