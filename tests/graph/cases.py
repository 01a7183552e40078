"""One draft for each operation, for golden graphs and for counting frames; some have two."""

from __future__ import annotations

from slimreel.edit.draft import Draft
from slimreel.edit.log import EditCommand
from tests.edit.facts import do, edited, full, one_clip, three_clips

_TITLE = do("add_text", text="Day 2", start_s=1, end_s=3)

CASES: dict[str, tuple[EditCommand, ...]] = {
    "trim": (do("trim", start_s=1.5, end_s=3.25),),
    "cut": (do("cut", ranges_s=[[1, 2], [4, 5]]),),
    "split": (do("split", at_s=[3]),),
    "delete_clip": (do("split", at_s=[3]), do("delete_clip", clip="c1")),
    "reorder": (do("split", at_s=[3]), do("reorder", order=["c2", "c1"])),
    "concat": (do("concat", clips=["c1", "a3"]),),
    "transition": (do("split", at_s=[3]), do("transition", type="wipeleft", duration_s=1)),
    "speed": (do("speed", factor=4),),
    "speed_pitch": (do("speed", factor=0.5, keep_pitch=False),),
    "reverse": (do("trim", end_s=4), do("reverse")),
    "loop": (do("trim", end_s=2), do("loop", count=2)),
    "freeze": (do("freeze", at_s=5, duration_s=2),),
    "remove_silence": (do("remove_silence"),),
    "reframe_crop": (do("reframe", aspect="9:16", mode="crop", focus="left"),),
    "reframe_blur": (do("reframe", aspect="9:16"),),
    "reframe_pad": (do("reframe", aspect="1:1", mode="pad", color="#112233"),),
    "crop": (do("crop", left_px=100, top_px=50),),
    "rotate": (do("rotate", degrees=90),),
    "flip": (do("flip"),),
    "zoom": (do("zoom", factor=1.3, range_s=[1, 2]),),
    "zoom_slow": (do("zoom", factor=0.8, animate=True),),
    "stabilize": (do("stabilize"),),
    "add_text": (do("add_text", text="50% {b} \\N 'x':", start_s=1, end_s=3, box=True, bold=True, anim="fade"),),
    "add_image": (do("add_image", opacity=0.5, start_s=1, end_s=3),),
    "pip": (do("pip", file="a3", start_s=2, position={"x": 0.25, "y": 0.5}),),
    "subtitles": (do("subtitles", file="a7", position="top", offset_s=0.5),),
    "subtitles_soft": (do("subtitles", file="a7", mode="soft", language="en"), do("cut", first_s=2)),
    "auto_captions": (do("auto_captions"),),
    "blur_region": (do("blur_region", position="left", start_s=1, end_s=2),),
    "add_music": (do("add_music", duck=True, fade_in_s=1, fade_out_s=2, start_s=2),),
    "volume": (do("volume", level=0.5), do("volume", level=0.2, range_s=[1, 2])),
    "mute": (do("mute"),),
    "replace_audio": (do("replace_audio", file="a4", volume=0.8),),
    "normalize_audio": (do("normalize_audio"),),
    "denoise_audio": (do("denoise_audio"),),
    "fade": (do("fade", color="#FFFFFF"),),
    "audio_sync": (do("audio_sync", offset_s=-0.25),),
    "color": (
        do("color", brightness_pct=10, contrast_pct=5, temperature_pct=-20, exposure_ev=0.5, preset="cinematic"),
    ),
    "denoise_video": (do("denoise_video", strength="low"),),
    "sharpen": (do("sharpen"),),
    "deinterlace": (do("deinterlace"),),
    "lut": (do("lut", file="film.cube", intensity=0.6),),
    "compress": (do("compress", target_size_bytes=10_000_000, resolution="720p", codec="hevc"),),
    "export": (do("export", format="webm", resolution="480p", fps=24, filename="film"),),
    "gif": (do("gif", start_s=2, end_s=5, max_size_bytes=2_000_000),),
    "thumbnail": (do("thumbnail", at_s=7, format="png", width_px=640),),
    "extract_audio": (do("extract_audio", format="m4a", audio_bitrate_bps=96_000),),
    "split_parts": (do("split_parts", max_duration_s=4),),
    "preview": (do("preview", range_s=[2, 7], resolution="240p"),),
    "update": (_TITLE, do("update", target="t1", set={"text": "Day 3", "color": "#FF0000"})),
    "nudge": (_TITLE, do("nudge", target="t1", param="size", direction="up")),
    "remove": (_TITLE, do("remove", target="t1")),
    "undo": (do("flip"), do("undo")),
    "redo": (do("flip"), do("undo"), do("redo")),
    "reset": (do("flip"), _TITLE, do("reset")),
}


def draft_of(case: str) -> Draft:
    return edited(one_clip(), *CASES[case])


def mixed() -> Draft:
    """Clips of three sizes and two rates under everything that can lie over them."""
    return edited(full(), do("speed", factor=2, clip="c3"), do("reverse", clip="c2"), do("normalize_audio"))


__all__ = ["CASES", "draft_of", "full", "mixed", "three_clips"]
