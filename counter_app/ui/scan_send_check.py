"""What is said before documents go into their dossiers though it stops nothing: said once, then they go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from counter_app.rules.digitising import LEAST_DPI
from counter_app.services.scan_checks import Checked, Place, check
from counter_app.services.scan_groups import KEPT, TrayGroup
from counter_app.services.scan_jobs import Queued
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:
    from counter_app.scanning.tray import TrayPage


class Words:
    UNFIT = QT_TRANSLATE_NOOP("ScanSendCheck", "{count} trang dưới chuẩn (màu, từ {dpi} dpi).")
    BARE = QT_TRANSLATE_NOOP("ScanSendCheck", "{count} trang có ghi chú chưa có bản không ghi chú đứng ngay sau.")
    MISFIT = QT_TRANSLATE_NOOP("ScanSendCheck", "Một giấy tờ có {images} ảnh, đếm ra phải có {expected}.")
    AGAIN = QT_TRANSLATE_NOOP("ScanSendCheck", "Đã chọn các trang đó: quét lại, hoặc nhấn Ctrl+G lần nữa để vẫn gắn.")
    SENT = QT_TRANSLATE_NOOP("ScanSendCheck", "Đã gửi {count} tài liệu để gắn vào hồ sơ. Có thể làm việc khác ngay.")
    KEPT = QT_TRANSLATE_NOOP(
        "ScanSendCheck",
        "Có {count} tài liệu chờ tiếp nhận hồ sơ (F2): tiếp nhận xong thì tự gắn.",
    )
    LEFT = QT_TRANSLATE_NOOP("ScanSendCheck", "Còn {count} tài liệu cần xem: chọn dòng màu, rồi gán hồ sơ và giấy tờ.")
    NOTHING = QT_TRANSLATE_NOOP(
        "ScanSendCheck", "Chưa có tài liệu nào sẵn sàng. Hãy chọn hồ sơ và giấy tờ rồi gán (Ctrl+B)."
    )


class SendCheck:
    """Remembers what has been said."""

    def __init__(self) -> None:
        self._told: Checked = Checked()

    def look(
        self, pages: Sequence[TrayPage], groups: Iterable[TrayGroup], counts: Mapping[Place, int]
    ) -> tuple[str, tuple[str, ...]]:
        """What is to be said of the documents that are ready, and of which pages; "" for nothing that is new."""
        found = check(pages, groups, counts)
        is_known = (
            set(found.unfit) <= set(self._told.unfit)
            and set(found.bare) <= set(self._told.bare)
            and set(found.misfits) <= set(self._told.misfits)
        )
        self._told = found
        if is_known:
            return "", ()
        words = [_tr(Words.UNFIT).format(count=len(found.unfit), dpi=LEAST_DPI)] if found.unfit else []
        words += [_tr(Words.BARE).format(count=len(found.bare))] if found.bare else []
        words += [_tr(Words.MISFIT).format(images=one.images, expected=one.expected) for one in found.misfits]
        ids = (*found.unfit, *found.bare, *(page for one in found.misfits for page in one.page_ids))
        return " ".join((*words, _tr(Words.AGAIN))), tuple(dict.fromkeys(ids))


def unfit_words(count: int) -> str:
    """Of pages that fall short."""
    return _tr(Words.UNFIT).format(count=count, dpi=LEAST_DPI)


def sent_words(queued: Queued, groups: Iterable[TrayGroup]) -> tuple[str, str]:
    """What became of the documents of the tray, and the tone to say it in."""
    loose = [group for group in groups if group.is_loose]
    kept = sum(group.state == KEPT for group in loose)
    left = len(loose) - kept
    words = [_tr(Words.SENT).format(count=len(queued.jobs))] if queued.jobs else []
    words += list(dict.fromkeys(message for _, message in queued.refused))
    words += [_tr(Words.KEPT).format(count=kept)] if kept else []
    if left:
        words.append(_tr(Words.LEFT).format(count=left) if queued.jobs or kept else _tr(Words.NOTHING))
    tone = "warning" if left or queued.refused else "info" if kept else "success"
    return " ".join(words), tone


def _tr(text: str) -> str:
    return translate("ScanSendCheck", text)
