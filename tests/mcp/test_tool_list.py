"""What agents see before they call anything: few tools, each told as to somebody who has never seen it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from slimreel.mcp_server.serving import tools_of
from tests.mcp.agent import Agent
from tests.mcp.golden import FOLDER, PLACES, text_of

MOST_TOOLS = 14
_UNIT = re.compile(
    r"\b(bytes|seconds|bit/s|pixels|frames|percent|turns?|VMAF|most|steps|credits|place)\b", re.IGNORECASE
)
_LIMIT = re.compile(r"\b(at most|up to|only|\d+ to \d+|\d+ renders|at once|one render)\b", re.IGNORECASE)
TOOLS = [(place, tool) for place, is_local in PLACES.items() for tool in tools_of(is_local=is_local)]


def named(value: Any) -> str:
    return value.name if hasattr(value, "name") else str(value)


@pytest.mark.parametrize("place", PLACES)
def test_the_list_is_the_golden_one(place: str):
    golden = (FOLDER / f"tools-{place}.json").read_text(encoding="utf-8")
    assert text_of(is_local=PLACES[place]) == golden, (
        "python -m tests.mcp.golden writes it again; look at the difference"
    )
    assert len(json.loads(golden)) <= MOST_TOOLS


@pytest.mark.parametrize(("place", "tool"), TOOLS, ids=named)
def test_a_description_says_when_units_limits_and_an_example(place: str, tool: Any):
    told = tool.listed().description
    assert told.startswith("Use this "), told
    assert _LIMIT.search(told), "no limit in it"
    assert _UNIT.search(told), "no unit in it"
    example = re.search(r"Example: (\{.*?\})(?=[;.]|$)", told)
    assert example is not None, told
    tool.takes.model_validate(json.loads(example[1]))


@pytest.mark.parametrize(("place", "tool"), TOOLS, ids=named)
def test_numbers_have_bounds_and_units(place: str, tool: Any):
    for name, node in tool.input_schema["properties"].items():
        assert node.get("description"), f"{tool.name}.{name} is not described"
        if node.get("type") in ("integer", "number"):
            assert {"minimum", "exclusiveMinimum"} & node.keys() and "maximum" in node, (
                f"{tool.name}.{name} has no bounds"
            )
            has_unit = re.search(r"_(s|bytes|bps|px)$", name) or _UNIT.search(node["description"])
            assert has_unit or name in {"crf", "size_ratio", "base_revision"}, f"{tool.name}.{name} has no unit"
        if node.get("type") == "string" and "enum" not in node:
            assert "maxLength" in node, f"{tool.name}.{name} may be endless"
    text = json.dumps([tool.input_schema, tool.output_schema])
    assert "$ref" not in text and '"null"' not in text


@pytest.mark.parametrize(("place", "tool"), TOOLS, ids=named)
def test_a_schema_is_one(place: str, tool: Any):
    for schema in (tool.input_schema, tool.output_schema):
        Draft202012Validator.check_schema(schema)
        assert schema["type"] == "object"
    assert tool.input_schema["additionalProperties"] is False


def test_what_only_reads_says_so():
    hints = {tool.name: tool.listed().annotations for tool in tools_of(is_local=True)}
    reads = {name for name, hint in hints.items() if hint and hint.read_only_hint}
    assert reads == {"get_state", "estimate", "compare", "thumbnail", "probe", "list_operations"}
    assert {name for name, hint in hints.items() if hint and hint.destructive_hint} == {
        "export",
        "get_job",
        "cancel_job",
    }


def test_a_client_gets_the_list(here: Agent):
    listed = here.portal.call(here.client.list_tools).tools
    assert [tool.name for tool in listed] == [tool.name for tool in tools_of(is_local=True)]
    prompts = here.portal.call(here.client.list_prompts).prompts
    filled = here.portal.call(lambda: here.client.get_prompt(prompts[0].name, {"file": "/a.mp4", "goal": "8 Mbps"}))
    assert "/a.mp4: 8 Mbps" in str(filled.messages[0].content)
