"""Weighs the clauses of a sentence against each other: what is read poorly beside one that is clear, what is a wish for
the output, which of them speak of one file. It reads no text and carries nothing out.
"""

from __future__ import annotations

from itertools import pairwise

from slimreel.agent.context import Context
from slimreel.agent.pieces import content_of
from slimreel.agent.reading import Reading
from slimreel.agent.segment import Part
from slimreel.agent.span import Missing
from slimreel.agent.together import Command
from slimreel.agent.words import texts

_POOR = -2.0  # below this score most of a clause's words were not used


def poorly_read(part: Part, parts: list[Part]) -> bool:
    """Is most of a clause not understood, beside one that is understood whole? It is named, and nothing done for it."""
    poor = part.reading is not None and part.reading.left and part.score < _POOR
    clear = (
        one.output or (one.reading is not None and not one.reading.left and not one.reading.missing) for one in parts
    )
    return bool(poor) and any(clear)


_OF_SESSION = frozenset("credits cancel".split())


def mostly_strange(part: Part) -> bool:
    """ "How many times a week should one squat": one word of the session among words that nobody knows."""
    if part.reading is None:
        return False
    strange = [piece for piece in part.reading.left if piece.means <= {"unknown"}]
    if part.reading.op == "status":  # 泰迪多久洗一次澡, but not 渲出来了没 我等着交
        apart = any(after.start > before.end for before, after in pairwise(part.pieces))
        return not apart and len(strange) > len(content_of(part.pieces)) / 2
    if part.reading.op not in _OF_SESSION:
        return False
    return len(strange) >= 2 and len(strange) >= len(content_of(part.pieces)) / 2


def does_without(part: Part) -> bool:
    """字幕不用, where there are none: something that is left out, and no file to ask for."""
    content = content_of(part.pieces)
    gap = part.reading.missing if part.reading is not None else None
    asked = gap is not None and gap.about in ("file", "text")
    return asked and len(content) == 2 and content[1].text in texts("not_needed")


def as_wish(part: Part, parts: list[Part], told: list[Part]) -> Part:
    """ "Under 30 MB, sharp": beside a wish for the output it is one too, and no filter."""
    wishes = any(one.output for one in parts)
    if wishes and part.reading is not None and part.reading.op == "preview" and _says(part, "proxies"):
        return Part(part.pieces, output=True, score=part.score)
    if _is_lighter_file(part, told) or _keeps_sound_at(part, parts):
        return Part(part.pieces, output=True, score=part.score)
    sharp = part.reading is not None and part.reading.op == "sharpen" and part.reading.commands == [{}]
    if sharp and any(one.output for one in parts) and any(piece.has("out:sharp") for piece in part.pieces):
        return Part(part.pieces, output=True, score=part.score)
    limit = part.reading is not None and part.reading.op == "split_parts" and _is_limit(part)
    if limit and any(one.output for one in parts):
        return Part(part.pieces, output=True, score=part.score)
    return part


def _is_limit(part: Part) -> bool:
    """单个文件最大500M: what a place takes, and no order to take the film apart."""
    single = any(piece.has("each") and piece.text.startswith(tuple(texts("a_single"))) for piece in part.pieces)
    return single and not any(piece.has("splitting", "cutting", "trimming") for piece in part.pieces)


def _is_lighter_file(part: Part, parts: list[Part]) -> bool:
    """ "It takes forever to download, make it lighter": no brighter picture."""
    lighter = part.reading is not None and part.reading.op in ("color", "nudge") and _says(part, "lighter_word")
    return lighter and any(_says(one, "weighs") for one in parts)


def _keeps_sound_at(part: Part, parts: list[Part]) -> bool:
    """ "Keep the audio at 320k and squeeze the picture to 480p": both are of one file."""
    extracts = part.reading is not None and [*map(set, part.reading.commands)] == [{"audio_bitrate_bps"}]
    kept = any(piece.text in ("keep", "leave") for piece in part.pieces)
    return extracts and kept and any(one.output for one in parts)


def _says(part: Part, name: str) -> bool:
    return any(piece.text in texts(name) for piece in part.pieces)


def without_its_rest(parts: list[Part], context: Context) -> list[Part]:
    """ "One of them is too loud, mute it": what follows is of the clip that is asked for, unless it names one."""
    at = next((at for at, part in enumerate(parts) if any(piece.has("one_of") for piece in part.pieces)), None)
    if at is None or len(context.clips) < 2:
        return parts
    whole, told = parts[at - 1], parts[at]
    if at and told.reading is None and whole.reading is not None and not any(p.has("CLIP") for p in whole.pieces):
        # "the first 5 seconds | off one of em": the end of what stands before it
        asked = Reading(whole.reading.op, missing=Missing("clip"))
        return [*parts[: at - 1], Part([*whole.pieces, *told.pieces], asked, score=whole.score), *parts[at + 1 :]]
    return [*parts[: at + 1], *(part for part in parts[at + 1 :] if any(piece.has("CLIP") for piece in part.pieces))]


_ENCODED = frozenset(
    "codec video_bitrate_bps max_bitrate_bps target_size_bytes size_ratio quality crf vmaf_min".split()
)


def one_file(outputs: list[Command], parts: list[Part]) -> list[Command]:
    """ "Output webm, vp9": the format is that of the file that the wish describes."""
    if [one["op"] for one in outputs] != ["compress", "export"] or outputs[1]["params"].keys() != {"format"}:
        return outputs
    said = [part for part in parts if part.reading is not None and part.reading.op == "export"]
    if not outputs[0]["params"].keys() & _ENCODED or not all(mere_output(part) for part in said):
        return outputs
    container = outputs[1]["params"]["format"]
    return [{"op": "compress", "params": {**outputs[0]["params"], "container": container}}]


def mere_output(part: Part) -> bool:
    """Is an "output" only the verb of the wish beside it?"""
    return any(piece.text in texts("output_verb") for piece in part.pieces)
