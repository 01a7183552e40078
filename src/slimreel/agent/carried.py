"""What a piece takes from another of the same request: the noun of "the second one", the no of "square, not tall", and
whether "make that" orders or corrects.

It knows the kinds of pieces and no operation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from slimreel.agent.context import Context
from slimreel.agent.fill.elements import TYPE_WORDS, standing_at
from slimreel.agent.orders import ORDERS
from slimreel.agent.pieces import Piece
from slimreel.agent.words import texts, words

_VALUES = ("ASPECT", "COLOR", "POSITION", "SIZE", "RATE", "SCALE")


def with_nouns(pieces: list[Piece], context: Context) -> list[Piece]:
    """ "the first caption can go, the second one up": "one" means the kind of element that was just spoken of."""
    noun: frozenset[str] = frozenset()
    found: list[Piece] = []
    for at, piece in enumerate(pieces):
        if piece.has("clip_noun") and piece.text not in texts("one_of_them") and not piece.has("TIME"):
            noun = frozenset()
        if not noun and piece.text in texts("one_of_them") and at and pieces[at - 1].has("POSITION"):
            there = standing_at(pieces[at - 1], context)
            noun = frozenset(TYPE_WORDS.get(there.type, ())) if there is not None else frozenset()
        kind = _several_of(piece, context)
        if kind:
            noun = kind
        elif noun and piece.text in texts("one_of_them") and _counted(pieces, at):
            found.append(Piece(piece.text, piece.start, piece.end, noun))
            continue
        found.append(piece)
    return found


def _several_of(piece: Piece, context: Context) -> frozenset[str]:
    """The meanings of a noun that the session has two or more elements of."""
    for kind, nouns in TYPE_WORDS.items():
        if piece.has(*nouns) and len(context.of_type(kind)) > 1:
            return piece.means & frozenset(nouns)
    return frozenset()


def _counted(pieces: list[Piece], at: int) -> bool:
    """Does an ordinal or a place stand right before it?"""
    before = pieces[at - 1] if at else None
    if before is None:
        return False
    return before.has("ORDINAL", "POSITION") or (before.has("NUMBER") and at > 1 and pieces[at - 2].text == "第")


def without_denied(pieces: list[Piece]) -> list[Piece]:
    """ "square rather than vertical", "16:9 而不是 9:16": only the first is wanted."""
    found: list[Piece] = []
    for at, piece in enumerate(pieces):
        slots = frozenset(piece.named) | (piece.means & frozenset(_VALUES))
        led = at > 1 and pieces[at - 1].text in texts("instead_of")
        if led and any((frozenset(one.named) | one.means) & slots for one in pieces[: at - 1]):
            found[-1:] = [found[-1].as_filler(), piece.as_filler()]
        else:
            found.append(piece)
    return found


def without_occasions(pieces: list[Piece]) -> list[Piece]:
    """ "导出的时候不要声音", "before you export, mute it": when something is to be done, and no wish for a file."""
    found = list(pieces)
    for at, piece in enumerate(pieces):
        if not piece.has("export"):
            continue
        behind = at + 1 < len(pieces) and pieces[at + 1].text in texts("at_that_time")
        behind = behind and not (at + 2 < len(pieces) and pieces[at + 2].has("TIME", "NUMBER"))  # 保存前30秒
        start = next((i for i in range(at - 1, max(-1, at - 4), -1) if not _is_light(pieces[i])), -1)
        ahead = start >= 0 and pieces[start].text.lower() in texts("whenever")
        if _asks_for_more(pieces, at):
            found[at] = piece.as_filler()
        if behind or ahead:
            first, last = (start if ahead else at), (at + 1 if behind else at)
            found[first : last + 1] = [one.as_filler() for one in pieces[first : last + 1]]
    return found


def _asks_for_more(pieces: list[Piece], at: int) -> bool:
    """Is a 给我 only said to what follows it (文件给我缩到三成)?"""
    after = pieces[at + 1] if at + 1 < len(pieces) else None
    verb = after is not None and after.has("shrink_to", "out:compress", "out:less", "remove", "cutting", "trimming")
    return verb and pieces[at].text.endswith("给我")


def _is_light(piece: Piece) -> bool:
    return piece.is_loose() and piece.text.lower() not in texts("whenever")


def with_same_stretch(pieces: list[Piece]) -> list[Piece]:
    """ "Mute 0:10-0:15 and blur the top left for the same bit": the stretch that was named before. "Not the rest" says
    again what is left alone."""
    found: list[Piece] = []
    at = 0
    while at < len(pieces):
        piece, after = pieces[at], pieces[at + 1 : at + 3]
        again = piece.text in texts("same_words") and after and after[0].text in texts("stretch_nouns")
        known = [one for one in found if one.has("RANGE")] if again else []
        if len(known) == 1:
            found.append(replace(known[0], text="the same", start=piece.start, end=after[0].end))
            at += 2
            continue
        if (
            piece.has("neg")
            and any(one.has("rest", "video_whole") for one in after)
            and at
            and pieces[at - 1].has("mark")
        ):
            end = next(n for n, one in enumerate(after) if one.has("rest", "video_whole"))
            found += [one.as_filler() for one in pieces[at : at + end + 2]]
            at += end + 2
            continue
        found.append(piece)
        at += 1
    return found


_NOUNS_TOO = frozenset({"remove", "cutting"})


def without_named_verbs(pieces: list[Piece]) -> list[Piece]:
    """ "Cut it at the drop", "find my kills": what follows an article, or is many of somebody's, is no verb."""
    found: list[Piece] = []
    for at, piece in enumerate(pieces):
        before = pieces[at - 1].text if at else ""
        single = piece.text.isascii() and piece.text.isalpha() and piece.means & _NOUNS_TOO
        ends = at + 1 == len(pieces) or pieces[at + 1].has("mark", "t_and")
        named = single and (
            (before == "the" and ends and any(one.has(*ORDERS) for one in pieces[:at]))
            or (before in texts("owners") and piece.text.endswith("s"))
        )
        found.append(replace(piece, means=frozenset({"unknown"})) if named else piece)
    return found


