"""Parameters of `update` and `remove`: what is said of elements that are there already.

Reads a span of pieces and marks what it used; knows no cue and no draft.
"""

from __future__ import annotations

from slimreel.agent.context import ElementFact
from slimreel.agent.fill.base import Params, stretch
from slimreel.agent.fill.elements import TYPE_WORDS, mentioned, names_video, starts_at, target_elements
from slimreel.agent.fill.overlay import STROKE_PX, opacity
from slimreel.agent.fill.sound import fade_params
from slimreel.agent.pieces import Piece
from slimreel.agent.span import Missing, Span
from slimreel.agent.words import texts

_PLACED = {"text", "image", "pip", "subtitles", "blur"}  # the kinds of elements that have a place in the picture


def update(span: Span) -> list[Params]:
    """One command an element. Raises Missing where one more is asked for (加个标题)."""
    if (kind := _one_more(span)) is not None:
        raise Missing("text" if kind == "text" else "file")
    targets = target_elements(span)
    if (traded := _traded(span, targets)) is not None:
        return traded
    changes: Params = {}
    kinds = {one.type for one in targets}
    quoted = span.take("QUOTE")
    if quoted is not None and kinds & {"text"}:
        changes["text"] = quoted.value
    position = _new_position(span, kinds, [str(one.facts.get("position", "")) for one in targets])
    if position and kinds & _PLACED:
        changes["position"] = position
    color = span.named("color")
    if color and kinds & {"text", "subtitles"}:
        changes["color"] = color
    if kinds & {"music"}:
        _music_changes(span, changes)
    opacity(span, changes)
    if not _moved_by(span, changes, targets):
        _times(span, changes)
    if (share := span.take("PERCENT", "SHARE")) is not None:
        if kinds & {"music"}:
            raise Missing("amount")  # how loud music is, `volume` says
        name = "scale" if kinds & {"image", "pip"} else "opacity"
        changes[name] = share.value / 100
    if kinds & {"subtitles"}:
        _subtitle_changes(span, changes)
    if kinds & {"blur"} and (_strongly(span) or span.says("high")):
        changes["strength"] = "high"
    if kinds & {"text", "subtitles"}:
        _text_changes(span, changes)
    if kinds & {"image"}:
        files = [piece.value for piece in span.all("FILE")]
        if files and files[0] not in (one.file for one in targets):
            changes["file"] = files[0]
    if not changes:
        raise Missing(_left_unsaid(span, kinds))
    return [{"target": one.id, "set": dict(changes)} for one in targets]


def _left_unsaid(span: Span, kinds: set[str]) -> str:
    """What an element is to become: other words, another file, or how much of something."""
    if kinds == {"text"} and span.has("writing", "changing", "words_word"):
        return "text"
    replaced = span.has("swapping", "replace") or any(piece.text.startswith("换") for piece in span.pieces)
    return "file" if replaced and kinds <= {"image", "music", "pip"} else "amount"


def _strongly(span: Span) -> bool:
    """A word for very much; the "so" of "so put it there" is none."""
    hits = [at for at, one in enumerate(span.pieces) if one.has("strong", "large_amount") and one.text != "so"]
    span.used.update(hits)
    span.used.update(at for at, one in enumerate(span.pieces) if one.text == "so")
    return bool(hits)


def _traded(span: Span, targets: list[ElementFact]) -> list[Params] | None:
    """Places that follow from where things stand: each other's, or the other side."""
    for word, places in (("swapping", _in_each_others_place), ("other_side", _across)):
        if span.has(word) and (found := places(targets)):
            span.claim(word)
            return found
    return None


_OPPOSITE = {"left": "right", "right": "left"}


def _across(targets: list[ElementFact]) -> list[Params]:
    """Elements that stand at a side go to the other side."""
    places = [str(one.facts.get("position", "")) for one in targets]
    if not all("left" in place or "right" in place for place in places):
        return []
    moved = ["_".join(_OPPOSITE.get(part, part) for part in place.split("_")) for place in places]
    return [{"target": one.id, "set": {"position": place}} for one, place in zip(targets, moved, strict=True)]


