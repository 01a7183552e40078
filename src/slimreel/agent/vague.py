"""Finds what a request leaves open: one of several clips, a moment that is only described, a noun without a verb.

Knows what parts of a request mean and what they come to, and not the words of a question.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

from slimreel.agent.context import Context
from slimreel.agent.fill.elements import TYPE_WORDS
from slimreel.agent.pieces import Piece, content_of
from slimreel.agent.segment import Part
from slimreel.agent.span import Missing
from slimreel.agent.together import Command
from slimreel.agent.words import texts


def left_vague(part: Part, context: Context) -> Missing | None:
    """ "Speed up just part of it", "mute one of them": which is what has to be asked."""
    if part.reading is None or any(map(_says_where, part.reading.commands)):
        return None
    if part.reading.missing is not None and part.reading.missing.about == "file":
        return None  # "add one of those tracks" leaves open which file, and nothing else
    if (several := _one_of_several(part, context)) is not None:
        return several
    thing = part.reading.op in ("cut", "remove") and any(piece.text == "thing" for piece in part.pieces)
    if thing and (context.elements or len(context.clips) > 1):
        return Missing("clip")  # "get rid of that thing"
    if any(piece.has("vague_clip") for piece in part.pieces):
        return Missing("clip" if len(context.clips) > 1 else "range")
    vague = any(piece.has("vague_range") for piece in part.pieces) or _tells_a_moment(part.pieces)
    timed = any(piece.has("RANGE", "FIRST", "LAST", "TIME", "AT", "START", "UNTIL") for piece in part.pieces)
    vague = vague or (part.reading.op in _MOMENTARY and not timed and (_while_something(part) or _strange_part(part)))
    return Missing("range") if vague else None


def _one_of_several(part: Part, context: Context) -> Missing | None:
    """ "Drop one of the songs", where there are two."""
    if not any(piece.has("one_of") for piece in part.pieces):
        return None
    kinds = [kind for kind, words in TYPE_WORDS.items() if any(piece.has(*words) for piece in part.pieces)]
    return Missing("clip") if any(len(context.of_type(kind)) > 1 for kind in kinds) else None


def of_clips_there(commands: list[Command], context: Context) -> list[Command]:
    """The commands without those for a clip that the session does not have: "delete clip 6", of four."""
    there = {one.id for one in context.clips} | {"all", None}
    return [one for one in commands if not context.clips or one["params"].get("clip") in there]


def points_at_nothing(parts: list[Part], context: Context) -> set[int]:
    """ "Cut ten seconds off that one", of several clips, where none was spoken of before: which parts are of it."""
    named = any(piece.has("CLIP", "FILE") for part in parts for piece in part.pieces)
    if len(context.clips) < 2 or context.last_ops or named:
        return set()
    pointing = {at for at, part in enumerate(parts) if _points_at_one(part.pieces)}
    return pointing | {at - 1 for at in pointing if at and parts[at].reading is None}


def _points_at_one(pieces: list[Piece]) -> bool:
    """ "This one", "that clip": one of several, and words cannot show which."""
    said = f" {' '.join(piece.text for piece in pieces)} "
    return any(f" {one} " in said for one in texts("pointed_at"))


def _tells_a_moment(pieces: list[Piece]) -> bool:
    """ "The bit where I swear": a stretch that is described and has no time."""
    described = texts("described_by")
    return any(
        piece.has("part_word")
        and piece.text not in described
        and (piece.text.endswith((" where", " when")) or after.text in described)
        for piece, after in pairwise(pieces)
    )


# What is done for a while as easily as to the whole.
_MOMENTARY = frozenset("nudge mute blur_region speed volume zoom freeze reverse color cut".split())


def _while_something(part: Part) -> bool:
    """ "Mute it while he swears": when that is, nobody said."""
    left = part.reading.left if part.reading is not None else []
    for at, piece in enumerate(part.pieces[:-1]):
        if piece.text in texts("while_it"):
            return any(one in left for one in part.pieces[at + 1 :])
    return False


def _strange_part(part: Part) -> bool:
    """ "Make the loud part quieter": a part that only its hearers could find."""
    left = part.reading.left if part.reading is not None else []
    return any(
        first in left and second.has("part_word") and second.text in texts("stretch_nouns")
        for first, second in pairwise(part.pieces)
    )


def _says_where(params: Mapping[str, object]) -> bool:
    """Is a place or a moment among these? A step of a clip ("a bit quicker in places") has none."""
    of_clip = re.fullmatch("c[0-9]+", str(params.get("target", "")))
    return bool(_WHERE & params.keys() - ({"target"} if of_clip else set()))


_WHERE = frozenset("start_s end_s ranges_s first_s last_s at_s clip position file text target".split())


def of_other_things(pieces: list[Piece]) -> bool:
    """Is most of it in words that nobody knows, and none of a video?"""
    content = content_of(pieces)
    strange = [
        piece for piece in content if piece.means <= {"unknown"} or (piece.has("NUMBER") and len(piece.means) == 1)
    ]
    of_video = [piece for piece in content if piece.has(*OF_VIDEO)]
    if any(piece.has("part_word") for piece in pieces) and any(
        piece.has("remove", "keep", "cutting") for piece in pieces
    ):
        return False  # "take out the part where the plane flies over"
    if any(piece.has("same", "again_word", "undo", "other") for piece in pieces):
        return False  # of what was done, whatever else is said
    return len(strange) >= 2 and len(strange) > len(of_video)


_ASKED_OF = (
    ("file", "music logo image subtitles pip lut voiceover SOUNDFILE"),
    ("text", "n_title text words_word"),
    ("aspect", "aspectword"),
    ("amount", "speed speedup slowdown volume louder quieter"),
)


def noun_alone(pieces: list[Piece], context: Context) -> Missing:
    """What is left open where nothing else was understood: "music please", "the title"."""
    content = content_of(pieces)
    if any(piece.has("one_of") and piece.text.endswith(tuple(texts("played_things"))) for piece in content):
        return Missing("file")  # "use one of the songs"
    if any(piece.has("remove") for piece in content) and any(piece.text in texts("that_thing") for piece in pieces):
        return Missing("clip" if context.elements or len(context.clips) > 1 else "range")
    if any(piece.has("remove", "keep", "cutting") for piece in content):
        return Missing("unit" if content[-1].means == {"NUMBER"} and len(content) == 2 else "range")
    if any(piece.has("typo_word") for piece in content) and context.of_type("text"):
        return Missing("text")
    for about, means in _ASKED_OF:
        if any(piece.has(*means.split()) for piece in content):
            return Missing(about)
    return Missing("amount", vague=True)


def asks_for_more(piece: Piece) -> bool:
    """ "More", "twice": of what?"""
    return piece.text in texts("step_on") | texts("step_back") or piece.has("double", "halve", "both")


OF_VIDEO = """
    remove cutting trimming keep moving text image music sound subtitles transition speed speedup slowdown fade noise
    grain brightness contrast CLIP FILE RANGE FIRST LAST TIME out:size out:rate out:resolution out:compress export crop
    zoomin rotate video picture_word stabilize pip thumbnail
""".split()
