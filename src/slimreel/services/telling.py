"""Makes the events of a turn from what came of it: each operation with what it did, and then words. Pure.

Every turn ends in at least one sentence, in the language of the message.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from slimreel.agent.reply import label, say, say_error
from slimreel.edit.ops.preview import Previewed
from slimreel.edit.wire import load
from slimreel.errors import SlimreelError
from slimreel.services import adk
from slimreel.services.db import models
from slimreel.services.doing import Outcome, Saved
from slimreel.services.scene import Scene
from slimreel.services.understanding import Understood

_STOPS = (".", "!", "?", "。", "！", "？")


def tell(turn: models.Turn, scene: Scene, understood: Understood, outcome: Outcome, at: datetime) -> list[adk.Event]:
    """The events of the turn, the words last."""
    events: list[adk.Event] = []
    for place, saved in enumerate(outcome.saved, 1):
        delta = {"draft_id": saved.row_id, "revision": saved.after.log.revision}
        for number, command in enumerate(saved.commands, 1):
            call = f"call-{place}-{number}"
            events.append(adk.called(turn.id, at, call, str(command["op"]), command["params"]))
            events.append(
                adk.responded(
                    turn.id, at, call, str(command["op"]), _response(saved, command, understood.language), delta
                )
            )
    delta = {"draft_id": outcome.saved[-1].row_id} if outcome.saved else {}
    if outcome.started:
        delta |= {"render_ids": [job.name for job in outcome.started]}
    options = understood.question.options if understood.question is not None else ()
    events.append(adk.said(turn.id, at, text_of(scene, understood, outcome), delta, options))
    return events


def tell_failure(error: SlimreelError, language: str) -> tuple[str, ...]:
    return (label("chat_failed", language, reason=say_error(error, language)),)


def text_of(scene: Scene, understood: Understood, outcome: Outcome) -> str:
    """What a person reads: what was done, what was not understood, what is asked back."""
    language = understood.language
    sentences = [*_done(scene, outcome, language), *outcome.told]
    if not scene.timelines.drafts:
        return _flowing(sentences, language)
    if understood.unheard:
        between = "、" if language == "zh" else ", "
        sentences.append(label("chat_unheard", language, phrases=between.join(understood.unheard)))
    if understood.question is not None:
        sentences.append(understood.question.text)
    return _flowing(sentences, language) or label("chat_same", language)


def _flowing(sentences: Sequence[str], language: str) -> str:
    """One paragraph; what follows a list, which ends in no stop, begins a line of its own."""
    gap = "" if language == "zh" else " "
    text = ""
    for sentence in filter(None, sentences):
        between = gap if text.endswith(_STOPS) else "\n" if text else ""
        text += between + sentence
    return text


def _done(scene: Scene, outcome: Outcome, language: str) -> Iterator[str]:
    gap = "" if language == "zh" else " "
    several = len(scene.timelines.drafts) > 1
    for saved in outcome.saved:
        told = [say(change, language) for change in saved.changes]
        if saved.joined:
            between = "、" if language == "zh" else ", "
            names, first = between.join(saved.joined), scene.title(saved.key)
            told.insert(0, label("chat_joined", language, names=names, first=first))
        sentence = gap.join(told) or label("chat_same", language)
        named = several and not saved.joined
        yield label("chat_for", language, name=scene.title(saved.key), told=sentence) if named else sentence
    for job in outcome.started:
        yield _started(job, language)


def _started(job: models.Job, language: str) -> str:
    if job.kind == "export":
        return label("chat_render_started", language)
    wanted = load(dict(job.document)).outputs
    if wanted and isinstance(wanted[0], Previewed):
        return label("chat_preview_started", language)
    return label("chat_output_started", language, what=label(f"made_{wanted[0].kind}", language))


def _response(saved: Saved, command: Any, language: str) -> dict[str, Any]:
    return {
        "status": "done",
        "op": command["op"],
        "revision": saved.after.log.revision,
        "changes": [
            {"id": change.id, "target": change.target, "fields": change.fields, "text": say(change, language)}
            for change in saved.changes
        ],
    }
