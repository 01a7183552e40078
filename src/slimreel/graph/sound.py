"""The sound of a timeline: the clips' own, end to end as their pictures are, and what is mixed into it. Stereo, 48 kHz.

Every piece is cut or filled to the very samples of its frames, so that nothing drifts.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from slimreel.core.filters import Chain, Filter
from slimreel.core.media import AudioStream
from slimreel.core.timing import SOURCE, TimeRange
from slimreel.edit.draft import MediaSegment
from slimreel.edit.ops.add_music import Ducked
from slimreel.edit.ops.audio_sync import SoundShifted
from slimreel.edit.ops.normalize_audio import Normalized
from slimreel.edit.ops.volume import Volume
from slimreel.graph.heard import at_speed, ducked, heard, measured, normalized
from slimreel.graph.material import Loudness
from slimreel.graph.model import SAMPLE_RATE_HZ, SOUND, Filtergraph, Step, chain, one, samples_at
from slimreel.graph.scene import Scene
from slimreel.graph.takes import Take, sound_input

LOUDNESS_FILE = "loudness.json"
# At a plain cut sound goes out and in for so long; without it there is a click.
_SOFT_CUT_SAMPLES = SAMPLE_RATE_HZ // 100
Takes = Mapping[str, tuple[Take, ...]]  # the opened takes of every segment that plays a file, by its id
_PEAK = 0.97  # of full scale, −0.26 dB: a mix of several sounds may be louder than any of them


def sound_of(
    scene: Scene, takes: Takes, found: Loudness | None, handed: int | None = None
) -> tuple[Filtergraph | None, Filtergraph | None]:
    """The graph of the sound, and the graph that measures it where its loudness shall be made even and is not known.

    None where nothing is heard. `handed` is the input that the clips' own sound comes from where it is made already.
    """
    sounding = [one for one in _media(scene) if is_heard(scene, one)]
    if not sounding:
        return None, None
    laid_before, scene.wiring.steps = scene.wiring.steps, []
    whole = TimeRange(0, scene.draft.length)
    ends = [effect for effect in scene.draft.effects if effect.slot == "sound"]
    pad = scene.wiring.through(_mixed(scene, takes, sounding, handed), heard(scene, ends, whole))
    wanted = next((effect for effect in ends if isinstance(effect, Normalized)), None)
    meter = None
    if wanted is not None:
        end = Step((pad,), measured(wanted, LOUDNESS_FILE), (SOUND,))
        meter = Filtergraph((*scene.wiring.steps, end), SOUND)
        pad = scene.wiring.through(pad, normalized(wanted, found) + _exactly(scene.samples(whole)))
    graph = scene.wiring.graph(pad, SOUND)
    scene.wiring.steps = laid_before
    return graph, meter


def is_heard(scene: Scene, segment: MediaSegment) -> bool:
    """Does anything of the segment's sound come through?"""
    if segment.is_still or scene.material(segment).audio is None:
        return False
    levels = [effect for effect in segment.effects if isinstance(effect, Volume)]
    at = max((number for number, level in enumerate(levels) if level.span is None), default=-1)
    holding = levels[at:] if at >= 0 else []
    return not holding or any(level.level > 0 for level in holding)


def _media(scene: Scene) -> list[MediaSegment]:
    return [one for one in scene.draft.segments() if isinstance(one, MediaSegment)]


