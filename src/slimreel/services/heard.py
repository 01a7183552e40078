"""Captions that were heard on the way of an edit become a file of the session, as any other that came in."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session as Transaction

from slimreel.core import records
from slimreel.core.timing import SOURCE
from slimreel.errors.service import Conflicting
from slimreel.graph.material import Material
from slimreel.services.assets import Assets, ProbedFile, name_of
from slimreel.services.storage import Storage, new_key
from slimreel.workbench import captions


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardCaptions:
    """Captions whose file is in the store already, and which no session has yet."""

    name: str  # what the draft calls them
    filename: str
    probed: ProbedFile
    blob: str
    size: int
    sha256: str


class Heard:
    """Keeps captions."""

    def __init__(self, assets: Assets, storage: Storage) -> None:
        self._assets = assets
        self._storage = storage

    def store(self, material: Material) -> HeardCaptions:
        """The captions as a file in the store. If no session takes it, retention clears it away."""
        told = captions.of(material)
        content = told.srt.encode()
        blob = new_key("assets")
        with tempfile.TemporaryDirectory(prefix="slimreel-captions-") as folder:
            path = Path(folder) / "captions"
            path.write_bytes(content)
            self._storage.put(blob, path)
        asset = material.asset
        return HeardCaptions(
            name=asset.id,
            filename=told.name,
            probed=ProbedFile(
                kind=asset.kind,
                material=records.facts_of(material),
                duration_s=round(float(SOURCE.seconds(asset.duration)), 3),
                width=0,
                height=0,
                fps=0.0,
            ),
            blob=blob,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
        )

    def keep(self, transaction: Transaction, session_id: str, user_id: str, heard: HeardCaptions) -> None:
        """A file of the session, under the name that the draft calls it. Raises Conflicting where that is taken."""
        asset = self._assets.add(
            transaction,
            session_id=session_id,
            user_id=user_id,
            probed=heard.probed,
            blob=heard.blob,
            filename=heard.filename,
            size=heard.size,
            sha256=heard.sha256,
        )
        if name_of(asset) != heard.name:
            raise Conflicting(detail="another file came in meanwhile")