def _in_each_others_place(targets: list[ElementFact]) -> list[Params]:
    """Two elements that have places trade them."""
    places = [one.facts.get("position") for one in targets]
    if len(targets) != 2 or not all(isinstance(place, str) for place in places):
        return []
    return [
        {"target": one.id, "set": {"position": place}} for one, place in zip(targets, reversed(places), strict=True)
    ]


def _one_more(span: Span) -> str | None:
    """The kind of element that is to be added, where its noun follows a verb of adding and nothing says which."""
    if span.has("QUOTE", "FILE", "LAID", "both", "same"):
        return None
    for at, piece in enumerate(span.pieces):
        if not (piece.has("adding") and piece.text.startswith(tuple(texts("adds_another")))):
            continue
        noun = next((one for one in span.pieces[at + 1 : at + 4] if not one.is_loose()), None)
        kind = next((kind for kind, words in TYPE_WORDS.items() if noun is not None and noun.has(*words)), None)
        if kind in ("text", "image"):
            return kind
    return None


def _new_position(span: Span, kinds: set[str], places: list[str]) -> str | None:
    """Where something is to go; up and down mean the edges where no small step is spoken of."""
    other = any(piece.text.startswith(("other", "opposite")) for piece in span.pieces)
    position = span.named("position")
    if position in ("top", "bottom") and other and len(places) == 1:
        if position not in places[0] or "_" not in places[0]:
            raise Missing("amount")  # "the other corner at the top": which?
        span.claim("other", "other_side", "corner_word", "different_word")
        return "_".join(_OPPOSITE.get(part, part) for part in places[0].split("_"))
    if position is not None:
        return position
    if span.claim("centered"):
        return "center"
    if not kinds & _PLACED or span.has("small_amount", "large_amount", "later", "earlier"):
        return None
    for word, edge in (("down", "bottom"), ("up", "top")):
        if span.find(word) is not None:
            span.claim(word)
            return edge
    return None


def _music_changes(span: Span, changes: Params) -> None:
    if span.claim("duck"):
        changes["duck"] = not span.claim("neg", "off_word", "remove")
        span.claim("voice", "quieter", "smaller", "quiet", "less", "down_word", "volume", "sound")
    if span.has("fadein", "fadeout"):
        fade_params(span, changes)
    if (song := span.take("SOUNDFILE")) is not None and span.has("replace", "swapping", "changing"):
        changes["file"] = song.value
    if any(piece.has("loop") and not piece.has("play_word") for piece in span.pieces):
        span.claim("loop")
        changes["loop"] = not span.claim("neg")
    elif span.claim("once"):
        changes["loop"] = False


def _subtitle_changes(span: Span, changes: Params) -> None:
    late = span.has("later") or span.has("is_early")  # what comes too early is moved to later
    early = span.has("earlier") or span.has("is_late")
    if span.has("is_early", "is_late") and span.has("later", "earlier"):
        late, early = span.has("later"), span.has("earlier")
    if late != early and "start_s" in changes:
        changes["offset_s"] = changes.pop("start_s") * (1 if late else -1)
        span.claim("later", "earlier", "is_early", "is_late")
    for word, name in (("bigger_text", "large"), ("small_text", "small"), ("medium_text", "medium")):
        at = span.find(word)
        if at is not None and not span.pieces[at].has("bigger", "smaller"):
            span.used.add(at)
            changes["size"] = name


