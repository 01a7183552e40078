"""Encoding in hardware, on a machine without: FFmpeg is asked for a card's encoder, and one in software answers.

All but the encoder is real: the wish, the trial of one frame, the sandbox opened to devices, the loop, the checks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from slimreel.core.goal import Goal
from slimreel.core.hardware import encoder_for
from slimreel.engine import capabilities, card, sandbox
from slimreel.errors import UnavailableHardware
from slimreel.workbench.compress import compress
from tests.engine.conftest import Make

# What the stand-in cannot take, with its value; and what it calls otherwise.
_UNKNOWN = {"-rc", "-rc_mode", "-multipass", "-tune", "-spatial-aq", "-rc-lookahead", "-compression_level"}
_OTHERWISE = {"-cq": "-crf", "-qp": "-crf", "h264_nvenc": "libx264", "h264_vaapi": "libx264"}


def in_software(argv: Sequence[str | Path]) -> list[str]:
    """The same command for x264."""
    words = [str(word) for word in argv]
    if not any(name in words for name in ("h264_nvenc", "h264_vaapi")):
        return words
    found: list[str] = []
    for at, word in enumerate(words):
        if word in _UNKNOWN or (at and words[at - 1] in _UNKNOWN):
            continue
        before = words[at - 1] if at else ""
        preset = "veryfast" if before == "-preset" else _OTHERWISE.get(word, word)
        is_zero = before == "-b:v" and word == "0"
        found = found[:-1] if is_zero else [*found, preset]
    return found


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[list[str], sandbox.Policy]]]:
    """Commands with a stand-in for NVENC, and the policy of each."""
    seen: list[tuple[list[str], sandbox.Policy]] = []
    start = sandbox.start

    def instead(argv: Sequence[str | Path], policy: sandbox.Policy, **options: Any) -> sandbox.Process:
        seen.append(([str(word) for word in argv], policy))
        return start(in_software(argv), policy, **options)

    monkeypatch.setattr(sandbox, "start", instead)
    monkeypatch.setattr(card, "_matching", lambda pattern: [Path("/dev/null")] if "nvidia*" in pattern else [])
    capabilities.try_encoder.cache_clear()
    yield seen
    capabilities.try_encoder.cache_clear()


@pytest.fixture(scope="module")
def moving(make: Make) -> Path:
    return make(
        "moving_for_hardware.mp4",
        *("-f", "lavfi", "-i", "mandelbrot=s=320x180:r=25", "-t", "6", "-c:v", "libx264", "-crf", "12"),
        *("-preset", "veryfast", "-pix_fmt", "yuv420p"),
    )


@pytest.mark.parametrize(
    ("wanted", "options"),
    [
        ({"video_bitrate_bps": 300_000}, ["-maxrate", "-bufsize"]),
        ({"target_size_bytes": 200_000}, ["-maxrate"]),
        ({"quality": "medium"}, ["-cq"]),
    ],
    ids=["rate", "size", "quality"],
)
def test_from_the_wish_to_the_file(
    started: list[tuple[list[str], sandbox.Policy]],
    moving: Path,
    tmp_path: Path,
    wanted: dict[str, Any],
    options: list[str],
) -> None:
    result = compress(moving, Goal(encoder="hardware", **wanted), tmp_path / "out.mp4")
    in_hardware = [(argv, policy) for argv, policy in started if "h264_nvenc" in argv]
    assert len(in_hardware) >= 2  # the trial, then the encode
    assert "-frames:v" in in_hardware[0][0]
    assert all(name in argv for argv, _ in in_hardware[1:] for name in options)
    assert not any("-passlogfile" in argv for argv, _ in in_hardware)
    for argv, policy in started:
        assert bool(policy.devices) == ("h264_nvenc" in argv)  # nothing else may talk to a device
    if "video_bitrate_bps" in wanted:
        assert result.error_percent == pytest.approx(0, abs=1.0)
    if "target_size_bytes" in wanted:
        assert 0.97 * 200_000 <= result.bytes <= 200_000


def test_what_is_not_here_is_said_with_what_is(tmp_path: Path, moving: Path) -> None:
    capabilities.try_encoder.cache_clear()
    working = capabilities.try_encoder("h264_vaapi", one_frame=True)
    if working.works:
        pytest.skip("this machine has a card")
    with pytest.raises(UnavailableHardware) as caught:
        compress(moving, Goal(video_bitrate_bps=300_000, encoder="vaapi"), tmp_path / "none.mp4")
    assert caught.value.fields["kind"] == "vaapi"
    assert caught.value.fields["working"]
    assert list(tmp_path.iterdir()) == []


def test_a_wish_without_an_encode_needs_no_card(tmp_path: Path, moving: Path) -> None:
    result = compress(moving, Goal(target_size_bytes=10**8, encoder="nvenc"), tmp_path / "same.mp4")
    assert result.strategy != "encode"


def test_pictures_are_uploaded_where_a_card_wants_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(card, "_matching", lambda pattern: [Path("/dev/dri/renderD128")])
    row = encoder_for("hevc", "vaapi")
    assert row is not None
    found = card.card_of(row)
    assert found is not None
    assert found.options == ("-vaapi_device", "/dev/dri/renderD128")
    opened = found.opened_to(sandbox.Policy())
    assert opened.devices == found.nodes
    assert "--memory" not in sandbox.launcher_command(opened)
    assert json.dumps(sandbox.launcher_command(opened)).count("--device") == len(found.nodes)
