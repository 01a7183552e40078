"""Makes the pictures of the operations with slimreel itself: `python -m scripts.showcase.pictures [OPERATION]...`.

Needs the shared clips (SLIMREEL_MEDIA). Pictures of operations that are gone are removed; look at the rest afterwards.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import av

from bench.clips import media_folder
from scripts.showcase import clips, drawing, examples
from scripts.showcase.drawing import FRAME_H, FRAME_W, Strip
from scripts.showcase.examples import Example
from scripts.showcase.pages import PICTURES, picture_names
from slimreel.core.goal import Goal
from slimreel.edit import wire
from slimreel.edit.draft import Draft
from slimreel.edit.log import Log
from slimreel.engine import gather
from slimreel.graph.material import Material
from slimreel.workbench.clock import Clock
from slimreel.workbench.deliver import deliver
from slimreel.workbench.finish import finish

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference" / PICTURES
_BOX = "384:216"  # of a single frame
_DARK = "0x1F242E"
_STEPS_A_S = 50  # of loudness
_GOP_S = 0.2  # over which bytes are counted


def main(names: list[str]) -> None:
    media = media_folder()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        showing = Showing(Path(folder), media)
        for op in names or examples.examples():
            showing.show(op)
    wanted = {name for op in examples.examples() for name in picture_names(op)}
    for path in FOLDER.iterdir():
        if path.name not in wanted:
            path.unlink()


class Showing:
    """Makes the pictures of one operation after the other; what was made for one serves for the next."""

    def __init__(self, folder: Path, media: Path) -> None:
        self._folder, self._media = folder, media
        self._materials: dict[str, Mapping[str, Material]] = {}
        self._done: dict[str, list[Path]] = {}

    def show(self, op: str) -> None:
        """Write both pictures of an operation."""
        example = examples.examples()[op]
        drafts = (examples.before(example), examples.after(op)[0])
        files = [self._rendered(draft, example.worn) for draft in drafts]
        places = [FOLDER / name for name in picture_names(op)]
        strips: list[tuple[list[Strip], Path]] = []
        for made, draft, place in zip(files, drafts, places, strict=True):
            if example.view == "frame" or made[0].suffix == ".png":
                _frame(made[0], example, place)
            else:
                strips.append(([_strip(file, draft) for file in made], place))
        every = [strip for made, _ in strips for strip in made]
        most = max((value for strip in every for value in strip.sizes), default=1) or 1
        loudest = max((value for strip in every for value in strip.loudness), default=1) or 1
        pixels_a_second = drawing.scale(*(made for made, _ in strips)) if strips else 0
        for drawn, place in strips:
            shown = [strip.measured_by(loudest, most) for strip in drawn]
            rgb, height = drawing.timeline(shown, example.view, pixels_a_second)
            _write(rgb, (drawing.WIDTH, height), place)

    def _rendered(self, draft: Draft, worn: str) -> list[Path]:
        """The files that a draft asks for, at hardly a loss where it asks for nothing else."""
        draft = replace(draft, goal=draft.goal or Goal(crf=10, encode_speed="fast"))
        key = worn + wire.dump_text(replace(draft, log=Log()))
        if key not in self._done:
            if worn not in self._materials:
                self._materials[worn] = _materials(clips.make(self._folder, self._media, worn))
            out = self._folder / f"made{len(self._done)}" / "out.mp4"
            out.parent.mkdir()
            events = deliver(draft, self._materials[worn], out, Clock(), overwrite=True, salvage=False)
            self._done[key] = [one.path for one in finish(events, lambda event: None)]
        return self._done[key]


def _materials(paths: list[Path]) -> Mapping[str, Material]:
    found = [gather.gather(path, f"a{number}") for number, path in enumerate(paths, 1)]
    for asset, material in zip(examples.FACTS.assets, found, strict=True):
        told = replace(material.asset, path="", duration=asset.duration)
        if told != asset or abs(material.asset.duration - asset.duration) > 12_000:  # a twentieth of a second
            raise SystemExit(f"{material.asset} was made, where examples.py has {asset}")
    return {material.asset.id: material for material in found}


def _frame(path: Path, example: Example, place: Path) -> None:
    number = 0 if path.suffix == ".png" else round(example.at_s * 25)
    steps = [f"trim=start_frame={number}:end_frame={number + example.layers}"]
    if example.layers > 1:
        steps += [f"tmix=frames={example.layers}", f"trim=start_frame={example.layers - 1}"]
    if example.detail:
        x, y, width = example.detail
        steps.append(f"crop=iw*{width}:ih*{width}:iw*{x}:ih*{y},scale={_BOX}:flags=neighbor")
    box = "scale=iw*0.6:-2" if example.true_size else f"scale={_BOX}:force_original_aspect_ratio=decrease"
    rgb = clips.ffmpeg(
        *("-i", path, "-vf", ",".join([*steps, box, f"pad={_BOX}:-1:-1:{_DARK},format=rgb24"])),
        *("-frames:v", 1, "-f", "rawvideo", "-"),
    )
    width_px, height_px = map(int, _BOX.split(":"))
    _write(rgb, (width_px, height_px), place)


def _strip(path: Path, draft: Draft) -> Strip:
    with av.open(str(path)) as container:
        has_picture, has_sound = bool(container.streams.video), bool(container.streams.audio)
        packets = [packet for packet in container.demux() if packet.size] if has_picture else []
        times = [(float((packet.pts or 0) * packet.time_base), packet.size) for packet in packets]
        frames_of = [packet for packet in packets if packet.stream.type == "video"]
        rate = float(container.streams.video[0].average_rate or 25) if has_picture else 0
    samples = clips.ffmpeg("-i", path, "-ac", 1, "-ar", 8000, "-f", "s16le", "-") if has_sound else b""
    length_s = len(frames_of) / rate if has_picture else len(samples) / 16000
    fitted = f"scale={FRAME_W}:{FRAME_H}:force_original_aspect_ratio=decrease,pad={FRAME_W}:{FRAME_H}:-1:-1:{_DARK}"
    rgb = clips.ffmpeg("-i", path, "-vf", f"{fitted},format=rgb24", "-f", "rawvideo", "-") if has_picture else b""
    step = FRAME_W * FRAME_H * 3
    whole = abs(length_s - draft.length / 25) < 0.1
    return Strip(
        length_s=length_s,
        frames=[rgb[at : at + step] for at in range(0, len(rgb), step)],
        loudness=_loudness(samples),
        sizes=[
            sum(size for time_s, size in times if at * _GOP_S <= time_s < (at + 1) * _GOP_S)
            for at in range(round(length_s / _GOP_S))
        ],
        clips_s=[(clip.place.start / 25, clip.place.end / 25) for clip in draft.clips] if whole else [],
    )


def _loudness(samples: bytes) -> list[float]:
    """The loudest sample of each step, 1 for full scale."""
    step = 8000 // _STEPS_A_S * 2
    parts = [memoryview(samples[at : at + step]).cast("h") for at in range(0, len(samples) - 1, step)]
    return [max(map(abs, part)) / 32768 for part in parts]


def _write(rgb: bytes, size: tuple[int, int], place: Path) -> None:
    with tempfile.NamedTemporaryFile(suffix=".rgb") as raw:
        raw.write(rgb)
        raw.flush()
        told = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{size[0]}x{size[1]}", "-i", raw.name)
        clips.ffmpeg(*told, "-frames:v", 1, "-c:v", "libwebp", "-quality", 78, "-compression_level", 6, place)


if __name__ == "__main__":
    main(sys.argv[1:])
