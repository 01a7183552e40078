"""Opens the database and its transactions: short ones to read, and ones that own the right to write from the start.

On SQLite a reading transaction that wants to write fails at once whatever the timeout, so writers begin IMMEDIATE.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from slimreel.errors.service import Unavailable

Value = TypeVar("Value")
# How long one waits for another writer. Writers are short; the longest seen under load is 0.2 s.
BUSY_S = 5.0
# A process that is stopped in the middle of a transaction keeps its locks no longer: others wait for them. Nobody
# does anything slow within one.
IDLE_S = 5.0
_TRIES = 5


class Database:
    """One database, on SQLite or Postgres. Its transactions are those of an ORM session that never lazily loads."""

    def __init__(self, url: str, *, pool: int = 40) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self.engine = _sqlite(url) if self.is_sqlite else _postgres(url, pool)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that only reads."""
        with unavailable(), self._sessions() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that writes: all of it is kept, or nothing is. Raises Unavailable where it cannot begin."""
        with unavailable(), self._sessions() as session, session.begin():
            if self.is_sqlite:
                session.connection(execution_options={"slimreel_write": True})
            yield session

    def retry(self, work: Callable[[Session], Value]) -> Value:
        """`work` in a writing transaction, again where another writer was in the way. It must bear being repeated."""
        for tried in range(_TRIES):
            try:
                with self._sessions() as session, session.begin():
                    if self.is_sqlite:
                        session.connection(execution_options={"slimreel_write": True})
                    return work(session)
            except OperationalError as error:
                if tried == _TRIES - 1 or not _is_contention(error):
                    raise Unavailable(detail="the database does not answer", retry_after_s=5) from error
                time.sleep(random.uniform(0.01, 0.05) * 2**tried)
            except DBAPIError as error:
                if error.connection_invalidated and tried < _TRIES - 1:
                    time.sleep(random.uniform(0.05, 0.2) * 2**tried)
                    continue
                raise
        raise AssertionError("unreachable")

    def close(self) -> None:
        self.engine.dispose()


@contextmanager
def unavailable() -> Iterator[None]:
    """A database that does not answer, or whose disk is full, is a passing error and no fault of ours."""
    try:
        yield
    except OperationalError as error:
        raise Unavailable(detail="the database does not answer", retry_after_s=5) from error


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'slimreel.sqlite'}"


def _is_contention(error: OperationalError) -> bool:
    text = str(error.orig).lower()
    return any(word in text for word in ("locked", "busy", "deadlock", "could not serialize"))


def _postgres(url: str, pool: int) -> Engine:
    options = f"-c idle_in_transaction_session_timeout={int(IDLE_S * 1000)}"
    return create_engine(url, pool_size=pool, pool_pre_ping=True, connect_args={"options": options})


def _sqlite(url: str) -> Engine:
    engine = create_engine(url, pool_size=40, max_overflow=20, connect_args={"timeout": BUSY_S})

    @event.listens_for(engine, "connect")
    def opened(connection: sqlite3.Connection, record: Any) -> None:
        connection.isolation_level = None  # we say when a transaction begins
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={int(BUSY_S * 1000)}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begun(connection: Any) -> None:
        writes = connection.get_execution_options().get("slimreel_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
