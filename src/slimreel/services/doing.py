"""Carries out what a message asks of timelines, and keeps what came of it. Understands no words and makes no sentence.

What is kept is kept in the transaction that ends the turn, so a turn happens whole or not at all.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.orm import Session as Transaction

from slimreel.agent.several import Share
from slimreel.edit import wire
from slimreel.edit.draft import Draft, Output
from slimreel.edit.facts import Facts
from slimreel.edit.log import EditCommand
from slimreel.edit.operation import Change
from slimreel.graph.material import Material
from slimreel.services.assets import Assets
from slimreel.services.db import models
from slimreel.services.drafts import Drafts
from slimreel.services.exports import Exports
from slimreel.services.heard import Heard, HeardCaptions
from slimreel.services.requests import Requests
from slimreel.services.scene import Scene
from slimreel.services.understanding import Understood, costs
from slimreel.workbench.applying import Applied, apply_measured, read_command
from slimreel.workbench.finish import finish

logger = logging.getLogger("slimreel.services")


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A timeline after a turn, and what the turn did to it."""

    key: str
    row_id: str
    base_revision: int
    after: Draft
    commands: tuple[Mapping[str, Any], ...]
    changes: tuple[Change, ...]
    joined: tuple[str, ...] = ()  # titles of what was put behind it


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """All that came of a turn. `told` are sentences of their own, such as answers about the session."""

    saved: tuple[Saved, ...] = ()
    started: tuple[models.Job, ...] = ()
    told: tuple[str, ...] = ()
    commands: tuple[Mapping[str, Any], ...] = ()
    facts: Facts = field(default_factory=Facts)
    heard: tuple[HeardCaptions, ...] = ()
    asked: Mapping[str, Any] | None = None
    costs: bool = False


class Doing:
    """Does what is asked of the timelines of sessions."""

    def __init__(self, drafts: Drafts, assets: Assets, heard: Heard, exports: Exports, requests: Requests) -> None:
        self._drafts, self._assets, self._heard = drafts, assets, heard
        self._exports, self._requests = exports, requests

    def do(self, turn: models.Turn, scene: Scene, understood: Understood) -> Outcome:
        """Raises the errors of the operations; then nothing at all has happened."""
        language = understood.language
        told = tuple(self._requests.answer(command, scene, language) for command in understood.requests)
        asked = {"text": understood.text, "about": understood.about} if understood.question is not None else None
        if not scene.timelines.drafts and not told:
            return Outcome(told=(self._requests.no_file(language),))
        saved: list[Saved] = []
        facts, heard = scene.facts, list[Material]()
        for share in understood.shares:
            one, facts, new = self._on_timeline(share, scene, facts)
            saved.append(one)
            heard += new
        started = tuple(job for one in saved for job in self._start(turn, scene, one))
        commands = tuple(command for share in understood.shares for command in share.commands)
        return Outcome(
            saved=tuple(saved),
            started=started,
            told=told,
            commands=commands or tuple(understood.requests),
            facts=facts,
            heard=tuple(self._heard.store(one) for one in heard),
            asked=asked,
            costs=any(
                costs(share) and one.after.log.done != scene.draft(one.key).log.done
                for share, one in zip(understood.shares, saved, strict=True)
            ),
        )

    def keep(self, transaction: Transaction, turn: models.Turn, outcome: Outcome) -> None:
        """Writes down what came of the turn. Raises Conflicting where a timeline changed meanwhile."""
        for captions in outcome.heard:
            self._heard.keep(transaction, turn.session_id, turn.user_id, captions)
        self._assets.keep_facts(transaction, turn.session_id, outcome.facts)
        for one in outcome.saved:
            self._drafts.save(transaction, one.row_id, one.base_revision, one.after)
        session = transaction.get_one(models.Session, turn.session_id)
        session.asked = None if outcome.asked is None else dict(outcome.asked)
        if outcome.saved:
            session.draft_id = outcome.saved[-1].row_id
            session.fresh = []

    def report(self, incident: str, error: BaseException) -> None:
        """Writes a fault of ours into the log, without what anybody said."""
        logger.error("turn failed", exc_info=error, extra={"incident": incident})

    def _on_timeline(self, share: Share, scene: Scene, facts: Facts) -> tuple[Saved, Facts, list[Material]]:
        row, before = scene.rows[share.key], scene.draft(share.key)
        commands = [read_command(command) for command in share.commands]
        assets = [clip.asset for key in share.joined for clip in scene.draft(key).clips]
        if assets:
            commands.insert(0, EditCommand(op="concat", params={"clips": list(dict.fromkeys(assets))}))
        with self._assets.materials(row.session_id) as found:
            materials = dict(found)
            known = set(materials)
            applied: Applied = finish(apply_measured(before, commands, facts, materials), lambda event: None)
        saved = Saved(
            key=share.key,
            row_id=row.id,
            base_revision=row.revision,
            after=applied.draft,
            commands=tuple({"op": one.op, "params": one.params} for one in commands) if assets else share.commands,
            changes=applied.changes[1:] if assets else applied.changes,
            joined=tuple(scene.title(key) for key in share.joined),
        )
        return saved, applied.facts, [one for name, one in materials.items() if name not in known]

    def _start(self, turn: models.Turn, scene: Scene, saved: Saved) -> list[models.Job]:
        """The renders that the turn itself asks for: a finished file, a preview, a GIF. Named after the turn, so that
        doing it again starts none twice."""
        if not any(command["op"] in self._exports.operations for command in saved.commands):
            return []
        outputs: tuple[Output, ...] = saved.after.outputs
        started = []
        for number, output in enumerate(outputs, 1):
            document = wire.dump(replace(saved.after, outputs=(output,)))
            name = f"chat_{turn.id.removeprefix('trn_')[:16]}_{saved.key}_{number}"
            started.append(self._exports.of_turn(scene.session, name, saved.row_id, document, output))
        return started
