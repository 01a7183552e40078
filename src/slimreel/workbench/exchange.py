"""A timeline for other editors: a saved draft and its files in, an OpenTimelineIO file out. Renders nothing."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import msgspec

from slimreel.core.events import Reason
from slimreel.edit.draft import Draft
from slimreel.edit.facts import Facts
from slimreel.edit.invariants import check_against
from slimreel.edit.otio import to_otio
from slimreel.engine import gather, place
from slimreel.workbench.compress import check_output


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineFile:
    """A timeline that was written, and what other editors will not see of it."""

    path: str
    unseen: tuple[Reason, ...]


def export_timeline(
    draft: Draft,
    paths: Sequence[str | os.PathLike[str]],
    out: str | os.PathLike[str],
    *,
    relative: bool = False,
    overwrite: bool = False,
) -> TimelineFile:
    """Write the draft as an OpenTimelineIO file. `paths` are the files that it was made of, in the same order.

    Files are named by absolute URLs; with `relative`, by where they are as seen from the folder of `out`.
    Raises BadDraft where a file of the draft is not among `paths`, OutputExists, StorageError, and what opening a file
    raises.
    """
    output = Path(out)
    files = [Path(path) for path in paths]
    for path in files:
        check_output(path, output, overwrite=overwrite)
    # Nothing is decoded here, and a draft may have been made of what was saved of a damaged file.
    found = [gather.gather(path, f"a{number}", salvage=True).asset for number, path in enumerate(files, 1)]
    assets = {asset.id: asset for asset in found}
    check_against(draft, Facts(assets=tuple(assets.values())))
    urls = {name: url_of(Path(asset.path), output.parent if relative else None) for name, asset in assets.items()}
    exchange = to_otio(draft, assets, urls, output.stem)
    text = msgspec.json.format(msgspec.json.encode(exchange.document), indent=4)
    place.publish_bytes(text + b"\n", output, overwrite=overwrite)
    return TimelineFile(path=str(output), unseen=exchange.unseen)


def url_of(path: Path, folder: Path | None) -> str:
    """The URL of a file, absolute, or as seen from a folder where there is a way from there."""
    if folder is not None:
        try:
            return quote(Path(os.path.relpath(path, folder)).as_posix())
        except ValueError:  # on another drive
            pass
    return path.absolute().as_uri()
