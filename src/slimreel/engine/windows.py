"""Cuts the sampled frames of a source out, uncompressed, and encodes and scores them as often as is wanted.

The source is decoded once at the most for all of it. Which frames stand for the clip is chosen in core/sampling;
what the scores lead to, in engine/search.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from slimreel.core import forecast, sampling
from slimreel.core.choices import Speed
from slimreel.core.codecs import Encoder, quality_options, run_on_options
from slimreel.core.excerpts import excerpts
from slimreel.core.filters import Chain, Filter
from slimreel.core.forecast import Estimate
from slimreel.core.packets import PacketList
from slimreel.core.perception import Scores, badness, score_of
from slimreel.core.sampling import Sample, Span
from slimreel.engine import argv, frame_sizes, packet_list, scoring, seeking
from slimreel.engine.job import Job, Steps

# The uncompressed frames stay in the page cache where memory allows.
_MOST_BYTES = 700_000_000
# A clip up to so long is decoded once more for its check, of which about so many frames are scored.
_SHORT_FRAMES, _LOOKED_AT = 900, 70
_NEIGHBOURHOOD = 3  # a picture, the one before it and the one after it
_ROUNDING = 1e-6  # of a length in seconds, so that 4 s at 25 are 100 pictures
_SEARCH, _CHECK, _CODED = "search.nut", "check.nut", "probe.mkv"


@dataclass(frozen=True, slots=True)
class Cut:
    """The frames of a sample as files in the job's folder, at `size`: what the result is compared with.

    `weights` come from the bytes of every frame in the source, in the order they are shown, or are all alike; `seconds`
    is the time it takes to decode them all.
    """

    sample: Sample
    size: tuple[int, int]
    weights: Sequence[float]
    seconds: float


@dataclass(frozen=True, slots=True)
class Probe:
    """The search windows encoded at one CRF: their scores, and the bytes that this foretells for the whole clip.
    `seconds` is the time that the encode of the windows took."""

    crf: float
    scores: Scores
    whole: Estimate
    seconds: float


def cut(job: Job, size: tuple[int, int], share: float) -> Steps[Cut]:
    """Keep the frames of the source's sample, filtered as the encode does but at `size`: what lies between them is
    not decoded where it can be passed over, and everything once where not."""
    picture = job.plan.picture
    assert picture is not None
    counted = picture.rate_cap is None and job.timeline is None
    packets = packet_list.packets_of(Path(job.source.path), job.plan.video.index) if counted else None
    weights = sampling.tamed(_weights(job, packets))
    sample = sampling.choose(len(weights), weights, most_frames=max(8, _MOST_BYTES // argv.frame_bytes(picture, size)))
    lists = [sample.search, *([sample.check] if sample.check else [])]
    names = [_SEARCH, _CHECK][: len(lists)]
    start = time.monotonic()
    if packets is not None and seeking.is_exact(job) and len(packets) == sample.frames:
        found = excerpts(packets, lists)
        if found and (yield from seeking.cut(job, packets, found, names, size, share)):
            seen = sum(one.decoded for one in found) / sample.frames
            return Cut(sample, size, weights, (time.monotonic() - start) / seen)
        start = time.monotonic()
    pieces = [(picked(spans), name) for spans, name in zip(lists, names, strict=True)]
    with job.open_footage() as footage:
        arguments = argv.pieces(footage, job.plan, size, pieces)
        yield from job.run("measure", share, arguments, footage.fds)
    return Cut(sample, size, weights, time.monotonic() - start)


def _weights(job: Job, packets: PacketList | None) -> Sequence[float]:
    """A weight for each picture that the encode will have; all alike where they are not those of the source."""
    picture, video = job.plan.picture, job.plan.video
    assert picture is not None
    if packets is None:
        rate = picture.rate_cap or video.frame_rate
        return [1.0] * max(1, min(video.packets, int(video.duration_s * rate + _ROUNDING)))
    sizes = frame_sizes.in_order(packets)
    return sizes if len(sizes) == video.packets else [1.0] * max(1, video.packets)


def picked(spans: tuple[Span, ...]) -> Chain:
    """The filter that lets the frames of `spans` pass."""
    inside = "+".join(f"between(n,{span.first},{span.end - 1})" for span in spans)
    return Chain((Filter("select", {"expr": inside}),))


def probe(
    job: Job, cut: Cut, encoder: Encoder, speed: Speed, crf: float, share: float, *, few: bool = False
) -> Steps[Probe]:
    """Encode the search windows at `crf`, or a `few` of them, and score what is coded in them as in the clip."""
    sample, telling = cut.sample, cut.sample.telling
    spans = sample.few() if few else sample.search
    window = spans[0].count
    kept = [number * window for number, span in enumerate(sample.search) if span in spans]
    coded = [number * window for number in range(len(spans))]
    taken = _at(kept, Span(0, window)) if few else Chain()
    runs_on = encoder.runs_on and not sample.whole
    options = run_on_options(encoder, crf) if runs_on else quality_options(encoder, crf, job.plan.keyint)
    arguments = argv.probe(job.plan, encoder, speed, options, window, taken, (_SEARCH, _CODED))
    start = time.monotonic()
    yield from job.run("measure", share / 2, arguments)
    seconds, result = time.monotonic() - start, job.folder / _CODED
    pair = scoring.Pair(("-i", _SEARCH), _at(kept, telling), _at(coded, telling))
    step = _step(len(spans) * telling.count)
    found = yield from scoring.scores(job, result, [pair], cut.size, subsample=step, share=share / 2)
    whole = _foretell(job, cut, spans, frame_sizes.of_file(result, 0), runs_on=runs_on)
    result.unlink()
    return Probe(crf, _within_clip(found, encoder) if runs_on else found, whole, seconds)


def _at(starts: Sequence[int], part: Span) -> Chain:
    """The filter that lets `part` of each window pass, of windows that begin at these frames."""
    return picked(tuple(Span(start + part.first, part.count) for start in starts))


def _within_clip(found: Scores, encoder: Encoder) -> Scores:
    """What pictures that scored so in a run of windows score within the clip."""
    mean, low = (score_of(badness(score) - encoder.run_on_badness) for score in (found.mean, found.low))
    return Scores(min(100.0, mean), min(100.0, low), found.frames)


def check(job: Job, cut: Cut, share: float) -> Steps[Scores]:
    """Scores of the finished file: of a short clip on frames all over it, else on all frames of the sample, those not
    searched on included."""
    picture = job.plan.picture
    assert picture is not None
    if cut.sample.frames <= _SHORT_FRAMES and job.timeline is None:
        step = max(1, cut.sample.frames // _LOOKED_AT) // 2 * 2 + 1
        seen = _with_neighbours(step) if step > _NEIGHBOURHOOD else Chain()
        with job.open_footage() as footage:
            index = str(job.plan.video.index)
            inputs = tuple(footage.read(*argv.STEADY))
            pair = scoring.Pair(inputs, picture.chain(*cut.size) + seen, seen, index, footage.fds)
            step = min(step, _NEIGHBOURHOOD)
            return (yield from scoring.scores(job, job.result, [pair], cut.size, subsample=step, share=share))
    pairs = [_kept(_SEARCH, picked(cut.sample.search))]
    if cut.sample.check:
        pairs.append(_kept(_CHECK, picked(cut.sample.check)))
    step = _step(sum(span.count for span in cut.sample.search))
    return (yield from scoring.scores(job, job.result, pairs, cut.size, subsample=step, share=share))


def _with_neighbours(step: int) -> Chain:
    """Every picture of number 0, `step`, 2·`step` … and those before and after it: scored in steps of three they are
    the same as within the clip, since VMAF asks how far a picture moved from one to the next."""
    return Chain((Filter("select", {"expr": f"lt(mod(n+1,{step}),{_NEIGHBOURHOOD})"}),))


def _kept(name: str, of_distorted: Chain) -> scoring.Pair:
    """Frames that were cut out, against those that the chain picks."""
    return scoring.Pair(("-i", name), Chain(), of_distorted)


def _foretell(job: Job, cut: Cut, spans: Sequence[Span], sizes: list[int], *, runs_on: bool) -> Estimate:
    """Keyframes are counted apart: the one that a run begins with, or those of all windows on the average."""
    if cut.sample.whole:
        return Estimate(sum(sizes), sum(sizes), sum(sizes))
    length, telling = spans[0].count, cut.sample.telling
    coded = [sizes[at : at + length] for at in range(0, len(sizes), length)]
    keyframe = sizes[0] if runs_on else sum(window[0] for window in coded) / len(coded)
    keyframes = math.ceil(cut.sample.frames / job.plan.keyint)
    told = [sum(window[telling.first : telling.end]) for window in coded]
    weights = [sum(cut.weights[span.first + telling.first : span.first + telling.end]) for span in spans]
    return forecast.whole_bytes(told, weights, sum(cut.weights), keyframe, keyframes)


def _step(frames: int) -> int:
    """Every frame of short samples, every third of long ones: shifts the mean by less than 0.03."""
    return _NEIGHBOURHOOD if frames >= 72 else 1
