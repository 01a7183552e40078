"""The pictures of the clips: each brought to one size, rate and colour, then joined by cuts and transitions."""

from __future__ import annotations

from slimreel.core.filters import Chain, Filter
from slimreel.core.media import VideoStream
from slimreel.core.picture import deinterlacer, flattening, lifted_chain, reshown, tonemap_chain
from slimreel.edit.draft import MediaSegment, TransitionType
from slimreel.graph.drawn import Part, all_drawn
from slimreel.graph.fitting import fitted
from slimreel.graph.material import Colors, Material
from slimreel.graph.model import chain, one
from slimreel.graph.scene import Scene, decimal
from slimreel.graph.takes import EARLY, Take

_XFADE: dict[TransitionType, str] = {"dissolve": "fade"}  # the others have FFmpeg's own names
_COLOR_NAMES = {"bt709": "bt709", "smpte170m": "smpte170m", "bt470bg": "bt470bg", "bt2020nc": "bt2020nc"}
_SMALL_LINES = 720  # untagged pictures below are taken for BT.601, as players do


def clip_picture(scene: Scene, clip: MediaSegment, takes: tuple[Take, ...]) -> str:
    """The pad of one clip: pictures of the canvas's size, as many as it has frames."""
    pads = tuple(_take(scene, clip, take) for take in takes)
    pad = joined(scene, pads)
    size = (scene.width, scene.height)
    return all_drawn(clip.of_slot("picture"), scene, Part(pad, size, clip.place.duration)).pad


def sequence(scene: Scene, clips: tuple[tuple[MediaSegment, str], ...]) -> str:
    """The clips one after the other: plain cuts put end to end, transitions laid over the join."""
    runs: list[list[tuple[MediaSegment, str]]] = []
    for clip, pad in clips:
        if clip.enter and runs:
            runs.append([(clip, pad)])
        elif runs:
            runs[-1].append((clip, pad))
        else:
            runs.append([(clip, pad)])
    first = clips[0][0].place.start
    pad = joined(scene, tuple(pad for _, pad in runs[0]))
    for run in runs[1:]:
        enter, start = run[0][0].enter, run[0][0].place.start
        assert enter is not None
        following = joined(scene, tuple(pad for _, pad in run))
        blend = one(
            "xfade",
            transition=_XFADE.get(enter.type, enter.type),
            duration=decimal(scene.seconds(enter.frames)),
            offset=decimal(scene.seconds(start - first)),
        )
        pad = scene.wiring.through((pad, following), chain(blend))
    return pad


def joined(scene: Scene, pads: tuple[str, ...]) -> str:
    """Pictures end to end on the clock of the canvas. One alone stays: older FFmpegs join no fewer than two."""
    if len(pads) == 1:
        return pads[0]
    return scene.wiring.through(pads, chain(one("concat", n=len(pads), v=1, a=0), scene.ticks()))


def timed(scene: Scene, take: Take, material: Material) -> Chain:
    """Frames of the canvas's rate, the first at time 0, from an input that begins a little early.

    At each moment the latest frame that has begun is shown; `EARLY` keeps rounded times from beginning too late.
    """
    video = material.video
    early_s = take.lead_s + (0 if take.is_still else EARLY * material.frame_s)
    clock = f"(PTS-({early_s})/TB)" if early_s else "PTS"
    if take.speed != 1:
        clock = f"{clock}/({take.speed})"
    filters = [deinterlacer()] if video and video.interlaced and material.asset.kind == "video" else []
    filters += [one("setpts", expr=clock)] if clock != "PTS" else []
    filters += [one("fps", fps=scene.rate, start_time=0, round="up", eof_action="pass")]
    if take.is_still:
        filters.append(one("trim", end_frame=1))
    return chain(*filters)


def _take(scene: Scene, clip: MediaSegment, take: Take) -> str:
    material = scene.material(clip)
    part = sourced(scene, clip, take, material)
    video = material.video
    pad = scene.wiring.through(part.pad, chain(*flattening(video)) if video and video.has_alpha else chain())
    pad = fitted(scene, pad, part.size, clip.fit)
    end = [*colored(scene, material, as_coded=not clip.of_slot("source")), *counted(take)]
    if take.backwards:
        end += [one("reverse"), one("setpts", expr="PTS-STARTPTS")]
    return scene.wiring.through(pad, chain(*end, one("fps", fps=scene.rate), scene.ticks()))


