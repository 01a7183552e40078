"""What is built on DBOS, on both of its databases: a try runs once, what is lost is found again, our rows are right."""

from __future__ import annotations

import gc
import threading
import warnings
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from slimreel.engine import sandbox
from slimreel.errors import UsageError
from slimreel.services import workers
from slimreel.services.clock import now
from slimreel.services.renders import Renders
from slimreel.services.workers import Dispatcher, Roster, WorkerParts, run_worker
from slimreel.services.workflow import Workflows
from tests.services.hosts import wait
from tests.services.stand_ins import account, make_jobs, submit


class Steps:
    """Renders that count instead of rendering; `hold` keeps them in their second step."""

    def __init__(self, jobs) -> None:
        self.jobs = jobs
        self.done: Counter[str] = Counter()
        self.running: set[str] = set()
        self.stopping = threading.Event()
        self.go = threading.Event()
        self.go.set()

    def take(self, job_id, worker_id, after):
        self.done["take"] += 1
        return self.jobs.take(job_id, worker_id, after)

    def make(self, job_id, fence):
        self.done["make"] += 1
        self.go.wait(30)
        return True

    def publish(self, job_id, fence):
        self.done["publish"] += 1
        return True

    def settle(self, job_id, fence):
        self.done["settle"] += 1
        return self.jobs.complete(job_id, fence, [], [])

    def sweep(self):
        pass


