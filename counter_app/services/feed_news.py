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
    """``newest``: the entry to look after next time; ``topics``: dossier, catalogue, calendar, clash."""

    newest: int
    topics: frozenset[str]


def feed_news(desk: DeskContext, after: int | None) -> FeedNews:
    """The topics of the entries taken since ``after``; without it only where the feed stands now."""
    with desk.database.read() as session:
        newest = session.scalar(select(func.max(InboxEntry.id))) or 0
        if after is None:
            return FeedNews(newest, frozenset())
        rows = session.execute(
            select(InboxEntry.kind, InboxEntry.state)
            .where(InboxEntry.id > after, InboxEntry.id <= newest)
            .group_by(InboxEntry.kind, InboxEntry.state)
        ).all()
    applied = {TOPICS[EntryKind(kind)] for kind, state in rows if state == EntryState.APPLIED}
    waiting = {"clash" for _, state in rows if state in (EntryState.CLASH, EntryState.UNREADABLE)}
    return FeedNews(newest, frozenset(applied | waiting))