def sourced(scene: Scene, segment: MediaSegment, take: Take, material: Material) -> Part:
    """The pictures of a take at their own size, with the effects that work on the file's own pictures."""
    video = material.video
    stream = f"{take.input}:{video.index if video else 'v'}"
    opened = None if take.backwards else scene.wiring.inputs[take.input]
    before = timed(scene, take, material)
    size = (material.asset.width, material.asset.height)
    effects = segment.of_slot("source")
    if video and effects and video.upright != size:
        before += chain(one("scale", w=size[0], h=size[1], flags="bicubic"), one("setsar", sar=1))
    start = Part(scene.wiring.through(stream, before), size, take.frames.duration, opened, before, "0:v:0")
    return all_drawn(effects, scene, start)


def counted(take: Take) -> list[Filter]:
    """Exactly the frames wanted: the last one stands in for what the file does not have."""
    clone = one("tpad", stop=-1, stop_mode="clone")
    return [clone, one("trim", end_frame=take.frames.duration)]


def colored(scene: Scene, material: Material, pix_fmt: str | None = None, *, as_coded: bool = False) -> list[Filter]:
    """Filters that bring pictures to the timeline's colours and pixel format; `as_coded`: no filter before has changed
    the format that the file has."""
    video, colors = material.video, scene.colors
    wanted = pix_fmt or colors.pix_fmt
    tags = tagged(scene)
    if video is None:
        return [one("format", pix_fmts=wanted), tags]
    if colors.is_hdr:
        return [*_in_hdr(video, colors, wanted), tags]
    if video.hdr:
        return [*tonemap_chain(video, wanted).filters, tags]
    change: dict[str, str | int] = {}
    if video.chroma == "rgb":
        change = {"out_color_matrix": colors.matrix, "out_range": "tv"}
    else:
        matrix = matrix_of(video)
        if matrix != colors.matrix and as_coded and video.pix_fmt == wanted and video.color_range != "pc":
            return [_rematrixed(matrix, colors.matrix), one("format", pix_fmts=wanted), tags]
        if matrix != colors.matrix:
            change |= {"in_color_matrix": matrix, "out_color_matrix": colors.matrix}
        if video.color_range == "pc":
            change |= {"in_range": "pc", "out_range": "tv"}
    scale = [Filter("scale", dict(change))] if change else []
    return [*scale, one("format", pix_fmts=wanted), tags]


def _rematrixed(old: str, new: str) -> Filter:
    """Colours by another matrix, each value rounded once. A scaler goes through RGB: luma comes out 1.7 code values
    lower in the mean, for seven times the CPU."""
    same = {"primaries": "bt709", "iprimaries": "bt709", "trc": "bt709", "itrc": "bt709", "range": "tv", "irange": "tv"}
    return Filter("colorspace", {"ispace": old, "space": new, **same, "fast": 1})


def _in_hdr(video: VideoStream, colors: Colors, pix_fmt: str) -> list[Filter]:
    """Filters that bring pictures to a timeline of HDR: its own kind as it is, anything else as SDR."""
    if video.hdr:
        full = {"in_range": "pc", "out_range": "tv"} if video.color_range == "pc" else {}
        return [*([Filter("scale", dict(full))] if full else []), *reshown(pix_fmt).filters]
    read: dict[str, str | int] = {"in_range": "pc"} if video.color_range == "pc" else {}
    if video.chroma != "rgb":
        read["in_color_matrix"] = matrix_of(video)
    return [*([Filter("scale", dict(read))] if read else []), *lifted_chain(colors.transfer, pix_fmt).filters]


def tagged(scene: Scene) -> Filter:
    """Says what the colours are; changes none."""
    colors = scene.colors
    return one(
        "setparams",
        range="limited", color_primaries=colors.primaries, color_trc=colors.transfer, colorspace=colors.matrix,
    )  # fmt: skip


def matrix_of(video: VideoStream) -> str:
    """The matrix of a picture's colours: what it says, else what a player takes it for."""
    if video.color_matrix in _COLOR_NAMES:
        return video.color_matrix
    return "bt709" if min(video.upright) >= _SMALL_LINES or video.chroma == "rgb" else "smpte170m"
