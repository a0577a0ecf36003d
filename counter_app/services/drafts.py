"""Drafts: what the clerk had typed, kept against a power cut."""

from __future__ import annotations

from typing import Any

from counter_app.models import Draft
from counter_app.services.desk import DeskContext


def save_draft(desk: DeskContext, name: str, content: dict[str, Any]) -> None:
    """Keep ``content`` under ``name``, replacing what was there."""
    with desk.database.write() as session:
        session.merge(Draft(name=name, content=content, updated_at=desk.clock()))


def load_draft(desk: DeskContext, name: str) -> dict[str, Any] | None:
    """The draft kept under ``name``, None when there is none."""
    with desk.database.read() as session:
        draft = session.get(Draft, name)
        return None if draft is None else dict(draft.content)


def delete_draft(desk: DeskContext, name: str) -> None:
    """Forget the draft, once its dossier is received or the clerk clears the form."""
    with desk.database.write() as session:
        draft = session.get(Draft, name)
        if draft is not None:
            session.delete(draft)