@pytest.fixture(autouse=True)
def _left_by_dbos():
    """DBOS leaves connections to Postgres that it listens on to the collector, which warns in some later test."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
def served(database, database_url, settings):
    """Settings, jobs and steps over one database."""
    url = "" if database.is_sqlite else database_url
    settings = replace(settings, database_url=url, unsafe=True)
    jobs = make_jobs(database, settings)
    return settings, jobs, Steps(jobs)


@pytest.fixture
def launched(served, database):
    settings, _, steps = served
    worker_id = Roster(database, now).join(1)
    workflows = Workflows(settings, worker_id, steps)
    workflows.launch()
    yield workflows
    steps.go.set()
    workflows.close()


def test_started_often_it_runs_once(served, launched, database):
    _, jobs, steps = served
    user_id, (session_id,) = account(database)
    job = submit(jobs, user_id, session_id)
    for _ in range(5):
        launched.start(job.id, 0)
    wait(lambda: jobs.get(user_id, job.name).state == "completed", "the job")
    launched.start(job.id, 0)
    wait(lambda: launched.is_over(job.id, 0), "the end of the try")
    assert steps.done == dict.fromkeys(("take", "make", "publish", "settle"), 1)


def test_what_a_dead_worker_had_begun_is_not_done_under_its_fence(served, launched, database):
    """The try of the dead goes back into the queue, finds its fence void and ends; a new one does the work."""
    _, jobs, steps = served
    user_id, (session_id,) = account(database)
    job = submit(jobs, user_id, session_id)
    steps.go.clear()
    launched.start(job.id, 0)
    wait(lambda: steps.done["make"], "the step")
    assert jobs.give_back_of(jobs.get(user_id, job.name).worker) == [job.id]
    fence = jobs.get(user_id, job.name).fence
    steps.go.set()
    wait(lambda: launched.is_over(job.id, 0), "the end of the first try")
    assert jobs.get(user_id, job.name).state == "pending"
    launched.start(job.id, fence)
    wait(lambda: jobs.get(user_id, job.name).state == "completed", "the job")
    assert jobs.get(user_id, job.name).attempts == 0


def test_a_try_that_was_queued_on_a_dead_worker_is_found(served, launched, database, monkeypatch):
    _, jobs, steps = served
    user_id, (session_id,) = account(database)
    job = submit(jobs, user_id, session_id)
    steps.go.clear()
    launched.start(job.id, 0)
    wait(lambda: steps.done["make"], "the step")
    launched.recover(launched._worker_id)  # as if it were another's
    assert not launched.is_over(job.id, 0)
    steps.go.set()
    wait(lambda: launched.is_over(job.id, 0), "its end")
    assert jobs.get(user_id, job.name).state == "completed"


def test_where_the_queue_disagrees_the_row_is_right(served, launched, database):
    """The try under this fence has ended, as in a database of DBOS that is older than ours; the job still waits."""
    _, jobs, steps = served
    user_id, (session_id,) = account(database)
    job = submit(jobs, user_id, session_id)
    take, steps.take = steps.take, lambda *arguments: None
    launched.start(job.id, 0)
    wait(lambda: launched.is_over(job.id, 0), "the end of the try")
    steps.take = take
    dispatcher = Dispatcher(jobs, launched)

    def is_completed() -> bool:
        dispatcher.dispatch()
        return bool(jobs.get(user_id, job.name).state == "completed")

    wait(is_completed, "the job")
    assert jobs.get(user_id, job.name).fence == 2


def run(served, database):
    """A worker in a thread; the event that stops it, and the thread."""
    settings, jobs, steps = served
    parts = WorkerParts(settings=settings, database=database, clock=now, jobs=jobs, renders=steps)
    stop = threading.Event()
    thread = threading.Thread(target=run_worker, args=(parts, stop))
    thread.start()
    return stop, thread


def test_a_worker_finds_what_waits_and_what_the_dead_have_left(served, database):
    _, jobs, _ = served
    user_id, (first, second) = account(database, sessions=2)
    left, waiting = submit(jobs, user_id, first, "left"), submit(jobs, user_id, second, "waiting")
    jobs.take(left.id, "wrk_nobody")

    def is_completed(name: str) -> bool:
        return bool(jobs.get(user_id, name).state == "completed")

    stop, thread = run(served, database)
    try:
        for job in (left, waiting):
            wait(partial(is_completed, job.name), job.name)
    finally:
        stop.set()
        thread.join()
    assert jobs.get(user_id, "left").attempts == 0


def test_a_step_that_breaks_off_is_tried_so_often_and_no_more(served, database):
    _, jobs, steps = served
    user_id, (session_id,) = account(database)
    broken = submit(jobs, user_id, session_id, "broken")

    def make(job_id, fence):
        steps.done["make"] += 1
        raise ZeroDivisionError

    steps.make = make
    stop, thread = run(served, database)
    try:
        wait(lambda: jobs.get(user_id, broken.name).state == "failed", "the job")
    finally:
        stop.set()
        thread.join()
    assert steps.done["make"] == jobs.get(user_id, broken.name).attempts == 3


def test_tries_that_are_long_over_are_forgotten(served, launched, database):
    _, jobs, steps = served
    user_id, (session_id,) = account(database)
    job = submit(jobs, user_id, session_id)
    launched.start(job.id, 0)
    wait(lambda: launched.is_over(job.id, 0), "its end")
    assert launched.forget(now() - timedelta(days=1)) == 0
    assert launched.forget(now() + timedelta(days=1)) == 1
    assert launched.forget(now() + timedelta(days=1)) == 0
    launched.start(job.id, 0)
    wait(lambda: steps.done["take"] == 2, "another try")
    assert steps.done["settle"] == 1


def test_a_lost_database_of_the_queue_loses_nothing(served, database, database_url, tmp_path):
    _, jobs, _ = served
    user_id, (session_id,) = account(database)
    stop, thread = run(served, database)
    done = submit(jobs, user_id, session_id, "done")
    wait(lambda: jobs.get(user_id, done.name).state == "completed", "the first job")
    stop.set()
    thread.join()
    after = submit(jobs, user_id, session_id, "after")
    if database.is_sqlite:
        for path in tmp_path.glob("workflow.sqlite*"):
            path.unlink()
    else:
        with database.engine.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA dbos CASCADE")
    stop, thread = run(served, database)
    wait(lambda: jobs.get(user_id, after.name).state == "completed", "the job after")
    stop.set()
    thread.join()
    assert jobs.get(user_id, done.name).fence == 1


def test_a_worker_that_lives_is_not_buried(database, clock):
    roster = Roster(database, clock)
    one, other = roster.join(1), roster.join(1)
    assert roster.dead() == []
    clock.forward(seconds=workers.DEAD_S - 1)
    roster.beat(one)
    clock.forward(seconds=2)
    assert roster.dead() == [other]
    roster.bury(other)
    assert roster.dead() == []
    roster.beat(other)  # it had only slept
    clock.forward(seconds=workers.DEAD_S - 1)
    assert roster.dead() == [one]


def test_without_its_sandbox_a_worker_does_not_start(served, database, monkeypatch):
    settings, jobs, steps = served
    monkeypatch.setattr(sandbox, "level", sandbox.Level)
    parts = WorkerParts(
        settings=replace(settings, unsafe=False), database=database, clock=now, jobs=jobs, renders=steps
    )
    with pytest.raises(UsageError, match="SLIMREEL_UNSAFE"):
        run_worker(parts, threading.Event())


def test_the_steps_of_a_worker_are_those_of_the_workflow():
    for name in ("take", "make", "publish", "settle", "sweep"):
        assert callable(getattr(Renders, name)) and callable(getattr(Steps, name))
