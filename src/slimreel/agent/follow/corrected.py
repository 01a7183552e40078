"""The last operation with another value: "not 10, 15", "give it 5 more"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import PurePath
from typing import Any

from slimreel.agent.context import PICTURE_FILES, SOUND_FILES
from slimreel.agent.fill.elements import ELEMENT_OPS
from slimreel.agent.follow.last import ABOUT_LAST, AMOUNTS, Command, Turn, again, denied, only_about_last
from slimreel.agent.follow.multiplied import WEIGHTS
from slimreel.agent.pieces import Piece
from slimreel.agent.reading import meanings_of
from slimreel.agent.words import texts

# Which parameter a lone amount is for, in this order.
_MAIN = """
    target_size_bytes max_size_bytes video_bitrate_bps max_bitrate_bps size_ratio factor fit_duration_s duration_s
    first_s last_s level gain_db volume degrees lufs offset_s at_s max_duration_s parts count until_s min_silence_s
    fps crf vmaf_min audio_bitrate_bps width_px end_s start_s brightness_pct contrast_pct saturation_pct opacity
    scale size_px intensity threshold_db resolution
""".split()
_TIMES = """
    duration_s first_s last_s offset_s fit_duration_s max_duration_s until_s min_silence_s at_s end_s start_s
""".split()
_SHARES = """
    level volume opacity size_ratio scale intensity factor brightness_pct contrast_pct saturation_pct
