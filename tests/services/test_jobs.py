"""What may become of a render, on both databases: once under one name, held by one fence, paid once or not at all."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from slimreel.errors.service import Conflicting, NoCredits, QueueFull, UnknownJob, UnknownSession
from slimreel.services.db.models import Artifact, FeedEntry, Job, Transfer
from slimreel.services.job_states import Finished
from slimreel.services.jobs import Jobs
from tests.services.stand_ins import account, closings, make_jobs, submit

ENGINE_ERROR = {"code": "engine", "class": "EngineError", "fields": {}, "http_status": 500, "sentence": "It broke."}
USER_ERROR = ENGINE_ERROR | {"code": "target_impossible", "http_status": 422, "sentence": "Too small."}
FILE = Finished(kind="video", filename="a.mp4", media_type="video/mp4", blob="artifacts/1", size=5, sha256="0" * 64)


@pytest.fixture
def jobs(database, settings, clock) -> Jobs:
    return make_jobs(database, settings, clock)


@pytest.fixture
def job(database, jobs) -> Job:
    user_id, (session_id,) = account(database)
    return submit(jobs, user_id, session_id)


def now_of(jobs: Jobs, job: Job) -> Job:
    return jobs.get(job.user_id, job.name)


def taken(jobs: Jobs, job: Job, worker: str = "wrk_1") -> int:
    fence = jobs.take(job.id, worker)
    assert fence is not None
    return fence


def test_the_same_again_is_the_same_job(jobs, job, database):
    again = submit(jobs, job.user_id, job.session_id)
    assert again.id == job.id
    with database.read() as transaction:
        assert transaction.scalar(select(func.count()).select_from(Transfer)) == 1


@pytest.mark.parametrize("document", [{"v": 2}, {"v": 1, "g": {"quality": "high"}}])
def test_another_render_under_the_same_name_is_refused(jobs, job, document):
    with pytest.raises(Conflicting):
        submit(jobs, job.user_id, job.session_id, document=document)


def test_the_order_of_keys_makes_no_other_render(jobs, job):
    document = {"v": 1, "g": {"quality": "high", "container": "mp4"}}
    first = submit(jobs, job.user_id, job.session_id, "b", document=document)
    again = submit(jobs, job.user_id, job.session_id, "b", document=dict(reversed(document.items())))
    assert again.id == first.id


def test_a_name_belongs_to_an_account(jobs, job, database):
    other, (session_id,) = account(database)
    assert submit(jobs, other, session_id, job.name, document={"v": 9}).id != job.id
    for call in (jobs.get, jobs.cancel, jobs.requeue):
        with pytest.raises(UnknownJob):
            call(other, "render_none")
    with pytest.raises(UnknownSession):
        submit(jobs, other, job.session_id, "mine")


def test_at_once_under_one_name_is_once(jobs, database):
    user_id, (session_id,) = account(database)
    found: set[str] = set()
    threads = []
    for _ in range(6):
        threads.append(threading.Thread(target=lambda: found.add(submit(jobs, user_id, session_id).id)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    assert len(found) == 1
    with database.read() as transaction:
        assert transaction.scalar(select(func.count()).select_from(Job)) == 1


def test_without_credits_there_is_no_job(jobs, job, database):
    with pytest.raises(NoCredits):
        submit(jobs, job.user_id, job.session_id, "dear", price=1000)
    with pytest.raises(UnknownJob):
        jobs.get(job.user_id, "dear")


def test_the_queue_has_an_end(database, settings, clock):
    jobs = make_jobs(database, replace(settings, queue_per_account=2, queue_in_all=3), clock)
    (one, (first,)), (two, (second,)) = account(database), account(database)
    for number in range(2):
        submit(jobs, one, first, f"r{number}")
    with pytest.raises(QueueFull) as refused:
        submit(jobs, one, first, "r2")
    assert refused.value.fields["retry_after_s"] == 30
    submit(jobs, two, second, "r0")
    with pytest.raises(QueueFull):
        submit(jobs, two, second, "r1")
    jobs.cancel(two, "r0")
    submit(jobs, two, second, "r1")


def test_newest_first_and_on_from_where_one_was(jobs, database, clock):
    user_id, (first, second) = account(database, sessions=2)
    for number in range(5):
        submit(jobs, user_id, first if number % 2 else second, f"r{number}")
        clock.forward(seconds=number % 2)  # some of them at the same moment
    everything = [job.name for job in jobs.list(user_id)]
    assert sorted(everything) == [f"r{number}" for number in range(5)]
    paged = [job.name for job in jobs.list(user_id, count=2)]
    while more := jobs.list(user_id, before=paged[-1], count=2):
        paged += [job.name for job in more]
    assert paged == everything
    assert {job.name for job in jobs.list(user_id, first)} == {"r1", "r3"}


def test_sessions_go_on_one_job_at_a_time(jobs, database, clock):
    user_id, (first, second) = account(database, sessions=2)
    for number, session_id in enumerate((first, first, second)):
        submit(jobs, user_id, session_id, f"r{number}")
        clock.forward(seconds=1)
    assert [job.name for job in jobs.heads(10)] == ["r0", "r2"]
    fence = taken(jobs, jobs.get(user_id, "r0"))
    assert [job.name for job in jobs.heads(10)] == ["r2"]
    assert jobs.take(jobs.get(user_id, "r1").id, "wrk_2") is None
    jobs.complete(jobs.get(user_id, "r0").id, fence, [], [])
    assert [job.name for job in jobs.heads(10)] == ["r1", "r2"]


def test_completed_with_its_file_its_charge_and_its_news(jobs, job, database):
    fence = taken(jobs, job)
    assert jobs.complete(job.id, fence, [FILE], [{"id": "copied_audio", "fields": {}}])
    found = now_of(jobs, job)
    assert (found.state, found.progress, found.reasons[0]["id"]) == ("completed", 1.0, "copied_audio")
    assert [one.filename for one in jobs.artifacts(found)] == ["a.mp4"]
    assert closings(database) == {"settle": 1}
    with database.read() as transaction:
        states = [entry.payload["state"] for entry in transaction.scalars(select(FeedEntry).order_by(FeedEntry.id))]
    assert states == ["pending", "processing", "completed"]


def test_exports_of_one_name_are_told_apart(jobs, database):
    user_id, (session_id, other_id) = account(database, sessions=2)
    names = []
    exports = [(session_id, "preview"), *[(session_id, "export")] * 2, (other_id, "export"), (session_id, "export")]
    for number, (where, kind) in enumerate(exports):
        job = submit(jobs, user_id, where, name=f"render_{number}", kind=kind)
        made = replace(FILE, result={"bytes": 1, "output": "a.mp4"})
        assert jobs.complete(job.id, taken(jobs, job), [made], [])
        found = jobs.artifacts(now_of(jobs, job))
        assert [one.result for one in found] == [{"bytes": 1, "output": one.filename} for one in found]
        names += [one.filename for one in found]
    assert names == ["a.mp4", "a.mp4", "a (2).mp4", "a.mp4", "a (3).mp4"]


def test_an_old_fence_changes_nothing(jobs, job, database):
    old = taken(jobs, job)
    new = taken(jobs, job, "wrk_2")
    assert new == old + 1
    before = now_of(jobs, job)
    assert jobs.advance(job.id, old, "encode", 0.5, 1.0) == "lost"
    assert not jobs.complete(job.id, old, [FILE], [])
    assert jobs.fail(job.id, old, USER_ERROR) == "lost"
    assert not jobs.cancelled(job.id, old)
    assert not jobs.give_back(job.id, old)
    after = now_of(jobs, job)
    assert [(one.state, one.fence, one.worker, one.attempts) for one in (before, after)] == [
        ("processing", new, "wrk_2", 0)
    ] * 2
    assert closings(database) == {}
    assert jobs.complete(job.id, new, [FILE], [])


def test_of_many_who_take_one_has_it(jobs, job):
    found: list[int | None] = []
    threads = []
    for number in range(8):
        worker = f"wrk_{number}"
        threads.append(threading.Thread(target=lambda worker=worker: found.append(jobs.take(job.id, worker, 0))))
        threads[-1].start()
    for thread in threads:
        thread.join()
    assert [one for one in found if one is not None] == [1]


def test_nothing_is_taken_that_has_ended(jobs, job):
    jobs.cancel(job.user_id, job.name)
    assert jobs.take(job.id, "wrk_1") is None
    assert jobs.take("job_unknown", "wrk_1") is None


def test_what_waits_is_cancelled_at_once(jobs, job, database):
    assert jobs.cancel(job.user_id, job.name).state == "cancelled"
    assert jobs.cancel(job.user_id, job.name).state == "cancelled"
    assert closings(database) == {"release": 1}


def test_what_is_at_work_is_asked_to_stop(jobs, job, database):
    fence = taken(jobs, job)
    assert jobs.cancel(job.user_id, job.name).state == "processing"
    assert jobs.advance(job.id, fence, "encode", 0.5, None) == "cancel"
    assert jobs.cancelled(job.id, fence)
    assert (now_of(jobs, job).state, closings(database)) == ("cancelled", {"release": 1})


@pytest.mark.parametrize("end", ["give_back", "fail", "sweep"])
def test_a_cancelled_job_never_waits_again(jobs, job, end):
    fence = taken(jobs, job)
    jobs.cancel(job.user_id, job.name)
    if end == "give_back":
        jobs.give_back(job.id, fence)
    elif end == "sweep":
        jobs.give_back_of("wrk_1")
    else:
        jobs.fail(job.id, fence, ENGINE_ERROR)
    assert now_of(jobs, job).state in ("cancelled", "failed")


def test_what_has_ended_is_not_cancelled(jobs, job):
    jobs.complete(job.id, taken(jobs, job), [], [])
    assert jobs.cancel(job.user_id, job.name).state == "completed"


def test_what_the_user_has_to_mend_fails_at_once(jobs, job, database):
    assert jobs.fail(job.id, taken(jobs, job), USER_ERROR) == "failed"
    found = now_of(jobs, job)
    assert (found.state, found.problem, closings(database)) == ("failed", USER_ERROR, {"release": 1})


def test_errors_of_its_own_are_tried_three_times(jobs, job, database):
    outcomes = [jobs.fail(job.id, taken(jobs, job), ENGINE_ERROR) for _ in range(3)]
    assert outcomes == ["again", "again", "failed"]
    assert (now_of(jobs, job).attempts, closings(database)) == (3, {"release": 1})


def test_a_hang_is_tried_twice(jobs, job):
    hang = ENGINE_ERROR | {"code": "stalled"}
    assert [jobs.fail(job.id, taken(jobs, job), hang) for _ in range(2)] == ["again", "failed"]


def test_who_gets_on_has_not_failed(jobs, job):
    for _ in range(5):
        assert jobs.fail(job.id, taken(jobs, job), ENGINE_ERROR, progressed=True) == "again"
    assert now_of(jobs, job).attempts == 0


def test_deaths_of_workers_count_for_nothing(jobs, job, database):
    for number in range(10):
        taken(jobs, job, f"wrk_{number}")
        assert jobs.give_back_of(f"wrk_{number}") == [job.id]
        assert jobs.give_back_of(f"wrk_{number}") == []
    found = now_of(jobs, job)
    assert (found.state, found.attempts, found.fence, closings(database)) == ("pending", 0, 10, {})


def test_what_kills_every_worker_is_given_up_and_paid_back(jobs, job, database):
    for number in range(20):
        taken(jobs, job, f"wrk_{number}")
        jobs.give_back_of(f"wrk_{number}")
    found = now_of(jobs, job)
    assert found.state == "failed" and found.problem is not None
    assert closings(database) == {"release": 1}


def test_queued_again_it_is_paid_for_again(jobs, job, database):
    jobs.fail(job.id, taken(jobs, job), USER_ERROR)
    again = jobs.requeue(job.user_id, job.name)
    assert (again.id, again.state, again.requeues, again.problem) == (job.id, "pending", 1, None)
    with pytest.raises(Conflicting):
        jobs.requeue(job.user_id, job.name)
    jobs.complete(job.id, taken(jobs, job), [FILE], [])
    assert closings(database) == {"release": 1, "settle": 1}


def test_news_of_progress_is_rationed(jobs, job, database, clock):
    fence = taken(jobs, job)
    for step in range(100):
        clock.forward(seconds=0.25)
        assert jobs.advance(job.id, fence, "analyse" if step < 50 else "encode", step / 100, 1.0) == "go"
    with database.read() as transaction:
        count = transaction.scalar(select(func.count()).select_from(FeedEntry))
    assert 12 <= count <= 18  # 25 seconds, two stages, and its beginning
    assert 0.85 <= now_of(jobs, job).progress <= 1


def test_a_number_that_is_void_is_another_try(jobs, job):
    assert jobs.renumber(job.id, 0)
    assert not jobs.renumber(job.id, 0)
    assert jobs.take(job.id, "wrk_1", 0) is None
    assert jobs.take(job.id, "wrk_1", 1) == 2


STEPS = ["take", "complete", "fail", "user", "give_back", "cancel", "requeue", "sweep", "stale"]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(STEPS), max_size=14))
def test_whatever_happens_each_hold_is_closed_once_and_files_belong_to_what_completed(database, jobs, steps):
    user_id, (session_id,) = account(database)
    job, fence = submit(jobs, user_id, session_id), 0
    for step in steps:
        if step == "take":
            fence = jobs.take(job.id, "wrk_1") or fence
        elif step == "complete":
            jobs.complete(job.id, fence, [FILE], [])
        elif step in ("fail", "user"):
            jobs.fail(job.id, fence, ENGINE_ERROR if step == "fail" else USER_ERROR)
        elif step == "give_back":
            jobs.give_back(job.id, fence)
        elif step == "cancel":
            jobs.cancel(user_id, job.name)
        elif step == "requeue" and now_of(jobs, job).state in ("failed", "cancelled"):
            jobs.requeue(user_id, job.name)
        elif step == "sweep":
            jobs.give_back_of("wrk_1")
        elif step == "stale":
            assert not jobs.complete(job.id, fence - 1, [FILE], [])
    found = now_of(jobs, job)
    with database.read() as transaction:
        rows = transaction.scalars(select(Transfer).where(Transfer.job.startswith(f"render:{job.id}"))).all()
        files = transaction.scalar(select(func.count()).select_from(Artifact).where(Artifact.job_id == job.id))
    opened = sum(row.phase == "open" for row in rows)
    closed = [row.kind for row in rows if row.phase == "close"]
    ended = found.state in ("completed", "failed", "cancelled")
    assert opened == found.requeues + 1 and len(closed) == found.requeues + ended
    assert closed.count("settle") == files == (found.state == "completed")
