"""Alembic migrations; run at start, after a backup (``counter_app.storage``)."""

HEAD_REVISION = "0015"
"""The newest revision, known without importing Alembic: a start on an up-to-date file stays quick."""
