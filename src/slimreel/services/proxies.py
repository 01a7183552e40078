"""What a browser can play of a file: the file itself, or else a small rendition that a preview render makes of it.

The render is an ordinary job of the queue that costs nothing: it outlives the service and is seen in the feed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from slimreel.core.media import MediaInfo
from slimreel.core.timing import TimeRange
from slimreel.edit import wire
from slimreel.edit.begin import begin
from slimreel.edit.ops.preview import Previewed
from slimreel.errors.service import BadRequest
from slimreel.graph.material import Material
from slimreel.services.assets import Assets
from slimreel.services.db import models
from slimreel.services.drafts import digest_of
from slimreel.services.jobs import Jobs
from slimreel.services.links import Links
from slimreel.services.previews import Previews

# What all common browsers play, by demuxer. Matroska is WebM only with these codecs, and only if it is called so.
_MP4_PICTURES, _MP4_SOUNDS = frozenset({"h264"}), frozenset({"aac", "mp3"})
_WEBM_PICTURES, _WEBM_SOUNDS = frozenset({"vp8", "vp9", "av1"}), frozenset({"opus", "vorbis"})
_PIXELS = frozenset({"yuv420p", "yuvj420p"})
_SOUND_FILES = frozenset({"mp3", "wav", "flac", "aac", "ogg"})
_PICTURE_FILES = frozenset({"gif", "apng", "png_pipe", "jpeg_pipe", "webp_pipe"})
_MOST_PIXELS = 3840 * 2160
_LINES = 360


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """The link of what can be played, or the job that makes it."""

    is_source: bool
    path: str | None = None
    job: models.Job | None = None


class Proxies:
    """Renditions of the files of sessions."""

    def __init__(self, assets: Assets, previews: Previews, jobs: Jobs, links: Links) -> None:
        self._assets, self._previews, self._jobs, self._links = assets, previews, jobs, links

    def of_asset(self, session: models.Session, name: str) -> Proxy:
        """What plays of a file. Raises NotHere, BadRequest where nothing of it can, QueueFull."""
        material = self._previews.asset(session, name).material
        assert material is not None
        row = next(row for row in self._assets.of_session(session.id) if f"a{row.number}" == name)
        if plays(material, row.filename):
            return Proxy(is_source=True, path=self._links.path_for("asset", row.id, row.user_id, "inline"))
        if material.video is None or material.asset.kind != "video":
            raise BadRequest(detail="there is no video in it that could be played")
        draft = begin(self._assets.load_facts(session.id), [name])
        whole = Previewed(stretch=TimeRange(0, draft.length), short_side=_LINES)
        document = wire.dump(replace(draft, outputs=(whole,)))
        job = self._jobs.submit(
            user_id=session.user_id,
            session_id=session.id,
            name=f"proxy-{row.id}-{digest_of(document)[:8]}",
            draft_id="",
            document=document,
            kind="preview",
            price=0,
            note="small rendition to play",
        )
        made = self._jobs.artifacts(job) if job.state == "completed" else []
        if not made:
            return Proxy(is_source=False, job=job)
        path = self._links.path_for("artifact", made[0].id, made[0].user_id, "inline")
        return Proxy(is_source=False, path=path, job=job)


def plays(material: Material, filename: str) -> bool:
    """Do all common browsers play or show this file as it is?"""
    info, video, sound = material.info, material.video, material.audio
    if info is None or info.damage:
        return False
    if material.asset.kind == "image":
        return info.demuxer in _PICTURE_FILES
    if material.asset.kind == "audio":
        sound_alone_in_mp4 = info.demuxer == "mov" and sound is not None and sound.codec in _MP4_SOUNDS
        return info.demuxer in _SOUND_FILES or sound_alone_in_mp4
    if video is None or video.pix_fmt not in _PIXELS or video.hdr or video.width * video.height > _MOST_PIXELS:
        return False
    if info.demuxer == "mov":
        return video.codec in _MP4_PICTURES and _all_sounds(info, _MP4_SOUNDS) and not video.interlaced
    is_webm = info.demuxer == "matroska" and filename.lower().endswith(".webm")
    return is_webm and video.codec in _WEBM_PICTURES and _all_sounds(info, _WEBM_SOUNDS)


def _all_sounds(info: MediaInfo, codecs: frozenset[str]) -> bool:
    return all(track.codec in codecs for track in info.audio)


def told(proxy: Proxy, url: str | None) -> dict[str, Any]:
    """The rendition as it is answered."""
    job = proxy.job
    state = "ready" if url else job.state if job is not None else "failed"
    return {"url": url, "is_source": proxy.is_source, "state": state, "job": job.name if job is not None else None}
