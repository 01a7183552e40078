"""Decides before encoding: copy, remux or encode; to which numbers; with which streams; and why.

The plan is made of facts and wishes alone; what only a measurement tells, the engine adds to it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from slimreel.core import picture as pictures
from slimreel.core import stills
from slimreel.core.choices import Codec
from slimreel.core.codecs import EFFICIENCY, ENCODERS, Encoder
from slimreel.core.containers import CONTAINERS, Container, check_pair
from slimreel.core.events import Reason
from slimreel.core.extras import Extras, plan_extras
from slimreel.core.goal import Goal
from slimreel.core.growth import like_for_like_bps, source_bps
from slimreel.core.hardware import encoder_for
from slimreel.core.media import MediaInfo, VideoStream, main_video
from slimreel.core.perception import Wanted, wanted_of
from slimreel.core.picture import Picture
from slimreel.core.presets import find_preset
from slimreel.core.sound import SoundTrack, plan_sound
from slimreel.errors import ImpossiblePair, UnavailableHardware, UsageError

# A stream may exceed the rate asked by this much, the tolerance of an encode, and still be left as it is.
FITS = 1.01
# Frames between keyframes at the most, for each second that may lie between them.
_KEYINT_MAX_PER_S = 60

Strategy = Literal["copy", "remux", "encode", "smartcut"]


@dataclass(frozen=True, slots=True)
class Target:
    """What the encode must land on within the plan's size limit: a rate, a quality (crf), or that size alone.

    `asked` tells whether the number is the person's own: a rate that only guards against growth need not be
    used up. `wanted` is a quality as scores, whose CRF has to be sought; with `judged_at_source` at the source's
    size, else at the plan's. `transparent_crf` is where more bits buy nothing that can be seen. `may_shrink` allows
    a smaller picture where the rate cannot carry the full one; `bound_asked` tells that a person named one of the
    bounds, so that it holds even where it cannot be met.
    """

    rate_bps: int | None = None
    ceiling_bps: int | None = None
    crf: float | None = None
    wanted: Wanted | None = None
    judged_at_source: bool = False
    transparent_crf: float = 0
    asked: bool = True
    bound_asked: bool = False
    may_shrink: bool = True


@dataclass(frozen=True, slots=True)
class EncodePlan:
    """Everything decided. `picture`, `encoder` and `target` are None unless something is encoded.

    `may_copy` tells that the source's pictures would do as they are, should an encode turn out no smaller.
    """

    strategy: Strategy
    container: Container
    video: VideoStream
    encoder: Encoder | None
    picture: Picture | None
    target: Target | None
    sound: tuple[SoundTrack, ...]
    extras: Extras
    keyint: int
    duration_s: float
    size_limit_bytes: int | None
    may_copy: bool
    reasons: tuple[Reason, ...]

    def because(self, *reasons: Reason) -> EncodePlan:
        """The same plan with more reasons."""
        return replace(self, reasons=(*self.reasons, *reasons))


def make_plan(
    goal: Goal, source: MediaInfo, output_container: str | None = None, *, salvage: bool = False
) -> EncodePlan:
    """The plan for `goal` on `source`. `output_container` is what the output's file name says.

    With `salvage` nothing of a damaged source is copied unless `goal` forbids encoding: it might not decode.

    Raises UsageError, ImpossiblePair.
    """
    video = main_video(source)
    container = _container(goal, output_container)
    limit = size_limit(goal, source)
    reasons = _stream_reasons(source)
    sound, sound_reasons = plan_sound(source, goal, container, limit, may_copy=not salvage)
    extras, extra_reasons = plan_extras(source, goal, container, video.timecode)
    keyint = keyint_for(video.packets, float(video.average_rate), stills.keyframe_s(video))
    base = EncodePlan(
        strategy="encode",
        container=container,
        video=video,
        encoder=None,
        picture=None,
        target=None,
        sound=sound,
        extras=extras,
        keyint=keyint,
        duration_s=max(video.duration_s, source.duration_s),
        size_limit_bytes=limit,
        may_copy=_may_copy(goal, video, container),
        reasons=(*reasons, *sound_reasons, *extra_reasons),
    )
    doubtful = salvage and source.damage and goal.reencode is not False
    untouched = None if doubtful else _leave_alone(goal, source, base, limit)
    plan = _plan_encode(goal, source, base, limit) if untouched is None else untouched
    return replace(plan, reasons=(*_preset_reasons(goal), *plan.reasons))


def plan_copied(source: MediaInfo, goal: Goal, container: Container) -> EncodePlan:
    """The plan for a timeline, described by `source`, whose pictures are copied where no cut touches them."""
    video = main_video(source)
    sound, sound_reasons = plan_sound(source, goal, container, None)
    extras, extra_reasons = plan_extras(source, goal, container, video.timecode)
    return EncodePlan(
        strategy="smartcut",
        container=container,
        video=video,
        encoder=None,
        picture=None,
        target=None,
        sound=sound,
        extras=extras,
        keyint=0,
        duration_s=video.duration_s,
        size_limit_bytes=None,
        may_copy=True,
        reasons=(*sound_reasons, *extra_reasons),
    )


def keyint_for(frames: int, rate: float, seconds: int) -> int:
    """Frames between keyframes at most `seconds` apart, evened out over the clip.

    A keyframe forced just before the end cannot be paid for any more: at 240 instead of 247 of 247 frames it
    was 5.7 % of a ten-second clip.
    """
    most = _KEYINT_MAX_PER_S * seconds
    wanted = max(1.0, min(most, seconds * rate))
    gops = max(1, round(frames / wanted), math.ceil(frames / most))
    keyint = max(1, math.ceil(frames / gops))
    # Rounding up shifts every keyframe a little, and of many the last comes out anywhere. With GOPs of a few frames
    # (a slide show) one keyframe more matters less than keyframes twice as often.
    while 0 < frames % keyint < keyint / 2 and keyint - 1 >= min(frames, wanted) / 2:
        keyint -= 1
    return keyint


def size_limit(goal: Goal, source: MediaInfo) -> int | None:
    """The file's upper bound in bytes, or None."""
    limits = []
    if goal.target_size_bytes:
        limits.append(goal.target_size_bytes)
    if goal.size_ratio:
        limits.append(int(goal.size_ratio * source.size_bytes))
    if goal.total_bitrate_bps:
        limits.append(int(goal.total_bitrate_bps * source.duration_s / 8))
    return min(limits) if limits else None


