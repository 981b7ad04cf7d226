"""Runs the migrations on the connection that directory.database.upgrade hands over."""

from __future__ import annotations

from alembic import context

from directory.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # The gateway keeps its own tables in the same database.
    version_table="directory_version",
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
