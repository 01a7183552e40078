"""Asks for renders as clients mean it: of which draft, with which wish, and whether the plan allows it.

The queue behind it is another's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slimreel.edit import wire
from slimreel.edit.draft import Draft, Output
from slimreel.edit.guard import OWN
from slimreel.edit.ops.export import Exported
from slimreel.edit.ops.preview import Previewed
from slimreel.errors import BadDraft
from slimreel.errors.service import BadRequest, NothingToRender, PlanForbids
from slimreel.services import drafts as draft_rows
from slimreel.services import ids
from slimreel.services.accounts import Accounts
from slimreel.services.db import models
from slimreel.services.drafts import Drafts
from slimreel.services.jobs import Jobs, Kind
from slimreel.services.wanted import prepared
from slimreel.settings.service import ServiceSettings


class Exports:
    """Asks for files of drafts."""

    # What in a conversation asks for a file.
    operations = frozenset({"export", "preview", "gif", "thumbnail", "extract_audio", "split_parts"})

    def __init__(self, settings: ServiceSettings, drafts: Drafts, jobs: Jobs, accounts: Accounts) -> None:
        self._settings, self._drafts, self._jobs, self._accounts = settings, drafts, jobs, accounts

    def submit(
        self, session: models.Session, name: str, echoed: Mapping[str, Any] | None, output: Mapping[str, Any]
    ) -> models.Job:
        """The render of a session's draft: the one that `echoed` is or names, else the latest.

        Raises BadRequest, NothingToRender, PlanForbids, Conflicting, QueueFull, NoCredits.
        """
        if not ids.RENDER_NAME.fullmatch(name):
            raise BadRequest(detail="id has to be 1 to 128 of the characters A-Z a-z 0-9 . _ -")
        self._check_plan(session.user_id)
        draft_id, draft = self._meant(session, echoed)
        return self._submit(session, name, draft_id, wire.dump(prepared(draft, output)), "export")

    def of_turn(
        self, session: models.Session, name: str, draft_id: str, document: dict[str, Any], output: Output
    ) -> models.Job:
        """The render that a message asked for. Raises PlanForbids, QueueFull, NoCredits."""
        kind: Kind = "output"
        if isinstance(output, Previewed):
            kind = "preview"
        elif isinstance(output, Exported):
            kind = "export"
        if kind != "preview":
            self._check_plan(session.user_id)
        return self._submit(session, name, draft_id, document, kind)

    def _submit(
        self, session: models.Session, name: str, draft_id: str, document: dict[str, Any], kind: Kind
    ) -> models.Job:
        is_preview = kind == "preview"
        return self._jobs.submit(
            user_id=session.user_id,
            session_id=session.id,
            name=name,
            draft_id=draft_id,
            document=document,
            kind=kind,
            price=self._settings.price_preview if is_preview else self._settings.price_export,
            note="preview" if is_preview else "finished file",
        )

    def _check_plan(self, user_id: str) -> None:
        plan = self._settings.plan_export
        if plan == "deny":
            raise PlanForbids(detail="rendering is switched off here")
        if plan == "registered" and self._accounts.account(user_id).kind != "registered":
            raise PlanForbids(detail="register or upgrade your plan to unlock it")

    def _meant(self, session: models.Session, echoed: Mapping[str, Any] | None) -> tuple[str, Draft]:
        """An echoed draft is believed as far as it is one that was handed out here, or names one of this session."""
        rows = {row.id: row for row in self._drafts.of_session(session.id)}
        if not rows:
            raise NothingToRender
        if echoed:
            issued = self._issued(session.id, echoed)
            if issued is not None:
                return issued[0], wire.load(issued[1], OWN)
            named = rows.get(str(echoed.get("id")))
            if named is not None:
                return named.id, draft_rows.read(named)
        row = rows.get(session.draft_id or "") or list(rows.values())[-1]
        return row.id, draft_rows.read(row)

    def _issued(self, session_id: str, echoed: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
        try:
            return self._drafts.issued(session_id, echoed)
        except BadDraft:
            return None
