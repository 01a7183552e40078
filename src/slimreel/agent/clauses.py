"""Weighs the clauses of a sentence against each other: what is read poorly beside one that is clear, what is a wish for
the output, which of them speak of one file. It reads no text and carries nothing out.
"""

from __future__ import annotations

from slimreel.agent.context import Context
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
    return part


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
