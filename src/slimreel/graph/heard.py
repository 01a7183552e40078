"""How each effect on sound is made heard: filters of its own, by its type. All sound is at 48 kHz."""

from __future__ import annotations

from collections.abc import Sequence

from slimreel.core.filters import Chain, Filter
from slimreel.core.timing import TimeRange
from slimreel.edit.draft import Effect
from slimreel.edit.ops.add_music import Ducked
from slimreel.edit.ops.audio_sync import SoundShifted
from slimreel.edit.ops.denoise_audio import SoundDenoised
from slimreel.edit.ops.fade import SoundFaded
from slimreel.edit.ops.normalize_audio import Normalized
from slimreel.edit.ops.volume import Volume
from slimreel.errors import EditRefused
from slimreel.graph.material import Loudness
from slimreel.graph.model import SAMPLE_RATE_HZ, chain, one
from slimreel.graph.scene import Scene, decimal

# Decibels that afftdn takes out of what is below the floor; its default is 12. At its own floor of −50 dB white noise
# at −45 dBFS loses 5 of 24 dB, at −40 all of them, and a tone at −29 none.
_NOISE_FLOOR_DB = -40
_DENOISE_DB = {"low": 6, "medium": 12, "high": 24}
# A level can only change from one piece of sound to the next; 5 ms is below what is heard as late.
_PIECE_SAMPLES = SAMPLE_RATE_HZ // 200
# Heard in trials of speech over music: quieter by some 12 dB within a syllable, back within half a second.
_DUCK = {"threshold": 0.03, "ratio": 8, "attack": 20, "release": 500}
_ELSEWHERE = (Ducked, SoundShifted, Normalized)  # these need more than a chain; see sound.py


def heard(scene: Scene, effects: Sequence[Effect], place: TimeRange) -> Chain:
    """The chain for the effects of a segment or of the whole timeline that stands at `place`."""
    filters: list[Filter] = []
    for effect in effects:
        if isinstance(effect, SoundFaded):
            filters.append(_faded(scene, effect, place))
        elif isinstance(effect, SoundDenoised):
            filters.append(one("afftdn", nr=_DENOISE_DB[effect.strength], nf=_NOISE_FLOOR_DB))
        elif not isinstance(effect, (Volume, *_ELSEWHERE)):
            raise EditRefused(detail=f"this slimreel cannot make the effect “{effect.kind}” heard")
    return _levelled(scene, [effect for effect in effects if isinstance(effect, Volume)]) + Chain(tuple(filters))


def can_hear() -> tuple[type, ...]:
    """The types of effects that are made heard."""
    return (SoundFaded, SoundDenoised, Volume, *_ELSEWHERE)


def ducked() -> Chain:
    """The chain that takes music and a voice, and gives the music, quieter while the voice speaks."""
    return chain(Filter("sidechaincompress", dict(_DUCK)))


def normalized(effect: Normalized, found: Loudness | None) -> Chain:
    """Sound at the loudness asked. With what was measured it is one gain for all, where the peaks allow that."""
    options: dict[str, str | int | float] = {"i": effect.lufs, "tp": effect.true_peak_db, "lra": 11.0}
    if found is not None:
        options |= {
            "lra": min(50.0, max(11.0, found.range_lu)),
            "measured_i": found.integrated_lufs,
            "measured_lra": found.range_lu,
            "measured_tp": found.true_peak_db,
            "measured_thresh": found.threshold_lufs,
            "linear": 1,
        }
    return chain(Filter("loudnorm", dict(options)), one("aresample", sample_rate=SAMPLE_RATE_HZ))


def measured(effect: Normalized, file: str) -> Chain:
    """The chain that writes the loudness of what passes into a file in the working folder."""
    return chain(one("loudnorm", i=effect.lufs, tp=effect.true_peak_db, print_format="json", stats_file=file))


def at_speed(speed: float, *, keep_pitch: bool) -> list[Filter]:
    """Sound played faster or slower. One atempo does at most twice: beyond it leaves sound out."""
    if speed == 1:
        return []
    if not keep_pitch:
        raised = one("asetrate", sample_rate=round(SAMPLE_RATE_HZ * speed))
        return [raised, one("aresample", sample_rate=SAMPLE_RATE_HZ)]
    steps: list[float] = []
    while speed > 2 or speed < 0.5:
        steps.append(2.0 if speed > 2 else 0.5)
        speed /= steps[-1]
    return [one("atempo", tempo=step) for step in [*steps, speed]]


def _faded(scene: Scene, effect: SoundFaded, place: TimeRange) -> Filter:
    length = scene.samples(TimeRange(place.start, effect.frames))
    start = 0 if effect.direction == "in" else scene.samples(place) - length
    return one("afade", type=effect.direction, start_sample=start, nb_samples=length)


def _levelled(scene: Scene, levels: list[Volume]) -> Chain:
    """The last that covers a moment holds."""
    if not levels:
        return chain()
    if all(level.span is None for level in levels):
        return chain(one("volume", volume=float(levels[-1].level)))
    loudness = "1"
    for level in levels:
        value = decimal(level.level)
        loudness = value if level.span is None else f"if({_while(scene, level.span)},{value},{loudness})"
    pieces = one("asetnsamples", nb_out_samples=_PIECE_SAMPLES, pad=0)
    return chain(pieces, one("volume", volume=loudness, eval="frame"))


def _while(scene: Scene, span: TimeRange) -> str:
    start, end = scene.seconds(span.start), scene.seconds(span.end)
    return f"gte(t,{decimal(start)}-0.0001)*lt(t,{decimal(end)}-0.0001)"