def _container(goal: Goal, output_container: str | None) -> Container:
    if goal.container:
        return CONTAINERS[goal.container]
    for name, row in CONTAINERS.items():
        if name == output_container:
            return row
    return CONTAINERS["mp4"]


def _codec(goal: Goal, container: Container) -> Codec:
    codec = goal.codec or container.default_codec
    check_pair(container.name, codec)
    return codec


def _encoder(goal: Goal, container: Container) -> Encoder:
    codec = _codec(goal, container)
    encoder = encoder_for(codec, goal.encoder or "software")
    if encoder is None:
        raise UnavailableHardware(kind=goal.encoder, codec=codec, working="only software")
    return encoder


def _preset_reasons(goal: Goal) -> list[Reason]:
    if goal.preset is None:
        return []
    preset = find_preset(goal.preset)
    return [Reason(id="preset_used", fields={"platform": preset.label, "checked": preset.checked})]


def _stream_reasons(source: MediaInfo) -> list[Reason]:
    extra = sum(1 for stream in source.video if stream.packets) - 1
    return [Reason(id="extra_video_dropped", fields={"count": extra})] if extra > 0 else []


def _leave_alone(goal: Goal, source: MediaInfo, base: EncodePlan, limit: int | None) -> EncodePlan | None:
    """A plan that copies the pictures, or None where they must be encoded."""
    video = base.video
    if goal.codec:
        check_pair(base.container.name, goal.codec)
    holds = video.codec in base.container.video and not video.changes_size
    if goal.reencode is False:
        if not holds:
            allowed = ", ".join(sorted(base.container.video))
            raise ImpossiblePair(container=base.container.name, codec=video.codec, allowed=allowed)
        return _remux(goal, source, base, Reason(id="copied_video", fields={"codec": video.codec}))
    if not base.may_copy:
        return None
    rate = min(filter(None, (goal.video_bitrate_bps, goal.max_bitrate_bps)), default=None)
    rate_fits = rate is None or video.bitrate_bps <= rate * FITS
    named = limit is not None or (goal.video_bitrate_bps is not None and not goal.stops_at_quality)
    if goal.max_bitrate_bps and goal.quality is None and goal.vmaf_min is None and not goal.crf:
        named = True
    if not named or not rate_fits or (goal.crf is not None):
        return None
    if limit is not None:
        if source.size_bytes > limit and _remuxed_bytes(base) > limit:
            return None
        if source.size_bytes > limit:
            return _remux(goal, source, base, Reason(id="fits_untouched", fields={"limit": limit}), size_fits=False)
        fields: dict[str, str | int | float] = {"size": source.size_bytes, "limit": limit}
        return _remux(goal, source, base, Reason(id="already_fits", fields=fields))
    fields = {"source": round(video.bitrate_bps), "target": rate or 0}
    return _remux(goal, source, base, Reason(id="source_is_smaller_rate", fields=fields))


