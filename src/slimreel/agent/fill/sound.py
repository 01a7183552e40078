"""Parameters of the operations on sound, and of fades.

Reads a span of pieces and marks what it used; knows no cue and no draft.
"""

from __future__ import annotations

from slimreel.agent.context import SOUND_FILES
from slimreel.agent.fill.base import Params, clip_param, ranged, session_file, strength, stretch
from slimreel.agent.fill.elements import TYPE_WORDS, last_target
from slimreel.agent.pieces import Piece
from slimreel.agent.span import Missing, Span
from slimreel.agent.words import texts


def add_music(span: Span) -> Params:
    params: Params = {}
    if span.context.of_type("music") and not span.has("FILE") and not span.says(*texts("one_more"), "换"):
        raise Missing("file")  # of the music that is there, not of another
    params["file"] = session_file(span, SOUND_FILES)
    share = span.take("PERCENT", "SHARE")
    if share is not None:
        params["volume"] = share.value / 100
        span.claim("volume", "sound")
    elif (gain := span.take("DB")) is not None:
        params["gain_db"] = gain.value
    elif (number := span.find("TIMES")) is not None:
        span.used.add(number)
    elif (level := _bare_level(span)) is not None:
        params["volume"] = level
    if span.claim("duck"):
        params["duck"] = True
        span.claim("voice", "quieter")
    fade_params(span, params)
    if span.claim("loop"):
        params["loop"] = not span.claim("neg")
        span.claim("until")
    elif span.claim("once"):
        params["loop"] = False
    start = span.take("START", "AT")
    if start is not None:
        params["start_s"] = start.value
    elif (length := span.take("RANGE")) is not None:
        params["start_s"], end = length.value
        if end != "end":
            params["end_s"] = end
    elif span.has("FIRST", "LAST") and (named := stretch(span)) is not None:
        params["start_s"] = named[0]
        if named[1] != "end":
            params["end_s"] = named[1]
    return params


def _bare_level(span: Span) -> float | None:
    """音量25, of music: a hundred is as loud as it is."""
    for at, piece in enumerate(span.pieces[1:], 1):
        if piece.has("NUMBER") and 3 <= piece.value <= 100 and span.pieces[at - 1].has("volume"):
            span.used |= {at - 1, at}
            return float(piece.value) / 100
    return None


def _heard(span: Span, way: str) -> int | None:
    """A fade that is not one of the picture (渐黑)."""
    at = span.find(way)
    return None if at is None or _any_in([span.pieces[at].text], "黑", "暗") else at


def fade_params(span: Span, params: Params) -> None:
    """`fade_in_s` and `fade_out_s` of music; a fade without a length is one of a second."""
    goes_in, goes_out = _heard(span, "fadein"), _heard(span, "fadeout")
    both = span.find("inandout", "fade") is not None and goes_in is None and goes_out is None
    fades = goes_in is not None or goes_out is not None or both
    lengths = span.all("FOR", "TIME") or span.all("LAST", "FIRST") if fades else []
    values = [piece.value for piece in lengths]
    if both and span.claim("inandout", "fade"):
        params["fade_in_s"] = params["fade_out_s"] = values[0] if values else 1.0
        return
    if goes_in is not None:
        span.used.add(goes_in)
        params["fade_in_s"] = values.pop(0) if values else 1.0
    out = next((at for at, piece in enumerate(span.pieces) if piece.text == "out"), None)
    if goes_out is None and goes_in is not None and values and out is not None and out > goes_in:
        span.used.add(out)  # "fade in 1s and out 2s"
        params["fade_out_s"] = values.pop(0)
    if goes_out is not None:
        span.used.add(goes_out)
        params["fade_out_s"] = values.pop(0) if values else 1.0


def _sound_target(span: Span) -> str | None:
    if span.claim("music"):
        return "music"
    if span.claim("original_sound"):
        return "original"
    if span.has("voice"):
        laid_over = any(one.type == "voiceover" for one in span.context.elements)
        spoken = span.has("voiceover")
        span.claim("voice", "voiceover")
        return "voiceover" if laid_over or spoken else "original"
    span.claim("sound", "volume")
    return None


