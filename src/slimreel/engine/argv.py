"""Turns a plan into FFmpeg command lines: the streams, filters, rate control and tags of each kind of run.

It starts nothing and decides nothing; every number comes from the plan or the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

from slimreel.core import stills
from slimreel.core.choices import Speed
from slimreel.core.codecs import AUDIO_ENCODERS, Encoder, quick_options, speed_options
from slimreel.core.excerpts import Excerpt
from slimreel.core.filters import Chain, Filter
from slimreel.core.media import MediaInfo
from slimreel.core.picture import Picture
from slimreel.core.plan import EncodePlan
from slimreel.engine import sniff, standing
from slimreel.engine.card import card_of
from slimreel.engine.footage import Footage
from slimreel.settings import read_settings

# Before an input whose frames are counted: pictures whose colours or size change on the way are left to the scaler,
# since a graph that is built anew in the middle would count from nought again.
STEADY = ("-reinit_filter", "0")
# Before an input whose pictures are looked at from afar or thrown away: smoothing block edges is a fifth of decoding
# (H.264, 2160p, on one machine), errors of a stream show without it, and small pictures hardly differ.
UNSMOOTHED = ("-skip_loop_filter", "all")


def source(info: MediaInfo, fd: int | Path) -> list[str]:
    """The source file as an input."""
    return sniff.input_options(info.demuxer, fd)


def analyse(
    footage: Footage, plan: EncodePlan, size: tuple[int, int], options: Sequence[str], output: str | None
) -> list[str]:
    """A pass over small pictures that leaves statistics; with an `output`, also a rehearsal of the whole file:
    the same sound, extras and container around small pictures, to learn what they take."""
    picture = _picture(plan)
    # What stands has to stand here too: errors of an unsmoothed picture grow until the next keyframe.
    exact = size == (picture.width, picture.height) and stills.stands(plan.video)
    return [
        *(footage.inputs if exact else footage.read(*UNSMOOTHED)),
        *footage.pictures(picture.chain(*size, quick=not exact)),
        *footage.timing,
        *options,
        *_threads(),
        *(("-f", "null", "-") if output is None else (*_rehearsed(footage, plan), output)),
    ]


def _rehearsed(footage: Footage, plan: EncodePlan) -> list[str]:
    """WebM does not take H.264; Matroska is the same container without that rule."""
    muxer = "matroska" if plan.container.muxer == "webm" else plan.container.muxer
    return [*standing.of_encode(plan), *_rest(footage.stream, plan), "-f", muxer]


def stretch(footage: Footage, plan: EncodePlan, frames: int, output: str) -> list[str]:
    """The first pictures alone, as they will be encoded but not compressed."""
    picture = _picture(plan)
    return [
        *footage.inputs,
        *(*footage.pictures(picture.chain()), *footage.timing),
        *("-frames:v", str(frames), *_raw(picture), "-f", "nut", output),
    ]


def trial(plan: EncodePlan, uncompressed: str, size: tuple[int, int], options: Sequence[str], output: str) -> list[str]:
    """Encode a stretch at `size`, on the clock of the source: statistics of another clock are refused.
    Both files are in the working folder."""
    scale = Filter("scale", {"w": size[0], "h": size[1], "flags": "bicubic"})
    timing = ["-fps_mode", "passthrough", "-enc_time_base", str(plan.video.timebase)]
    return ["-i", uncompressed, "-vf", str(scale), *timing, *options, output]


def pieces(footage: Footage, plan: EncodePlan, size: tuple[int, int], wanted: Sequence[tuple[Chain, str]]) -> list[str]:
    """Some of the pictures as they will be encoded, at `size`, not compressed: a chain that picks and a file each.

    What is not picked is not filtered either, wherever a picture does not depend on its neighbours.
    """
    picture = _picture(plan)
    copies = "".join(f"[p{number}]" for number in range(len(wanted)))
    before, after = Chain((Filter("null"),)), picture.chain(*size)
    if not picture.frame_by_frame:
        before, after = after, before
    graph = [f"[{footage.pad}]{before},split={len(wanted)}{copies}"]
    graph += [f"[p{number}]{chain},{after}[o{number}]" for number, (chain, _) in enumerate(wanted)]
    outputs = []
    for number, (_, name) in enumerate(wanted):
        outputs += ["-map", f"[o{number}]", *footage.timing, *_raw(picture), "-f", "nut", name]
    return [*footage.read(*STEADY), *footage.through(graph), *outputs]


def excerpt(
    footage: Footage,
    plan: EncodePlan,
    size: tuple[int, int],
    wanted: Excerpt,
    timebase: Fraction,
    files: Sequence[str],
) -> list[str]:
    """As `pieces`, but of a file from the keyframe that a seek finds, and the pictures whose times (ticks of
    `timebase`) are in the pieces of an excerpt."""
    picture = _picture(plan)
    # Times of the container itself, and all pictures from the keyframe on: what is shown is chosen in ticks.
    seek = ["-copyts", "-noaccurate_seek"]
    if wanted.seek is not None:
        seek += ["-seek_timestamp", "1", "-ss", f"{float(wanted.seek * timebase):.6f}"]
    copies = "".join(f"[p{number}]" for number in range(len(files)))
    graph = [f"[{footage.pad}]split={len(files)}{copies}"]
    outputs = []
    for number, (piece, name) in enumerate(zip(wanted.pieces, files, strict=True)):
        end = {} if piece.end is None else {"end_pts": piece.end}
        trim = Filter("trim", {"start_pts": piece.start, **end})
        graph.append(f"[p{number}]{trim},{picture.chain(*size)}[o{number}]")
        outputs += ["-map", f"[o{number}]", *footage.timing, *_raw(picture), "-f", "nut", name]
    return [*footage.read(*STEADY, *seek), *footage.through(graph), *outputs]


def joined(listed: str, output: str) -> list[str]:
    """Uncompressed files that a list names, one after the other in one; all of them in the working folder."""
    return ["-f", "concat", "-i", listed, "-c", "copy", "-f", "nut", output]


def frame_bytes(picture: Picture, size: tuple[int, int]) -> int:
    """What a picture of `size` takes uncompressed. Formats with transparency take more."""
    return size[0] * size[1] * (24 if "10" in picture.pix_fmt else 12) // 8


def probe(
    plan: EncodePlan,
    encoder: Encoder,
    speed: Speed,
    options: Sequence[str],
    window: int,
    kept: Chain,
    files: tuple[str, str],
) -> list[str]:
    """Encode windows of `window` frames each, one after the other in an uncompressed file, at the plan's size, those
    that `kept` lets pass. `files` are that file and the output, both in the working folder."""
    picture, timebase = _picture(plan), plan.video.timebase
    uncompressed, output = files
    # x264 gives a picture that is shown for long more bits (up to 11 steps of QP): what lies between the windows must
    # not seem to be the time of their last pictures.
    step = max(1, round(1 / ((picture.rate_cap or plan.video.frame_rate) * timebase)))
    ticks = f"if(mod(N,{window}),PREV_OUTPTS+PTS-PREV_INPTS,if(N,PREV_OUTPTS+{step},0))"
    clock = (Filter("settb", {"expr": str(timebase)}), Filter("setpts", {"expr": ticks}))
    scale = Filter("scale", {"w": picture.width, "h": picture.height, "flags": "bicubic"})
    timing = ["-fps_mode", "passthrough", "-enc_time_base", str(timebase)]
    keyframes = [] if encoder.runs_on else ["-force_key_frames", f"expr:not(mod(n,{window}))"]
    made = [*options, *speeds(plan, encoder, speed), *keyframes, *_threads()]
    taken = _pictures(encoder, picture, lambda chain: ["-vf", str(chain)], kept + Chain((*clock, scale)))
    return ["-i", uncompressed, *taken, *timing, *made, output]


def first_pass(footage: Footage, plan: EncodePlan, speed: Speed, options: Sequence[str]) -> list[str]:
    """A first pass at the final size, for encoders that need one."""
    encoder, picture = _encoder(plan), _picture(plan)
    return [
        *footage.inputs,
        *footage.pictures(picture.chain()),
        *footage.timing,
        *options,
        *speeds(plan, encoder, speed),
        *_pix_fmt(picture),
        *_threads(),
        *("-f", "null", "-"),
    ]


def encode(footage: Footage, plan: EncodePlan, speed: Speed, options: Sequence[str], output: str) -> list[str]:
    """The run that makes the file: pictures by `options`, sound, subtitles, chapters and tags by the plan."""
    encoder, picture = _encoder(plan), _picture(plan)
    tag = plan.container.video_tags.get(encoder.codec)
    video = [
        *_pictures(encoder, picture, footage.pictures, picture.chain()),
        *footage.timing,
        *options,
        *speeds(plan, encoder, speed),
        *picture.colors.options(),
        *_threads(),
        *(("-tag:v", tag) if tag else ()),
        *standing.of_encode(plan),
    ]
    return [*footage.inputs, *video, *_rest(footage.stream, plan), output]


def sound_alone(footage: Footage, plan: EncodePlan, output: str) -> list[str]:
    """The sound of the plan, encoded, in a file of its own."""
    maps = [part for track in plan.sound for part in footage.stream(track.source_index)]
    return [*footage.inputs, *maps, *_sound_options(plan), "-map_metadata", "-1", "-f", "mp4", output]


def edge(
    info: MediaInfo, fd: int, stream: int, span: tuple[int, int | None], seek_s: float | None, options: Sequence[str],
    output: str,
) -> list[str]:  # fmt: skip
    """The pictures shown from a time until before another (ticks; None: to the end), as they are coded, encoded."""
    sought = ["-seek_timestamp", "1", "-ss", f"{seek_s:.6f}"] if seek_s is not None else []
    trim = Filter("trim", {"start_pts": span[0], **({} if span[1] is None else {"end_pts": span[1]})})
    return [
        *("-copyts", "-noautorotate", "-noaccurate_seek", *sought, *source(info, fd)),
        *("-map", f"0:{stream}", "-vf", str(trim), "-fps_mode", "passthrough", "-enc_time_base", "demux"),
        *options,
        *_threads(),
        *("-map_metadata", "-1", "-avoid_negative_ts", "disabled", "-f", "nut", output),
    ]


def first_packet(info: MediaInfo, fd: int, stream: int, output: str) -> list[str]:
    """Its time as every run has it, which counts from the beginning of the file; in a table of text."""
    copied = ["-c", "copy", "-copyinkf", "-frames:v", "1", "-f", "framecrc", output]
    return [*source(info, fd), "-map", f"0:{stream}", *copied]


def join(info: MediaInfo, fd: int, plan: EncodePlan, pictures: str, output: str) -> list[str]:
    """The run that puts finished pictures, a file in the working folder, beside everything else of the plan."""
    tag = plan.container.video_tags.get(_encoder(plan).codec)
    # Its times count from the beginning of the source already.
    finished = ["-seek_timestamp", "1", "-f", "mov", "-i", pictures, "-map", "1:v", "-c:v", "copy"]
    tagged = ["-tag:v", tag] if tag else []
    return [*source(info, fd), *finished, *tagged, *standing.of_encode(plan), *_rest(_of_source, plan), output]


def picture_options(plan: EncodePlan, speed: Speed, *, quick: bool = False) -> list[str]:
    """What a run that encodes pictures alone has beside its filters and its quality; `quick` keeps searches short."""
    encoder, picture = _encoder(plan), _picture(plan)
    searches = quick_options(encoder, speed) if quick else speeds(plan, encoder, speed)
    return [*searches, *_pix_fmt(picture), *picture.colors.options()]


def speeds(plan: EncodePlan, encoder: Encoder, speed: Speed) -> list[str]:
    """The options of a speed for the plan's source, which may be one that mostly stands still."""
    return speed_options(encoder, speed, stands=stills.stands(plan.video))


