"""Brings the database to the form that this version knows, whoever comes first of several processes."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from slimreel.services.db.engine import Database, unavailable
from slimreel.services.db.models import Base

_LOCK = 0x736C696D  # any number that is always the same


def migrate(database: Database) -> None:
    """Upgrade the database to the newest form. Safe to call from several processes at once."""
    with unavailable(), database.engine.connect() as opened:
        connection = opened.execution_options(slimreel_write=True) if database.is_sqlite else opened
        with connection.begin():
            if not database.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            command.upgrade(config(connection), "head")


def differences(database: Database) -> list[object]:
    """What the tables lack of, or have beside, what the code expects."""
    with database.engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))


def config(connection: Connection) -> Config:
    found = Config()
    found.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    found.set_main_option("path_separator", "os")
    found.attributes["connection"] = connection
    return found
