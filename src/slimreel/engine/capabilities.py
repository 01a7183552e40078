"""What this machine can do: which encoders really work, which filters are there, found by trying them."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from slimreel.core.codecs import Encoder
from slimreel.engine import ffmpeg, quality
from slimreel.errors import EngineError, UnavailableEncoder
from slimreel.settings import read_settings

NEEDED_FILTERS = ("bwdif", "zscale", "tonemap", "libvmaf", "premultiply", "sidedata")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One encoder or filter that was tried; `detail` says what FFmpeg complained of."""

    name: str
    works: bool
    detail: str = ""


def try_encoder(encoder: Encoder) -> Trial:
    """Encode half a second of a test picture."""
    arguments = ["-f", "lavfi", "-i", "testsrc2=s=128x128:r=10:d=0.5", "-c:v", encoder.name]
    return _try(encoder.name, [*arguments, "-pix_fmt", encoder.pix_fmt_8bit, "-f", "null", "-"])


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


def _try(name: str, arguments: list[str]) -> Trial:
    with tempfile.TemporaryDirectory(prefix="slimreel-try-") as folder:
        running = ffmpeg.run(arguments, folder=Path(folder), stage="trial", path=name)
        try:
            for _ in running:
                pass
        except EngineError as error:
            return Trial(name=name, works=False, detail=str(error.fields.get("detail", error)))
    return Trial(name=name, works=True)


def require(encoder: Encoder) -> None:
    """Raise UnavailableEncoder where another FFmpeg was named and lacks this encoder."""
    if read_settings().ffmpeg is None:
        return  # the bundled build has them all
    if not try_encoder(encoder).works:
        raise UnavailableEncoder(codec=encoder.codec)
