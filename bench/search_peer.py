"""A search for a quality as ab-av1 0.11 does it, thin: `python -m bench.search_peer FILE --vmaf 95` prints its CRF.

Whole files or samples of 20 s cut by stream copy, every frame scored, straight lines in VMAF. Written anew from the
published algorithm; the encoder's options are slimreel's own, so that the searches alone differ.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import tempfile
from pathlib import Path

from bench.machine import ffmpeg
from bench.scores import MODEL
from bench.streams import weigh
from slimreel.core.codecs import ENCODERS

_SAMPLE_S, _SAMPLE_EVERY_S, _WHOLE_SHARE = 20.0, 720.0, 0.85
# Steps of CRF, and the range between 10 and 46 in them.
_STEP, _LEAST, _MOST = 0.1, 100, 460
_TOLERANCE, _MOST_RUNS = 0.1, 16


def search(path: Path, wanted: float, place: Path) -> tuple[float, int]:
    """The CRF that the search ends at, and how many encodes it took."""
    samples = _samples(path, place)
    scores: dict[int, float] = {}
    q = (_LEAST + _MOST) // 2
    for run in range(1, _MOST_RUNS + 1):
        scores[q] = sum(_score(sample, q * _STEP, place) for sample in samples) / len(samples)
        tolerance = max(_TOLERANCE, _TOLERANCE * _STEP * 2 ** (run - 1))
        if wanted < scores[q] < wanted + tolerance:
            return q * _STEP, run
        following = _next(scores, q, wanted)
        if following in scores:
            break
        q = following
    good = [tried for tried, score in scores.items() if score >= wanted]
    return (max(good) if good else min(scores)) * _STEP, len(scores)


def _next(scores: dict[int, float], q: int, wanted: float) -> int:
    """The 20 % or 80 % point after the first run, then on the straight line between the nearest on both sides."""
    good = [tried for tried, score in scores.items() if score >= wanted]
    bad = [tried for tried, score in scores.items() if score < wanted]
    if not bad:
        return round(_LEAST + 0.8 * (_MOST - _LEAST)) if len(scores) == 1 else _MOST
    if not good:
        return round(_LEAST + 0.2 * (_MOST - _LEAST)) if len(scores) == 1 else _LEAST
    low, high = max(good), min(bad)
    if high - low <= 1:
        return low
    share = (scores[low] - wanted) / (scores[low] - scores[high])
    return min(high - 1, max(low + 1, low + math.floor(share * (high - low))))


def _samples(path: Path, place: Path) -> list[Path]:
    seconds = weigh(path).duration_s
    count = math.ceil(seconds / _SAMPLE_EVERY_S)
    if count * _SAMPLE_S >= _WHOLE_SHARE * seconds:
        return [path]
    found = []
    for number in range(count):
        gap = (seconds - count * _SAMPLE_S) / (count + 1)
        start = math.floor(gap * (number + 1) + _SAMPLE_S * number)
        found.append(place / f"sample{number}.mkv")
        frames = round(_SAMPLE_S * weigh(path).frames / seconds)
        _ffmpeg("-ss", start, "-i", path, "-map", "0:v:0", "-c", "copy", "-frames:v", frames, found[-1])
    return found


def _score(sample: Path, crf: float, place: Path) -> float:
    coded, log = place / "coded.mkv", place / "log.json"
    options = ENCODERS["h264"].speeds["balanced"]
    _ffmpeg("-i", sample, "-map", "0:v:0", "-c:v", "libx264", *options, "-crf", f"{crf:.1f}", coded)
    alike = "settb=1/1000,setpts=N*40,format=yuv420p10le"
    measure = f"libvmaf=model=version={MODEL}:n_threads=2:log_fmt=json:log_path={log}"
    graph = f"[0:v]{alike}[a];[1:v]{alike}[b];[a][b]{measure}"
    _ffmpeg("-r", 25, "-i", coded, "-r", 25, "-i", sample, "-lavfi", graph, "-f", "null", "-")
    return float(json.loads(log.read_text())["pooled_metrics"]["vmaf"]["mean"])


def _ffmpeg(*arguments: object) -> None:
    command = [ffmpeg(), "-nostdin", "-hide_banner", "-loglevel", "error", "-y", *map(str, arguments)]
    subprocess.run(command, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.search_peer", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--vmaf", type=float, required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-peer-") as place:
        crf, runs = search(options.file.resolve(), options.vmaf, Path(place))
    print(json.dumps({"crf": round(crf, 1), "runs": runs}))


if __name__ == "__main__":
    main()
