"""The numbers over the overdue page, each a list to choose: the red list, the warnings ahead, the letters."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from counter_app.services.apologies_overdue import Group, OverdueCounts
from counter_app.ui.page import shortcut
from counter_app.ui.queue_page import LATE_STYLE
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

LETTERS = "letters"
NARROW = "QPushButton { padding: 6px 10px; } QPushButton:focus { padding: 5px 9px; }"
"""Six numbers side by side on a screen 1,366 pixels wide, in longer words too."""
CHOSEN_STYLE = "QPushButton:checked { background: #0f2f44; border-color: #0f2f44; color: #ffffff; }"


class Words:
    """Captions of the numbers, and what each list is."""

    RED = QT_TRANSLATE_NOOP("OverdueGroups", "Danh sách đỏ: {count}")
    LATE = QT_TRANSLATE_NOOP("OverdueGroups", "Lại trễ: {count}")
    TODAY = QT_TRANSLATE_NOOP("OverdueGroups", "Hôm nay: {count}")
    ONE_DAY = QT_TRANSLATE_NOOP("OverdueGroups", "Còn 1 ngày: {count}")
    THREE_DAYS = QT_TRANSLATE_NOOP("OverdueGroups", "Còn 2–3 ngày: {count}")
    LETTERS = QT_TRANSLATE_NOOP("OverdueGroups", "Văn bản: {count}")
    KEYS = QT_TRANSLATE_NOOP("OverdueGroups", "Alt+1 đến Alt+6: đổi danh sách.")
    RED_HINT = QT_TRANSLATE_NOOP(
        "OverdueGroups",
        "Hồ sơ quá hạn chưa có văn bản xin lỗi đã ký: danh sách đỏ báo cáo người đứng đầu. "
        "Trễ hạn không cản việc trả kết quả. Phím cách: chọn nhiều hồ sơ.",
    )
    LATE_HINT = QT_TRANSLATE_NOOP(
        "OverdueGroups",
        "Đã xin lỗi mà vẫn quá ngày hẹn lại. Hãy trả kết quả sớm nhất có thể và báo cáo người đứng đầu.",
    )
    TODAY_HINT = QT_TRANSLATE_NOOP(
        "OverdueGroups", "Hết hạn hôm nay: văn bản lập lúc này được ghi là gửi muộn. Phím cách: chọn nhiều hồ sơ."
    )
    SOON_HINT = QT_TRANSLATE_NOOP(
        "OverdueGroups",
        "Văn bản xin lỗi phải gửi chậm nhất một ngày làm việc trước khi hết hạn. Hãy lập ngay nếu không kịp trả. "
        "Phím cách: chọn nhiều hồ sơ.",
    )
    LETTERS_HINT = QT_TRANSLATE_NOOP(
        "OverdueGroups",
        "Văn bản chờ trình, chờ ký hoặc chờ giao. Ngày hẹn mới có hiệu lực khi ký; giao chậm nhất một ngày làm việc "
        "trước khi hết hạn. Phím cách: chọn nhiều văn bản.",
    )


CHOICES: dict[str, tuple[str, str]] = {
    Group.RED: (Words.RED, Words.RED_HINT),
    Group.LATE: (Words.LATE, Words.LATE_HINT),
    Group.TODAY: (Words.TODAY, Words.TODAY_HINT),
    Group.ONE_DAY: (Words.ONE_DAY, Words.SOON_HINT),
    Group.THREE_DAYS: (Words.THREE_DAYS, Words.SOON_HINT),
    LETTERS: (Words.LETTERS, Words.LETTERS_HINT),
}
"""The lists in their order; Alt and the number of its place chooses one."""


class GroupBar(QWidget):
    """One of the lists is always chosen."""

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[str, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        group = QButtonGroup(self)
        for place, name in enumerate(CHOICES, 1):
            button = QPushButton(self)
            button.setCheckable(True)
            button.setToolTip(f"Alt+{place}")
            group.addButton(button)
            row.addWidget(button)
            self.buttons[name] = button
            keys = shortcut(f"Alt+{place}", parent or self, name)
            keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            keys.activated.connect(button.click)
        row.addStretch(1)
        self.buttons[Group.RED].setChecked(True)
        group.buttonClicked.connect(self._clicked)
        self.show_counts(None)

    @property
    def group(self) -> Group | None:
        """The chosen list of dossiers; None: the letters."""
        name = next(name for name, button in self.buttons.items() if button.isChecked())
        return None if name == LETTERS else Group(name)

    def hint(self) -> str:
        """What the chosen list is, and the keys to the others."""
        return f"{_tr(CHOICES[self.group or LETTERS][1])} {_tr(Words.KEYS)}"

    def choose(self, name: str) -> None:
        """Choose a list as if its number had been pressed."""
        self.buttons[name].click()

    def show_counts(self, numbers: OverdueCounts | None) -> None:
        """Write the numbers; None: not counted yet."""
        for name, button in self.buttons.items():
            count = "…" if numbers is None else numbers.letters if name == LETTERS else numbers.groups[Group(name)]
            button.setText(_tr(CHOICES[name][0]).format(count=count))
            button.setAccessibleName(button.text())
            late = name in (Group.RED, Group.LATE) and count not in ("…", 0)
            button.setStyleSheet(NARROW + (LATE_STYLE if late else CHOSEN_STYLE))

    @Slot()
    def _clicked(self) -> None:
        self.chosen.emit()


def _tr(text: str) -> str:
    return translate("OverdueGroups", text)
