"""For each operation one command on a real clip, and the check that its effect in the file has to pass."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.contract.looks import Check, Rendered, alters, apart, frames, loud, makes, shows, sounds, through
from tests.engine import witness
from tests.engine.cutting import loudness_lufs
from tests.engine.test_edit_picture import edges, size

Turn = tuple[tuple[str, dict[str, Any]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`turns` come before the operation, one after the other; `then` comes after it, in both renders."""

    params: dict[str, Any] = field(default_factory=dict)
    check: Check
    turns: tuple[Turn, ...] = ()
    then: Turn = ()
    worn: str = "plain"
    clips: tuple[str, ...] = ("a1",)


HALVES: Turn = (("split", {"at_s": [0.8]}),)
TITLE: Turn = (("add_text", {"text": "HELLO", "size_px": 300, "start_s": 0.4, "end_s": 1.2}),)
DURING = (10, 30)  # the frames of TITLE, and of everything else that is there from 0.4 to 1.2 s


def _split(before: Rendered, after: Rendered) -> None:
    """Only the first half plays twice as fast: 20 of 50 frames become 10, not 50 become 25."""
    assert [len(frames(one.path)) for one in (before, after)] == [25, 40]


def _transition(before: Rendered, after: Rendered) -> None:
    old, new = frames(before.path), frames(after.path)
    assert len(new) == len(old) - 10
    middle = [(a + b) // 2 for a, b in zip(old[20], old[30], strict=True)]
    assert apart(new[15], bytes(middle)) < 8 < apart(new[15], old[-10])


def _shorter(before: Rendered, after: Rendered) -> None:
    """What is left out is the breath, which lasts a good third of a second."""
    assert 3 <= len(frames(before.path)) - len(frames(after.path)) <= 12
    assert loud(before.path, 0.65, 0.8) < 0.01


def _portrait(before: Rendered, after: Rendered) -> None:
    assert (size(before.path), size(after.path)) == ((160, 90), (90, 160))


def _calmer(before: Rendered, after: Rendered) -> None:
    assert _restlessness(after.path) < 0.85 * _restlessness(before.path)
    assert len(frames(after.path)) == len(frames(before.path))


def _restlessness(path: Path) -> float:
    """How much each pixel of the middle differs from the same one a frame before, on average."""
    chosen = "crop=iw/2:ih/2,format=gray,tblend=all_mode=difference,scale=1:1:flags=area"
    found = witness.pipe("-i", path, "-vf", chosen, "-f", "rawvideo", "-")
    return sum(found) / len(found)


def _quiet(before: Rendered, after: Rendered) -> None:
    assert [len(witness.of_kind(one.path, "audio")) for one in (before, after)] == [1, 0]


def _music(before: Rendered, after: Rendered) -> None:
    """Heard in the breath, where nothing else is."""
    assert loud(before.path, 0.65, 0.85) < 0.01
    assert loud(after.path, 0.65, 0.85) == pytest.approx(0.5 * 0.5 / 2**0.5, rel=0.2)


def _replaced(before: Rendered, after: Rendered) -> None:
    _music(before, after)
    assert loud(after.path, 0.2, 0.4) == pytest.approx(loud(after.path, 0.65, 0.85), rel=0.1)


def _normal(before: Rendered, after: Rendered) -> None:
    assert abs(loudness_lufs(before.path) + 30) > 3
    assert loudness_lufs(after.path) == pytest.approx(-30, abs=1)


def _later(before: Rendered, after: Rendered) -> None:
    """The breath is where the voice was."""
    assert loud(after.path, 0.95, 1.15) < 0.01 < loud(before.path, 1.05, 1.15)
    assert loud(after.path, 0.55, 0.75) > 0.01


def _grey(before: Rendered, after: Rendered) -> None:
    old, new = (max(rgb) - min(rgb) for rgb in (witness.mean_rgb(one.path, 5) for one in (before, after)))
    assert old > 8 > new


def _sharper(before: Rendered, after: Rendered) -> None:
    assert edges(after.path, 5) > 1.08 * edges(before.path, 5)


def _smoother(before: Rendered, after: Rendered) -> None:
    assert _restlessness(after.path) < 0.75 * _restlessness(before.path)


def _combless(before: Rendered, after: Rendered) -> None:
    assert _combs(after.path) < 0.3 * _combs(before.path)


def _combs(path: Path) -> float:
    """How much more each line of a picture differs from the next one than from the one after it."""
    chosen = ("-vf", "select=eq(n\\,12),format=gray", "-frames:v", "1", "-f", "rawvideo", "-")
    picture = witness.pipe("-i", path, *chosen)
    rows = [picture[at : at + 160] for at in range(0, len(picture), 160)]
    next_one, after_it = (sum(map(apart, rows[:-2], rows[step : len(rows) - 2 + step])) for step in (1, 2))
    return next_one - after_it


def _faded(before: Rendered, after: Rendered) -> None:
    old, new = frames(before.path), frames(after.path)
    assert max(new[0]) < 60 < max(old[0]) and max(new[-1]) < 60 < max(old[-1])
    assert apart(old[25], new[25]) < 6


def _within(before: Rendered, after: Rendered) -> None:
    limit = 12_000
    assert after.path.stat().st_size <= limit < before.path.stat().st_size


def _webm(before: Rendered, after: Rendered) -> None:
    assert [one.path.suffix for one in (before, after)] == [".mp4", ".webm"]
    assert size(after.path) == (106, 60)


def _animation(after: Rendered) -> None:
    assert after.path.suffix == ".gif" and size(after.path)[0] == 80
    assert len(frames(after.path)) == 8


def _picture(after: Rendered) -> None:
    assert after.path.suffix == ".png" and len(frames(after.path)) == 1


def _wave(after: Rendered) -> None:
    assert after.path.suffix == ".wav" and not witness.of_kind(after.path, "video")
    assert loud(after.path, 0.2, 0.4) > 0.01


def _parts(after: Rendered) -> None:
    assert [len(frames(path)) for path, _ in after.files] == [25, 25]


def _glance(after: Rendered) -> None:
    assert size(after.path)[1] <= 60 and len(frames(after.path)) == 20


def _reddened(before: Rendered, after: Rendered) -> None:
    """The letters lose their green and blue and keep their red."""
    old, new = (witness.mean_rgb(one.path, 20) for one in (before, after))
    assert old[2] - new[2] > 4 and abs(old[0] - new[0]) < 2


def _larger(before: Rendered, after: Rendered) -> None:
    light = [sum(1 for value in frames(one.path)[20] if value > 220) for one in (before, after)]
    assert light[1] > 1.1 * light[0] > 0


CASES: dict[str, Case] = {
    "trim": Case(params={"start_s": 0.4, "end_s": 1.2}, check=shows(lambda old: old[10:30])),
    "cut": Case(params={"ranges_s": [[0.4, 0.8]]}, check=shows(lambda old: old[:10] + old[20:])),
    "split": Case(params={"at_s": [0.8]}, then=(("speed", {"factor": 2, "clip": "c1"}),), check=_split),
    "delete_clip": Case(turns=(HALVES,), params={"clip": "c1"}, check=shows(lambda old: old[20:])),
    "reorder": Case(turns=(HALVES,), params={"order": ["c2", "c1"]}, check=shows(lambda old: old[20:] + old[:20])),
    "concat": Case(clips=("a1", "a2"), params={"clips": ["c2", "c1"]}, check=shows(lambda old: old[50:] + old[:50])),
    "transition": Case(turns=(HALVES,), params={"type": "dissolve", "duration_s": 0.4}, check=_transition),
    "speed": Case(params={"factor": 2}, check=shows(lambda old: old[::2])),
    "reverse": Case(check=shows(lambda old: old[::-1])),
    "loop": Case(params={"count": 2}, check=shows(lambda old: old * 2)),
    "freeze": Case(
        params={"at_s": 0.8, "duration_s": 0.4}, check=shows(lambda old: old[:20] + [old[20]] * 10 + old[20:])
    ),
    "remove_silence": Case(params={"min_silence_s": 0.2, "margin_s": 0}, check=_shorter),
    "reframe": Case(params={"aspect": "9:16", "mode": "crop"}, check=_portrait),
    "crop": Case(params={"left_pct": 50}, check=through("crop=iw/2:ih:iw/2:0")),
    "rotate": Case(params={"degrees": 90}, check=through("transpose=clock")),
    "flip": Case(check=through("hflip")),
    "zoom": Case(params={"factor": 2}, check=through("crop=iw/2:ih/2", within=12)),
    "stabilize": Case(worn="shaky", params={"strength": "high"}, check=_calmer),
    "add_text": Case(params=TITLE[0][1], check=alters(*DURING, region="iw/2:ih/4")),
    "add_image": Case(
        params={"file": "mark.png", "start_s": 0.4, "end_s": 1.2, "position": "top_left", "scale": 0.4},
        check=alters(*DURING, region="iw/4:ih/4:iw/10:ih/10"),
    ),
    "pip": Case(
        params={"file": "a2", "start_s": 0.4, "end_s": 1.2, "position": "top_left"},
        check=alters(*DURING, region="iw/4:ih/4:iw/10:ih/10"),
    ),
    "subtitles": Case(params={"file": "a5", "size_px": 200}, check=alters(*DURING, region="iw/2:ih/4:iw/4:ih*3/4")),
    "auto_captions": Case(params={"style": "large"}, check=alters(*DURING, region="iw/4:ih/6:iw*3/8:ih*4/5", least=3)),
    "blur_region": Case(
        params={"position": "center", "strength": "high", "start_s": 0.4, "end_s": 1.2},
        check=alters(*DURING, region="iw/3:ih/3"),
    ),
    "add_music": Case(params={"file": "a3", "volume": 0.5}, check=_music),
    "volume": Case(params={"level": 0.5, "range_s": [1, 2]}, check=sounds(1.1, 1.9, 0.4, 0.6)),
    "mute": Case(check=_quiet),
    "replace_audio": Case(params={"file": "a3", "volume": 0.5}, check=_replaced),
    "normalize_audio": Case(params={"lufs": -30}, check=_normal),
    "denoise_audio": Case(worn="hissing", params={"strength": "high"}, check=sounds(0.65, 0.85, 0, 0.6)),
    "fade": Case(params={"duration_s": 0.4}, check=_faded),
    "audio_sync": Case(params={"offset_s": 0.3}, check=_later),
    "color": Case(params={"saturation_pct": -100}, check=_grey),
    "denoise_video": Case(worn="noisy", params={"strength": "high"}, check=_smoother),
    "sharpen": Case(params={"strength": "high"}, check=_sharper),
    "deinterlace": Case(worn="combed", check=_combless),
    "lut": Case(params={"file": "invert.cube"}, check=through("format=rgb24,negate", within=15)),
    "compress": Case(params={"target_size_bytes": 12_000, "encode_speed": "fast", "audio": "mute"}, check=_within),
    "export": Case(params={"format": "webm", "resolution": 60}, check=_webm),
    "gif": Case(
        params={"start_s": 0.4, "end_s": 1.2, "fps": 10, "width_px": 80}, check=makes("animated_gif", check=_animation)
    ),
    "thumbnail": Case(params={"at_s": 1, "format": "png"}, check=makes("still", check=_picture)),
    "extract_audio": Case(params={"format": "wav"}, check=makes("sound_file", check=_wave)),
    "split_parts": Case(params={"parts": 2}, check=makes("parts", "parts", check=_parts)),
    "preview": Case(params={"range_s": [0.4, 1.2], "resolution": 60}, check=makes("previewed", check=_glance)),
    "update": Case(turns=(TITLE,), params={"target": "t1", "set": {"color": "#FF0000"}}, check=_reddened),
    "nudge": Case(turns=(TITLE,), params={"target": "t1", "param": "size", "direction": "up"}, check=_larger),
    "remove": Case(turns=(TITLE,), params={"target": "t1"}, check=alters(*DURING, region="iw/2:ih/4")),
    "undo": Case(turns=((("flip", {}),),), check=through("hflip")),
    "redo": Case(turns=((("flip", {}),), (("undo", {}),)), check=through("hflip")),
    "reset": Case(turns=((("flip", {}),), TITLE), check=lambda before, after: through("hflip")(after, before)),
}
