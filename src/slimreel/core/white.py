"""Colours of SDR, such as those of titles, as they are written in an HDR picture: white at its reference level.

ITU-R BT.2408 puts SDR white at 203 cd/m², which is 58 % of PQ and 75 % of HLG. Constants are those of SMPTE ST 2084
and ITU-R BT.2100; the screen of HLG is one of 1000 cd/m².
"""

from __future__ import annotations

from math import log, sqrt

REFERENCE_NITS = 203
_HLG_NITS, _HLG_GAMMA = 1000, 1.2
# Linear BT.709 to linear BT.2020 (ITU-R BT.2087).
_TO_2020 = ((0.6274, 0.3293, 0.0433), (0.0691, 0.9195, 0.0114), (0.0164, 0.0880, 0.8956))
_LUMA_2020 = (0.2627, 0.6780, 0.0593)

Triple = tuple[float, float, float]


def in_hdr(hexadecimal: str, transfer: str) -> str:
    """The colour `#RRGGBB` of SDR as `#RRGGBB` of BT.2020 with this transfer, as FFmpeg names it."""
    linear = [_from_srgb(int(hexadecimal[at : at + 2], 16) / 255) for at in (1, 3, 5)]
    wide = [sum(share * value for share, value in zip(row, linear, strict=True)) for row in _TO_2020]
    nits = (wide[0] * REFERENCE_NITS, wide[1] * REFERENCE_NITS, wide[2] * REFERENCE_NITS)
    coded = tuple(map(_to_pq, nits)) if transfer == "smpte2084" else _to_hlg(nits)
    return "#" + "".join(f"{round(min(max(value, 0.0), 1.0) * 255):02X}" for value in coded)


def _from_srgb(code: float) -> float:
    return code / 12.92 if code <= 0.04045 else float(((code + 0.055) / 1.055) ** 2.4)


def _to_pq(nits: float) -> float:
    if nits <= 0:
        return 0.0
    share = (nits / 10_000) ** 0.1593017578125
    return float(((0.8359375 + 18.8515625 * share) / (1 + 18.6875 * share)) ** 78.84375)


def _to_hlg(nits: Triple) -> Triple:
    """The screen makes what it is given brighter by a power of the picture's luma; that is taken back first."""
    luma = sum(share * value for share, value in zip(_LUMA_2020, nits, strict=True)) / _HLG_NITS
    if luma <= 0:
        return 0.0, 0.0, 0.0
    gain = luma ** (1 / _HLG_GAMMA) / luma / _HLG_NITS
    first, second, third = (_hlg_code(value * gain) for value in nits)
    return first, second, third


def _hlg_code(scene: float) -> float:
    if scene <= 1 / 12:
        return sqrt(3 * max(scene, 0.0))
    return 0.17883277 * log(12 * scene - 0.28466892) + 0.55991073