""".split()
_BY_KIND = {
    "TIME": _TIMES,
    "SIZE": ["target_size_bytes", "max_size_bytes"],
    "RATE": ["video_bitrate_bps", "max_bitrate_bps", "audio_bitrate_bps"],
    "PERCENT": _SHARES,
    "TIMES": ["factor", "count"],
    "FPS": ["fps"],
    "PX": ["width_px", "size_px", "bottom_px", "top_px", "left_px", "right_px"],
    "DB": ["gain_db", "threshold_db", "true_peak_db"],
    "DEGREES": ["degrees"],
    "LINES": ["resolution"],
}


def other_file(turn: Turn) -> list[Command] | None:
    """ "tram.mp3 would fit better": another file in the place of the last one of its kind."""
    files = [piece for piece in turn.content if piece.has("SOUNDFILE", "IMAGEFILE")]
    if not files and (called := _called(turn) or _by_its_stem(turn)) is not None:
        return called
    if len(files) != 1 or not (any(one.text in texts("preferred") for one in turn.pieces) or _only_swaps(turn)):
        return None
    wanted = "music" if files[0].has("SOUNDFILE") else "image"
    there = turn.context.of_type(wanted)
    of_clip = any(piece.has("sound", "original_sound", "voice") for piece in turn.content)
    if of_clip or len(there) != 1 or there[0].file == files[0].value:
        return None
    return [{"op": "update", "params": {"target": there[0].id, "set": {"file": files[0].value}}}]


def _by_its_stem(turn: Turn) -> list[Command] | None:
    """换成班徽, where 班徽.png is there and another picture was put on."""
    kind = {"add_music": "music", "add_image": "image"}.get(str(turn.last["op"]))
    rest = [one for one in turn.content if not one.has("replace", "changing", "out:to")]
    there = turn.context.of_type(kind) if kind else []
    if len(rest) != 1 or len(rest) == len(turn.content) or len(there) != 1 or rest[0].text.isascii():
        return None
    suffixes = SOUND_FILES if kind == "music" else PICTURE_FILES
    named = [name for name in turn.context.files(suffixes) if PurePath(name).stem == rest[0].text]
    if len(named) != 1 or named[0] == there[0].file:
        return None
    return [{"op": "update", "params": {"target": there[0].id, "set": {"file": named[0]}}}]


_LAID_BY = {"add_music": "SOUNDFILE", "add_image": "IMAGEFILE"}


def _only_swaps(turn: Turn) -> bool:
    """ "Make that lofi.mp3", 换成lofi.mp3 right after another song was put on."""
    kind = _LAID_BY.get(str(turn.last["op"]))
    rest = [piece for piece in turn.content if not piece.has(kind or "")]
    return kind is not None and bool(rest) and all(piece.has("replace", "changing", "out:to", "it") for piece in rest)


def _called(turn: Turn) -> list[Command] | None:
    """ "The lounge one is nicer": a file of the session by a word of its name, in the place of one of its kind."""
    preferred = any(piece.text in texts("preferred") for piece in turn.pieces)
    strange = [piece for piece in turn.content if piece.has("unknown")]
    if not preferred or len(strange) != 1 or len(turn.content) > 2 or turn.last["op"] not in ("add_music", "add_image"):
        return None
    kind, suffixes = ("music", SOUND_FILES) if turn.last["op"] == "add_music" else ("image", PICTURE_FILES)
    word, there = strange[0].text.casefold(), turn.context.of_type(kind)
    named = [name for name in turn.context.files(suffixes) if word in re.split(r"[\W_]+", name.casefold())]
    if len(named) != 1 or len(there) != 1 or there[0].file == named[0]:
        return None
    return [{"op": "update", "params": {"target": there[0].id, "set": {"file": named[0]}}}]


def shifted(turn: Turn) -> list[Command] | None:
    """Two seconds later is a nicer frame."""
    at = turn.last["params"].get("at_s")
    length = next((piece.value for piece in turn.pieces if piece.has("TIME", "FOR")), None)
    later = any(piece.has("later", "afterwards") for piece in turn.pieces)
    earlier = any(piece.has("earlier", "sooner") for piece in turn.pieces)
    if not isinstance(at, int | float) or length is None or later == earlier:
        return None
    return [again(turn.last, at_s=max(0.0, at + (length if later else -length)))]


def more_of_it(turn: Turn) -> list[Command] | None:
    """Give it 5 more: what was asked for and five."""
    steps = [piece for at, piece in enumerate(turn.pieces) if not _leads_to(turn.pieces, at + 1)]
    more = any(piece.has("more") and piece.text in texts("more_of_it") for piece in steps)
    off = any(piece.has("more") or piece.text in texts("again_as_much") for piece in turn.pieces) and any(
        piece.text in texts("off_it") for piece in steps
    )
    less = off or any(piece.text in texts("less_of_it") for piece in steps)
    amounts = [piece for piece in turn.content if piece.has("NUMBER", "SIZE", "SCALE", "RATE")]
    bounded = any(
        piece.has("out:under", "out:size") and not piece.has("smaller", "bigger")
        for piece in turn.pieces
        if not piece.text.isascii()
    )
    if not (more or less) or len(amounts) != 1 or (bounded and amounts[0].has("SIZE", "SCALE")):
        return None
    gain = turn.last["params"].get("gain_db")
    if turn.last["op"] == "volume" and isinstance(gain, int | float) and amounts[0].has("NUMBER"):
        return [again(turn.last, gain_db=amounts[0].value * (-1 if less or gain < 0 else 1))]  # so much on top of it
    for name in WEIGHTS:
        value = turn.last["params"].get(name)
        if isinstance(value, int | float):
            piece = amounts[0]
            step = piece.value if not piece.has("NUMBER") else _scaled(piece.value, value)
            after = value + step * (-1 if less else 1)
            return [again(turn.last, **{name: int(after)})] if after > 0 else None
    return None


def _leads_to(pieces: list[Piece], at: int) -> bool:
    """Does a "to" stand here: 加到6M is no 6 more?"""
    return at < len(pieces) and pieces[at].has("t_to", "going_to", "out:to")


def another_color(turn: Turn) -> list[Command] | None:
    """ "White bars, not black": what the last operation was given a colour for."""
    colors = [at for at, piece in enumerate(turn.pieces) if "color" in piece.named]
    wanted = [at for at in colors if not denied(turn.pieces, at)]
    named = turn.pieces[wanted[0]].named["color"] if len(wanted) == 1 else _color_of_bars(turn)
    of_element = turn.last["op"] in ("add_text", "subtitles", "update")
    if named is None or of_element or not isinstance(turn.last["params"].get("color"), str):
        return None
    rest = [piece for at, piece in enumerate(turn.pieces) if at not in colors and not piece.is_loose()]
    known = (*meanings_of(str(turn.last["op"])), "padbars", "mark", "dont")
    return [again(turn.last, color=named)] if only_about_last(rest, *known) else None


def _color_of_bars(turn: Turn) -> str | None:
    """That of "white bars", which are one word."""
    named = {"white": "#FFFFFF", "black": "#000000"}
    led = [piece.text.split()[0] for piece in turn.pieces if piece.has("padbars")]
    return named.get(led[0]) if len(led) == 1 else None


def another_format(turn: Turn) -> list[Command] | None:
    """Flac would be better than mp3, after the sound was taken out."""
    if turn.last["op"] != "extract_audio":
        return None
    rates = [piece for piece in turn.content if piece.has("NUMBER", "RATE")]
    if len(rates) > 1 or any(piece.has(*AMOUNTS) for piece in turn.content if piece not in rates):
        return None
    end = next((at for at, one in enumerate(turn.pieces) if one.text in texts("rather_than")), len(turn.pieces))
    named = [piece.text for piece in turn.pieces[:end] if piece.has("audioformat")]
    instead = end < len(turn.pieces) or any(piece.has("meant") for piece in turn.pieces)
    if len(named) != 1 or not instead or named[0] not in ("mp3", "m4a", "wav", "flac", "opus"):
        return None
    rate = {"audio_bitrate_bps": int(_bits(rates[0]))} if rates else {}
    return [again(turn.last, format=named[0], **rate)]


def _bits(piece: Piece) -> float:
    """A bit rate of sound; a bare number is of thousands."""
    return float(piece.value) * (1000 if piece.has("NUMBER") else 1)


_FORMATS = frozenset({"mp4", "mov", "webm", "gif", "mp3"})


def exported_anew(turn: Turn) -> list[Command] | None:
    """ "In mov this time", after a render: another one."""
    formats = [piece.text.lower() for piece in turn.content if piece.text.lower() in _FORMATS]
    lines = [piece for piece in turn.content if piece.has("LINES", "LINES?")]
    beside = [piece for piece in turn.content if piece.has("handing", "again_word", "one_word") and piece not in lines]
    said = len(turn.content) - len(beside)
    if not said or len(formats) + len(lines) != said or len(formats) > 1 or len(lines) > 1:
        return None
    changed = {
        **({"format": formats[0]} if formats else {}),
        **({"resolution": f"{lines[0].value:g}p"} if lines else {}),
    }
    return [again(turn.last, **changed)]


def another_amount(turn: Turn) -> list[Command] | None:
    """Not 10, 15; 3秒，不是1秒; 2x is nuts, do 1.5; make that 20."""
    places = [at for at, piece in enumerate(turn.pieces) if piece.has(*AMOUNTS)]
    counted = [at for at in places if turn.pieces[at].text not in texts("one_of_them")]
    places = counted or places  # "the one at 11"
    if not places or len(places) > 2 or any(piece.has("CLIP") for piece in turn.content):
        return None
    plain = len(places) == 1 and _says_only_an_amount(turn, turn.pieces[places[0]])
    if plain and _is_short_side(turn, turn.pieces[places[0]]):
        return [again(turn.last, resolution=f"{int(turn.pieces[places[0]].value)}p")]
    corrected = (
        plain
        or any(
            piece.has("neg", "meant", "out:neg", "out:toobig", "out:instead", "out:correct", "too_word")
            for piece in turn.pieces
        )
        or len(places) == 2
        or _sets_number(turn, places)
    )
    if not corrected or not all(
        piece.has(*AMOUNTS)
        or piece.means & ABOUT_LAST
        or piece.means & meanings_of(str(turn.last["op"]))
        or piece.has("unknown", "too_word", "speedup", "slowdown", "toobig_word")
        or _only_compares(piece)
        or piece.text in (texts("granting") | texts("one_of_them"))
        or ("at_s" in turn.last["params"] and piece.has("frame_word"))
        or (turn.last["op"] == "compress" and piece.text in texts("looks_bad"))
        for piece in turn.content
    ):
        return None
    wanted = [at for at in places if not denied(turn.pieces, at)]
    refused = [at for at in places if at not in wanted]
    if len(wanted) != 1 or (not refused and len(places) > 1):
        return None
    piece = turn.pieces[wanted[0]]
    if turn.last["op"] == "split_parts" and piece.means == {"NUMBER"} and _counts_parts(turn):
        return [again(turn.last, parts=int(piece.value))]
    if turn.last["op"] == "gif" and piece.has("SIZE", "SCALE"):
        return [again(turn.last, max_size_bytes=int(piece.value))]  # gif太大，限制在2M
    name = _parameter(turn.last["params"], piece, [turn.pieces[at] for at in refused])
    if "at_s" in turn.last["params"] and any(
        one.has("is_early", "is_late") and _only_compares(one) for one in turn.content
    ):
        name = "at_s"  # 早了，应该是64秒
    if name is None:
        return None
    if name == "end_s" and "start_s" in turn.last["params"] and any(one.has("starting") for one in turn.pieces):
        name = "start_s"  # "begin it at 2:50 instead"
    value = _converted(piece, name, turn.last["params"][name])
    slower = any(one.text in texts("slower_words") for one in turn.pieces)
    if name == "factor" and piece.has("TIMES") and slower and value > 1:
        value = 1 / value  # "2x slower is enough"
    kind = ELEMENT_OPS.get(str(turn.last["op"]))
    if kind is not None and (there := turn.context.of_type(kind)):
        return [{"op": "update", "params": {"target": there[-1].id, "set": {name: value}}}]
    return [again(turn.last, **{name: value})]


def _counts_parts(turn: Turn) -> bool:
    """ "In four equal ones": parts, and no seconds."""
    return any(piece.has("equal_word", "parts") for piece in turn.pieces)


_WITH_ONE_AMOUNT = frozenset(
    "compress freeze fade transition rotate volume zoom crop color add_music add_image pip lut".split()
)


def _says_only_an_amount(turn: Turn, piece: Piece) -> bool:
    """ "40 then", "make it 2 secs": a turn too short to be about anything but the last one."""
    most = 3 if turn.last["op"] == "compress" else 2
    if (
        sum(not _only_compares(one) for one in turn.content) > most
        or piece.text in texts("one_of_them")
        or any(one.has("undo", "cutting", "trimming", "remove") for one in turn.content)
    ):
        return False
    return str(turn.last["op"]) in _WITH_ONE_AMOUNT


def _only_compares(piece: Piece) -> bool:
    """停久一点，5秒: that it is to be longer is said again by how long."""
    return piece.has("longer", "shorter", "small_amount", "is_early", "is_late") and not piece.text.isascii()


def _is_short_side(turn: Turn, piece: Piece) -> bool:
    """ "What if it was 720", after a size of some megabytes or a resolution: no size."""
    size = turn.last["params"].get("target_size_bytes", 0)
    small = isinstance(size, int) and size < 100_000_000
    return piece.has("LINES?") and turn.last["op"] == "compress" and (small or "resolution" in turn.last["params"])


def another_like_it(turn: Turn) -> list[Command] | None:
    """ "Do another one at 20": the last operation at another moment."""
    asked = any(one.text in texts("another_one") or one.has("again_word", "different_word") for one in turn.pieces)
    moments = [one for one in turn.pieces if one.has("AT", "TIME", "NUMBER") and one.text != "one"]
    more = any(one.has("one_word") and after.text == "more" for one, after in pairwise(turn.pieces))
    several = turn.last["op"] == "split"  # it holds a list of moments
    if not (asked or more) or len(moments) != 1:
        return None
    if not several and not isinstance(turn.last["params"].get("at_s"), int | float):
        return None
    others = [one for one in turn.content if one not in moments and not one.means & meanings_of(str(turn.last["op"]))]
    known = (*ABOUT_LAST, "different_word", "one_word", "clip_noun", "t_at", "adding", "again_word")
    if not all(one.means & set(known) for one in others):
        return None
    at_s = float(moments[0].value)
    return [again(turn.last, at_s=[at_s] if several else at_s)]


def _sets_number(turn: Turn, places: list[int]) -> bool:
    """改成0.2: a verb and a bare number alone."""
    piece = turn.pieces[places[0]]
    if len(turn.content) != 2:
        return False
    if piece.has("PERCENT") and turn.last["op"] in ("volume", "add_music", "lut", "add_image", "pip"):
        return any(one.has("changing", "shrink_to", "out:to") for one in turn.content)
    bare = piece.has("NUMBER") and piece.text[:1].isdigit()
    return bare and any(one.has("changing") for one in turn.content)


def _parameter(params: Mapping[str, Any], piece: Piece, refused: list[Piece]) -> str | None:
    """Which parameter is corrected: the one that had the refused value, else the main one of that kind."""
    for old in refused:
        for name, value in params.items():
            if (
                isinstance(value, int | float)
                and not isinstance(value, bool)
                and _close(_converted(old, name, value), value)
            ):
                return name
    kinds = [kind for kind in _BY_KIND if piece.has(kind)]
    names = [name for kind in kinds for name in _BY_KIND[kind]] if kinds and not piece.has("NUMBER") else _MAIN
    if piece.has("AT", "FOR", "START", "UNTIL"):
        names = ["start_s", *_TIMES] if piece.has("START") else _TIMES
    amounts = [name for name, value in params.items() if isinstance(value, int | float) and not isinstance(value, bool)]
    only = amounts[0] if len(amounts) == 1 and piece.has("NUMBER", "PX", "PERCENT") else None
    if only is not None and piece.has("PERCENT") and not (only in _SHARES or only.endswith("_pct")):
        only = None  # half as long is no 50 seconds
    return next((name for name in names if name in params), only)


def _close(a: object, b: object) -> bool:
    return isinstance(a, int | float) and isinstance(b, int | float) and abs(a - b) <= 1e-6 * max(1.0, abs(b))


def _converted(piece: Piece, name: str, old: Any) -> Any:
    """The amount in the unit of a parameter."""
    value = piece.value
    if name == "resolution":
        return f"{int(value)}p"
    if name.endswith(("_bytes", "_bps")):
        return int(value if not piece.has("NUMBER") else _scaled(value, old))
    if name in ("level", "volume", "opacity", "size_ratio", "scale", "intensity") or (
        name == "factor" and piece.has("PERCENT")
    ):
        return value / 100 if piece.has("PERCENT") or value > 4 else value
    if name == "gain_db" and isinstance(old, int | float) and old < 0 < value:
        return -value
    return int(value) if name in ("degrees", "parts", "count", "width_px") else value


def _scaled(value: float, old: float) -> float:
    """A bare number in the unit that the old value was most likely said in."""
    return value * (1_000_000 if old >= 1_000_000 or value * 1000 < old / 20 else 1000)
