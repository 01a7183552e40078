"""Writes a film of copied packets and of frames that were encoded beside them, in one pass: nothing is written twice.

Times are given anew: frames stand on the clock of the timeline. From MP4 to MP4 graft_mp4.py moves the bytes, else they
go through FFmpeg packet by packet. It must not know why something is copied or encoded.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import ExitStack
from fractions import Fraction
from typing import Any

import av

from slimreel.engine.child import avc, boxes, graft_mp4
from slimreel.engine.child.byte_ranges import Places
from slimreel.engine.child.opening import opened, packets_of
from slimreel.engine.child.start import Refusal

BUFFER_BYTES = 1 << 20
Timed = Iterator[tuple[float, Any]]  # packets with the second at which they have to be there


def run(request: dict[str, Any]) -> dict[str, Any]:
    """{"demuxer", "decoders", "video", "sound", "fd", "muxer", "options", "tag", "tags", "labels"} → {"packets"}.

    `video`: {"fd", "stream", "packets", "rate", "pieces"}; a copied piece has "start", "first" and "seek", number and
    times of packets, and "order", when each is shown; another has the "path" of its "frames". `sound`: None, {"path"},
    or {"fd", "stream", "packets", "samples", "sample_rate", "late", "runs"} with a run's first time, its count, the
    time to seek, and the number of its first packet. `packets` is how many the whole stream has.
    Raises Refusal where the source is not as it was, or headers of encoded pieces differ.
    """
    av.logging.set_level(None)
    with ExitStack() as stack:
        sources = _sources(request)
        if _is_moved(request, sources):
            return {"packets": _move(request, sources, stack)}
        file = stack.enter_context(os.fdopen(request["fd"], "wb", buffering=0, closefd=False))
        options = request["options"]
        out = stack.enter_context(
            av.open(file, "w", format=request["muxer"], options=options, buffer_size=BUFFER_BYTES)
        )
        out.metadata.update(request["tags"])
        made, pieces = _video(request, sources["video"], out, stack)
        wanted = request["video"]
        tick = 1 / Fraction(*wanted["rate"])
        pictures = _pictures(sources["video"], sources["video"].streams[wanted["stream"]], made, tick, pieces)
        heard = _sound(request, sources.get("sound"), out, stack) if request["sound"] is not None else iter(())
        return {"packets": _write(out, pictures, heard)}


def _sources(request: dict[str, Any]) -> dict[str, Any]:
    """The source opened for its pictures, and once more for its sound where that is copied."""
    wanted = {name: request[name] for name in ("video", "sound") if request[name] is not None}
    return {name: _source(request, one) for name, one in wanted.items() if "path" not in one}


def _is_moved(request: dict[str, Any], sources: dict[str, Any]) -> bool:
    """Whether all that is copied lies where an index says, and the result is to have one."""
    if request["demuxer"] != "mov" or request["muxer"] not in ("mp4", "mov"):
        return False
    if request["sound"] is not None and "sound" not in sources:
        return False
    # Of a file in fragments the index is not whole.
    return all(
        len(source.streams[request[name]["stream"]].index_entries) == request[name]["packets"]
        for name, source in sources.items()
    )


def _move(request: dict[str, Any], sources: dict[str, Any], stack: ExitStack) -> int:
    """The film by moving bytes; what FFmpeg says of its streams is written into memory alone."""
    wanted, heard, sound = request["video"], request["sound"], None
    options = {name: value for name, value in request["options"].items() if name != "moov_size"}
    file = io.BytesIO()
    with av.open(file, "w", format=request["muxer"], options=options) as out:
        out.metadata.update(request["tags"])
        made, pieces = _video(request, sources["video"], out, stack)
        sound_made = None
        if heard is not None:
            stream = sources["sound"].streams[heard["stream"]]
            sound_made = out.add_stream_from_template(stream)
            _label(sound_made, request["labels"][1])
            runs = [(run[3], run[1]) for run in heard["runs"]]
            sound = graft_mp4.Sound(Places(stream), runs, heard["late"], heard["samples"], heard["sample_rate"])
        laid = [
            (piece["start"], piece["order"], None) if edge is None else (0, edge[0], edge[1]) for piece, edge in pieces
        ]
        graft_mp4.pattern(out, made, sound_made, sound, graft_mp4.early_of(order for _, order, _ in laid))
    places = Places(sources["video"].streams[wanted["stream"]])
    fds = (wanted["fd"], heard["fd"] if heard is not None else wanted["fd"])
    tick = 1 / Fraction(*wanted["rate"])
    return graft_mp4.write(request["fd"], file.getvalue(), laid, places, tick, sound, fds)


def _write(out: Any, pictures: Timed, heard: Timed) -> int:
    """All packets in the order of their times."""
    count = 0
    sound = next(heard, None)
    for moment, picture in pictures:
        while sound is not None and sound[0] < moment:
            out.mux_one(sound[1])
            sound = next(heard, None)
            count += 1
        out.mux_one(picture)
        count += 1
    while sound is not None:
        out.mux_one(sound[1])
        sound = next(heard, None)
        count += 1
    return count


def _video(request: dict[str, Any], source: Any, out: Any, stack: ExitStack) -> tuple[Any, list[Any]]:
    """The stream of pictures in the new file, and each piece with the frames that were encoded for it, or None."""
    wanted = request["video"]
    stream = source.streams[wanted["stream"]]
    record = avc.record_of(stream)
    if record is None:
        raise Refusal("unreadable", "its header is of another form")
    edges = {piece["path"]: stack.enter_context(av.open(piece["path"], format="nut"))
             for piece in wanted["pieces"] if "path" in piece}  # fmt: skip
    sets = {tuple(map(tuple, avc.sets_of(_header(edge)))) for edge in edges.values()}
    if len(sets) > 1:
        raise Refusal("unreadable", "what was encoded has different headers")
    made = out.add_stream_from_template(stream)
    made.time_base = 1 / Fraction(*wanted["rate"])
    if request["tag"]:
        made.codec_context.codec_tag = request["tag"]
    for sequences, pictures in sets:
        made.codec_context.extradata = record.with_sets(list(sequences), list(pictures))
    _label(made, request["labels"][0])
    return made, [(piece, _edge(edges[piece["path"]], piece["frames"], record.length_bytes) if "path" in piece
                   else None) for piece in wanted["pieces"]]  # fmt: skip


def _pictures(source: Any, stream: Any, made: Any, tick: Fraction, prepared: list[Any]) -> Timed:
    """The pieces one after the other. Decoding begins so early that no frame is shown before it is decoded."""
    orders = [piece["order"] if edge is None else edge[0] for piece, edge in prepared]
    early = graft_mp4.early_of(orders)
    count, start, seconds = 0, 0, float(tick)
    for (piece, edge), order in zip(prepared, orders, strict=True):
        packets = _run(source, stream, piece["first"], piece["seek"], len(order)) if edge is None else iter(edge[1])
        for shown, packet in zip(order, packets, strict=True):
            packet.stream, packet.time_base = made, tick
            packet.pts, packet.dts, packet.duration = start + shown, count - early, 1
            yield (count - early) * seconds, packet
            count += 1
        start += len(order)


def _edge(edge: Any, frames: int, length_bytes: int) -> tuple[list[int], list[Any]]:
    """When each packet of an encoded piece is shown, and the packets in the form of the source's."""
    packets = [packet for packet in edge.demux(edge.streams.video[0]) if packet.size]
    if len(packets) != frames:
        raise Refusal("unreadable", f"{len(packets)} frames were encoded where {frames} belong")
    times = sorted(packet.pts for packet in packets)
    made = []
    for packet in packets:
        one = av.Packet(avc.with_lengths(bytes(packet), length_bytes))
        one.is_keyframe = packet.is_keyframe
        made.append(one)
    return [times.index(packet.pts) for packet in packets], made


