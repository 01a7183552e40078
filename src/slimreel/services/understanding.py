"""From a message and its scene to what is asked: of which timelines, of the session, or what has to be asked back.

Reads and decides; carries nothing out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slimreel.agent import several
from slimreel.agent.answers import read_answer
from slimreel.agent.clarify import Question
from slimreel.agent.interpret import question_of
from slimreel.agent.interpretation import Interpretation
from slimreel.agent.reader import Read
from slimreel.agent.reply import label
from slimreel.agent.several import Share
from slimreel.core.numerals import read_number
from slimreel.services.scene import RUNNING, Scene

Command = Mapping[str, Any]
# What is asked of the session, not of a timeline; it costs nothing.
OF_SESSION = frozenset({"status", "credits", "upload", "cancel", "help", "nothing", "out_of_scope"})
_FREE = OF_SESSION | {"clarify", "export", "preview", "undo", "redo", "reset"}
_MOST_NAMES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What one message asks for."""

    language: str
    shares: tuple[Share, ...] = ()
    requests: tuple[Command, ...] = ()
    question: Question | None = None
    about: str | None = None  # what the question is about
    text: str = ""  # what the answer is to be read with
    unheard: tuple[str, ...] = ()


def understand(text: str, scene: Scene, read: Read) -> Understood:
    """Never raises on any text."""
    if scene.asked is not None and scene.asked.about == "which":
        scope = several.scope_said(text, scene.timelines, scene.facts)
        if scope is not None:
            return _with_scope(scene.asked.text, scope, scene, read)
    if not scene.timelines.are_one:
        wide = read_answer(text, scene.asked, scene.wide(), read)
        if several.is_wide(wide.commands, scene.timelines):
            shares = tuple(several.shares(_edits(wide), scene.timelines))
            return _understood(text, wide, scene, shares, wide_question=True)
    found = read_answer(text, scene.asked, scene.narrow(), read)
    edits = _edits(found)
    meant = scene.timelines.meant
    if len(meant) > 1 and edits and found.missing is None and not several.is_for_each(edits):
        return _ask_which(text, found, scene)
    shares = tuple(Share(key, tuple(edits)) for key in meant) if edits else ()
    return _understood(text, found, scene, shares)


def may_cost(text: str, scene: Scene, read: Read) -> bool:
    """Could carrying this out cost something, as far as the rules can tell?"""
    return any(costs(share) for share in understand(text, scene, read).shares)


def costs(share: Share) -> bool:
    return bool(share.joined) or any(str(command["op"]) not in _FREE for command in share.commands)


def _with_scope(text: str, scope: tuple[str, ...] | str, scene: Scene, read: Read) -> Understood:
    found = read(text, scene.narrow())
    edits = _edits(found)
    if scope == "joined":
        shares: tuple[Share, ...] = (several.all_as_one(edits, scene.timelines, scene.timelines.meant),)
    else:
        shares = tuple(Share(key, tuple(edits)) for key in scope)
    return _understood(text, found, scene, shares)


def _understood(
    text: str, found: Interpretation, scene: Scene, shares: tuple[Share, ...], *, wide_question: bool = False
) -> Understood:
    question = question_of(found, scene.wide() if wide_question else scene.narrow())
    asked = scene.asked
    whole = f"{asked.text} {text}" if asked is not None and question is not None and asked.about != "which" else text
    return Understood(
        language=found.language,
        shares=() if question is not None and not _edits(found) else shares,
        requests=tuple(_left_be(one, scene) for one in found.commands if one["op"] in OF_SESSION),
        question=question,
        about=found.missing.about if found.missing is not None else None,
        text=whole[:4000],
        unheard=tuple(phrase for phrase in found.unheard if not _is_count(phrase, len(shares))),
    )


def _left_be(command: Command, scene: Scene) -> Command:
    """ "Never mind" after a question is said of the question, where nothing is being rendered."""
    idle = not any(job.state in RUNNING for job in scene.jobs)
    return {"op": "nothing", "params": {}} if command["op"] == "cancel" and scene.asked and idle else command


def _is_count(phrase: str, count: int) -> bool:
    """ "All three" says how many timelines are meant."""
    found = read_number(phrase)
    return found is not None and found[0] == count and found[1] == len(phrase)


def _ask_which(text: str, found: Interpretation, scene: Scene) -> Understood:
    names = [scene.title(key) for key in scene.timelines.meant]
    shown = ", ".join(names[:_MOST_NAMES]) + (", …" if len(names) > _MOST_NAMES else "")
    asked = label("ask_which", found.language, count=str(len(names)), names=shown)
    options = (label("ask_which_each", found.language), label("ask_which_joined", found.language), *names[:2])
    return Understood(
        language=found.language,
        question=Question(asked, options),
        about="which",
        text=text,
        requests=tuple(one for one in found.commands if one["op"] in OF_SESSION),
    )


def _edits(found: Interpretation) -> list[Command]:
    return [one for one in found.commands if one["op"] not in OF_SESSION and one["op"] != "clarify"]
