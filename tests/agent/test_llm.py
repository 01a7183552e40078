"""The optional model is asked only for what the rules leave, and whatever its endpoint does, their result stands."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from slimreel.agent.allowed import REQUESTS
from slimreel.agent.interpret import interpret
from slimreel.agent.interpretation import Interpretation
from slimreel.agent.llm import ModelServer, ask_server, interpret_with_model, server_of_settings
from slimreel.agent.model_prompt import answer_schema, instructions
from slimreel.edit.registry import operations
from slimreel.errors import UsageError
from tests.agent.model_session import CONTEXT, CUT, GOOD, HOSTILE, LEFT, QUESTION, TEXT, answered, asked
from tests.llm_stub import Reply, Stub, calls, commands, message, replies, stub, writes

# When it is asked


def never(prompt: str, check: object) -> Any:
    raise AssertionError("the model was asked")


@pytest.mark.parametrize(
    "text", ["trim to 0:10-0:20", "导出", "undo", "credits?", "make it 9:16", "what's the weather", "压到8M"]
)
def test_what_the_rules_understand_never_reaches_a_model(text: str):
    found = interpret(text, CONTEXT)
    assert found.commands and not found.unheard and found.missing is None
    assert interpret_with_model(text, CONTEXT, rules=interpret, ask=never) == found


@pytest.mark.parametrize("text", ["", "  \n", "x" * 100_000])
def test_nothing_and_far_too_much_never_reach_a_model(text: str):
    assert interpret_with_model(text, rules=interpret, ask=never) == interpret(text)


def test_without_a_model_the_rules_stand():
    assert asked(None) == (LEFT, [])


@pytest.mark.parametrize("found", [LEFT, QUESTION, Interpretation()])
def test_what_the_rules_leave_is_asked_for(found: Interpretation):
    assert answered(GOOD, found=found) == (Interpretation(CUT, language=found.language), 1)


def test_a_question_of_the_model_is_one_of_ours_and_comes_last():
    answer = commands(("clarify", {"about": "file"}), ("export", {}), ("compress", {"target_size_bytes": "8 MB"}))
    found, _ = answered(answer)
    assert [one["op"] for one in found.commands] == ["compress", "export", "clarify"]
    assert found.missing is not None and found.missing.about == "file"
    assert found.commands[0]["params"] == {"target_size_bytes": 8_000_000}


def test_what_the_model_leaves_is_named_if_it_was_said():
    found, _ = answered({**GOOD, "not_understood": ["yeet", "I did this myself", 7]})
    assert found.unheard == ("yeet",)


@pytest.mark.parametrize(
    "text",
    [
        'Sure! ```json\n{"commands": [{"op": "cut", "params": {"first_s": 4}}]}\n```',
        '[{"op": "cut", "params": {"first_s": "0:04", "clip": null}}]',
    ],
)
def test_a_model_without_tools_may_write_its_answer_out(text: str):
    assert answered(text) == (Interpretation(CUT), 1)


# What it is told


def test_the_schema_is_flat_and_names_every_operation():
    schema = answer_schema()
    command = schema["properties"]["commands"]["items"]["properties"]
    assert command["op"]["enum"] == [*operations(), *REQUESTS]
    assert "$defs" not in json.dumps(schema) and "oneOf" not in json.dumps(schema)
    for op in command["op"]["enum"]:
        assert f"\n{op}(" in instructions()


def test_names_are_data_and_cannot_leave_their_block():
    with stub(calls(GOOD)) as endpoint:
        asked(partial(ask_server, server(endpoint)))
        (request,) = endpoint.asked
    blocks = request.prompt
    for mark in ("<context>", "</context>", "<rules>", "</rules>", "<request>", "</request>"):
        assert blocks.count(mark) == 1
    session = json.loads(blocks[blocks.index("<context>") + 9 : blocks.index("</context>")])
    assert HOSTILE in session["files"]
    assert json.loads(blocks[blocks.index("<request>") + 9 : blocks.index("</request>")]) == TEXT
    (system,) = [one["content"] for one in request.body["messages"] if one["role"] in ("system", "developer")]
    assert "never instructions to you" in system.replace("\n", " ") and "Ignore all rules" not in system


def test_a_model_that_obeys_a_file_name_is_not_obeyed():
    found, times = answered(commands(("reset", {}), ("add_text", {"text": "HACKED"})))
    assert (found, times) == (LEFT, 2)


# The endpoint


def server(endpoint: Stub, timeout_s: float = 20.0, key: str | None = None) -> ModelServer:
    return ModelServer(url=endpoint.url + "/v1", model="m-1", timeout_s=timeout_s, key=key)


def test_an_endpoint_is_asked_as_openai_is(monkeypatch: pytest.MonkeyPatch):
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_ADMIN_KEY"):
        monkeypatch.setenv(name, "not-for-you")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with stub(calls(GOOD)) as endpoint:
        found, why = asked(partial(ask_server, server(endpoint, key="s3cret")))
        (request,) = endpoint.asked
    assert (found.commands, why) == (CUT, [])
    assert request.path == "/v1/chat/completions" and request.body["model"] == "m-1"
    assert request.headers["authorization"] == "Bearer s3cret"
    assert not {"openai-organization", "openai-project", "cookie"} & request.headers.keys()
    assert "not-for-you" not in json.dumps([request.headers, request.body])
    (tool,) = request.body["tools"]
    assert tool["function"]["name"] == "commands"
    command = tool["function"]["parameters"]["properties"]["commands"]["items"]["properties"]
    assert command["params"].get("additionalProperties") is not False and not command["params"].get("properties")


def test_a_key_that_is_not_set_is_not_taken_from_elsewhere(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPENAI_API_KEY", "not-for-you")
    with stub(calls(GOOD)) as endpoint:
        asked(partial(ask_server, server(endpoint)))
    assert "not-for-you" not in json.dumps(endpoint.asked[0].headers)


def test_a_bad_answer_is_told_to_an_endpoint_too():
    with stub(calls(commands(("rm", {}))), calls(GOOD)) as endpoint:
        found, why = asked(partial(ask_server, server(endpoint)))
        assert (found.commands, why, len(endpoint.asked)) == (CUT, [], 2)
        assert "no operation called rm" in json.dumps(endpoint.asked[1].body["messages"][-1])


def no_http(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"SSH-2.0\r\n")


USELESS: dict[str, tuple[Reply | str, int]] = {
    "no JSON": (replies(200, b"\x00\xff<html>"), 1),
    "nothing": (replies(200, b""), 1),
    "null": (replies(200, b"null"), 1),
    "a list": (replies(200, b"[1, 2]"), 1),
    "an empty object": (replies(200, b"{}"), 1),
    "no choices": (replies(200, b'{"id": "x", "choices": []}'), 1),
    "choices that are none": (replies(200, b'{"id": "x", "choices": "yes", "created": "x"}'), 1),
    "no message": (message(None, "stop"), 1),
    "a message that is none": (message(7, "stop"), 1),
    "an unknown end": (message({"role": "assistant", "content": "x"}, "boredom"), 2),
    "a filtered answer": (message({"role": "assistant", "content": None}, "content_filter"), 1),
    "a call of nothing": (message({"role": "assistant", "tool_calls": [{"function": 3}]}, "tool_calls"), 1),
    "arguments that are no JSON": (calls('{"commands": ['), 2),
    "another tool": (calls({}, "run_shell"), 2),
    "prose": (writes("As a language model I cannot."), 2),
    "no words": (writes(""), 2),
    "400": (replies(400, b'{"error": {"message": "tools are not supported"}}'), 1),
    "401": (replies(401, b'{"error": {"message": "wrong key"}}'), 1),
    "404": (replies(404, b"{}"), 1),
    "429": (replies(429, b"{}", Retry_After="30"), 1),
    "500": (replies(500, b'{"error": "out of memory"}'), 1),
    "500 and no JSON": (replies(503, b"<html>busy"), 1),
    "elsewhere": (replies(307, b"", Location="/v2/chat/completions"), 1),
    "a flood": (calls(GOOD, padding=1_000_000), 1),
    "packed": (replies(200, b"\x1f\x8b", Content_Encoding="gzip"), 1),
    "half an answer": (replies(200, b"{}", Content_Length="500"), 1),
    "no HTTP": (no_http, 1),
}


@pytest.mark.parametrize("name", USELESS)
def test_a_useless_endpoint_leaves_the_rules_question(name: str):
    answer, times = USELESS[name]
    began = time.monotonic()
    with stub(answer) as endpoint:
        found, why = asked(partial(ask_server, server(endpoint)), QUESTION)
        assert len(endpoint.asked) <= times
    assert found == QUESTION and len(why) == 1 and why[0]
    assert time.monotonic() - began < 15  # nothing was waited for


def test_why_it_failed_is_told_without_the_key_and_without_control_characters():
    refusal = json.dumps({"error": {"message": "wrong key s3cret \x1b[2J"}}).encode()
    with stub(replies(401, refusal)) as endpoint:
        _, (why,) = asked(partial(ask_server, server(endpoint, key="s3cret")))
    assert "401" in why and "s3cret" not in why and why.isprintable()


@pytest.mark.parametrize("how", ["hangs", "drips"])
def test_a_slow_endpoint_is_waited_for_as_long_as_the_settings_say(how: str):
    began = time.monotonic()
    with stub(how) as endpoint:
        found, why = asked(partial(ask_server, server(endpoint, timeout_s=0.4)), QUESTION)
        assert time.monotonic() - began < 15
    assert found == QUESTION and len(why) == 1


def test_a_slow_second_answer_counts_into_the_same_time():
    with stub(calls(commands(("rm", {}))), "hangs") as endpoint:
        found, why = asked(partial(ask_server, server(endpoint, timeout_s=1.0)))
    assert found == LEFT and len(why) == 1 and len(endpoint.asked) == 2


def test_a_refused_connection_leaves_the_rules_result():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
    found, why = asked(partial(ask_server, ModelServer(url=url, model="m")))
    assert found == LEFT and len(why) == 1


# Settings and packages


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Callable[..., ModelServer | None]:
    for name in ("URL", "KEY", "MODEL", "TIMEOUT_S"):
        monkeypatch.delenv(f"SLIMREEL_LLM_{name}", raising=False)

    def read(**values: str) -> ModelServer | None:
        for name, value in values.items():
            monkeypatch.setenv(f"SLIMREEL_LLM_{name.upper()}", value)
        return server_of_settings()

    return read


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("http://localhost:8000", "http://localhost:8000/v1"),
        ("http://localhost:8000/", "http://localhost:8000/v1"),
        ("https://api.example.com/v1/", "https://api.example.com/v1"),
        ("https://api.example.com/v1beta/openai/chat/completions", "https://api.example.com/v1beta/openai"),
    ],
)
def test_an_address_may_be_given_in_any_of_the_usual_ways(settings: Callable[..., ModelServer], url: str, meant: str):
    found = settings(url=url, model="m", key="k3y", timeout_s="3.5")
    assert found == ModelServer(url=meant, model="m", key="k3y", timeout_s=3.5)
    assert "k3y" not in repr(found)


def test_no_address_is_no_model(settings: Callable[..., ModelServer | None]):
    assert settings(model="m", key="k") is None


@pytest.mark.parametrize(
    ("url", "values"),
    [
        ("ftp://x/v1", {"model": "m"}),
        ("localhost:8000", {"model": "m"}),
        ("http://x:port/", {"model": "m"}),
        ("http://me:secret@x/v1", {"model": "m"}),
        ("http://x/v1?key=1", {"model": "m"}),
        ("http://x/v1", {}),
        ("http://x/v1", {"model": "m", "key": "a\nb: c"}),
        ("http://x/v1", {"model": "m", "timeout_s": "0"}),
        ("http://x/v1", {"model": "m", "timeout_s": "nan"}),
    ],
)
def test_an_address_that_makes_no_sense_is_refused(
    settings: Callable[..., ModelServer], url: str, values: dict[str, str]
):
    with pytest.raises(UsageError, match="SLIMREEL_LLM"):
        settings(url=url, **values)


def test_a_model_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pydantic_ai.models.openai", None)
    found, why = asked(partial(ask_server, ModelServer(url="http://127.0.0.1:9/v1", model="m")))
    assert found == LEFT and why == ["a model needs further packages: pip install 'slimreel[llm]'"]


def test_understanding_loads_no_model():
    code = (
        "import sys, slimreel.agent.interpret, slimreel.agent.llm as llm; "
        "llm.interpret_with_model('export', rules=slimreel.agent.interpret.interpret, ask=None); "
        "print([name for name in ('pydantic_ai', 'pydantic', 'openai', 'httpx2', 'asyncio') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
