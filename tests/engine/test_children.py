"""Whatever a child does, the parent lives on and says one of its own errors."""

from __future__ import annotations

import os
import shutil
import textwrap
from pathlib import Path

import pytest

from slimreel.engine import children, sandbox
from slimreel.errors import BeyondSalvage, EngineError, NotAVideo, Stalled

PROGRAMS = {
    "echo": """
        import os
        def run(request):
            return {"heard": request["words"], "fd": os.read(request["fd"], 4).decode()}
        """,
    "crash": """
        import os, signal
        def run(request):
            os.kill(os.getpid(), signal.SIGSEGV)
        """,
    "sleep": """
        import time
        def run(request):
            time.sleep(60)
        """,
    "labours": """
        import time
        def run(request):
            for turn in range(3):  # of a second each, a quarter of it at work
                for part in range(20):
                    end = time.process_time() + 0.0125
                    while time.process_time() < end:
                        pass
                    time.sleep(0.0375)
            return {"turns": 3}
        """,
    "spin": """
        def run(request):
            while True:
                pass
        """,
    "says": """
        import os
        def run(request):
            os.write(1, request["words"].encode())
            os._exit(0)
        """,
    "flood": """
        import os
        def run(request):
            while True:
                os.write(1, b"x" * 65536)
        """,
    "raises": """
        def run(request):
            raise RuntimeError("what it says")
        """,
    "hungry": """
        def run(request):
            return {"n": len(bytearray(1 << 30))}
        """,
    "damaged": """
        from slimreel.engine.child.start import Refusal
        def run(request):
            raise Refusal("damaged", "half is gone")
        """,
    "outside": """
        import slimreel.errors
        def run(request):
            return {}
        """,
    "reads": """
        def run(request):
            return {"read": open(request["file"]).read()}
        """,
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs beside a copy of the starter."""
    programs = tmp_path / "child"
    programs.mkdir()
    shutil.copy(children.START, programs)
    for name, text in PROGRAMS.items():
        (programs / f"{name}.py").write_text(textwrap.dedent(text))
    monkeypatch.setattr(children, "START", programs / "start.py")
    return programs


def call(folder: Path, program: str, deadline_s: float = 20, cpu_s: int = 10, **request: object) -> object:
    policy = sandbox.Policy(read=(folder,), memory_bytes=512 * children.MIB, cpu_s=cpu_s)
    return children.call(program, request, path="clip.mp4", policy=policy, deadline_s=deadline_s, reply_bytes=1 << 20)


def test_a_program_hears_and_answers(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "input").write_bytes(b"abcd")
    fd = os.open(tmp_path / "input", os.O_RDONLY)
    policy = sandbox.Policy(read=(folder,), memory_bytes=512 * children.MIB)
    words = "ä" * 100_000  # more than a pipe or an argument holds
    try:
        reply = children.call("echo", {"words": words, "fd": fd}, path="x", fds=(fd,), policy=policy)
    finally:
        os.close(fd)
    assert reply == {"heard": words, "fd": "abcd"}


@pytest.mark.parametrize(
    ("program", "error", "words"),
    [
        ("crash", EngineError, "crashed.*SIGSEGV"),
        ("flood", EngineError, "too long"),
        ("raises", EngineError, "what it says"),
        ("hungry", NotAVideo, "more memory"),
        ("damaged", BeyondSalvage, "half is gone"),
        ("outside", EngineError, "slimreel.errors"),
    ],
)
def test_misfortunes_become_errors(folder: Path, program: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words) as caught:
        call(folder, program)
    assert type(caught.value) is error
    assert "clip.mp4" in str(caught.value)


@pytest.mark.parametrize("words", ["", "not json", "[1]", '{"ok": 1}', '{"ok": {}'])
def test_what_is_no_answer(folder: Path, words: str) -> None:
    with pytest.raises(EngineError, match="no answer"):
        call(folder, "says", words=words)


def test_a_child_that_hangs_is_stopped(folder: Path) -> None:
    with pytest.raises(Stalled):
        call(folder, "sleep", deadline_s=1)


def test_a_child_that_is_starved_may_finish_after_its_deadline(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "LOOK_S", 2.0)
    monkeypatch.setattr(children, "MOST_DEADLINES", 100)
    assert call(folder, "labours", deadline_s=0.3) == {"turns": 3}


def test_a_child_that_labours_on_and_on_is_stopped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "LOOK_S", 0.1)
    monkeypatch.setattr(children, "MOST_DEADLINES", 2)
    with pytest.raises(Stalled):
        call(folder, "labours", deadline_s=0.4)


def test_a_child_that_spins_runs_out_of_time(folder: Path) -> None:
    with pytest.raises((EngineError, Stalled)):
        call(folder, "spin", cpu_s=1, deadline_s=30)


@pytest.mark.skipif(not sandbox.level().landlock, reason="files are not guarded on this system")
def test_a_child_opens_nothing_but_its_descriptors(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    with pytest.raises(EngineError, match="Permission denied"):
        call(folder, "reads", file=str(tmp_path / "secret"))
