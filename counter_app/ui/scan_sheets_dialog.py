"""Separators to look at and to print: for which papers, on what, and on a sheet of labels from which place on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSpinBox, QWidget

from counter_app.services.drafts import load_draft, save_draft
from counter_app.ui.context import AppContext
from counter_app.ui.dossier_page_paper import PrintDialog
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:
    from counter_app.services.desk import DeskContext
    from counter_app.services.scan_sheets import Wanted
    from counter_app.ui.scan_sheets_button import SheetOrder

DRAFT_NAME = "scan_sheets"
LABEL_SHEET = "A4 3x7"
LABELS = 21
"""On one sheet."""
COVERS = ("A4", "A5")
OPEN, CHOSEN, WHOLE = "open", "chosen", "whole"


class Words:
    """What the window says."""

    TITLE = QT_TRANSLATE_NOOP("SheetsDialog", "Tờ ngăn, nhãn QR để quét")
    SCOPE = QT_TRANSLATE_NOOP("SheetsDialog", "In &cho")
    OPEN = QT_TRANSLATE_NOOP("SheetsDialog", "Giấy tờ còn phải quét của hồ sơ {code}")
    OPEN_MANY = QT_TRANSLATE_NOOP("SheetsDialog", "Giấy tờ còn phải quét của {count} hồ sơ")
    CHOSEN = QT_TRANSLATE_NOOP("SheetsDialog", "{count} giấy tờ đang chọn")
    WHOLE = QT_TRANSLATE_NOOP("SheetsDialog", "Cả hồ sơ, giấy tờ chia sau khi quét")
    MEDIUM = QT_TRANSLATE_NOOP("SheetsDialog", "&Khổ")
    A4 = QT_TRANSLATE_NOOP("SheetsDialog", "Tờ ngăn A4")
    A5 = QT_TRANSLATE_NOOP("SheetsDialog", "Tờ ngăn A5")
    LABEL = QT_TRANSLATE_NOOP("SheetsDialog", "Nhãn 70 × 42 mm, máy in nhãn")
    LABEL_SHEET = QT_TRANSLATE_NOOP("SheetsDialog", "Nhãn trên tờ A4 (3 × 7)")
    THERMAL = QT_TRANSLATE_NOOP("SheetsDialog", "Nhãn máy in nhiệt")
    PLACE = QT_TRANSLATE_NOOP("SheetsDialog", "&Từ ô trống")
    PLACE_HINT = QT_TRANSLATE_NOOP(
        "SheetsDialog", "Ô trống đầu tiên của tờ nhãn, đếm từ trái sang phải, từ trên xuống dưới (1 đến 21)."
    )
    COVER_HINT = QT_TRANSLATE_NOOP("SheetsDialog", "Đặt tờ ngăn ngay trước giấy tờ ghi trên nó rồi quét cả chồng.")
    LABEL_HINT = QT_TRANSLATE_NOOP("SheetsDialog", "Dán nhãn lên trang đầu của giấy tờ, không che chữ và dấu.")
    NO_THERMAL = QT_TRANSLATE_NOOP(
        "SheetsDialog", "Chưa đặt máy in nhiệt. Hãy chọn khổ khác, hoặc cài ở Cài đặt (Ctrl+,)."
    )
    NO_PRINTER = QT_TRANSLATE_NOOP(
        "SheetsDialog",
        "Chưa đặt máy in cho khổ này. Có thể lưu PDF để in nơi khác, hoặc chọn máy in ở Cài đặt (Ctrl+,).",
    )


MEDIA = {
    "A4": Words.A4,
    "A5": Words.A5,
    "70x42": Words.LABEL,
    LABEL_SHEET: Words.LABEL_SHEET,
    "thermal": Words.THERMAL,
}


@dataclass(frozen=True, slots=True)
class Kept:
    """What was chosen the last time. ``place``: the first free one on the sheet of labels, from 1."""

    medium: str = "A4"
    place: int = 1


def read_kept(desk: DeskContext) -> Kept:
    """As the desk remembers it."""
    values = load_draft(desk, DRAFT_NAME) or {}
    medium, place = values.get("medium"), values.get("place")
    return Kept(
        medium if medium in MEDIA else "A4",
        place if isinstance(place, int) and 1 <= place <= LABELS else 1,
    )


class SheetsDialog(PrintDialog):
    """Shows what will come out; Enter prints it. Paper and place are remembered for the next time."""

    def __init__(self, context: AppContext, order: SheetOrder, kept: Kept, parent: QWidget | None = None) -> None:
        self.order = order
        wanted = _wanted(order, CHOSEN if order.by_paper else OPEN)
        name = f"to-ngan-{order.codes[0]}" if len(order.codes) == 1 else "to-ngan"
        draw, send = partial(_draw, context.desk, wanted, kept), partial(_print, context.desk, wanted, kept)
        super().__init__(context, translate("SheetsDialog", Words.TITLE), name, draw, send, parent)
        self._build_choice(kept)
        self._show_printer()

    @Slot()
    def choose_anew(self) -> None:
        """Draw what is chosen now."""
        self.place.setEnabled(self.medium.currentData() == LABEL_SHEET)
        wanted, kept = _wanted(self.order, str(self.scope.currentData())), self.kept()
        self.make = partial(_draw, self.context.desk, wanted, kept)
        self.send = partial(_print, self.context.desk, wanted, kept)
        self.save_button.setEnabled(False)
        self._show_printer()
        self.context.executor.submit(partial(self.make, False), self._show, self._broken)

    def kept(self) -> Kept:
        """What is chosen."""
        return Kept(str(self.medium.currentData()), self.place.value())

    def _build_choice(self, kept: Kept) -> None:
        self.scope, self.medium, self.place = QComboBox(self), QComboBox(self), QSpinBox(self)
        codes = self.order.codes
        words = Words.OPEN if len(codes) == 1 else Words.OPEN_MANY
        self.scope.addItem(_tr(words).format(code=codes[0], count=len(codes)), OPEN)
        if self.order.chosen:
            count = sum(len(papers) for papers in self.order.chosen.values())
            self.scope.addItem(_tr(Words.CHOSEN).format(count=count), CHOSEN)
        self.scope.addItem(_tr(Words.WHOLE), WHOLE)
        for medium, name in MEDIA.items():
            self.medium.addItem(_tr(name), medium)
        self.place.setRange(1, LABELS)
        self.place.setToolTip(_tr(Words.PLACE_HINT))
        with QSignalBlocker(self.scope), QSignalBlocker(self.medium), QSignalBlocker(self.place):
            self.scope.setCurrentIndex(self.scope.findData(CHOSEN if self.order.by_paper else OPEN))
            self.medium.setCurrentIndex(self.medium.findData(kept.medium))
            self.place.setValue(kept.place)
        self.place.setEnabled(kept.medium == LABEL_SHEET)
        row = QHBoxLayout()
        for words, field in ((Words.SCOPE, self.scope), (Words.MEDIUM, self.medium), (Words.PLACE, self.place)):
            caption = QLabel(_tr(words), self)
            caption.setBuddy(field)
            field.setAccessibleName(caption.text().replace("&", ""))
            row.addWidget(caption)
            row.addWidget(field)
        row.addStretch(1)
        layout: Any = self.layout()
        layout.insertLayout(0, row)
        self.scope.currentIndexChanged.connect(self.choose_anew)
        self.medium.currentIndexChanged.connect(self.choose_anew)
        self.place.valueChanged.connect(self.choose_anew)

    def _show(self, pdf: bytes) -> None:
        super()._show(pdf)
        self.save_button.setEnabled(True)

    def _broken(self, error: Exception) -> None:
        super()._broken(error)
        self.pdf = b""
        self.preview.clear()
        self.save_button.setEnabled(False)
        self.print_button.setEnabled(False)

    def _show_printer(self) -> None:
        """Whether there is a printer for what is chosen, and how the paper is used."""
        from counter_app.services.scan_sheets import COVER, sticker_form

        medium = str(self.medium.currentData())
        is_cover = medium in COVERS
        form = COVER if is_cover else sticker_form(medium)  # type: ignore[arg-type]  # one of MEDIA
        has_printer = bool(self.context.desk.settings.printers.for_form(form).printer)
        self.print_button.setEnabled(has_printer)
        if not has_printer:
            self.say(_tr(Words.NO_THERMAL if medium == "thermal" else Words.NO_PRINTER), "info")
        else:
            self.say(_tr(Words.COVER_HINT if is_cover else Words.LABEL_HINT), "info")


def _wanted(order: SheetOrder, scope: str) -> Wanted:
    if scope == CHOSEN:
        return order.chosen
    return dict.fromkeys(order.codes, None if scope == OPEN else ())


def _draw(desk: DeskContext, wanted: Wanted, choice: Kept, _again: bool) -> bytes:
    from counter_app.services.scan_sheets import covers_pdf, stickers_pdf

    if choice.medium in COVERS:
        return covers_pdf(desk, wanted, paper=choice.medium)  # type: ignore[arg-type]  # one of MEDIA
    return stickers_pdf(desk, wanted, paper=choice.medium, skip=choice.place - 1)  # type: ignore[arg-type]  # as above


def _print(desk: DeskContext, wanted: Wanted, choice: Kept, _again: bool) -> int:
    """Into the spool; the sheet of labels goes on where this job ends."""
    from counter_app.rules.scan_sheets import SheetKind
    from counter_app.services.scan_sheets import print_covers, print_stickers, separators

    if choice.medium in COVERS:
        job = print_covers(desk, wanted, paper=choice.medium)  # type: ignore[arg-type]  # one of MEDIA
    else:
        job = print_stickers(
            desk,
            wanted,
            paper=choice.medium,  # type: ignore[arg-type]  # one of MEDIA
            skip=choice.place - 1,
        )
    place = choice.place
    if choice.medium == LABEL_SHEET:
        place = (place - 1 + len(separators(desk, wanted, SheetKind.STICKER))) % LABELS + 1
    save_draft(desk, DRAFT_NAME, {"medium": choice.medium, "place": place})
    return job


def _tr(text: str) -> str:
    return translate("SheetsDialog", text)
