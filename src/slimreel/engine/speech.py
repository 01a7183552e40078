"""Has what is said in a file written down: takes its sound out in the sandbox, and sends it to a speech engine.

The sound goes as mono WAV at 16 kHz, which is what Whisper works in and every server reads, in pieces of five minutes,
each divided from the next where it is quiet.
"""

from __future__ import annotations

import io
import sys
import tempfile
import wave
from array import array
from collections.abc import Generator, Iterator
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from slimreel.core.cues import MOST_BYTES, MOST_CUES, Cue, as_srt
from slimreel.core.events import Decided, Progress, Reason
from slimreel.core.filters import Chain, Filter
from slimreel.core.transcript import BadTranscript, Transcript, read_transcript
from slimreel.engine import ffmpeg, footage, speech_server
from slimreel.engine.speech_server import SpeechServer
from slimreel.errors import EditRefused, NoSpeechEngine, SpeechFailed
from slimreel.graph.material import Material
from slimreel.graph.model import Input

RATE_HZ = 16_000
_A_MS = RATE_HZ // 1000  # samples
# 9.6 MB: servers take 25 MB at the most. The last half minute of it is searched for a quiet moment.
PIECE_MS = 300_000
_SEARCHED_MS, _QUIET_MS = 30_000, 200
_SILENT = 33  # of 32768, −60 dBFS: in a piece that is nowhere louder nobody speaks, and engines invent words
_SOUND = "sound.pcm"


def listen(material: Material, language: str) -> Generator[Progress | Decided, None, Transcript]:
    """What is said in the asset's main track, on the asset's own clock. `language` is a tag or "auto".

    Raises NoSpeechEngine, SpeechUnreachable, SpeechFailed.
    """
    server = speech_server.server_of_settings()
    if server is None:
        raise NoSpeechEngine()
    if material.audio is None:
        raise EditRefused(detail=f"{material.asset.name} has no sound")
    yield Decided(reasons=(Reason(id="sound_sent", fields={"title": material.asset.name, "where": server.url}),))
    with tempfile.TemporaryDirectory(prefix="slimreel-speech-") as place:
        yield from _extract(material, Path(place))
        with (Path(place) / _SOUND).open("rb") as sound:
            return (yield from _heard(server, sound, language))


def ask(server: SpeechServer, wav: bytes, language: str, length_ms: int) -> Transcript:
    """What is said in one piece of sound. Raises SpeechUnreachable, SpeechFailed."""
    answer = speech_server.transcribe(server, wav, language)
    try:
        return read_transcript(answer, length_ms)
    except BadTranscript as error:
        raise SpeechFailed(where=server.url, detail=str(error)) from error


def _extract(material: Material, folder: Path) -> Generator[Progress, None, None]:
    """The main track as bare samples, the first of them at the moment 0 of the file."""
    assert material.audio is not None and material.info is not None
    chain = Chain(
        (
            Filter("aresample", {"sample_rate": RATE_HZ, "async": 1, "first_pts": 0}),
            Filter("aformat", {"sample_fmts": "s16", "channel_layouts": "mono", "sample_rates": RATE_HZ}),
        )
    )
    with footage.of_input(Input(material.asset.id), material) as (options, fd):
        taken = ["-map", f"0:{material.audio.index}", "-af", str(chain), "-f", "s16le", _SOUND]
        running = ffmpeg.run([*options, *taken], folder=folder, stage="listen", path=material.info.path, fds=(fd,))
        for _ in running:
            yield Progress(stage="listen", fraction=0.0)


def _heard(server: SpeechServer, sound: BinaryIO, language: str) -> Generator[Progress, None, Transcript]:
    cues: list[Cue] = []
    found: str | None = None
    edges = list(_edges(sound))
    for start, end in pairwise(edges):
        yield Progress(stage="listen", fraction=0.0)
        samples = _samples(sound, start, end)
        if max(samples, default=0) < _SILENT and min(samples, default=0) > -_SILENT:
            continue
        told = ask(server, _wav(samples), language, (end - start) // _A_MS)
        late = start // _A_MS
        cues += [Cue(cue.start_ms + late, cue.end_ms + late, cue.text) for cue in told.cues]
        found = found or told.language
        if len(cues) > MOST_CUES or len(as_srt(tuple(cues)).encode()) > MOST_BYTES:
            raise SpeechFailed(where=server.url, detail="it heard more words than anybody can say in that time")
    return Transcript(tuple(cues), found if language == "auto" else language)


def _edges(sound: BinaryIO) -> Iterator[int]:
    """The samples at which the sound is divided, its ends among them, each a whole millisecond but for the last."""
    whole = sound.seek(0, io.SEEK_END) // 2
    at = 0
    while whole - at > PIECE_MS * _A_MS:
        yield at
        latest = at + PIECE_MS * _A_MS
        searched = _samples(sound, latest - min(_SEARCHED_MS, PIECE_MS // 2) * _A_MS, latest)
        at = latest - len(searched) + _quietest(searched)
    yield at
    if whole > at:
        yield whole


def _quietest(samples: array[int]) -> int:
    """The middle of the stretch of a fifth of a second with the least sound."""
    step = _QUIET_MS * _A_MS
    starts = range(0, max(1, len(samples) - step + 1), step)
    return min(starts, key=lambda start: sum(map(abs, samples[start : start + step]))) + step // 2


def _samples(sound: BinaryIO, start: int, end: int) -> array[int]:
    sound.seek(2 * start)
    found = array("h", sound.read(2 * (end - start)))
    if sys.byteorder == "big":
        found.byteswap()
    return found


def _wav(samples: array[int]) -> bytes:
    if sys.byteorder == "big":
        samples.byteswap()
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE_HZ)
        writer.writeframes(samples.tobytes())
    return file.getvalue()
