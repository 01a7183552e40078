"""Renders survive: whoever is killed, stopped, starved or sent away, each job ends once and is paid once.

Each test is a fault of the list that the service was designed against, named by its number there.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from slimreel.core.goal import Goal
from slimreel.errors.service import Unavailable
from slimreel.services.db.engine import Database, sqlite_url
from slimreel.services.db.migrate import migrate
from tests.services.hosts import FAKE_PROGRAM, Host, children, ffmpeg_of, kill, lives, program_of, wait
from tests.services.stand_ins import account, clip, closings, document_of

FAULTY_PROGRAM = "tests.services.faulty_program"
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")]


@pytest.fixture(scope="session")
def source(tmp_path_factory) -> Path:
    """Takes an encoder about a second."""
    return clip(tmp_path_factory.mktemp("source"), 3, "640x360")


@pytest.fixture(scope="session")
def tiny(tmp_path_factory) -> Path:
    """Takes an encoder a moment."""
    return clip(tmp_path_factory.mktemp("source"), 2, "160x90")


@pytest.fixture(scope="session")
def long_source(tmp_path_factory) -> Path:
    """Takes an encoder many seconds."""
    return clip(tmp_path_factory.mktemp("source"), 20, "1280x720")


@pytest.fixture
def host(tmp_path, source):
    """A host on SQLite."""
    with_database = Database(sqlite_url(tmp_path), pool=10)
    migrate(with_database)
    found = Host(with_database, "", tmp_path, source)
    yield found
    found.close()
    with_database.close()


@pytest.fixture
def any_host(database, database_url, tmp_path, source):
    """A host, once on SQLite and once on Postgres."""
    found = Host(database, database_url, tmp_path, source)
    yield found
    found.close()


def again(host: Host, **settings) -> Host:
    """The same host with other settings."""
    return Host(host.database, host.url, host.folder, host.source, **settings)


def document(host: Host, **changes):
    assert host.source is not None
    return document_of(host.source, goal=Goal(crf=28, encode_speed="balanced", reencode=True), **changes)


def chaos(host: Host, kills: int, seed: int) -> None:
    """Kills a worker, the program of a render or its FFmpeg, again and again, while jobs wait."""
    host = again(host, render_attempts=1000)
    chance, made = random.Random(seed), document(host)
    jobs = [host.submit(f"r{number}", document=made) for number in range(3)]
    done: Counter[str] = Counter()
    worker = host.start()
    try:
        while sum(done.values()) < kills:
            if all(host.now(job).state == "completed" for job in jobs):
                jobs.append(host.submit(f"r{len(jobs)}", document=made))
            victim = chance.choice(("worker", "program", "program", "ffmpeg", "ffmpeg"))
            program = wait(partial(program_of, worker.pid), "a program")
            wait_a_while = chance.random() * 1.5
            with pytest.raises((TimeoutError, subprocess.TimeoutExpired)):
                worker.wait(wait_a_while)
            found = {"worker": worker.pid, "program": program, "ffmpeg": ffmpeg_of(worker.pid)}[victim]
            done[victim] += kill(found)
            if victim == "worker":
                worker.wait()
                worker = host.start()
        for job in jobs:
            assert host.ended(job).state == "completed"
        host.check(jobs)
    finally:
        host.close()
    assert done["worker"] and done["program"] + done["ffmpeg"]


def test_f1_whatever_is_killed_each_job_completes_once(host):
    chaos(host, kills=10, seed=1)


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(2, 4))
@pytest.mark.skipif("SLIMREEL_LONG_TESTS" not in os.environ, reason="takes minutes: set SLIMREEL_LONG_TESTS")
def test_f1_many_more_kills(any_host, seed):
    chaos(any_host, kills=50, seed=seed)


def test_f1_another_worker_takes_over_and_nothing_of_the_dead_one_lives(any_host, long_source):
    any_host.source = long_source
    job = any_host.submit(document=document(any_host))
    first = any_host.start()
    ffmpeg = wait(lambda: ffmpeg_of(first.pid), "FFmpeg")
    program = program_of(first.pid)
    second = any_host.start()
    first.kill()
    first.wait()
    wait(lambda: not lives(ffmpeg) and not lives(program), "their end", 5)
    wait(lambda: ffmpeg_of(second.pid), "the other worker")
    found = any_host.now(job)
    assert (found.state, found.attempts, found.fence) == ("processing", 0, 2)
    any_host.jobs.cancel(job.user_id, job.name)
    assert any_host.ended(job).state == "cancelled"
    any_host.check([job])


def test_f3_poison_is_given_up_and_the_queue_goes_on(host, tiny):
    host.source = tiny
    user, sessions = account(host.database)
    said = {"user": user, "sessions": sessions}
    poison = host.submit("poison", document=document(host) | {"fault": "crash"}, **said)
    after = host.submit("after", document=document(host), **said)
    host.start(program=FAULTY_PROGRAM)
    found = host.ended(poison)
    assert (found.state, found.attempts, found.problem["code"]) == ("failed", 3, "engine")
    assert host.ended(after).state == "completed"
    host.check([poison, after])


STUB = """
#include <string.h>
#include <signal.h>
#include <unistd.h>
int main(int count, char **words) {
    for (int i = 1; i < count; i++) if (strstr(words[i], "testsrc2") || !strcmp(words[i], "-version")) return 0;
    %s
    return 0;
}
"""


def stub(folder: Path, act: str) -> Path:
    """A program in place of FFmpeg that does this with every file it is given."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("needs a C compiler")
    (folder / "stub.c").write_text(STUB % act)
    subprocess.run([compiler, "-o", folder / "stub", folder / "stub.c"], check=True)
    return folder / "stub"


