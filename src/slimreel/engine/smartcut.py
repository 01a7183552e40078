"""A timeline that only cuts, made without encoding what no cut touches.

    packets ──▶ which frames, which pieces ──▶ edges: a few frames beside the cuts are encoded
            ──▶ graft: copied packets and edges in one file, written once
            ──▶ proof: hashes of all that was copied, a decode around every seam ──▶ publish

Whatever does not come out as it has to raises CannotCopy, and the caller renders the timeline instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from slimreel.core.chunking import Keyframe, seek_of
from slimreel.core.codecs import edge_options
from slimreel.core.events import Reason
from slimreel.core.packets import PacketList
from slimreel.core.plan import EncodePlan
from slimreel.core.smartcut import CannotCopy, order_of, pieces, points_of, shown, sounds
from slimreel.core.sound import SoundTrack
from slimreel.engine import argv, packet_list, payloads, place, prelude, seams
from slimreel.engine.footage import SOUND_INDEX
from slimreel.engine.graft import CopiedSound, Cut, graft
from slimreel.engine.job import Job, Steps
from slimreel.engine.measured import Measured, measure
from slimreel.engine.render import Rendered
from slimreel.engine.timeline import Timeline
from slimreel.errors import EngineError, FfmpegFailed, NotAVideo
from slimreel.graph.only_cut import OnlyCut

_SOUND = "sound.m4a"
# Samples of a packet of AAC; the profiles that double the rate have other packets and are rendered.
_PACKET_SAMPLES, _PROFILES = 1024, frozenset({"LC", "Main"})
# Three times the source's rate: noise of 1080p30 at 4 Mbit/s took 15 at the CRF of the edges, and at 2 Mbit/s held
# to twice that some frames had 30 dB.
_MORE_BITS, _LEAST_BPS = 3.0, 300_000
_EDGES, _GRAFTED = 0.3, 0.6  # parts of the bar


def smartcut(
    plan: EncodePlan, found: OnlyCut, timeline: Timeline, output: Path, *, rate: Fraction, overwrite: bool
) -> Steps[Rendered]:
    """Carry out `plan`, whose sound is that of the timeline, by copying; `rate` is that of the timeline's frames.

    Raises CannotCopy where that gives no exact film, and the errors of storage. Nothing is left behind then.
    """
    with place.working_folder(output) as folder:
        job = Job(found.info, replace(plan, video=found.video, reasons=()), folder, "fast")
        try:
            cut = _decided(found, plan, rate)
            plan = _with_sound(plan, found, cut)
            made = yield from _made(job, replace(plan, video=found.video), cut, timeline)
        except (NotAVideo, FfmpegFailed, EngineError, seams.SeamMismatch) as error:
            raise CannotCopy("seam") from error
        yield job.because(*plan.reasons, *_told(cut))
        job.fraction = 1.0
        yield job.progress("verify")
        place.publish(job.result, output, overwrite=overwrite, times_of=None)
        return Rendered(replace(plan, reasons=job.plan.reasons), made, None)


def _decided(found: OnlyCut, plan: EncodePlan, rate: Fraction) -> Cut:
    path, audio = Path(found.info.path), found.material.audio
    wants_sound = found.own_sound and audio is not None and bool(plan.sound)
    with ThreadPoolExecutor(max_workers=2) as pool:
        pending = pool.submit(packet_list.packets_of, path, audio.index) if wants_sound and audio else None
        packets = packet_list.packets_of(path, found.video.index)
        heard = pending.result() if pending is not None else None
    if len(packets) != found.video.packets or packets.header is None:
        raise CannotCopy("hidden" if packets.header else "codec")
    origin_s = Fraction(found.info.start_s).limit_denominator(1_000_000)
    chosen = pieces(packets, shown(packets, origin_s, rate, found.stretches))
    if 2 * sum(piece.frames for piece in chosen if piece.copied) < sum(piece.frames for piece in chosen):
        raise CannotCopy("little")
    return Cut(packets, chosen, rate, _own_sound(found, plan, heard, origin_s, rate) if heard is not None else None)


def _own_sound(
    found: OnlyCut, plan: EncodePlan, packets: PacketList, origin_s: Fraction, rate: Fraction
) -> CopiedSound | None:
    """The source's sound in whole packets, where the container takes it and its packets allow it."""
    audio = found.material.audio
    assert audio is not None
    if audio.codec != "aac" or audio.profile not in _PROFILES or audio.codec not in plan.container.audio:
        return None
    packet_s = Fraction(_PACKET_SAMPLES, audio.sample_rate_hz)
    chosen = sounds(packets, packet_s, origin_s, rate, found.stretches)
    if chosen is None or not any(count for _, count in chosen.runs):
        return None
    # What is decoded first needs the packet before it; ISO files can tell that it is not heard.
    early = chosen.late == 0 and chosen.runs[0][0] > 0 and plan.container.muxer in ("mp4", "mov")
    return CopiedSound(audio.index, packets, chosen, _PACKET_SAMPLES, audio.sample_rate_hz, early)


