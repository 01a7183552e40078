"""Pictures and drawings as clients get them: what they show, that they are made once, and for whom."""

from __future__ import annotations

import subprocess

import pytest

from slimreel.core.media import main_video
from slimreel.engine import ffmpeg, probe
from tests.server.evidence_service import (
    Account,
    EvidenceService,
    clip,
    drawn,
    evidence_service,
    mean,
    pixels,
)

__all__ = ["evidence_service"]
ASSET = "/sessions/{sid}/assets/a1"
RED, BLUE = (254, 0, 0), (0, 0, 254)


def near(found, wanted):
    return all(abs(one - other) < 12 for one, other in zip(found, wanted, strict=True))


@pytest.fixture(scope="module")
def two_colours(evidence_service, tmp_path_factory) -> Account:
    """A session with a clip that is red for two seconds, then blue for two, with a tone in the second half."""
    account: Account = evidence_service.account()
    picture = "color=red:s=640x360:r=25:d=2[a];color=blue:s=640x360:r=25:d=2[b];[a][b]concat"
    tone = ("-f", "lavfi", "-i", "aevalsrc=if(gt(t\\,2)\\,0.5*sin(2*PI*440*t)\\,0):d=4:s=48000", "-c:a", "aac")
    path = drawn(tmp_path_factory.mktemp("clip") / "two.mp4", picture, *tone)
    evidence_service.upload(account, path)
    return account


def draft_of(service: EvidenceService, account: Account) -> str:
    found: str = service.get("/sessions/{sid}/drafts", account).json()["data"]["drafts"][-1]["id"]
    return found


def test_a_thumbnail_shows_its_moment(evidence_service, two_colours, tmp_path):
    for at_s, colour in ((0, RED), (1.9, RED), (2.1, BLUE), (3.99, BLUE), (500, BLUE)):
        answer = evidence_service.get(f"{ASSET}/thumbnail", two_colours, at_s=at_s, width=160)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["cache-control"].startswith("private")
        width, height, rgb = pixels(answer.content, tmp_path)
        assert (width, height) == (160, 90)
        assert near(mean(rgb), colour), (at_s, mean(rgb))


def test_nothing_is_enlarged_and_turned_pictures_are_upright(evidence_service, media, tmp_path):
    account = evidence_service.account()
    evidence_service.upload(account, media / "portrait" / "iphone_rot90_gps.mov")
    width, height, _ = pixels(evidence_service.get(f"{ASSET}/thumbnail", account, width=640).content, tmp_path)
    video = main_video(probe.probe(media / "portrait" / "iphone_rot90_gps.mov"))
    assert width < height
    assert abs(width / height - float(video.display_aspect)) < 0.02
    assert width <= min(640, video.upright[0])