def volume(span: Span) -> Params:
    params: Params = {}
    target = _sound_target(span)
    if target:
        params["target"] = target
    if (
        target == "music"
        and not span.context.of_type("music")
        and span.has("adding")
        and not span.says("turn", "put", "have")
    ):
        raise Missing("file")  # music that is to be added
    if span.has("out:size", "out:less") and not span.has("sound", "volume", "louder", "quieter", "music"):
        raise Missing("amount")  # of the original's size, not of its sound
    span.claim("sound", "volume")
    down, up = span.claim("quieter", "down_word") | _less(span), span.claim("louder", "more", "up_word")
    if (gain := span.take("DB")) is not None:
        signed = gain.has("SIGNED") or gain.value < 0
        params["gain_db"] = gain.value if signed else -gain.value if down and not up else gain.value
    elif (share := span.take("PERCENT", "TIMES", "SHARE")) is not None:
        level = _level(span, share, up=up, down=down)
        params["level"] = round(level, 4)
    elif span.claim("halve"):
        params["level"] = 0.5
    elif span.claim("double"):
        params["level"] = 2.0
    else:
        raise Missing("amount")
    span.claim("small_amount", "large_amount")  # "a bit louder, by 4 dB": how much is said
    ranged(span, params)
    clip_param(span, params)
    return params


_AS_FAR_AS = frozenset("到至成")  # how 砍到 and 压至 end


def _level(span: Span, share: Piece, *, up: bool, down: bool) -> float:
    """How loud it is to be, as a factor; a percentage can be that or what is added or taken off."""
    level = float(share.value / 100 if share.has("PERCENT", "SHARE") else share.value)
    if not share.has("PERCENT"):
        return 2.0 if level == 1 and up else level  # 大一倍 is twice as loud
    if span.says("by", "了") and not span.says("to", *texts("as_far_as")):
        return 1 - level if down else 1 + level
    if share.has("SHARE"):
        return level
    if up and not down and level < 1 and not span.says("to", "到", "at"):
        return 1 + level
    if down and not span.says(*texts("as_far_as")) and not any(p.text[-1:] in _AS_FAR_AS for p in span.pieces):
        return 1 - level
    return level


def _less(span: Span) -> bool:
    """A word of less that is no "too"."""
    hits = [at for at, piece in enumerate(span.pieces) if piece.has("less") and piece.text not in texts("too_much")]
    span.used.update(hits)
    return bool(hits)


def mute(span: Span) -> Params:
    params: Params = {}
    span.claim("mute")
    _one_sound(span)
    if not span.has("music", "voice") and span.claim("sound"):
        span.claim("remove", "neg")
    kept = span.find("keep", "except")
    music, original = span.find("music"), span.find("original_sound")
    if original is not None:
        params["target"] = "original"
        span.claim("original_sound", "keep", "music", "remove", "sound")
    elif kept is not None and music is not None:
        params["target"] = "original"
        span.claim("music", "keep", "except", "remove", "sound", "mute")
    elif music is not None:
        params["target"] = "music"
        span.claim("music", "remove", "sound")
    elif span.has("voiceover"):
        params["target"] = "voiceover"
        span.claim("voice", "voiceover", "remove")
    elif span.has("voice"):
        params["target"] = "original"
        span.claim("voice", "remove")
    elif _any_in([piece.text for piece in span.pieces], "原声") and _beside_music(span):
        params["target"] = "original"
    ranged(span, params)
    if "range_s" not in params and (moments := span.all("AT")):
        if len(moments) == 2:
            params["range_s"] = [moments[0].value, moments[1].value]
        else:
            raise Missing("range")
    clip_param(span, params)
    return params


def _one_sound(span: Span) -> None:
    """Raises Missing where one sound among others is to go (把咳嗽声剪掉): when it is heard nobody said."""
    for at, piece in enumerate(span.pieces):
        before = span.pieces[at - 1] if at else None
        named = before is not None and before.end == piece.start and _is_plain_noun(before)
        if piece.text == "声" and named and not span.has("RANGE", "FIRST", "LAST", "AT"):
            raise Missing("range")


