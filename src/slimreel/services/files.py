"""What signed links lead to: a file that came in, or one that was made. Anything else leads nowhere, in one way."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs

from slimreel.errors.service import NotHere
from slimreel.services.db.engine import Database
from slimreel.services.db.models import Artifact, Asset
from slimreel.services.links import Links

_UNKNOWN = "application/octet-stream"
_VIDEOS = {"mov": "video/mp4", "matroska": "video/webm"}
_SOUNDS = {"mov": "audio/mp4", "mp3": "audio/mpeg", "wav": "audio/wav", "flac": "audio/flac", "aac": "audio/aac",
           "ogg": "audio/ogg"}  # fmt: skip
_PICTURES = {"gif": "image/gif", "apng": "image/apng", "png_pipe": "image/png", "jpeg_pipe": "image/jpeg",
             "webp_pipe": "image/webp"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A file as it is sent."""

    blob: str
    size: int
    sha256: str
    filename: str
    media_type: str


class Files:
    """Opens files for those who hold a link."""

    def __init__(self, database: Database, links: Links) -> None:
        self._database, self._links = database, links

    def opened(self, kind: str, name: str, query: str) -> tuple[KeptFile, bool]:
        """The file, and whether it is to be saved rather than shown. Raises NotHere."""
        said = {key: values[0] for key, values in parse_qs(query, max_num_fields=8).items()}
        with self._database.read() as transaction:
            row: Artifact | Asset | None = None
            if kind == "artifact":
                row = transaction.get(Artifact, name)
            elif kind == "asset":
                row = transaction.get(Asset, name)
        if row is None:
            raise NotHere
        disposition = said.get("d", "")
        self._links.verify(kind, name, row.user_id, said.get("e", ""), disposition, said.get("s", ""))
        media_type = row.media_type if isinstance(row, Artifact) else media_type_of(row)
        kept = KeptFile(blob=row.blob, size=row.size, sha256=row.sha256, filename=row.filename, media_type=media_type)
        return kept, disposition != "inline"


def media_type_of(asset: Asset) -> str:
    """What a browser is to take a file for, by what was found in it; of pages and scripts there is none."""
    info = asset.material.get("info") or {}
    kind, demuxer = asset.kind, str(info.get("demuxer", ""))
    if kind == "video" and demuxer in _VIDEOS:
        return _VIDEOS[demuxer]
    if kind == "audio" and demuxer in _SOUNDS:
        return _SOUNDS[demuxer]
    return _PICTURES.get(demuxer, _UNKNOWN) if kind == "image" else _UNKNOWN
