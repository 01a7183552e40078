"""The report page needs nothing from anywhere, escapes what came from outside, and says what the numbers say."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slimreel.core.events import Reason
from slimreel.core.goal import Goal
from slimreel.core.scores import Score
from slimreel.data.tables import LANGUAGES, label_table, report_table
from slimreel.errors import OutputExists, UsageError
from slimreel.workbench.comparison import Comparison, Moment, Side, Still
from slimreel.workbench.plots import quality_plot, rate_plot
from slimreel.workbench.report import report_html, write_report
from slimreel.workbench.result import Result

VOID = {"meta", "img", "input", "line", "rect", "path"}
HOSTILE = "x\"><script>alert(1)</script><img src=http://evil.example/a.png onerror='b'>{{ 7*7 }}&\u202e.mp4"
NAMES = ("vmaf", "vmaf_phone", "vmaf_v0", "xpsnr", "ssim", "psnr", "cambi", "cambi_source")


def side(path: str = "clip.mp4", size: int = 80_000_000) -> Side:
    return Side(
        path=path, bytes=size, duration_s=3.5, width=1920, height=1080, fps=25.0, frames=88, codec="h264",
        video_bitrate_bps=4_000_000, video_bps_by_second=(4_000_000, 3_000_000, 5_000_000, 1_000_000),
    )  # fmt: skip


def comparison(**changed: object) -> Comparison:
    webp = b"RIFF\x00\x00\x00\x00WEBP"
    found = Comparison(
        reference=side(), output=side("clip-slim.mp4", 24_900_000), model="vmaf_v1.0.16_3d0h", vmaf=91.2345,
        verdict="slight", steps=dict.fromkeys(NAMES, 5) | {"vmaf": 1}, banding_increase=0.1, paired_by="index",
        scores={
            name: Score(mean=91.2345, poor=85.5, worst=80.25, harmonic_mean=91.1 if "vmaf" in name else None)
            for name in NAMES
        },
        frames_compared=88, compared_width=1920, compared_height=1080, vmaf_by_second=(95.0, None, 88.0, 90.0),
        worst=(Moment(frame=60, time_s=2.4, vmaf=80.25),), notes=(), cpu_seconds=1.0, wall_seconds=1.0,
        stills=(Still(reference=webp, output=webp),),
    )  # fmt: skip
    return replace(found, **changed)  # type: ignore[arg-type]  # any field, by name


def result() -> Result:
    return Result(
        input="clip.mp4", output="clip-slim.mp4", strategy="encode", bytes=24_900_000, duration_s=3.5,
        video_bitrate_bps=4_000_000, audio_bitrate_bps=0, width=1920, height=1080, fps=25, codec="h264",
        target={"kind": "size", "bytes": 25_000_000}, error_percent=-0.4,
        reasons=(Reason(id="deinterlaced"),), cpu_seconds=1, wall_seconds=1, source_bytes=80_000_000, goal=Goal(),
    )  # fmt: skip


class Page(HTMLParser):
    """What a browser would find: elements with their attributes, and whether they are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in ("script", "style"):
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hostile_name_is_only_text(language: str) -> None:
    html = report_html(
        comparison(reference=side(HOSTILE), output=side(HOSTILE)), language=language, result=result(), wish=HOSTILE
    )
    page = Page(html)
    assert page.open == []
    assert len(page.all("script")) == 1
    assert {str(image["src"])[:23] for image in page.all("img")} == {"data:image/webp;base64,"}
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert "{{ 7*7 }}" in page.text
    assert HOSTILE in page.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_asks_for_nothing_from_outside(language: str) -> None:
    html = report_html(comparison(), language=language, result=result(), wish="under 25 MB")
    assert not re.search(r"https?:|//[a-z]|url\(|@import", html)
    page = Page(html)
    assert page.all("link") == page.all("iframe") == page.all("a") == []
    policy = next(str(meta["content"]) for meta in page.all("meta") if meta.get("http-equiv"))
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for tag in ("script", "style"):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    # The policy forbids styles in attributes, so there must be none.
    assert not [1 for _, attributes in page.elements if "style" in attributes]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_what_the_numbers_say(language: str) -> None:
    found = comparison()
    html = report_html(found, language=language, result=result(), wish="under 25 MB")
    page = Page(html)
    labels, words = label_table(language), report_table(language)
    text = " ".join(page.text.split())
    for expected in (
        labels["verdict_slight"], "91.23", "85.50", "80.25", "91.1", "80 MB", "24.9 MB", "69 %", "2.40 s",
        "under 25 MB", "25 MB", "−0.40", labels["score_cambi"], words["about_xpsnr"], found.model, "0:03",
    ):  # fmt: skip
        assert expected in text, expected
    assert text.index(labels["verdict_slight"]) < text.index("24.9 MB") < text.index(words["quality_over_time"])
    assert all(image.get("alt") for image in page.all("img"))
    assert [svg for svg in page.all("svg") if not svg.get("aria-label") and not svg.get("aria-hidden")] == []
    assert len(page.all("table")) == 4
    assert page.elements[0][1]["lang"] == ("zh-Hans" if language == "zh" else "en")


