"""Tools on one's own machine: files in by path, results out to a path, nothing over what is there, errors that help."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import anyio
import pytest
from mcp.shared.exceptions import MCPError

from slimreel.workbench.probe import probe
from tests.mcp.agent import REVISIONS, Agent, Progress, on_this_machine
from tests.mcp.conftest import Clip


@pytest.fixture
def session(here: Agent, clip: Clip) -> str:
    """A new session with a clip of three seconds."""
    found = here.call("add_files", paths=[str(clip("beach.mp4"))], new_session=True)
    assert [one["kind"] for one in found["added"]] == ["video"] and len(found["timelines"]) == 1
    return str(found["session_id"])


def test_state_and_probe(here: Agent, session: str):
    state = here.call("get_state")
    assert state["session_id"] == session
    assert state["files"][0] | {"size_bytes": 0} == {
        "id": "a1",
        "filename": "beach.mp4",
        "kind": "video",
        "size_bytes": 0,
        "duration_s": 3.0,
        "width_px": 320,
        "height_px": 180,
        "fps": 25.0,
    }
    assert (state["credits"]["price_edit"], state["credits"]["price_export"]) == (0, 0)
    held = here.call("probe", file_id="a1")
    assert held["video"][0]["codec"] == "h264" and held["audio"][0]["codec"] == "aac"
    assert "get_state" in here.fails("probe", file_id="a9")


def test_an_export_is_written_where_it_was_said_and_tells_how_far_it_is(here: Agent, session: str, tmp_path: Path):
    source = here.call("get_state", session_id=session)["files"][0]["size_bytes"]
    here.call("compress", size_ratio=0.5)
    progress, target = Progress(), tmp_path / "small.mp4"
    done = here.call("export", progress, save_to=str(target), wait_s=100)
    assert (done["state"], done["progress_percent"]) == ("completed", 100)
    (made,) = done["files"]
    assert made["path"] == str(target) and made["size_bytes"] == target.stat().st_size <= source / 2
    assert (made["duration_s"], made["width_px"], made["codec"]) == (3.0, 320, "h264")
    info = probe(target)
    assert info.video[0].frames == 75 and abs(info.duration_s - made["duration_s"]) < 0.05
    assert progress.percents == sorted(progress.percents) and progress.percents[-1] == 100
    assert len(progress.percents) > 1 and "completed" in progress.words
    assert not list(tmp_path.glob(".*"))

    before = target.read_bytes()
    refused = here.fails("export", save_to=str(target), wait_s=100)
    assert "exists already" in refused and "overwrite: true" in refused
    assert target.read_bytes() == before
    again = here.call("get_job", job_id=done["job_id"], save_to=str(target), overwrite=True)
    assert again["files"][0]["path"] == str(target)
    beside = here.call("get_job", job_id=done["job_id"], save_to=str(tmp_path))
    assert Path(beside["files"][0]["path"]) == tmp_path / made["filename"]

    evidence = here.call("compare", job_id=done["job_id"], wait_s=100)
    assert evidence["state"] == "done" and 0 < evidence["facts"]["vmaf"] <= 100
    assert evidence["words"]["verdict_sentence"]
    assert here.picture(job_id=done["job_id"], at_s=1)[:3] == b"\xff\xd8\xff"
    assert here.call("cancel_job", job_id=done["job_id"])["state"] == "completed"
    assert here.call("get_state")["renders"][0]["job_id"] == done["job_id"]


def test_the_suffix_that_is_said_is_the_format_that_is_made(here: Agent, session: str, tmp_path: Path):
    done = here.call("export", session_id=session, save_to=str(tmp_path / "it.mkv"), wait_s=100)
    assert done["files"][0]["path"] == str(tmp_path / "it.mkv")
    assert probe(tmp_path / "it.mkv").demuxer == "matroska"


def test_a_dry_run_keeps_nothing_and_tells_what_the_real_run_does(here: Agent, session: str):
    before = here.call("get_state", session_id=session)["timelines"]
    operations = [
        {"op": "trim", "params": {"start_s": 1, "end_s": 99}},
        {"op": "add_text", "params": {"text": "Hi", "position": "top"}},
    ]
    for name, arguments in (
        ("apply_operations", {"operations": operations}),
        ("compress", {"target_size_bytes": 100_000, "codec": "hevc"}),
        ("edit", {"message": "twice as fast and mute it"}),
    ):
        tried = here.call(name, dry_run=True, **arguments)
        assert here.call("get_state", session_id=session)["timelines"] == before, name
        done = here.call(name, **arguments)
        before = here.call("get_state", session_id=session)["timelines"]
        assert _without_kept(tried) == _without_kept(done), name
        if name == "apply_operations":
            assert done["changes"][0]["fields"]["end_s"] == 3.0  # clamped, and told
    assert "video" in before[0]["summary"].lower() and before[0]["goal"]["target_size_bytes"] == 100_000


def _without_kept(answer: dict) -> dict:
    plain = {name: value for name, value in answer.items() if name not in ("kept", "results", "next_step")}
    return plain | {"results": [_without_kept(one) for one in answer.get("results", ())]}


def test_undo_and_redo(here: Agent, session: str):
    here.call("edit", session_id=session, message="trim to 0:01-0:02")
    assert "0-1s" in here.call("get_state")["timelines"][0]["summary"]
    assert "0-3s" in here.call("undo_redo", direction="undo")["summary"]
    assert "0-1s" in here.call("undo_redo", direction="redo")["summary"]


def test_what_is_unclear_is_asked_back(here: Agent, session: str):
    asked = here.call("edit", session_id=session, message="add music")
    assert "Which file?" in asked["text"] and asked["done"] == []
    answered = here.call("edit", message="压到 50 KB")
    assert answered["timelines"][0]["goal"]["target_size_bytes"] == 50_000


def test_an_estimate_and_a_wish_that_cannot_be(here: Agent, session: str):
    found = here.call("estimate", session_id=session, wish="half the size", wait_s=100)
    assert found["state"] == "done"
    assert found["facts"]["bytes"]["low"] <= found["facts"]["bytes"]["value"] <= found["facts"]["bytes"]["high"]
    here.call("compress", target_size_bytes=1000)
    failed = here.call("export", wait_s=100)
    assert failed["state"] == "failed" and "The smallest that works is" in failed["problem"]


def test_a_timeline_can_be_looked_at(here: Agent, session: str):
    timeline = here.call("get_state", session_id=session)["timelines"][0]
    plain = here.picture(file_id="a1", at_s=1)
    here.call("edit", message="big title HELLO in the middle")
    titled = here.picture(draft_id=timeline["draft_id"], at_s=1)
    assert plain[:3] == titled[:3] == b"\xff\xd8\xff" and plain != titled


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("compress", {"target_size_bytes": "25MB"}, "25MB is 25000000"),
        ("compress", {"video_bitrate_bps": 8}, "from 1000 to"),
        ("compress", {"video_bitrate_bps": "8 Mbps"}, "8 Mbps is 8000000"),
        ("compress", {"crf": 99}, "from 0 to 63"),
        ("compress", {"size_ratio": 50}, "above 0, up to 1"),
        ("compress", {"quality": "superb"}, "low, medium, high, visually_lossless, lossless"),
        ("compress", {"preset": "discrod"}, "discord"),
        ("compress", {"target_size": 5}, "there is target_size_bytes"),
        ("compress", {"wish": "8 Mbps", "crf": 20}, "not both"),
        ("compress", {"wish": "make me a sandwich"}, "8 Mbps"),
        ("apply_operations", {"operations": [{"op": "trimm"}]}, "trim"),
        ("apply_operations", {"operations": [{"op": "trim", "params": {"start_s": "x"}}]}, "from 0 to 360000"),
        ("apply_operations", {"operations": [{"op": "trim", "params": {"begin": 1}}]}, "start_s, end_s, clip"),
        ("apply_operations", {"operations": [{"op": "volume", "params": {"level": 9}}]}, "from 0 to"),
        ("apply_operations", {"operations": []}, "of 1 to 100 entries"),
        ("apply_operations", {"operations": [{"op": "flip"}], "base_revision": 77}, "revision"),
        ("undo_redo", {"direction": "back"}, "one of undo, redo"),
        ("thumbnail", {"at_s": 1}, "exactly one of file_id, draft_id and job_id"),
        ("thumbnail", {"file_id": "a1", "width_px": 4000}, "from 16 to 640"),
        ("thumbnail", {"file_id": "a1", "at_s": -1}, "from 0 to"),
        ("export", {"save_to": "small.mp4"}, "whole path"),
        ("export", {"save_to": "/tmp/.bashrc"}, ".mp4"),
        ("export", {"save_to": "/no/such/folder/a.mp4"}, "/no/such/folder"),
        ("export", {"format": "exe"}, "one of mp4, mov"),
        ("export", {"draft_id": "drf_0"}, "get_state"),
        ("get_job", {"job_id": "nothing"}, "no such render"),
        ("get_job", {}, "job_id is missing"),
        ("estimate", {"wait_s": 1e9}, "from 0 to 600"),
        ("edit", {"message": ""}, "4000 characters"),
        ("get_state", {"session_id": "1"}, "no such session"),
        ("list_tools", {}, "no tool called"),
    ],
)
def test_an_error_says_what_is_valid(here: Agent, session: str, name: str, arguments: dict, says: str):
    before = here.call("get_state", session_id=session)
    assert says in here.fails(name, **arguments)
    assert here.call("get_state", session_id=session) == before


def test_files_that_are_none(here: Agent, session: str, clip: Clip, tmp_path: Path):
    pipe, text, link, sock = (tmp_path / name for name in ("pipe.mp4", "notes.mp4", "link.mp4", "socket.mp4"))
    os.mkfifo(pipe)
    text.write_text("#EXTM3U\nfile:///etc/passwd\n")
    link.symlink_to(clip("beach.mp4"))
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(sock))
        for path in (pipe, sock, tmp_path, "/etc/passwd", text, tmp_path / "gone.mp4", "relative.mp4", "/dev/zero"):
            here.fails("add_files", session_id=session, paths=[str(path)])
    assert len(here.call("get_state")["files"]) == 1
    mixed = here.call("add_files", paths=[str(text), str(link)])
    assert [one["filename"] for one in mixed["added"]] == ["link.mp4"]
    assert mixed["refused"][0]["name"] == str(text) and mixed["refused"][0]["code"] == "unsupported_file"


def test_resources(here: Agent, session: str):
    draft = here.call("get_state", session_id=session)["timelines"][0]
    listed = [str(one.uri) for one in here.portal.call(here.client.list_resources).resources]
    assert {"slimreel://operations", "slimreel://presets", draft["uri"]} <= set(listed)
    assert '"trim"' in here.read("slimreel://operations").text
    assert "start_s" in here.read("slimreel://operations/trim").text
    assert '"d": 3000' in here.read(draft["uri"]).text
    assert here.read(f"{draft['uri']}/thumbnail?at_s=1").mime_type == "image/jpeg"
    assert len(here.read(f"slimreel://sessions/{session}/files/a1/thumbnail").blob) > 1000
    templates = here.portal.call(here.client.list_resource_templates).resource_templates
    assert {"draft", "job", "draft_thumbnail"} <= {one.name for one in templates}
    for uri in (
        "slimreel://operations/nothing",
        "slimreel://jobs/nothing",
        f"slimreel://sessions/{session}/drafts/drf_0",
        f"slimreel://sessions/{session}/files/..%2f..%2fetc/thumbnail",
        f"{draft['uri']}/thumbnail?at_s=x",
        "file:///etc/passwd",
    ):
        with pytest.raises(MCPError) as refused:
            here.read(uri)
        assert "/etc" not in refused.value.message


def test_a_call_that_is_cancelled_stops_its_render(here: Agent, clip: Clip):
    here.call("add_files", paths=[str(clip("long.mp4", length_s=60))], new_session=True)
    here.call("compress", codec="av1", encode_speed="best", quality="visually_lossless", resolution=180)
    told = Progress()

    async def left() -> None:
        with anyio.CancelScope() as scope:

            async def seen(progress: float, total: float | None, message: str | None) -> None:
                await told(progress, total, message)
                if message != "waiting":
                    scope.cancel()

            await here.client.call_tool("export", {"wait_s": 600}, 100, seen)
        assert scope.cancelled_caught

    here.portal.call(left)
    render = here.call("get_state")["renders"][0]
    ended = here.call("get_job", job_id=render["job_id"], wait_s=60)
    assert ended["state"] == "cancelled" and ended["files"] == []


def test_cancel_job_stops_a_render(here: Agent, clip: Clip):
    here.call("add_files", paths=[str(clip("long.mp4", length_s=60))], new_session=True)
    here.call("compress", codec="av1", encode_speed="best", quality="visually_lossless", resolution=180)
    begun = here.call("export", wait_s=0, job_id="to-be-stopped-" + os.urandom(4).hex())
    assert begun["state"] in ("pending", "processing") and "get_job" in begun["next_step"]
    here.call("cancel_job", job_id=begun["job_id"])
    assert here.call("get_job", job_id=begun["job_id"], wait_s=60)["state"] == "cancelled"


@pytest.mark.slow
@pytest.mark.parametrize("revision", REVISIONS)
def test_it_keeps_its_things_and_leaves_nothing_running(revision: str, clip: Clip, tmp_path: Path):
    data, log = tmp_path / "data", tmp_path / "log"
    with log.open("w") as errors, on_this_machine(data, revision, errors) as agent:
        session = agent.call("add_files", paths=[str(clip("beach.mp4"))])["session_id"]
        agent.call("export", wait_s=100)
        assert _processes_with(str(data))
    assert not _processes_with(str(data))
    assert "Traceback" not in log.read_text()
    with on_this_machine(data, revision) as agent:
        assert len(agent.call("get_state", session_id=session)["renders"]) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(number: signal.Signals, tmp_path: Path):
    command = [sys.executable, "-m", "slimreel", "mcp", "--data", str(tmp_path / "data")]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(b'{"jsonrpc":"2.0","id":1,"method":"ping"}\nno json\n')
        process.stdin.flush()
        assert b'"id":1' in process.stdout.readline()
        process.send_signal(number)
        out, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert b"Traceback" not in errors
    assert all(line.startswith(b'{"jsonrpc"') for line in out.splitlines())


def _processes_with(text: str) -> list[str]:
    found = subprocess.run(["ps", "-ww", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    return [line for line in found.splitlines() if re.search(rf"{re.escape(text)}(\s|$)", line)]
