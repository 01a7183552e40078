"""Parameters of what comes out beside or instead of a video: sound files, animations, stills, parts, previews, exports.

Reads a span of pieces and marks what it used; knows no cue and no draft.
"""

from __future__ import annotations

from slimreel.agent.fill.base import Params, clip_param, ranged, stretch, within_video
from slimreel.agent.pieces import Piece
from slimreel.agent.span import Missing, Span
from slimreel.agent.words import texts

_SOUND_FORMATS = ("mp3", "wav", "m4a", "flac", "opus")


def extract_audio(span: Span) -> Params:
    params: Params = {}
    for at, piece in enumerate(span.pieces):
        if piece.has("audioformat"):
            span.used.add(at)
        denied = at > 0 and span.pieces[at - 1].has("neg")
        if piece.has("audioformat") and piece.text in _SOUND_FORMATS and not denied:
            params["format"] = piece.text
    for piece in span.pieces:
        for name in _SOUND_FORMATS:
            if (piece.has("extract_audio") and name in piece.text.split()) or (
                piece.has("extract_audio") and not piece.text.isascii() and name in piece.text
            ):
                params.setdefault("format", name)
    rate = span.take("RATE", "SCALE", "SIZE")
    if rate is not None:
        params["audio_bitrate_bps"] = int(rate.value)
    elif (number := span.take("NUMBER")) is not None and number.value in (64, 96, 112, 128, 160, 192, 224, 256, 320):
        params["audio_bitrate_bps"] = int(number.value * 1000)
    span.claim("extracting", "sound", "extract_audio", "keep", "music", "out:audio", "out:rate")
    clip_param(span, params)
    return params


def gif(span: Span) -> Params:
    params: Params = {}
    width = span.take("PX")
    if width is not None:
        params["width_px"] = int(width.value)
    rate = span.take("FPS") or (span.take("NUMBER") if span.claim("out:fps") else None)
    if rate is not None:
        params["fps"] = rate.value
    size = span.take("SIZE", "SCALE")
    if size is not None:
        params["max_size_bytes"] = int(size.value)
        span.claim("out:under", "out:size")
    if (number := span.find("NUMBER")) is not None and width is None and 80 <= span.pieces[number].value <= 2000:
        span.used.add(number)
        params["width_px"] = int(span.pieces[number].value)
    found = stretch(span)
    length = span.find("TIME") if found is None else None
    moments = [*span.all("AT"), *(piece for piece in span.before if piece.has("AT"))] if length is not None else []
    if length is not None and moments:  # "the goal at 21:14, a gif of the 4 seconds from there"
        span.used.add(length)
        found = moments[0].value, moments[0].value + span.pieces[length].value
    if found is None and span.has("part_word") and not span.has("video_whole"):
        raise Missing("range")
    if found is not None:
        params["start_s"] = found[0] if found[0] is not None else 0.0
        if found[1] is not None:
            params["end_s"] = found[1]
    if span.claim("neg", "once"):
        span.claim("loop")
        params["loop"] = False
    span.claim("loop", "width_word", "out:width", "out:fps", "splitting", "cutting", "keep")
    return params


def thumbnail(span: Span) -> Params:
    params: Params = {}
    for piece in span.pieces:
        if piece.text in texts("instead_of"):
            break
        for name, words in (("jpg", {"jpg", "jpeg"}), ("png", {"png"}), ("webp", {"webp"})):
            if not words.isdisjoint(piece.text.split()):
                params["format"] = name
    span.claim("pictureformat")
    laid = any(one.text.startswith(("插", "加", "贴", "叠", "添", "放")) for one in span.pieces if one.has("adding"))
    if laid and any(one.has("thumbnail") and one.text in texts("plain_picture") for one in span.pieces):
        raise Missing("file")  # 插入一张图片 takes no picture out of the video
    moment = span.take("AT", "START", "TIME", "CLOCK", "FOR")
    if moment is not None:
        within_video(span, moment.value)
        params["at_s"] = moment.value
    elif span.claim("first_frame"):
        params["at_s"] = 0.0
    else:
        picked = span.claim("autopick")
        if picked or not span.has("neg"):
            params["auto"] = True
    width = span.take("PX", "NUMBER")
    if width is not None and width.value >= 16:
        params["width_px"] = int(width.value)
    span.claim("autopick", "saving", "image", "out:width", "width_word")
    return params