def test_without_stills_or_a_run_their_parts_are_left_out() -> None:
    text = report_html(comparison(stills=()))
    words = report_table("en")
    assert words["worst"] not in text
    assert words["done"] not in text
    assert "identical" in report_html(comparison(verdict="identical"))


def test_languages_have_the_same_texts() -> None:
    english, chinese = report_table("en"), report_table("zh")
    assert list(english) == list(chinese)
    for key, text in english.items():
        assert sorted(re.findall(r"\{\w+\}", text)) == sorted(re.findall(r"\{\w+\}", chinese[key])), key
        assert re.search(r"[\u4e00-\u9fff]", chinese[key]), key


def test_a_page_is_replaced_only_where_asked(tmp_path: Path) -> None:
    page = tmp_path / "new" / "report.html"
    write_report(comparison(), page)
    with pytest.raises(OutputExists):
        write_report(comparison(), page)
    write_report(comparison(verdict="strong"), page, overwrite=True)
    assert label_table("en")["verdict_strong"] in page.read_text()
    assert [path.name for path in page.parent.iterdir()] == ["report.html"]
    with pytest.raises(UsageError, match="folder"):
        write_report(comparison(), tmp_path)


def test_the_videos_are_never_replaced_by_their_page(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"film")
    with pytest.raises(UsageError, match="would replace"):
        write_report(comparison(output=side(str(clip))), clip, overwrite=True)
    assert clip.read_bytes() == b"film"


def test_a_name_that_is_no_text_does_not_stop_the_page(tmp_path: Path) -> None:
    write_report(comparison(reference=side("caf\udce9.mp4")), tmp_path / "page.html")
    assert "caf?.mp4" in (tmp_path / "page.html").read_text("utf-8")


CURVE = st.lists(st.floats(min_value=0, max_value=100) | st.none(), max_size=2000)


@given(CURVE)
def test_quality_stays_inside_its_plot(curve: list[float | None]) -> None:
    plot = quality_plot(curve, float(len(curve)), 95.0)
    points = [float(number) for number in re.findall(r"[VH,]([\d.]+)", plot.paths[0])]
    assert all(0 <= number <= plot.width for number in points)
    heights = [float(number) for number in re.findall(r"V([\d.]+)", plot.paths[0])]
    assert all(0 <= number <= plot.bottom for number in heights)
    assert len(heights) <= 240
    assert len(plot.rows) <= 40
    assert len(plot.x_ticks) <= 9


@given(st.lists(st.integers(min_value=0, max_value=10**9), max_size=500))
def test_rates_stay_inside_their_plot(curve: list[int]) -> None:
    plot = rate_plot([curve, curve[:3]], float(len(curve)))
    heights = [float(number) for path in plot.paths for number in re.findall(r"V([\d.]+)", path)]
    assert all(0 <= number <= plot.bottom for number in heights)
    assert len(plot.y_ticks) <= 7