def remux(info: MediaInfo, fd: int, plan: EncodePlan, output: str) -> list[str]:
    """The run that copies the pictures into the plan's container."""
    tag = plan.container.video_tags.get(plan.video.codec)
    video = ["-map", f"0:{plan.video.index}", "-c:v", "copy", *(("-tag:v", tag) if tag else ())]
    return [*source(info, fd), *video, *standing.of_remux(plan, info.demuxer), *_rest(_of_source, plan), output]


def decode(demuxer: str, fd: int) -> list[str]:
    """Decode everything of a file and keep nothing."""
    return [*UNSMOOTHED, *sniff.input_options(demuxer, fd), "-map", "0:v", "-map", "0:a?", "-f", "null", "-"]


def decode_of(info: MediaInfo, fd: int, indexes: Sequence[int]) -> list[str]:
    """Decode some streams, keep nothing, and stop at the first error."""
    maps = [part for index in indexes for part in ("-map", f"0:{index}")]
    return ["-xerror", *source(info, fd), *maps, "-f", "null", "-"]


def packet_hashes(info: MediaInfo, fd: int, indexes: Sequence[int], output: str) -> list[str]:
    """One hash a stream over its packets' payloads, timestamps aside."""
    maps = [part for index in indexes for part in ("-map", f"0:{index}")]
    return [*source(info, fd), *maps, "-c", "copy", "-f", "streamhash", "-hash", "md5", output]


