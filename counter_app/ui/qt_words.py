"""Qt ships no Vietnamese: its own words that a clerk can meet (menus of fields, dialogs, buttons)."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTranslator

QT_WORDS = {
    "&Undo": "&Hoàn tác",
    "&Redo": "&Làm lại",
    "Cu&t": "Cắ&t",
    "&Copy": "&Chép",
    "&Paste": "&Dán",
    "Delete": "Xóa",
    "Select All": "Chọn tất cả",
    "&Step up": "&Tăng",
    "Step &down": "&Giảm",
    "Copy &Link Location": "Chép địa chỉ &liên kết",
    "OK": "Đồng ý",
    "&OK": "Đồn&g ý",
    "Cancel": "Thôi",
    "&Cancel": "&Thôi",
    "Close": "Đóng",
    "&Close": "Đón&g",
    "Save": "Lưu",
    "&Save": "&Lưu",
    "Open": "Mở",
    "&Open": "&Mở",
    "&Yes": "&Có",
    "&No": "&Không",
    "Apply": "Áp dụng",
    "Retry": "Thử lại",
    "Look in:": "Thư mục:",
    "&Look in:": "T&hư mục:",
    "File &name:": "&Tên tệp:",
    "Files of type:": "Loại tệp:",
    "Files of &type:": "&Loại tệp:",
    "Folder": "Thư mục",
    "File Folder": "Thư mục",
    "Drive": "Ổ đĩa",
    "Files": "Tệp",
    "Directories": "Thư mục",
    "Show ": "Hiện ",
    "Go back": "Trở lại",
    "Go forward": "Tới",
    "Go to the parent directory": "Lên thư mục cha",
    "Create a New Folder": "Tạo thư mục",
    "Change to list view mode": "Dạng danh sách",
    "Change to detail view mode": "Dạng chi tiết",
    "&Choose": "&Chọn",
    "Back": "Trở lại",
    "Forward": "Tới",
    "Parent Directory": "Thư mục cha",
    "Create New Folder": "Tạo thư mục",
    "List View": "Dạng danh sách",
    "Detail View": "Dạng chi tiết",
    "Name": "Tên",
    "Size": "Cỡ",
    "Type": "Loại",
    "Date Modified": "Ngày sửa",
    "Computer": "Máy tính",
    "Directory:": "Thư mục:",
    "&New Folder": "Thư mục &mới",
    "&Rename": "Đổ&i tên",
    "&Delete": "&Xóa",
    "Show &hidden files": "Hiện tệp ẩ&n",
    "All Files (*)": "Mọi tệp (*)",
}


class QtWords(QTranslator):
    """Gives Vietnamese for the words above; anything else stays as it is."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)

    def isEmpty(self) -> bool:  # noqa: N802  Qt's own name
        return False

    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str | None:
        # None is Qt's null string, "not mine"; an empty string would blank the word.
        return QT_WORDS.get(text) if context.startswith("Q") else None
