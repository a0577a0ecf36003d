"""What the tests of the sync page share: a syncer that remembers how it was called, and the page on the screen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from counter_app.app import RunningApp
from counter_app.models import OutboxMessage
from counter_app.sync.client import Exchange
from counter_app.sync.worker import SyncStatus
from counter_app.ui.sync_page import SyncPage
from tests.ui.window_fixtures import settle


class Syncer:
    """Stands where the worker stands."""

    def __init__(self, running: RunningApp) -> None:
        self.status = SyncStatus()
        self.woken: list[bool] = []
        self.clock_skew: timedelta | None = None
        self.answers: tuple[Exchange, ...] = ()
        self._running = running

    def wake(self, *, insist: bool = False) -> None:
        self.woken.append(insist)

    def pause(self) -> None:
        self.tell(paused=True)

    def resume(self) -> None:
        self.tell(paused=False)
        self.wake(insist=True)

    def exchanges(self) -> tuple[Exchange, ...]:
        return self.answers

    def tell(self, **changes: Any) -> None:
        """A new snapshot, as the worker tells it."""
        self.status = replace(self.status, **changes)
        self._running.context.take_sync_status(self.status)

    def stop(self) -> None: ...


def open_page(running: RunningApp, qtbot: Any) -> SyncPage:
    window = running.window
    window.resize(1366, 768)
    window.show_page("sync")
    window.show()
    qtbot.waitExposed(window)
    shown = window.page("sync")
    assert isinstance(shown, SyncPage)
    come_to_rest(running, shown, qtbot)
    return shown


def come_to_rest(running: RunningApp, page: SyncPage, qtbot: Any) -> None:
    """Wait until the page has read all that it was told to read."""
    settle(qtbot, running.executor)
    qtbot.waitUntil(lambda: not page.gather.isActive() and running.executor.pending == 0)


def refuse(running: RunningApp, code: str, kind: str = "create", **values: Any) -> None:
    """As if the portal had refused the dossier's record, or another message of it."""
    given = {"error_code": "03", "error_field": "SoDienThoai", "last_error": "Số điện thoại không hợp lệ", **values}
    with running.desk.database.write() as session:
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.dossier_code == code, OutboxMessage.kind == kind)
            .values(state="needs_attention", attempts=1, **given)
        )


def cells(page: SyncPage, row: int) -> list[str]:
    """What the row of the outbox shows; nothing beyond the last one."""
    model = page.outbox.model
    return [str(model.data(model.index(row, column))) for column in range(model.columnCount())]