def _of_source(index: int) -> list[str]:
    """A stream of the first input."""
    return ["-map", f"0:{index}"]


def _rest(taken: Callable[[int], list[str]], plan: EncodePlan) -> list[str]:
    """Everything beside the pictures, and the muxer. `taken` tells how a stream of the source is taken."""
    maps = [part for track in plan.sound for part in taken(track.source_index)]
    extras = plan.extras
    maps += [part for track in extras.subtitles for part in taken(track.source_index)]
    options = [*_sound_options(plan)]
    for number, subtitle in enumerate(extras.subtitles):
        stream = f"s:{number}"
        options += [f"-c:{stream}", subtitle.codec]
        options += _labels(plan, stream, subtitle.language, subtitle.title)
        flags = [name for name, holds in (("default", subtitle.is_default), ("forced", subtitle.is_forced)) if holds]
        options += [f"-disposition:{stream}", "+".join(flags) or "0"]
    options += [
        "-map_metadata:g",
        "-1",
        "-map_metadata:s",
        "-1",
        "-map_chapters",
        "0" if extras.chapters else "-1",
    ]
    options += [part for key, value in extras.tags for part in ("-metadata", f"{key}={value}")]
    if extras.timecode:
        options += ["-timecode", extras.timecode]
    elif plan.container.holds_timecode:
        options += ["-write_tmcd", "0"]
    options += _labels(plan, "v:0", plan.video.language, plan.video.title if extras.tags else None)
    if plan.strategy == "remux" and plan.video.has_alpha and plan.container.holds_alpha:
        options += ["-metadata:s:v:0", "alpha_mode=1"]  # without it the second picture in each block is ignored
    return [*maps, *options, *plan.container.muxer_options, "-f", plan.container.muxer]