def test_f3_an_ffmpeg_that_crashes(host, tmp_path, tiny):
    host.source = tiny
    job, other = (host.submit(name, document=document(host)) for name in ("one", "other"))
    host.start(environment={"SLIMREEL_FFMPEG": str(stub(tmp_path, "raise(SIGSEGV);"))})
    for one in (job, other):
        found = host.ended(one)
        assert (found.state, found.attempts, found.problem["code"]) == ("failed", 3, "ffmpeg_failed")
    assert str(tmp_path) not in str(found.problem)
    host.check([job, other])


def test_f10_an_ffmpeg_that_hangs_is_tried_twice(host, tmp_path, tiny):
    host.source = tiny
    job = host.submit(document=document(host))
    path = stub(tmp_path, "for (;;) pause();")
    host.start(environment={"SLIMREEL_FFMPEG": str(path), "SLIMREEL_STALL_S": "1"})
    found = host.ended(job)
    assert (found.state, found.attempts, found.problem["code"]) == ("failed", 2, "stalled")
    host.check([job])


def test_f10_an_ffmpeg_that_is_stopped_is_killed_and_the_job_completes(host):
    job = host.submit(document=document(host))
    worker = host.start(environment={"SLIMREEL_STALL_S": "1"})
    ffmpeg = wait(lambda: ffmpeg_of(worker.pid), "FFmpeg")
    kill(ffmpeg, signal.SIGSTOP)
    found = host.ended(job)
    assert (found.state, found.attempts) == ("completed", 1)
    assert not lives(ffmpeg)
    host.check([job])


def test_f4_a_disk_that_is_full(host, tiny):
    """A limit on the size of files stands for the disk. A database is larger, so it is for the program alone."""
    host.source = tiny
    job = host.submit(document=document(host) | {"fault": "full"})
    after = host.submit("after", document=document(host))
    host.start(program=FAULTY_PROGRAM)
    found = host.ended(job)
    assert found.state == "failed" and found.problem["http_status"] >= 500
    assert host.ended(after).state == "completed"
    host.check([job, after])


FAULTS = (
    *("encoder-half", "encoder-flipped", "encoder-zeroed", "encoder-empty", "encoder-noise", "encoder-other"),
    *("disk-half", "disk-empty", "disk-noise", "disk-other"),
)


def test_f9_what_is_broken_is_not_published(host, tiny, tmp_path_factory):
    host = again(host, render_attempts=1)
    host.source = tiny
    other = clip(tmp_path_factory.mktemp("other"), 1, "160x90")
    jobs = [host.submit(fault, document=document(host) | {"fault": fault, "other": str(other)}) for fault in FAULTS]
    host.start(program=FAULTY_PROGRAM)
    try:
        for job in jobs:
            found = host.ended(job)
            assert (job.name, found.state) == (job.name, "failed")
            assert str(host.folder) not in str(found.problem)
        assert not host.store.keys()
        host.check(jobs)
    finally:
        host.close()


def test_cancel_ends_the_last_ffmpeg(host, long_source):
    host.source = long_source
    job = host.submit(document=document(host))
    worker = host.start()
    wait(lambda: ffmpeg_of(worker.pid), "FFmpeg")
    host.jobs.cancel(job.user_id, job.name)
    wait(lambda: not children(worker.pid), "no child", 10)
    assert host.ended(job).state == "cancelled"
    host.check([job])


