"""Answers what is asked of a session and not of a timeline: how it stands, credits, help; and stops renders.

Every answer is a sentence in the language that was asked in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slimreel.agent.clarify import outside
from slimreel.agent.reply import label
from slimreel.core.units import format_size
from slimreel.edit.summary import describe
from slimreel.services.credits import Ledger
from slimreel.services.db.models import Job
from slimreel.services.jobs import Jobs
from slimreel.services.scene import RUNNING, Scene
from slimreel.settings.service import ServiceSettings

_MOST_JOBS = 5


class Requests:
    """Answers about one session at a time."""

    def __init__(self, settings: ServiceSettings, jobs: Jobs, ledger: Ledger) -> None:
        self._settings, self._jobs, self._ledger = settings, jobs, ledger

    def answer(self, command: Mapping[str, Any], scene: Scene, language: str) -> str:
        params = command["params"]
        match command["op"]:
            case "status":
                return self._status(scene, language, of_timeline=params.get("scope") == "timeline")
            case "credits":
                return self._credits(scene, language)
            case "upload":
                if params.get("url"):
                    return label("chat_upload_url", language, url=str(params["url"]))
                return label("chat_upload", language, limit=format_size(self._settings.upload_bytes))
            case "cancel":
                return self._cancel(scene, language, params.get("job"))
            case "out_of_scope":
                return outside(str(params["reason"]), language)
            case "help":
                return label("chat_help", language)
            case _:
                return label("chat_nothing", language)

    def no_file(self, language: str) -> str:
        return label("chat_no_file", language)

    def _status(self, scene: Scene, language: str, *, of_timeline: bool) -> str:
        gap = "" if language == "zh" else " "
        running = [job for job in scene.jobs if job.state in RUNNING]
        shown = running or list(scene.jobs[:1])
        jobs = gap.join(self._job(job, scene, language) for job in shown[:_MOST_JOBS])
        timelines = gap.join(describe(draft, language) for draft in scene.timelines.drafts.values())
        if of_timeline or not scene.jobs:
            return timelines or label("chat_no_file", language)
        return jobs or label("chat_jobs_none", language)

    def _job(self, job: Job, scene: Scene, language: str) -> str:
        return label(
            "chat_job",
            language,
            title=scene.title_of(job.draft_id),
            what=label(f"chat_kind_{job.kind}", language),
            state=label(f"chat_state_{job.state}", language),
            percent=str(round(100 * job.progress)),
        )

    def _credits(self, scene: Scene, language: str) -> str:
        balance = self._ledger.balance(scene.session.user_id)
        return label(
            "chat_credits",
            language,
            available=str(balance.available),
            frozen=str(balance.frozen),
            export=str(self._settings.price_export),
            edit=str(self._settings.price_edit),
        )

    def _cancel(self, scene: Scene, language: str, name: Any) -> str:
        wanted = [job for job in scene.jobs if job.state in RUNNING and (name is None or job.name == name)]
        for one in wanted:
            self._jobs.cancel(scene.session.user_id, one.name)
        if not wanted:
            return label("chat_cancel_none", language)
        between = "、" if language == "zh" else ", "
        names = (f"{scene.title_of(job.draft_id)} ({label(f'chat_kind_{job.kind}', language)})" for job in wanted)
        return label("chat_cancelled", language, names=between.join(dict.fromkeys(names)))