def _text_changes(span: Span, changes: Params) -> None:
    for word, name in (("bigger_text", "large"), ("small_text", "small")):
        at = span.find(word)
        if at is not None and not span.pieces[at].has("bigger", "smaller", "small_amount") and "size" not in changes:
            changes["size"] = name
            span.used.add(at)
    ends = span.pieces[-1] if len(span.pieces) > 1 and span.pieces[-2].has("mark") else None
    if ends is not None and ends.text in texts("large_words") and "size" not in changes:
        changes["size"] = "large"  # 换蓝色，大字
    pixels = span.take("PX")
    if pixels is None and span.claim("words_size"):
        pixels = next(iter(span.numbers(4, 1000)), None)
    if pixels is not None:
        changes["size_px"] = pixels.value
    if span.claim("strokeword"):
        changes["stroke"] = 0 if span.claim("neg", "remove", "without") else STROKE_PX
        span.claim("adding")
    for word, name in (("boldword", "bold"), ("boxword", "box")):
        if span.claim(word):
            changes[name] = not span.claim("neg")
    for word, name in (("anim_type", "typewriter"), ("anim_slide", "slide"), ("anim_fade", "fade")):
        if span.claim(word):
            changes["anim"] = name
            return


def _times(span: Span, changes: Params) -> None:
    """When an element is to be there. Raises Missing where it is to last longer than the whole."""
    lasting = span.has("longer", "shorter") and not span.has("UNTIL", "RANGE", "fadein", "fadeout")
    if lasting and span.has("TIME", "FOR"):
        raise Missing("range")
    if (found := span.take("RANGE")) is not None:
        start, end = found.value
        if found.has("BEFORE") and span.has("neg"):
            span.claim("neg")
            changes["start_s"] = end
        elif found.has("AFTER") and span.has("blurregion", "remove", "neg"):
            span.claim("neg")
            changes["end_s"] = start  # hide it after that
        elif found.has("BEFORE"):
            changes["end_s"] = end
        else:
            changes["start_s"], changes["end_s"] = start, end
            return
    if span.has("FIRST", "LAST") and (edge := stretch(span)) is not None:
        changes["start_s"], changes["end_s"] = edge
        return
    if span.find("until_end") is not None:
        span.claim("until_end")
        changes["end_s"] = "end"
        return
    if (
        any("enough" in piece.text or "够" in piece.text for piece in span.pieces)
        and (enough := span.take("TIME", "FOR")) is not None
    ):
        changes["end_s"] = starts_at(span) + enough.value
    if (start_piece := span.take("START")) is not None:
        changes["start_s"] = start_piece.value
    if (until := span.take("UNTIL")) is not None:
        changes["start_s" if span.says(*texts("only_then")) else "end_s"] = until.value
    _within_length(span)
    moment = span.take("AT", "TIME")
    if moment is not None and "end_s" not in changes and (second := span.take("AT")) is not None:
        changes["start_s"], changes["end_s"] = moment.value, second.value
    elif moment is not None:
        ending = span.claim("stopping", "until")
        changes["end_s" if ending and not span.claim("starting", "t_begin") else "start_s"] = moment.value
    if (length := span.take("FOR")) is not None:
        changes["end_s"] = float(changes.get("start_s", starts_at(span))) + length.value
    span.claim("starting", "stopping")


def _moved_by(span: Span, changes: Params, targets: list[ElementFact]) -> bool:
    """ "Three seconds longer", "start it one second earlier": from where the element ends or begins now."""
    times = [piece for piece in span.pieces if piece.has("TIME", "FOR")]
    longer, shorter = span.has("longer"), span.has("shorter")
    later, earlier = span.has("later", "afterwards"), span.has("earlier", "sooner")
    at_end = longer or shorter or span.has("stopping")
    shifts = targets and targets[0].type != "subtitles" and (later or earlier) and not span.has("AT", "CLOCK")
    at_start = (span.has("starting", "t_begin", "adding", "entering") or bool(shifts)) and not at_end
    if len(times) != 1 or len(targets) != 1 or (longer or later) == (shorter or earlier) or at_end == at_start:
        return False
    old = targets[0].facts.get("end_s" if at_end else "start_s")
    if not isinstance(old, int | float) or isinstance(old, bool):
        return False
    span.claim(*"TIME FOR longer shorter later earlier sooner afterwards starting stopping t_start t_begin".split())
    moved = float(old) + times[0].value * (1 if longer or later else -1)
    changes["end_s" if at_end else "start_s"] = max(0.0, moved)
    return True


