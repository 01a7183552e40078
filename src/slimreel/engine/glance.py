"""Takes small pictures out of a file for people to look at: one of a moment, or several side by side.

A moment is shown exactly where few frames lie between it and its keyframe; else the keyframe stands for it.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path

from slimreel.core.codecs import ALPHA_DECODERS, ENCODERS, PICTURE_ENCODERS
from slimreel.core.filters import Chain, Filter
from slimreel.core.goal import Goal
from slimreel.core.media import MediaInfo, VideoStream, main_video
from slimreel.core.picture import plan_picture
from slimreel.engine import ffmpeg, footage, sandbox, sniff
from slimreel.errors import VerificationFailed

_USUAL_PIXELS = 1920 * 1080
# Frames of 1080p that may be decoded for one picture (0.3 s of CPU), and for a whole strip (1.2 s).
_NEAR_FRAMES, _THROUGH_FRAMES = 120, 900
_SOUGHT_AT_ONCE = 8  # decoders that are open together
_RAW = "strip.yuv"
_UNSMOOTHED = ("-skip_loop_filter", "all")
_CPU_S = 60
_PLAIN = Goal(crf=23, hdr="tonemap")


def picture(info: MediaInfo, at_s: float, width: int, folder: Path) -> Path:
    """A JPEG in `folder` of the picture at `at_s` seconds, at most `width` pixels wide and never enlarged.

    Raises VerificationFailed where no picture comes out, and FfmpegFailed.
    """
    video = main_video(info)
    at_s = _inside(video, at_s)
    shown = _shown(video)
    size = _sized(video, min(width, shown[0]))
    for options in (_seek(video, at_s), []):  # a file that cannot be sought has a first picture still
        with footage.opened(info.path) as fd:
            arguments = [
                *(*options, *_input(info, video, fd)),
                *("-map", f"0:{video.index}", "-vf", str(_chain(video, size)), "-fps_mode", "passthrough"),
                *("-frames:v", "1"),
                *(*PICTURE_ENCODERS["jpg"], "-q:v", "4", "-f", "image2pipe", "picture.jpg"),
            ]
            _run(arguments, info, video, folder, (fd,))
        made = folder / "picture.jpg"
        if made.exists() and made.stat().st_size:
            return made
    raise VerificationFailed(path=info.path, detail="no picture can be read there")


def strip(info: MediaInfo, count: int, height: int, folder: Path) -> Path:
    """A JPEG in `folder` of `count` pictures side by side, each from the middle of its part of the file.

    Raises VerificationFailed where they do not come out, and FfmpegFailed.
    """
    video = main_video(info)
    shown = _shown(video)
    high = min(height, shown[1])
    size = _even(high * shown[0] / shown[1]), _even(high)
    if video.frames * video.width * video.height <= _THROUGH_FRAMES * _USUAL_PIXELS:
        made = _through(info, video, count, size, folder)
    else:
        made = _sought(info, video, count, size, folder)
    if not made.exists() or not made.stat().st_size:
        raise VerificationFailed(path=info.path, detail="no pictures can be read there")
    return made


def _through(info: MediaInfo, video: VideoStream, count: int, size: tuple[int, int], folder: Path) -> Path:
    """All frames are decoded, and the last before the middle of each part is taken."""
    rate = Fraction(count) / Fraction(max(video.duration_s, 0.04)).limit_denominator(1000)
    picked = Chain((Filter("fps", {"fps": rate, "start_time": 0}),))
    rest = Chain((Filter("tpad", {"stop": count, "stop_mode": "clone"}), _tile(count)))
    with footage.opened(info.path) as fd:
        arguments = [
            *(*_UNSMOOTHED, *_input(info, video, fd)),
            *("-map", f"0:{video.index}", "-vf", str(picked + _chain(video, size, quick=True) + rest)),
            *_tiled(),
        ]
        _run(arguments, info, video, folder, (fd,))
    return folder / "strip.jpg"


def _sought(info: MediaInfo, video: VideoStream, count: int, size: tuple[int, int], folder: Path) -> Path:
    """Only the keyframe before the middle of each part is decoded."""
    times = [video.duration_s * (number + 0.5) / count for number in range(count)]
    for first in range(0, count, _SOUGHT_AT_ONCE):
        _append(info, video, times[first : first + _SOUGHT_AT_ONCE], size, folder)
    raw = ["-f", "rawvideo", "-pixel_format", "yuv420p", "-video_size", f"{size[0]}x{size[1]}"]
    _run([*raw, "-i", _RAW, "-vf", str(Chain((_tile(count),))), *_tiled()], info, video, folder, ())
    (folder / _RAW).unlink()
    return folder / "strip.jpg"


def _append(info: MediaInfo, video: VideoStream, times: Sequence[float], size: tuple[int, int], folder: Path) -> None:
    """The pictures of some moments behind those that are there, uncompressed."""
    one = Chain((Filter("trim", {"end_frame": 1}), Filter("setpts", {"expr": "0"})))
    chain = one + _chain(video, size, quick=True) + Chain((Filter("format", {"pix_fmts": "yuv420p"}),))
    with ExitStack() as stack:
        inputs: list[str] = []
        fds = [stack.enter_context(footage.opened(info.path)) for _ in times]
        for at_s, fd in zip(times, fds, strict=True):
            inputs += ["-noaccurate_seek", "-ss", f"{at_s:.6f}", *_UNSMOOTHED, *_input(info, video, fd)]
        steps = [f"[{number}:{video.index}]{chain}[p{number}]" for number in range(len(times))]
        pads = "".join(f"[p{number}]" for number in range(len(times)))
        graph = ";".join([*steps, f"{pads}concat=n={len(times)}[out]"])
        taken = ["-filter_complex", graph, "-map", "[out]", "-fps_mode", "passthrough", "-f", "rawvideo", "some.yuv"]
        _run([*inputs, *taken], info, video, folder, fds)
    with (folder / _RAW).open("ab") as all_:
        all_.write((folder / "some.yuv").read_bytes())
    (folder / "some.yuv").unlink()


def _seek(video: VideoStream, at_s: float) -> list[str]:
    if at_s <= 0:
        return []
    keys = video.keyframes_s
    place = bisect_right(keys, video.start_s + at_s)
    before_s = keys[place - 1] if place else video.start_s
    frames = (video.start_s + at_s - before_s) * float(video.average_rate)
    is_near = frames * video.width * video.height <= _NEAR_FRAMES * _USUAL_PIXELS
    return [*(() if is_near else ("-noaccurate_seek",)), "-ss", f"{at_s:.6f}"]


def _inside(video: VideoStream, at_s: float) -> float:
    """The moment, or that of the last frame; a few milliseconds late, since times in files are rounded."""
    frame_s = 1 / float(video.average_rate) if video.average_rate else 0.0
    return max(0.0, min(at_s, video.duration_s - frame_s) - 0.002)


def _chain(video: VideoStream, size: tuple[int, int], *, quick: bool = False) -> Chain:
    """Upright, in usual colours, with square pixels."""
    planned, _ = plan_picture(video, _PLAIN, ENCODERS["h264"])
    return planned.chain(*size, quick=quick) + Chain((Filter("setsar", {"sar": 1}),))


def _shown(video: VideoStream) -> tuple[int, int]:
    """The size in square pixels; none is made up by stretching."""
    width, height = video.upright
    sar = video.upright_sar
    if not Fraction(1, 8) <= sar <= 8:
        return width, height
    return (round(width * sar), height) if sar < 1 else (width, round(height / sar))


def _sized(video: VideoStream, width: int) -> tuple[int, int]:
    shown = _shown(video)
    return _even(width), _even(width * shown[1] / shown[0])


def _even(number: float) -> int:
    return max(2, 2 * round(number / 2))


def _tile(count: int) -> Filter:
    return Filter("tile", {"layout": f"{count}x1"})


def _tiled() -> list[str]:
    return ["-frames:v", "1", *PICTURE_ENCODERS["jpg"], "-q:v", "5", "-f", "image2pipe", "strip.jpg"]


def _input(info: MediaInfo, video: VideoStream, fd: int) -> list[str]:
    """One thread: several would decode frames that nobody wants."""
    decoder = ALPHA_DECODERS.get(video.codec) if video.has_alpha else None
    named = ["-c:v", decoder] if decoder else []
    return ["-threads", "1", *named, *sniff.input_options(info.demuxer, fd)]


def _run(arguments: Sequence[str], info: MediaInfo, video: VideoStream, folder: Path, fds: Sequence[int]) -> None:
    pixels = video.width * video.height * max(1, math.ceil(len(fds) / 2))
    policy = sandbox.Policy(memory_bytes=sandbox.memory_for(pixels, 1) + sandbox.GIB, cpu_s=_CPU_S)
    for _ in ffmpeg.run(arguments, folder=folder, stage="analyse", path=info.path, fds=fds, policy=policy):
        pass
