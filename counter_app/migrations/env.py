"""Runs the migrations on the connection handed over by ``counter_app.storage``."""

from __future__ import annotations

from alembic import context

from counter_app.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=False,
)
context.run_migrations()