def with_bounds(pieces: list[Piece]) -> list[Piece]:
    """ "not before 0:03" is from there on, "not after 0:08" is until then."""
    found: list[Piece] = []
    for piece in pieces:
        bound = piece.has("RANGE") and piece.has("BEFORE", "AFTER") and bool(found) and found[-1].has("neg")
        if bound and found[-1].text in texts("never_before"):
            start, end = piece.value
            kind, value = ("START", end) if piece.has("BEFORE") else ("UNTIL", start)
            denied = found.pop()
            text = f"{denied.text} {piece.text}"
            found.append(Piece(text, denied.start, piece.end, frozenset({kind}), float(value)))
        else:
            found.append(piece)
    return found


def with_counted_back(pieces: list[Piece], context: Context) -> list[Piece]:
    """倒数第5秒 as a moment, where the length is known."""
    found: list[Piece] = []
    for piece in pieces:
        if found and found[-1].text == "倒数" and piece.has("AT") and context.length_s is not None:
            back = found.pop()
            moment = max(0.0, context.length_s - piece.value)
            found.append(Piece(back.text + piece.text, back.start, piece.end, piece.means, moment))
        else:
            found.append(piece)
    return found


_CORRECTED = ("NUMBER", "SIZE", "RATE", "SCALE", "TIME", "PERCENT", "TIMES", "FPS", "LINES", "SHARE", "QUOTE")


def with_orders_apart(pieces: list[Piece]) -> list[Piece]:
    """ "… keep the title and make that yellow" orders something of the title; "make that 20" corrects an amount. The
    "it" of "fade it out" stands for something as well."""
    found: list[Piece] = []
    for at, piece in enumerate(pieces):
        if piece.has("fadein", "fadeout") and " it " in piece.text:
            it = Piece("it", piece.end, piece.end, words()["it"].means)
            found += [replace(piece, text=piece.text.replace(" it ", " ")), it]
            continue
        if piece.text == "it up" and at and pieces[at - 1].has("moving", "more"):  # push it up, but not keep it up
            found += [replace(piece, text="it", end=piece.start + 2, means=words()["it"].means)]
            found += [replace(piece, text="up", start=piece.start + 3, means=words()["up"].means)]
            continue
        following = next((one for one in pieces[at + 1 :] if not one.means <= {"filler"}), None)
        corrects = following is None or following.has("mark", "CLIP", "ORDINAL", *_CORRECTED)
        if piece.text not in texts("order_of_it") or corrects:
            found.append(piece)
            continue
        verb, pronoun = piece.text.split()
        middle = piece.start + len(verb)
        found.append(Piece(verb, piece.start, middle, words()[verb].means))
        found.append(Piece(pronoun, middle + 1, piece.end, words()[pronoun].means))
    return found