def _edges(job: Job, cut: Cut) -> Steps[dict[int, Path]]:
    """The encoded pieces, each in a file of its own."""
    packets, header = cut.packets, cut.packets.header
    assert header is not None
    taken = {*header.sequence_ids, *header.picture_ids}
    number = next((free for free in range(1, 32) if free not in taken), None)
    options = None if number is None else edge_options(header, number, _most_bps(job), _delay(cut))
    if options is None:
        raise CannotCopy("pixels")
    options += ["-pix_fmt", job.plan.video.pix_fmt, *_colors(job)]
    order = sorted(packets.pts)
    total = max(1, cut.frames - cut.copied)
    made: dict[int, Path] = {}
    for place_, piece in enumerate(cut.pieces):
        if piece.copied:
            continue
        file = f"edge-{place_}.nut"
        span = (order[piece.start], order[piece.end] if piece.end < len(order) else None)
        seek = seek_of(packets, Keyframe(piece.key, packets.pts[piece.key]))
        seek_s = None if seek is None else float(seek * packets.timebase)
        with job.open_source() as fd:
            arguments = argv.edge(job.source, fd, job.plan.video.index, span, seek_s, options, file)
            yield from job.run("encode", _EDGES * piece.frames / total, arguments, (fd,))
        made[place_] = job.folder / file
    if job.complaints:
        raise CannotCopy("damage")
    return made


def _delay(cut: Cut) -> int:
    """How many pictures are decoded before one that is shown earlier, at the most."""
    orders = [order_of(cut.packets, piece) for piece in cut.pieces if piece.copied]
    return max(place_ - shown_ for order in orders for place_, shown_ in enumerate(order))


def _most_bps(job: Job) -> int:
    """What encoded pieces may take: they hold more keyframes than the source, and must not be worse."""
    return max(_LEAST_BPS, round(_MORE_BITS * job.plan.video.bitrate_bps))


def _colors(job: Job) -> list[str]:
    """Tags of what the source says of its colours; what it does not say stays unsaid."""
    video = job.plan.video
    told = (
        ("-color_primaries", video.color_primaries),
        ("-color_trc", video.color_transfer),
        ("-colorspace", video.color_matrix),
        ("-color_range", video.color_range),
    )
    return [part for name, value in told if value for part in (name, value)]


def _rendered(job: Job, plan: EncodePlan, timeline: Timeline) -> Steps[Path | None]:
    """The sound of the timeline, encoded; None where there is none."""
    if not plan.sound:
        return None
    if timeline.graph.drawings:
        raise CannotCopy("sound")
    heard = replace(job, plan=plan, timeline=timeline)
    yield from prelude.prepare(heard)
    with heard.open_footage() as footage:
        assert all(track.source_index == SOUND_INDEX for track in plan.sound)
        yield from heard.run("encode", 0.1, argv.sound_alone(footage, plan, _SOUND), footage.fds)
    return job.folder / _SOUND