def _sound_options(plan: EncodePlan) -> list[str]:
    options: list[str] = []
    for number, track in enumerate(plan.sound):
        stream = f"a:{number}"
        if track.action == "copy":
            options += [f"-c:{stream}", "copy"]
        else:
            options += [f"-c:{stream}", AUDIO_ENCODERS[track.codec], f"-b:{stream}", str(track.bitrate_bps)]
            options += [f"-ac:{stream}", str(track.channels)]
            if track.codec == "opus" and track.channels > 2:
                options += [f"-mapping_family:{stream}", "1"]
        options += _labels(plan, stream, track.language, track.title)
        options += [f"-disposition:{stream}", "default" if track.is_default else "0"]
    return options


def _labels(plan: EncodePlan, stream: str, language: str | None, title: str | None) -> list[str]:
    language = plan.container.languages.get(language or "", language)
    named = (("language", language), ("title", title))
    return [part for key, value in named if value for part in (f"-metadata:s:{stream}", f"{key}={value}")]


def _raw(picture: Picture) -> list[str]:
    return ["-c:v", "rawvideo", *_pix_fmt(picture)]


def _pix_fmt(picture: Picture) -> list[str]:
    return ["-pix_fmt", picture.pix_fmt]


def _pictures(encoder: Encoder, picture: Picture, taken: Callable[[Chain], list[str]], chain: Chain) -> list[str]:
    """The pictures taken through filters, to the encoder in a format it takes or into a card's memory."""
    card = card_of(encoder)
    if card is None or encoder.chip is None or not encoder.chip.uploads:
        return [*taken(chain), *_pix_fmt(picture)]
    upload = Chain((Filter("format", {"pix_fmts": picture.pix_fmt}), Filter("hwupload")))
    return [*card.options, *taken(chain + upload)]


def _threads() -> list[str]:
    threads = read_settings().threads
    return ["-threads", str(threads)] if threads else []


def _encoder(plan: EncodePlan) -> Encoder:
    assert plan.encoder is not None
    return plan.encoder


def _picture(plan: EncodePlan) -> Picture:
    assert plan.picture is not None
    return plan.picture
