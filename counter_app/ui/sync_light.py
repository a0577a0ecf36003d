"""The light of the line on the top bar: a sign, words, and how much waits."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from counter_app.ui.context import AppContext, Changed
from counter_app.ui.theme import set_role, set_tone
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    ONLINE = QT_TRANSLATE_NOOP("SyncLight", "● Trực tuyến")
    OFFLINE = QT_TRANSLATE_NOOP("SyncLight", "○ Mất kết nối")
    SIGN_IN = QT_TRANSLATE_NOOP("SyncLight", "! Cần đăng nhập cổng")
    NOT_SET = QT_TRANSLATE_NOOP("SyncLight", "– Chưa nối cổng")
    STARTING = QT_TRANSLATE_NOOP("SyncLight", "… Đang kết nối cổng")
    PAUSED = QT_TRANSLATE_NOOP("SyncLight", "■ ĐANG TẠM DỪNG GỬI")
    WAITING = QT_TRANSLATE_NOOP("SyncLight", "chờ gửi {count}")
    ATTENTION = QT_TRANSLATE_NOOP("SyncLight", "cần xử lý {count}")
    HINT = QT_TRANSLATE_NOOP("SyncLight", "Tình trạng gửi dữ liệu lên cổng. Bấm để xem trang Đồng bộ (F9).")


LIGHTS = {
    "online": (Words.ONLINE, "good"),
    "offline": (Words.OFFLINE, "soon"),
    "sign_in_needed": (Words.SIGN_IN, "late"),
}


class SyncLight(QPushButton):
    """Click: the sync page. The state is said in words, the colour only helps."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.setObjectName("syncLight")
        set_role(self, "light")
        self.setToolTip(translate("SyncLight", Words.HINT))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._context = context
        self._begin()
        context.sync_status.connect(self.show_status)
        context.changed.connect(self._changed)

    def show_status(self, status: Any) -> None:
        """Show the worker's snapshot: ``light``, ``paused``, ``waiting`` and ``needs_attention``."""
        words, tone = LIGHTS.get(str(status.light), (Words.STARTING, "neutral"))
        extra = ""
        if status.waiting:
            extra += "  ·  " + translate("SyncLight", Words.WAITING).format(count=status.waiting)
        if status.needs_attention:
            extra += "  ·  " + translate("SyncLight", Words.ATTENTION).format(count=status.needs_attention)
            tone = "late"
        if status.paused:
            # A pause is a person's own doing and easily forgotten: nothing stands out more.
            words, tone = Words.PAUSED, "halted"
        self._say(words, tone, extra)

    def _begin(self) -> None:
        """Before the first word of the syncer."""
        self._say(Words.STARTING if self._context.desk.settings.portal.url else Words.NOT_SET, "neutral")

    def _changed(self, changed: Changed) -> None:
        if "settings" in changed.kinds:
            self._begin()

    def _say(self, words: str, tone: str, extra: str = "") -> None:
        text = translate("SyncLight", words) + extra
        self.setText(text)
        self.setAccessibleName(text)
        set_tone(self, tone)
