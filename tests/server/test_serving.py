"""`slimreel serve` as a person or a supervisor runs it: begun, begun twice, and ended."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.server.client import ok, signed_in
from tests.server.conftest import Clip
from tests.server.serving import Serving, begin, serving


def _complaint(data: Path, *arguments: str) -> str:
    process = begin(data, *arguments)
    out, _ = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, "")
    return (data.parent / f"{data.name}.log").read_text()


def test_an_address_that_is_taken_is_told_in_one_sentence(service: Serving, tmp_path: Path) -> None:
    port = service.address.rpartition(":")[2]
    told = _complaint(tmp_path / "other", "--port", port)
    assert port in told and "--port" in told
    assert "Traceback" not in told
    assert httpx.get(f"{service.address}/health").json()["status"] == "ok"


@pytest.mark.parametrize("arguments", [("--port", "99999"), ("--port", "0", "--data", "/proc/nothing/here")])
def test_what_cannot_be_is_told_in_one_sentence(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    told = _complaint(tmp_path / "data", *arguments)
    assert told.count("\n") == 1
    assert "inside slimreel" not in told


@pytest.mark.slow
def test_ctrl_c_in_the_middle_of_a_render_loses_nothing(tmp_path: Path, clip: Clip) -> None:
    data = tmp_path / "data"
    with serving(data) as first:
        with httpx.Client(base_url=first.address, timeout=60) as http:
            client = signed_in(http)
            client.upload(clip("long.mp4", 20))
            client.say("compress to 200 kbps")
            name = client.submit({})["id"]
            while ok(client.get(f"/api/render/proxy/lambda/{name}"))["status"] == "pending":
                pass
        assert first.stop(signal.SIGINT) == 0
    assert _children(data) == ""
    with serving(data) as second, httpx.Client(base_url=second.address, timeout=60) as http:
        client.http = http
        done = client.wait(name)
        assert done["status"] == "completed"
        assert done["output"]["url"].startswith(second.address)
        assert client.credits() == {"available": 99, "frozen": 0, "total": 99}


def _children(data: Path) -> str:
    """Processes that still work in this folder."""
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    return "\n".join(line for line in listed.splitlines() if str(data) in line)