def _is_plain_noun(piece: Piece) -> bool:
    return piece.has("unknown") or (piece.means <= {"filler"} and len(piece.text) > 1)


def _beside_music(span: Span) -> bool:
    """Is there music that stays, in the session or earlier in the same request?"""
    return bool(span.context.of_type("music")) or any(piece.has("music", "SOUNDFILE") for piece in span.before)


def replace_audio(span: Span) -> Params:
    if span.has("music") and not span.has("original_sound", "sound", "voice"):
        raise Missing("file")  # bgm换成a.mp3 puts music there
    span.claim("replace", "original_sound", "sound", "voice", "voiceover", "music")
    return {"file": session_file(span, SOUND_FILES)}


def normalize_audio(span: Span) -> Params:
    params: Params = {}
    span.claim("normalize", "sound", "volume", "louder", "quieter")
    loudness = span.take("LUFS")
    if loudness is None and (at := span.find("NUMBER")) is not None and -40 <= span.pieces[at].value <= -5:
        loudness = span.take("NUMBER")
    if loudness is None and span.says("lufs"):
        loudness = span.take("NUMBER")
    if loudness is not None:
        params["lufs"] = -abs(loudness.value)
    if (peak := span.take("DB")) is not None:
        params["true_peak_db"] = -abs(peak.value)
    at = span.find("out:preset")
    if at is not None and not (at and span.pieces[at - 1].text.startswith(tuple(texts("makes_one")))):
        span.used.add(at)  # "-14 lufs for youtube"; 出个小红书版 is a wish of its own
    return params


def denoise_audio(span: Span) -> Params:
    params: Params = {}
    cures = [piece for piece in span.pieces if piece.has("denoise")]
    wrong = span.has("noise", "denoising", "quieter", "too_word")
    if cures and not wrong and all(piece.has("remove") for piece in cures):
        raise Missing("range")  # 去掉音轨 takes the sound off; no noise was spoken of
    span.claim("noise", "denoise", "remove", "sound", "voice", "quieter", "less")
    if not span.has("picture_word", "frame_word"):  # a clear voice is no sharp picture
        span.used |= {at for at, piece in enumerate(span.pieces) if piece.has("sharpen") and piece.has("out:sharp")}
    strength(span, params)
    clip_param(span, params)
    return params


def fade(span: Span) -> Params | list[Params]:
    params: Params = {}
    if span.has("music") and span.context.of_type("music"):
        raise Missing("clip")  # the music that is there is changed by `update`
    of_music = _of_music(span)
    if of_music and not span.has_before("SOUNDFILE"):
        raise Missing("clip")
    fades = [piece.text for piece in span.pieces if piece.has("fadein", "fadeout")]
    sound = span.claim("sound", "music", "voice") or _any_in(fades, "sound", "audio", "声", "music")
    sound = sound or any(said in texts("heard_fade") for said in fades)
    if (picture_at := span.find("grain")) is not None:
        span.used.add(picture_at)
    params["direction"] = _fade_direction(span)
    to_color = [piece.text for piece in span.pieces if piece.has("fadein", "fadeout", "fadeblack")]
    colored = span.has("toblack") or _any_in(to_color, "black", "黑", "white", "暗", "亮")
    white = None
    if _any_in([piece.text for piece in span.pieces], "white", "白"):
        white = span.named("color") or "#FFFFFF"
        colored = True
    elif span.has("toblack"):
        span.named("color")
    target = "music" if of_music else _fade_target(span, sound=sound, colored=colored)
    if target is not None:
        params["target"] = target
    if white:
        params["color"] = white
    span.claim(*_OF_FADES)
    begin = span.take("START") if params["direction"] == "out" else None
    whole = span.context.length_s
    if begin is not None and whole is not None and 0 < whole - begin.value <= _LONGEST_FADE:
        params["duration_s"] = whole - begin.value
    length = span.take("FOR", "TIME", "LAST", "FIRST", "AT")
    if length is not None:
        params["duration_s"] = length.value
    clip_param(span, params)
    if params["direction"] == "in" and (out := _out_as_well(span)) is not None:
        return [params, {**params, "direction": "out", "duration_s": out}]
    return params


