"""Compares pictures and sound of a rendered film with what its sources say it should show, outside what is timed.

The reference is made here with PyAV and numpy alone, so that no way that is compared is the judge of the others.
"""

from __future__ import annotations

import itertools
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, Interpolation
from numpy.typing import NDArray

from bench.machine import ffmpeg
from bench.timeline_records import Instant
from bench.timeline_sources import MUSIC, Film, Layer

Plane = NDArray[np.float32]
# Titles are at the lower edge: pictures are compared above it, letters looked for below. A share of the height.
TITLE_EDGE = 0.78
# A difference of luma that only letters make, in code values.
_LETTER = 60
# Untagged pictures of fewer lines are BT.601, as players take them.
_HD_LINES = 720
_MATRICES = {1: Colorspace.ITU709, 5: Colorspace.ITU601, 6: Colorspace.ITU601}


@dataclass(frozen=True, slots=True)
class Picture:
    """Luma and both planes of chroma, BT.709 in the range of television."""

    luma: Plane
    blue: Plane
    red: Plane


def of_result(path: Path, wanted: Sequence[int], size: tuple[int, int]) -> dict[int, Picture]:
    """The pictures of a result with these numbers."""
    return {number: _fitted(frame, size) for number, frame in numbered(path, wanted)}


def numbered(path: Path, wanted: Sequence[int]) -> Iterator[tuple[int, VideoFrame]]:
    """The frames of a file with these numbers, as they are."""
    with av.open(str(path)) as container:
        for number, frame in enumerate(itertools.islice(container.decode(video=0), max(wanted) + 1)):
            if number in wanted:
                yield number, frame


def compare(film: Film, paths: Mapping[str, Path], results: Mapping[str, Path]) -> dict[str, list[Instant]]:
    """Every way's result at every instant of the film. A result that ends early lacks the last ones."""
    size, wanted = (film.width, film.height), film.instants()
    shown = {way: of_result(path, wanted, size) for way, path in results.items()}
    found: dict[str, list[Instant]] = {way: [] for way in results}
    for number in wanted:
        layers = film.layers(number)
        sources = [_near(paths[layer.excerpt.name], layer, film) for layer in layers]
        for way, pictures in shown.items():
            if number in pictures:
                found[way].append(_judged(film, number, layers, sources, pictures[number]))
    return found


def _near(path: Path, layer: Layer, film: Film) -> list[Picture]:
    """Of a source the picture that is shown at the layer's moment, between the ones before and after it."""
    at_s = layer.excerpt.start_s + layer.frame / film.rate + 0.001
    kept: list[VideoFrame] = []
    with av.open(str(path)) as container:
        start_s = (container.start_time or 0) / 1_000_000
        for frame in container.decode(video=0):
            kept = [*kept[-2:], frame]
            if len(kept) > 1 and _shown_s(frame) - start_s > at_s:
                break
    begun = [frame for frame in kept if _shown_s(frame) - start_s <= at_s] or kept[:1]
    chosen = kept.index(begun[-1])
    around = [kept[max(0, chosen - 1)], kept[chosen], kept[min(len(kept) - 1, chosen + 1)]]
    return [_fitted(frame, (film.width, film.height)) for frame in around]


def _shown_s(frame: VideoFrame) -> float:
    return float(frame.time or 0)


