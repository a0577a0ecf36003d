"""What the applicant gave before, to be used again instead of scanning it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QWidget

from counter_app.errors import UserError
from counter_app.services.desk import DeskContext
from counter_app.services.reuse import Offer, offers, reuse
from counter_app.ui.context import AppContext
from counter_app.ui.formatting import local_date
from counter_app.ui.plain_table import PlainTable
from counter_app.ui.step_dialogs import TaskDialog
from counter_app.ui.theme import set_tone
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """What the window says."""

    TITLE = QT_TRANSLATE_NOOP("ReuseDialog", "Dùng lại giấy tờ đã có")
    USE = QT_TRANSLATE_NOOP("ReuseDialog", "Dùng lại (Ctrl+Enter)")
    HEAD = QT_TRANSLATE_NOOP(
        "ReuseDialog",
        "{dossier} · {applicant}\nGiấy tờ cùng chủ hồ sơ (theo số định danh), cùng loại, còn giá trị. "
        "Đối chiếu với bản giấy trước khi dùng lại; việc này ghi vào lịch sử của cả hai hồ sơ và báo lên cổng.",
    )
    TABLE = QT_TRANSLATE_NOOP("ReuseDialog", "Giấy tờ dùng lại được")
    PAPER = QT_TRANSLATE_NOOP("ReuseDialog", "Giấy tờ")
    FROM = QT_TRANSLATE_NOOP("ReuseDialog", "Nguồn")
    GIVEN = QT_TRANSLATE_NOOP("ReuseDialog", "Ngày nộp, ngày cấp")
    PAGES = QT_TRANSLATE_NOOP("ReuseDialog", "Số trang")
    LOOKING = QT_TRANSLATE_NOOP("ReuseDialog", "Đang tìm giấy tờ đã có…")
    NONE = QT_TRANSLATE_NOOP(
        "ReuseDialog", "Chưa có giấy tờ nào dùng lại được cho thành phần này. Hãy đóng cửa sổ rồi quét."
    )
    CHOOSE = QT_TRANSLATE_NOOP("ReuseDialog", "Hãy chọn một giấy tờ trong danh sách.")
    DONE = QT_TRANSLATE_NOOP("ReuseDialog", "Hồ sơ {dossier} dùng lại «{name}» của {source}.")


class PaperPlace(NamedTuple):
    """A component of a dossier, and whose."""

    dossier: str
    applicant: str
    component: str


class ReuseDialog(TaskDialog):
    """Offers the papers for one component; nothing is used before the clerk has chosen."""

    def __init__(self, context: AppContext, place: PaperPlace, parent: QWidget | None = None) -> None:
        super().__init__(context, _tr(Words.TITLE), _tr(Words.USE), parent)
        self.place = place
        self.offers: tuple[Offer, ...] = ()
        self.setMinimumWidth(860)
        self.say(_tr(Words.HEAD).format(dossier=place.dossier, applicant=place.applicant))
        heads = [_tr(one) for one in (Words.PAPER, Words.FROM, Words.GIVEN, Words.PAGES)]
        self.table = PlainTable(_tr(Words.TABLE), heads, (300, 200, 170, 90), 0, self)
        self.table.setMinimumHeight(190)
        self.body.insertWidget(1, self.table)
        self.table.doubleClicked.connect(self.submit)
        self.confirm.setEnabled(False)
        set_tone(self.problem, "info")
        self.show_problem(_tr(Words.LOOKING))
        work = partial(offers_for, context.desk, place)
        context.executor.submit(work, self._show, self.failed)

    def work(self) -> Callable[[], Any]:
        row = self.table.currentRow()
        if not 0 <= row < len(self.offers):
            raise UserError("nothing_chosen", _tr(Words.CHOOSE))
        return partial(reuse, self.context.desk, self.place.dossier, self.place.component, self.offers[row].source)

    def succeeded(self, answer: Any) -> None:
        offer = self.offers[self.table.currentRow()]
        super().succeeded(answer)
        self.context.announce("dossier", "outbox", "digitising", dossiers=(self.place.dossier, offer.code))
        self.context.wake_sync()
        words = _tr(Words.DONE).format(dossier=self.place.dossier, name=offer.name, source=offer.code)
        self.context.tell(words, "success")

    @Slot(object)
    def _show(self, found: tuple[Offer, ...]) -> None:
        self.offers = found
        self.table.setRowCount(len(found))
        for row, offer in enumerate(found):
            cells = (offer.name, offer.code, local_date(offer.given_on), str(offer.pages))
            for column, text in enumerate(cells):
                self.table.put(row, column, text)
        self.confirm.setEnabled(bool(found))
        if not found:
            self.show_problem(_tr(Words.NONE))
            return
        self.problem.hide()
        set_tone(self.problem, "error")
        self.table.selectRow(0)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)


def offers_for(desk: DeskContext, place: PaperPlace) -> tuple[Offer, ...]:
    """What may be used again for one component, the latest first."""
    return tuple(offer for offer in offers(desk, place.dossier) if offer.component == place.component)


def _tr(text: str) -> str:
    return translate("ReuseDialog", text)
