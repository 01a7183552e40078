"""The script of the skill: against the real service, and against a stand-in with the habits of a hosted one."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.server.serving import serving
from tests.skills.conftest import SKILL, Run
from tests.skills.hosted_stub import Stub, hosted

SCRIPT = str(SKILL / "scripts/quick_edit.py")
TEXT = {"type": "text", "text": "Done.", "content": {"parts": [{"text": "Done."}], "role": "model"}}
HEARTBEAT = {"type": "heartbeat"}
TOOL = {"content": {"parts": [{"functionCall": {"name": "compress", "args": {}}}], "role": "model"}}


def facts(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, (done.stdout, done.stderr)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def with_stub(run: Run, stub: Stub, *more: str, **environment: str) -> subprocess.CompletedProcess[str]:
    with hosted(stub):
        return run(
            "python3", SCRIPT, "clip.mp4", "1 Mbps", "-o", "out.mp4", *more, NEMO_API_URL=stub.address, **environment
        )


def test_a_quick_edit(run: Run, tmp_path: Path):
    done = run("python3", SCRIPT, "clip.mp4", "under 200 kB", "-o", "out.mp4")
    found = facts(done)
    assert found["bytes"] == (tmp_path / "out.mp4").stat().st_size <= 200_000
    assert found["source_bytes"] == (tmp_path / "clip.mp4").stat().st_size
    assert "200 kB" in done.stdout
    assert {path.name for path in tmp_path.iterdir()} == {"clip.mp4", "talk.mp4", "out.mp4"}


def test_in_chinese(run: Run, tmp_path: Path):
    (tmp_path / "旅行 1.mp4").write_bytes((tmp_path / "clip.mp4").read_bytes())
    done = run("python3", SCRIPT, "旅行 1.mp4", "前1秒去掉，压到200KB以内")
    assert facts(done)["bytes"] <= 200_000
    assert "删掉了" in done.stdout
    assert (tmp_path / "旅行 1-slim.mp4").is_file()


def test_an_expired_token_is_replaced_unseen(run: Run):
    done = run("python3", SCRIPT, "clip.mp4", "300 kbps", "-o", "out.mp4", NEMO_TOKEN="nmv_usr_expired")
    assert facts(done)["bytes"]
    assert "token" not in done.stdout + done.stderr


def test_without_credits_it_says_where_to_register(run: Run, tmp_path: Path):
    with serving(tmp_path / "poor", starter_credits="0") as poor:
        done = run("python3", SCRIPT, "clip.mp4", "300 kbps", "-o", "out.mp4", NEMO_API_URL=poor.address)
    assert done.returncode == 4, (done.stdout, done.stderr)
    assert re.search(r"/register\?bind=anon_\w+", done.stdout + done.stderr)


def test_a_hostile_file_is_refused_and_nothing_is_made(run: Run, tmp_path: Path):
    (tmp_path / "movie.mp4").write_text("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")
    done = run("python3", SCRIPT, "movie.mp4", "1 Mbps", "-o", "out.mp4")
    assert done.returncode == 3
    assert "movie.mp4" in done.stderr
    assert not (tmp_path / "out.mp4").exists()


def test_an_unclear_wish_is_asked_back(run: Run, tmp_path: Path):
    done = run("python3", SCRIPT, "clip.mp4", "make it shorter", "-o", "out.mp4")
    assert done.returncode == 5, (done.stdout, done.stderr)
    assert "?" in done.stdout
    assert not (tmp_path / "out.mp4").exists()


def test_an_existing_file_is_kept(run: Run, tmp_path: Path):
    (tmp_path / "out.mp4").write_text("precious")
    assert run("python3", SCRIPT, "clip.mp4", "1 Mbps", "-o", "out.mp4").returncode == 2
    assert (tmp_path / "out.mp4").read_text() == "precious"


def test_nobody_answers(run: Run):
    done = run("python3", SCRIPT, "clip.mp4", "1 Mbps", NEMO_API_URL="http://127.0.0.1:9")
    assert (done.returncode, done.stdout) == (1, "")
    assert "cannot be reached" in done.stderr


@pytest.mark.parametrize("events", [[HEARTBEAT, TOOL, TEXT], [{**TEXT, "partial": True}, TEXT]], ids=["tools", "parts"])
def test_only_text_comes_through_and_once(run: Run, events: list[Any]):
    stub = Stub(events=events)
    done = with_stub(run, stub)
    assert facts(done)["bytes"] == 4
    assert done.stdout.splitlines()[0] == "Done."
    assert done.stdout.count("Done.") == 1


@pytest.mark.parametrize(
    "stub", [Stub(events=[HEARTBEAT, TOOL]), Stub(events=[TOOL], breaks_off=True)], ids=["silent", "dropped"]
)
def test_a_turn_without_a_word_is_read_from_the_state_and_not_sent_again(run: Run, stub: Stub):
    done = with_stub(run, stub)
    assert facts(done)["bytes"] == 4
    assert "was changed" in done.stdout
    assert stub.count("/run_sse") == 1


def test_a_failed_render_is_tried_once_more_and_not_for_ever(run: Run, tmp_path: Path):
    stub = Stub(events=[TEXT], failing_renders=1)
    assert facts(with_stub(run, stub))["bytes"] == 4
    assert stub.renders == 2
    (tmp_path / "out.mp4").unlink()
    stub = Stub(events=[TEXT], failing_renders=9)
    done = with_stub(run, stub)
    assert (done.returncode, stub.renders) == (1, 2)
    assert "out of luck" in done.stderr


@pytest.mark.parametrize(
    ("path", "refusal", "code"),
    [
        ("upload-video", (415, 4001, "That is no video."), 3),
        ("upload-video", (413, 4002, "Too large."), 3),
        ("render", (402, 402, "Register or upgrade."), 4),
        ("run_sse", (403, 2001, "No credits: /register?bind=anon_1"), 4),
        ("state", (404, 1002, "No such session."), 1),
        ("render", (500, 5000, "Incident 7."), 1),
    ],
)
def test_each_refusal_has_its_exit_code_and_sentence(run: Run, path: str, refusal: tuple[int, int, str], code: int):
    stub = Stub(events=[TEXT], refusals={path: [refusal]})
    done = with_stub(run, stub)
    assert (done.returncode, done.stderr.strip()) == (code, refusal[2])


def test_a_bad_token_is_replaced_only_once(run: Run):
    stub = Stub(events=[TEXT], refusals={"with-session": [(401, 1001, "Bad token.")] * 5})
    done = with_stub(run, stub, NEMO_TOKEN="old")
    assert (done.returncode, stub.count("anonymous-token"), stub.count("with-session")) == (1, 1, 2)


def test_every_call_but_the_download_says_where_it_comes_from(run: Run):
    stub = Stub(events=[TEXT])
    facts(with_stub(run, stub))
    for (_, path), headers in zip(stub.calls, stub.headers, strict=True):
        if path == "/file":
            assert "Authorization" not in headers
            continue
        assert headers["X-Skill-Source"] == "video-compressor-bitrate"
        assert headers["X-Skill-Platform"] == "unknown"
        assert ("Authorization" in headers) != path.endswith("anonymous-token")


def test_the_platform_is_read_from_the_place(run: Run, tmp_path: Path):
    place = tmp_path / ".cursor/skills/video-compressor-bitrate/scripts"
    place.mkdir(parents=True)
    (place / "quick_edit.py").write_bytes(Path(SCRIPT).read_bytes())
    stub = Stub(events=[TEXT])
    with hosted(stub):
        facts(run("python3", str(place / "quick_edit.py"), "clip.mp4", "1 Mbps", NEMO_API_URL=stub.address))
    assert stub.headers[0]["X-Skill-Platform"] == "cursor"
