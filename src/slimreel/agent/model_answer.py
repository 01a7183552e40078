"""Judges what a language model answered: the commands are held to the operations, to the session and to what was said.

An answer is a stranger's text. It knows neither the model nor how it was asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slimreel.agent.allowed import REQUESTS, read_request
from slimreel.agent.model_names import named_in_session
from slimreel.agent.model_prompt import Request
from slimreel.agent.model_values import BadAnswer, in_units, judge_amounts, judge_set, judge_times
from slimreel.agent.span import Missing
from slimreel.agent.together import Command
from slimreel.edit.guard import FOREIGN, inspect
from slimreel.edit.log import EditCommand
from slimreel.edit.registry import operations, read_operation
from slimreel.errors import BadDraft, EditRefused

MOST_COMMANDS = 20  # the longest request of the evaluation has 8
_STAGES = ("edit", "history", "goal", "output")
_AMOUNTS = ("amount", "range", "unit")  # what a number answers
# After one of these a time may lie behind the end that the session knows.
_LENGTHENS = frozenset("loop concat speed freeze undo redo reset".split())


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model made of a request, after all checks."""

    commands: tuple[Command, ...]
    missing: Missing | None = None
    unheard: tuple[str, ...] = ()


def read_answer(answer: object, request: Request) -> Answer:
    """The commands of an answer, checked. Raises BadAnswer."""
    held = {"commands": answer} if isinstance(answer, list) else answer
    try:
        found = inspect(held, FOREIGN)
    except BadDraft as error:
        raise BadAnswer(f"this is no answer: {error.fields['detail']}") from error
    listed = found.get("commands")
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise BadAnswer('`commands` has to be a list of {"op": ..., "params": {...}}')
    if not 1 <= len(listed) <= MOST_COMMANDS:
        raise BadAnswer(f"`commands` has to hold 1 to {MOST_COMMANDS}; use clarify or out_of_scope where nothing fits")
    commands: list[Command] = []
    for one in listed:
        lengthens = any(command["op"] in _LENGTHENS for command in commands)
        commands.append(_command(one, request, lengthens=lengthens))
    _judge_together(commands)
    commands.sort(key=_stage)
    asked = [command["params"]["about"] for command in commands if command["op"] == "clarify"]
    return Answer(tuple(commands), Missing(asked[0]) if asked else None, _unheard(found, request))


def _command(found: Mapping[str, Any], request: Request, *, lengthens: bool) -> Command:
    op, given = found.get("op"), found.get("params") or {}
    if not isinstance(op, str) or not isinstance(given, dict):
        raise BadAnswer("every command is an `op` with an object of `params`")
    params = {name: in_units(op, name, value) for name, value in given.items() if value is not None}
    command = {"op": op, "params": params}
    if command in request.found.commands:  # what the rules found themselves needs no other proof
        return command
    try:
        if op in REQUESTS:
            return {"op": op, "params": named_in_session(op, read_request(op, params), request)}
        read_operation(EditCommand(op=op, params=params))
        params = named_in_session(op, params, request)
        read_operation(EditCommand(op=op, params=params))
    except (EditRefused, ValueError) as error:
        raise BadAnswer(str(error)) from error
    judge_set(op, params, request.context)
    if request.found.missing is not None and request.found.missing.about in _AMOUNTS:
        judge_amounts(op, params, request.text)
    judge_times(op, params, None if lengthens else _length_s(params, request))
    return {"op": op, "params": params}


def _length_s(params: Mapping[str, Any], request: Request) -> float | None:
    """How long what a command speaks of is, seconds; None where that is not known."""
    clip = params.get("clip")
    if clip is None or clip == "all":
        return request.context.length_s
    named = request.context.clip_named(str(clip))
    return named.duration_s if named else None


def _judge_together(commands: list[Command]) -> None:
    ops = [command["op"] for command in commands]
    if "out_of_scope" in ops and len(ops) > 1:
        raise BadAnswer("out_of_scope stands alone")
    if ops.count("clarify") > 1:
        raise BadAnswer("ask one question only; leave the rest to later")


def _stage(command: Command) -> int:
    """Edits in the order said, then the goal, then what is wanted of the output, a question last."""
    kind = operations().get(command["op"])
    if kind is not None:
        return max(_STAGES.index(kind.stage), 1)
    return len(_STAGES) if command["op"] == "clarify" else 1


def _unheard(found: Mapping[str, Any], request: Request) -> tuple[str, ...]:
    """The phrases that the model left, as far as they are of the request."""
    listed = found.get("not_understood")
    phrases = [one.strip() for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
    text = request.text.casefold()
    return tuple(dict.fromkeys(phrase for phrase in phrases if phrase and phrase.casefold() in text))
