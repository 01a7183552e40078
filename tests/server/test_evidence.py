"""Estimates and comparisons as clients get them: the numbers of the command line, told in words, measured once."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from slimreel.cli.main import app as command_line
from slimreel.core.units import format_size
from slimreel.errors import SlimreelError
from slimreel.errors.service import BadRequest, TooManyRequests, Unavailable
from slimreel.services.lanes import HeavyLane, QuickLane
from slimreel.services.measuring import Measuring
from tests.server.evidence_service import Account, EvidenceService, drawn, evidence_service

__all__ = ["evidence_service"]
ESTIMATE = "/sessions/{sid}/estimate"
COMPARE = "/sessions/{sid}/compare"


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    tone = ("-f", "lavfi", "-i", "sine=d=2", "-c:a", "aac", "-crf", "10")
    path = tmp_path_factory.mktemp("clip") / "busy.mp4"
    return drawn(path, "testsrc2=s=320x180:r=25:d=2", *tone)


@pytest.fixture(scope="module")
def busy(evidence_service, source) -> Account:
    account: Account = evidence_service.account()
    evidence_service.upload(account, source)
    return account


def begun(service: EvidenceService) -> int:
    return service.services.bench.measuring.begun


def estimated(service: EvidenceService, account: Account, **body: object) -> httpx.Response:
    """The answer, however busy the machine is."""
    answer = service.post(ESTIMATE, account, **body)
    if answer.status_code == 202:
        assert answer.json()["data"] == {"state": "running"}
        service.settled()
        answer = service.post(ESTIMATE, account, **body)
    return answer


def exported(service: EvidenceService, account: Account, name: str, **output: object) -> None:
    body = {"id": name, "session_id": account.session_id, "output": output}
    answer = service.ask("POST", "/api/render/proxy/lambda", account, json=body)
    assert answer.status_code == 200, answer.text
    service.render(name, service.user_of(account))


def compared(service: EvidenceService, account: Account, name: str) -> dict[str, Any]:
    first = service.post(COMPARE, account, job=name)
    assert (first.status_code, first.json()["data"]) == (202, {"state": "running"}), first.text
    service.settled()
    answer = service.get(COMPARE, account, job=name)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["data"]
    return found


def test_an_estimate_is_that_of_the_command_line(evidence_service, busy, source):
    answer = estimated(evidence_service, busy, wish="200 kbps")
    assert answer.status_code == 200, answer.text
    found = answer.json()["data"]
    said = CliRunner().invoke(command_line, ["estimate", str(source), "200 kbps", "--json"])
    wanted = json.loads(said.stdout)
    for name in ("strategy", "leads", "bytes", "video_bitrate_bps", "vmaf", "vmaf_size", "width", "height", "codec",
                 "source_bytes", "reasons"):  # fmt: skip
        assert found[name] == wanted[name], name
    assert found["state"] == "done"
    assert found["input"] == "busy.mp4"
    assert found["seconds"]["low"] < found["seconds"]["high"]
    assert format_size(found["bytes"]["value"]) in found["sentence"]
    assert str(evidence_service.services.settings.data) not in answer.text


def test_it_is_measured_once(evidence_service, busy):
    first = estimated(evidence_service, busy, wish="250 kbps").json()
    before = begun(evidence_service)
    assert estimated(evidence_service, busy, wish="0.25 Mbps", asset_id="a1").json() == first
    assert begun(evidence_service) == before
    assert estimated(evidence_service, busy, wish="150 kbps").json() != first
    assert begun(evidence_service) == before + 1


def test_it_speaks_the_language_of_the_session(evidence_service, source):
    account = evidence_service.account("zh-CN")
    evidence_service.upload(account, source)
    assert "耗时" in estimated(evidence_service, account, wish="50%").json()["data"]["sentence"]


def test_without_a_wish_the_draft_says_what_is_wanted(evidence_service, source):
    account = evidence_service.account()
    evidence_service.upload(account, source)
    ops = [{"op": "compress", "params": {"target_size_bytes": 40_000}}]
    assert evidence_service.post("/sessions/{sid}/operations", account, ops=ops).status_code == 200
    found = estimated(evidence_service, account).json()["data"]
    assert found["bytes"]["value"] <= 40_000
    cut = [{"op": "trim", "params": {"start_s": 1, "end_s": 2}}]
    changed = evidence_service.post("/sessions/{sid}/operations", account, ops=cut)
    assert changed.status_code == 200, changed.text
    edited = estimated(evidence_service, account, wish="crf 30")
    assert edited.status_code == 200, edited.text
    whole = estimated(evidence_service, account, wish="crf 30", asset_id="a1").json()["data"]
    share = edited.json()["data"]["bytes"]["value"] / whole["bytes"]["value"]
    assert 0.3 < share < 0.8  # a second of two


@pytest.mark.parametrize("wish", ["make it sing", "10 kB and 20 MB", "x" * 4001])
def test_what_is_no_wish_is_refused(evidence_service, busy, wish):
    before = begun(evidence_service)
    assert estimated(evidence_service, busy, wish=wish).status_code in (400, 422)
    assert begun(evidence_service) == before


def test_a_session_without_a_video_has_nothing_to_estimate(evidence_service):
    account = evidence_service.account()
    assert estimated(evidence_service, account, wish="5 MB").status_code == 400
    assert estimated(evidence_service, account, wish="5 MB", asset_id="a1").status_code == 404
    assert estimated(evidence_service, account, wish="5 MB", draft_id="drf_none").status_code == 404


def test_a_copy_is_identical(evidence_service, source):
    ops = [{"op": "compress", "params": {"reencode": False, "container": "mov"}}]
    account = evidence_service.account()
    evidence_service.upload(account, source)
    assert evidence_service.post("/sessions/{sid}/operations", account, ops=ops).status_code == 200
    exported(evidence_service, account, "copied")
    found = compared(evidence_service, account, "copied")
    assert found["verdict"] == "identical"
    assert found["verdict_sentence"] == "The pictures are the same, sample for sample."


def test_what_was_lost_is_told_with_its_curves(evidence_service, busy):
    exported(evidence_service, busy, "small", bitrate=30_000)
    found = compared(evidence_service, busy, "small")
    assert found["verdict"] != "identical"
    assert 0 < found["vmaf"] < 95
    assert len(found["vmaf_by_second"]) == 2
    for side in ("reference", "output"):
        assert len(found[side]["video_bps_by_second"]) == 2
    assert found["reference"]["path"] == "busy.mp4"
    assert found["worst"][0]["vmaf"] <= found["vmaf"]
    before = begun(evidence_service)
    assert evidence_service.post(COMPARE, busy, job="small").json()["data"] == found
    assert begun(evidence_service) == before
    told = evidence_service.services.feed.after(busy.session_id, 0, kinds=["evidence"])
    assert [entry.payload for entry in told if entry.payload["job"] == "small"] == [
        {"about": "compare", "job": "small", "state": "done"}
    ]


def test_an_edited_timeline_has_nothing_to_be_held_against(evidence_service, source):
    account = evidence_service.account()
    evidence_service.upload(account, source)
    ops = [{"op": "trim", "params": {"start_s": 0, "end_s": 1}}]
    assert evidence_service.post("/sessions/{sid}/operations", account, ops=ops).status_code == 200
    exported(evidence_service, account, "cut", crf=40)
    answer = evidence_service.post(COMPARE, account, job="cut")
    assert (answer.status_code, "without edits" in answer.json()["message"]) == (400, True)


def test_a_finished_file_has_its_pictures_too(evidence_service, busy):
    exported(evidence_service, busy, "shown", crf=40)
    user_id = evidence_service.user_of(busy)
    (made,) = evidence_service.services.jobs.artifacts(evidence_service.services.jobs.get(user_id, "shown"))
    stranger = evidence_service.account()
    for kind in ("thumbnail", "filmstrip", "waveform"):
        assert evidence_service.get(f"/artifacts/{made.id}/{kind}", busy).status_code in (200, 202)
        evidence_service.settled()
        assert evidence_service.get(f"/artifacts/{made.id}/{kind}", busy).status_code == 200
        assert evidence_service.get(f"/artifacts/{made.id}/{kind}", stranger).status_code == 404
    for number, output in enumerate(({"format": "mp3"}, {"format": "gif"})):
        exported(evidence_service, busy, f"other{number}", **output)
        job = evidence_service.services.jobs.get(user_id, f"other{number}")
        (other,) = evidence_service.services.jobs.artifacts(job)
        answer = evidence_service.get(f"/artifacts/{other.id}/{('waveform', 'thumbnail')[number]}", busy)
        evidence_service.settled()
        assert answer.status_code in (200, 202), answer.text


def test_nobody_compares_what_is_not_theirs(evidence_service, busy):
    exported(evidence_service, busy, "mine", crf=45)
    stranger = evidence_service.account()
    answers = [
        evidence_service.get(COMPARE, stranger, job="mine"),
        evidence_service.get(f"/sessions/{busy.session_id}/compare", stranger, job="mine"),
        evidence_service.get(COMPARE, stranger, job="never"),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert {answer.json()["code"] for answer in answers} == {1002}
    assert evidence_service.post(f"/sessions/{busy.session_id}/estimate", stranger, wish="1 MB").status_code == 404


def test_one_of_an_account_and_two_in_all():
    lane: HeavyLane[bytes] = HeavyLane()
    go = threading.Event()

    def slow() -> bytes:
        assert go.wait(30)
        return b"made"

    assert lane.ask("one", "a", slow, wait_s=0) is None
    assert lane.ask("one", "a", slow, wait_s=0) is None  # the same, not a second one
    with pytest.raises(TooManyRequests):
        lane.ask("one", "b", slow, wait_s=0)
    assert lane.ask("two", "c", slow, wait_s=0) is None
    with pytest.raises(TooManyRequests) as refused:
        lane.ask("three", "d", slow, wait_s=0)
    assert refused.value.fields["retry_after_s"]
    go.set()
    assert lane.ask("one", "a", slow, wait_s=30) == b"made"
    assert lane.ask("two", "c", slow, wait_s=30) == b"made"
    assert lane.ask("three", "d", slow, wait_s=30) == b"made"


def test_a_failure_is_told_once_and_may_be_tried_again():
    lane: HeavyLane[bytes] = HeavyLane()
    times = []

    def fails() -> bytes:
        times.append(1)
        raise BadRequest(detail="no")

    for count in (1, 2):
        with pytest.raises(BadRequest):
            lane.ask("one", "a", fails, wait_s=30)
        assert len(times) == count


def test_quick_work_is_done_two_at_once_and_some_may_wait():
    lane = QuickLane()
    inside, most, lock, go = 0, 0, threading.Lock(), threading.Event()

    def come() -> None:
        nonlocal inside, most
        with lane.turn("one"):
            with lock:
                inside += 1
                most = max(most, inside)
            assert go.wait(30)
            with lock:
                inside -= 1

    threads = [threading.Thread(target=come) for _ in range(8)]
    for thread in threads:
        thread.start()
    while lane._waiting["one"] < 8:
        pass
    with pytest.raises(TooManyRequests), lane.turn("one"):
        pass
    go.set()
    for thread in threads:
        thread.join()
    assert most == 2
    with lane.turn("one"):
        pass


def test_an_error_comes_back_as_what_it_was(tmp_path):
    (tmp_path / "no.mp4").write_bytes(b"nothing")
    path = str(tmp_path / "no.mp4")
    request = {"do": "compare", "reference": path, "output": path, "names": {path: "no.mp4"}}
    measuring = Measuring()
    with pytest.raises(SlimreelError) as told:
        measuring.measure(request, most_s=60)
    assert told.value.code == "not_a_video"
    assert str(tmp_path) not in told.value.sentence()
    with pytest.raises(Unavailable):
        measuring.measure(request, most_s=0.001)
    assert not measuring._running
    measuring.close()
    with pytest.raises(Unavailable):
        measuring.measure(request, most_s=60)
