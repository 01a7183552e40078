"""Understanding as a use case: a line of JSON in, a line of JSON out, for whoever asks many times. Opens no video."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from slimreel.agent.context import read_context
from slimreel.agent.interpret import as_json
from slimreel.agent.reader import Read, reader

# A line holds a request and the session that it is said in; more than this is no request.
MOST_CHARACTERS = 1_000_000


def understand(text: str, context: Mapping[str, Any] | None = None, read: Read | None = None) -> Mapping[str, Any]:
    """What a request asks for: `{"ops": [{"op", "params"}], "question"?, "options"?, "unheard"?}`.

    Names and units of parameters are those of docs/reference/operations. `context` holds what words can point at:
    `clips`, `elements`, `last_ops`, `assets`, `jobs`; all of it is optional. Raises nothing on any text,
    UsageError where the settings of a language model make no sense.
    """
    scene = read_context(context or {})
    return as_json((read or reader())(text, scene), scene)


def understand_lines(lines: Iterable[str]) -> Iterator[str]:
    """A line of JSON for each line `{"context"?: {…}, "text": "…"}`, in order. A line that is none of these gives
    `{"ops": [], "error": "…"}`; empty lines give nothing."""
    read = reader()
    for line in lines:
        if not line.strip():
            continue
        yield json.dumps(_answer(line, read), ensure_ascii=False, separators=(",", ":"))


def _answer(line: str, read: Read) -> Mapping[str, Any]:
    if len(line) > MOST_CHARACTERS:
        return {"ops": [], "error": f"a line of {len(line)} characters is no request"}
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        return {"ops": [], "error": f"no JSON: {error}"}
    if not isinstance(found, dict) or not isinstance(found.get("text"), str):
        return {"ops": [], "error": 'each line has to hold {"text": "…"} and may hold a "context"'}
    return understand(found["text"], found.get("context"), read)
