"""Frames that were sought are the very frames that decoding everything gives."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from slimreel.core.plan import make_plan
from slimreel.engine import argv, seeking, windows
from slimreel.engine.job import Job, Steps
from slimreel.engine.probe import probe
from slimreel.engine.windows import Cut
from slimreel.workbench.compare import compare
from slimreel.workbench.compress import compress
from slimreel.workbench.estimate import estimate
from tests.engine import witness
from tests.engine.conftest import Make, goal

# Every picture differs from every other: its number is in it, and the noise is anew each time.
NUMBERED = ("-f", "lavfi", "-i", "testsrc=s=192x144:r=25:d=60,noise=alls=8:allf=t:all_seed=3")
X264 = ("-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "veryfast", "-crf", "18")
X265 = ("-pix_fmt", "yuv420p", "-c:v", "libx265", "-preset", "ultrafast", "-x265-params")
FILES = {
    "closed.mp4": (*X264, "-g", "50"),
    "late.mp4": (*X264, "-g", "50", "-output_ts_offset", "7"),
    "fragments.mp4": (*X264, "-g", "30", "-movflags", "+frag_keyframe+empty_moov"),
    "irregular.mkv": (*X264, "-g", "50", "-vf", "select='mod(n,7)'", "-fps_mode", "vfr"),
    "hevc.mp4": (*X265,  "log-level=0:keyint=30:open-gop=0"),
    "vp9.webm": ("-pix_fmt", "yuv420p", "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "60"),
}  # fmt: skip


# A flight into a picture: every frame refers to those before it, as in a film.
FLIGHT = "mandelbrot=s=640x360:r=25:maxiter=400:end_scale=0.02,noise=alls=3:allf=t:all_seed=5"
MOVING = ("-f", "lavfi", "-i", FLIGHT, "-t", "16")
TAGGED = {"a.mp4": "bt709", "b.mp4": "smpte170m"}


@pytest.fixture(scope="session")
def retagged(make: Make, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two recordings joined as they are, whose colour tags differ."""
    parts = []
    for name, matrix in TAGGED.items():
        colors = ("-vf", f"setparams=colorspace={matrix}:range=tv", "-colorspace", matrix)
        parts.append(make(name, *NUMBERED[:-1], NUMBERED[-1].replace("d=60", "d=5"), *X264, *colors, "-g", "25"))
    listed = tmp_path_factory.mktemp("retagged") / "list"
    listed.write_text("".join(f"file {part}\n" for part in parts), encoding="utf-8")
    return make("retagged.mkv", "-f", "concat", "-safe", "0", "-i", listed, "-c", "copy")


def finish(steps: Steps[Cut]) -> Cut:
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            found: Cut = stop.value
            return found


def cut(path: Path, folder: Path) -> tuple[Cut, list[str]]:
    """The sample, and a hash of the frames in each of its files."""
    folder.mkdir()
    source = probe(path)
    plan = make_plan(goal(vmaf_min=90, reencode=True), source)
    found = finish(windows.cut(Job(source, plan, folder, "fast"), (96, 72), 0.1))
    names = ["search.nut", "check.nut"]
    frames = [witness.pipe("-i", folder / name, "-fps_mode", "passthrough", "-f", "rawvideo", "-") for name in names]
    return found, [hashlib.sha256(pixels).hexdigest() for pixels in frames]


@pytest.mark.parametrize("name", FILES)
def test_sought_frames_are_the_frames(name: str, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make(name, *NUMBERED, *FILES[name])
    ran: list[int] = []
    real = seeking.cut

    def counted(*arguments: object) -> Steps[bool]:
        came = yield from real(*arguments)  # type: ignore[arg-type]  # whatever it is called with
        ran.append(came)
        return came

    monkeypatch.setattr(seeking, "cut", counted)
    sought, frames = cut(path, tmp_path / "sought")
    assert ran == [True]
    assert len(list((tmp_path / "sought").glob("*.nut"))) == 2
    monkeypatch.setattr(seeking, "is_exact", lambda job: False)
    decoded, all_frames = cut(path, tmp_path / "decoded")
    assert ran == [True]
    assert sought.sample == decoded.sample
    assert frames == all_frames


def test_a_frame_missing_is_noticed(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make("closed.mp4", *NUMBERED, *FILES["closed.mp4"])
    _, whole = cut(path, tmp_path / "whole")
    real = argv.excerpt

    def short(*arguments: object) -> list[str]:
        return [word.replace("start_pts=", "start_pts=1") for word in real(*arguments)]  # type: ignore[arg-type]  # handed on

    monkeypatch.setattr(argv, "excerpt", short)
    assert cut(path, tmp_path / "again")[1] == whole


def test_frames_keep_their_numbers_where_colour_tags_change(
    retagged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seeking, "is_exact", lambda job: False)
    found, (search, _) = cut(retagged, tmp_path / "job")
    spans = "+".join(f"between(n,{span.first},{span.end - 1})" for span in found.sample.search)
    pixels = witness.pipe(
        *("-reinit_filter", "0", "-i", retagged, "-vf", f"select='{spans}',scale=96:72:flags=bicubic,format=yuv420p"),
        *("-fps_mode", "passthrough", "-f", "rawvideo", "-"),
    )
    assert found.sample.frames == 250
    assert hashlib.sha256(pixels).hexdigest() == search


@pytest.mark.parametrize("codec", ["h264", "hevc", "vp9"])
def test_a_probe_foretells_the_whole(codec: str, make: Make, tmp_path: Path) -> None:
    """The same CRF on the windows and on the clip: as many bytes, and scores alike."""
    path = make("moving.mp4", *MOVING, *X264, "-g", "250")
    wanted = goal(codec=codec, crf=32.0, reencode=True, container="mkv")
    foretold = estimate(path, wanted)
    made = compress(path, wanted, tmp_path / "out.mkv")
    whole = compare(path, tmp_path / "out.mkv").vmaf
    assert foretold.vmaf is not None
    assert foretold.bytes.value == pytest.approx(made.bytes, rel=0.15)
    assert foretold.vmaf.value == pytest.approx(whole, abs=0.11 * (101 - whole))