def with_handed_stretch(pieces: list[Piece]) -> list[Piece]:
    """ "Gimme 10:00-25:00, …": a stretch that is asked for and nothing of it is what is to be kept."""
    found = list(pieces)
    for at, piece in enumerate(pieces[:-1]):
        after = pieces[at + 2] if at + 2 < len(pieces) else None
        alone = after is None or (after.has("mark") and after.text in ",;.!")
        if piece.has("handing") and pieces[at + 1].has("RANGE") and alone and (at == 0 or pieces[at - 1].has("mark")):
            found[at] = replace(piece, means=piece.means | {"keep"} - {"filler"})
    return found


def with_better_sound(pieces: list[Piece]) -> list[Piece]:
    """ "The sound from the phone is trash, use mix.wav": what is bad is replaced, and nothing is muted."""
    at = next((at for at, piece in enumerate(pieces) if at and piece.has("SOUNDFILE")), 0)
    mark = max((place for place in range(at) if pieces[place].has("mark")), default=0)
    told = pieces[:mark]
    bad = any(piece.has("sound", "original_sound") for piece in told) and any(p.text in texts("is_bad") for p in told)
    uses = at == mark + 2 and pieces[at - 1].text in texts("makes_use")
    if not (bad and uses and any(piece.has("out:is") or piece.text == "sounds" for piece in told)):
        return pieces
    verb = replace(pieces[at - 1], means=frozenset({"replace"}))
    sound = Piece("sound", pieces[0].start, pieces[0].end, frozenset({"sound"}))
    return [sound, *(piece.as_filler() for piece in told[1:]), *pieces[mark : at - 1], verb, *pieces[at:]]


_OF_TITLES = frozenset({"add_text", "update", "nudge"})


def with_title_colors(pieces: list[Piece], context: Context) -> list[Piece]:
    """ "Orange would be nicer", after a title: its colour, and no warmer picture."""
    of_title = bool(context.of_type("text")) and bool(context.last_ops) and context.last_ops[-1].get("op") in _OF_TITLES
    if not of_title or any(piece.has("picture_word", "look") for piece in pieces):
        return pieces
    return [
        replace(piece, means=piece.means - {"warmer"}) if piece.has("warmer") and piece.has("COLOR") else piece
        for piece in pieces
    ]


_STEPS_OF_WORK = (*ORDERS, "undo", "redo", "changing", "moving", "adding", "export")


def without_sequence(pieces: list[Piece]) -> list[Piece]:
    """ "First undo that, then …": which comes first is told by the order; "first 5 seconds" stays."""
    found: list[Piece] = []
    for at, piece in enumerate(pieces):
        begins = at == 0 or pieces[at - 1].has("mark", "t_and")
        verb = pieces[at + 1] if at + 1 < len(pieces) else None
        if piece.text == "one" and at and pieces[at - 1].text in ("this", "that"):
            found.append(piece.as_filler())  # "that one" counts nothing
            continue
        told = begins and piece.text in texts("told_first") and verb is not None and verb.has(*_STEPS_OF_WORK)
        found.append(
            piece.as_filler() if told and verb is not None and not verb.has("NUMBER", "TIME", "clip_noun") else piece
        )
    return found


def with_other_clip(pieces: list[Piece], context: Context) -> list[Piece]:
    """ "The other", of two clips: the one that the last operation was not for."""
    params = context.last_ops[-1].get("params") if context.last_ops else None
    done = params.get("clip") if isinstance(params, Mapping) else None
    others = [clip.id for clip in context.clips if clip.id != done]
    if not others or len(others) != len(context.clips) - 1:
        return pieces
    words = texts("other_clip") if len(others) == 1 else texts("other_clips")
    value = others[0] if len(others) == 1 else others
    return [
        replace(piece, means=piece.means | {"CLIP"}, value=value) if piece.text in words else piece for piece in pieces
    ]


_HEARD = ("noise", "sound", "voice", "music", "original_sound")


def with_picture_denoised(pieces: list[Piece]) -> list[Piece]:
    """ "Denoise it, it's all grainy": where grain is spoken of and nothing that is heard, the picture is meant."""
    heard = any(piece.has(*_HEARD) and not piece.has("grain") for piece in pieces)
    if heard or not any(piece.has("grain") for piece in pieces):
        return pieces
    return [replace(one, means=frozenset({"grain", "denoise"})) if one.has("denoising") else one for one in pieces]
