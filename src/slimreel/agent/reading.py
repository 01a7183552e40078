"""Reads a part of a request as one operation: the best that its words allow, with the parameters they give.

Knows the cues of all operations and what fills their parameters; how a request is divided into parts is not known here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from slimreel.agent import fill_picture, fill_sound, fill_talk, fill_time
from slimreel.agent.asked import CUES
from slimreel.agent.context import Context
from slimreel.agent.cues import read_cue
from slimreel.agent.pieces import Piece
from slimreel.agent.span import Missing, Span, left_over, weight

Params = dict[str, Any]

FILLERS: dict[str, Callable[[Span], Params | list[Params]]] = {
    **{name: getattr(fill_time, name) for name in (
        "trim", "cut", "split", "delete_clip", "reorder", "concat", "transition", "speed", "reverse", "loop", "freeze",
        "remove_silence")},
    **{name: getattr(fill_picture, name) for name in (
        "reframe", "crop", "rotate", "flip", "zoom", "stabilize", "add_text", "add_image", "pip", "subtitles",
        "auto_captions", "blur_region", "color", "denoise_video", "sharpen", "deinterlace", "lut")},
    **{name: getattr(fill_sound, name) for name in (
        "add_music", "volume", "mute", "replace_audio", "normalize_audio", "denoise_audio", "fade", "audio_sync", "gif",
        "thumbnail", "extract_audio", "split_parts", "preview", "export")},
    **{name: getattr(fill_talk, name) for name in ("update", "nudge", "remove", "undo", "status", "upload", "cancel", "unclear")},
    **dict.fromkeys(("redo", "reset", "credits", "help", "nothing"), fill_talk.nothing_needed),
}  # fmt: skip

# Meanings that belong to any operation and need not be used.
FREE = frozenset(
    "video it clip_noun t_at t_of t_from t_to t_mark t_on going_to t_and t_begin adding changing t_off t_for t_long "
    "question out:this out:make out:to out:subject out:filler out:at out:of out:is".split()
)
# What else belongs to an operation without giving a parameter.
OWN = {
    "delete_clip": "neg remove",
    "replace_audio": "adding under_word sound music original_sound voice voiceover keep",
    "trim": "keep trimming cutting clip_noun part_word starting stopping rest talking to_front to_back t_first t_last rest",
    "cut": "remove cutting trimming part_word talking silence to_front to_back t_start t_end t_first t_last opening both_ends t_last",
    "split": "splitting parts cutting halfway part_word transition",
    "speed": "speed speedup slowdown fitting until t_long large_amount half_speed double_speed faster slower video_whole",
    "reverse": "reverse moving keep part_word", "loop": "loop times keep until play_word speed", "freeze": "freeze grain last_frame keep stopping grain",
    "concat": "merging one_word order both t_after", "reorder": "moving order rest untouched to_front to_back swapping same t_before t_after reverse",
    "transition": "transition between adding look slowly fade merging both rest keep merging", "reframe": "aspectword horizontally vertically both moving landscape crop keep cropfit sides grain look out:preset different_word",
    "crop": "crop remove cropfit part_word grain", "rotate": "rotate sideways denoise grain clockwise video_whole SHARE rotate_weak", "flip": "flip rotate grain text",
    "zoom": "zoomin zoomout grain slowdown until", "stabilize": "stabilize denoise remove grain", "add_text": "text adding writing n_title watermark look image changing position_word fitting voice",
    "add_image": "image adding moving keep logo watermark position_word look", "pip": "pip adding image moving keep position_word small_text boxword smaller changing",
    "subtitles": "subtitles burn soft adding text grain language_word export words_size", "auto_captions": "autocap subtitles adding text burn soft voice sound talking writing language_word small_amount",
    "blur_region": "blurregion things_to_hide image text logo adding blurpad grain remove part_word position_word", "add_music": "music sound adding volume quiet under_word until original_sound loop video keep merging t_end t_start t_last t_first to_back quieter down_word",
    "volume": "sound volume louder quieter changing music voice", "mute": "mute sound volume remove changing off_word keep talking", "normalize_audio": "normalize sound volume voice louder quieter changing out:preset",
    "denoise_audio": "noise denoise sound voice remove down_word too_word quieter louder large_amount", "fade": "fade fadein fadeout sound music adding toblack slowly look t_end t_start transition",
    "audio_sync": "sync sound moving voice grain denoise remove", "color": "look brightness adding grain", "denoise_video": "grain denoise remove noise toodark look picture_word too_word down_word large_amount toodark less down_word", "sharpen": "sharpen grain",
    "deinterlace": "deinterlace remove denoise grain vintage vintage", "lut": "lut grade intensity look adding changing CLIP half_word intensity", "gif": "gif adding changing keep loop splitting cutting each export trimming frame_word out:resolution once",
    "thumbnail": "thumbnail autopick saving image adding changing grain pictureformat cutting video keep export frame_word still_jpg extracting getting", "extract_audio": "extract_audio sound music keep extracting saving export changing adding parts each getting picture_word",
    "split_parts": "parts each splitting cutting adding t_long saving export trimming equal_word", "preview": "preview export adding quick timeline autopick grain saving keep export text n_title", "export": "export saving adding keep rendering preview_word status out:container changing previous QUOTE frame_word",
    "update": "changing moving n_title text image logo watermark music subtitles pip sound volume adding writing keep blurregion it position_word words_size opacity fitting intensity out:under starting stopping words_word different_word later earlier bigger_text small_text up_word down_word voice width_word strong still",
    "nudge": "changing n_title text image music sound volume pip speed more less speedup slowdown look words_size adding zoomin zoomout louder quieter bigger smaller stopping starting up down image",
    "remove": "remove changing text image music subtitles n_title rest previous blurregion", "undo": "undo it previous step_word changing", "redo": "redo undo it previous undo",
    "reset": "reset undo all_word remove changing trimming", "status": "status timeline rendering export video question preview", "credits": "credits question export rendering keep",
    "upload": "upload adding video other keep music image", "cancel": "cancel rendering export status", "help": "help question adding changing",
    "nothing": "neg untouched keep rest except changing export yet sound voice subtitles order rendering music n_title text image transition rest both original_sound quieter undo",
}  # fmt: skip
_OWN = {op: frozenset(names.split()) | FREE for op, names in OWN.items()}


# What one more operation has to explain before it is worth assuming.
OPERATION_COST = 1.4


@dataclass(slots=True)
class Reading:
    """One way to understand a part: an operation with its parameters, or with what is missing. `score` compares ways."""

    op: str
    commands: list[Params] = field(default_factory=list)
    missing: Missing | None = None
    score: float = 0.0
    left: list[Piece] = field(default_factory=list)


def read_part(pieces: list[Piece], text: str, context: Context, before: list[Piece] | None = None) -> Reading | None:
    """The best reading of these pieces as one operation, or None where no cue fits."""
    best: Reading | None = None
    there = frozenset[str]().union(*(piece.means for piece in pieces))
    elements = element_meanings(context)
    for op, cues in CUES.items():
        used: set[int] | None = None
        for line in cues:
            cue = read_cue(line, elements)
            found = cue.places(pieces) if cue is not None and cue.may_be(there) else None
            if found is not None and (used is None or len(found) > len(used)):
                used = found
        if used is None:
            continue
        reading = _filled(op, pieces, text, context, used, before or [])
        reading.score += 0.1 * len(used)
        if best is None or reading.score > best.score:
            best = reading
    return best


def element_meanings(context: Context) -> frozenset[str]:
    return frozenset(word for one in context.elements for word in fill_talk.TYPE_WORDS.get(one.type, ()))


def _filled(op: str, pieces: list[Piece], text: str, context: Context, cue_places: set[int], before: list[Piece]) -> Reading:
    span = Span(pieces, context, text, before=before)
    reading = Reading(op)
    try:
        found = FILLERS[op](span)
        reading.commands = found if isinstance(found, list) else [found]
    except Missing as missing:
        reading.missing = missing
    span.used |= cue_places
    reading.left = left_over(span, _OWN.get(op, FREE))
    explained = sum(weight(piece) for at, piece in enumerate(pieces) if at in span.used and not piece.has("mark"))
    reading.score = explained - 1.5 * sum(weight(piece) for piece in reading.left) - OPERATION_COST - (1.6 if reading.missing else 0.0)
    return reading
