"""The timelines that `bench.timeline` renders, told apart from any program: excerpts, dissolves, titles, music.

Pure facts of shared clips by name; every way of `timeline_peers.py` makes its own commands of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

MUSIC = "music"  # made, see timeline_made.py


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """`frames` of the canvas's clock from `start_s` of a clip. The first `dissolve` of them lie over the one before.

    `sounds` tells whether the clip has sound of its own, under which the music is made quieter.
    """

    name: str
    start_s: float
    frames: int
    dissolve: int = 0
    sounds: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """White letters at the lower edge, for `frames` from the frame `start` on."""

    text: str
    start: int
    frames: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """What is seen of an excerpt at a moment: its picture number `frame` by the canvas's clock, with `weight`."""

    excerpt: Excerpt
    frame: int
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A timeline. Clips of another shape get black bars; music plays at `music_level` of its file, from the start."""

    key: str
    title: str
    width: int
    height: int
    rate: int
    excerpts: tuple[Excerpt, ...]
    titles: tuple[Title, ...]
    music_level: float = 0.35
    duck: bool = False

    @property
    def frames(self) -> int:
        return sum(one.frames - one.dissolve for one in self.excerpts)

    @property
    def seconds(self) -> float:
        return self.frames / self.rate

    @property
    def clips(self) -> tuple[str, ...]:
        """The names of the clips, each once, in the order in which they are first seen."""
        return tuple(dict.fromkeys(one.name for one in self.excerpts))

    def starts(self) -> Iterator[tuple[int, Excerpt]]:
        """The frame at which each excerpt begins to be seen."""
        end = 0
        for one in self.excerpts:
            yield end - one.dissolve, one
            end += one.frames - one.dissolve

    def layers(self, frame: int) -> tuple[Layer, ...]:
        """What is seen at a frame: one excerpt, or in a dissolve two."""
        found: list[Layer] = []
        for start, one in self.starts():
            at = frame - start
            if not 0 <= at < one.frames:
                continue
            weight = at / one.dissolve if at < one.dissolve else 1.0
            found = [Layer(excerpt=old.excerpt, frame=old.frame, weight=1 - weight) for old in found if weight < 1]
            found.append(Layer(excerpt=one, frame=at, weight=weight))
        return tuple(found)

    def title_at(self, frame: int) -> str | None:
        return next((one.text for one in self.titles if one.start <= frame < one.start + one.frames), None)

    def loud(self) -> list[tuple[int, int]]:
        """Stretches, first and last frame, in which clips sound; those that touch are one."""
        found: list[tuple[int, int]] = []
        for start, one in self.starts():
            if one.sounds and found and start <= found[-1][1]:
                found[-1] = (found[-1][0], start + one.frames)
            elif one.sounds:
                found.append((start, start + one.frames))
        return found

    def quiet(self) -> tuple[int, int] | None:
        """The longest stretch in which only the music is heard, half a second of it left out at each end."""
        edges = [0, *(edge for pair in self.loud() for edge in pair), self.frames]
        first, last = max(zip(edges[::2], edges[1::2], strict=True), key=lambda pair: pair[1] - pair[0])
        half = self.rate // 2
        return (first + half, last - half) if last - first > 3 * half else None

    def instants(self, most: int = 10) -> tuple[int, ...]:
        """Frames to compare: the middles of titles, of some dissolves, and of excerpts spread over the whole."""
        if len(self.excerpts) == 1:
            return tuple(round(self.frames * (number + 0.5) / most) for number in range(most))
        dissolves = [start + one.dissolve // 2 for start, one in self.starts() if one.dissolve]
        middles = [start + (one.dissolve + one.frames) // 2 for start, one in self.starts()]
        lettered = [one.start + one.frames // 2 for one in self.titles]
        special = {*lettered, *_spread(dissolves, most // 3)}
        return tuple(sorted({*special, *_spread(middles, most - len(special))}))


def _spread(values: Sequence[int], most: int) -> list[int]:
    """So many of the values, evenly chosen."""
    count = min(most, len(values))
    return [values[int((number + 0.5) * len(values) / count)] for number in range(count)]


_DISSOLVE_S = Fraction(1, 2)
_EXCERPT_S, _TITLE_S = 2, 3
# Ten clips of many shapes, rates and clocks: where two excerpts of each begin, and whether it sounds.
_MANY = (
    ("natural/phone_trees_1080p30_6s.mp4", 0.4, 3.2, True),
    ("animation/bbb_1080p25_12s_51.mp4", 1.0, 8.0, True),
    ("natural/sam2_juggle_720p24.mp4", 0.5, 7.0, False),
    ("natural/flower_540p_cc0.mp4", 0.2, 2.8, True),
    ("natural/parkour_432p25_sport.mp4", 1.0, 9.0, False),
    ("natural/spin_432p30_30s_cc0.mp4", 2.0, 20.0, False),
    ("portrait/cat_rot270_720p.mp4", 0.2, 2.6, True),
    ("talking/webcam_vfr_flv.flv", 3.0, 12.0, True),
    ("subtitle/burned_zh_720p.mp4", 0.5, 5.0, True),
    ("animation/bbb_1080p60_10s_51.mp4", 1.0, 6.0, True),
)


def seed(key: str, name: str, size: tuple[int, int], rate: int, seconds: int = 10, *, sounds: bool = False) -> Film:
    """Ten seconds of a clip, music at 35 %, a title of three seconds: the timeline that the hosted original shows."""
    return Film(
        key=key,
        title="three tracks",
        width=size[0],
        height=size[1],
        rate=rate,
        excerpts=(Excerpt(name=name, start_s=0, frames=seconds * rate, sounds=sounds),),
        titles=(Title(text="Urban Dreams", start=0, frames=min(_TITLE_S, seconds) * rate),),
    )


def many(key: str, first: str, size: tuple[int, int], rate: int, clips: int = len(_MANY)) -> Film:
    """Two excerpts of each of ten clips, `first` before the others; every second join is a dissolve; ducked music."""
    rows = sorted(_MANY, key=lambda row: row[0] != first)[:clips]
    excerpts: list[Excerpt] = []
    for number, (name, first_s, second_s, sounds) in enumerate([*rows, *rows]):
        dissolve = int(_DISSOLVE_S * rate) if number % 2 else 0
        start_s = first_s if number < len(rows) else second_s
        excerpts.append(Excerpt(name=name, start_s=start_s, frames=_EXCERPT_S * rate, dissolve=dissolve, sounds=sounds))
    film = Film(
        key=key,
        title=f"{len(excerpts)} clips",
        width=size[0],
        height=size[1],
        rate=rate,
        excerpts=tuple(excerpts),
        titles=(),
        duck=True,
    )
    return _titled(film, ("Urban Dreams", "A second part", "The end of it"))


def _titled(film: Film, texts: tuple[str, ...]) -> Film:
    """Titles of three seconds, spread evenly."""
    each = film.frames // len(texts)
    frames = min(_TITLE_S * film.rate, each)
    return replace(
        film,
        titles=tuple(Title(text=text, start=number * each, frames=frames) for number, text in enumerate(texts)),
    )


HD, FULL_HD = (1280, 720), (1920, 1080)
FILMS = (
    seed("three_720p", "natural/sam2_juggle_720p24.mp4", HD, 24),
    seed("three_1080p", "animation/bbb_1080p25_12s_51.mp4", FULL_HD, 25, sounds=True),
    many("many_720p", "subtitle/burned_zh_720p.mp4", HD, 30),
    many("many_1080p", "natural/phone_trees_1080p30_6s.mp4", FULL_HD, 30),
)
# Whether everything works.
QUICK = (
    seed("quick_three", "natural/sam2_juggle_720p24.mp4", HD, 24, 3),
    many("quick_many", "subtitle/burned_zh_720p.mp4", HD, 30, 4),
)
