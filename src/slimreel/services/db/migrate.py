"""Brings the database to the form that this version knows, whoever comes first of several processes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from slimreel.services.db.engine import Database, unavailable
from slimreel.services.db.models import Base

if TYPE_CHECKING:
    from alembic.config import Config

# The newest form; tests hold it to the newest migration.
FORM = "0001"
_LOCK = 0x736C696D  # any number that is always the same


def migrate(database: Database) -> None:
    """Upgrade the database to the newest form. Safe to call from several processes at once."""
    if form_of(database) == FORM:
        return  # Alembic takes 13 MB, which a service that is up to date does not need
    from alembic import command

    with unavailable(), database.engine.connect() as opened:
        connection = opened.execution_options(slimreel_write=True) if database.is_sqlite else opened
        with connection.begin():
            if not database.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            command.upgrade(config(connection), "head")


def differences(database: Database) -> list[object]:
    """What the tables lack of, or have beside, what the code expects."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with database.engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))


def form_of(database: Database) -> str | None:
    """The form that a database has; None for an empty one."""
    with unavailable(), database.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found


def config(connection: Connection) -> Config:
    from alembic.config import Config

    found = Config()
    found.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    found.set_main_option("path_separator", "os")
    found.attributes["connection"] = connection
    return found