def _within_length(span: Span) -> None:
    """Raises Missing where a moment lies behind the end of the video, whatever clip is named."""
    end = span.context.length_s
    if end is None:
        return
    for piece in span.pieces:
        if piece.has("UNTIL", "AT", "START") and isinstance(piece.value, float) and piece.value > end + 0.05:
            raise Missing("range", moment_s=piece.value, length_s=end)


def _all_but(span: Span) -> list[ElementFact]:
    """ "Leave the logo, everything else comes off"; 除了logo，全撤掉."""
    everything = span.has("rest", "all_word", "both", "video_whole")
    if not everything or not (span.has("except", "keep", "untouched") or span.says("leave", "除了")):
        return []
    kept = mentioned(Span(_excepted(span.pieces), span.context, ""))
    if not kept or len(kept) >= len(span.context.elements):
        return []
    where = max(
        at for at, piece in enumerate(span.pieces) if piece.has("except", "keep", "untouched", "rest", "video_whole")
    )
    span.used.update(range(next(iter(_next_order(span, where)), len(span.pieces))))
    kinds = {"text"} if span.has("n_title") and not any(one.type == "text" for one in kept) else None
    return [one for one in span.context.elements if one not in kept and (kinds is None or one.type in kinds)]


def _excepted(pieces: list[Piece]) -> list[Piece]:
    """The clause of what is kept, where one begins with an "except": 除了logo，画面上的字全撤掉."""
    at = next((at for at, piece in enumerate(pieces) if piece.has("except")), None)
    end = None if at is None else next((i for i in range(at, len(pieces)) if pieces[i].has("mark")), None)
    return pieces if end is None else pieces[at:end]


def remove(span: Span) -> list[Params]:
    """One command an element. Raises Missing where "no" is said of what was understood, and not of an element."""
    if span.has("meant") and not span.has("remove"):
        raise Missing("clip")  # "no, i meant the date, not the name"
    targets = _all_but(span)
    if not targets:
        kept, removed = span.find("keep", "except"), span.find("remove")
        if kept is not None and removed is not None and kept > removed and not span.has("FILE"):
            targets = _without_kept(span, kept)
        elif names_video(span.pieces) and not mentioned(Span(span.pieces, span.context, "")):
            raise Missing("range")  # 把这个视频删掉 is not said of the last title
        else:
            targets = target_elements(span)
    for at, piece in enumerate(span.pieces):
        if piece.has("POSITION") and not any(one.text in texts("leads_to") for one in span.pieces[max(0, at - 2) : at]):
            span.used.add(at)  # where it is, and not where it goes
    return [{"target": one.id} for one in targets]


def _next_order(span: Span, at: int) -> list[int]:
    """Where what is kept ends because more is asked for: "keep the title and make that red"."""
    orders = (
        "trimming",
        "cutting",
        "mute",
        "export",
        "speedup",
        "changing",
        "moving",
        "adding",
        "remove",
        "bigger",
        "smaller",
    )
    return [
        place
        for place in range(at + 1, len(span.pieces) - 1)
        if span.pieces[place].has("t_and") and span.pieces[place + 1].has(*orders)
    ][:1]


def _without_kept(span: Span, at: int) -> list[ElementFact]:
    """ "Take the logo off, keep the title": what is named outside the clause that keeps something. Raises Missing."""
    marks = [place for place, piece in enumerate(span.pieces) if piece.has("mark")]
    begin = max((place for place in marks if place <= at), default=at)
    end = min((place for place in [*marks, *_next_order(span, at)] if place >= at), default=len(span.pieces))
    whole, kept = span.pieces, range(begin, end)
    span.pieces = [piece for place, piece in enumerate(whole) if place not in kept]
    targets = mentioned(span)
    span.pieces = whole
    span.used.update(kept)
    if not targets:
        raise Missing("clip")
    return targets
