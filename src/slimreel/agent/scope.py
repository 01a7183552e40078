"""Tells what lies outside: wishes that are not about video, that would have to be generated, that belong to somebody else,
that harm, or that slimreel cannot do."""

from __future__ import annotations

from slimreel.agent.pieces import Piece

# In this order: what harms goes before what is merely impossible.
_REASONS = ("unsafe", "copyright", "generative", "unsupported", "not_video")


def out_of_scope(pieces: list[Piece]) -> str | None:
    """The reason why a request is not for us, where words say so."""
    for reason in _REASONS:
        strong = [piece for piece in pieces if piece.has(f"oos_{reason}")]
        first = [piece for piece in pieces if piece.has(f"oos_{reason}_a")]
        second = [piece for piece in pieces if piece.has(f"oos_{reason}_b") and piece not in first[:1]]
        if strong or (first and second):
            return reason
    return None
