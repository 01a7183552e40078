"""Finds what was left over in a wish and matters: amounts, edits, negations and unknown words.

Grammar, politeness, the purpose of the file and the name of the video do not matter and are let go.
"""

from __future__ import annotations

from itertools import pairwise

from slimreel.agent.lexicon import Token

# Meanings that can stay unused without changing what was asked.
_IDLE = frozenset(
    "filler det this subject compress less make to by of at from is under size rate purpose toobig mark correct "
    "total visible reencode".split()
)

_LET_GO_IN_PURPOSE = {"good", "bad", "medium", "sharp", "quality", "audio", "neg", "total", "resolution", "slow"}


def unheard_phrases(tokens: list[Token]) -> list[str]:
    """The phrases that were not understood, in the text's words; neighbours are joined to one phrase."""
    _let_go(tokens)
    sized = _says_picture_size(tokens)
    phrases: list[list[Token]] = []
    last = -9
    for at, token in enumerate(tokens):
        if token.claimed or token.concept in _IDLE or _hangs_loose(tokens, at, sized):
            continue
        near = at - last == 1 or (at - last == 2 and tokens[at - 1].concept != "mark" and not tokens[at - 1].claimed)
        if phrases and near:
            phrases[-1].append(token)
        else:
            phrases.append([token])
        last = at
    return [_joined(phrase) for phrase in phrases]


def _joined(phrase: list[Token]) -> str:
    text = phrase[0].text
    for before, token in pairwise(phrase):
        text += (" " if token.start > before.end else "") + token.text
    return text if len(text) <= 60 else text[:57] + "..."


def _hangs_loose(tokens: list[Token], at: int, sized: bool) -> bool:
    """Is this a word that matters elsewhere and means nothing here? `sized`: a picture size was said."""
    token = tokens[at]
    before, after = _neighbour(tokens, at, -1), _neighbour(tokens, at, 1)
    previous_used = at > 0 and tokens[at - 1].claimed
    next_used = at + 1 < len(tokens) and tokens[at + 1].claimed
    loose = {
        # "no, 15 MB": a lone no before a comma negates nothing
        "neg": at == 0 and len(tokens) > 1 and tokens[1].concept == "mark",
        # "25 % of the original size", "same but 720p"
        "keeping": previous_used
        or next_used
        or before in ("of", "from", "less", "under")
        or after in ("amount", "frame")
        or (after in ("size", "subject") and before != ""),
        "lose": after in ("to", "by", "amount", "size", "rate", "at")
        or (next_used and before != "neg"),  # "drop to 30 fps"
        "audio": token.text.lower().startswith("aac"),  # what is used anyway
        "change": before != "neg",  # "only change the format to mkv"
        "nothing": "quality" not in (before, after),  # "make it smaller, i don't care how"
        "scale": sized,  # "resize to 720p"
        "resolution": sized,
        # "sd quality", "画质看不出差别"
        "quality": (previous_used and tokens[at - 1].concept == "resolution")
        or (next_used and tokens[at + 1].concept == "quality"),
        "bad": "rate" in (before, after),  # "low bitrate"
        "good": after in ("compress", "size", "less", "rate", "mark", "") or before == "mark",
    }
    return loose.get("good" if token.concept == "best" else token.concept, False)


def _says_picture_size(tokens: list[Token]) -> bool:
    return any(token.claimed and _is_picture(token) for token in tokens)


def asks_for_edit(tokens: list[Token]) -> bool:
    """Does a part that was not understood ask for an edit of the content?"""
    return any(token.concept == "edit" and not token.claimed for token in tokens)


def asks_for_less(tokens: list[Token]) -> bool:
    """Does the wish say in any way that the file should become smaller?"""
    for at, token in enumerate(tokens):
        if token.concept in ("compress", "less", "toobig", "reencode"):
            return True
        if token.concept == "bad" and "rate" in (_neighbour(tokens, at, -1), _neighbour(tokens, at, 1)):
            return True
    return False


def _is_picture(token: Token) -> bool:
    kind = token.quantity.unit.kind if token.quantity and token.concept == "amount" else ""
    named = kind == "scale" and token.text.lower().endswith("k")
    return token.frame is not None or kind in ("lines", "pixels", "none") or named


def _neighbour(tokens: list[Token], at: int, step: int) -> str:
    i = at + step
    while 0 <= i < len(tokens) and tokens[i].concept in ("filler", "det"):
        i += step
    return tokens[i].concept if 0 <= i < len(tokens) else ""


def _let_go(tokens: list[Token]) -> None:
    """Unknown words that only say what the file is for or what the video shows are claimed here."""
    purpose = False
    for at, token in enumerate(tokens):
        if token.concept == "purpose":
            purpose = True
        elif token.concept in ("mark", "amount", "edit", "beyond", "frame") or (
            token.claimed and token.concept != "filler"
        ):
            purpose = purpose and token.claimed and token.concept != "mark"
        elif token.concept == "unknown":
            if purpose or _describes_video(tokens, at):
                token.claimed = not any(ch.isdigit() for ch in token.text)
        elif purpose and token.concept in _LET_GO_IN_PURPOSE:
            token.claimed = token.concept != "neg" or _next_unknown(tokens, at)


def _next_unknown(tokens: list[Token], at: int) -> bool:
    return at + 1 < len(tokens) and tokens[at + 1].concept in ("unknown", "purpose")


def _describes_video(tokens: list[Token], at: int) -> bool:
    """Is this unknown word part of the video's name ("my cat video", "video of our trip", "毕业视频")?"""
    last = at
    while last < len(tokens) and last - at < 6 and _in_a_name(tokens[last]):
        last += 1
    if last < len(tokens) and tokens[last].concept == "subject":
        return _no_amount_before(tokens, at)
    first = at - 1
    while first >= 0 and at - first < 6 and tokens[first].concept in ("unknown", "det", "this", "filler"):
        first -= 1
    of = first >= 1 and tokens[first].concept == "of" and tokens[first - 1].concept == "subject"
    return of and _no_amount_before(tokens, at)


def _in_a_name(token: Token) -> bool:
    return token.concept in ("unknown", "of") or token.text in "-_'"


def _no_amount_before(tokens: list[Token], at: int) -> bool:
    """A bare number before an unknown word is an amount of something: "8 bananas"."""
    before = tokens[at - 1] if at else None
    return before is None or before.claimed or before.concept != "amount"
