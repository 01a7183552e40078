"""Beside picture and sound: tags by an allow-list, no place unless asked, text of subtitles in the container's form."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slimreel.core.containers import CONTAINERS
from slimreel.core.extras import KEPT_TAGS, Extras, plan_extras
from slimreel.core.goal import Goal
from slimreel.core.media import Chapter
from tests.core.facts import audio, media, subtitle, video

PLACE = "+48.1370+011.5750/"
CHAPTERS = (Chapter(start_s=0, end_s=10, title="One"), Chapter(start_s=10, end_s=60))


def planned(
    codecs: tuple[str, ...] = (), container: str = "mp4", timecode: str | None = None, **changed: Any
) -> tuple[Extras, dict[str, dict[str, Any]]]:
    """Fields of a Goal are taken as such, the rest as facts."""
    wanted = {name: changed.pop(name) for name in ("strip_metadata", "keep_location") if name in changed}
    tracks = [subtitle(codec, 2 + number) for number, codec in enumerate(codecs)]
    row = next(row for row in CONTAINERS.values() if row.name == container)
    extras, reasons = plan_extras(media(video(), audio(), *tracks, **changed), Goal(**wanted), row, timecode)
    return extras, {reason.id: dict(reason.fields) for reason in reasons}


@pytest.mark.parametrize(
    ("container", "codec", "made", "reason"),
    [
        ("mp4", "mov_text", "copy", {}),
        ("mp4", "subrip", "mov_text", {"subtitles_converted": {"count": 1, "codec": "mov_text"}}),
        ("mov", "ass", "mov_text", {"subtitles_converted": {"count": 1, "codec": "mov_text"}}),
        ("mkv", "subrip", "copy", {}),
        ("mkv", "ass", "copy", {}),
        ("mkv", "hdmv_pgs_subtitle", "copy", {}),
        ("mkv", "mov_text", "srt", {"subtitles_converted": {"count": 1, "codec": "srt"}}),
        ("webm", "webvtt", "copy", {}),
        ("webm", "subrip", "webvtt", {"subtitles_converted": {"count": 1, "codec": "webvtt"}}),
    ],
)
def test_subtitles_that_are_kept(container: str, codec: str, made: str, reason: dict[str, Any]) -> None:
    extras, reasons = planned((codec,), container)
    assert [(track.source_index, track.codec) for track in extras.subtitles] == [(2, made)]
    assert reasons == reason
    assert extras.estimated_bytes >= 300


@pytest.mark.parametrize(
    ("container", "codec"), [("mp4", "dvd_subtitle"), ("webm", "hdmv_pgs_subtitle"), ("mkv", "eia_608")]
)
def test_subtitles_that_are_dropped_are_told_of(container: str, codec: str) -> None:
    extras, reasons = planned((codec,), container)
    assert extras.subtitles == ()
    assert reasons == {"subtitles_dropped": {"count": 1, "codec": codec, "container": container}}


def test_mixed_subtitles_keep_their_order() -> None:
    extras, reasons = planned(("dvd_subtitle", "subrip", "mov_text"))
    assert [(track.source_index, track.codec) for track in extras.subtitles] == [(3, "mov_text"), (4, "copy")]
    assert set(reasons) == {"subtitles_converted", "subtitles_dropped"}


@given(
    tags=st.dictionaries(st.sampled_from([*KEPT_TAGS, "location", "com.apple.quicktime.make", "xyz"]), st.text()),
    keep=st.booleans(),
    strip=st.booleans(),
    has_location=st.booleans(),
)
def test_only_allowed_tags_pass(tags: dict[str, str], keep: bool, strip: bool, has_location: bool) -> None:
    location = PLACE if has_location else None
    extras, reasons = planned(
        tags=tags, has_location=has_location, location=location, keep_location=keep, strip_metadata=strip
    )
    made = dict(extras.tags)
    assert len(made) == len(extras.tags)
    assert made.pop("location", None) == (PLACE if has_location and keep and not strip else None)
    assert set(made) <= set(KEPT_TAGS)
    assert made == ({} if strip else {key: tags[key][:2000] for key in KEPT_TAGS if tags.get(key)})
    assert ("location_dropped" in reasons) == (has_location and not keep and not strip)
    assert ("metadata_stripped" in reasons) == strip


def test_chapters_and_timecode() -> None:
    extras, reasons = planned(chapters=CHAPTERS, timecode="01:00:00:00", other_streams=("tmcd", "text"))
    assert (extras.chapters, extras.timecode, reasons) == (True, "01:00:00:00", {})
    extras, reasons = planned(chapters=CHAPTERS, timecode="01:00:00:00", other_streams=("tmcd",), container="mkv")
    assert (extras.chapters, extras.timecode) == (True, None)
    assert reasons == {"data_dropped": {"kinds": "tmcd"}}
    extras, reasons = planned(chapters=CHAPTERS, timecode="01:00:00:00", strip_metadata=True, other_streams=("text",))
    assert (extras.chapters, extras.timecode) == (False, None)
    assert set(reasons) == {"metadata_stripped", "data_dropped"}


def test_covers_and_data_are_told_of() -> None:
    extras, reasons = planned(cover_indexes=(4,), other_streams=("gpmd", "bin_data", "gpmd"))
    assert reasons == {"cover_dropped": {}, "data_dropped": {"kinds": "bin_data, gpmd"}}
    assert extras == Extras((), (), chapters=False, timecode=None, estimated_bytes=0)


def test_more_to_keep_takes_more_bytes() -> None:
    bare, _ = planned()
    tagged, _ = planned(tags={"title": "x" * 500})
    rich, _ = planned(("mov_text",), tags={"title": "x" * 500}, chapters=CHAPTERS)
    assert 0 == bare.estimated_bytes < 500 < tagged.estimated_bytes < rich.estimated_bytes
