"""What this machine can do: which encoders really work, which filters are there, found by trying them."""

from __future__ import annotations

import functools
import tempfile
from dataclasses import dataclass
from pathlib import Path

from slimreel.core.choices import Codec, EncoderKind, HardwareApi
from slimreel.core.codecs import ENCODERS, Encoder, quality_options, speed_options
from slimreel.core.hardware import encoders_of, hardware_of
from slimreel.engine import ffmpeg, quality
from slimreel.engine.card import Card, card_of
from slimreel.errors import EngineError, UnavailableEncoder, UnavailableHardware
from slimreel.settings import read_settings

_TRIAL_SIZE = "320x240"
NEEDED_FILTERS = ("bwdif", "zscale", "tonemap", "libvmaf", "premultiply", "sidedata")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One encoder or filter that was tried; `detail` says what FFmpeg complained of."""

    name: str
    works: bool
    detail: str = ""


@functools.cache
def try_encoder(encoder_name: str, *, one_frame: bool = False) -> Trial:
    """Encode half a second of a test picture, or one frame, as a real encode would; remembered for this process."""
    encoder = next(row for codec in ENCODERS for row in encoders_of(codec) if row.name == encoder_name)
    card = card_of(encoder)
    if card is not None and encoder.chip is not None and encoder.chip.nodes and not card.nodes:
        return Trial(name=encoder.name, works=False, detail="there is no such device")
    # Hardware takes no picture smaller than this (NVENC: 145 wide).
    source = f"testsrc2=s={_TRIAL_SIZE if card else '128x128'}:r=10:d=0.5,format={encoder.pix_fmt_8bit}"
    frames = ["-frames:v", "1"] if one_frame else []
    upload = [*card.options, "-vf", "hwupload"] if card and card.options else []
    options = ["-c:v", encoder.name] if card is None else quality_options(encoder, encoder.crf["medium"], 10)
    options += [] if card is None else speed_options(encoder, "balanced")
    arguments = ["-f", "lavfi", "-i", source, *upload, *options, *frames, "-f", "null", "-"]
    return _try(encoder.name, arguments, card)


def try_filter(name: str) -> Trial:
    """Ask FFmpeg whether it has a filter."""
    graphs = {
        "libvmaf": f"testsrc2=s=128x128:r=5:d=1,split[a][b];[a][b]libvmaf=model=version={quality.MODEL}",
        "zscale": "testsrc2=s=64x64:d=0.1,zscale=w=32:h=32",
        "tonemap": "testsrc2=s=64x64:d=0.1,format=gbrpf32le,tonemap=hable",
        "premultiply": "testsrc2=s=64x64:d=0.1,format=yuva444p,premultiply=inplace=1",
        "sidedata": "testsrc2=s=64x64:d=0.1,sidedata=mode=delete:type=CONTENT_LIGHT_LEVEL",
    }
    graph = graphs.get(name, f"testsrc2=s=64x64:d=0.1,{name}")
    return _try(name, ["-f", "lavfi", "-i", graph, "-f", "null", "-"])


def _try(name: str, arguments: list[str], card: Card | None = None) -> Trial:
    with tempfile.TemporaryDirectory(prefix="slimreel-try-") as folder:
        running = ffmpeg.run(arguments, folder=Path(folder), stage="trial", path=name, card=card)
        try:
            for _ in running:
                pass
        except EngineError as error:
            return Trial(name=name, works=False, detail=str(error.fields.get("detail", error)))
    return Trial(name=name, works=True)


def require(encoder: Encoder) -> None:
    """Raise UnavailableEncoder where another FFmpeg was named and lacks this encoder."""
    if read_settings().ffmpeg is None and encoder.chip is None:
        return  # the bundled build has them all
    if not try_encoder(encoder.name).works:
        raise UnavailableEncoder(codec=encoder.codec)


def choose_hardware(codec: Codec, kind: EncoderKind) -> HardwareApi:
    """The interface to use for `codec` where a wish says `kind`: the first that works, by encoding one frame.

    Raises UnavailableHardware, which names what works here instead.
    """
    rows = hardware_of(codec, kind)
    for row in rows:
        if row.chip is not None and try_encoder(row.name, one_frame=True).works:
            return row.chip.api
    others = [row for name in ENCODERS for row in hardware_of(name) if row not in rows]
    working = [row.name for row in others if try_encoder(row.name, one_frame=True).works]
    raise UnavailableHardware(kind=kind, codec=codec, working=", ".join(working) or "only software")
