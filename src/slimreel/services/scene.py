"""What a message is said in: timelines, files, renders and last operations, as words can point at them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from slimreel.agent.answers import Asked
from slimreel.agent.context import Context, context_of
from slimreel.agent.several import Timelines, wide_context
from slimreel.edit.draft import Draft
from slimreel.edit.facts import Facts
from slimreel.services import drafts
from slimreel.services.assets import Assets
from slimreel.services.db import models
from slimreel.services.drafts import Drafts
from slimreel.services.jobs import Jobs
from slimreel.services.turns import Turns

RUNNING = ("pending", "processing")  # states of a render that may still be cancelled


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A session at one moment. Keys of timelines are d1, d2, … in the order in which their videos came."""

    session: models.Session
    rows: Mapping[str, models.Draft]
    timelines: Timelines
    facts: Facts
    last_ops: tuple[Mapping[str, Any], ...]
    asked: Asked | None
    jobs: tuple[models.Job, ...]

    def draft(self, key: str) -> Draft:
        return self.timelines.drafts[key]

    def title(self, key: str) -> str:
        """What people call a timeline: its first clip."""
        clips = self.draft(key).clips
        return clips[0].title if clips else key

    def title_of(self, draft_id: str | None) -> str:
        """The title of the timeline that is kept under this id."""
        return next((self.title(key) for key, row in self.rows.items() if row.id == draft_id), "")

    def wide(self) -> Context:
        """With the clips of all timelines."""
        return self._with_jobs(wide_context(self.timelines, self.facts, self.last_ops))

    def narrow(self) -> Context:
        """With the one timeline that is meant; with files alone where there is none."""
        if not self.timelines.meant:
            return self._with_jobs(Context(assets=tuple(asset.name for asset in self.facts.assets)))
        return self._with_jobs(context_of(self.draft(self.timelines.meant[0]), self.facts, self.last_ops))

    def _with_jobs(self, context: Context) -> Context:
        return replace(context, jobs=tuple({"id": job.name, "state": job.state} for job in self.jobs))


class Scenes:
    """Reads scenes from the database."""

    def __init__(self, drafts_: Drafts, assets: Assets, jobs: Jobs, turns: Turns) -> None:
        self._drafts = drafts_
        self._assets = assets
        self._jobs = jobs
        self._turns = turns

    def load(self, session: models.Session) -> Scene:
        rows = {f"d{row.number}": row for row in self._drafts.of_session(session.id)}
        keys = {row.id: key for key, row in rows.items()}
        fresh = tuple(keys[name] for name in session.fresh if name in keys)
        latest = keys.get(session.draft_id or "")
        meant = fresh if len(fresh) > 1 else (latest,) if latest else ()
        last = self._turns.last_done(session.id)
        asked = session.asked
        return Scene(
            session=session,
            rows=rows,
            timelines=Timelines({key: drafts.read(row) for key, row in rows.items()}, meant),
            facts=self._assets.load_facts(session.id),
            last_ops=tuple(last.commands) if last else (),
            asked=Asked(text=asked["text"], about=asked["about"]) if asked else None,
            jobs=tuple(self._jobs.list(session.user_id, session.id, count=20)),
        )
