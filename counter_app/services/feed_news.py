"""What the portal's feed has brought since one last looked, so that open screens read only that again."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from counter_app.models import InboxEntry
from counter_app.services.desk import DeskContext
from counter_app.sync.inbox import EntryKind, EntryState

TOPICS = {
    EntryKind.NEW_DOSSIER: "dossier",
    EntryKind.STEP: "dossier",
    EntryKind.RESULT: "dossier",
    EntryKind.PROCEDURE: "catalogue",
    EntryKind.CALENDAR: "calendar",
}


@dataclass(frozen=True, slots=True)
class FeedNews:
    """``newest``: the entry to look after next time; ``topics``: dossier, catalogue, calendar."""

    newest: int
    topics: frozenset[str]


def feed_news(desk: DeskContext, after: int | None) -> FeedNews:
    """The topics of the entries applied since ``after``; without it only where the feed stands now."""
    with desk.database.read() as session:
        newest = session.scalar(select(func.max(InboxEntry.id))) or 0
        if after is None:
            return FeedNews(newest, frozenset())
        kinds = session.scalars(
            select(InboxEntry.kind)
            .where(InboxEntry.id > after, InboxEntry.id <= newest, InboxEntry.state == EntryState.APPLIED.value)
            .distinct()
        )
        return FeedNews(newest, frozenset(TOPICS[EntryKind(kind)] for kind in kinds))