_LONGEST_FADE = 60.0  # seconds


def _out_as_well(span: Span) -> float | None:
    """How long the other fade takes in "fade in over 4 s and out over 6"."""
    out = next((at for at, piece in enumerate(span.pieces) if piece.text == "out"), None)
    length = None if out is None else next((at for at in range(out, len(span.pieces)) if _is_length(span, at)), None)
    if out is None or length is None:
        return None
    span.used.update((out, length))
    return float(span.pieces[length].value)


def _is_length(span: Span, at: int) -> bool:
    return at not in span.used and span.pieces[at].has("FOR", "TIME", "NUMBER")


def _of_music(span: Span) -> bool:
    """Is the "it" of "fade it out" the music that was just spoken of?"""
    named = span.has("sound", "voice", "music", "toblack", "fadeblack", "fadewhite", "text", "image", "CLIP")
    if named or not span.says("it", "that") or span.says(*texts("the_picture")):
        return False
    kinds = [
        kind
        for piece in span.before
        for kind, words in TYPE_WORDS.items()
        if piece.has(*words) or _is_song(piece, kind)
    ]
    if kinds:
        return kinds[-1] == "music"
    last = last_target(span) if span.context.last_ops and not span.before else None
    return any(one.id == last and one.type == "music" for one in span.context.elements)


def _is_song(piece: Piece, kind: str) -> bool:
    return kind == "music" and piece.has("SOUNDFILE")


_OF_FADES = """
    out_word keep fadein fadeout fade inandout toblack fadeblack to_back to_front t_end t_start mark fadewhite
    t_first t_last
""".split()


def _any_in(said: list[str], *parts: str) -> bool:
    return any(part in text for text in said for part in parts)


def _fade_direction(span: Span) -> str:
    goes_in, goes_out = span.find("fadein") is not None, span.find("fadeout") is not None
    if span.claim("both_ends") or span.find("inandout") is not None or (goes_in and goes_out):
        return "both"
    if goes_in and span.says("out") and span.has("t_end", "t_last"):
        return "both"  # "fade in at the start and out at the end"
    if goes_in or goes_out:
        return "in" if goes_in else "out"
    at_end = span.has("t_end", "t_last", "LAST")
    if span.says("out"):
        return "out"
    if span.says("in") and not at_end:
        return "in"
    if at_end or span.has("to_back"):
        return "out"
    return "in" if span.has("to_front", "t_start", "FIRST", "t_first") else "both"


def _fade_target(span: Span, *, sound: bool, colored: bool) -> str | None:
    """Sound or picture, where one of them is named or the fade has a colour; None for both."""
    picture = span.says(*texts("the_picture")) and not sound
    if span.says("画面") and _any_in([piece.text for piece in span.pieces], "声"):
        sound = picture = False  # both are named
    if sound:
        return "audio"
    return "video" if colored or picture else None


def audio_sync(span: Span) -> Params:
    if span.has("subtitles") and not span.has("sound", "voice"):
        raise Missing("file")  # subtitles that are late, where there are none
    offset = span.take("TIME", "FOR", "AT") or span.take("NUMBER")
    if offset is None:
        raise Missing("amount")
    if offset.has("NUMBER") and not offset.has("SIGNED"):
        raise Missing("unit")
    if offset.has("SIGNED"):
        span.claim("later", "earlier", "sync", "sound")
        return {"offset_s": offset.value}
    early, late = span.find("earlier"), span.find("later")
    if early is not None and late is not None and span.pieces[late].has("earlier"):
        late = None if early != late else late  # "pull it forward": forward alone is either
    was_early, was_late = span.find("is_early"), span.find("is_late")
    if early is not None and early == was_early and late is not None and late != early:
        early = None
    if early is not None or late is not None:
        sign = 1 if late is not None and (early is None or late > early) else -1
    elif was_early is not None:
        sign = 1
    elif was_late is not None:
        sign = -1
    else:
        raise Missing("range")
    span.claim("earlier", "later", "is_early", "is_late", "sync", "sound", "voice")
    return {"offset_s": sign * abs(offset.value)}