def test_a_render_that_takes_too_long_is_stopped(host, long_source):
    host.source = long_source
    late = again(host, render_hours=1 / 3600)
    job = late.submit(document=document(host))
    late.start()
    try:
        found = late.ended(job)
        assert (found.state, found.attempts) == ("failed", 1)
        late.check([job])
    finally:
        late.close()


def test_chunks_that_were_finished_are_not_made_again(host, tmp_path_factory):
    host.source = clip(tmp_path_factory.mktemp("source"), 64, "320x180")
    goal = Goal(video_bitrate_bps=2_000_000, encode_speed="fast")
    job = host.submit(document=document_of(host.source, goal=goal))
    chunks = host.folder / "work" / job.id / "chunks"

    def finished() -> dict[str, int]:
        return {path.name: path.stat().st_mtime_ns for path in chunks.glob("*.json")}

    first = host.start()
    wait(lambda: host.now(job).stage == "encode", "the encode")
    samples = len(finished())
    wait(lambda: len(finished()) > samples, "a chunk")
    kill(first.pid)
    first.wait()
    before = finished()
    host.start()
    wait(lambda: len(finished()) > len(before), "another chunk")
    assert before.items() <= finished().items()
    assert host.now(job).attempts == 0
    host.jobs.cancel(job.user_id, job.name)
    host.ended(job)
    host.check([job])


def test_f16_a_worker_that_is_sent_away_gives_back_what_it_does(any_host, long_source):
    any_host.source = long_source
    job = any_host.submit(document=document(any_host))
    worker = any_host.start()
    ffmpeg = wait(lambda: ffmpeg_of(worker.pid), "FFmpeg")
    waiting = any_host.submit("waiting", document=document(any_host))
    worker.terminate()
    assert worker.wait(30) == 0
    assert not lives(ffmpeg)
    for one in (job, waiting):
        found = any_host.now(one)
        assert (found.state, found.attempts, found.worker) == ("pending", 0, None)
    assert closings(any_host.database) == {}
    any_host.start()
    any_host.until(job, "processing")


def sleep_outside_of_a_transaction(host, worker):
    """Stops a process where it does not hold the one right to write that SQLite has: nobody else could go on."""
    while True:
        worker.send_signal(signal.SIGSTOP)
        try:
            with host.database.write():
                return
        except Unavailable:
            worker.send_signal(signal.SIGCONT)
            time.sleep(0.05)


def test_f17_a_worker_that_slept_comes_too_late(any_host, long_source):
    any_host.source = long_source
    job = any_host.submit(document=document(any_host))
    first = any_host.start()
    wait(lambda: ffmpeg_of(first.pid), "FFmpeg")
    sleep_outside_of_a_transaction(any_host, first)
    second = any_host.start()
    wait(lambda: any_host.now(job).fence == 2, "the other worker")
    first.send_signal(signal.SIGCONT)
    wait(lambda: not children(first.pid), "the end of what the first one did")
    found = any_host.now(job)
    assert (found.fence, found.attempts) == (2, 0)
    assert wait(lambda: ffmpeg_of(second.pid), "the second one goes on")
    any_host.jobs.cancel(job.user_id, job.name)
    any_host.ended(job)
    any_host.check([job])


def test_f18_four_workers_and_many_jobs(any_host):
    any_host = again(any_host, queue_per_account=1000, render_slots=2)
    any_host.source = None
    users = [account(any_host.database, sessions=1) for _ in range(6)]
    jobs = [
        any_host.submit(f"r{number}", user=user, sessions=sessions) for user, sessions in users for number in range(6)
    ]
    for _ in range(4):
        any_host.start(program=FAKE_PROGRAM)
    try:
        for job in jobs:
            assert any_host.ended(job).state == "completed"
        begun = Counter((any_host.folder / "begun.txt").read_text().split())
        assert begun == dict.fromkeys((job.id for job in jobs), 1)
        any_host.check(jobs)
    finally:
        any_host.close()


def test_f19_killed_between_store_and_commit(any_host, tiny):
    any_host.source = tiny
    job = any_host.submit(document=document(any_host))
    first = any_host.start(die_in=str(any_host.folder / "died"))
    assert first.wait(60) == -signal.SIGKILL
    stored = any_host.store.keys()
    assert len(stored) == 1 and any_host.now(job).state == "processing"
    any_host.start()
    assert any_host.ended(job).state == "completed"
    assert any_host.store.keys() == stored  # what was there already is used, and not made again
    any_host.check([job])
