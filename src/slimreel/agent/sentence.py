"""Cuts a request into the pieces that it is read by, with what is marked in it. It does not know what they order."""

from __future__ import annotations

from slimreel.agent.amended import (
    without_attributes,
    without_dropped,
    without_filling,
    without_remarks,
    without_taken_back,
)
from slimreel.agent.carried import (
    with_better_sound,
    with_bounds,
    with_counted_back,
    with_handed_stretch,
    with_nouns,
    with_orders_apart,
    with_other_clip,
    with_picture_denoised,
    with_same_stretch,
    with_title_colors,
    without_denied,
    without_named_verbs,
    without_occasions,
    without_sequence,
)
from slimreel.agent.chinese import spoken_plainly, with_left_alone, with_stretches
from slimreel.agent.context import Context
from slimreel.agent.fill.elements import TYPE_WORDS, called, described, laid_over, with_texts
from slimreel.agent.literals import take_literals
from slimreel.agent.mildly import with_mild_complaints
from slimreel.agent.moments import with_moments
from slimreel.agent.nicknames import spoken_names
from slimreel.agent.normalize import MAX_LENGTH, normalize
from slimreel.agent.numbered import with_clip_numbers
from slimreel.agent.pieces import Piece, cut
from slimreel.agent.pointing import with_clips, with_halves, with_places
from slimreel.agent.renamed import take_renamed
from slimreel.agent.titles import take_titles
from slimreel.agent.told import without_told_reasons
from slimreel.agent.words import spelled, unjoined


def pieces_of(text: str, context: Context) -> tuple[list[Piece], str]:
    """The pieces of a request and the plain text that they are of."""
    literals = take_literals(text[:MAX_LENGTH], context.names, spoken_names(context))
    taken = take_titles(take_renamed(literals, context))
    plain = unjoined(spelled(normalize(taken.text, taken.marks), context.words))
    spoken = with_picture_denoised(with_mild_complaints(spoken_plainly(cut(plain, taken.marks))))
    said = without_sequence(without_named_verbs(with_orders_apart(without_occasions(spoken))))
    counted = with_clip_numbers(with_texts(said, context), context)
    moments = with_bounds(with_counted_back(with_halves(with_stretches(with_moments(counted)), context), context))
    clips = with_clips(with_nouns(with_same_stretch(moments), context), context)
    clips = with_title_colors(with_handed_stretch(with_better_sound(clips)), context)
    placed = without_denied(with_places(with_other_clip(with_left_alone(clips), context)))
    reasoned = without_told_reasons(without_taken_back(placed))
    pieces = without_attributes(without_filling(without_remarks(without_dropped(reasoned))))
    for piece in pieces:
        if described(context, piece):
            piece.means |= {"n_title"}
        for one in called(context, piece):
            piece.means |= {TYPE_WORDS[one.type][0]} if one.type in TYPE_WORDS else set()
        if piece.has("IMAGEFILE") and piece.text.lower().endswith(".gif") and piece.text not in context.names:
            piece.means = frozenset({"gif"})  # 做成demo.gif names what is to come out
        if piece.has("FILE") and (laid := laid_over(context, piece)):
            piece.means = laid
    return pieces, plain
