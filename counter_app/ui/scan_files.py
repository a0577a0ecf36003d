"""Files and pasted pictures as a source of pages, beside the scanners."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage

from counter_app.errors import CounterError, KnownError, UserError

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
        """Take each file's pages. A file that is no paper, or not fit to be opened, is left out and told at the end.

        Raises ScanTrouble ``bad_page`` for what was left out.
        """
        from counter_app.scanning.folder import LIMITS
        from counter_app.scanning.incoming import check_incoming
        from counter_app.scanning.model import ScanTrouble

        whole, refused = [], []
        for file in self._files:
            if stop():
                break
            try:
                kind = check_incoming(file, LIMITS).kind  # whatever its name says
            except CounterError as error:
                refused.append(error.message)
                continue
            if kind != "pdf":
                self._take_picture(file, take)
            elif not self._take_pdf(file, take):
                whole.append(file)
        if whole:
            self._whole(whole)
        if refused:
            raise ScanTrouble("bad_page", " ".join(refused[:MOST_TOLD]))

    def _take_picture(self, file: Path, take: Callable[[ReadPage], None]) -> None:
        from counter_app.scanning.picture_files import pages_of_picture

        try:
            data = file.read_bytes()
        except OSError as error:
            raise KnownError(
                "file_unreadable",
                f"Không đọc được tệp «{file.name}»: {error.strerror}. Hãy chép tệp sang máy rồi thử lại.",
            ) from error
        for page in pages_of_picture(data):
            take(page)

    def _take_pdf(self, file: Path, take: Callable[[ReadPage], None]) -> bool:
        """False for a PDF that is to be attached whole."""
        from counter_app.scanning.picture_pdf import pages_of_pdf

        try:
            for page in pages_of_pdf(file):
                take(page)
        except UserError as error:
            if error.kind != "pdf_whole":
                raise
            return False
        return True


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
