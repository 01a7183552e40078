"""Makes the last picture of a file stand as long as in the source, whatever order the encoder writes pictures in.

FFmpeg's muxer for MP4 knows only decoding times when it closes a track. Where the last packet is a B-frame it gives
that one the last picture's time, and the track ends early: by 1.5 s of 8.7 s in a screen recording whose last picture
stands. A demuxer reads the same fault out of such files. Both are mended by one bitstream filter over timestamps.
"""

from __future__ import annotations

from slimreel.core.plan import EncodePlan

# Where these were read, every packet has both its times; elsewhere (AVI, transport streams) some are missing.
_FULLY_TIMED = frozenset({"mov", "matroska"})

# Of a usual picture's time: milliseconds make 33 and 34 of 33.4, and are no reason to mend anything.
_ROUNDED = 0.25

# In ticks, in FFmpeg's expressions. ld(0) is the latest end that packets have told so far, ld(1) their latest
# decoding time.
_KEEP_LATEST = "st(0,max(ld(0),PTS+DURATION))"
_IS_LAST = "eq(NEXT_DTS,NOPTS)"
# Decoding runs ahead of showing by a constant; the last packet may catch up, so that both tracks of time end alike.
_LAST_DTS = "max(DTS,PTS-STARTPTS+STARTDTS)"


def of_encode(plan: EncodePlan) -> list[str]:
    """FFmpeg's options for pictures that are encoded."""
    assert plan.picture is not None
    return _options(plan, plan.video.frames if plan.picture.rate_cap is None else None)


def of_remux(plan: EncodePlan, demuxer: str) -> list[str]:
    """FFmpeg's options for pictures that are copied from a file of this kind."""
    return _options(plan, plan.video.frames) if demuxer in _FULLY_TIMED else []


def _options(plan: EncodePlan, frames: int | None) -> list[str]:
    """`frames`: how many there must be for the last to be the source's last; one before it is not drawn out.

    A file that lost its end on the way has to stay short, or nobody would notice.
    """
    end = f"STARTPTS+{float(plan.video.duration_s):.6f}/TB"
    holds_dts = plan.container.muxer in ("mp4", "mov")
    return ["-bsf:v", _for_iso(end, frames) if holds_dts else _for_matroska(end, frames, plan)]


def _for_iso(end: str, frames: int | None) -> str:
    """A sample lasts until the next is decoded; only the last one's own length counts, and the latest end of any."""
    if frames is None:
        found, drawn_out = "ld(0)", "DURATION"
    else:
        found = f"if(gte(N+1,{frames}),max(ld(0),{end}),ld(0))"
        drawn_out = f"if(gte(N+2,{frames}),max(DURATION,{end}-PTS),DURATION)"
    # Broken files have times that run back, which the muxer pushes forward: hence the latest of all.
    length = f"max(0,{found}-STARTPTS+STARTDTS-max({_LAST_DTS},ld(1)))"
    duration = f"{_KEEP_LATEST};st(1,max(ld(1),DTS));if({_IS_LAST},{length},{drawn_out})"
    return f"setts=pts=PTS:dts='if({_IS_LAST},{_LAST_DTS},DTS)':duration='{duration}'"


def _for_matroska(end: str, frames: int | None, plan: EncodePlan) -> str:
    """Each picture's length stands beside it and is kept; one that the source's demuxer told too short is mended."""
    rounded_s = _ROUNDED / float(plan.video.frame_rate) if plan.video.frame_rate else 0.01
    falls_short = f"gte(N+1,{frames})*gt({end}-ld(0),{rounded_s:.6f}/TB)" if frames is not None else "0"
    return f"setts=pts=PTS:dts=DTS:duration='{_KEEP_LATEST};if({_IS_LAST}*{falls_short},{end}-PTS,DURATION)'"
