"""The skill keeps to the specification, declares what it uses, links to what there is, and every command in it that is
marked `run` works against the real program and the real service."""

from __future__ import annotations

import json
import re
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from skills_ref import validate

from scripts.skill_pages import ACTIONS
from tests.skills.conftest import ROOT, SKILL, Run

PAGES = sorted([SKILL / "SKILL.md", *(SKILL / "references").glob("*.md")])
BLOCK = re.compile(r"^```sh run\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|#)([^)\s#]+)")
VARIABLE = re.compile(r"\b(?:NEMO|SLIMREEL)_[A-Z_]+\b")
# Words of a screen that the user does not see; in the table that translates them they have to stand.
GUI = re.compile(r"\b(click|press|tap|drag|drop-down|button|panel|toolbar|menu)\b|点击|拖拽|按钮|面板", re.IGNORECASE)


def frontmatter(text: str) -> dict[str, Any]:
    return dict(yaml.safe_load(text.split("---\n", 2)[1]))


def told_to_the_user(text: str) -> str:
    """What stands in quotations, which is what the user reads."""
    return "\n".join(line for line in text.splitlines() if line.startswith("> "))


def test_the_validator_of_the_specification_finds_nothing():
    assert validate(SKILL) == []


def test_the_validator_would_find_something(tmp_path: Path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "SKILL.md").write_text((SKILL / "SKILL.md").read_text(encoding="utf-8"), encoding="utf-8")
    assert "must match skill name" in " ".join(validate(tmp_path / "other"))


def test_the_frontmatter_is_within_the_limits_and_says_what_and_when():
    found = frontmatter((SKILL / "SKILL.md").read_text(encoding="utf-8"))
    assert found["name"] == SKILL.name
    assert len(found["description"]) <= 1024
    assert "Compresses" in found["description"] and "Use it" in found["description"]
    assert len(found["compatibility"]) <= 500
    assert found["license"] == "Apache-2.0"
    assert re.fullmatch(r"\d+\.\d+\.\d+", found["metadata"]["version"])


def test_every_variable_that_is_used_is_declared_and_none_else():
    found = frontmatter((SKILL / "SKILL.md").read_text(encoding="utf-8"))["metadata"]["openclaw"]
    declared = {one["name"] for one in found["envVars"]}
    assert all(one["required"] is False and one["description"] for one in found["envVars"])
    used = set()
    for path in (SKILL / "references/api.md", SKILL / "scripts/quick_edit.py"):
        used |= set(VARIABLE.findall(path.read_text(encoding="utf-8")))
    assert used == declared
    assert found["primaryEnv"] in declared


def test_the_script_sends_the_version_of_the_frontmatter():
    wanted = frontmatter((SKILL / "SKILL.md").read_text(encoding="utf-8"))["metadata"]["version"]
    assert f'VERSION = "{wanted}"' in (SKILL / "scripts/quick_edit.py").read_text(encoding="utf-8")
    assert f'"X-Skill-Version: {wanted}"' in (SKILL / "references/api.md").read_text(encoding="utf-8")


def test_it_is_short_and_its_references_are_one_level_deep():
    assert len((SKILL / "SKILL.md").read_text(encoding="utf-8").splitlines()) < 300
    assert not [path for path in (SKILL / "references").rglob("*") if path.parent != SKILL / "references"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_stay_in_the_skill_and_lead_somewhere(page: Path):
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).is_file(), target
        assert (page.parent / target).resolve().is_relative_to(SKILL)


def test_every_reference_is_named_in_the_skill():
    linked = set(LINK.findall((SKILL / "SKILL.md").read_text(encoding="utf-8")))
    assert {f"references/{page.name}" for page in PAGES if page.name != "SKILL.md"} <= linked


def test_the_user_is_told_nothing_of_a_screen():
    text = (SKILL / "SKILL.md").read_text(encoding="utf-8")
    assert told_to_the_user(text)
    assert GUI.findall(told_to_the_user(text)) == []
    assert GUI.search(told_to_the_user("> Click the button"))


def test_every_number_of_the_protocol_has_an_action():
    import_module("slimreel.errors.service")
    kinds = _below(import_module("slimreel.errors.service").ServiceError)
    assert {kind.wire_code for kind in kinds} | {5000} == set(ACTIONS)
    text = (SKILL / "SKILL.md").read_text(encoding="utf-8")
    assert [code for code in ACTIONS if f"\n| {code} | " not in text] == []


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if BLOCK.search(page.read_text(encoding="utf-8"))])
def test_its_commands_run(page: Path, run: Run):
    known = _verbs()
    blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
    there = [one for one in blocks if set(re.findall(r"^slimreel (\w+)", one, re.MULTILINE)) <= known]
    done = run("sh", "-eu", "-c", "\n".join(there))
    assert done.returncode == 0, (done.stdout[-2000:], done.stderr[-2000:])
    if len(there) < len(blocks):
        pytest.skip("the program has no verb `chat` yet")


def test_a_command_that_fails_would_be_seen(run: Run):
    assert run("sh", "-eu", "-c", "slimreel compress nowhere.mp4\ntrue").returncode != 0


def test_the_scenarios_have_the_usual_form():
    found = json.loads((SKILL / "evals/evals.json").read_text(encoding="utf-8"))
    assert found["skill_name"] == SKILL.name
    scenarios = found["evals"]
    assert [one["id"] for one in scenarios] == list(range(1, len(scenarios) + 1))
    for one in scenarios:
        assert one["prompt"] and one["expected_output"] and len(one["assertions"]) >= 2, one["id"]
    wanted = {"quick edit", "batch", "iterative", "out of credits", "expired token", "dropped stream", "unclear"}
    wanted |= {"out of scope", "huge file", "hostile file", "screen talk", "silent turn", "privacy"}
    kinds = Counter(one["kind"] for one in scenarios)
    assert wanted <= set(kinds)
    assert sum(kinds.values()) >= 15
    assert sum(bool(re.search(r"[一-鿿]", one["prompt"])) for one in scenarios) >= 3


def test_the_skill_names_no_verb_and_no_option_that_is_not():
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert set(re.findall(r"\bslimreel (compress|edit|estimate|compare|show|serve|skill)\b", text)) <= _verbs()
    reference = (ROOT / "docs/reference/cli.md").read_text(encoding="utf-8")
    named = {
        option
        for line in text.splitlines()
        if "slimreel " in line and "chat" not in line
        for option in re.findall(r"(?<=[ `])--[a-z-]+", line)
    }
    assert {option for option in named if f"`{option}`" not in reference} <= {"--version"}


def _verbs() -> set[str]:
    app = import_module("slimreel.cli.main").app
    named = [one.name or one.callback.__name__ for one in app.registered_commands if one.callback]
    return {*named, *(one.name for one in app.registered_groups)}


def _below(kind: Any) -> list[Any]:
    return [one for child in kind.__subclasses__() for one in (child, *_below(child))]
