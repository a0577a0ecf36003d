"""Files and pasted pictures as a source of pages, beside the scanners."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage

from counter_app.errors import CounterError
from counter_app.scanning.model import ScanTrouble
from counter_app.scanning.troubles import stopped

if TYPE_CHECKING:
    from counter_app.scanning.model import ReadPage, ScanProfile, SourceInfo

MOST_TOLD = 3
"""Files of which the reasons are told at once."""


class FileSource:
    """Pictures, and PDFs that are nothing but pictures, page by page.

    Any other PDF would lose words, forms or signatures: ``whole`` is told of it, to be attached as it is.
    """

    def __init__(self, files: Sequence[Path], whole: Callable[[list[Path]], None]) -> None:
        self._files = tuple(files)
        self._whole = whole

    @property
    def info(self) -> SourceInfo:
        from counter_app.scanning.model import SourceInfo

        return SourceInfo("files", "", "folder", has_feeder=True, has_duplex=False)

    def scan(self, profile: ScanProfile, take: Callable[[ReadPage], None], stop: Callable[[], bool]) -> None:
        """Take each file's pages, all of them or none. A file that is no paper, or not fit to be opened, is left out.

        Raises ScanTrouble ``files_left`` at the end for what was left out, also by a stop; what ``take`` raises, saying
        of which file how much was taken.
        """
        from counter_app.scanning.file_pages import look_through

        whole: list[Path] = []
        refused: dict[str, str] = {}
        try:
            for number, file in enumerate(self._files):
                try:
                    if stop():
                        raise stopped()
                    pages = look_through(file, stop)
                except CounterError as error:
                    if error.kind == "stopped":
                        raise _left_out([file.name for file in self._files[number:]], refused) from error
                    if error.kind == "pdf_whole":
                        whole.append(file)
                    else:
                        refused[file.name] = error.message
                    continue
                _take_all(file, pages.read(file), take)
        finally:
            if whole:
                self._whole(whole)
        if refused:
            raise ScanTrouble("files_left", _reasons(refused))


def _take_all(file: Path, pages: Iterator[ReadPage], take: Callable[[ReadPage], None]) -> None:
    """No stop comes between the pages of a file: half a paper would lie in the tray, and all of it the next time."""
    taken = 0
    try:
        for page in pages:
            take(page)
            taken += 1
    except CounterError as error:
        if taken:
            error.message += (
                f" Mới lấy được {taken} trang đầu của «{file.name}»; hãy bỏ các trang đó trước khi thêm lại tệp này."
            )
        raise


def _left_out(names: Sequence[str], refused: Mapping[str, str]) -> ScanTrouble:
    return ScanTrouble("files_left", f"Đã dừng, chưa thêm {_named(names)}. {_reasons(refused)}".rstrip())


def _reasons(refused: Mapping[str, str]) -> str:
    """Why the first files were refused, and the names of the others: no file is left out unsaid."""
    told = " ".join(list(refused.values())[:MOST_TOLD])
    others = list(refused)[MOST_TOLD:]
    return f"{told} Cũng không nhận {_named(others)}." if others else told


def _named(names: Sequence[str]) -> str:
    more = f" và {len(names) - MOST_TOLD} tệp nữa" if len(names) > MOST_TOLD else ""
    return f"«{'», «'.join(names[:MOST_TOLD])}»{more}"


class PictureSource:
    """A picture from the clipboard."""

    def __init__(self, image: QImage) -> None:
        self._image = image

    @property
    def info(self) -> SourceInfo:
        from counter_app.scanning.model import SourceInfo

        return SourceInfo("clipboard", "", "camera", has_feeder=False, has_duplex=False)

    def scan(self, profile: ScanProfile, take: Callable[[ReadPage], None], stop: Callable[[], bool]) -> None:
        """Take the picture as one page."""
        from counter_app.scanning.picture_files import pages_of_picture

        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        self._image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs say bytes, Qt takes text
        for page in pages_of_picture(bytes(buffer.data().data())):
            take(page)