def test_a_second_call_reads_what_is_kept(evidence_service, two_colours, monkeypatch):
    first = evidence_service.get(f"{ASSET}/thumbnail", two_colours, at_s=1.234, width=100)
    drafted = f"/sessions/{{sid}}/drafts/{draft_of(evidence_service, two_colours)}/thumbnail"
    timeline = evidence_service.get(drafted, two_colours, at_s=1)
    monkeypatch.setattr(subprocess, "Popen", None)  # whoever starts a child now fails
    again = evidence_service.get(f"{ASSET}/thumbnail", two_colours, at_s=1.234, width=100)
    assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])
    assert evidence_service.get(drafted, two_colours, at_s=1).content == timeline.content
    path = f"/api/slimreel{ASSET}/thumbnail?at_s=1.234&width=100"
    known = evidence_service.ask("GET", path, two_colours, headers={"If-None-Match": first.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")


def test_a_filmstrip_goes_through_the_file(evidence_service, two_colours, tmp_path):
    answer = evidence_service.get(f"{ASSET}/filmstrip", two_colours, count=8)
    width, height, rgb = pixels(answer.content, tmp_path)
    assert (width, height) == (8 * 128, 72)
    rows = [rgb[3 * width * y : 3 * width * (y + 1)] for y in range(height)]
    for number in range(8):
        part = b"".join(row[3 * (128 * number + 8) : 3 * (128 * number + 120)] for row in rows)
        assert near(mean(part), RED if number < 4 else BLUE), number


def test_a_filmstrip_of_a_long_file_seeks(evidence_service, tmp_path):
    account = evidence_service.account()
    evidence_service.upload(
        account,
        drawn(
            tmp_path / "long.mp4",
            "color=red:s=1920x1080:r=25:d=20[a];color=blue:s=1920x1080:r=25:d=20[b];[a][b]concat",
            "-g",
            "25",
        ),
    )
    width, height, rgb = pixels(evidence_service.get(f"{ASSET}/filmstrip", account, count=20).content, tmp_path)
    assert (width, height) == (20 * 128, 72)
    line = rgb[3 * width * 36 : 3 * width * 37]
    for number in range(20):
        part = line[3 * (128 * number + 8) : 3 * (128 * number + 120)]
        assert near(mean(part), RED if number < 10 else BLUE), number


def test_a_waveform_is_flat_in_silence_and_full_at_a_tone(evidence_service, two_colours):
    found = evidence_service.get(f"{ASSET}/waveform", two_colours, points=40).json()["data"]
    assert found["state"] == "done"
    peaks = found["peaks"]
    assert len(peaks) == 40
    assert max(peaks[:19]) < 0.02
    assert min(peaks[21:39]) > 0.45
    assert max(peaks[23:38]) < 0.55
    assert abs(found["duration_s"] - 4) < 0.1


def test_without_sound_there_are_no_peaks(evidence_service, tmp_path):
    account = evidence_service.account()
    evidence_service.upload(account, drawn(tmp_path / "silent.mp4", "color=red:s=64x64:r=25:d=1"))
    assert evidence_service.get(f"{ASSET}/waveform", account).json()["data"]["peaks"] == []


def test_a_sound_has_a_waveform_and_no_picture(evidence_service, tmp_path):
    account = evidence_service.account()
    evidence_service.upload(account, clip(tmp_path / "tone.wav", "-f", "lavfi", "-i", "sine=d=1"))
    assert evidence_service.get(f"{ASSET}/thumbnail", account).status_code == 400
    assert max(evidence_service.get(f"{ASSET}/waveform", account, points=10).json()["data"]["peaks"]) > 0.1
    assert evidence_service.get("/sessions/{sid}/proxy/a1", account).json()["data"]["is_source"] is True


def test_the_picture_of_a_timeline_has_its_title(evidence_service, two_colours, tmp_path):
    draft_id = draft_of(evidence_service, two_colours)
    path = f"/sessions/{{sid}}/drafts/{draft_id}/thumbnail"
    _, _, before = pixels(evidence_service.get(path, two_colours, at_s=1, width=320).content, tmp_path)
    assert near(mean(before), RED)
    title = {"op": "add_text", "params": {"text": "HELLO", "start_s": 0, "end_s": 2, "size_px": 90}}
    changed = evidence_service.post("/sessions/{sid}/operations", two_colours, ops=[title])
    assert changed.status_code == 200, changed.text
    width, _, after = pixels(evidence_service.get(path, two_colours, at_s=1, width=320).content, tmp_path)
    lettered = sum(1 for at in range(0, len(after), 3) if after[at + 1] > 80)
    assert lettered > 100  # white letters on red
    assert width == 320
    _, _, behind = pixels(evidence_service.get(path, two_colours, at_s=3, width=320).content, tmp_path)
    assert near(mean(behind), BLUE)  # the title is over by then


def test_nobody_sees_what_is_not_theirs(evidence_service, two_colours):
    stranger = evidence_service.account()
    draft_id = draft_of(evidence_service, two_colours)
    for path in ("assets/a1/thumbnail", "assets/a1/filmstrip", "assets/a1/waveform", "proxy/a1"):
        theirs = evidence_service.get(f"/sessions/{two_colours.session_id}/{path}", stranger)
        unknown = evidence_service.get(f"/sessions/1234567890123456789/{path}", stranger)
        assert theirs.status_code == unknown.status_code == 404
        assert theirs.json() == unknown.json()
        assert evidence_service.get(f"/sessions/{two_colours.session_id}/{path}").status_code == 401
        missing = evidence_service.get(f"/sessions/{{sid}}/{path}".replace("a1", "a9"), stranger)
        assert missing.status_code == 404
    # A draft of another session under one's own.
    foreign = evidence_service.get(f"/sessions/{{sid}}/drafts/{draft_id}/thumbnail", stranger)
    assert foreign.status_code == 404
    for kind in ("thumbnail", "filmstrip", "waveform"):
        assert evidence_service.get(f"/artifacts/art_nothing/{kind}", stranger).status_code == 404


@pytest.mark.parametrize(
    "query",
    [{"at_s": "nan"}, {"at_s": "inf"}, {"at_s": -1}, {"at_s": "1e9"}, {"width": 641}, {"width": 0}, {"width": "x"}],
)
def test_what_is_out_of_range_is_refused(evidence_service, two_colours, query):
    for path in (f"{ASSET}/thumbnail", f"/sessions/{{sid}}/drafts/{draft_of(evidence_service, two_colours)}/thumbnail"):
        assert evidence_service.get(path, two_colours, **query).status_code == 400
    assert evidence_service.get(f"{ASSET}/filmstrip", two_colours, count=61).status_code == 400
    assert evidence_service.get(f"{ASSET}/waveform", two_colours, points=4001).status_code == 400


def test_no_folder_of_ours_is_left(evidence_service, two_colours, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    draft_id = draft_of(evidence_service, two_colours)
    for path in (f"{ASSET}/thumbnail?at_s=0.5", f"{ASSET}/filmstrip?count=3", f"{ASSET}/waveform?points=7",
                 f"/sessions/{{sid}}/drafts/{draft_id}/thumbnail?at_s=0.5"):  # fmt: skip
        assert evidence_service.get(path, two_colours).status_code == 200
    assert list(tmp_path.iterdir()) == []


def test_what_a_browser_plays_is_the_file_itself(evidence_service, two_colours):
    found = evidence_service.get("/sessions/{sid}/proxy/a1", two_colours)
    told = found.json()["data"]
    assert (found.status_code, told["is_source"], told["job"]) == (200, True, None)
    sent = evidence_service.ask("GET", told["url"].removeprefix("http://localhost"))
    assert sent.headers["content-type"] == "video/mp4"
    assert sent.headers["content-disposition"].startswith("inline")


@pytest.mark.parametrize("name", ["hdr/hlg10_hevc_1080p.mp4", "mov/prores_tiny.mov", "avi/mpeg4asp_mp3.avi"])
def test_what_none_plays_gets_a_small_rendition(evidence_service, media, tmp_path, name):
    account = evidence_service.account()
    evidence_service.upload(account, media / name)
    first = evidence_service.get("/sessions/{sid}/proxy/a1", account)
    told = first.json()["data"]
    assert (first.status_code, told["state"], told["is_source"], told["url"]) == (202, "pending", False, None)
    assert evidence_service.get("/sessions/{sid}/proxy/a1", account).json()["data"]["job"] == told["job"]
    evidence_service.render(told["job"], evidence_service.user_of(account))
    ready = evidence_service.get("/sessions/{sid}/proxy/a1", account)
    assert (ready.status_code, ready.json()["data"]["state"]) == (200, "ready")
    sent = evidence_service.ask("GET", ready.json()["data"]["url"].removeprefix("http://localhost"))
    (tmp_path / "proxy.mp4").write_bytes(sent.content)
    video = main_video(probe.probe(tmp_path / "proxy.mp4"))
    assert (video.codec, video.pix_fmt, video.hdr) == ("h264", "yuv420p", None)
    assert min(video.width, video.height) <= 360
    played = [ffmpeg.binary(), "-v", "error", "-xerror", "-i", tmp_path / "proxy.mp4", "-f", "null", "-"]
    subprocess.run(played, check=True)
