"""The examples run against the real program and service, and what only others can run has the right form."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from tests.engine import witness
from tests.skills.conftest import ROOT, Run

EXAMPLES = ROOT / "examples"
WORKFLOW = EXAMPLES / "github-action/compress-videos.yml"
# What GitHub asks of a workflow, as far as this one uses it; unknown keys are errors there too.
SCHEMA = {
    "type": "object",
    "required": ["on", "jobs"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string"},
        "on": {"type": "object"},
        "permissions": {"additionalProperties": {"enum": ["read", "write", "none"]}},
        "concurrency": {"type": "object", "required": ["group"]},
        "jobs": {
            "additionalProperties": {
                "type": "object",
                "required": ["runs-on", "steps"],
                "additionalProperties": False,
                "properties": {
                    "runs-on": {"type": "string"},
                    "if": {"type": "string"},
                    "env": {"additionalProperties": {"type": "string"}},
                    "steps": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "oneOf": [{"required": ["uses"]}, {"required": ["run"]}],
                            "additionalProperties": False,
                            "properties": {
                                "name": {"type": "string"},
                                "uses": {"type": "string", "pattern": r"^[\w.-]+/[\w.-]+@v\d+$"},
                                "with": {"type": "object"},
                                "run": {"type": "string"},
                            },
                        },
                    },
                },
            }
        },
    },
}


def workflow() -> dict[str, Any]:
    found = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    found["on"] = found.pop(True)  # YAML 1.1 reads the key `on` as a truth value; GitHub does not
    return dict(found)


def shell_of(name: str) -> str:
    (job,) = workflow()["jobs"].values()
    return str(next(step["run"] for step in job["steps"] if step.get("name") == name))


def test_the_library(run: Run, tmp_path: Path):
    done = run("python", str(EXAMPLES / "library.py"), "clip.mp4", "under 200 kB", "out.mp4")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.mp4").stat().st_size <= 200_000
    assert run("python", str(EXAMPLES / "library.py"), "clip.mp4", "under 1 kB", "tiny.mp4").returncode == 5


@pytest.mark.parametrize("command", [("python", "service.py"), ("sh", "service.sh")], ids=["python", "curl"])
def test_the_service(run: Run, tmp_path: Path, command: tuple[str, str]):
    wish = 'cut the first second, text "it\'s \\"done\\"" on top, then 400 kbps'
    done = run(command[0], str(EXAMPLES / command[1]), "clip.mp4", wish, "out.mp4")
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert "400 kbps" in done.stdout
    assert witness.lengths(tmp_path / "out.mp4")[0] == pytest.approx(2, abs=0.2)


@pytest.mark.parametrize("command", [("python", "service.py"), ("sh", "service.sh")], ids=["python", "curl"])
def test_a_refusal_of_the_service_ends_the_example_with_its_sentence(run: Run, command: tuple[str, str]):
    done = run(command[0], str(EXAMPLES / command[1]), "clip.mp4", "1 Mbps", "out.mp4", NEMO_TOKEN="nmv_usr_no")
    assert done.returncode != 0
    assert "token" in done.stdout + done.stderr


def test_the_mcp_settings_have_the_usual_form():
    servers = json.loads((EXAMPLES / "mcp.json").read_text(encoding="utf-8"))["mcpServers"]
    assert (servers["slimreel"]["command"], servers["slimreel"]["args"]) == ("slimreel", ["mcp"])
    assert servers["slimreel-service"]["url"].endswith("/mcp")


def test_the_workflow_has_the_form_that_is_asked():
    assert [error.message for error in jsonschema_rs.validator_for(SCHEMA).iter_errors(workflow())] == []
    broken = workflow() | {"job": {}}
    assert not jsonschema_rs.validator_for(SCHEMA).is_valid(broken)


@pytest.mark.skipif(not shutil.which("git") or not shutil.which("bash"), reason="needs git and bash")
def test_the_steps_of_the_workflow_do_what_they_say(run: Run, tmp_path: Path):
    """In a real repository: what a push brought is compressed under its name, the rest is left alone."""
    for name in ("old.mp4", "a film's name.mp4"):
        shutil.copy(tmp_path / "clip.mp4", tmp_path / name)
    (tmp_path / "not-a-video.mp4").write_text("nothing")
    user = ("-c", "user.name=a", "-c", "user.email=a@example.org")

    def git(*arguments: str) -> str:
        return run("git", *user, *arguments).stdout.strip()

    git("init", "--quiet")
    git("add", "old.mp4")
    git("commit", "--quiet", "-m", "before")
    before = git("rev-parse", "HEAD")
    git("add", "a film's name.mp4", "not-a-video.mp4")
    git("commit", "--quiet", "-m", "push")
    size = (tmp_path / "clip.mp4").stat().st_size
    told = {"BEFORE": before, "WISH": "half the size", "RUNNER_TEMP": str(tmp_path)}
    done = run("bash", "-eo", "pipefail", "-c", shell_of("Compress what changed"), **told)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "old.mp4").stat().st_size == size
    assert (tmp_path / "a film's name.mp4").stat().st_size <= size / 2
    assert (tmp_path / "not-a-video.mp4").read_text() == "nothing"
    commit = run("bash", "-eo", "pipefail", "-c", re.sub(r"git push\n?", "", shell_of("Commit")))
    assert commit.returncode == 0, commit.stderr
    assert git("log", "-1", "--format=%s") == "Compress videos"
    assert git("show", "--name-only", "--format=").splitlines() == ["a film's name.mp4"]


def test_the_examples_are_listed():
    listed = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    found = [path for path in EXAMPLES.rglob("*") if path.is_file() and path.name != "README.md"]
    assert [path.name for path in found if f"({os.path.relpath(path, EXAMPLES)})" not in listed] == []
    assert subprocess.run(["sh", "-n", str(EXAMPLES / "service.sh")], check=False).returncode == 0