def _mixed(scene: Scene, takes: Takes, sounding: list[MediaSegment], handed: int | None) -> str:
    """The clips' own sound with all that lies over it; the limiter only where several come together."""
    heard_ids = {one.id for one in sounding}
    own = None
    if handed is not None:
        plain = one("aformat", sample_fmts="fltp", channel_layouts="stereo")
        whole = _exactly(scene.samples(TimeRange(0, scene.draft.length)))
        own = scene.wiring.through(f"{handed}:0", chain(plain) + whole)
    elif any(clip.id in heard_ids for clip in scene.draft.clips):
        own = clips_sound(scene, takes, range(len(scene.draft.clips)))
    over = [one for one in sounding if one.role != "clip"]
    voices = [pad for pad in (own, *(_placed(scene, takes, one) for one in over if one.role != "music")) if pad]
    music = [one for one in over if one.role == "music"]
    voice = _sum(scene, voices)
    pads = []
    for segment in music:
        pad = _placed(scene, takes, segment)
        if voice is not None and any(isinstance(effect, Ducked) for effect in segment.effects):
            voice, key = scene.wiring.fork((voice,), chain(one("asplit", outputs=2)), 2)
            pad = scene.wiring.through((pad, key), ducked())
        pads.append(pad)
    mixed = _sum(scene, [pad for pad in (voice, *pads) if pad])
    assert mixed is not None
    raised = any(isinstance(effect, Volume) and effect.level > 1 for one in sounding for effect in one.effects)
    if len(sounding) > len([clip for clip in scene.draft.clips if clip.id in heard_ids]) or raised:
        limiter = chain(one("alimiter", limit=_PEAK, level=0, latency=1))
        mixed = scene.wiring.through(mixed, limiter + _exactly(scene.samples(TimeRange(0, scene.draft.length))))
    return mixed


def _sum(scene: Scene, pads: list[str]) -> str | None:
    if len(pads) < 2:
        return pads[0] if pads else None
    mix = one("amix", inputs=len(pads), normalize=0, duration="longest", dropout_transition=0)
    return scene.wiring.through(tuple(pads), chain(mix))


def clips_sound(scene: Scene, takes: Takes, numbers: range) -> str:
    """The pad of the sound of these clips, end to end, from the first frame of the first to the last of the last."""
    clips = scene.draft.clips
    runs: list[list[str]] = []
    for number in numbers:
        clip = clips[number]
        sounds = is_heard(scene, clip)
        pad = _piece(scene, takes, clip) if sounds else _silence(scene, clip.place)
        soft = _soft_cuts(scene, clips, number) if sounds else chain()
        pad = scene.wiring.through(pad, soft)
        if clip.enter and runs:
            runs.append([pad])
        elif runs:
            runs[-1].append(pad)
        else:
            runs.append([pad])
    starts = [clip for clip in (clips[number] for number in numbers[1:]) if clip.enter]
    sound = _joined(scene, runs[0])
    for clip, run in zip(starts, runs[1:], strict=True):
        assert clip.enter is not None
        overlap = scene.samples(TimeRange(clip.place.start, clip.enter.frames))
        blend = one("acrossfade", nb_samples=overlap, curve1="qsin", curve2="qsin")
        sound = scene.wiring.through((sound, _joined(scene, run)), chain(blend))
    return sound


def _joined(scene: Scene, pads: list[str]) -> str:
    if len(pads) == 1:
        return pads[0]
    return scene.wiring.through(tuple(pads), chain(one("concat", n=len(pads), v=0, a=1)))


