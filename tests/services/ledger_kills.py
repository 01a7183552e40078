"""A program: workers that hold and settle on one SQLite file, killed again and again in the middle of what they do.

It prints one JSON object. It is a program of its own because it forks, which wants a process without threads; a worker
that had to import everything anew would spend its short life on that.
"""

from __future__ import annotations

import gc
import json
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import NoReturn

from sqlalchemy import text
from sqlalchemy.orm import Session as Transaction

from slimreel.errors.service import NoCredits
from slimreel.services.clock import now
from slimreel.services.credits import Ledger
from slimreel.services.db.engine import Database, sqlite_url
from slimreel.services.db.migrate import migrate

WORKERS = 2
USERS = [f"anon_{number:016x}" for number in range(3)]
SHORTEST_S, LONGEST_S = 0.005, 0.035
CHECKED_EVERY = 100
CREDITS = 10**9


class Work:
    """What one worker does until it is killed. `whole`: a job's state and its credits change in one transaction."""

    def __init__(self, database: Database, *, whole: bool) -> None:
        self.database = database
        self.ledger = Ledger(database, now)
        self.whole = whole
        self.chance = random.Random()

    def go_on(self) -> None:
        """One step: a job that somebody left open is closed, also by two workers at once, or a new one begins."""
        with self.database.read() as transaction:
            query = text("SELECT name FROM work WHERE state = 'open' ORDER BY name LIMIT 3")
            left = [name for (name,) in transaction.execute(query)]
        if left:
            self.close(self.chance.choice(left))
        else:
            self.begin(f"job{time.time_ns()}.{os.getpid()}")

    def begin(self, name: str) -> None:
        user, amount = self.chance.choice(USERS), self.chance.randrange(20)

        def hold(transaction: Transaction) -> None:
            try:
                self.ledger.hold(transaction, user, amount, job=name, note="A job")
            except NoCredits as error:  # there are enough for all: a lost one shows here first
                raise AssertionError from error

        def note_down(transaction: Transaction) -> None:
            transaction.execute(
                text("INSERT INTO work VALUES (:name, :amount, 'open')"), {"name": name, "amount": amount}
            )

        self.together(hold, note_down)

    def close(self, name: str) -> None:
        share = self.chance.choice((0, 1, 2))

        def pay(transaction: Transaction) -> None:
            if share == 0:
                self.ledger.release(transaction, name)
            else:
                query = text("SELECT amount FROM work WHERE name = :name")
                amount = transaction.execute(query, {"name": name}).scalar_one()
                self.ledger.settle(transaction, name, amount // share)

        def note_down(transaction: Transaction) -> None:
            transaction.execute(text("UPDATE work SET state = 'closed' WHERE name = :name"), {"name": name})

        self.together(note_down, pay)

    def together(self, *parts) -> None:
        if self.whole:
            with self.database.write() as transaction:
                for part in parts:
                    part(transaction)
            return
        for part in parts:
            with self.database.write() as transaction:
                part(transaction)


def main(folder: Path, kills: int, *, whole: bool) -> dict[str, object]:
    database = Database(sqlite_url(folder))
    migrate(database)
    work = Work(database, whole=whole)
    with database.write() as transaction:
        transaction.execute(text("CREATE TABLE work (name TEXT PRIMARY KEY, amount INTEGER, state TEXT)"))
    with database.write() as transaction:
        for user in USERS:
            work.ledger.grant(transaction, user, CREDITS, job=f"grant:{user}", note="")
    for _ in range(4):  # what SQLAlchemy compiles is inherited
        work.go_on()
    database.close()
    gc.freeze()
    began, killed, crashed = time.monotonic(), 0, 0
    violations: list[str] = []
    while killed < kills and not violations:
        workers = [fork(work) for _ in range(WORKERS)]
        for _ in range(min(CHECKED_EVERY, kills - killed)):
            time.sleep(random.uniform(SHORTEST_S, LONGEST_S))
            number = random.randrange(WORKERS)
            crashed += not end(workers[number])
            workers[number] = fork(work)
            killed += 1
        for worker in workers:
            end(worker)
        violations = found(database, work.ledger)
        database.close()
    with database.read() as transaction:
        closed = transaction.execute(text("SELECT count(*) FROM work WHERE state = 'closed'")).scalar_one()
    seconds = round(time.monotonic() - began, 1)
    return {"kills": killed, "jobs": closed, "seconds": seconds, "crashed": crashed, "violations": violations[:20]}


def found(database: Database, ledger: Ledger) -> list[str]:
    """What the ledger says of itself, and where the jobs and the ledger do not agree."""
    with database.read() as transaction:
        query = """
            SELECT work.name, work.state, held.id IS NOT NULL, count(closed.id)
            FROM work
            LEFT JOIN transfers held ON held.job = work.name AND held.phase = 'open'
            LEFT JOIN transfers closed ON closed.job = work.name AND closed.phase = 'close'
            GROUP BY work.name
            HAVING held.id IS NULL OR count(closed.id) != (work.state = 'closed')
        """
        differing = [f"{name} is {state}, closed {times}" for name, state, _, times in transaction.execute(text(query))]
        query = "SELECT job FROM transfers WHERE kind = 'hold' AND job NOT IN (SELECT name FROM work)"
        differing += [f"{job} is held, and nobody knows it" for (job,) in transaction.execute(text(query))]
    return [*ledger.check(), *differing]


def fork(work: Work) -> int:
    """The number of a new worker."""
    process = os.fork()
    if process == 0:
        worker(work)
    return process


def worker(work: Work) -> NoReturn:
    try:
        work.chance.seed()
        while True:
            work.go_on()
    finally:
        os._exit(1)


def end(process: int) -> bool:
    """Kill a worker. Did it live till then?"""
    os.kill(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    return os.WIFSIGNALED(status)


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), whole=sys.argv[3] == "whole")))
