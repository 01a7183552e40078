"""The verb compare and the option --report, with the real program on small clips."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import imageio_ffmpeg
import pytest

from slimreel.cli.arguments import Task, with_pages
from slimreel.errors import UsageError
from tests.cli.conftest import Program


@pytest.fixture
def worse(clip: Path) -> Path:
    path = clip.with_name("worse.mp4")
    coded = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "40", "-an", str(path)]
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", clip, *coded], check=True, timeout=60)
    return path


def test_json_table_and_page_say_the_same(slimreel: Program, clip: Path, worse: Path) -> None:
    done = slimreel("compare", clip.name, worse.name, "--json", "--html", "page.html")
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)
    found = json.loads(done.stdout)
    assert found["frames_compared"] == 20
    assert found["vmaf"] == found["scores"]["vmaf"]["mean"] < 90
    assert "stills" not in found
    page = clip.with_name("page.html").read_text("utf-8")
    shown = slimreel("compare", clip.name, worse.name)
    assert (shown.returncode, shown.stderr) == (0, "")
    for text in (page, shown.stdout):
        assert found["verdict_sentence"] in text
        for name, digits in (("vmaf", 2), ("ssim", 4), ("xpsnr", 2), ("cambi", 2)):
            for key in ("mean", "poor", "worst"):
                assert f"{found['scores'][name][key]:.{digits}f}" in text
    again = slimreel("compare", clip.name, worse.name, "--html", "page.html", "--json")
    assert again.returncode == 6
    assert json.loads(again.stdout)["error"]["code"] == "output_exists"


def test_what_cannot_be_compared_is_told_in_the_language(slimreel: Program, clip: Path, tmp_path: Path) -> None:
    missing = slimreel("compare", clip.name, "nothing.mp4")
    assert (missing.returncode, missing.stdout) == (2, "")
    other = tmp_path / "other.mkv"
    source = ["-f", "lavfi", "-i", "mandelbrot=s=320x128:r=10", "-frames:v", "20"]
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *source, other], check=True, timeout=60)
    refused = slimreel("compare", clip.name, other.name, "--language", "zh", "--html", "page.html")
    assert refused.returncode == 2
    assert "无法比较：画面的宽高比不同" in refused.stderr
    assert not (tmp_path / "page.html").exists()


def test_compress_writes_the_page_of_its_own_run(slimreel: Program, clip: Path) -> None:
    done = slimreel("compress", clip.name, "压到 40 kB 以内", "--report", "page.html", "--progress", "json")
    assert (done.returncode, done.stderr) == (0, "")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert records[-1]["report"] == "page.html"
    fractions = [record["fraction"] for record in records if record.get("event") == "progress"]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    page = clip.with_name("page.html").read_text("utf-8")
    assert 'lang="zh-Hans"' in page
    assert "压到 40 kB 以内" in page
    assert all(reason in page for reason in records[-1]["reasons"])
    refused = slimreel("compress", clip.name, "40 kB", "-o", "second.mp4", "--report", "page.html")
    assert refused.returncode == 6
    assert not clip.with_name("second.mp4").exists()


def test_pages_of_several_inputs_go_into_a_folder(tmp_path: Path) -> None:
    tasks = [Task(Path(name), Path(f"{name}-slim.mp4")) for name in ("a/x", "b/x", "y")]
    pages = [task.page for task in with_pages(tasks, tmp_path)]
    assert pages == [tmp_path / "x-slim.html", tmp_path / "x-slim-2.html", tmp_path / "y-slim.html"]
    assert with_pages(tasks[:1], tmp_path)[0].page == tmp_path / "x-slim.html"
    assert with_pages(tasks[:1], tmp_path / "one.html")[0].page == tmp_path / "one.html"
    with pytest.raises(UsageError, match="3 inputs"):
        with_pages(tasks, tmp_path / "one.html")
