"""Carries out commands on a draft and measures on the way what they have to know. Renders nothing and keeps nothing."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from slimreel.core.events import Decided, Progress
from slimreel.edit.command import apply_all
from slimreel.edit.draft import Draft
from slimreel.edit.facts import Facts, Transcript
from slimreel.edit.log import EditCommand
from slimreel.edit.operation import Change
from slimreel.engine import silence, speech
from slimreel.errors import BadParameter, FactsMissing, UsageError
from slimreel.graph.material import Material
from slimreel.workbench import captions

Command = EditCommand | Mapping[str, Any]
# Every round measures one thing of one file; a turn that needs more than this goes in circles.
_MOST_MEASUREMENTS = 200


@dataclass(frozen=True, slots=True)
class Applied:
    """The draft after the commands, what each did, and the facts with what was measured for it."""

    draft: Draft
    changes: tuple[Change, ...]
    facts: Facts


def apply_measured(
    draft: Draft, commands: Sequence[EditCommand], facts: Facts, materials: dict[str, Material]
) -> Generator[Progress | Decided, None, Applied]:
    """Apply the commands as one turn. What is said in a file becomes a further entry of `materials`.

    Raises EditRefused (its field `command` is the place of the command), SpeechFailed.
    """
    given = list(commands)
    for _ in range(_MOST_MEASUREMENTS):
        try:
            return Applied(*apply_all(draft, given, facts), facts)
        except FactsMissing as missing:
            facts = yield from _measured(missing, facts, materials)
    return Applied(*apply_all(draft, given, facts), facts)


def read_command(command: object) -> EditCommand:
    """A command from JSON or as it is. Raises UsageError, BadParameter."""
    if isinstance(command, EditCommand):
        return command
    if not isinstance(command, Mapping) or not isinstance(command.get("op"), str):
        raise UsageError(detail=f'A command is {{"op": …, "params": {{…}}}}, not {str(command)[:80]}.')
    op, params = command["op"], command.get("params", {})
    if not isinstance(params, Mapping):
        raise BadParameter(op=op[:80], field="params", why="they have to be an object")
    if unknown := sorted(set(command) - {"op", "params"}):
        raise BadParameter(op=op[:80], field=str(unknown[0])[:80], why="beside op and params a command holds nothing")
    return EditCommand(op=op, params=dict(params))


def _measured(
    missing: FactsMissing, facts: Facts, materials: dict[str, Material]
) -> Generator[Progress | Decided, None, Facts]:
    """The facts with what was missing; what is said in a file becomes a further material."""
    of = materials[str(missing.fields["asset"])]
    if missing.fields["need"] == "silences":
        found = yield from silence.measure(of, float(str(missing.fields["threshold_db"])))
        return replace(facts, silences=(*facts.silences, found))
    heard = yield from speech.listen(of, str(missing.fields["language"]))
    told = Transcript(asset=of.asset.id, subtitles=None, language=heard.language or "auto")
    if heard.cues:
        material = captions.material_of(heard, of.asset, f"a{len(materials) + 1}")
        materials[material.asset.id] = material
        told = replace(told, subtitles=material.asset.id)
        facts = replace(facts, assets=(*facts.assets, material.asset))
    return replace(facts, transcripts=(*facts.transcripts, told))
