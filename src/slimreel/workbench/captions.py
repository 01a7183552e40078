"""What a speech engine heard, as subtitles that a person can read, mend and give again instead of being heard anew.

Their name ties them to what they were heard in: `talk.captions.en.srt` is what is said in `talk.mp4`, in English.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from slimreel.core.cues import as_srt, escaped
from slimreel.core.timing import SOURCE
from slimreel.core.transcript import Transcript as Said
from slimreel.edit.facts import Asset, Facts, Transcript
from slimreel.engine import place
from slimreel.graph.material import Material
from slimreel.settings import read_settings
from slimreel.workbench.deliver import Finished

_NAME = re.compile(
    r"(?P<title>.+)\.captions(\.(?P<language>[A-Za-z]{2,8}(-[A-Za-z0-9]{2,8})*?))?(-\d{1,2})?\.srt", re.DOTALL
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Captions:
    """What was heard in a file: SubRip, and the name that it goes by."""

    name: str
    srt: str


def known(assets: tuple[Asset, ...]) -> Facts:
    """What is known of files before anything is measured, captions among them that were heard earlier."""
    titles = [asset.title for asset in assets if asset.has_audio]
    heard: list[Transcript] = []
    for asset in assets:
        found = _NAME.fullmatch(asset.name) if asset.kind == "subtitles" else None
        if found and titles.count(found["title"]) == 1:
            of = next(one.id for one in assets if one.has_audio and one.title == found["title"])
            heard.append(Transcript(asset=of, subtitles=asset.id, language=found["language"] or "auto"))
    has_engine = bool(heard) or read_settings().speech_url is not None
    return Facts(assets=assets, transcripts=tuple(heard), has_speech_engine=has_engine)


def material_of(said: Said, asset: Asset, asset_id: str) -> Material:
    """The captions of an asset, of which there are some, as an asset of their own on its clock."""
    tag = f".{said.language}" if said.language else ""
    name = f"{asset.title}.captions{tag}.srt"
    duration = SOURCE.ticks(said.cues[-1].end_ms / 1000)
    return Material(asset=Asset(id=asset_id, name=name, kind="subtitles", duration=duration), cues=said.cues)


def of(material: Material) -> Captions:
    """The captions that a material holds."""
    return Captions(name=material.asset.name, srt=as_srt(escaped(material.cues)))


def leave(heard: Sequence[Captions], folder: Path, *, overwrite: bool) -> list[Finished]:
    """Write captions into a folder, numbered where others lie there already. Raises StorageError."""
    left: list[Finished] = []
    for one in heard:
        content = one.srt.encode()
        path, number = folder / one.name, 1
        while not overwrite and path.exists() and path.read_bytes() != content:
            number += 1
            path = folder / one.name.replace(".srt", f"-{number}.srt")
        if not path.exists() or path.read_bytes() != content:
            place.publish_bytes(content, path, overwrite=overwrite)
        left.append(Finished(path, "captions", len(content)))
    return left
