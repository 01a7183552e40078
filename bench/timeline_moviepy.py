"""Renders one film with MoviePy 2, as its documentation does it: `python timeline_moviepy.py FILM.json OUT`.

Run in MoviePy's own environment, so it imports nothing of this project. Files are scaled by FFmpeg while they are read,
which is the fastest that MoviePy offers.
"""
# mypy: disable-error-code="import-not-found,unused-ignore"

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from moviepy import AudioFileClip, CompositeAudioClip, CompositeVideoClip, TextClip, VideoFileClip, afx, vfx


def main(spec: str, out: str) -> int:
    film: dict[str, Any] = json.loads(Path(spec).read_text(encoding="utf-8"))
    rate, seconds = film["rate"], film["frames"] / film["rate"]
    seen = [_excerpt(film, number) for number in range(len(film["excerpts"]))]
    titles = [_title(film, one) for one in film["titles"]]
    video = CompositeVideoClip([*seen, *titles], size=(film["width"], film["height"])).with_duration(seconds)
    sounds = [one.audio.with_start(one.start) for one in seen if one.audio is not None]
    video = video.with_audio(CompositeAudioClip([*sounds, _music(film, seconds)]).with_duration(seconds))
    options = film["encoder"]
    preset = options[options.index("-preset") + 1]
    video.write_videofile(
        out, fps=rate, codec="libx264", preset=preset, ffmpeg_params=[*options, "-movflags", "+faststart"],
        audio_codec="aac", audio_bitrate=f"{film['sound_kbps']}k", audio_fps=48000, logger=None,
    )  # fmt: skip
    return 0


def _excerpt(film: dict[str, Any], number: int) -> Any:
    one, rate = film["excerpts"][number], film["rate"]
    whole = VideoFileClip(one["path"])
    share = min(film["width"] / whole.w, film["height"] / whole.h)
    if share != 1:
        size = [round(side * share / 2) * 2 for side in whole.size]
        whole.close()
        whole = VideoFileClip(one["path"], target_resolution=size, resize_algorithm="bicubic")
    clip = whole.subclipped(one["start_s"], min(whole.duration, one["start_s"] + one["frames"] / rate))
    effects, following = [], film["excerpts"][number + 1 : number + 2]
    if one["dissolve"]:
        effects += [vfx.CrossFadeIn(one["dissolve"] / rate), afx.AudioFadeIn(one["dissolve"] / rate)]
    if following and following[0]["dissolve"]:
        effects.append(afx.AudioFadeOut(following[0]["dissolve"] / rate))
    if clip.audio is None:
        effects = [effect for effect in effects if not isinstance(effect, (afx.AudioFadeIn, afx.AudioFadeOut))]
    return clip.with_effects(effects).with_start(one["at"] / rate).with_position("center")


def _title(film: dict[str, Any], title: dict[str, Any]) -> Any:
    letters = TextClip(
        font=film["font"], text=title["text"], font_size=film["letters_px"], color="white", margin=(0, 20)
    )
    rate = film["rate"]
    return (
        letters.with_start(title["start"] / rate)
        .with_duration(title["frames"] / rate)
        .with_position(("center", "bottom"))
    )


def _music(film: dict[str, Any], seconds: float) -> Any:
    """Its level by steps between the frames at which it changes: ramps are not in MoviePy."""
    music = AudioFileClip(film["music"]).subclipped(0, seconds)
    levels, rate = film["levels"], film["rate"]
    if len(levels) == 1:
        return music.with_volume_scaled(levels[0][1])
    for (first, level), (last, _) in zip(levels, [*levels[1:], [film["frames"], 0]], strict=True):
        if last > first:
            music = music.with_volume_scaled(level, first / rate, last / rate)
    return music


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