def _fitted(frame: VideoFrame, size: tuple[int, int]) -> Picture:
    """A frame upright on the canvas, black bars around it."""
    turns = round(frame.rotation / 90) % 4
    width, height = (frame.height, frame.width) if turns % 2 else (frame.width, frame.height)
    share = min(size[0] / width, size[1] / height)
    inner = tuple(round(side * share / 2) * 2 for side in (width, height))
    across, down = reversed(inner) if turns % 2 else inner
    made = frame.reformat(
        width=across, height=down, format="yuv420p", src_colorspace=_matrix(frame), dst_colorspace=Colorspace.ITU709,
        interpolation=Interpolation.BICUBIC,
    )  # fmt: skip
    planes = [_plane(made, number, turns) for number in range(3)]
    x, y = ((outer - side) // 4 * 2 for outer, side in zip(size, inner, strict=True))
    laid = [_laid(plane, size, (x, y), 1 if number == 0 else 2) for number, plane in enumerate(planes)]
    return Picture(*laid)


def _matrix(frame: VideoFrame) -> Colorspace:
    untagged = Colorspace.ITU709 if min(frame.width, frame.height) >= _HD_LINES else Colorspace.ITU601
    return _MATRICES.get(int(frame.colorspace), untagged)


def _plane(frame: VideoFrame, number: int, turns: int) -> Plane:
    plane = frame.planes[number]
    lines = np.frombuffer(bytes(plane), np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]
    turned: Plane = np.rot90(lines, turns).astype(np.float32)
    return turned


def _laid(plane: Plane, size: tuple[int, int], place: tuple[int, int], step: int) -> Plane:
    whole = np.full((size[1] // step, size[0] // step), 16 if step == 1 else 128, np.float32)
    x, y = place[0] // step, place[1] // step
    whole[y : y + plane.shape[0], x : x + plane.shape[1]] = plane
    return whole


def _judged(
    film: Film, number: int, layers: Sequence[Layer], sources: Sequence[Sequence[Picture]], shown: Picture
) -> Instant:
    """Against the nearest of the neighbouring pictures; of a dissolve, at the weight that fits best."""
    edge = int(film.height * TITLE_EDGE) // 2 * 2
    best: tuple[float, int, float | None, tuple[Picture, ...]] | None = None
    for chosen in itertools.product(range(3), repeat=len(layers)):
        pictures = tuple(source[at] for source, at in zip(sources, chosen, strict=True))
        weight = weight_of([one.luma[:edge] for one in pictures], shown.luma[:edge])
        error = float(np.mean((mixed([one.luma[:edge] for one in pictures], weight) - shown.luma[:edge]) ** 2))
        shift = max((1 - at for at in chosen), key=abs)
        # The picture that should be shown wins where another is not better.
        if best is None or (error * 1.001 + 1e-6 < best[0]) or (error <= best[0] and shift == 0):
            best = error, shift, weight, pictures
    assert best is not None
    error, shift, weight, pictures = best
    whole = mixed([one.luma for one in pictures], weight)
    below = np.abs(whole[edge:] - shown.luma[edge:])
    hues = [
        np.abs(mixed([getattr(one, name) for one in pictures], weight) - getattr(shown, name))[: edge // 2]
        for name in ("blue", "red")
    ]
    return Instant(
        frame=number,
        psnr=decibels(error),
        ssim=ssim(whole[:edge], shown.luma[:edge]),
        hue=float(np.mean(hues)),
        shift=shift,
        letters=float(np.mean(below > _LETTER)),
        titled=film.title_at(number) is not None,
        weight=weight,
        wanted_weight=layers[-1].weight if len(layers) > 1 else None,
    )


def weight_of(planes: Sequence[Plane], shown: Plane) -> float | None:
    """How far one picture has given way to the other, by least squares; None of one alone."""
    if len(planes) < 2:
        return None
    change = planes[1] - planes[0]
    power = float(np.vdot(change, change))
    return float(np.vdot(change, shown - planes[0])) / power if power > 0 else 0.0


def mixed(planes: Sequence[Plane], weight: float | None) -> Plane:
    """One picture, or two at a weight of the second."""
    return planes[0] if weight is None else planes[0] + np.float32(weight) * (planes[1] - planes[0])


def decibels(error: float) -> float:
    """PSNR of 8 bits from a mean squared error; 99 where there is none."""
    return min(99.0, 10 * float(np.log10(255**2 / error))) if error > 0 else 99.0


def ssim(one: Plane, other: Plane) -> float:
    """Structural similarity in blocks of 8 by 8, with the usual constants for 8 bits."""
    high, wide = (side // 8 * 8 for side in one.shape)

    def blocks(plane: Plane) -> Plane:
        cut = plane[:high, :wide].reshape(high // 8, 8, wide // 8, 8)
        return cut.transpose(0, 2, 1, 3).reshape(-1, 64)

    a, b = blocks(one), blocks(other)
    means = a.mean(1), b.mean(1)
    spreads = a.var(1), b.var(1)
    common = ((a - means[0][:, None]) * (b - means[1][:, None])).mean(1)
    low, high_constant = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    top = (2 * means[0] * means[1] + low) * (2 * common + high_constant)
    return float(np.mean(top / ((means[0] ** 2 + means[1] ** 2 + low) * (spreads[0] + spreads[1] + high_constant))))


def loudness(path: Path, film: Film) -> float | None:
    """LUFS of where only the music is heard, or of the whole where there is no such stretch."""
    first, last = film.quiet() or (0, film.frames)
    return _lufs(["-i", str(path)], f"[0:a]{_stretch(first, last, film)}ebur128")


def wanted_loudness(paths: Mapping[str, Path], film: Film) -> float | None:
    """What it should be: the music at its level, and the sound of the only clip where that is heard too."""
    music = f"volume={film.music_level}"
    if quiet := film.quiet():
        return _lufs(["-i", str(paths[MUSIC])], f"[0:a]{_stretch(*quiet, film)}{music},ebur128")
    if len(film.excerpts) > 1:
        return None
    one = film.excerpts[0]
    inputs = ["-ss", f"{one.start_s:g}", "-i", str(paths[one.name]), "-i", str(paths[MUSIC])]
    both = "[0:a]aformat=channel_layouts=stereo[a];[1:a]aformat=channel_layouts=stereo"
    return _lufs(inputs, f"{both},{music}[b];[a][b]amix=inputs=2:normalize=0,{_stretch(0, film.frames, film)}ebur128")


def _stretch(first: int, last: int, film: Film) -> str:
    return f"atrim={first / film.rate}:{last / film.rate},asetpts=PTS-STARTPTS,"


def _lufs(inputs: Sequence[str], graph: str) -> float | None:
    argv = [ffmpeg(), "-nostdin", "-hide_banner", *inputs, "-filter_complex", graph, "-f", "null", "-"]
    said = subprocess.run(argv, capture_output=True, text=True, check=False).stderr
    found = re.findall(r"I:\s+(-?[\d.]+) LUFS", said)
    return float(found[-1]) if found else None


def encoder_of(path: Path) -> str:
    """The options that x264 wrote into a file; what names its version and threads is left out."""
    found = re.search(rb"x264 - core \d+.{0,200}?options: ([ -~]+)", path.read_bytes(), re.DOTALL)
    words: Any = found[1].decode().split() if found else []
    return " ".join(word for word in words if not word.startswith(("threads=", "lookahead_threads=")))
