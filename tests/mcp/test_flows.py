"""The work of an agent from beginning to end with tools alone: a quick edit, a batch, and one improved by turns.

The agent is a script that reads nothing but answers: ids, errors and what the last answer says to do next.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from slimreel.workbench.probe import probe
from tests.mcp.agent import Agent, Json, on_this_machine, over_http
from tests.mcp.conftest import Clip
from tests.server.client import Client, signed_in
from tests.server.serving import Serving


@dataclass
class Desk:
    """Where an agent works: how it brings a file in and gets one out."""

    agent: Agent
    bring: Callable[..., Json]
    fetch: Callable[[Json, Path], Path]


@pytest.fixture(scope="module", params=[("here", "legacy"), ("there", "2026-07-28")], ids=str)
def desk(request: pytest.FixtureRequest, service: Serving, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """On one's own machine over the older revision, at a service over the newer one."""
    place, revision = request.param
    if place == "here":
        with on_this_machine(tmp_path_factory.mktemp("flows") / "data", revision) as agent:
            yield _here(agent)
        return
    with httpx.Client(base_url=service.address, timeout=120) as http:
        owner = signed_in(http)
        token = owner.headers["Authorization"].removeprefix("Bearer ")
        with over_http(service.address, token, revision) as agent:
            yield _there(agent, owner)


def _here(agent: Agent) -> Desk:
    def bring(*paths: Path) -> Json:
        return agent.call("add_files", paths=[str(path) for path in paths], new_session=True)

    def fetch(render: Json, target: Path) -> Path:
        done = agent.call("get_job", job_id=render["job_id"], save_to=str(target))
        return Path(done["files"][0]["path"])

    return Desk(agent, bring, fetch)


def _there(agent: Agent, owner: Client) -> Desk:
    def bring(*paths: Path) -> Json:
        owner.begin()
        upload = agent.call("add_files", session_id=owner.session_id)["upload"]
        for path in paths:
            with path.open("rb") as file:
                httpx.post(upload["url"], headers=owner.headers, files={upload["field"]: (path.name, file)})
        return agent.call("add_files", session_id=owner.session_id)

    def fetch(render: Json, target: Path) -> Path:
        target.write_bytes(httpx.get(render["files"][0]["url"]).content)
        return target

    return Desk(agent, bring, fetch)


def finished(agent: Agent, **arguments: Any) -> Json:
    """Begins an export without waiting, and follows what the answers say to do next."""
    render = agent.call("export", wait_s=0, **arguments)
    while render["state"] in ("pending", "processing"):
        said = re.search(r"Call get_job with job_id (\S+) until", render["next_step"])
        assert said is not None
        render = agent.call("get_job", job_id=said[1], wait_s=50)
    assert render["state"] == "completed", render
    return render


@pytest.mark.slow
def test_a_quick_edit(desk: Desk, clip: Clip, tmp_path: Path):
    agent = desk.agent
    session = desk.bring(clip("beach.mp4"))["session_id"]
    edited = agent.call("edit", session_id=session, message="trim to 0:00-0:02, title 'Summer' on top, at most 60 KB")
    assert [one["op"] for one in edited["done"]] == ["trim", "add_text", "compress"]
    file = desk.fetch(finished(agent, session_id=session), tmp_path / "out.mp4")
    info = probe(file)
    assert file.stat().st_size <= 60_000 and info.video[0].frames == 50


@pytest.mark.slow
def test_a_batch(desk: Desk, clip: Clip, tmp_path: Path):
    agent = desk.agent
    added = desk.bring(clip("one.mp4"), clip("two.mp4"), clip("three.mp4"))
    session = added["session_id"]
    wish = {"session_id": session, "video_bitrate_bps": "150 kbps", "all_drafts": True}
    refused = agent.fails("compress", **wish)
    said = re.search(r"150 kbps is (\d+)", refused)
    assert said is not None  # the error tells the number to say instead
    done = agent.call("compress", **{**wish, "video_bitrate_bps": int(said[1])})
    assert len(done["results"]) == 3
    for timeline in added["timelines"]:
        render = finished(agent, session_id=session, draft_id=timeline["draft_id"])
        assert render["draft_id"] == timeline["draft_id"]
        assert abs(render["files"][0]["video_bitrate_bps"] - 150_000) <= 15_000
        name = f"{timeline['draft_id']}.mp4"
        assert desk.fetch(render, tmp_path / name).stat().st_size == render["files"][0]["size_bytes"]


@pytest.mark.slow
def test_one_that_is_improved_by_turns(desk: Desk, clip: Clip, tmp_path: Path):
    agent = desk.agent
    session = desk.bring(clip("beach.mp4"))["session_id"]
    agent.call("compress", session_id=session, crf=45)
    first = finished(agent, session_id=session)
    before = agent.call("compare", session_id=session, job_id=first["job_id"], wait_s=100)
    foretold = agent.call("estimate", session_id=session, wish="crf 24", wait_s=100)["facts"]
    assert foretold["vmaf"]["low"] > before["facts"]["vmaf"]
    agent.call("compress", session_id=session, wish="crf 24")
    second = finished(agent, session_id=session)
    after = agent.call("compare", session_id=session, job_id=second["job_id"], wait_s=100)
    assert after["facts"]["vmaf"] > before["facts"]["vmaf"]
    tried = agent.call("edit", session_id=session, message="twice as fast", dry_run=True)
    agent.call("apply_operations", session_id=session, operations=tried["done"])
    agent.call("undo_redo", session_id=session, direction="undo")
    summary = agent.call("get_state", session_id=session)["timelines"][0]["summary"]
    assert "(0-3s)" in summary
    file = desk.fetch(second, tmp_path / "out.mp4")
    assert probe(file).video[0].frames == 75