def _soft_cuts(scene: Scene, clips: tuple[MediaSegment, ...], number: int) -> Chain:
    """Short fades at plain cuts; none where the sound goes on as it was, and none at the ends of the timeline."""
    clip = clips[number]
    length = scene.samples(clip.place)
    short = min(_SOFT_CUT_SAMPLES, length // 2)
    filters: list[Filter] = []
    if number and not clip.enter and not _goes_on(clips[number - 1], clip):
        filters.append(one("afade", type="in", start_sample=0, nb_samples=short))
    if number + 1 < len(clips) and not clips[number + 1].enter and not _goes_on(clip, clips[number + 1]):
        filters.append(one("afade", type="out", start_sample=length - short, nb_samples=short))
    return Chain(tuple(filters))


def _goes_on(before: MediaSegment, after: MediaSegment) -> bool:
    return (
        before.asset == after.asset
        and before.source.end == after.source.start
        and before.effects == after.effects
        and before.backwards == after.backwards is False
        and before.source.duration * after.place.duration == after.source.duration * before.place.duration
    )


def _piece(scene: Scene, takes: Takes, segment: MediaSegment) -> str:
    """A segment's own sound with its effects, exactly as long as its frames."""
    shift = sum(one.offset_ticks for one in segment.effects if isinstance(one, SoundShifted))
    audio = scene.material(segment).audio
    assert audio is not None
    speed = scene.speed(segment)
    if shift and not segment.backwards:
        number, waits_s = sound_input(scene, segment, SOURCE.seconds(shift) * speed)
        filters = [*_plain(audio, Fraction(0)), *at_speed(float(speed), keep_pitch=segment.keep_pitch)]
        filters += [one("adelay", delays=f"{round(waits_s / speed * SAMPLE_RATE_HZ)}S", all=1)] if waits_s else []
        pad = scene.wiring.through(f"{number}:{audio.index}", chain(*filters) + _exactly(scene.samples(segment.place)))
    else:
        pads = [_take(scene, segment, take, audio) for take in takes[segment.id]]
        pad = _joined(scene, pads)
    return scene.wiring.through(pad, heard(scene, segment.of_slot("sound"), segment.place))


def _take(scene: Scene, segment: MediaSegment, take: Take, audio: AudioStream) -> str:
    start = segment.place.start
    length = scene.samples(take.frames.moved(start))
    filters = [*_plain(audio, take.lead_s), *at_speed(float(take.speed), keep_pitch=segment.keep_pitch)]
    if take.backwards:
        filters += [*_exactly(length).filters, one("areverse"), one("asetpts", expr="PTS-STARTPTS")]
    elif segment.repeats:
        filters += _again(scene, segment, length)
    return scene.wiring.through(f"{take.input}:{audio.index}", chain(*filters) + _exactly(length))


def _again(scene: Scene, segment: MediaSegment, length: int) -> list[Filter]:
    """The stretch over and over, where it is shorter than its place."""
    once = samples_at(1, 1 / SOURCE.seconds(segment.source.duration)) if segment.source else 0
    return [one("atrim", end_sample=once), one("aloop", loop=-1, size=once)] if 0 < once < length else []


def _plain(audio: AudioStream, lead_s: Fraction) -> list[Filter]:
    """One rate, one layout, gaps filled with silence, and the first sample at the moment wanted.

    One channel is heard on both sides as loud as it was: FFmpeg's own way would take 3 dB away.
    """
    both = [one("pan", args="stereo|c0=c0|c1=c0")] if audio.channels == 1 else []
    filters = [*both, one("aformat", sample_fmts="fltp", channel_layouts="stereo")]
    if lead_s:
        whole = one("aresample", sample_rate=SAMPLE_RATE_HZ, **{"async": 1})
        filters += [whole, one("atrim", start=float(lead_s)), one("asetpts", expr=f"PTS-({lead_s})/TB")]
    return [*filters, one("aresample", sample_rate=SAMPLE_RATE_HZ, **{"async": 1}, first_pts=0)]


def _placed(scene: Scene, takes: Takes, segment: MediaSegment) -> str:
    """A segment's sound at its place in the timeline, as long as the whole."""
    pad = _piece(scene, takes, segment)
    before = samples_at(segment.place.start, scene.rate)
    late = chain(one("adelay", delays=f"{before}S", all=1)) if before else chain()
    return scene.wiring.through(pad, late + _exactly(scene.samples(TimeRange(0, scene.draft.length))))


def _silence(scene: Scene, place: TimeRange) -> str:
    source = one("anullsrc", sample_rate=SAMPLE_RATE_HZ, channel_layout="stereo")
    plain = one("aformat", sample_fmts="fltp", channel_layouts="stereo")
    return scene.wiring.fork((), chain(source, plain, one("atrim", end_sample=scene.samples(place))), 1)[0]


def _exactly(samples: int) -> Chain:
    return chain(one("apad", whole_len=samples), one("atrim", end_sample=samples))