def _sound(request: dict[str, Any], source: Any, out: Any, stack: ExitStack) -> Timed:
    wanted = request["sound"]
    if "path" in wanted:
        source = stack.enter_context(av.open(wanted["path"], format="mov"))
        stream = source.streams.audio[0]
    else:
        stream = source.streams[wanted["stream"]]
    made = out.add_stream_from_template(stream)
    _label(made, request["labels"][1])
    if "path" in wanted:
        made.time_base = stream.time_base
        return _as_it_is(source, stream, made)
    made.time_base = Fraction(1, wanted["sample_rate"])
    return _slots(source, stream, made, wanted)


def _as_it_is(source: Any, stream: Any, made: Any) -> Timed:
    for packet in source.demux(stream):
        if packet.size:
            packet.stream = made
            yield float(packet.pts * stream.time_base), packet


def _slots(source: Any, stream: Any, made: Any, wanted: dict[str, Any]) -> Timed:
    """Packets of one length each, one after the other whatever their times were."""
    slot, clock, seconds = wanted["late"], made.time_base, wanted["samples"] / wanted["sample_rate"]
    for first, count, seek, _ in wanted["runs"]:
        for packet in _run(source, stream, first, seek, count):
            one = av.Packet(bytes(packet))  # without what it says of samples to be left out
            one.stream, one.time_base, one.is_keyframe = made, clock, True
            one.pts = one.dts = slot * wanted["samples"]
            one.duration = wanted["samples"]
            yield slot * seconds, one
            slot += 1


def _run(source: Any, stream: Any, first: int, seek: int, count: int) -> Iterator[Any]:
    """So many packets from the one of that time on."""
    source.seek(seek, stream=stream, backward=True)
    index, waiting = stream.index, True
    for packet in packets_of(source):
        if waiting and packet.pts != first:
            continue
        if packet.stream_index == index:
            waiting = False
            yield packet
            count -= 1
            if not count:
                return
    if count:
        raise Refusal("unreadable", "packets that were there are not found again")


def _source(request: dict[str, Any], wanted: dict[str, Any]) -> Any:
    """The source opened once more, all but one of its streams passed over."""
    fd, demuxer = wanted["fd"], request["demuxer"]
    container = opened(fd, demuxer, request["decoders"], boxes.walk(fd, demuxer))
    for stream in container.streams:
        if stream.index != wanted["stream"]:
            stream.discard = av.stream.Discard.all
    return container


def _header(edge: Any) -> bytes:
    return bytes(edge.streams.video[0].codec_context.extradata or b"")


def _label(made: Any, labels: dict[str, Any]) -> None:
    made.metadata.update(labels)
    made.disposition = av.stream.Disposition.default
