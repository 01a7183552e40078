"""`slimreel chat`: one message for a script, and a conversation in a real terminal, each with a service of its own."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from slimreel.cli.dragged import split_line
from tests.cli.conftest import SLIMREEL, Program, interruptible
from tests.cli.test_signals import children_of, is_alive
from tests.client import hosted_stub
from tests.server.conftest import service
from tests.server.serving import Serving

__all__ = ["service"]

_PATIENCE_S = 120


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    found = tmp_path_factory.mktemp("home")
    for name, value in {"HOME": found, "XDG_CONFIG_HOME": found / "config", "XDG_DATA_HOME": found / "data"}.items():
        monkeypatch.setenv(name, str(value))
    for name in ("SLIMREEL_TOKEN", "NEMO_TOKEN", "SLIMREEL_API_URL", "NEMO_API_URL"):
        monkeypatch.delenv(name, raising=False)
    return found


@contextmanager
def leaving_nothing() -> Iterator[None]:
    """No process below this one that was not there before."""
    before = set(children_of(os.getpid()))
    yield
    until = time.monotonic() + 30
    while left := [pid for pid in children_of(os.getpid()) if pid not in before and is_alive(pid)]:
        assert time.monotonic() < until, left
        time.sleep(0.05)


@pytest.mark.slow
def test_once_from_the_wish_to_the_file(clip: Path, slimreel: Program, tmp_path: Path):
    with leaving_nothing():
        done = slimreel("chat", "--once", "compress to 100 kbps", clip.name, "-o", "out.mp4", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    (line,) = done.stdout.splitlines()
    found = json.loads(line)
    assert found["output"] == "out.mp4"
    assert found["bytes"] == (tmp_path / "out.mp4").stat().st_size
    assert "100 kbps" in found["text"]
    assert found["job"].startswith("render_")
    assert found["outputs"] == [{"output": "out.mp4", "bytes": found["bytes"], "job": found["job"]}]
    assert {path.name for path in tmp_path.iterdir()} == {"clip.mp4", "out.mp4"}


def test_once_with_several_turns_in_chinese(clip: Path, slimreel: Program, tmp_path: Path, service: Serving):
    turns = ["--once", "剪掉前1秒", "--once", "压到100kbps", "--once", "导出"]
    done = slimreel("chat", "--server", service.address, *turns, clip.name, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert found["output"] == "clip-slim.mp4"
    assert "100" in found["text"] and "码率" in found["text"]
    assert (tmp_path / "clip-slim.mp4").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "name"),
    [
        (["--once", "8 Mbps", "none.mp4"], 2, "no_such_file"),
        (["--once", "8 Mbps", "notes.mp4"], 3, "file_rejected"),
        (["--once", "under 1 kB", "clip.mp4"], 5, "target_impossible"),
        (["--once", "8 Mbps", "clip.mp4", "-o", "notes.mp4"], 6, "output_exists"),
        (["--once", "asdf qwer", "clip.mp4"], 8, "nothing_changed"),
        (["--server", "http://127.0.0.1:1", "--once", "8 Mbps", "clip.mp4"], 1, "unreachable"),
        (["clip.mp4"], 2, "usage"),
    ],
)
def test_exit_codes(
    clip: Path, slimreel: Program, tmp_path: Path, service: Serving, arguments: list[str], code: int, name: str
):
    (tmp_path / "notes.mp4").write_text("no video")
    done = slimreel("chat", "--server", service.address, *arguments, "--json")
    assert done.returncode == code, done.stderr
    (line,) = done.stdout.splitlines()
    found = json.loads(line)["error"]
    assert found["code"] == name
    assert done.stderr.startswith("slimreel: ")
    assert {path.name for path in tmp_path.iterdir()} == {"clip.mp4", "notes.mp4"}


def test_once_with_another_server(clip: Path, slimreel: Program, tmp_path: Path):
    with hosted_stub.serving() as (hosted, address):
        hosted.will("POST run_sse", (403, 2001))
        arguments = ["chat", "--server", address, "--once", "cut the first second", "clip.mp4", "-o", "out.mp4"]
        done = slimreel(*arguments, "--json")
        assert (done.returncode, json.loads(done.stdout)["error"]["code"]) == (7, "credits_used_up")
        assert f"{address}/register?bind=anon_1" in done.stderr


class Terminal:
    """`slimreel chat` in a pseudo-terminal."""

    def __init__(self, master: int, process: subprocess.Popen[bytes]) -> None:
        self.master, self.process, self.seen = master, process, ""

    def expect(self, pattern: str) -> re.Match[str]:
        """What comes next that fits; what lies before it is dropped."""
        until = time.monotonic() + _PATIENCE_S
        while (found := re.search(pattern, self.seen)) is None:
            assert time.monotonic() < until, self.seen
            ready, _, _ = select.select([self.master], [], [], 1.0)
            if ready:
                try:
                    piece = os.read(self.master, 65536)
                except OSError:
                    piece = b""
                assert piece, self.seen
                self.seen += re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", piece.decode(errors="replace"))
        self.seen = self.seen[found.end() :]
        return found

    def type(self, line: str) -> None:
        os.write(self.master, f"{line}\n".encode())


@contextmanager
def terminal(folder: Path, *arguments: str, language: str = "en_US.UTF-8") -> Iterator[Terminal]:
    import pty

    master, slave = pty.openpty()
    environment = os.environ | {"LC_ALL": language, "TERM": "xterm", "COLUMNS": "200", "PYTHONUTF8": "1"}
    process = subprocess.Popen(
        [*SLIMREEL, "chat", *arguments], cwd=folder, stdin=slave, stdout=slave, stderr=slave, env=environment,
        start_new_session=True,
        preexec_fn=interruptible,  # noqa: PLW1509 - it sets signals and nothing else
    )  # fmt: skip
    os.close(slave)
    try:
        yield Terminal(master, process)
    finally:
        process.kill()
        process.wait()
        os.close(master)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_conversation_in_english(clip: Path, tmp_path: Path):
    spaced = tmp_path / "my clip.mp4"
    clip.rename(spaced)
    with leaving_nothing(), terminal(tmp_path) as user:
        user.expect("Try:")
        for _ in range(3):
            user.expect(r'  - "[^\n]+"')
        user.expect("Connecting…")
        user.expect("Ready.")
        user.type(f"'{spaced}' ")
        user.expect(r"my clip\.mp4 is here \(2 s, 128x128")
        user.type("cut the first second")
        user.expect(r"Removed 1 s")
        user.expect(r"Timeline \(1 track\): 1\. Video: my clip \(0-1s\)")
        user.type("credits")
        user.expect("100 credits are left")
        user.type("undo")
        user.expect(r"1\. Video: my clip \(0-2s\)")
        user.type("compress it to 100 kbps")
        user.expect("100 kbps")
        user.type("status")
        user.expect("Timeline")
        user.type("export small.mp4")
        user.expect(r"Saved as small\.mp4")
        user.type("export small.mp4")
        user.expect("exists already")
        user.type("quit")
        user.expect("Goodbye")
        assert user.process.wait(60) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"my clip.mp4", "small.mp4"}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_conversation_in_chinese(clip: Path, tmp_path: Path):
    with leaving_nothing(), terminal(tmp_path, clip.name, language="zh_CN.UTF-8") as user:
        user.expect("可以试试")
        user.expect("正在连接")
        user.expect("收到 clip.mp4")
        user.type("压到100kbps")
        user.expect("码率 100 kbps")
        user.type("余额")
        user.expect("还有 100 积分")
        user.type("导出 小.mp4")
        user.expect("已保存为 小.mp4")
        user.type("退出")
        user.expect("再见")
        assert user.process.wait(60) == 0
    assert (tmp_path / "小.mp4").exists()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_stopped_at_any_time_nothing_is_left_running(clip: Path, tmp_path: Path, number: signal.Signals):
    with leaving_nothing(), terminal(tmp_path, clip.name) as user:
        user.expect("is here")
        started = children_of(user.process.pid)
        assert started
        user.process.send_signal(number)
        assert user.process.wait(60) in (130, -signal.SIGKILL)
        until = time.monotonic() + 30
        while any(is_alive(pid) for pid in started):
            assert time.monotonic() < until
            time.sleep(0.05)


@pytest.mark.parametrize(
    ("line", "names", "said"),
    [
        ("a.mp4", ["a.mp4"], ""),
        ("with space.mp4", ["with space.mp4"], ""),
        ("'with space.mp4'", ["with space.mp4"], ""),
        ('"with space.mp4" under 8 MB', ["with space.mp4"], "under 8 MB"),
        (r"with\ space.mp4 ", ["with space.mp4"], ""),
        ("file://{folder}/with%20space.mp4", ["with space.mp4"], ""),
        ("{folder}/a.mp4 '{folder}/it's.mp4'", ["a.mp4"], "'{folder}/it's.mp4'"),
        ("a.mp4 视频.mov join them", ["a.mp4", "视频.mov"], "join them"),
        ("make a.mp4 smaller", ["a.mp4"], "make smaller"),
        ("none.mp4 to 8 Mbps", [], "none.mp4 to 8 Mbps"),
        ("it's mine", [], "it's mine"),
        ("word", [], "word"),
        ("", [], ""),
    ],
)
def test_dragged_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, names: list[str], said: str):
    for name in ("a.mp4", "with space.mp4", "视频.mov", "word"):
        (tmp_path / name).write_text("")
    monkeypatch.chdir(tmp_path)
    if line == "word":
        (tmp_path / "word").unlink()
    paths, rest = split_line(line.replace("{folder}", str(tmp_path)))
    assert [path.name for path in paths] == names
    assert rest == said.replace("{folder}", str(tmp_path))
