"""Files of a session: what is known of them comes back as it was, and what cannot be used is refused with a reason."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from slimreel.core import records
from slimreel.core.timing import TimeRange
from slimreel.edit.facts import Silence, Transcript
from slimreel.engine.gather import gather
from slimreel.errors.service import NotHere, UnknownSession, UnsupportedFile
from slimreel.graph.material import Material
from slimreel.services.db.engine import Database, sqlite_url
from slimreel.services.db.migrate import migrate
from slimreel.services.links import Links
from tests.engine.children import make
from tests.engine.test_attacks import MANIFESTS
from tests.services.kept import CUES, ME, STRANGER, keep, project

ITEM = "id filename file_type cdn_url url duration width height fps size hash".split()


@pytest.fixture
def lite(tmp_path):
    """A database for what does not differ between databases."""
    database = Database(sqlite_url(tmp_path), pool=5)
    migrate(database)
    yield database
    database.close()


@pytest.fixture
def kept(lite, settings, clock):
    return keep(lite, replace(settings, public_url="https://v.example.org"), clock)


def of_every_kind(media):
    """Clips of the shared ones that differ in what is known of them, by folder."""
    folders = (
        "hdr",
        "portrait",
        "screen",
        "mkv",
        "interlaced",
        "sar_odd",
        "audio",
        "image",
        "subtitle",
        "multi",
        "webm",
    )
    for folder in folders:
        files = sorted(
            (path for path in (media / folder).iterdir() if path.is_file()), key=lambda path: path.stat().st_size
        )
        yield from files[:2]


def test_a_material_comes_back_as_it_was(kept, media):
    """Of real clips: HDR, turned, variable frame rate, subtitles, chapters, sound, pictures."""
    seen = set()
    for path in of_every_kind(media):
        try:
            probed = kept.assets.probe(path, path.name)
        except UnsupportedFile:
            continue
        told = json.loads(json.dumps(probed.material))
        assert str(path.parent) not in json.dumps(told)
        found, known = records.read(Material, told), gather(path, "a0")
        info = known.info and replace(known.info, path="", location=None)
        assert found == replace(known, asset=replace(known.asset, path=""), info=info)
        seen.add(probed.kind)
        for video in info.video if info else ():
            seen |= {
                name for name, is_so in (("hdr", video.hdr), ("vfr", video.is_vfr), ("turned", video.rotation)) if is_so
            }
    assert seen >= {"video", "audio", "image", "subtitles", "hdr", "vfr", "turned"}


def entered(kept, session, path, user=ME):
    return kept.uploads.take(user, session, path.name, [path.read_bytes()])


def test_the_item_is_as_the_protocol_has_it(kept, clock, tmp_path):
    clip = make(tmp_path / "clip.mp4", "-pix_fmt", "yuv420p")
    session = project(kept.database, clock)
    asset = entered(kept, session, clip)
    (item,) = kept.assets.items(session)
    assert list(item) == ITEM
    assert item["url"] == item["cdn_url"]
    assert item["url"].startswith(f"https://v.example.org/files/asset/{asset.id}?")
    shown = {key: item[key] for key in ITEM if "url" not in key and key != "hash"}
    assert shown == {
        "id": "a1",
        "filename": "clip.mp4",
        "file_type": "video",
        "duration": 1.0,
        "width": 64,
        "height": 64,
        "fps": 25.0,
        "size": asset.size,
    }
    assert isinstance(item["duration"], float)


@pytest.mark.parametrize("name", ["clip.mp4", "clip.srt", "clip.jpg"])
def test_what_a_file_is_is_judged_by_its_content(name, kept, tmp_path):
    picture = make(tmp_path / "one.png", "-frames:v", "1")
    assert kept.assets.probe(picture.rename(tmp_path / "blob"), name).kind == "image"


def test_materials_have_paths_that_can_be_read(kept, clock, tmp_path):
    session = project(kept.database, clock)
    clip = make(tmp_path / "clip.mp4", "-pix_fmt", "yuv420p")
    content = clip.read_bytes()
    entered(kept, session, clip)
    kept.uploads.take(ME, session, "said.srt", [CUES])
    with kept.assets.materials(session) as materials:
        assert list(materials) == ["a1", "a2"]
        for name, material in materials.items():
            assert material.asset.id == name
        film = materials["a1"]
        assert film.info.path == film.asset.path
        assert Path(film.asset.path).read_bytes() == content
        again = gather(Path(film.asset.path), "a1")
        assert replace(film, asset=replace(film.asset, name=again.asset.name)) == again
        assert materials["a2"].cues and materials["a2"].info is None
    with kept.assets.materials(session, only={"a2"}) as materials:
        assert list(materials) == ["a2"]


def test_numbers_count_up_in_each_session_and_are_never_given_again(database, settings, clock):
    kept = keep(database, settings, clock)
    one, other = project(database, clock), project(database, clock)
    for session, wanted in ((one, 1), (one, 2), (other, 1), (one, 3)):
        assert kept.uploads.take(ME, session, "said.srt", [CUES]).number == wanted
    with database.write() as transaction:
        transaction.delete(kept.assets.of_session(one)[-1])
    assert kept.uploads.take(ME, one, "said.srt", [CUES]).number == 4


def test_a_file_is_added_to_no_session_of_somebody_else(database, settings, clock, tmp_path):
    kept = keep(database, settings, clock)
    session = project(database, clock)
    project(database, clock, STRANGER)
    said = tmp_path / "said"
    said.write_bytes(CUES)
    probed = kept.assets.probe(said, "said.srt")
    for session_id, user in ((session, STRANGER), ("1" * 19, ME)):
        with pytest.raises(UnknownSession), database.write() as transaction:
            kept.assets.add(
                transaction,
                session_id=session_id,
                user_id=user,
                probed=probed,
                blob="assets/x",
                filename="said.srt",
                size=1,
                sha256="0" * 64,
            )
    asset = kept.uploads.take(ME, session, "said.srt", [CUES])
    for asset_id, user in ((asset.id, STRANGER), ("ast_unknown", ME)):
        with pytest.raises(NotHere):
            kept.assets.item_of(asset_id, user)


def test_what_was_measured_comes_back_and_is_replaced(database, settings, clock):
    kept = keep(database, settings, clock)
    session = project(database, clock)
    kept.uploads.take(ME, session, "said.srt", [CUES])
    quiet = Silence(asset="a1", threshold_db=-30.0, ranges=(TimeRange(0, 240_000), TimeRange(480_000, 7)))
    heard = Transcript(asset="a1", subtitles="a2", language="zh")
    for fact in (replace(quiet, ranges=()), heard, quiet, replace(quiet, threshold_db=-40.0)):
        with database.write() as transaction:
            kept.assets.keep_fact(transaction, session, fact)
    facts = kept.assets.load_facts(session)
    assert [asset.id for asset in facts.assets] == ["a1"]
    assert facts.silence("a1", -30.0) == quiet
    assert facts.transcript("a1", "auto") == heard
    assert len(facts.silences) == 2
    assert facts.assets[0].name == "said.srt"


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_playlist_in_disguise_is_refused(name, kept, tmp_path):
    attack = tmp_path / "incoming"
    attack.write_text(MANIFESTS[name].replace("{canary}", "/etc/passwd").replace("{port}", "1"))
    refused(kept, attack, "clip.mp4")


def test_what_is_broken_or_hostile_is_refused_and_no_path_is_told(kept, media):
    files = [path for path in (media / "malformed").iterdir() if path.stat().st_size < 400_000]
    assert len(files) > 15
    said = {}
    for path in files:
        try:
            kept.assets.probe(path, "mine.mp4")
        except UnsupportedFile as error:
            said[path.name] = told(error, path)
    assert {"zero_length.mp4", "exploit.gif", "hls_ssrf.avi", "lfs_pointer.mp4", "movenc_fpe_1.wav"} <= set(said)
    assert "damaged or cut short" in said["movenc_fpe_1.wav"]


@pytest.mark.parametrize("content", [b"", b"\0" * 4096, b"%PDF-1.7\n", b"MZ" + b"\0" * 900, b"PK\3\4" + b"\0" * 900])
def test_what_is_no_media_is_refused(content, kept, tmp_path):
    path = tmp_path / "incoming"
    path.write_bytes(content)
    refused(kept, path, "x.mp4")


@pytest.mark.parametrize(
    ("limit", "most", "word"),
    [("longest_s", 0, "lasts"), ("most_pixels", 4095, "64x64"), ("most_fps", 24, "25 frames")],
)
def test_limits_are_held_against_what_was_counted(limit, most, word, lite, settings, clock, tmp_path):
    clip = make(tmp_path / "clip.mp4", "-pix_fmt", "yuv420p")
    assert keep(lite, settings, clock).assets.probe(clip, "clip.mp4").fps == Fraction(25)
    strict = keep(lite, replace(settings, **{limit: most}), clock)
    assert word in refused(strict, clip, "clip.mp4")


def test_a_reader_that_dies_is_no_fault_of_ours(kept, tmp_path, monkeypatch):
    clip = make(tmp_path / "clip.mp4", "-pix_fmt", "yuv420p")
    monkeypatch.setattr("slimreel.engine.probe.START_S", -100.0)  # every reader is too slow
    assert "takes too long" in refused(kept, clip, "clip.mp4")


def refused(kept, path, filename):
    with pytest.raises(UnsupportedFile) as error:
        kept.assets.probe(path, filename)
    return told(error.value, path)


def told(error, path):
    sentence = error.sentence()
    assert error.wire_code == 4001
    assert str(path.parent) not in sentence
    assert not any(str(path.parent) in str(value) for value in error.fields.values())
    return sentence


def test_links_are_those_of_the_server_that_was_called(lite, settings, clock):
    kept = keep(lite, settings, clock)
    session = project(lite, clock)
    asset = kept.uploads.take(ME, session, "said.srt", [CUES])
    url = kept.assets.items(session, "http://10.0.0.1:8000")[0]["url"]
    assert url == "http://10.0.0.1:8000" + Links(settings, clock).path_for("asset", asset.id, ME)
