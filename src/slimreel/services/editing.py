"""Typed operations on a draft, as programs call them: all of them or none, tried or kept, undone and done again.

Values outside their range are clamped and told; a sentence is never asked back. Understands no words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slimreel.edit import history, wire
from slimreel.edit.draft import Draft
from slimreel.edit.operation import Change
from slimreel.edit.registry import operations
from slimreel.errors.service import NothingToRender, NotToUndo, TimelineMoved
from slimreel.services import drafts as draft_rows
from slimreel.services import ids
from slimreel.services.assets import Assets
from slimreel.services.credits import Ledger
from slimreel.services.db import models
from slimreel.services.db.engine import Database
from slimreel.services.drafts import Drafts
from slimreel.services.heard import Heard
from slimreel.settings.service import ServiceSettings
from slimreel.workbench.applying import Applied, apply_measured, read_command
from slimreel.workbench.finish import finish


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A draft after typed operations. `kept` is false after a dry run."""

    draft_id: str
    revision: int
    document: dict[str, Any]
    draft: Draft
    changes: tuple[Change, ...]
    kept: bool


class Editing:
    """Typed operations on the drafts of sessions."""

    def __init__(
        self,
        database: Database,
        settings: ServiceSettings,
        *,
        drafts: Drafts,
        assets: Assets,
        heard: Heard,
        ledger: Ledger,
    ) -> None:
        self._database, self._settings = database, settings
        self._drafts, self._assets, self._heard, self._ledger = drafts, assets, heard, ledger

    def apply(
        self,
        session: models.Session,
        commands: Sequence[Mapping[str, Any]],
        *,
        draft_id: str | None = None,
        base_revision: int | None = None,
        dry_run: bool = False,
        remedy: str = "",
    ) -> Edited:
        """The draft after the operations; a dry run does all but keep it.

        Raises TimelineMoved where `base_revision` is not the draft's, NoCredits, NotHere, and the errors of operations
        (their field `command` is the place in the list).
        """
        row = self._row(session, draft_id)
        if base_revision is not None and base_revision != row.revision:
            raise TimelineMoved(revision=row.revision)
        given = [read_command(command) for command in commands]
        with self._assets.materials(session.id) as found:
            materials = dict(found)
            known = set(materials)
            applied: Applied = finish(
                apply_measured(draft_rows.read(row), given, self._assets.load_facts(session.id), materials),
                lambda event: None,
            )
        after = applied.draft
        if not dry_run:
            heard = [self._heard.store(one) for name, one in materials.items() if name not in known]
            price = self._settings.price_edit if any(_costs(command.op) for command in given) else 0
            with self._database.write() as transaction:
                self._charge(transaction, session.user_id, price, remedy)
                for captions in heard:
                    self._heard.keep(transaction, session.id, session.user_id, captions)
                self._assets.keep_facts(transaction, session.id, applied.facts)
                self._drafts.save(transaction, row.id, row.revision, after)
                kept = transaction.get_one(models.Session, session.id)
                kept.draft_id, kept.fresh, kept.asked = row.id, [], None
        return Edited(
            draft_id=row.id,
            revision=after.log.revision,
            document=wire.effective(after),
            draft=after,
            changes=applied.changes,
            kept=not dry_run,
        )

    def take_back(self, session: models.Session, draft_id: str | None, revision: int) -> Edited:
        """The draft without the turn that led to this revision, and without all that came after it.

        Raises NotHere, NotToUndo, and TimelineMoved where somebody edits at the same moment.
        """
        row = self._row(session, draft_id)
        then = self._drafts.at_revision(row.id, revision)
        steps = history.steps_back(draft_rows.read(row).log, then.log)
        if not steps:
            raise NotToUndo(revision=revision)
        undo = {"op": "undo", "params": {"steps": steps}}
        return self.apply(session, [undo], draft_id=row.id, base_revision=row.revision)

    def _row(self, session: models.Session, draft_id: str | None) -> models.Draft:
        if draft_id is not None:
            return self._drafts.find(session.id, draft_id)
        rows = self._drafts.of_session(session.id)
        if not rows:
            raise NothingToRender
        return next((row for row in rows if row.id == session.draft_id), rows[-1])

    def _charge(self, transaction: Any, user_id: str, price: int, remedy: str) -> None:
        if price:
            job = f"edit:{ids.new('edt')}"
            self._ledger.hold(transaction, user_id, price, job=job, note="change of the timeline", remedy=remedy)
            self._ledger.settle(transaction, job)


def _costs(op: str) -> bool:
    """Undoing is free, and so is asking for a file; a render has a price of its own."""
    kind = operations().get(op)
    return kind is None or kind.stage not in ("history", "output")
