"""Drives renders as durable workflows. It alone knows DBOS, decides nothing, and is never right against our rows.

A workflow is one try at one job: its id is the job's and the fence that the job had, so that starting it twice, here or
on another host, is harmless. Its steps are take, make, publish and settle.

What DBOS does: it keeps the queue, hands each try to one worker, at most so many at once, and remembers which steps are
done. What it does not do by itself:
- Nobody looks after the tries of a worker that died. `recover` puts them back into the queue, when the sweep in
  services/workers.py has found the worker dead.
- A step that was done is not done again, so a try that is recovered would go on under the fence of the dead worker, and
  that worker may only have slept. The sweep gives the job back first; then the old try finds its fence void and ends,
  and the dispatcher starts a new one under a new id. Chunks and files that were finished are kept beside it.
- Cancelling is cooperative: `make` asks the row of the job four times a second, and kills its program.
- It counts deaths of workers as attempts and gives a workflow up after some. Our rows count, so its limit is off.
- Values are pickled unless told otherwise; here they are JSON. The version of the application is a constant, else
  workers of another build would not see the tries at all.
A database of DBOS that is lost, or older than ours, loses nothing: the dispatcher asks our rows.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from dbos import DBOS, DBOSConfig, SetWorkflowID
from dbos._serialization import DBOSPortableJSON

from slimreel.services.db.engine import IDLE_S
from slimreel.services.renders import Renders
from slimreel.settings.service import ServiceSettings

QUEUE = "renders"
# Of the form of the workflow below: it changes when the steps do.
VERSION = "1"
_POLL_S = 0.25
_FORGOTTEN = 1000  # tries at once
_OVER = frozenset({"SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"})
log = logging.getLogger("slimreel.workflow")


class Workflows:
    """The workflows of this process. There can be one of them in a process at a time."""

    def __init__(self, settings: ServiceSettings, worker_id: str, renders: Renders) -> None:
        self._worker_id = worker_id
        self._renders = renders
        config: DBOSConfig = {
            "name": "slimreel",
            "system_database_url": settings.database_url or f"sqlite:///{settings.data / 'workflow.sqlite'}",
            "sys_db_pool_size": 4 + settings.render_slots,
            "application_version": VERSION,
            "executor_id": worker_id,
            "serializer": DBOSPortableJSON,
            "log_level": "ERROR",
            "enable_otlp": False,
            "sys_db_idle_transaction_timeout_sec": IDLE_S,
            "notification_listener_polling_interval_sec": 1.0,
        }
        DBOS(config=config)
        self._workflow = self._registered()
        self._slots = settings.render_slots

    def launch(self) -> None:
        """Connects to the database of DBOS, making it where it is missing, and begins to take work."""
        DBOS.launch()
        DBOS.register_queue(
            QUEUE, worker_concurrency=self._slots, polling_interval_sec=_POLL_S, on_conflict="always_update"
        )

    def start(self, job_id: str, fence: int) -> None:
        """A try at a job that has this fence, on whichever worker is free. Once, however often it is called."""
        with SetWorkflowID(workflow_id(job_id, fence)):
            DBOS.enqueue_workflow(QUEUE, self._workflow, job_id, fence)

    def is_over(self, job_id: str, fence: int) -> bool:
        """Has the try ended, or is it unknown?"""
        status = DBOS.get_workflow_status(workflow_id(job_id, fence))
        return status is None or status.status in _OVER

    def recover(self, worker_id: str) -> None:
        """The tries of a worker that is no more go back into the queue."""
        DBOS._recover_pending_workflows([worker_id])

    def forget(self, before: datetime) -> int:
        """Drops what DBOS remembers of tries that ended before this; how many that were."""
        old = DBOS.list_workflows(
            completed_before=before.isoformat(), queue_name=QUEUE, limit=_FORGOTTEN, load_input=False, load_output=False
        )
        if old:
            DBOS.delete_workflows([one.workflow_id for one in old])
        return len(old)

    def close(self) -> None:
        """Takes nothing more. What still runs is left to itself."""
        DBOS.destroy(destroy_registry=True)

    def _registered(self) -> Callable[[str, int], str]:
        renders, worker_id = self._renders, self._worker_id

        @DBOS.step(name="take")
        def take(job_id: str, after: int) -> int | None:
            return renders.take(job_id, worker_id, after)

        @DBOS.step(name="make")
        def make(job_id: str, fence: int) -> bool:
            return renders.make(job_id, fence)

        @DBOS.step(name="publish")
        def publish(job_id: str, fence: int) -> bool:
            return renders.publish(job_id, fence)

        @DBOS.step(name="settle")
        def settle(job_id: str, fence: int) -> bool:
            return renders.settle(job_id, fence)

        @DBOS.workflow(name="render", max_recovery_attempts=None)
        def render(job_id: str, after: int) -> str:
            renders.running.add(job_id)
            try:
                fence = take(job_id, after)
                if fence is None:
                    return "not taken"
                done = make(job_id, fence) and publish(job_id, fence) and settle(job_id, fence)
                return "completed" if done else "not completed"
            finally:
                renders.running.discard(job_id)

        found: Any = render
        checked: Callable[[str, int], str] = found
        return checked


def workflow_id(job_id: str, fence: int) -> str:
    """The try at a job that begins when it has this fence."""
    return f"{job_id}:{fence}"