def _may_copy(goal: Goal, video: VideoStream, container: Container) -> bool:
    if goal.reencode or video.codec not in container.video or video.changes_size:
        return False
    if not _picture_may_stay(goal, video):
        return False
    return goal.codec == video.codec if goal.codec else video.codec in ENCODERS


def _remuxed_bytes(base: EncodePlan) -> int:
    """A safe estimate of the file with its pictures copied."""
    sound = sum(round(track.bitrate_bps * base.duration_s / 8 * 1.02) + 500 for track in base.sound)
    overhead = base.container.fixed_bytes + round(base.video.packets * base.container.frame_bytes * 1.2)
    return base.video.bytes + sound + overhead + base.extras.estimated_bytes


def _remux(goal: Goal, source: MediaInfo, base: EncodePlan, reason: Reason, *, size_fits: bool = True) -> EncodePlan:
    identical = (
        size_fits
        and _same_container(source, base.container)
        and _opens_at_once(source)
        and all(track.action == "copy" for track in base.sound)
        and len(base.sound) == len(source.audio)
        and not goal.strip_metadata
        and (goal.keep_location or not (source.has_location or source.has_device))
        and not [kind for kind in source.other_streams if kind != "tmcd"]
        and len([stream for stream in source.video if stream.packets]) == 1
    )
    if identical:
        return replace(base, strategy="copy", reasons=(reason,))
    lost = [Reason(id="alpha_dropped", fields={"container": base.container.name})]
    if not base.video.has_alpha or base.container.holds_alpha:
        lost = []
    return replace(base, strategy="remux", reasons=(reason, _what_changed(source, base), *lost, *base.reasons))


def _what_changed(source: MediaInfo, base: EncodePlan) -> Reason:
    """What a remux does to the file, in words that hold for its sound too."""
    container = base.container.name
    if any(track.action != "copy" for track in base.sound) or (source.audio and not base.sound):
        return Reason(id="picture_moved", fields={"container": container})
    same = _same_container(source, base.container)
    return Reason(id="rewrapped" if same else "remuxed", fields={"container": container})


def _same_container(source: MediaInfo, container: Container) -> bool:
    suffix = "." + source.path.rsplit(".", 1)[-1].lower()
    demuxer = "mov" if container.name in ("mp4", "mov") else "matroska"
    return suffix in container.suffixes and source.demuxer == demuxer


def _opens_at_once(source: MediaInfo) -> bool:
    """A player can begin before it has the end: always but where an ISO file has its index there, or in pieces."""
    return source.demuxer != "mov" or (source.faststart and not source.fragmented)


def _picture_may_stay(goal: Goal, video: VideoStream) -> bool:
    short = min(video.upright)
    if goal.width_px and goal.height_px:
        return goal.width_px >= video.upright[0] and goal.height_px >= video.upright[1]
    usual = max(pictures.DEFAULT_SHORT_SIDE, goal.min_resolution or 0)
    ceiling = goal.resolution or (None if goal.keep_resolution else usual)
    if ceiling and short > ceiling:
        return False
    if goal.fps and float(max(video.frame_rate, video.average_rate)) > goal.fps * 1.003:
        return False
    return not (goal.hdr == "tonemap" and video.hdr)


