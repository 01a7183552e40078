"""Small pictures and what keeps them: whose they are, how many there may be, when they go, and bad files."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from slimreel.core import records
from slimreel.core.media import VideoStream
from slimreel.engine import glance, probe
from slimreel.engine.gather import gather
from slimreel.engine.peaks import peaks
from slimreel.errors import EngineError
from slimreel.errors.service import TooManyRequests
from slimreel.graph.material import Material
from slimreel.services import looks as looks_module
from slimreel.services.looks import FOLDERS, Looks, key_of
from slimreel.services.proxies import plays
from slimreel.services.storage import Storage
from tests.services.kept import keep


def size_of(path: Path) -> VideoStream:
    info = gather(path, "a0").info
    assert info is not None
    return info.video[0]


@pytest.fixture
def looks(settings, clock) -> Looks:
    return Looks(Storage(settings), clock)


def test_it_is_made_once_and_found_again(looks):
    key = key_of("previews", "one", "picture", "sha", 1.5)
    assert looks.find(key) is None
    assert looks.make("one", key, lambda folder: b"picture") == b"picture"
    assert looks.find(key) == b"picture"


def test_no_account_is_shown_what_another_had_made():
    assert key_of("previews", "one", "picture", "sha") != key_of("previews", "two", "picture", "sha")
    assert key_of("previews", "one", "a", "bc") != key_of("previews", "one", "ab", "c")
    assert key_of("previews", "one", "a") != key_of("evidence", "one", "a")


def test_what_fails_leaves_nothing(looks, tmp_path, monkeypatch):
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    key = key_of("previews", "one", "picture")

    def fails(folder: Path) -> bytes:
        (folder / "half").write_bytes(b"half")
        raise EngineError(path="it", detail="no")

    with pytest.raises(EngineError):
        looks.make("one", key, fails)
    assert looks.find(key) is None
    assert list((tmp_path / "temporary").iterdir()) == []


def test_an_account_has_so_many_new_ones_a_day(looks, clock, monkeypatch):
    monkeypatch.setattr(looks_module, "_PER_DAY", 3)
    for number in range(3):
        looks.make("one", key_of("previews", "one", number), lambda folder: b"x")
    with pytest.raises(TooManyRequests):
        looks.make("one", key_of("previews", "one", 3), lambda folder: b"x")
    looks.make("two", key_of("previews", "two", 3), lambda folder: b"x")
    clock.forward(days=1)
    looks.make("one", key_of("previews", "one", 3), lambda folder: b"x")


def test_old_ones_go_and_young_ones_stay(database, settings, clock):
    kept = keep(database, replace(settings, keep_days=7), clock)
    looks = Looks(kept.storage, clock)
    old, young = ([key_of(folder, "one", age) for folder in FOLDERS] for age in ("old", "young"))
    for key in old + young:
        looks.make("one", key, lambda folder: b"x")
    for keys, days in ((old, 8), (young, 6)):
        for key in keys:
            moment = (clock() - timedelta(days=days)).timestamp()
            os.utime(settings.data / "blobs" / key, (moment, moment))
    kept.retention.sweep()
    assert [looks.find(key) for key in old] == [None, None]
    assert [looks.find(key) for key in young] == [b"x", b"x"]


@pytest.mark.parametrize(
    "name",
    ["natural/umi_cup_outdoor_1080p30_40s.mp4", "interlaced/sony_a7m3_1080i50.mts", "hdr/hdr10_av1_portrait.mp4",
     "avi/xvid_traffic_30s.avi", "talking/webcam_vfr_flv.flv"],
)  # fmt: skip
def test_every_kind_of_file_shows_itself(media, tmp_path, name):
    info = probe.probe(media / name)
    for at_s in (0.0, info.duration_s / 3, info.duration_s):
        made = glance.picture(info, at_s, 320, tmp_path)
        shown = size_of(made)
        assert shown.width <= 320
        assert abs(shown.width / shown.height / float(info.video[0].display_aspect) - 1) < 0.03
        made.unlink()
    strip = size_of(glance.strip(info, 5, 72, tmp_path))
    assert strip.width % 5 == 0
    assert strip.height == 72


def test_a_damaged_file_gives_a_picture_or_a_clear_error(media, tmp_path):
    whole = (media / "natural" / "flower_540p_cc0.mp4").read_bytes()
    info = probe.probe(media / "natural" / "flower_540p_cc0.mp4")
    for number, size in enumerate((len(whole) // 2, 1000, 0)):
        path = tmp_path / f"cut{number}"
        path.write_bytes(whole[:size])
        broken = replace(info, path=str(path))
        for at_s in (0.0, info.duration_s):
            with suppress(EngineError):  # anything else is no clear error
                assert glance.picture(broken, at_s, 160, tmp_path).stat().st_size > 100


def test_peaks_are_numbers_from_0_to_1(media, tmp_path):
    info = probe.probe(media / "animation" / "bbb_1080p60_10s_51.mp4")
    for points in (1, 7, 4000):
        found = peaks(info, info.audio[0], points, tmp_path)
        assert 1 <= len(found) <= points
        assert all(0 <= one <= 1 for one in found)
        assert max(found) > 0


def test_only_what_browsers_play_is_its_own_proxy(media, database, settings, clock):
    assets = keep(database, settings, clock).assets
    wanted = {
        "natural/flower_540p_cc0.mp4": True,
        "hdr/hdr10_hevc_1080p.mp4": False,
        "avi/h264_aac_in_avi.avi": False,
        "talking/webcam_vfr_flv.flv": False,
        "interlaced/sony_a7m3_1080i50.mts": False,
    }

    for name, playable in wanted.items():
        probed = assets.probe(media / name, Path(name).name)
        assert plays(records.read(Material, probed.material), Path(name).name) is playable, name
