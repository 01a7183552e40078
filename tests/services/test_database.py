"""The database: migrations lead to the tables of the code, moments keep their zone, writers do not lose one another."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import StatementError

from slimreel.services.clock import now
from slimreel.services.db import migrations
from slimreel.services.db.engine import Database
from slimreel.services.db.migrate import FORM, differences, form_of, migrate
from slimreel.services.db.models import Balance, User


def test_the_newest_form_is_that_of_the_newest_migration(database):
    versions = Path(migrations.__file__).parent / "versions"
    newest = max(path.stem.rpartition("_")[2] for path in versions.glob("*_[0-9]*.py"))
    assert form_of(database) == FORM == newest


def test_migrations_lead_to_the_tables_of_the_code(database):
    assert differences(database) == []


def test_two_processes_may_migrate_at_once(database_url):
    failed = []

    def one():
        database = Database(database_url, pool=2)
        try:
            migrate(database)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
            failed.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def user(name: str, at: datetime | None = None) -> User:
    return User(id=name, kind="anonymous", email=None, password=None, created_at=at or now())


def test_a_moment_comes_back_in_utc(database):
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=8)))
    with database.write() as transaction:
        transaction.add(user("anon_1", moment))
    with database.read() as transaction:
        found = transaction.get(User, "anon_1").created_at
    assert found == moment and found.utcoffset() == timedelta(0)


def test_a_moment_without_a_zone_is_refused(database):
    with pytest.raises(StatementError, match="zone"), database.write() as transaction:
        transaction.add(user("anon_1", datetime(2026, 1, 1)))  # noqa: DTZ001 - the mistake that is meant


def test_a_transaction_happens_whole_or_not_at_all(database):
    def fail_half_way():
        with database.write() as transaction:
            transaction.add(user("anon_1"))
            transaction.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    with database.read() as transaction:
        assert transaction.get(User, "anon_1") is None


def test_many_writers_lose_nothing(database):
    with database.write() as transaction:
        transaction.add(Balance(account="all", amount=0, may_owe=False))

    def add_fifty():
        for _ in range(50):
            with database.write() as transaction:
                row = transaction.scalar(select(Balance).with_for_update())
                row.amount += 1

    threads = [threading.Thread(target=add_fifty) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as transaction:
        assert transaction.scalar(select(func.max(Balance.amount))) == 200