def split_parts(span: Span) -> Params:
    params: Params = {}
    size = span.take("SIZE", "SCALE")
    if size is not None:
        params["max_size_bytes"] = int(size.value)
        span.claim("out:under", "out:size")
        span.claim("parts", "each", "splitting", "cutting", "NUMBER")
        return params
    length = _length_of_parts(span) or span.take("TIME", "FOR", "AT")
    lone = next((one for one in span.pieces if one.has("parts", "splitting", "each") and not one.is_loose()), None)
    if length is not None and lone is not None and lone.text in texts("takes_one") and lone.start < length.start:
        raise Missing("range")  # 截5秒出来: one of five seconds, and which?
    if length is not None:
        params["max_duration_s"] = length.value
        if span.has("splitting"):
            span.numbers(1, 1)  # 每10分钟分一集
    elif (number := span.take("NUMBER", "TIMES")) is not None and 2 <= number.value <= 1000:
        params["parts"] = int(number.value)
    elif span.claim("halve", "halfway", "SHARE"):
        params["parts"] = 2
    else:
        raise Missing("amount")
    span.claim("parts", "each", "splitting", "cutting", "out:under")
    return params


def _length_of_parts(span: Span) -> Piece | None:
    """ "It is 25 minutes, split it into 5 minutes each": of several lengths the one behind the verb."""
    verb = span.find("splitting", unused=False)
    lengths = [at for at, piece in enumerate(span.pieces) if piece.has("TIME", "FOR", "AT")]
    behind = [at for at in lengths if verb is not None and at > verb]
    if len(lengths) < 2 or len(behind) != 1:
        return None
    span.used.update(lengths)
    return span.pieces[behind[0]]


def preview(span: Span) -> Params:
    params: Params = {}
    ranged(span, params)
    lines = span.take("LINES", "LINES?")
    if lines is not None:
        params["resolution"] = f"{int(lines.value)}p"
    span.claim("autopick")
    return params


_FILE_FORMATS = ("mp4", "mov", "webm", "gif", "mp3")


def export(span: Span) -> Params:
    params: Params = {}
    for piece in span.pieces:
        for word in piece.text.replace(".", " ").split():
            if word in _FILE_FORMATS and not piece.has("FILE", "QUOTE", "NAME"):
                params["format"] = word
    span.claim("out:container", "gif", "audioformat")
    lines = span.take("LINES", "LINES?")
    if lines is not None:
        params["resolution"] = f"{int(lines.value)}p"
    elif (named := span.find("out:resolution")) is not None:
        span.used.add(named)
    rate = span.take("FPS")
    if rate is None and lines is not None and (bare := span.numbers(10, 240)):
        rate = bare[0]  # 1080p60
    if rate is not None:
        params["fps"] = rate.value
    name = span.take("NAME") or _quoted_name(span) or (_file_to_be(span) if _names_file(span) else None)
    if name is not None:
        params["filename"] = name.value
        span.claim("naming")
        ending = str(name.value).rpartition(".")[2].lower()
        if ending in _FILE_FORMATS:
            params.setdefault("format", ending)
    clip_param(span, params)
    return params


def _names_file(span: Span) -> bool:
    return span.says(*texts("is_called")) or any(
        piece.has("export") and piece.text.endswith(" as") for piece in span.pieces
    )


def _file_to_be(span: Span) -> Piece | None:
    """ "Save it as final.mp4": a file that the session does not have yet."""
    at = span.find("FILE")
    if at is None or span.pieces[at].text in span.context.names:
        return None
    span.used.add(at)
    span.claim("going_to")
    return span.pieces[at]


def _quoted_name(span: Span) -> Piece | None:
    """A quote that names the file: one behind the verb, or behind "called"; not a title written before it."""
    quoted, verb = span.find("QUOTE"), span.find("export", "saving", "rendering", unused=False)
    if quoted is None:
        return None
    named = span.near(quoted, "naming", before=2, after=0) is not None
    if not named and (verb is None or verb > quoted or span.near(quoted, "writing", before=2, after=0) is not None):
        return None
    span.claim("naming")
    span.used.add(quoted)
    return span.pieces[quoted]
