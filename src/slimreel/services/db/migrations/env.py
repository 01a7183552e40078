"""Run by Alembic: migrates over the connection that it is handed, or writes SQL where there is none."""

from __future__ import annotations

from alembic import context

from slimreel.services.db.models import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
