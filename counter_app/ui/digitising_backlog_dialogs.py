"""Windows about older results: a new batch, and the scan of one result."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from counter_app.services.backlog import OldResultView, make_batch
from counter_app.services.backlog_scan import drop_scan
from counter_app.ui.context import AppContext
from counter_app.ui.formatting import local_time
from counter_app.ui.page import nfc
from counter_app.ui.signing_document import SignatureBook, SignaturesDialog
from counter_app.ui.step_dialogs import TaskDialog
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """What the windows say."""

    NEW_TITLE = QT_TRANSLATE_NOOP("BacklogDialogs", "Đợt số hóa kết quả cũ")
    MAKE = QT_TRANSLATE_NOOP("BacklogDialogs", "Lập đợt (Ctrl+Enter)")
    NAME = QT_TRANSLATE_NOOP("BacklogDialogs", "&Tên đợt")
    NAME_HINT = QT_TRANSLATE_NOOP("BacklogDialogs", "Hộ tịch 2019, hộp 12")
    NEW_KIND = QT_TRANSLATE_NOOP("BacklogDialogs", "&Loại kết quả")
    ISSUER = QT_TRANSLATE_NOOP("BacklogDialogs", "&Cơ quan cấp")
    SCANNED = QT_TRANSLATE_NOOP("BacklogDialogs", "{pages} trang, {clerk} quét lúc {time}.")
    DROP = QT_TRANSLATE_NOOP("BacklogDialogs", "&Bỏ bản quét…")
    SURE = QT_TRANSLATE_NOOP("BacklogDialogs", "&Bỏ ngay")
    ASK = QT_TRANSLATE_NOOP(
        "BacklogDialogs",
        "Kết quả {code} sẽ lại là chưa quét, để quét đủ các trang một lần nữa. Bấm «Bỏ ngay» để bỏ bản này.",
    )
    DROPPED = QT_TRANSLATE_NOOP("BacklogDialogs", "Đã bỏ bản quét của {code}. Hãy quét lại kết quả này.")


class BatchDialog(TaskDialog):
    """Asks for the name of a batch and what its results have in common; answers its id."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, _tr(Words.NEW_TITLE), _tr(Words.MAKE), parent)
        self.name, self.kind, self.issuer = QLineEdit(self), QLineEdit(self), QLineEdit(self)
        self.name.setPlaceholderText(_tr(Words.NAME_HINT))
        self.add_field(_tr(Words.NAME), self.name)
        self.add_field(_tr(Words.NEW_KIND), self.kind)
        self.add_field(_tr(Words.ISSUER), self.issuer)
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def work(self) -> Callable[[], Any]:
        texts = (nfc(field.text()) for field in (self.name, self.kind, self.issuer))
        return partial(make_batch, self.context.desk, *texts)


class OldScanDialog(SignaturesDialog):
    """The scan of an older result with its signatures; it can be put aside, so that the result is scanned again."""

    dropped = Signal()

    def __init__(
        self, context: AppContext, row: OldResultView, book: SignatureBook, parent: QWidget | None = None
    ) -> None:
        super().__init__(context, row.file_name, row.sha256, book, parent)
        self._row = row
        self._is_sure = False
        if row.scanned_at is not None:
            words = _tr(Words.SCANNED)
            self.say(words.format(pages=row.pages, clerk=row.scanned_by, time=local_time(row.scanned_at)), "info")
        self.drop_button = self.add_button(Words.DROP)
        self.drop_button.clicked.connect(self.drop)
        self._name_button(Words.DROP)

    @Slot()
    def drop(self) -> None:
        """Asked first, put aside the second time."""
        if not self._is_sure:
            self._is_sure = True
            self.say(_tr(Words.ASK).format(code=self._row.code), "warning")
            self._name_button(Words.SURE)
            return
        self.drop_button.setEnabled(False)
        self.context.executor.submit(partial(drop_scan, self.context.desk, self._row.id), self._done, self._broken)

    def _name_button(self, words: str) -> None:
        self.drop_button.setText(_tr(words))
        self.drop_button.setAccessibleName(self.drop_button.text().replace("&", ""))

    def _done(self, row: OldResultView) -> None:
        self.context.tell(_tr(Words.DROPPED).format(code=row.code), "success")
        self.dropped.emit()
        self.accept()


def _tr(text: str) -> str:
    return translate("BacklogDialogs", text)
