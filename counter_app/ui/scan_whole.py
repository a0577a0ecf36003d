"""PDFs among added files that must stay in one piece: attached where they were to go when they were added."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from counter_app.rules.backlog import read_backlog_code
from counter_app.services.scan_form_key import is_form_key
from counter_app.services.whole_documents import WholeAttached, attach_whole
from counter_app.ui.context import AppContext
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:
    from counter_app.ui.scan_target import Target


class Words:
    """Told in the bar of the window: the line of the page tells of the pages added beside them."""

    WHOLE = QT_TRANSLATE_NOOP(
        "ScanWhole",
        "«{names}» không phải chỉ gồm ảnh nên phải đính nguyên tệp. Hãy chọn hồ sơ và giấy tờ rồi thêm lại tệp.",
    )
    ATTACHED = QT_TRANSLATE_NOOP("ScanWhole", "Đã đính nguyên tệp «{names}» vào hồ sơ {code}.")
    ATTACHED_OLD = QT_TRANSLATE_NOOP("ScanWhole", "Đã đính nguyên tệp «{names}» vào kết quả cũ {code}.")


class WholeFiles(QObject):
    """Takes them to a dossier, to an older result, or to the form that is being filled in."""

    def __init__(self, context: AppContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._ended_forms: dict[str, str] = {}
        context.form_ended.connect(self._form_ended)

    @Slot(list, object)
    def attach(self, files: list[Path], target: Target) -> None:
        """Attach ``files`` where ``target`` says; where it says nothing, tell what to do."""
        code = self._ended_forms.get(target.dossier, target.dossier)
        is_old = read_backlog_code(code) is not None
        if not code or not (target.is_whole or is_old):
            self.context.tell(_tr(Words.WHOLE).format(names=_names([file.name for file in files])), "warning")
        elif is_form_key(code):
            self.context.form_files.emit(code, target.component, files)
        else:
            work = partial(
                attach_whole, self.context.desk, code, files, component=target.component, result=target.result
            )
            self.context.executor.submit(work, self._attached)

    @Slot(str, str)
    def _form_ended(self, key: str, code: str) -> None:
        self._ended_forms[key] = code

    def _attached(self, answer: WholeAttached) -> None:
        is_old = read_backlog_code(answer.code) is not None
        if is_old:
            self.context.announce("digitising")
        else:
            self.context.announce("dossier", "outbox", dossiers=(answer.code,))
            self.context.wake_sync()
        self.context.wake_scans()
        words = _tr(Words.ATTACHED_OLD if is_old else Words.ATTACHED)
        told = words.format(names=_names(answer.names), code=answer.code) if answer.names else ""
        self.context.tell(" ".join(filter(None, (told, *answer.warnings))), "warning" if answer.warnings else "success")


def _names(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(names)


def _tr(text: str) -> str:
    return translate("ScanWhole", text)