def _with_sound(plan: EncodePlan, found: OnlyCut, cut: Cut) -> EncodePlan:
    """The plan with what was decided of the sound."""
    audio = found.material.audio
    if cut.sound is None or audio is None:
        return plan
    track = SoundTrack(
        source_index=audio.index,
        action="copy",
        codec=audio.codec,
        bitrate_bps=round(audio.bitrate_bps),
        channels=audio.channels,
        sample_rate_hz=audio.sample_rate_hz,
        language=audio.language,
        title=audio.title,
        is_default=True,
    )
    copied = Reason(id="copied_audio", fields={"codec": track.codec, "bitrate": track.bitrate_bps})
    kept = tuple(reason for reason in plan.reasons if not reason.id.startswith("audio_"))
    return replace(plan, sound=(track,), reasons=(*kept, copied))


def _made(job: Job, plan: EncodePlan, cut: Cut, timeline: Timeline) -> Steps[Measured]:
    """The file, proven. What the source holds is hashed while it is written, what came out while seams are decoded."""
    edges = yield from _edges(job, cut)
    sound = None if cut.sound else (yield from _rendered(job, plan, timeline))
    wanted, given = _runs(plan, cut)
    with ThreadPoolExecutor(max_workers=2) as pool:
        of_source = pool.submit(payloads.digests, Path(job.source.path), wanted)
        graft(job.source, plan, cut, edges, sound, job.result)
        job.fraction = _GRAFTED
        yield job.progress("mux")
        of_result = pool.submit(payloads.digests, job.result, given)
        made = measure(job.result)
        _check(made, plan, cut.frames)
        looks = seams.looks(cut.pieces, cut.rate)
        yield from seams.check(job, made, cut.packets, points_of(cut.packets), looks, cut.rate)
        _compare(of_source.result(), of_result.result())
    return made


def _runs(plan: EncodePlan, cut: Cut) -> tuple[dict[int, list[Any]], dict[int, list[Any]]]:
    """Runs of packets of the source, and where they have to be in the result: pictures first, then sound."""
    wanted, given, at = [], [], 0
    for piece in cut.pieces:
        if piece.copied:
            wanted.append((piece.start, piece.frames))
            given.append((at, piece.frames))
        at += piece.frames
    of_source: dict[int, list[Any]] = {plan.video.index: wanted}
    of_result: dict[int, list[Any]] = {0: given}
    if cut.sound is not None:
        of_source[cut.sound.stream] = cut.sound.runs
        starts = [sum(count for _, count in cut.sound.runs[:number]) for number in range(len(cut.sound.runs))]
        of_result[1] = [(start, count) for start, (_, count) in zip(starts, cut.sound.runs, strict=True)]
    return of_source, of_result


def _check(made: Measured, plan: EncodePlan, frames: int) -> None:
    """Raise SeamMismatch where the file holds another number of anything."""
    video = made.info.video[0] if made.info.video else None
    if video is None or (video.frames, video.packets) != (frames, frames) or made.info.damage:
        raise seams.SeamMismatch("it holds another number of pictures")
    if len(made.info.audio) != len(plan.sound) or (video.width, video.height) != (plan.video.width, plan.video.height):
        raise seams.SeamMismatch("it holds other streams")


def _compare(source: Mapping[int, Sequence[str]], result: Mapping[int, Sequence[str]]) -> None:
    for one, other in zip(source.values(), result.values(), strict=True):
        if list(one) != list(other) or "" in one:
            raise seams.SeamMismatch("what was copied is not what the source holds")


def _told(cut: Cut) -> list[Reason]:
    frames = cut.frames - cut.copied
    if not frames:
        return [Reason(id="smartcut_whole")]
    percent = int(1000 * cut.copied / cut.frames) / 10
    return [Reason(id="smartcut", fields={"percent": percent, "count": frames})]
