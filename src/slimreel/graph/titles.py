"""Titles and burnt-in subtitles as one ASS document of ours, drawn last over everything.

Text stands in that document and never in a filter; what would be a command there is made plain text first.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from fractions import Fraction

from slimreel.core.cues import Cue, as_srt
from slimreel.core.timing import SOURCE, TimeRange, scaled
from slimreel.core.writing import JOINERS
from slimreel.edit.draft import Position, SubtitleSegment, TextSegment, TextStyle
from slimreel.graph.model import SoftTrack, TextFile, chain, one
from slimreel.graph.scene import MARGIN, Scene, shares

DOCUMENT, FONTS_FOLDER = "titles.ass", "fonts"
_HEAD = """[Script Info]
ScriptType: v4.00+
PlayResX: {width}
PlayResY: {height}
LayoutResX: {width}
LayoutResY: {height}
WrapStyle: 0
ScaledBorderAndShadow: yes
YCbCr Matrix: None

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
{styles}

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
{events}
"""
_SUBTITLES = "subtitles"
_FADE_MS, _SLIDE_MS, _LETTER_MS = 300, 400, 60
# Outline of subtitles and padding of a plate, as shares of the letters.
_OUTLINE, _PLATE = 0.07, 0.22
# A letter without size. Where an event has none, libass takes emoji and what ties them together for two scripts.
_LETTER = r"{\fscx0\fscy0\alpha&HFF&}x"
_JOINER = "\u2060"  # shows nothing; between a backslash and a letter it keeps the two from being a command


def lettered(scene: Scene, pad: str) -> str:
    """The pad with all titles and burnt-in subtitles over it."""
    document = _document(scene)
    if document is None:
        return pad
    scene.files.append(TextFile(DOCUMENT, document))
    return scene.wiring.through(pad, chain(one("ass", filename=DOCUMENT, fontsdir=FONTS_FOLDER, shaping="complex")))


def texts(scene: Scene) -> Iterator[tuple[str, str | None]]:
    """Everything that is written in the picture, with the font that a person names for it."""
    for segment in scene.draft.elements():
        if isinstance(segment, TextSegment):
            yield segment.text, segment.style.font
        elif isinstance(segment, SubtitleSegment) and segment.mode == "burn":
            yield from ((cue.text, None) for cue in scene.of_asset(segment.asset).cues)


def soft_tracks(scene: Scene) -> tuple[SoftTrack, ...]:
    """Subtitles that stay a stream of their own: one for each file, its parts put together."""
    found: dict[str, list[SubtitleSegment]] = {}
    for segment in scene.draft.elements():
        if isinstance(segment, SubtitleSegment) and segment.mode == "soft":
            found.setdefault(segment.asset, []).append(segment)
    tracks = []
    for number, parts in enumerate(found.values(), 1):
        cues = tuple(sorted((cue for part in parts for cue in _shown(scene, part)), key=lambda cue: cue.start_ms))
        text = as_srt(cues)
        if cues:
            tracks.append(SoftTrack(TextFile(f"subtitles{number}.srt", text), parts[0].language, parts[0].title))
    return tuple(tracks)


def plain(text: str) -> str:
    """Text as it must stand in an event to be shown as it is."""
    safe = "".join(map(_drawable, text)).replace("\\", "\\" + _JOINER).replace("{", r"\{").replace("}", r"\}")
    return safe.replace("\n", r"\N")


def _drawable(char: str) -> str:
    """White space of every width becomes the usual one, which every font has; what only controls is left out."""
    if char == "\n" or char.isprintable() or char in JOINERS:
        return char
    return "  " if char == "\u3000" else " " if char == "\t" or unicodedata.category(char) == "Zs" else ""


def _document(scene: Scene) -> str | None:
    styles: list[str] = []
    events: list[str] = []
    for segment in scene.draft.elements():
        if isinstance(segment, TextSegment):
            styles.append(_title_style(scene, segment))
            events.append(_title(scene, segment))
        elif isinstance(segment, SubtitleSegment) and segment.mode == "burn":
            styles.append(_subtitle_style(scene, segment))
            events += _subtitles(scene, segment)
    if not events:
        return None
    head = _HEAD.format(width=scene.width, height=scene.height, styles="\n".join(styles), events="{events}")
    return head.replace("{events}", "\n".join(events))


def _title(scene: Scene, segment: TextSegment) -> str:
    style = segment.style
    duration_ms = round(scene.seconds(segment.place.duration) * 1000)
    commands, x, y = "", *_anchor(scene, style.position)
    if style.anim == "slide":
        from_y = y + round(scene.height * 0.08)
        commands = rf"\move({x},{from_y},{x},{y},0,{min(_SLIDE_MS, duration_ms)})\fad({_FADE_MS // 2},0)"
    else:
        commands = rf"\pos({x},{y})"
    if style.anim == "fade":
        short = min(_FADE_MS, duration_ms // 2)
        commands += rf"\fad({short},{short})"
    step_ms = min(_LETTER_MS, duration_ms // (2 * max(1, len(segment.text)))) if style.anim == "typewriter" else None
    text = _dressed(scene, segment.text, style.font, step_ms)
    return _event(scene, 0, segment.place, segment.id, rf"{{{commands}}}{text}")


def _dressed(scene: Scene, text: str, font: str | None, step_ms: int | None) -> str:
    """The text with the font of each run; with a step, letters appear so many milliseconds apart."""
    pieces: list[str] = []
    count = 0
    for family, run in scene.lettering.runs(text, font):
        name = rf"{{\fn{_family(family)}}}"
        if step_ms is None:
            pieces.append(name + plain(run))
            continue
        pieces.append(name)
        for letter in run:
            at = count * step_ms
            pieces.append(rf"{{\alpha&HFF&\t({at},{at + 1},\alpha&H00&)}}{plain(letter)}")
            count += 1
    is_tied_pictures = any(joiner in text for joiner in JOINERS) and not any(map(str.isalpha, text))
    return "".join(pieces) + (_LETTER if is_tied_pictures else "")


def _subtitles(scene: Scene, segment: SubtitleSegment) -> Iterator[str]:
    x, y = _anchor(scene, segment.position)
    for cue in _shown(scene, segment):
        start, end = (Fraction(ms, 1000) for ms in (cue.start_ms, cue.end_ms))
        text = rf"{{\pos({x},{y})}}{_dressed(scene, cue.text, None, None)}"
        yield f"Dialogue: 1,{_clock(start)},{_clock(end)},{segment.id},,0,0,0,,{text}"


def _shown(scene: Scene, segment: SubtitleSegment) -> Iterator[Cue]:
    """The cues of a stretch at their times on the timeline, cut to it."""
    ratio = Fraction(segment.place.duration, segment.source.duration) if segment.source else Fraction(0)
    for cue in scene.of_asset(segment.asset).cues:
        start, end = (
            SOURCE.ticks(Fraction(ms, 1000)) + segment.offset_ticks - segment.source.start
            for ms in (cue.start_ms, cue.end_ms)
        )
        first, last = (segment.place.start + scaled(ticks, ratio) for ticks in (start, end))
        held = TimeRange.between(first, last).meet(segment.place)
        if held:
            yield Cue(round(scene.seconds(held.start) * 1000), round(scene.seconds(held.end) * 1000), cue.text)


def _title_style(scene: Scene, segment: TextSegment) -> str:
    style = segment.style
    size = scene.pixels(style.size_px)
    outline = size * _PLATE if style.box else scene.pixels(style.stroke)
    edge = _colour("#000000", style.opacity * 0.6) if style.box else _colour("#000000", style.opacity)
    return _style(scene, segment.id, size, _colour(scene.shade(style.color), style.opacity), edge, style, outline)


def _subtitle_style(scene: Scene, segment: SubtitleSegment) -> str:
    size = scene.pixels(segment.size_px)
    style = TextStyle(position=segment.position)
    color = _colour(scene.shade(segment.color), 1)
    return _style(scene, segment.id, size, color, _colour("#000000", 1), style, max(1.0, size * _OUTLINE))


def _style(scene: Scene, name: str, size: float, color: str, edge: str, style: TextStyle, outline: float) -> str:
    across, down = shares(style.position)
    alignment = 1 + _third(across) + 3 * (2 - _third(down))
    margin = round(scene.short_side * MARGIN)
    border, bold = (3 if style.box else 1), (-1 if style.bold else 0)
    font = _family(style.font or scene.lettering.first)
    return (
        f"Style: {name},{font},{size:.1f},{color},{color},{edge},{edge},{bold},0,0,0,100,100,0,0,"
        f"{border},{outline:.1f},0,{alignment},{margin},{margin},{margin},1"
    )


def _anchor(scene: Scene, position: Position) -> tuple[int, int]:
    """The point that the text stands at, by the edge or middle that its alignment names."""
    margin = round(scene.short_side * MARGIN)
    across, down = shares(position)
    x = margin + round(across * (scene.width - 2 * margin))
    return x, margin + round(down * (scene.height - 2 * margin))


def _event(scene: Scene, layer: int, place: TimeRange, style: str, text: str) -> str:
    """Times half a frame early: told in hundredths of a second, a frame must not fall on the wrong side."""
    half = 1 / (2 * scene.rate)
    start, end = (scene.seconds(frame) - half for frame in (place.start, place.end))
    return f"Dialogue: {layer},{_clock(max(Fraction(0), start))},{_clock(end)},{style},,0,0,0,,{text}"


def _clock(seconds: Fraction) -> str:
    hundredths = round(seconds * 100)
    whole, part = divmod(hundredths, 100)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}.{part:02}"


def _colour(hexadecimal: str, opacity: float) -> str:
    red, green, blue = (hexadecimal[at : at + 2] for at in (1, 3, 5))
    return f"&H{round((1 - opacity) * 255):02X}{blue}{green}{red}"


def _third(share: float) -> int:
    return min(2, int(share * 3))


def _family(name: str) -> str:
    """A family's name; what would end a command or a style is left out."""
    return "".join(char for char in name if char.isalnum() or char in " -_.")[:80]
