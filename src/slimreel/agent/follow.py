"""Understands what is said about the last turn: "not 10, 15", "same for the second clip", "no, the logo", "give it 5 more",
and what leaves the verb out ("again but 320 wide"). Everything it gives is the last operation once more, changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slimreel.agent import fill_talk
from slimreel.agent.context import Context
from slimreel.agent.pieces import Piece
from slimreel.agent.reading import FILLERS, FREE, OPERATION_COST
from slimreel.agent.span import Missing, Span, left_over, weight

Command = dict[str, Any]

_AMOUNTS = (
    "NUMBER",
    "SIZE",
    "RATE",
    "SCALE",
    "TIME",
    "AT",
    "FOR",
    "PERCENT",
    "TIMES",
    "FPS",
    "PX",
    "DB",
    "DEGREES",
    "START",
    "UNTIL",
    "LINES",
    "LINES?",
    "SHARE",
)
_ABOUT_LAST = (
    frozenset(
        "same other both rest neg meant previous more small_amount large_amount out:correct out:neg out:instead out:toobig out:keeping out:bad replace "
        "question out:good t_of undo again_word out:less up_word down_word changing adding moving out:under".split()
    )
    | FREE
)
_ELEMENT_OPS = {
    "add_text": "text",
    "add_image": "image",
    "pip": "pip",
    "add_music": "music",
    "subtitles": "subtitles",
    "blur_region": "blur",
}
_NOT_REPEATED = frozenset("undo redo reset status credits upload cancel help export clarify out_of_scope".split())
# Which parameter a lone amount is for, in this order.
_MAIN = ("target_size_bytes", "max_size_bytes", "video_bitrate_bps", "max_bitrate_bps", "size_ratio", "factor", "fit_duration_s", "duration_s", "first_s",
         "last_s", "level", "gain_db", "volume", "degrees", "lufs", "offset_s", "at_s", "max_duration_s", "parts", "count", "until_s", "min_silence_s",
         "fps", "crf", "vmaf_min", "audio_bitrate_bps", "width_px", "end_s", "start_s", "brightness_pct", "contrast_pct", "saturation_pct", "opacity",
         "scale", "size_px", "intensity", "threshold_db", "resolution")  # fmt: skip
_BY_KIND = {
    "TIME": ("duration_s", "first_s", "last_s", "offset_s", "fit_duration_s", "max_duration_s", "until_s", "min_silence_s", "at_s", "end_s", "start_s"),
    "SIZE": ("target_size_bytes", "max_size_bytes"), "RATE": ("video_bitrate_bps", "max_bitrate_bps", "audio_bitrate_bps"),
    "PERCENT": ("level", "volume", "opacity", "size_ratio", "scale", "intensity", "factor", "brightness_pct", "contrast_pct", "saturation_pct"),
    "TIMES": ("factor", "count"), "FPS": ("fps",), "PX": ("width_px", "size_px", "bottom_px", "top_px", "left_px", "right_px"),
    "DB": ("gain_db", "threshold_db", "true_peak_db"), "DEGREES": ("degrees",), "LINES": ("resolution",),
}  # fmt: skip


def follow_up(pieces: list[Piece], context: Context) -> list[Command] | None:
    """The commands of a turn that is about the last one alone, or None where it is not."""
    last = _last(context)
    if last is None:
        return None
    content = [piece for piece in pieces if not piece.is_loose() and not piece.has("mark")]
    if not content or len(content) > 12:
        return None
    for way in (
        _corrected_text,
        _relative_look,
        _times_as_much,
        _for_others,
        _another_target,
        _shifted,
        _more_of_it,
        _another_amount,
    ):
        found = way(pieces, content, last, context)
        if found is not None:
            return found
    return None


def _last(context: Context) -> Mapping[str, Any] | None:
    for done in reversed(context.last_ops):
        if done.get("op") not in _NOT_REPEATED and isinstance(done.get("params"), Mapping):
            return done
    return None


def _again(last: Mapping[str, Any], **changed: Any) -> Command:
    return {"op": str(last["op"]), "params": {**last["params"], **changed}}


def _only(content: list[Piece], *means: str) -> bool:
    """Is there nothing but these meanings and what is said around a last turn?"""
    known = _ABOUT_LAST | set(means)
    return all(piece.means & known for piece in content)


def _corrected_text(
    pieces: list[Piece], content: list[Piece], last: Mapping[str, Any], context: Context
) -> list[Command] | None:
    """A typo: it should say “Day 3”; 打错字了，是“再接再厉”."""
    quoted = [piece for piece in pieces if piece.has("QUOTE")]
    wrong = any(piece.has("meant", "neg", "typo_word", "out:correct", "out:neg") for piece in pieces)
    if len(quoted) != 1 or not wrong or any(piece.has("adding", "position", *_AMOUNTS) for piece in content):
        return None
    target = fill_talk.last_target(Span(pieces, context, ""))
    if target is None or not any(one.id == target and one.type == "text" for one in context.elements):
        return None
    return [{"op": "update", "params": {"target": target, "set": {"text": quoted[0].value}}}]


_LOOKS = (("brightness", "brightness", 1), ("toodark", "brightness", 1), ("darker", "brightness", -1), ("contrast", "contrast", 1),
          ("saturation", "saturation", 1), ("desaturate", "saturation", -1))  # fmt: skip


def _relative_look(
    pieces: list[Piece], content: list[Piece], last: Mapping[str, Any], context: Context
) -> list[Command] | None:
    """A little brighter still, after a change of colours: more or less of what was changed."""
    if (
        last["op"] not in ("color", "nudge")
        or any(piece.has("NUMBER", "PERCENT", "EV") for piece in pieces)
        or len(context.clips) > 1
    ):
        return None
    found = [(param, sign) for word, param, sign in _LOOKS for piece in pieces if piece.has(word)]
    if (
        not found
        or len({param for param, _ in found}) > 1
        or any(piece.has("bw", "vivid", "cinematic", "vintage") for piece in pieces)
    ):
        return None
    span = Span(pieces, context, "")
    less = any(piece.has("less", "darker", "quieter", "down_word") and not piece.has("more") for piece in pieces)
    param, sign = found[-1]
    up = sign > 0 if found[-1][1] < 0 or not less else False
    target = context.clips[0].id if context.clips else "c1"
    return [
        {
            "op": "nudge",
            "params": {
                "target": target,
                "param": param,
                "direction": "up" if up else "down",
                "amount": fill_talk._amount(span),
            },
        }
    ]


def _times_as_much(
    pieces: list[Piece], content: list[Piece], last: Mapping[str, Any], context: Context
) -> list[Command] | None:
    """Double that limit; half of it."""
    if any(piece.has(*_AMOUNTS) and not piece.has("SHARE", "halve", "double") for piece in pieces) or len(content) > 4:
        return None
    twice = any(piece.has("double") for piece in content)
    half = any(piece.has("halve") for piece in content)
    about = any(piece.has("it") or piece.text in ("limit", "size", "that", "限制", "大小") for piece in pieces)
    if twice == half or not about:
        return None
    for name in ("target_size_bytes", "max_size_bytes", "video_bitrate_bps", "max_bitrate_bps"):
        if isinstance(value := last["params"].get(name), int | float):
            return [_again(last, **{name: int(value * 2 if twice else value / 2)})]
    return None


def _for_others(
    pieces: list[Piece], content: list[Piece], last: Mapping[str, Any], context: Context
) -> list[Command] | None:
    """Same for the second clip; now the other one too; 第二段也一样."""
    if not any(piece.has("same", "again_word") for piece in pieces) and not any(
        piece.has("other") for piece in content
    ):
        return None
    words = tuple(word for words in fill_talk.TYPE_WORDS.values() for word in words)
    if not _only(content, "CLIP", "clip_noun", "ORDINAL", *words) or any(piece.has(*_AMOUNTS) for piece in content):
        return None
    if last["op"] in _ELEMENT_OPS or "target" in last["params"]:
        return _same_for_element(pieces, last, context)
    before = last["params"].get("clip")
    done = [before] if isinstance(before, str) else [context.clips[0].id] if context.clips else []
    named = [
        value
        for piece in content
        if piece.has("CLIP")
        for value in (piece.value if isinstance(piece.value, list) else [piece.value])
    ]
    named = [one for one in named if one != before] or named
    if not named and any(piece.has("other", "rest") for piece in content):
        named = [clip.id for clip in context.clips if clip.id not in done]
    if not named and any(piece.has("both") for piece in content):
        return [_again(last, clip="all")]
    ids = [clip.id for clip in context.clips]
    if any(one not in ids for one in named if ids):
        return [{"op": "clarify", "params": {"about": "clip"}}]
    return [_again(last, clip=one) for one in named] or None


def _same_for_element(pieces: list[Piece], last: Mapping[str, Any], context: Context) -> list[Command] | None:
    span = Span(pieces, context, "")
    targets = [one.id for one in fill_talk.mentioned(span) if one.id != last["params"].get("target")]
    if not targets and any(piece.has("other", "rest") for piece in pieces):
        targets = [one.id for one in context.elements if one.id != last["params"].get("target")]
    return [_again(last, target=one) for one in targets] if "target" in last["params"] and targets else None


def _another_target(
    pieces: list[Piece], content: list[Piece], last: Mapping[str, Any], context: Context
) -> list[Command] | None:
    """No, the logo; 不是标题，是logo; I meant the second one."""
    if not any(piece.has("neg", "meant", "out:neg", "out:correct", "out:instead") for piece in pieces):
        return None
    words = tuple(word for words in fill_talk.TYPE_WORDS.values() for word in words)
    if not _only(content, "CLIP", "clip_noun", "ORDINAL", *words) or any(piece.has(*_AMOUNTS) for piece in content):
        return None
    clips = [piece for at, piece in enumerate(pieces) if piece.has("CLIP") and not _denied(pieces, at)]
    params = last["params"]
    if "target" in params and str(params["target"])[:1] != "c":
        meant = [piece for at, piece in enumerate(pieces) if not _denied(pieces, at) and not piece.has("neg", "meant")]
        span = Span(meant, context, "")
        targets = [one.id for one in fill_talk.mentioned(span) if one.id != params["target"]]
        if not targets:
            same_kind = [one for one in context.elements if one.id[:1] == str(params["target"])[:1]]
            order = next((int(str(piece.named["ordinal"])) for piece in pieces if "ordinal" in piece.named), None)
            order = order or next((_place(piece) for piece in clips), None)
            if order is not None and same_kind and abs(order) <= len(same_kind):
                targets = [same_kind[order - 1 if order > 0 else order].id]
        return [_again(last, target=targets[-1])] if targets else None
    if clips and last["op"] not in _ELEMENT_OPS:
        value = clips[-1].value
        if "target" in params:
            return [_again(last, target=value)] if isinstance(value, str) else None
        return [_again(last, clip=value)] if isinstance(value, str) else None
    if not clips and len(context.clips) == 2 and any(piece.has("other") for piece in content) and "clip" in params:
        other = next(clip.id for clip in context.clips if clip.id != params["clip"])
        return [_again(last, clip=other)]
    return None


def _place(piece: Piece) -> int | None:
    return int(piece.value[1:]) if isinstance(piece.value, str) and piece.value[1:].isdigit() else None


def _denied(pieces: list[Piece], at: int) -> bool:
    """Does a "not" stand before this piece, or a "too big" after it?"""
    for place in range(at - 1, max(-1, at - 4), -1):
        piece = pieces[place]
        if piece.has("neg", "out:neg", "out:instead") and piece.text not in ("no", "nope", "nah", "不对", "no wait"):
            return True
        if piece.has("meant") or (piece.has("mark") and place != at - 1) or piece.has(*_AMOUNTS):
            break
    for place in range(at + 1, min(len(pieces), at + 4)):
        if pieces[place].has("out:toobig", "too_word") or pieces[place].text in ("太", "还是", "还"):
            return True
        if pieces[place].has("mark"):
            break
    return False


def _shifted(
    pieces: list[Piece], content: list[Piece], last: Mapping[str, Any], context: Context
) -> list[Command] | None:
    """Two seconds later is a nicer frame."""
    at = last["params"].get("at_s")
    length = next((piece.value for piece in pieces if piece.has("TIME", "FOR")), None)
    later, earlier = (
        any(piece.has("later", "afterwards") for piece in pieces),
        any(piece.has("earlier", "sooner") for piece in pieces),
    )
    if not isinstance(at, int | float) or length is None or later == earlier:
        return None
    return [_again(last, at_s=max(0.0, at + (length if later else -length)))]


def _more_of_it(
    pieces: list[Piece], content: list[Piece], last: Mapping[str, Any], context: Context
) -> list[Command] | None:
    """Give it 5 more: what was asked for and five."""
    more = any(
        piece.has("more")
        and piece.text in ("more", "extra", "another", "再", "多", "加", "add", "再给", "再加", "再多")
        for piece in pieces
    )
    less = any(piece.text in ("less", "fewer", "smaller", "再小", "少") for piece in pieces)
    amounts = [piece for piece in content if piece.has("NUMBER", "SIZE", "SCALE", "RATE")]
    if not (more or less) or len(amounts) != 1:
        return None
    for name in ("target_size_bytes", "max_size_bytes", "video_bitrate_bps", "max_bitrate_bps"):
        value = last["params"].get(name)
        if isinstance(value, int | float):
            piece = amounts[0]
            step = piece.value if not piece.has("NUMBER") else _scaled(piece.value, value)
            after = value + step * (1 if more else -1)
            return [_again(last, **{name: int(after)})] if after > 0 else None
    return None


def _another_amount(
    pieces: list[Piece], content: list[Piece], last: Mapping[str, Any], context: Context
) -> list[Command] | None:
    """Not 10, 15; 3秒，不是1秒; 2x is nuts, do 1.5; make that 20."""
    places = [at for at, piece in enumerate(pieces) if piece.has(*_AMOUNTS)]
    if not places or len(places) > 2:
        return None
    corrected = (
        any(
            piece.has("neg", "meant", "out:neg", "out:toobig", "out:instead", "out:correct", "too_word")
            for piece in pieces
        )
        or len(places) == 2
    )
    if not corrected or not all(
        piece.has(*_AMOUNTS)
        or piece.means & _ABOUT_LAST
        or piece.has("unknown", "too_word", "speedup", "slowdown", "toobig_word")
        for piece in content
    ):
        return None
    wanted = [at for at in places if not _denied(pieces, at)]
    refused = [at for at in places if at not in wanted]
    if len(wanted) != 1 or (not refused and len(places) > 1):
        return None
    piece = pieces[wanted[0]]
    name = _parameter(last["params"], piece, [pieces[at] for at in refused])
    if name is None:
        return None
    value = _converted(piece, name, last["params"][name])
    kind = _ELEMENT_OPS.get(str(last["op"]))
    if kind is not None and (there := context.of_type(kind)):
        return [{"op": "update", "params": {"target": there[-1].id, "set": {name: value}}}]
    return [_again(last, **{name: value})]


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
    kinds = [kind for kind, _ in _BY_KIND.items() if piece.has(kind)]
    names = [name for kind in kinds for name in _BY_KIND[kind]] if kinds and not piece.has("NUMBER") else list(_MAIN)
    if piece.has("AT", "FOR", "START", "UNTIL"):
        names = list(_BY_KIND["TIME"])
    return next((name for name in names if name in params), None)


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


def left_out(pieces: list[Piece], text: str, context: Context) -> tuple[list[Command], float] | None:
    """The last operation with what this turn says of its parameters, and how well that explains it."""
    last = _last(context)
    if last is None or last["op"] not in FILLERS or last["op"] in ("nudge", "update", "remove"):
        return _of_element(pieces, text, context)
    if last["op"] in _ELEMENT_OPS:
        return _of_element(pieces, text, context)
    span = Span(pieces, context, text)
    try:
        found = FILLERS[str(last["op"])](span)
    except Missing as missing:
        found = {} if missing.about else {}
        found = _partial(span, last)
    new = found[0] if isinstance(found, list) else found
    new = {name: value for name, value in new.items() if name not in ("auto", "direction", "axis")} or new
    changed = {name: value for name, value in new.items() if last["params"].get(name) != value}
    if not changed:
        return None
    return [_again(last, **changed)], _score(span, pieces)


def _partial(span: Span, last: Mapping[str, Any]) -> dict[str, Any]:
    """What can be said of a reframe without its aspect."""
    if last["op"] == "reframe":
        if any(piece.text in ("than", "instead of", "rather than", "而不是", "代替") for piece in span.pieces):
            stop = next(
                at
                for at, piece in enumerate(span.pieces)
                if piece.text in ("than", "instead of", "rather than", "而不是", "代替")
            )
            span.used.update(range(stop, len(span.pieces)))
            span.pieces = [
                piece if at < stop else replace(piece, means=frozenset({"filler"}))
                for at, piece in enumerate(span.pieces)
            ]
        color = span.named("color") or (
            "#FFFFFF" if any("white" in p.text or "白" in p.text for p in span.pieces) else None
        )
        if color and span.has("padbars"):
            span.claim("padbars")
            return {"mode": "pad", "color": color}
        for word, mode in (("blurpad", "blur_pad"), ("stretchfit", "stretch"), ("padbars", "pad"), ("cropfit", "crop")):
            at = span.find(word)
            if at is not None and not _denied(span.pieces, at):
                span.claim("blurpad", "padbars", "cropfit", "stretchfit")
                return {"mode": mode}
    if last["op"] == "transition" and (length := span.take("TIME", "FOR", "AT")) is not None:
        return {"duration_s": length.value}
    return {}


def _of_element(pieces: list[Piece], text: str, context: Context) -> tuple[list[Command], float] | None:
    """White actually; keep it up there till 9 s: a change of the element that was last spoken of."""
    span = Span(pieces, context, text)
    if fill_talk.last_target(span) is None:
        return None
    try:
        found = fill_talk.update(span)
    except Missing:
        return None
    return [{"op": "update", "params": params} for params in found], _score(span, pieces) - 0.2


def _score(span: Span, pieces: list[Piece]) -> float:
    left = left_over(span, _ABOUT_LAST)
    explained = sum(weight(piece) for at, piece in enumerate(pieces) if at in span.used and not piece.has("mark"))
    return explained - 1.5 * sum(weight(piece) for piece in left) - OPERATION_COST + 0.3
