"""What a render would give, and what one has cost in quality: measured in a program of its own, kept, told in words.

Measurements are heavy: of an account one goes on at a time, and whoever asks meanwhile for the same waits for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from slimreel.agent.wish import goal_from_text
from slimreel.core import records
from slimreel.core.goal import Goal
from slimreel.edit import wire
from slimreel.edit.begin import begin
from slimreel.edit.draft import Draft
from slimreel.edit.guard import OWN
from slimreel.errors.service import BadRequest, NotHere, NothingToRender
from slimreel.graph.whole import whole_file
from slimreel.services import drafts as draft_rows
from slimreel.services.assets import Assets, name_of
from slimreel.services.bench import Bench
from slimreel.services.db import models
from slimreel.services.db.engine import Database
from slimreel.services.drafts import Drafts
from slimreel.services.feed import Feed
from slimreel.services.jobs import Jobs
from slimreel.services.looks import key_of
from slimreel.services.renders import asset_names
from slimreel.services.storage import Storage

_ESTIMATE_S, _COMPARE_S = 300.0, 2 * 3600.0
_WAIT_ESTIMATE_S, _WAIT_COMPARE_S = 10.0, 0.0


class Evidence:
    """Estimates and comparisons of all accounts."""

    def __init__(
        self,
        database: Database,
        storage: Storage,
        feed: Feed,
        *,
        assets: Assets,
        drafts: Drafts,
        jobs: Jobs,
        bench: Bench,
    ) -> None:
        self._database, self._storage, self._feed = database, storage, feed
        self._assets, self._drafts, self._jobs = assets, drafts, jobs
        self._looks, self._measuring, self._heavy = bench.looks, bench.measuring, bench.heavy

    def estimate(
        self,
        session: models.Session,
        *,
        wish: str | None = None,
        asset: str | None = None,
        draft_id: str | None = None,
    ) -> dict[str, Any] | None:
        """What a timeline or a file would give by a wish, else by its own goal: {"facts", "words"}. None meanwhile.

        Raises NotHere, NothingToRender, TooManyRequests, WishNotUnderstood, and the errors of a plan.
        """
        draft = self._meant(session, asset, draft_id)
        if wish is not None and wish.strip():
            draft = replace(draft, goal=goal_from_text(wish), clip_goals={})
        draft = replace(draft, outputs=())
        document = wire.dump(draft)
        user_id, names = session.user_id, asset_names(document)
        rows = [row for row in self._assets.of_session(session.id) if name_of(row) in names]
        goal = records.said(draft.goal or Goal())
        # How a timeline came to be is in its document too, but not that of one whole file.
        is_whole = whole_file(draft, {name_of(row): self._assets.material(row) for row in rows}) is not None
        shown: Any = goal if is_whole else [session.id, draft_rows.digest_of(document)]
        key = key_of("evidence", user_id, "estimate", [[row.sha256, row.filename] for row in rows], shown)

        def make(folder: Path) -> bytes:
            with self._assets.materials(session.id, only=names) as materials:
                told = {name: records.facts_of(material) for name, material in materials.items()}
                request = {"do": "estimate", "document": document, "materials": told}
                return json.dumps(self._measuring.measure(request, most_s=_ESTIMATE_S)).encode()

        return self._found(user_id, key, make, wait_s=_WAIT_ESTIMATE_S)

    def compare(self, session: models.Session, job_name: str) -> dict[str, Any] | None:
        """A finished render against the file that it was made of: {"facts", "words"}. None while it is measured.

        Raises UnknownJob, TooManyRequests, NotComparable, and BadRequest where the render is no video of one whole
        file.
        """
        job = self._jobs.get(session.user_id, job_name)
        if job.session_id != session.id:
            raise NotHere
        made = next((one for one in self._jobs.artifacts(job) if one.result), None)
        if made is None:
            raise BadRequest(detail="this render has not made a video, or has not yet")
        source = self._source_of(session, job)
        key = key_of("evidence", session.user_id, "compare", source.sha256, made.sha256)

        def make(folder: Path) -> bytes:
            with self._storage.local(source.blob) as reference, self._storage.local(made.blob) as output:
                request = {
                    "do": "compare",
                    "reference": str(reference),
                    "output": str(output),
                    "names": {str(reference): source.filename, str(output): made.filename},
                }
                found = self._measuring.measure(request, most_s=_COMPARE_S)
            return json.dumps(found).encode()

        return self._found(
            session.user_id, key, make, wait_s=_WAIT_COMPARE_S, ready=lambda: self._tell(session.id, job)
        )

    def _found(
        self,
        user_id: str,
        key: str,
        make: Callable[[Path], bytes],
        *,
        wait_s: float,
        ready: Callable[[], None] = lambda: None,
    ) -> dict[str, Any] | None:
        kept = self._looks.find(key)
        if kept is None:

            def work() -> bytes:
                content = self._looks.make(user_id, key, make)
                ready()
                return content

            kept = self._heavy.ask(user_id, key, work, wait_s=wait_s)
        found: dict[str, Any] | None = json.loads(kept) if kept is not None else None
        return found

    def _meant(self, session: models.Session, asset: str | None, draft_id: str | None) -> Draft:
        if asset is not None:
            rows = self._assets.of_session(session.id)
            named = next((row for row in rows if asset in (name_of(row), row.id)), None)
            if named is None:
                raise NotHere
            return begin(self._assets.load_facts(session.id), [name_of(named)])
        if draft_id is None and not session.draft_id:
            raise NothingToRender
        draft = draft_rows.read(self._drafts.find(session.id, draft_id or str(session.draft_id)))
        if not draft.length:
            raise NothingToRender
        return draft

    def _source_of(self, session: models.Session, job: models.Job) -> models.Asset:
        draft = replace(wire.load(dict(job.document), OWN), outputs=(), clip_goals={})
        rows = {name_of(row): row for row in self._assets.of_session(session.id)}
        whole = whole_file(draft, {name: self._assets.material(row) for name, row in rows.items()})
        if whole is None:
            raise BadRequest(detail="only a render of one whole file, without edits, can be held against its source")
        return rows[whole.asset.id]

    def _tell(self, session_id: str, job: models.Job) -> None:
        with self._database.write() as transaction:
            payload = {"about": "compare", "job": job.name, "state": "done"}
            self._feed.add(transaction, session_id, "evidence", payload, job_id=job.id)