def _plan_encode(goal: Goal, source: MediaInfo, base: EncodePlan, limit: int | None) -> EncodePlan:
    video = base.video
    encoder = _encoder(goal, base.container)
    picture, reasons = pictures.plan_picture(video, goal, encoder)
    if goal.crf is not None and goal.crf > encoder.crf_max:
        raise UsageError(detail=f"crf {goal.crf:g} is beyond {encoder.codec}'s scale, 0 to {encoder.crf_max:g}")
    # A conversion may grow where it was asked for, by name or by a container that cannot hold the source's codec.
    converts = encoder.codec != video.codec and bool(goal.codec or video.codec not in base.container.video)
    most_bps = like_for_like_bps(video, encoder, picture) if converts else source_bps(video)
    target, target_reasons = _target(goal, video, encoder, limit, most_bps)
    fixed_size = goal.keep_resolution or bool(goal.width_px and goal.height_px)
    bounds = (limit, goal.max_bitrate_bps, goal.video_bitrate_bps)
    # Who changes the codec alone wants the same picture; the rate that we allow for it must not make it smaller.
    roomy = limit is None or limit > source.size_bytes
    same_picture = roomy and target.rate_bps is None and target.ceiling_bps == most_bps > source_bps(video)
    target = replace(target, may_shrink=not (fixed_size or same_picture), bound_asked=any(bounds))
    target_reasons += _codec_reasons(video, encoder, (target.rate_bps or target.ceiling_bps) if roomy else None)
    keyint = base.keyint
    if picture.rate_cap is not None:
        rate = float(picture.rate_cap)
        keyint = keyint_for(round(rate * base.duration_s), rate, stills.keyframe_s(video))
    return replace(
        base,
        encoder=encoder,
        picture=picture,
        target=target,
        keyint=keyint,
        reasons=(*target_reasons, *reasons, *base.reasons),
    )


def _codec_reasons(video: VideoStream, encoder: Encoder, may_have_bps: int | None) -> list[Reason]:
    """What a less efficient codec than the source's costs: bits where it may have them, else quality."""
    fields: dict[str, str | int | float] = {"codec": video.codec, "target": encoder.codec}
    own = source_bps(video)
    if may_have_bps is not None and may_have_bps > own:
        return [Reason(id="codec_needs_more", fields={**fields, "rate": may_have_bps, "bitrate": own})]
    efficiency = EFFICIENCY.get(video.codec)
    if efficiency is not None and efficiency < 0.9 * EFFICIENCY[encoder.codec]:
        return [Reason(id="codec_newer", fields=fields)]
    return []


def _target(
    goal: Goal, video: VideoStream, encoder: Encoder, limit: int | None, most_bps: int
) -> tuple[Target, list[Reason]]:
    """What to land on. `most_bps` is what the picture may have at most, if the person sets no CRF."""
    transparent = encoder.crf["visually_lossless"] - 1
    reasons: list[Reason] = []
    ceiling = min(filter(None, (goal.max_bitrate_bps, most_bps)))
    rate = goal.video_bitrate_bps
    crf = encoder.crf["lossless"] if goal.quality == "lossless" else goal.crf
    if crf is not None:
        # Chosen by the person, so it may grow; what is named beside it still binds.
        asked = min(filter(None, (rate, goal.max_bitrate_bps)), default=None)
        return Target(None, asked, crf=crf), reasons
    wanted = wanted_of(goal.quality, goal.vmaf_min)
    if wanted and goal.stops_at_quality:
        if rate:
            ceiling = min(rate, ceiling)
            reasons.append(Reason(id="quality_ceiling", fields={"rate": rate}))
        at_source = goal.vmaf_min is not None
        found = Target(
            None, ceiling, wanted=wanted, judged_at_source=at_source, transparent_crf=transparent, asked=False
        )
        return found, reasons
    grows = most_bps > source_bps(video)
    if rate and rate <= ceiling:
        return Target(rate, ceiling, transparent_crf=transparent), reasons
    if rate and not (grows and ceiling == most_bps and limit is None):
        if rate > most_bps and not grows:
            fields: dict[str, str | int | float] = {"source": most_bps, "target": rate}
            reasons.append(Reason(id="source_is_smaller_rate", fields=fields))
        return Target(ceiling, ceiling, transparent_crf=transparent, asked=False), reasons
    if limit is not None and goal.quality in (None, "high"):
        return Target(None, ceiling, transparent_crf=transparent), reasons
    quality = goal.quality or ("visually_lossless" if grows else "medium")
    if quality == "medium" and goal.quality is None:
        reasons.append(Reason(id="default_goal"))
    wanted = wanted_of(quality, None)
    return Target(None, ceiling, wanted=wanted, transparent_crf=transparent, asked=False), reasons
